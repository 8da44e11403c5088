"""The command line: what each command prints, writes and returns, on the project and on a user's own folder."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import pkgutil
import re
import shutil
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pyoxigraph as ox
import pytest
import rdflib
from click.testing import CliRunner, Result
from rich.console import Console

from lodeclaim import __version__, build, cli, commands, corpus, hosted, resources, tables, text_reuse
from lodeclaim.cli import main
from lodeclaim.endpoint.engines.engine import EmbeddedEngine
from lodeclaim.namespaces import GRAPHS
from lodeclaim.text_reuse import Span
from support import pages
from support.paths import TESTS

EXTRA = TESTS / "fixtures" / "extra"
TEXTS = TESTS / "fixtures" / "texts"
ARTICLE = TEXTS / "harbour-news.txt"
CLAIMS = 16
"""Claims in the user's document."""


def lodeclaim(*arguments: object, **options) -> Result:
    # A corpus named in the environment would change what these tests are about.
    result = CliRunner().invoke(main, [str(a) for a in arguments], env={"LODECLAIM_CORPUS": None}, **options)
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def succeeds(*arguments: object, **options) -> str:
    """Return what a command prints that must end well."""
    result = lodeclaim(*arguments, **options)
    assert result.exit_code == 0, result.output
    return result.stdout


def fails(status: int, *arguments: object) -> str:
    """Return what a command says that must end with a status; it prints nothing to standard output."""
    result = lodeclaim(*arguments)
    assert result.exit_code == status, result.output
    assert result.stdout == ""
    return result.stderr


@pytest.fixture(scope="module")
def harbour(tmp_path_factory) -> Path:
    """The graph of the project and the user's folder together, built once."""
    target = tmp_path_factory.mktemp("built") / "harbour.trig"
    result = lodeclaim("build", "--extra", EXTRA, "--output", target)
    assert (result.exit_code, result.output) == (0, ""), "quiet where nobody watches"
    return target


@pytest.fixture(scope="module")
def own(harbour, tmp_path_factory) -> Path:
    """A copy of the user's folder with its graph built into it."""
    folder = tmp_path_factory.mktemp("own") / "my-claims"
    shutil.copytree(EXTRA, folder)
    (folder / "data" / "graph").mkdir()
    shutil.copy(harbour, folder / "data" / "graph" / "lodeclaim.trig")
    return folder


# Help.


@pytest.mark.parametrize("command", [None, *cli.COMMANDS])
def test_help_of_every_command_shows_an_example(command) -> None:
    text = succeeds(*filter(None, [command, "-h"]))
    assert f"lodeclaim {command or 'query'} " in text.partition("Example")[2], "an example that names the command"
    assert text == succeeds(*filter(None, [command, "--help"]))


def test_commands_are_those_promised() -> None:
    assert {"build", "check", "measure", "annotate", "query", "export", "serve"} <= set(cli.COMMANDS)


def test_version_is_that_of_the_package() -> None:
    assert __version__ in succeeds("--version")


def test_unknown_command_is_wrong_use() -> None:
    assert "No such command 'biuld'" in fails(2, "biuld")


# Build.


def test_build_with_a_user_folder_adds_its_claims_to_ours(harbour, built) -> None:
    store = ox.Store()
    store.bulk_load(path=str(harbour), format=ox.RdfFormat.TRIG)
    count = "SELECT (COUNT(*) AS ?n) { ?c a <https://w3id.org/lodeclaim/ontology#Claim> }"

    def claims(of: ox.Store) -> int:
        return int(next(iter(of.query(count, use_default_graph_as_union=True)))["n"].value)

    assert claims(store) == claims(built) + CLAIMS


def test_build_puts_each_file_of_the_user_into_a_graph_of_its_name(harbour) -> None:
    names = {quad.graph_name.value for quad in ox.parse(path=str(harbour), format=ox.RdfFormat.TRIG)}
    assert {
        GRAPHS + "vocabulary/harbour",
        GRAPHS + "questions/harbour",
        GRAPHS + "documents/harbour-news",
        GRAPHS + "derived/alarms/reserves-spoken-of",
    } <= names


def test_prefix_of_a_module_of_ones_own_is_known(harbour) -> None:
    found = succeeds("query", "--graph", harbour, "SELECT ?hall { ?hall a harbour:PortReserve }", "--format", "tsv")
    assert found.splitlines() == ["hall", "https://example.org/harbour/cobalt-hall"]
    said = succeeds("compare", "--graph", harbour, "harbour:question-holder")
    assert said.startswith("Whose is the cobalt in the hall of Kråkvik?")


def test_build_tells_each_place_that_is_left_to_fill_in(tmp_path) -> None:
    path = tmp_path / "data/documents/mine.ttl"
    path.parent.mkdir(parents=True)
    path.write_text(succeeds("annotate", ARTICLE, "--key", "mine"), encoding="utf-8")
    said = fails(1, "build", "--extra", tmp_path)
    lines = [n for n, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1) if "FILL" in line]
    assert [int(line.split(": it says FILL")[0].rpartition(" ")[2]) for line in said.splitlines()[:-1]] == lines
    assert len(lines) == 5


