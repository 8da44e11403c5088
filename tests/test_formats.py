"""Formats: every command knows each by all of its names, and what it prints is read by the parsers of others."""

from __future__ import annotations

import json
from xml.etree import ElementTree

import pyoxigraph as ox
import pytest

from lodeclaim import build, exports
from lodeclaim.endpoint.sparql import formats
from support.commands import fails, lodeclaim, succeeds
from support.paths import TINY
from support.tiny import ROWS, SELECT

NAMES = {
    "ttl": ["turtle", "Turtle", "TTL", "text/turtle"],
    "nt": ["ntriples", "n-triples", "N-Triples", "application/n-triples"],
    "nq": ["nquads", "n-quads", "application/n-quads"],
    "trig": ["TriG", "application/trig"],
    "rdf": ["rdfxml", "rdf/xml", "RDF/XML", "rdf+xml", "xml", "application/rdf+xml"],
    "jsonld": ["json-ld", "JSON-LD", "json", "application/ld+json"],
}
"""What people call a format, by the extension of its files."""

CONSTRUCT = "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }"
COMMANDS = {
    "export": ["export", "--graph", TINY],
    "query": ["query", CONSTRUCT, "--graph", TINY],
}
"""The commands that write RDF."""


def triples(printed: str, extension: str) -> set[str]:
    quads = ox.parse(printed, format=ox.RdfFormat.from_extension(extension))
    return {str(quad.triple) for quad in quads}


@pytest.fixture(scope="module")
def expected() -> set[str]:
    found = {str(quad.triple) for quad in ox.parse(path=str(TINY), format=ox.RdfFormat.TRIG)}
    assert len(found) > 3
    return found


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize(("extension", "name"), [(key, name) for key, names in NAMES.items() for name in names])
def test_a_format_is_known_by_each_of_its_names_in_each_command(command, extension, name, expected) -> None:
    by_extension = succeeds(*COMMANDS[command], "--format", extension)
    assert triples(by_extension, extension) == expected
    by_name = succeeds(*COMMANDS[command], "--format", name)
    assert by_name == by_extension


def test_each_format_is_another() -> None:
    printed = {succeeds(*COMMANDS["export"], "--format", extension) for extension in NAMES}
    assert len(printed) == len(NAMES)


def test_no_name_stands_for_two_formats_of_one_answer() -> None:
    for offers in (formats.GRAPHS, formats.RESULTS):
        names = [name for offer in offers for name in offer.spellings]
        assert len(names) == len(set(names))


def test_every_format_of_the_endpoint_is_one_of_the_exports() -> None:
    assert set(exports.FORMATS) == {offer.extension for offer in formats.GRAPHS} == set(NAMES)
    for offer in formats.GRAPHS:
        assert exports.FORMATS[offer.extension].media_type == offer.media_type


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("name", ["docx", "", " ", "tt", "turtle!"])
def test_what_is_no_format_is_told_which_there_are(command, name) -> None:
    said = fails(2, *COMMANDS[command], "--format", name)
    assert said.startswith(f"lodeclaim: --format: {name!r} ")
    assert said.endswith("Use turtle (ttl), ntriples (nt), nquads (nq), trig, rdfxml (rdf), jsonld\n")


@pytest.mark.parametrize(
    "name", ["file.nt", "file.NT", "file.jsonld", "file.nq", "file.rdf", "file.trig", "file.ttl"]
)
def test_export_writes_what_the_name_of_the_file_says(name, tmp_path) -> None:
    assert succeeds("export", "--graph", TINY, "--output", tmp_path / name) == ""
    extension = name.partition(".")[2].lower()
    assert (tmp_path / name).read_text(encoding="utf-8") == succeeds("export", "--graph", TINY, "--format", extension)


@pytest.mark.parametrize("name", ["file", "file.dat", "file.nt.old"])
def test_export_writes_turtle_where_the_name_says_nothing(name, tmp_path) -> None:
    result = lodeclaim("export", "--graph", TINY, "--output", tmp_path / name)
    assert (result.exit_code, result.stdout) == (0, "")
    assert result.stderr.startswith(f"lodeclaim: {tmp_path / name}: it is written as Turtle. Give --format, or")
    assert (tmp_path / name).read_text(encoding="utf-8") == succeeds("export", "--graph", TINY, "--format", "ttl")
    assert succeeds("export", "--graph", TINY) == succeeds("export", "--graph", TINY, "--format", "ttl")


