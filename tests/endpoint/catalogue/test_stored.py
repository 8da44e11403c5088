"""Stored queries: from the graph, bound to values, over HTTP and on the command line."""

from __future__ import annotations

import csv
import io
import json
from collections import Counter

import pyoxigraph as ox
import pytest
import rdflib
from click.testing import CliRunner
from openapi_spec_validator import validate
from rdflib import RDF, RDFS, SKOS

from lodeclaim import catalogue, graph
from lodeclaim.cli import main
from lodeclaim.endpoint.catalogue import members, parameters, stored, values
from lodeclaim.endpoint.catalogue.stored import StoredQuery
from lodeclaim.endpoint.engines.engine import EmbeddedEngine, Query
from lodeclaim.interop import to_rdflib
from lodeclaim.namespaces import GRAPHS, LC, PREFIXES
from lodeclaim.resources import Source
from support import pages
from support.graphs import copy_of
from support.hostile_values import HOSTILE, UNHOLDABLE
from support.paths import ROOT

FILES = sorted((ROOT / "data/queries").glob("*.rq"))
NAMES = [path.stem for path in FILES]
WITH_PARAMETERS = [path.stem for path in FILES if "\n# Parameter " in path.read_text(encoding="utf-8")]

# A user's own query, with a parameter of each type, that gives back what it was given.
ECHO = """# What comes of a value of each type?
# Parameter ?text (string): any text.
# Parameter ?words (string@en): English words.
# Parameter ?whole (integer): a number.
# Parameter ?part (decimal): a number.
# Parameter ?day (date): a day.
# Parameter ?yes (boolean): yes or no.
# Parameter ?thing (IRI): anything.
# Parameter ?topic (lc:Topic): a topic.

PREFIX topic: <https://w3id.org/lodeclaim/id/topic/>
PREFIX xsd: <http://www.w3.org/2001/XMLSchema#>

SELECT ?text ?words ?whole ?part ?day ?yes ?thing ?topic
WHERE {
  VALUES ?text { "a" }
  VALUES ?words { "b"@en }
  VALUES ?whole { 1 }
  VALUES ?part { 1.5 }
  VALUES ?day { "2026-02-04"^^xsd:date }
  VALUES ?yes { true }
  VALUES ?thing { UNDEF }
  VALUES ?topic { topic:cobalt }
}
"""
REQUIRED = """# Which claims are filed under a topic?
# Parameter ?topic (lc:Topic, required): the topic.

PREFIX lc: <https://w3id.org/lodeclaim/ontology#>

SELECT ?topic ?claim
WHERE {
  VALUES ?topic { UNDEF }
  ?claim lc:topic ?topic .
}
"""
STRICT = ["whole", "part", "day", "yes", "thing", "topic"]

TERMS = rdflib.Namespace(LC)


@pytest.fixture(scope="module")
def store(built, tmp_path_factory) -> ox.Store:
    """The whole graph, with two queries of a user's own in its catalogue."""
    folder = tmp_path_factory.mktemp("own")
    paths = [folder / "echo.rq", folder / "needs-a-topic.rq"]
    for path, text in zip(paths, (ECHO, REQUIRED), strict=True):
        path.write_text(text, encoding="utf-8")
    extended = copy_of(built)
    extended.extend(catalogue.describe([Source(path, path.relative_to(folder)) for path in paths]))
    return extended


@pytest.fixture(scope="module")
def engine(store) -> EmbeddedEngine:
    return EmbeddedEngine(store)


@pytest.fixture(scope="module")
def client(engine):
    return pages.client(engine, public_url="https://data.example.org/")


@pytest.fixture(scope="module")
def described(client) -> dict:
    return json.loads(client.get("/openapi.json").data)


def from_file(name: str) -> StoredQuery:
    return stored.from_text(name, (ROOT / "data/queries" / f"{name}.rq").read_text(encoding="utf-8"), PREFIXES)


def refused(response, status: int = 400) -> dict:
    assert response.status_code == status, response.text
    assert response.content_type == "application/problem+json"
    return json.loads(response.data)


# The catalogue


@pytest.mark.parametrize("name", NAMES)
def test_graph_describes_a_query_as_its_file_declares_it(name, engine) -> None:
    found = stored.find(engine, name)
    assert found == from_file(name)
    assert found.iri == PREFIXES["query"] + name