def test_build_leaves_the_user_folder_alone_with_output(harbour) -> None:
    assert not (EXTRA / "data" / "graph").exists()


# The pages of a user's own classes.


def test_pages_of_a_class_of_the_user_have_the_sections_of_her_profile(harbour) -> None:
    given = hosted.pages((EXTRA,))
    client = pages.client(EmbeddedEngine.from_file(harbour), **given)
    page = client.get("/resource?iri=https://example.org/harbour/cobalt-hall", headers={"Accept": "text/html"}).text
    section = re.search(r"What is said of it.*?</section>", page, re.DOTALL)[0]
    assert "Ingrid Solheim" in section
    assert all(answer in section for answer, _ in HALL_ROWS)
    ours = client.get("/id/mineral/cobalt", headers={"Accept": "text/html"}).text
    assert "What is said of it" not in ours


@pytest.mark.parametrize(
    ("file", "text", "other", "words"),
    [
        ("harbour.ttl", "endpoint:Entries", "endpoint:Cards", "Cards is no template"),
        ("harbour.ttl", '"claims-on-a-reserve.rq"', '"../queries/x.rq"', "names no file beside it"),
        ("harbour.ttl", '"claims-on-a-reserve.rq"', '"absent.rq"', "absent.rq is not beside it"),
        ("harbour.ttl", 'rdfs:label "What is said of it"@en ;', "", "it has no heading"),
        ("harbour.ttl", "endpoint:query", "endpoint:view", "no view is called"),
        ("harbour.ttl", "harbour:PortReserve", "harbour:PortReserv", "it has a profile, and is no class"),
        ("harbour.ttl", "endpoint:section", "endpoint:section [", "line"),
        ("claims-on-a-reserve.rq", "LIMIT 100", "", "any number of rows"),
        ("claims-on-a-reserve.rq", "LIMIT 100", "LIMIT 100000", "any number of rows"),
        ("claims-on-a-reserve.rq", "?resource ?item", "?item", "no column ?resource"),
        ("claims-on-a-reserve.rq", "?item ?itemLabel ?badge", "?badge", "no column ?item"),
        ("claims-on-a-reserve.rq", "OPTIONAL", "SERVICE <http://x/>", "SERVICE"),
        ("claims-on-a-reserve.rq", "lc:about ?resource ;", "lc:about ?resource ;;;{", "within the braces that open"),
    ],
)
def test_a_profile_that_cannot_be_used_is_a_finding(file, text, other, words, tmp_path, built) -> None:
    folder = tmp_path / "mine"
    shutil.copytree(EXTRA, folder)
    path = folder / "data" / "profiles" / file
    whole = path.read_text(encoding="utf-8")
    assert text in whole
    path.write_text(whole.replace(text, other, 1), encoding="utf-8")
    store = ox.Store()
    store.extend(built)
    store.load(path=str(EXTRA / "ontology" / "harbour.ttl"), format=ox.RdfFormat.TURTLE)
    found = hosted.check(resources.find((folder,)), store)
    assert [finding.check for finding in found] == ["profile"]
    assert words in str(found[0])


def test_the_profiles_of_the_project_have_no_fault(built) -> None:
    assert hosted.check(resources.find(), built) == []


# Query.


def rows(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text)))[1:]


def test_query_by_name_finds_the_user_claims_among_ours(harbour) -> None:
    found = rows(succeeds("query", "china-processing-share", "--graph", harbour, "--format", "csv"))
    assert ["nearly 90 %", "rare-earth elements", "Ingrid Solheim"] in found
    assert ["over 90%", "niche metals", "unnamed outlet of the alliance article"] in found


def test_query_of_the_project_does_not_know_the_user_claims() -> None:
    found = rows(succeeds("query", "china-processing-share", "--format", "csv"))
    assert found
    assert "Ingrid Solheim" not in {who for _, _, who in found}


def test_query_with_extra_reads_the_graph_in_that_folder(own) -> None:
    result = lodeclaim("query", "china-processing-share", "--extra", own, "--format", "csv")
    assert (result.exit_code, result.stderr) == (0, "")
    assert ["nearly 90 %", "rare-earth elements", "Ingrid Solheim"] in rows(result.stdout)


def test_query_warns_where_a_file_has_changed_since_the_build(own, tmp_path) -> None:
    shutil.copytree(own, tmp_path / "changed")
    with (tmp_path / "changed" / "data" / "questions" / "harbour.ttl").open("a", encoding="utf-8") as file:
        file.write("# A comment changes the file.\n")
    result = lodeclaim("query", "ASK { ?s ?p ?o }", "--extra", tmp_path / "changed")
    assert result.exit_code == 0
    assert "was built from other files" in result.stderr
    assert "Run lodeclaim build" in result.stderr


