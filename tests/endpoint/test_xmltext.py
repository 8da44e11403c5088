"""What XML cannot carry is refused with its name, and everything else arrives as it was."""

from __future__ import annotations

import json
from xml.etree import ElementTree

import pyoxigraph as ox
import pytest
from rdflib import Graph

from lodeclaim import validation
from lodeclaim.endpoint import rdf, xmltext
from lodeclaim.endpoint.engines.engine import EmbeddedEngine, Query
from lodeclaim.endpoint.errors import QueryError, SourceError
from lodeclaim.endpoint.sparql.formats import GRAPHS, RESULTS
from support import servers

EX = "http://example.org/"
BAD_TEXTS = {"a\x01b": "U+0001", "\0": "U+0000", "a\x0b": "U+000B", "\ufffe": "U+FFFE", "a\uffff": "U+FFFF"}
GOOD_TEXTS = ["a\rb", "\r\n", "\r", "a\nb", "\t", "\x7f", "\x85", "\u2028", "]]>", "<&>", "  a  ", "\ufeffa", "😀"]
BAD_PREDICATES = [
    *(EX + name for name in ("2024", "p/", "p#", "1.1.1", "a(b)", "😀")),
    "urn:1",
    "http://www.w3.org/1999/02/22-rdf-syntax-ns#li",
    "http://www.w3.org/1999/02/22-rdf-syntax-ns#Description",
    "http://www.w3.org/2000/xmlns/p",
]
GOOD_PREDICATES = [EX + name for name in ("p", "a2024", "x-2024", "v1.0/p", "p.q", "é", "%41b", "_a")]


def store_of(predicate: str, text: str) -> ox.Store:
    store = ox.Store()
    store.add(ox.Quad(ox.NamedNode(EX + "s"), ox.NamedNode(predicate), ox.Literal(text)))
    return store


def answer(store: ox.Store, text: str, name: str) -> bytes:
    format = next(format for format in (*RESULTS, *GRAPHS) if format.name == name)
    return b"".join(EmbeddedEngine(store).query(Query(text), format).body)


@pytest.mark.parametrize("text", BAD_TEXTS)
def test_a_text_that_xml_cannot_carry_is_refused_by_its_character(text):
    store = store_of(EX + "p", text)
    for query, name in (("SELECT ?o { ?s ?p ?o }", "xml"), ("CONSTRUCT WHERE { ?s ?p ?o }", "rdfxml")):
        with pytest.raises(
            QueryError, match=rf"{BAD_TEXTS[text].replace('+', '[+]')}.*another format|Take another"
        ) as refusal:
            answer(store, query, name)
        assert BAD_TEXTS[text] in str(refusal.value)
        assert refusal.value.kind == "not-acceptable"
    with pytest.raises(SourceError) as fault:
        rdf.serialize(list(store), ox.RdfFormat.RDF_XML, {})
    assert BAD_TEXTS[text] in str(fault.value)
    assert f"<{EX}p>" in str(fault.value)
    assert json.loads(answer(store, "SELECT ?o { ?s ?p ?o }", "json"))["results"]["bindings"][0]["o"]["value"] == text


@pytest.mark.parametrize("text", GOOD_TEXTS)
def test_every_other_text_comes_back(text):
    store = store_of(EX + "p", text)
    found = ElementTree.fromstring(answer(store, "SELECT ?o { ?s ?p ?o }", "xml"))
    assert [node.text for node in found.iter("{http://www.w3.org/2005/sparql-results#}literal")] == [text]
    for written in (
        answer(store, "CONSTRUCT WHERE { ?s ?p ?o }", "rdfxml"),
        rdf.serialize([quad.triple for quad in store], ox.RdfFormat.RDF_XML, {}),
    ):
        assert [str(value) for value in Graph().parse(data=written, format="xml").objects()] == [text]


@pytest.mark.parametrize("predicate", BAD_PREDICATES)
def test_a_predicate_without_an_element_is_refused_by_its_name(predicate):
    store = store_of(predicate, "x")
    with pytest.raises(QueryError, match="RDF/XML has no element") as refusal:
        answer(store, "CONSTRUCT WHERE { ?s ?p ?o }", "rdfxml")
    assert predicate in str(refusal.value)
    with pytest.raises(SourceError):
        rdf.serialize([quad.triple for quad in store], ox.RdfFormat.RDF_XML, {})
    (finding,) = validation.unwritable(store)
    assert predicate in finding.where


@pytest.mark.parametrize("predicate", GOOD_PREDICATES)
def test_every_other_predicate_comes_back(predicate):
    store = store_of(predicate, "x")
    written = answer(store, "CONSTRUCT WHERE { ?s ?p ?o }", "rdfxml")
    assert [str(name) for name in Graph().parse(data=written, format="xml").predicates()] == [predicate]
    assert validation.unwritable(store) == []


def test_blank_nodes_have_names_that_xml_takes():
    store = ox.Store()
    store.load(f"_:1 <{EX}p> _:b1 .\n_:_1 <{EX}p> _:1 .".encode(), format=ox.RdfFormat.N_TRIPLES)
    triples = [ox.Triple(ox.BlankNode("1"), ox.NamedNode(EX + "p"), ox.BlankNode("_1"))]
    for written in (
        answer(store, "CONSTRUCT WHERE { ?s ?p ?o }", "rdfxml"),
        rdf.serialize(triples, ox.RdfFormat.RDF_XML, {}),
    ):
        found = Graph().parse(data=written, format="xml")
        assert len(set(found.subjects()) | set(found.objects())) == len(found) + 1


def test_a_character_in_two_parts_is_found():
    parts = []
    write = xmltext.written(parts.append, ValueError)
    write("fine é".encode())
    first, second, third = (bytes([byte]) for byte in "\ufffe".encode())
    write(first)
    write(second)
    with pytest.raises(ValueError, match=r"U\+FFFE"):
        write(third)


def test_over_http_it_is_406_with_the_cause(tmp_path):
    graph = tmp_path / "graph.trig"
    graph.write_bytes(b'<urn:g> { <urn:s> <http://example.org/2024> "x" ; <http://example.org/p> "a\\u0001b" . }')
    with servers.serve(graph, "--log", "off") as server:
        for query in ("SELECT ?o { ?s ?p ?o }", "CONSTRUCT WHERE { ?s ?p ?o }"):
            refused = server.request("GET", f"/sparql?format=xml&query={query.replace(' ', '%20')}")
            assert (refused.status, refused.media_type) == (406, servers.PROBLEM)
            assert "format" in refused.json["hint"]
            fine = server.request("GET", f"/sparql?query={query.replace(' ', '%20')}")
            assert fine.status == 200
