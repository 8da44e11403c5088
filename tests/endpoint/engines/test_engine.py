"""The embedded engine: datasets, formats and values as the SPARQL 1.1 recommendations have them."""

from __future__ import annotations

import json
from xml.etree import ElementTree

import pyoxigraph as ox
import pytest
from rdflib import Dataset, URIRef

from lodeclaim.endpoint.engines.engine import EmbeddedEngine, Query, Term
from lodeclaim.endpoint.engines.names import Names
from lodeclaim.endpoint.errors import QueryError, SourceError, UsageError
from lodeclaim.endpoint.sparql.formats import GRAPHS, RESULTS, offered
from lodeclaim.endpoint.sparql.guard import Form
from lodeclaim.endpoint.sparql.tokens import Position, QueryTextError
from lodeclaim.namespaces import BASE, PREFIXES
from support.paths import TINY

EX = "http://example.org/"
FIRST, SECOND = EX + "first", EX + "second"
FORMATS = {format.name: format for format in (*RESULTS, *GRAPHS)}
XSD = "http://www.w3.org/2001/XMLSchema#"


@pytest.fixture(scope="module")
def engine():
    return EmbeddedEngine.from_file(TINY)


def names(engine, text, **dataset):
    """Return the local names in the only column of a SELECT, sorted."""
    return sorted(row[0].value.removeprefix(EX) for row in engine.select(Query(text, **dataset)).rows)


def body(engine, text, name):
    return b"".join(engine.query(Query(text), FORMATS[name]).body).decode()


SHARES = "SELECT ?s {dataset} {{ ?s <http://example.org/share> ?o }}"
IN_GRAPHS = "SELECT ?g {dataset} {{ GRAPH ?g {{ ?s <http://example.org/share> ?o }} }}"
BOTH = ["cobalt", "nickel"]

DATASETS = [
    # The query's own dataset, the request's, then the subjects seen in the default graph and the graph names.
    ("", {}, BOTH, ["first", "second"]),
    ("", {"union_default_graph": False}, [], ["first", "second"]),
    (f"FROM <{FIRST}>", {}, ["cobalt"], []),
    (f"FROM <{FIRST}>", {"union_default_graph": False}, ["cobalt"], []),
    (f"FROM <{FIRST}> FROM <{SECOND}>", {}, BOTH, []),
    (f"FROM NAMED <{FIRST}>", {}, [], ["first"]),
    (f"FROM <{FIRST}> FROM NAMED <{SECOND}>", {}, ["cobalt"], ["second"]),
    ("FROM <http://example.org/none>", {}, [], []),
    ("FROM <file:///etc/hostname>", {}, [], []),
    ("FROM NAMED <file:///etc/hostname>", {}, [], []),
    ("", {"default_graphs": (SECOND,)}, ["nickel"], []),
    ("", {"default_graphs": (FIRST, SECOND)}, BOTH, []),
    ("", {"named_graphs": (SECOND,)}, [], ["second"]),
    ("", {"default_graphs": (FIRST,), "named_graphs": (SECOND,)}, ["cobalt"], ["second"]),
    (f"FROM <{FIRST}>", {"default_graphs": (SECOND,)}, ["nickel"], []),
    (f"FROM NAMED <{FIRST}>", {"default_graphs": (SECOND,)}, ["nickel"], []),
    (f"FROM <{FIRST}>", {"named_graphs": (SECOND,)}, [], ["second"]),
]


@pytest.mark.parametrize(("clause", "request_dataset", "default", "named"), DATASETS)
def test_the_dataset_is_the_requests_or_the_querys_or_the_union(engine, clause, request_dataset, default, named):
    assert names(engine, SHARES.format(dataset=clause), **request_dataset) == default
    assert names(engine, IN_GRAPHS.format(dataset=clause), **request_dataset) == named


def test_a_relative_graph_is_refused(engine):
    with pytest.raises(QueryError, match="not an absolute IRI"):
        engine.select(Query("SELECT * {}", default_graphs=("first",)))