def test_query_before_the_build_says_what_to_run() -> None:
    assert f"Run lodeclaim build --extra {EXTRA}" in fails(2, "query", "ASK { ?s ?p ?o }", "--extra", EXTRA)


HALL = """
SELECT ?answer ?hedge
WHERE {
  ?claim lc:about <https://example.org/harbour/cobalt-hall> ;
         lc:answer ?answer .
  OPTIONAL { ?claim lc:hedge/rdfs:label ?hedge }
}
ORDER BY ?answer
"""
HALL_ROWS = [
    ["At least 14", "at least"],
    ["Between 3 and 5 per cent", "range"],
    ["Kråkvik Havn", ""],
    ["about $40 million (currency not stated: Australian dollar or United States dollar)", "about"],
    ["cobalt", ""],
    ["yes", ""],
]


def test_query_by_text_knows_the_prefixes(harbour) -> None:
    assert rows(succeeds("query", HALL, "--graph", harbour, "--format", "csv")) == HALL_ROWS


def test_query_by_file(harbour, tmp_path) -> None:
    (tmp_path / "mine.rq").write_text(HALL, encoding="utf-8")
    assert rows(succeeds("query", tmp_path / "mine.rq", "--graph", harbour, "--format", "csv")) == HALL_ROWS


def test_query_by_the_name_of_one_in_the_user_folder(harbour, tmp_path) -> None:
    (tmp_path / "data" / "queries").mkdir(parents=True)
    (tmp_path / "data" / "queries" / "hall.rq").write_text(HALL, encoding="utf-8")
    printed = succeeds("query", "hall", "--extra", tmp_path, "--graph", harbour, "--format", "csv")
    assert rows(printed) == HALL_ROWS


def test_query_as_json_leaves_out_what_is_unbound(harbour) -> None:
    found = json.loads(succeeds("query", HALL, "--graph", harbour, "--format", "json"))
    assert found == [
        {"answer": answer, "hedge": hedge} if hedge else {"answer": answer} for answer, hedge in HALL_ROWS
    ]


def test_query_as_table_shows_every_row_under_its_columns(harbour) -> None:
    lines = succeeds("query", HALL, "--graph", harbour, "--format", "table").splitlines()
    assert lines[0].split() == ["answer", "hedge"]
    assert [line.split()[-1] for line in lines[1:4]] == ["least", "range", "Havn"]
    assert len(lines) == 1 + len(HALL_ROWS)


def test_table_in_a_pipe_is_not_cut_to_the_width_of_a_screen(harbour) -> None:
    printed = succeeds("query", HALL, "--graph", harbour, "--format", "table")
    assert "about $40 million (currency not stated: Australian dollar or United States dollar)" in printed
    assert "…" not in printed


def test_table_shortens_the_iris_that_have_a_prefix(harbour) -> None:
    text = "SELECT ?c { ?c lc:evidence passage:harbour-news-0-31 }"
    printed = succeeds("query", text, "--graph", harbour, "--format", "table")
    assert printed.split() == ["c", "claim:harbour-news-stored-mineral"]


def test_query_in_a_pipe_is_tab_separated_with_a_header_and_values_as_they_are(harbour) -> None:
    lines = succeeds("query", HALL, "--graph", harbour).split("\n")
    assert [line.split("\t") for line in lines] == [["answer", "hedge"], *HALL_ROWS, [""]]
    assert succeeds("query", HALL, "--graph", harbour, "--format", "tsv").split("\n") == lines
    iri = "SELECT ?c { ?c lc:evidence passage:harbour-news-0-31 }"
    printed = succeeds("query", iri, "--graph", harbour)
    assert printed == "c\nhttps://w3id.org/lodeclaim/id/claim/harbour-news-stored-mineral\n"


def test_value_in_tsv_stays_in_its_cell(harbour) -> None:
    text = r"SELECT ?a ?b { VALUES (?a ?b) { ('tab\t, line\n, return\r' 'back\\slash') (UNDEF '') } }"
    printed = succeeds("query", text, "--graph", harbour)
    assert printed == "a\tb\ntab\\t, line\\n, return\\r\tback\\\\slash\n\t\n"


@pytest.mark.parametrize("width", [1, 2, 7, 20, 40, 79, 200])
def test_nothing_in_a_table_is_cut_however_narrow_the_terminal(width) -> None:
    cells = ("x" * 50 + " words of some length", "[bold]x[/] :smile: \x1b[31m", "y" * 10)
    terminal = Console(file=io.StringIO(), width=width)
    terminal.print(tables.Grid(("a long name of a column", "second", "third"), [cells, cells]))
    printed = terminal.file.getvalue()
    assert "\u2026" not in printed
    assert "\x1b" not in printed
    solid = re.sub(r"\s", "", printed)
    if width < 60:
        assert solid.count("third:" + "y" * 10) == 2, "stacked"
        assert solid.count("[bold]x[/]:smile:\\x1b[31m") == 2
    else:
        assert printed.splitlines()[0].split() == ["a", "long", "name", "of", "a", "column", "second", "third"]