def test_catalogue_holds_every_file_and_the_users_own(engine) -> None:
    assert [query.name for query in stored.catalogue(engine)] == sorted([*NAMES, "echo", "needs-a-topic"])


def test_two_queries_of_a_user_are_read_back_whole(engine) -> None:
    assert stored.find(engine, "echo") == stored.from_text("echo", ECHO, PREFIXES)
    assert stored.find(engine, "needs-a-topic").parameters[0].required


# Text, binding and serialised values mean the same


def examples(engine: EmbeddedEngine, query: StoredQuery) -> list[dict[str, str]]:
    """The defaults, and for a parameter of a class every member of it."""
    found = [{p.name: values.written(p.default, PREFIXES) for p in query.parameters if p.default}]
    for p in query.parameters:
        if p.type.of_class:
            found += [{p.name: member.iri} for member in members.instances(engine, p.type.of_class)]
    return found


@pytest.mark.parametrize("name", WITH_PARAMETERS)
def test_text_as_it_is_answers_for_the_defaults(name, engine) -> None:
    query = from_file(name)
    as_it_is = engine.select(Query(query.text))
    bound = engine.select(stored.bind(engine, query, examples(engine, query)[0].items(), PREFIXES))
    assert as_it_is.columns == bound.columns
    assert sorted(as_it_is.rows, key=str) == sorted(bound.rows, key=str)


@pytest.mark.parametrize("name", WITH_PARAMETERS)
def test_bound_terms_and_serialised_values_give_the_same_rows(name, engine) -> None:
    query = from_file(name)
    with_rows = 0
    for given in examples(engine, query):
        asked = stored.bind(engine, query, given.items(), PREFIXES)
        bound = engine.select(asked).rows
        assert sorted(bound, key=str) == sorted(
            engine.select(Query(parameters.with_values(query.text, asked.bindings))).rows, key=str
        ), given
        with_rows += bool(bound)
    assert with_rows


def test_why_of_one_node_is_its_part_of_the_whole(engine) -> None:
    query = from_file("why")
    everything = engine.select(stored.bind(engine, query, [], PREFIXES)).rows
    node = everything[0][0].value
    one = engine.select(stored.bind(engine, query, [("node", node)], PREFIXES)).rows
    assert sorted(one, key=str) == sorted((row for row in everything if row[0].value == node), key=str)
    assert 0 < len(one) < len(everything)


# Listings, counted over the Turtle files by another library


@pytest.fixture(scope="module")
def turtle(asserted) -> rdflib.Graph:
    return to_rdflib(asserted)


def rows(engine: EmbeddedEngine, name: str, **given: str) -> list[tuple[str, ...]]:
    table = engine.select(stored.bind(engine, from_file(name), given.items(), PREFIXES))
    return [tuple(cell.value if cell else "" for cell in row) for row in table.rows]


def test_claims_of_each_claimant_are_those_of_the_files(engine, turtle) -> None:
    claimants = set(turtle.objects(None, TERMS.claimant))
    assert len(claimants) > 20
    for claimant in claimants:
        expected = Counter(
            str(turtle.value(claim, TERMS.gloss))
            for claim in turtle.subjects(TERMS.claimant, claimant)
            for _ in turtle.objects(claim, TERMS.evidence)
        )
        found = rows(engine, "claims-of-a-claimant", claimant=str(claimant))
        assert Counter(said for _, said, _, _ in found) == expected, claimant


def test_claims_of_each_document_are_those_of_the_files(engine, turtle) -> None:
    oa = rdflib.Namespace(PREFIXES["oa"])
    documents = set(turtle.subjects(RDF.type, TERMS.Document))
    assert len(documents) == 5
    for document in documents:
        expected = Counter(
            str(claim) for passage in turtle.subjects(oa.hasSource, document)
            for claim in turtle.subjects(TERMS.evidence, passage)
        )  # fmt: skip
        found = rows(engine, "claims-of-a-document", document=str(document))
        assert Counter(claim for _, claim, *_ in found) == expected, document