def test_a_relative_iri_begins_as_those_of_the_data_where_the_query_gives_no_base():
    store = ox.Store()
    store.load(f'<x:d> <{PREFIXES["void"]}uriSpace> "{BASE}" .'.encode(), ox.RdfFormat.TURTLE)
    engine = EmbeddedEngine(store)
    table = engine.select(Query("SELECT (<id/cobalt> AS ?here) (IRI('#x') AS ?x) {}"))
    assert [term.value for term in table.rows[0]] == [BASE + "id/cobalt", BASE + "#x"]
    other = engine.select(Query("BASE <http://example.org/> SELECT (<id/cobalt> AS ?there) {}"))
    assert other.rows[0][0].value == EX + "id/cobalt"


def test_rows_are_plain_values_in_the_order_of_the_query(engine):
    table = engine.select(
        Query(
            'SELECT ?l ?none ?s ?n { ?s <http://example.org/share> 70 ; ?p ?l . FILTER(LANG(?l) = "en") '
            "BIND(70 AS ?n) }"
        )
    )
    assert table.columns == ("l", "none", "s", "n")
    assert table.rows == [
        (
            Term("cobalt", "literal", language="en"),
            None,
            Term(EX + "cobalt", "iri"),
            Term("70", "literal", datatype=XSD + "integer"),
        )
    ]


def test_a_plain_string_has_no_datatype_and_a_blank_node_is_one(engine):
    (row,) = engine.select(Query('SELECT ("x" AS ?x) (BNODE() AS ?b) {}')).rows
    assert row[0] == Term("x", "literal")
    assert row[1].kind == "blank"


def test_json(engine):
    text = "SELECT ?o { <http://example.org/cobalt> <http://example.org/share> ?o }"
    assert json.loads(body(engine, text, "json")) == {
        "head": {"vars": ["o"]},
        "results": {"bindings": [{"o": {"type": "literal", "value": "70", "datatype": XSD + "integer"}}]},
    }
    assert json.loads(body(engine, "ASK {}", "json"))["boolean"] is True


def test_xml(engine):
    name = "{http://www.w3.org/2005/sparql-results#}"
    root = ElementTree.fromstring(body(engine, "SELECT ?s { ?s <http://example.org/share> 70 }", "xml"))
    assert [found.text for found in root.iter(name + "uri")] == [EX + "cobalt"]
    root = ElementTree.fromstring(body(engine, "ASK { ?s ?p 71 }", "xml"))
    assert [found.text for found in root.iter(name + "boolean")] == ["false"]


def test_csv_and_tsv(engine):
    text = "SELECT ?s ?o { ?s <http://example.org/note> ?o }"
    assert body(engine, text, "csv") == 's,o\r\nhttp://example.org/nickel,"50%25, ""half"""\r\n'
    assert body(engine, text, "tsv") == '?s\t?o\n<http://example.org/nickel>\t"50%25, \\"half\\""\n'


# rdflib warns about itself: its parsers use the classes that it has deprecated.
@pytest.mark.filterwarnings("ignore::DeprecationWarning:rdflib")
@pytest.mark.parametrize("format", GRAPHS, ids=lambda format: format.name)
@pytest.mark.parametrize("text", ["CONSTRUCT WHERE { ?s ?p ?o }", "DESCRIBE ?s { ?s ?p ?o }"])
def test_every_graph_format_carries_the_same_triples(engine, format, text):
    answer = engine.query(Query(text), format)
    parser = {"jsonld": "json-ld", "rdfxml": "xml", "ntriples": "nt"}.get(format.name, format.name)
    dataset = Dataset().parse(data=b"".join(answer.body), format=parser)
    triples = {quad[:3] for quad in dataset.quads()}
    assert len(triples) == 4
    assert {subject for subject, _, _ in triples} == {URIRef(EX + "cobalt"), URIRef(EX + "nickel")}