# A terminal, as far as a test can be one.


def test_query_on_a_terminal_is_a_table(harbour, monkeypatch) -> None:
    monkeypatch.setattr(tables, "usual", lambda: "table")
    assert "\t" not in succeeds("query", HALL, "--graph", harbour)


def test_rule_of_the_user_runs_on_our_claims_too(harbour) -> None:
    text = "SELECT DISTINCT ?r { ?r <https://example.org/harbour/spokenOfBy> ?who }"
    found = {row[0] for row in rows(succeeds("query", text, "--graph", harbour, "--format", "csv"))}
    assert "https://example.org/harbour/cobalt-hall" in found
    assert "https://w3id.org/lodeclaim/id/reserve/project-vault" in found


def test_what_is_settled_reaches_the_user_namespace(harbour) -> None:
    """The hall stores cobalt without dispute, so its class and what it is part of are known all the way up."""
    text = """
    ASK {
      <https://example.org/harbour/cobalt-hall> lc:stores mineral:cobalt ;
                                                a lc:Initiative , lc:Entity .
      <https://example.org/harbour/krakvik> lc:hasPart <https://example.org/harbour/cobalt-hall> .
    }
    """
    assert json.loads(succeeds("query", text, "--graph", harbour, "--format", "json"))["boolean"] is True


def test_ask_prints_its_truth_value_as_json(harbour) -> None:
    assert json.loads(succeeds("query", "ASK { ?s a lc:Claim }", "--graph", harbour))["boolean"] is True
    assert json.loads(succeeds("query", "ASK { ?s a lc:Nothing }", "--graph", harbour))["boolean"] is False


def test_construct_prints_turtle(harbour) -> None:
    text = "CONSTRUCT { ?m rdfs:label ?l } { VALUES ?m { mineral:cobalt } ?m rdfs:label ?l }"
    found = rdflib.Graph().parse(data=succeeds("query", text, "--graph", harbour), format="turtle")
    cobalt = rdflib.URIRef("https://w3id.org/lodeclaim/id/mineral/cobalt")
    assert list(found) == [(cobalt, rdflib.RDFS.label, rdflib.Literal("cobalt", lang="en"))]


def test_unknown_query_name_lists_the_known_ones() -> None:
    said = fails(2, "query", "china-procesing-share")
    assert "china-procesing-share" in said
    assert "china-processing-share" in said


def test_query_file_that_is_missing_is_wrong_use(tmp_path) -> None:
    assert "mine.rq: is no file" in fails(2, "query", tmp_path / "mine.rq")


def test_malformed_query_names_line_and_column(harbour) -> None:
    said = fails(2, "query", "SELECT ?x\nWHERE {\n  ?x lc:gloss }\n", "--graph", harbour)
    assert "line 3, column 6" in said
    assert "object" in said


def test_unknown_prefix_says_to_declare_it(harbour) -> None:
    said = fails(2, "query", "SELECT ?x { ?x nope:gloss ?y }", "--graph", harbour)
    assert "line 1" in said
    assert "PREFIX" in said


def test_format_that_does_not_fit_names_those_that_do(harbour) -> None:
    assert "Use json, xml" in fails(2, "query", "ASK { ?s ?p ?o }", "--graph", harbour, "--format", "turtle")


@pytest.mark.parametrize("command", [["query", "ASK { ?s ?p ?o }"], ["export"]])
def test_graph_file_that_is_missing_is_wrong_use(command, tmp_path) -> None:
    assert "nowhere.trig" in fails(2, *command, "--graph", tmp_path / "nowhere.trig")


@pytest.mark.parametrize("command", [["query", "ASK { ?s ?p ?o }"], ["export"]])
def test_graph_file_that_is_no_trig_is_a_finding(command, tmp_path) -> None:
    (tmp_path / "broken.trig").write_text("<a:s> <a:p> {", encoding="utf-8")
    assert "broken.trig" in fails(1, *command, "--graph", tmp_path / "broken.trig")


# Export.

EXTENSIONS = ("trig", "nq", "ttl", "nt", "rdf", "jsonld")


def canonical(triples) -> list[str]:
    """N-Triples in order, with names for blank nodes that depend on what is said of them only."""
    merged = ox.Dataset(ox.Quad(triple.subject, triple.predicate, triple.object) for triple in triples)
    merged.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    return sorted(map(str, merged))


@pytest.fixture(scope="module")
def expected(harbour) -> list[str]:
    found = canonical(ox.parse(path=str(harbour), format=ox.RdfFormat.TRIG))
    assert len(found) > 10_000
    return found


@pytest.mark.parametrize("extension", EXTENSIONS)
def test_export_in_every_format_holds_the_same_triples(extension, harbour, expected, tmp_path) -> None:
    target = tmp_path / f"lodeclaim.{extension}"
    assert succeeds("export", "--graph", harbour, "--format", extension, "--output", target) == ""
    assert canonical(ox.parse(path=str(target), format=ox.RdfFormat.from_extension(extension))) == expected