@pytest.mark.parametrize(
    ("name", "format"), [("x.owl", "rdf"), ("x.xml", "rdf"), ("x.json", "jsonld"), ("x.n3", "ttl"), ("X.TTL", "ttl")]
)
def test_export_knows_the_endings_that_ontologies_have(name, format, tmp_path) -> None:
    assert succeeds("export", "--graph", TINY, "--output", tmp_path / name) == ""
    written = succeeds("export", "--graph", TINY, "--format", format)
    assert (tmp_path / name).read_text(encoding="utf-8") == written


def test_export_takes_owl_for_the_name_of_a_format() -> None:
    assert succeeds("export", "--graph", TINY, "--format", "owl") == succeeds(
        "export", "--graph", TINY, "--format", "rdf"
    )


@pytest.mark.parametrize("name", ["excel", "XLSX"])
def test_a_format_that_nobody_knows_is_told_which_there_are(name) -> None:
    said = fails(2, *TABLE, "--format", name)
    assert f"--format: {name!r} is no format of an answer to SELECT. Use table, tsv, csv, json, xml" in said
    assert said.endswith("xml. Spreadsheets open csv\n")
    assert fails(2, "compare", "--graph", TINY, "--format", name).endswith("csv, json. Spreadsheets open csv\n")


def test_export_in_a_format_that_is_asked_for_whatever_the_file_is_called(tmp_path) -> None:
    succeeds("export", "--graph", TINY, "--output", tmp_path / "file.ttl", "--format", "nt")
    assert (tmp_path / "file.ttl").read_text(encoding="utf-8") == succeeds(
        "export", "--graph", TINY, "--format", "nt"
    )


@pytest.mark.parametrize(("name", "format"), [("a.nq", ox.RdfFormat.N_QUADS), ("a.trig", ox.RdfFormat.TRIG)])
def test_build_writes_what_is_read_again_under_that_name(name, format, tmp_path, monkeypatch) -> None:
    store = ox.Store()
    store.load(path=str(TINY), format=ox.RdfFormat.TRIG)
    monkeypatch.setattr(build, "build", lambda *_: build.Built(store))
    succeeds("build", "--output", tmp_path / name)
    assert set(ox.parse(path=str(tmp_path / name), format=format)) == set(store)
    assert succeeds("query", SELECT, "--graph", tmp_path / name, "--format", "csv").splitlines() == [
        "mineral,share", *(",".join(row) for row in ROWS),
    ]  # fmt: skip


# Tables.

TABLE = ["query", SELECT, "--graph", TINY]


@pytest.mark.parametrize(
    ("name", "names"),
    {
        "csv": ["CSV", "text/csv"],
        "tsv": ["TSV", "text/tab-separated-values"],
        "json": ["JSON", "application/json"],
        "table": ["text", "Table", "text/plain"],
    }.items(),
)
def test_a_table_is_known_by_each_of_its_names(name, names) -> None:
    printed = succeeds(*TABLE, "--format", name)
    assert all(cell in printed for row in ROWS for cell in row)
    for other in names:
        assert succeeds(*TABLE, "--format", other) == printed


@pytest.mark.parametrize("name", ["srj", "application/sparql-results+json", "SPARQL_Results_JSON"])
def test_the_json_of_sparql_is_had_by_its_own_names(name) -> None:
    found = json.loads(succeeds(*TABLE, "--format", name))
    assert found["head"]["vars"] == ["mineral", "share"]
    bindings = found["results"]["bindings"]
    assert [(row["mineral"]["value"], row["share"]["value"]) for row in bindings] == ROWS


@pytest.mark.parametrize("name", ["xml", "srx", "application/sparql-results+xml"])
def test_the_xml_of_sparql_is_had_by_each_of_its_names(name) -> None:
    root = ElementTree.fromstring(succeeds(*TABLE, "--format", name))
    assert root.tag == "{http://www.w3.org/2005/sparql-results#}sparql"
    assert len(root.findall(".//{*}result")) == len(ROWS)


def test_a_format_that_does_not_fit_a_query_is_told_which_do() -> None:
    assert fails(2, *TABLE, "--format", "turtle").endswith(
        "--format: 'turtle' does not fit SELECT. Use table, tsv, csv, json, xml\n"
    )
    assert fails(2, "query", "ASK {}", "--graph", TINY, "--format", "csv").endswith(
        "--format: 'csv' does not fit ASK. Use json, xml\n"
    )
    asked = succeeds("query", "ASK {}", "--graph", TINY, "--format", "table")
    assert json.loads(asked)["boolean"] is True, "a person reads it all the same"