def test_claims_about_each_mineral_are_those_of_the_files(engine, turtle) -> None:
    asked = (
        TERMS.question / TERMS.mineralScope
        | TERMS.question / TERMS.about
        | TERMS.mineralScope
        | TERMS.about
        | TERMS.answerEntity
    )
    kinds = set(turtle.transitive_subjects(RDFS.subClassOf, TERMS.MineralScope))
    minerals = {mineral for kind in kinds for mineral in turtle.subjects(RDF.type, kind)}
    found = 0
    for mineral in minerals:
        expected = {str(claim) for claim in turtle.subjects(asked, mineral) if (claim, TERMS.gloss, None) in turtle}
        answered = rows(engine, "claims-about-a-mineral", mineral=str(mineral))
        assert {claim for _, claim, *_ in answered} == expected, mineral
        found += bool(expected)
    assert found > 5


@pytest.mark.parametrize("words", ["rare-earth", "VAULT", "united states", "\u00e9", "no such words", "("])
def test_labels_are_found_as_in_the_files(words, engine, turtle) -> None:
    entities = {
        node
        for kind in turtle.transitive_subjects(RDFS.subClassOf, TERMS.Entity)
        for node in turtle.subjects(RDF.type, kind)
    }
    named = {
        node
        for name in (RDFS.label, SKOS.altLabel)
        for node, label in turtle.subject_objects(name)
        if words.lower() in label.lower()
    }
    expected = {
        (words, str(node), str(label)) for node in named & entities for label in turtle.objects(node, RDFS.label)
    }
    assert set(rows(engine, "find-by-label", words=words)) == expected


# Over HTTP


def test_catalogue_is_a_page_json_or_rdf(client) -> None:
    page = client.get("/queries", headers={"Accept": "text/html,*/*;q=0.8"})
    assert page.content_type == "text/html; charset=utf-8"
    assert page.headers["Vary"] == "Accept"
    for name in NAMES:
        assert f'href="/queries/{name}"' in page.text
    assert 'href="/sparql?query=' in page.text
    assert "&amp;edit" in page.text
    listed = json.loads(client.get("/queries", headers={"Accept": "application/json"}).data)
    assert [query["name"] for query in listed] == sorted([*NAMES, "echo", "needs-a-topic"])
    turtle = rdflib.Graph().parse(data=client.get("/queries?format=ttl").text, format="turtle")
    shacl = rdflib.Namespace(PREFIXES["sh"])
    assert len(set(turtle.subjects(RDF.type, shacl.SPARQLExecutable))) == len(listed)
    assert len(set(turtle.subjects(RDF.type, shacl.Parameter))) == sum(len(query["parameters"]) for query in listed)


def test_one_query_is_a_page_json_rdf_or_its_text(client) -> None:
    path = "/queries/answers-to-a-question"
    assert client.get(f"{path}?format=rq").text == from_file("answers-to-a-question").text
    accepted = client.get(path, headers={"Accept": "application/sparql-query"})
    assert accepted.content_type == "application/sparql-query; charset=utf-8"
    page = client.get(path, headers={"Accept": "text/html"}).text
    assert 'value="question:project-vault-private-capital"' in page
    assert '<option value="question:project-vault-loan">' in page
    one = rdflib.Graph().parse(data=client.get(f"{path}?format=nt").text, format="nt")
    assert {str(s).removeprefix(PREFIXES["query"]).split("/")[0] for s in one.subjects()} == {"answers-to-a-question"}
    takes = json.loads(client.get(f"{path}?format=json").data)["parameters"][0]
    assert (takes["name"], takes["class"], takes["required"]) == ("question", LC.Question, False)


def test_unknown_query_is_not_found_and_the_nearest_are_named(client) -> None:
    for path in ("/queries/answer-to-a-question", "/api/queries/answer-to-a-question"):
        assert "answers-to-a-question" in refused(client.get(path), 404)["detail"]
    assert refused(client.get("/queries/%3Cx%3E%22%0A"), 404)["detail"].isprintable()


def test_call_by_get_and_by_form_in_any_format(client) -> None:
    given = {"question": "question:project-vault-loan"}
    path = "/api/queries/answers-to-a-question"
    by_get = client.get(path, query_string=given | {"format": "csv"})
    by_form = client.post(path, data=given, headers={"Accept": "text/csv"})
    assert by_get.data == by_form.data
    assert by_get.content_type == "text/csv; charset=utf-8"
    assert {row["answer"] for row in csv.DictReader(io.StringIO(by_get.text))} == {"$10 billion"}
    full = client.get(path, query_string={"question": PREFIXES["question"] + "project-vault-loan", "format": "csv"})
    assert full.data == by_get.data
    page = client.get(path, query_string=given, headers={"Accept": "text/html"})
    assert 'value="question:project-vault-loan"' in page.text
    assert "<td>$10 billion</td>" in page.text
    assert client.get(path).content_type == "application/sparql-results+json"
    refused(client.get(path, query_string={"format": "png"}), 406)
    refused(client.post(path, data="{}", content_type="application/json"), 415)
    assert client.delete(path).status_code == 405