@pytest.mark.parametrize("extension", ["nq", "jsonld"])
def test_export_keeps_the_named_graphs_where_the_format_has_them(extension, harbour, tmp_path) -> None:
    def graphs(path: Path) -> set[str]:
        quads = ox.parse(path=str(path), format=ox.RdfFormat.from_extension(path.suffix[1:]))
        return {str(quad.graph_name) for quad in quads}

    succeeds("export", "--graph", harbour, "--format", extension, "--output", tmp_path / f"all.{extension}")
    assert graphs(tmp_path / f"all.{extension}") == graphs(harbour)


def test_export_prints_without_output(harbour, tmp_path) -> None:
    succeeds("export", "--graph", harbour, "--format", "nt", "--output", tmp_path / "all.nt")
    printed = lodeclaim("export", "--graph", harbour, "--format", "nt").stdout_bytes
    assert printed == (tmp_path / "all.nt").read_bytes()


def test_export_in_an_unknown_format_writes_nothing(harbour, tmp_path) -> None:
    said = fails(2, "export", "--graph", harbour, "--format", "docx", "--output", tmp_path / "all.docx")
    assert "Use turtle (ttl), ntriples (nt), nquads (nq), trig, rdfxml (rdf), jsonld" in said
    assert list(tmp_path.iterdir()) == []


# Annotate.


def test_annotate_prints_offsets_and_digest_of_a_phrase() -> None:
    words = "Brussels looks on warily"
    start = ARTICLE.read_bytes().decode().index(words)
    printed = succeeds("annotate", ARTICLE, words)
    assert f"# occurrence 1 of 1: characters {start} to {start + len(words)}\n" in printed
    digest = hashlib.sha256(words.encode()).hexdigest()
    assert f'    lc:span "{start}-{start + len(words)} {digest}" ;\n' in printed
    assert printed.count("#") == 1, "nothing to warn of"


def test_annotate_prints_what_the_annotated_document_holds() -> None:
    """A user pastes it: so it must be, to the letter, what stands in a document file."""
    printed = succeeds("annotate", ARTICLE, "owns the stock", "--extra", EXTRA)
    turtle = printed.partition("\n")[2]
    assert turtle.startswith('    lc:span "231-245 ')
    assert turtle in (EXTRA / "data" / "documents" / "harbour-news.ttl").read_text(encoding="utf-8")


def test_annotate_prints_every_occurrence() -> None:
    text = ARTICLE.read_bytes().decode()
    assert text.count("cobalt") == 5
    printed = succeeds("annotate", ARTICLE, "cobalt", "--key", "harbour-news")
    assert [line for line in printed.splitlines() if "occurrence" in line] == [
        f"# occurrence {number} of 5: characters {start} to {start + 6}"
        for number, start in enumerate((i for i in range(len(text)) if text.startswith("cobalt", i)), 1)
    ]


def test_annotate_takes_any_white_space_in_a_phrase() -> None:
    printed = succeeds("annotate", ARTICLE, "nobody   plans\nfor", "--key", "harbour-news")
    assert hashlib.sha256(b"nobody plans for").hexdigest() in printed


def test_annotate_warns_of_a_split_word() -> None:
    assert "# starts or ends inside a word" in succeeds("annotate", ARTICLE, "russels looks", "--key", "k")


def test_annotate_warns_of_a_sentence_end() -> None:
    printed = succeeds("annotate", ARTICLE, "It is, the company says. Brussels looks on", "--key", "k")
    assert "# runs past the end of a sentence" in printed


def test_annotate_refuses_a_phrase_that_is_not_there() -> None:
    assert "'Brussels cheers' is not in it" in fails(2, "annotate", ARTICLE, "Brussels cheers", "--key", "k")


def test_annotate_asks_for_a_key_where_no_document_has_the_text() -> None:
    assert "--key" in fails(2, "annotate", ARTICLE)


def test_annotate_refuses_a_text_that_is_missing(tmp_path) -> None:
    assert "is no file" in fails(2, "annotate", tmp_path / "nowhere.txt", "cobalt")


def test_annotate_without_a_phrase_prints_a_document_to_fill_in() -> None:
    printed = succeeds("annotate", ARTICLE, "--key", "harbour-news")
    found = rdflib.Graph().parse(data=printed, format="turtle")
    document = rdflib.URIRef("https://w3id.org/lodeclaim/id/document/harbour-news")
    digest = rdflib.URIRef("https://w3id.org/lodeclaim/ontology#sha256")
    assert str(found.value(document, digest)) == hashlib.sha256(ARTICLE.read_bytes()).hexdigest()
    assert "FILL IN" in printed


@pytest.mark.parametrize("key", ["harbour news", "hafen/news", "kråkvik", ""])
def test_annotate_refuses_a_key_that_no_iri_can_hold(key) -> None:
    said = fails(2, "annotate", ARTICLE, "--key", key)
    assert "--key" in said or "is no key" in said


