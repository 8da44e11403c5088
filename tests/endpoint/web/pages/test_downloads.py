"""The files that can be had: by the page, by the command, and as the description of the dataset has them."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from pathlib import Path
from urllib.parse import urlsplit

import pyoxigraph as ox
import pytest
from click.testing import CliRunner

from lodeclaim import exports, graph, jsonld, parts, resources
from lodeclaim.cli import main
from lodeclaim.endpoint import rdf
from lodeclaim.endpoint.engines.engine import EmbeddedEngine
from lodeclaim.endpoint.errors import SourceError, UsageError
from lodeclaim.endpoint.web.pages import downloads
from lodeclaim.namespaces import BASE, DESCRIPTION, PREFIXES
from support import pages
from support.paths import GRAPH, ROOT

KEYS = sorted(path.stem for path in (ROOT / "data" / "documents").glob("*.ttl"))
NAMES = ["lodeclaim", "lodeclaim-asserted", *(f"documents/{key}" for key in KEYS)]
FILES = {f"{name}.{extension}" for name in NAMES for extension in exports.FORMATS}


@pytest.fixture(scope="module")
def client():
    return pages.client(EmbeddedEngine.from_file(GRAPH), graph_file=GRAPH)


def lodeclaim(*arguments: object):
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


# The page and its files.


def test_page_links_every_file_with_its_size(client) -> None:
    page = client.get("/download")
    assert page.status_code == 200
    text = page.get_data(as_text=True)
    found = {link.removeprefix("/download/") for link in hrefs(text) if link.startswith("/download/")}
    assert found == FILES | {"context.jsonld"}
    whole = len(list(ox.parse(path=str(GRAPH), format=ox.RdfFormat.TRIG)))
    assert f">{whole:,}<" in text
    named = graph.read(resources.find().files("documents"))
    label = ox.NamedNode(PREFIXES["rdfs"] + "label")
    for key in KEYS:
        (quad,) = named.quads_for_pattern(ox.NamedNode(PREFIXES["document"] + key), label, None)
        size = len(list(named.quads_for_pattern(None, None, None, ox.NamedNode(f"{BASE}graph/documents/{key}"))))
        row = rf'<tr><td>{re.escape(quad.object.value)}<br>[^\n]*</td>\n<td class="number">{size:,}</td>'
        assert re.search(row, text), key
    assert "/download" in hrefs(client.get("/").get_data(as_text=True))


def hrefs(text: str) -> set[str]:
    return set(re.findall(r'href="([^"]*)"', text))


@pytest.mark.parametrize("name", ["lodeclaim.nq", "lodeclaim-asserted.ttl", f"documents/{KEYS[0]}.jsonld"])
def test_file_is_what_the_command_writes(client, name, tmp_path) -> None:
    part, _, extension = name.rpartition(".")
    chosen = {"lodeclaim": [], "lodeclaim-asserted": ["--part", "asserted"]}.get(part, ["--document", KEYS[0]])
    result = lodeclaim("export", "--graph", GRAPH, "--format", extension, *chosen, "--output", tmp_path / "x")
    assert result.exit_code == 0, result.output
    response = client.get(f"/download/{name}", buffered=True)
    assert response.status_code == 200
    # Made by two processes, whose hashes are seeded otherwise.
    assert response.data == (tmp_path / "x").read_bytes()
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    assert response.headers["Content-Disposition"].endswith(f"filename={name.rpartition('/')[2]}")
    again = client.get(f"/download/{name}", headers={"If-None-Match": response.headers["ETag"]}, buffered=True)
    assert again.status_code == 304


@pytest.mark.parametrize(
    "name", ["lodeclaim.csv", "other.ttl", "documents/nobody.ttl", "documents/../lodeclaim.ttl", "lodeclaim", ".ttl"]
)
def test_file_that_is_not_there_says_which_are(client, name) -> None:
    response = client.get(f"/download/{name}", buffered=True)
    assert response.status_code == 404
    assert "lodeclaim-asserted" in response.json["detail"]


def test_files_are_of_the_graph_that_was_loaded(tmp_path) -> None:
    file = tmp_path / "small.trig"
    file.write_text(SMALL, encoding="utf-8")
    client = pages.client(EmbeddedEngine.from_file(file), graph_file=file)
    before = client.get("/download/lodeclaim.nt", buffered=True).data
    assert before.count(b" .\n") == 4
    file.write_text(SMALL.replace("ex:b", "ex:changed"), encoding="utf-8")
    assert client.get("/download/lodeclaim.nt", buffered=True).data == before
    assert b"changed" not in client.get("/download/lodeclaim.nq", buffered=True).data
    file.unlink()
    assert client.get("/download/lodeclaim.ttl", buffered=True).status_code == 200


def test_too_many_files_at_a_time_are_made_later(tmp_path, monkeypatch) -> None:
    file = tmp_path / "small.trig"
    file.write_text(SMALL, encoding="utf-8")
    monkeypatch.setattr(downloads, "MOST_WAITING", 0)
    client = pages.client(EmbeddedEngine.from_file(file), graph_file=file)
    response = client.get("/download/lodeclaim.nt", buffered=True)
    assert (response.status_code, response.headers["Retry-After"]) == (503, "5")


def test_server_without_a_graph_file_says_where_the_triples_are() -> None:
    client = pages.client(EmbeddedEngine.from_file(GRAPH))
    for path in ("/download", "/download/lodeclaim.ttl"):
        response = client.get(path, buffered=True)
        assert response.status_code == 404
        assert "/sparql" in response.json["detail"]


# Parts.

SMALL = """
PREFIX ex: <http://example.org/>
PREFIX graph: <https://w3id.org/lodeclaim/graph/>
GRAPH <https://w3id.org/lodeclaim/graph/documents/one> { ex:a ex:p ex:b }
GRAPH <https://w3id.org/lodeclaim/graph/vocabulary/things> { ex:b ex:p ex:c }
GRAPH <https://w3id.org/lodeclaim/graph/derived/10-rule> { ex:c ex:p ex:d }
GRAPH <https://w3id.org/lodeclaim/graph/vocabularyless> { ex:d ex:p ex:e }
"""


def test_parts_are_chosen_by_their_graphs() -> None:
    quads = list(ox.parse(SMALL, format=ox.RdfFormat.TRIG))
    sizes = {name: len(parts.select(quads, name)) for name in ("lodeclaim", "lodeclaim-asserted", "documents/one")}
    assert sizes == {"lodeclaim": 4, "lodeclaim-asserted": 2, "documents/one": 1}
    for name in ("documents/two", "documents", "derived/10-rule", "documents/"):
        with pytest.raises(UsageError, match="It has lodeclaim, lodeclaim-asserted, documents/one"):
            parts.select(quads, name)


@pytest.mark.parametrize(
    "arguments", [["--document", "nobody"], ["--part", "asserted", "--document", KEYS[0]], ["--format", "docx"]]
)
def test_part_that_is_not_there_is_wrong_use(arguments) -> None:
    assert lodeclaim("export", "--graph", GRAPH, *arguments).exit_code == 2


# JSON-LD.


def test_ontology_is_one_document_that_imports_nothing(built) -> None:
    owl = PREFIXES["owl"]
    quads = parts.select(built, "ontology")
    (header,) = [quad.subject.value for quad in quads if quad.object == ox.NamedNode(owl + "Ontology")]
    assert header == BASE + "ontology"
    assert not [quad for quad in quads if quad.predicate.value == owl + "imports"]
    claim = ox.NamedNode(PREFIXES["lc"] + "Claim")
    assert {quad.predicate.value for quad in quads if quad.subject == claim} >= {PREFIXES["rdfs"] + "label"}
    classes = {quad.subject for quad in quads if quad.object == ox.NamedNode(owl + "Class")}
    space = f"{BASE}graph/ontology/"
    written = built.quads_for_pattern(None, None, ox.NamedNode(owl + "Class"), None)
    assert classes == {quad.subject for quad in written if quad.graph_name.value.startswith(space)}


def test_ontology_keeps_imports_of_what_is_not_in_the_graph() -> None:
    graph = ox.NamedNode(f"{BASE}graph/ontology/mine")
    text = f"""PREFIX owl: <{PREFIXES["owl"]}>
        <urn:whole> a owl:Ontology ; owl:imports <urn:part> , <urn:elsewhere> . <urn:part> a owl:Ontology ."""
    quads = [
        ox.Quad(quad.subject, quad.predicate, quad.object, graph)
        for quad in ox.parse(text, format=ox.RdfFormat.TURTLE)
    ]
    kept = {str(quad.triple) for quad in parts.select(quads, "ontology")}
    assert kept == {str(quad.triple) for quad in quads if "urn:part" not in str(quad)}


def test_jsonld_is_read_by_our_own_terms(tmp_path) -> None:
    document = json.loads(exports.convert(rdf.read_quads(GRAPH), "jsonld", "documents/qazinform-ministerial"))
    (named,) = document["@graph"]
    assert named["id"] == "graph:documents/qazinform-ministerial"
    nodes = {node["id"]: node for node in named["@graph"]}
    claim = nodes["lcid:claim/qazinform-ministerial-china-processing-share"]
    assert claim["type"] == ["Claim"]
    assert (claim["claimant"], claim["hedge"]) == ("lcid:actor/qazinform", "vocab:hedge/approximately")
    assert (claim["faceValue"], claim["printedValue"]) == (90, "roughly 90%")
    assert claim["evidence"] == ["lcid:passage/qazinform-ministerial-2114-2156"]
    assert isinstance(claim["gloss"], str)


def test_context_is_the_same_in_every_file_and_fetches_nothing() -> None:
    quads = rdf.read_quads(GRAPH)
    alone = json.loads(exports.context(quads))["@context"]
    for name in ("lodeclaim-asserted", f"documents/{KEYS[0]}"):
        assert json.loads(exports.convert(quads, "jsonld", name))["@context"] == alone
    assert alone["@vocab"] == PREFIXES["lc"]
    assert "@import" not in alone
    # A property must not be taken for a prefix, nor the other way round.
    names = {quad.predicate.value for quad in ox.parse(path=str(GRAPH), format=ox.RdfFormat.TRIG)}
    local = {name.removeprefix(PREFIXES["lc"]) for name in names if name.startswith(PREFIXES["lc"])}
    assert not {key for key, value in alone.items() if isinstance(value, str)} & local


ODD = r"""
PREFIX ex: <http://example.org/>
PREFIX lc: <https://w3id.org/lodeclaim/ontology#>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
PREFIX xsd: <http://www.w3.org/2001/XMLSchema#>
ex:g {
  ex:a rdfs:label "one"@en , "eins"@de , "plain" ; a lc:Claim , "no class" ; lc:mineralScope "cobalt" , <mailto:x> ;
    lc:mineralScope lc:Claim ;
    ex:n 1 , "01"^^xsd:integer , "-0"^^xsd:integer , 12345678901234567890 , 1.0 , 1e0 , true , "1"^^xsd:boolean ;
    ex:e "" , "@id" , "lc:Claim" , "http://example.org/" , "\n\"" ; ex:l ( 1 ex:b () ) .
  <urn:x:y> ex:p <label> , <?x> , <http://example.org/base/> .
}
ex:a ex:p ex:b .
"""


def test_what_fits_no_context_is_written_out_and_nothing_is_bent() -> None:
    quads = list(ox.parse(ODD, format=ox.RdfFormat.TRIG, base_iri="http://example.org/base/"))
    written = jsonld.write(rdf.canonical(quads), jsonld.context(quads))
    back = list(ox.parse(written, format=ox.RdfFormat.JSON_LD))
    assert set(rdf.canonical(back)) == set(rdf.canonical(quads))


def test_iri_that_the_context_would_take_for_another_is_refused() -> None:
    quads = list(ox.parse("<urn:a> <urn:b> <graph:x> .", format=ox.RdfFormat.TURTLE))
    with pytest.raises(SourceError, match="graph:x cannot be written as JSON-LD"):
        jsonld.write(quads, jsonld.context(quads))


# The description.


def test_description_has_exactly_the_files_there_are(built) -> None:
    about = ox.NamedNode(DESCRIPTION)
    told = defaultdict(list)
    for quad in built.quads_for_pattern(None, None, None, about):
        told[quad.subject, quad.predicate.value].append(quad.object)
    dcat, dcterms, void = PREFIXES["dcat"], PREFIXES["dcterms"], PREFIXES["void"]
    whole = ox.NamedNode(PREFIXES["dataset"] + "lodeclaim")
    held = told[whole, dcterms + "hasPart"]
    assert len(held) == len(NAMES) - 1
    found = set()
    for dataset in [whole, *held]:
        files = told[dataset, dcat + "distribution"]
        urls = {url.value for file in files for url in told[file, dcat + "downloadURL"]}
        assert urls == {url.value for url in told[dataset, void + "dataDump"]}
        assert len(urls) == len(files) == len(exports.FORMATS)
        found |= urls
        for file in files:
            (url,), (kind,) = told[file, dcat + "downloadURL"], told[file, dcat + "mediaType"]
            extension = Path(urlsplit(url.value).path).suffix[1:]
            assert kind.value.endswith("/" + exports.FORMATS[extension].media_type)
    assert found == {BASE + "download/" + name for name in FILES}
    (asserted,) = [node for node in held if node.value.endswith("/asserted")]
    (triples,) = told[asserted, void + "triples"]
    assert int(triples.value) == len(parts.select(built, "lodeclaim-asserted"))