@pytest.mark.parametrize(
    ("name", "query_string", "parameter", "words"),
    [
        ("echo", "whloe=1", "whloe", "Did you mean `whole`"),
        ("graph-counts", "x=1", "x", "It takes none"),
        ("needs-a-topic", "", "topic", "missing"),
        ("needs-a-topic", "topic=", "topic", "empty"),
        ("echo", "whole=1&whole=1", "whole", "more than once"),
        ("echo", "format=csv&format=csv", "format", "more than once"),
        ("echo", "whole=one", "whole", "a whole number"),
        ("echo", "topic=topic:colbat", "topic", "Nearest: topic:cobalt"),
        ("echo", "topic=colbat", "topic", "Nearest: topic:cobalt"),
        ("echo", "topic=actor:marco-rubio", "topic", "is no lc:Topic"),
        ("echo", "topic=tpic:cobalt", "topic", "Did you mean `topic:`"),
    ],
)
def test_wrong_call_is_a_problem_that_names_the_parameter(client, name, query_string, parameter, words) -> None:
    problem = refused(client.get(f"/api/queries/{name}?{query_string}"))
    assert problem["parameter"] == parameter
    assert problem["type"].endswith("/parameter-refused")
    assert words in problem["detail"]


def test_arguments_that_are_not_utf8_or_too_many_are_refused(client) -> None:
    assert "UTF-8" in refused(client.get("/api/queries/echo?text=%FF"))["detail"]
    refused(client.get("/api/queries/echo?" + "&".join("text=a" for _ in range(200))))
    refused(client.get("/api/queries/echo?text=" + "a" * 40_000), 414)


def test_empty_value_of_a_parameter_without_default_is_none(client) -> None:
    answer = json.loads(client.get("/api/queries/echo?thing=").data)
    assert "thing" not in answer["results"]["bindings"][0]


# Injection


@pytest.mark.parametrize("value", HOSTILE, ids=ascii)
def test_hostile_text_comes_back_as_the_literal_it_is(client, store, value) -> None:
    before = len(store)
    for name, language in (("text", None), ("words", "en")):
        answer = json.loads(client.post("/api/queries/echo", data={name: value}).data)
        (row,) = answer["results"]["bindings"]
        expected = {"type": "literal", "value": value} | ({"xml:lang": language} if language else {})
        assert row[name] == expected
        page = client.post("/api/queries/echo", data={name: value}, headers={"Accept": "text/html"})
        assert page.status_code == 200
        assert page.text.count("<tr>") == 2
    assert len(store) == before


@pytest.mark.parametrize("name", STRICT)
@pytest.mark.parametrize("value", [*HOSTILE, *UNHOLDABLE], ids=ascii)
def test_hostile_value_of_another_type_is_refused(client, name, value) -> None:
    problem = refused(client.post("/api/queries/echo", data={name: value}))
    assert problem["parameter"] == name
    assert problem["detail"].isprintable()


def test_markup_in_a_value_is_text_on_the_page(client) -> None:
    value = "<script>alert(1)</script>\"'"
    page = client.get("/api/queries/echo", query_string={"text": value}, headers={"Accept": "text/html"}).text
    assert "<script" not in page
    assert "&lt;script&gt;alert(1)" in page


# OpenAPI


def test_openapi_document_is_valid_and_names_the_public_url(described) -> None:
    validate(described)
    assert described["servers"] == [{"url": "https://data.example.org"}]
    for path in ("/sparql", "/store", "/queries", "/.well-known/void", "/health", "/metrics", "/running/{id}"):
        assert path in described["paths"]


def test_openapi_describes_each_stored_query_with_its_parameters(described, engine) -> None:
    for query in stored.catalogue(engine):
        get = described["paths"][f"/api/queries/{query.name}"]["get"]
        named = [p["name"] for p in get["parameters"] if "name" in p]
        assert named == [p.name for p in query.parameters]
    types = {
        p["name"]: p["schema"] for p in described["paths"]["/api/queries/echo"]["get"]["parameters"] if "name" in p
    }
    assert types["whole"] == {"type": "integer", "default": 1}
    assert types["part"] == {"type": "number", "default": 1.5}
    assert types["yes"] == {"type": "boolean", "default": True}
    assert types["day"] == {"type": "string", "format": "date", "default": "2026-02-04"}
    assert types["thing"] == {"type": "string", "format": "iri"}