@pytest.mark.parametrize("key", ["harbour news", "hafen/news"])
def test_annotate_refuses_such_a_key_with_a_phrase_too(key) -> None:
    assert "is no key" in fails(2, "annotate", ARTICLE, "cobalt", "--key", key)


def test_annotate_takes_many_phrases_from_arguments_and_a_file(tmp_path) -> None:
    (tmp_path / "phrases.txt").write_text("nobody plans for\n\n  owns the stock\n", encoding="utf-8")
    printed = succeeds("annotate", ARTICLE, "Brussels looks", "--phrases", tmp_path / "phrases.txt", "--key", "k")
    found = re.findall(r"^# occurrence 1 of 1 of '(.*)':", printed, re.MULTILINE)
    assert found == ["Brussels looks", "nobody plans for", "owns the stock"]
    assert printed.count('lc:span "') == 3
    by_input = lodeclaim("annotate", ARTICLE, "--phrases", "-", "--key", "k", input="nobody plans for\n")
    assert by_input.stdout.startswith("# occurrence 1 of 1: characters ")


def test_annotate_names_each_phrase_that_is_missing_with_the_nearest_words() -> None:
    said = fails(2, "annotate", ARTICLE, "Brusels looks on warily", "owns the stock", "zzz qqq", "--key", "k")
    assert "'Brusels looks on warily' is not in it (nearest: 'Brussels looks on warily')" in said
    assert "'zzz qqq' is not in it." in said
    assert "owns" not in said


def test_annotate_names_the_first_of_many_phrases_that_are_missing(tmp_path) -> None:
    phrases = tmp_path / "phrases.txt"
    phrases.write_text(
        "\n".join(f"no such words {number} {'x' * 10_000}" for number in range(1_000)), encoding="utf-8"
    )
    said = fails(2, "annotate", ARTICLE, "--phrases", phrases)
    assert said.count("is not in it") == 10
    assert "; and 990 more. Copy the words" in said


@pytest.mark.parametrize("asked", [["cobalt#2"], ["cobalt", "--occurrence", "2"]])
def test_annotate_takes_one_of_several_places(asked) -> None:
    text = ARTICLE.read_bytes().decode()
    second = text.index("cobalt", text.index("cobalt") + 1)
    printed = succeeds("annotate", ARTICLE, *asked, "--key", "k")
    assert printed.startswith(f"# occurrence 2 of 5: characters {second} to {second + 6}\n")
    assert printed.count('lc:span "') == 1


def test_annotate_lists_the_places_where_there_is_no_such_one() -> None:
    text = ARTICLE.read_bytes().decode()
    said = fails(2, "annotate", ARTICLE, "cobalt#6", "--key", "k")
    assert f"'cobalt' stands 5 times in it, at {text.index('cobalt')}, " in said
    assert "given for 2 phrases" in fails(2, "annotate", ARTICLE, "a", "b", "--occurrence", "1", "--key", "k")


def test_annotate_refuses_the_key_of_another_text() -> None:
    said = fails(2, "annotate", ARTICLE, "cobalt", "--key", "news18-ministerial")
    assert "another document, whose text has another digest. Choose another key" in said
    said = fails(2, "annotate", ARTICLE, "cobalt", "--key", "news18-ministerial", "--extra", EXTRA)
    assert "Its key is harbour-news: leave --key out" in said
    said = fails(2, "annotate", ARTICLE, "cobalt", "--key", "harbour", "--extra", EXTRA)
    assert "'harbour' is not what the document with this text is called. Its key is harbour-news" in said


@pytest.mark.parametrize("key", ["harbour-news", "document:harbour-news", "Harbour Gazette on the cobalt hall"])
def test_annotate_knows_the_document_by_each_of_its_names(key) -> None:
    printed = succeeds("annotate", ARTICLE, "owns the stock", "--key", key, "--extra", EXTRA)
    assert '\n    lc:span "231-245 ' in printed


# Measure.


def test_measure_without_a_corpus_is_wrong_use(tmp_path) -> None:
    assert "--corpus" in fails(2, "measure", "--output", tmp_path / "lineage.ttl")
    assert list(tmp_path.iterdir()) == []


def test_measure_without_the_text_of_a_document_names_it(tmp_path) -> None:
    said = fails(2, "measure", "--corpus", TEXTS, "--output", tmp_path / "lineage.ttl")
    assert "id/document/unnamed-alliance" in said
    assert "id/document/harbour-news" not in said
    assert list(tmp_path.iterdir()) == []


@pytest.mark.corpus
def test_measure_compares_every_two_documents(corpus, sources, tmp_path) -> None:
    target = tmp_path / "lineage.ttl"
    printed = succeeds(
        "measure", "--corpus", corpus, "--corpus", TEXTS, "--extra", EXTRA, "--output", target
    ).splitlines()
    *printed, shared = printed
    assert re.fullmatch(r" *\d+ pairs of sentences with passages share 8 words in a row", shared)
    documents = len(sources.files("documents")) + 1
    assert len(printed) == documents * (documents - 1) // 2
    assert len([line for line in printed if "harbour-news" in line]) == documents - 1
    assert [line for line in printed if "harbour-news" in line and "    0 shared" not in line] == []
    assert "harbour-news" not in target.read_text(encoding="utf-8"), "two texts that share nothing have no entry"


