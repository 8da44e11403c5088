"""rdflib: a graph that is the endpoint, SERVICE, and documents parsed by their URL."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from urllib.parse import urlencode

import pyoxigraph as ox
import pytest
from rdflib import RDFS, Dataset, Graph, Literal, URIRef
from rdflib.plugins.stores.sparqlstore import SPARQLStore

from lodeclaim.namespaces import PREFIXES
from support import shares, tiny

COBALT = URIRef(tiny.EX + "cobalt")
DOCUMENTS = ["turtle", "xml", "nt", "n3", "json-ld", ""]
"""The names that rdflib has for formats of triples; without one it offers all that it reads."""


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    """Let rdflib use what it has itself declared to be on its way out."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        yield


@pytest.fixture(params=["GET", "POST", "POST_FORM"])
def endpoint(request, url) -> Graph:
    return Graph(SPARQLStore(url, method=request.param))


@pytest.mark.parametrize("format", ["xml", "json", "csv", "tsv"])
def test_select(url, format):
    found = Graph(SPARQLStore(url, returnFormat=format)).query(tiny.SELECT)
    assert [str(name) for name in found.vars] == tiny.COLUMNS
    assert [tuple(map(str, row)) for row in found] == tiny.ROWS


def test_select_in_each_way_to_send(endpoint):
    assert [tuple(map(str, row)) for row in endpoint.query(tiny.SELECT)] == tiny.ROWS


@pytest.mark.parametrize("query", tiny.ASK, ids=["yes", "no"])
def test_ask(endpoint, query):
    assert endpoint.query(query).askAnswer is tiny.ASK[query]


@pytest.mark.parametrize("query", tiny.TRIPLES, ids=tiny.form)
def test_triples(endpoint, query):
    assert set(endpoint.query(query).graph) == tiny.TRIPLES[query]


def test_the_endpoint_as_a_graph(endpoint):
    assert len(endpoint) == 4
    assert (COBALT, URIRef(tiny.EX + "share"), Literal(70)) in endpoint
    assert endpoint.value(COBALT, RDFS.label) == Literal("cobalt", lang="en")


def test_one_graph_of_the_endpoint(url):
    second = Graph(SPARQLStore(url), URIRef(tiny.EX + "second"))
    assert set(second.subjects()) == {URIRef(tiny.EX + "nickel")}
    assert {str(name) for name in second.store.contexts()} == {tiny.EX + "first", tiny.EX + "second"}


def test_the_catalogue(ours, catalogue_rows):
    assert sorted(tuple(map(str, row)) for row in Graph(SPARQLStore(ours.url)).query(shares.QUERY)) == catalogue_rows


def test_service(url):
    asked = f"SELECT ?mineral ?share {{ SERVICE <{url}> {{ ?mineral <{tiny.EX}share> ?share }} }}"
    assert sorted(tuple(map(str, row)) for row in Graph().query(asked)) == tiny.ROWS


def test_service_for_what_is_known_here(url):
    known = Graph().add((COBALT, RDFS.seeAlso, URIRef(tiny.EX + "elsewhere")))
    asked = f"""SELECT ?share {{
        ?mineral <{RDFS.seeAlso}> ?page .
        SERVICE <{url}> {{ SELECT ?mineral ?share {{ ?mineral <{tiny.EX}share> ?share }} }}
    }}"""
    assert list(known.query(asked)) == [(Literal(70),)]


@pytest.mark.parametrize("format", DOCUMENTS)
@pytest.mark.parametrize("query", tiny.TRIPLES, ids=tiny.form)
def test_an_answer_by_its_url(url, query, format):
    address = f"{url}?{urlencode({'query': query})}"
    assert set(Graph().parse(address, format=format or None)) == tiny.TRIPLES[query]


@pytest.mark.parametrize("format", DOCUMENTS)
def test_a_graph_by_its_url(url, format):
    address = f"{url.removesuffix('/sparql')}/store?{urlencode({'graph': tiny.EX + 'first'})}"
    assert set(Graph().parse(address, format=format or None)) == tiny.TRIPLES[f"DESCRIBE <{tiny.EX}cobalt>"]


@pytest.mark.parametrize("format", DOCUMENTS)
def test_a_resource_by_its_url(ours, built, format):
    iri = PREFIXES["mineral"] + "cobalt"
    label = next(built.quads_for_pattern(ox.NamedNode(iri), ox.NamedNode(str(RDFS.label)), None, None)).object
    found = Graph().parse(f"{ours.root}/id/mineral/cobalt", format=format or None)
    assert Literal(label.value, lang=label.language) in found.objects(URIRef(iri), RDFS.label)


@pytest.mark.parametrize("extension", ["trig", "nq", "jsonld"])
def test_the_whole_dataset_by_its_url(url, extension):
    dataset = Dataset()
    dataset.parse(f"{url.removesuffix('/sparql')}/download/lodeclaim.{extension}")
    graphs = {str(quad[3]) for quad in dataset.quads()}
    assert (len(dataset), graphs) == (4, {tiny.EX + "first", tiny.EX + "second"})