def test_turtle_uses_the_prefixes_of_the_data():
    engine = EmbeddedEngine(ox.Store(), names=Names(PREFIXES))
    cobalt, thing = "https://w3id.org/lodeclaim/id/mineral/cobalt", "http://www.w3.org/2002/07/owl#Thing"
    turtle = body(engine, f"CONSTRUCT {{ <{cobalt}> a <{thing}> }} {{}}", "turtle")
    assert "@prefix mineral: <https://w3id.org/lodeclaim/id/mineral/> ." in turtle
    assert "mineral:cobalt" in turtle
    assert "owl:Thing" in turtle


def test_content_types():
    assert {name: format.content_type for name, format in FORMATS.items()} == {
        "json": "application/sparql-results+json",
        "xml": "application/sparql-results+xml",
        "csv": "text/csv; charset=utf-8",
        "tsv": "text/tab-separated-values; charset=utf-8",
        "turtle": "text/turtle; charset=utf-8",
        "ntriples": "application/n-triples",
        "nquads": "application/n-quads",
        "trig": "application/trig",
        "rdfxml": "application/rdf+xml",
        "jsonld": "application/ld+json",
    }


@pytest.mark.parametrize(
    ("text", "name"), [("ASK {}", "csv"), ("SELECT * {}", "turtle"), ("DESCRIBE <http://a/>", "json")]
)
def test_a_format_that_cannot_hold_the_answer_is_refused(engine, text, name):
    query = Query(text)
    with pytest.raises(QueryError, match=offered(query.outline.form)[0].name):
        engine.query(query, FORMATS[name])


def test_a_query_cannot_exist_without_the_guard():
    with pytest.raises(QueryError, match="nesting"):
        Query("ASK " + "{" * 500 + "}" * 500)
    assert Query("ASK {}").outline.form is Form.ASK


@pytest.mark.parametrize(
    ("text", "place", "found"),
    [
        ("SELECT ?s {\n ?s foo:x 1 }", Position(2, 5), "the prefix `foo:` is not declared"),
        ("SELECT * WHERE", Position(1, 10), "something is missing"),
        ("SELECT ?s (COUNT(*) AS ?n) { ?s ?p ?o }", Position(1, 8), "neither in GROUP BY"),
    ],
)
def test_malformed_queries_say_where(engine, text, place, found):
    with pytest.raises(QueryTextError, match=found) as refusal:
        engine.select(Query(text))
    assert refusal.value.position == place


def test_a_function_that_is_not_there_is_the_querys_fault(engine):
    query = Query("SELECT * { BIND(<http://example.org/no-function>(1) AS ?x) }")
    with pytest.raises(QueryError, match="no-function") as refusal:
        engine.select(query)
    assert refusal.value.kind == "query-unsupported"
    with pytest.raises(QueryError, match="no-function"):
        engine.query(query, FORMATS["json"])


def test_only_a_select_has_a_table(engine):
    with pytest.raises(QueryError, match="ASK has no table"):
        engine.select(Query("ASK {}"))


def test_a_missing_graph_is_told_by_its_name(tmp_path):
    with pytest.raises(UsageError, match=r"missing\.trig: it cannot be read .*Check its name"):
        EmbeddedEngine.from_file(tmp_path / "missing.trig")


def test_a_malformed_graph_is_a_source_error(tmp_path):
    path = tmp_path / "bad.trig"
    path.write_text("<a> <b> .")
    with pytest.raises(SourceError, match=r"bad\.trig, line 1: not TriG"):
        EmbeddedEngine.from_file(path)


def test_a_binding_is_a_term_and_never_syntax(engine):
    query = "SELECT ?s ?l { ?s ?p ?l }"
    bound = engine.select(Query(query, bindings={"s": Term(EX + "cobalt", "iri")}))
    assert {row[0] for row in bound.rows} == {Term(EX + "cobalt", "iri")}
    words = Term('x" } SELECT * { ?s ?p "', "literal")
    assert engine.select(Query(query, bindings={"l": words})).rows == []
    with pytest.raises(QueryError, match="no RDF term"):
        engine.select(Query(query, bindings={"s": Term("cobalt> ?p ?o } #", "iri")}))