@pytest.mark.corpus
def test_measured_lineage_is_the_committed_one(corpus, sources, tmp_path) -> None:
    succeeds("measure", "--corpus", corpus, "--output", tmp_path / "lineage.ttl")
    (committed,) = sources.files("lineage")
    assert (tmp_path / "lineage.ttl").read_bytes() == committed.path.read_bytes()


def test_lineage_of_two_texts_is_turtle_with_both_numbers() -> None:
    one, other = "https://example.org/document/one", "https://example.org/document/other"
    turtle = text_reuse.to_turtle([(one, other, corpus.Reuse(2, 9)), (one, one, corpus.Reuse(0, 3))], [])
    found = rdflib.Graph().parse(data=turtle, format="turtle")
    lc = rdflib.Namespace("https://w3id.org/lodeclaim/ontology#")
    (reuse,) = found.subjects(rdflib.RDF.type, lc.TextReuse)
    assert set(found.objects(reuse, lc.comparesDocument)) == {rdflib.URIRef(one), rdflib.URIRef(other)}
    numbers = [
        found.value(reuse, lc[name]).toPython() for name in ("shingleLength", "sharedShingles", "longestSharedRun")
    ]
    assert numbers == [8, 2, 9]


SENTENCE = "Seven ships of the line left harbour late on Monday with cobalt"


def test_sentences_that_share_eight_words_tie_the_passages_in_them() -> None:
    """By hand: eight words, and all twelve; of one document with itself the second sentence and the fourth."""
    texts = {
        "urn:a": f"Nothing here. {SENTENCE}, he said. An end.",
        "urn:b": f"It rained. We hear seven ships of the line left harbour late at night. So it was. {SENTENCE}.",
    }
    words = {"urn:a": ("cobalt", "An end"), "urn:b": ("seven ships", "So it was", "cobalt")}
    spans = {
        key: [Span(f"{key}/{name}", text.index(name), text.index(name) + len(name)) for name in words[key]]
        for key, text in texts.items()
    }
    found = {(run.one, run.other, run.passages, run.words) for run in text_reuse.runs(texts, spans)}
    assert found == {
        ("urn:a", "urn:b", ("urn:a/cobalt", "urn:b/seven ships"), 8),
        ("urn:a", "urn:b", ("urn:a/cobalt", "urn:b/cobalt"), 12),
        ("urn:b", "urn:b", ("urn:b/cobalt", "urn:b/seven ships"), 8),
    }
    run = next(each for each in text_reuse.runs(texts, spans) if each.words == 12)
    turtle = rdflib.Graph().parse(data=text_reuse.to_turtle([], [run]), format="turtle")
    lc = rdflib.Namespace("https://w3id.org/lodeclaim/ontology#")
    (node,) = turtle.subjects(rdflib.RDF.type, lc.SharedRun)
    assert {str(passage) for passage in turtle.objects(node, lc.comparesPassage)} == {"urn:a/cobalt", "urn:b/cobalt"}


# Check.


def test_check_without_a_corpus_says_what_it_could_not_check() -> None:
    result = lodeclaim("check")
    assert result.exit_code == 0, result.output
    assert "passages, for want of --corpus" in result.stdout
    assert "ontology: " in result.stdout or "no Java runtime" in result.stdout
    assert result.stdout.endswith("No findings.\n")


@pytest.mark.corpus
def test_check_with_every_text_reads_every_passage_again(own, corpus) -> None:
    result = lodeclaim("check", "--extra", own, "--corpus", corpus, "--corpus", TEXTS)
    assert result.exit_code == 0, result.output
    assert "read again in 6 texts" in result.stdout
    assert "for want of --corpus" not in result.stdout
    assert result.stdout.endswith("No findings.\n")


def test_check_of_a_user_without_the_articles_proves_hers_and_finds_that_the_graph_is_stale(
    own, harbour, tmp_path, monkeypatch
) -> None:
    store = ox.Store()
    store.bulk_load(path=str(harbour), format=ox.RdfFormat.TRIG)
    # Derived already, for this is about what comes after it.
    monkeypatch.setattr(build, "build", lambda *_: build.Built(store))
    shutil.copytree(own, tmp_path / "changed")
    graph_file = tmp_path / "changed" / "data" / "graph" / "lodeclaim.trig"
    graph_file.write_text("", encoding="utf-8")
    result = lodeclaim("check", "--extra", tmp_path / "changed", "--corpus", TEXTS)
    assert result.exit_code == 1
    found = result.stderr.splitlines()
    assert "passages: 16 read again in 1 texts" in result.stdout
    assert "not checked: the passages of 5 documents of the project" in result.stdout
    assert any(line.startswith(str(graph_file)) and "[stale-graph]" in line for line in found)
    assert found[-1] == "1 finding(s)."
    assert "No findings" not in result.stdout
    assert graph_file.read_text(encoding="utf-8") == "", "check writes nothing"