@pytest.mark.parametrize("name", [*NAMES, "echo", "needs-a-topic"])
def test_each_described_call_answers_with_its_defaults_and_examples(name, client, described) -> None:
    get = described["paths"][f"/api/queries/{name}"]["get"]
    promised = set(get["responses"]["200"]["content"])
    taken = [p for p in get["parameters"] if "name" in p]
    required = {p["name"]: p["examples"]["example-1"]["value"] for p in taken if p["required"]}
    calls = [required, {p["name"]: p["schema"]["default"] for p in taken if "default" in p["schema"]} | required]
    calls += [
        required | {p["name"]: example["value"]} for p in taken for example in p.get("examples", {}).values()
    ]  # fmt: skip
    answers = []
    for call in calls:
        # As a client writes JSON values into a URL.
        encoded = {key: json.dumps(value) if isinstance(value, bool) else value for key, value in call.items()}
        response = client.get(f"/api/queries/{name}", query_string=encoded)
        assert response.status_code == 200, (call, response.text)
        assert response.content_type in promised
        answers.append(response.data)
    assert answers[0] == answers[1]


# On the command line


@pytest.fixture(scope="module")
def graph_file(built, tmp_path_factory):
    path = tmp_path_factory.mktemp("graph") / "built.trig"
    path.write_bytes(graph.to_trig(built))
    return path


def run(*arguments: object):
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


def test_command_takes_parameters(graph_file) -> None:
    asked = ("query", "support-of-answers", "--graph", graph_file, "--format", "json")
    default = json.loads(run(*asked).output)
    other = json.loads(run(*asked, "--param", "question=question:ministerial-country-count").output)
    assert {row["question"] for row in default} == {PREFIXES["question"] + "project-vault-loan"}
    assert {row["question"] for row in other} == {PREFIXES["question"] + "ministerial-country-count"}


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ("question", "NAME=VALUE"),
        ("question=question:project-vault-lona", "Nearest: question:project-vault-loan"),
        ("other=x", "It takes question"),
        ('question=x" } UNION { ?s ?p ?o', "is no lc:Question"),
    ],
)
def test_command_refuses_a_wrong_parameter(graph_file, given, words) -> None:
    result = run("query", "support-of-answers", "--graph", graph_file, "--param", given)
    assert result.exit_code == 2
    assert words in result.output


@pytest.mark.parametrize(
    "written",
    ["question:ministerial-country-count", PREFIXES["question"] + "ministerial-country-count",
     "ministerial-country-count",
     " from how many countries do participants of  the Critical Minerals Ministerial come?"],
)  # fmt: skip
def test_member_of_a_class_is_known_by_iri_prefixed_name_key_and_label(engine, written) -> None:
    asked = stored.bind(engine, from_file("support-of-answers"), [("question", written)], PREFIXES)
    assert asked.bindings["question"].value == PREFIXES["question"] + "ministerial-country-count"


def test_text_without_a_head_takes_none(graph_file) -> None:
    text = "SELECT ?d WHERE { ?d a lc:Document }"
    assert run("query", text, "--graph", graph_file).exit_code == 0
    assert "It takes none" in run("query", text, "--graph", graph_file, "--param", "d=x").output


def test_the_catalogue_stands_in_one_graph(store) -> None:
    described = ox.NamedNode(GRAPHS + "queries")
    parameter = ox.NamedNode(PREFIXES["sh"] + "Parameter")
    found = list(store.quads_for_pattern(None, None, parameter))
    assert {quad.graph_name for quad in found if "/id/query/" in quad.subject.value} == {described}
    for quad in found:
        assert not isinstance(quad.subject, ox.BlankNode)


def test_a_page_with_the_first_rows_only_says_so(client):
    page = client.get("/api/queries/why", headers={"Accept": "text/html"}).text
    assert "The first 1,000 rows; there are more." in page
    assert page.count("<tr><td>") == 1_000
    assert "there are more" not in client.get("/api/queries/graph-counts", headers={"Accept": "text/html"}).text