def test_check_of_a_user_without_the_articles_still_wants_hers(own, harbour, tmp_path, monkeypatch) -> None:
    store = ox.Store()
    store.bulk_load(path=str(harbour), format=ox.RdfFormat.TRIG)
    monkeypatch.setattr(build, "build", lambda *_: build.Built(store))
    (tmp_path / "another.txt").write_text("Nothing that anybody describes.\n", encoding="utf-8")
    said = lodeclaim("check", "--extra", own, "--corpus", tmp_path)
    assert said.exit_code == 1
    assert [line.partition(":")[2].partition(":")[0] for line in said.stderr.splitlines()[:-1]] == ["harbour-news"]
    assert "[text-digest]" in said.stderr


# The user's folder itself.


def test_extra_folder_that_is_missing_is_wrong_use(tmp_path) -> None:
    assert "is no folder" in fails(2, "build", "--extra", tmp_path / "nowhere")


def test_extra_folder_of_another_layout_is_wrong_use(tmp_path) -> None:
    (tmp_path / "claims.ttl").write_text("", encoding="utf-8")
    assert "data/documents/*.ttl" in fails(2, "build", "--extra", tmp_path)


# The group: no command is loaded before it is called.


def test_list_names_every_command_with_the_beginning_of_what_it_says_of_itself() -> None:
    modules = {module.name for module in pkgutil.iter_modules(commands.__path__)}
    assert modules == set(cli.COMMANDS)
    for name, line in cli.COMMANDS.items():
        command = import_module(f"lodeclaim.commands.{name}").command
        assert command.name == name
        assert " ".join(command.help.split()).startswith(line.removesuffix("."))
        assert "Example" in command.help
    printed = lodeclaim("-h").stdout
    assert all(f"  {name} " in printed for name in cli.COMMANDS)


SLOW = {"rdflib", "pyshacl", "owlrl", "owlready2", "flask", "httpx", "uvicorn", "pyld"}
"""Each of these libraries takes longer to load than a query to answer."""


@pytest.mark.parametrize("arguments", [["--version"], ["-h"], ["query", "graph-counts"]])
def test_command_loads_only_what_it_uses(arguments) -> None:
    code = f"""
import sys
from lodeclaim.cli import main
main({arguments}, standalone_mode=False)
print(*sorted({SLOW} & sys.modules.keys()))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == ""


def test_query_hints_at_names_under_prefixes_that_it_was_given() -> None:
    result = lodeclaim("query", "SELECT ?m { ?m a lc:mineralScope ; rdf:label ?l }")
    assert result.stderr.splitlines() == [
        "Hint: lc:mineralScope is no class; did you mean lc:MineralScope?",
        "Hint: The data has no property rdf:label; did you mean rdfs:label?",
    ]


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ('ASK { ?c lc:mineralScope "Lithium" }', "did you mean mineral:lithium?"),
        ("ASK { ?c lc:mineralScope ?m FILTER CONTAINS(?m, 'lith') }", "write CONTAINS(STR(?m), 'lith') for its IRI"),
        ("SELECT (SUM(?v) AS ?sum) { ?c lc:answer ?v }", "SUM adds numbers, and lc:answer has none"),
        ("ASK { ?m rdfs:label ?l FILTER(LANG(?l) = 'fr') }", "The data has no text in 'fr', but in \"en\"."),
        ("DESCRIBE place:china", "Nothing is said of place:china; did you mean state:chn?"),
        ("ASK { ?c a lc:Country }", "lc:Country is no term of the ontology."),
    ],
)
def test_query_hints_at_what_the_data_has(text, hint) -> None:
    result = lodeclaim("query", text)
    assert result.stderr.startswith("Hint: ")
    assert hint in result.stderr


def test_query_tells_the_prefix_that_is_meant() -> None:
    result = lodeclaim("query", "DESCRIBE minerl:lithium")
    assert result.exit_code == 2
    assert "Did you mean mineral:? Otherwise begin with PREFIX minerl: <...>" in result.stderr


def test_a_refused_query_is_told_its_error_alone() -> None:
    result = lodeclaim("query", "SELECT ?c WHERE ( ?c lc:gloss ?g )")
    assert result.exit_code == 2
    assert "Hint:" not in result.stderr
    assert "WHERE takes a group in braces" in result.stderr


def test_the_whole_path_of_a_query_that_is_not_there_is_shown(tmp_path) -> None:
    path = tmp_path / ("folder-" * 20) / "mine.rq"
    result = lodeclaim("query", path)
    assert result.exit_code == 2
    assert f"lodeclaim: {path}: is no file" in result.stderr


def test_compare_takes_words_without_quotation_marks() -> None:
    assert succeeds("compare", "project", "vault", "loan") == succeeds("compare", "project vault loan") != ""
    assert "zinc zinc: no Question" in fails(2, "compare", "zinc", "zinc")
