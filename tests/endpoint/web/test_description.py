"""What the service says of itself: SPARQL 1.1 Service Description, and VoID at its well-known place."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pyoxigraph as ox
import pytest
import rdflib
import rdflib.compare
from rdflib import RDF, RDFS
from rdflib.term import Node

from lodeclaim import validation
from lodeclaim.endpoint.engines.engine import Answer, EmbeddedEngine, Query, Table
from lodeclaim.endpoint.pool.limits import Limits
from lodeclaim.endpoint.sparql import guard
from lodeclaim.endpoint.sparql.formats import GRAPHS, RESULTS, Format
from lodeclaim.endpoint.vocabularies import ENDPOINT as ENDPOINT_TERMS
from lodeclaim.endpoint.web.description import Description, Service, read, service_description, void
from lodeclaim.interop import to_rdflib
from lodeclaim.namespaces import BASE, DESCRIPTION, PREFIXES
from support import pages
from support.paths import ROOT, TESTS
from support.w3c.service_description import findings, strangers

SD, VOID, DCAT = (rdflib.Namespace(PREFIXES[name]) for name in ("sd", "void", "dcat"))
URL = "https://example.org/minerals"
ENDPOINT = rdflib.URIRef(URL + "/sparql")
LIMITS = Limits(guard.TextLimits(max_bytes=5_000), seconds=7.5, rows=1_000, result_bytes=10_000, memory_bytes=2**30)
SERVICE = Service(URL, LIMITS)
TINY = TESTS / "fixtures" / "tiny.trig"
TURTLE = GRAPHS[0]
PARSERS = {"ttl": "turtle", "nt": "nt", "nq": "nquads", "trig": "trig", "rdf": "xml", "jsonld": "json-ld"}


def parsed(body: bytes, format: Format = TURTLE) -> rdflib.Graph:
    if format.extension in {"nq", "trig"}:
        merged = rdflib.Graph()
        for s, p, o, _ in rdflib.Dataset().parse(data=body, format=PARSERS[format.extension]).quads():
            merged.add((s, p, o))
        return merged
    return rdflib.Graph().parse(data=body, format=PARSERS[format.extension])


def number(said: rdflib.Graph, subject, predicate) -> int:
    (value,) = said.objects(subject, predicate)
    return value.toPython()


@pytest.fixture(scope="module")
def built_description(built) -> Description:
    return read(EmbeddedEngine(built))


@pytest.fixture(scope="module")
def tiny() -> Description:
    return read(EmbeddedEngine.from_file(TINY))


@pytest.fixture(scope="module")
def said(built_description) -> rdflib.Graph:
    return parsed(service_description(built_description, SERVICE, TURTLE))


def service_of(said: rdflib.Graph) -> rdflib.term.Node:
    (service,) = said.subjects(RDF.type, SD.Service)
    return service


# The three tests of W3C, on the document that a GET without a query returns.


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # rdflib 7.6 uses what it deprecates
@pytest.mark.parametrize("format", GRAPHS, ids=lambda format: format.name)
def test_w3c_returns_rdf(built_description, said, format) -> None:
    assert set(parsed(service_description(built_description, SERVICE, format), format)) == set(said)
    assert len(said) > 100


@pytest.mark.parametrize("root", [URL, URL + "/"])
def test_w3c_has_an_endpoint_triple(built_description, root) -> None:
    said = parsed(service_description(built_description, replace(SERVICE, root=root), TURTLE))
    assert list(said.subject_objects(SD.endpoint)) == [(service_of(said), ENDPOINT)]


def test_w3c_conforms_to_schema(said) -> None:
    assert strangers(said) == set()
    assert findings(said) == ""
    assert findings(said - rdflib.Graph().add((service_of(said), SD.endpoint, ENDPOINT)))


def test_service_fits_the_shapes(said, asserted, sources) -> None:
    shapes = to_rdflib(
        validation.shape_quads(source for source in sources.files("shapes") if source.path.stem == "description")
    )
    assert validation.shacl(said, shapes) == []
    assert validation.misspelt(ox.parse(said.serialize(format="nt"), format=ox.RdfFormat.N_TRIPLES)) == []
    (lost,) = said.triples((None, SD.defaultGraph, None))
    broken = validation.shacl(said - rdflib.Graph().add(lost), shapes)
    assert [finding.check for finding in broken] == ["lcs:ServiceDatasetShape-defaultGraph"]


# What it announces.


def test_formats_are_all_that_can_be_had_by_the_names_of_w3c(said) -> None:
    names = {str(iri).removeprefix("http://www.w3.org/ns/formats/") for iri in said.objects(None, SD.resultFormat)}
    # As listed at that address.
    assert names == {
        "SPARQL_Results_JSON", "SPARQL_Results_XML", "SPARQL_Results_CSV", "SPARQL_Results_TSV",
        "Turtle", "N-Triples", "N-Quads", "TriG", "RDF_XML", "JSON-LD",
    }  # fmt: skip
    assert len({format.w3c for format in (*RESULTS, *GRAPHS)}) == len(names)


@pytest.mark.parametrize("union", [True, False])
@pytest.mark.parametrize("federated", [True, False])
def test_features_are_those_that_are_on(tiny, union, federated) -> None:
    limits = replace(LIMITS, text=guard.TextLimits(services=("https://example.org/",) if federated else ()))
    service = Service(URL, limits, union_default_graph=union)
    said = parsed(service_description(tiny, service, TURTLE))
    expected = {SD.UnionDefaultGraph: union, SD.BasicFederatedQuery: federated}
    assert set(said.objects(None, SD.feature)) == {feature for feature, on in expected.items() if on}


def test_limits_are_announced_by_declared_terms(said) -> None:
    announced = {
        str(p): o.toPython() for p, o in said.predicate_objects(service_of(said)) if p.startswith(ENDPOINT_TERMS)
    }
    assert announced.pop(str(ENDPOINT_TERMS.gap))
    assert announced == {
        ENDPOINT_TERMS.maximumSeconds: Decimal("7.5"),
        ENDPOINT_TERMS.maximumRows: 1000,
        ENDPOINT_TERMS.maximumAnswerBytes: 10_000,
        ENDPOINT_TERMS.maximumQueryBytes: 5_000,
        ENDPOINT_TERMS.maximumMemoryBytes: 2**30,
    }
    declared = rdflib.Graph().parse(ROOT / "src/lodeclaim/endpoint/vocabulary.ttl")
    assert set(announced) <= set(map(str, declared.subjects(RDFS.domain, SD.Service)))


def test_gaps_of_the_engine_are_announced_in_words(said) -> None:
    gaps = {str(words) for words in said.objects(service_of(said), rdflib.URIRef(ENDPOINT_TERMS.gap))}
    assert any("beyond 64 bits" in words for words in gaps)
    assert any("canonical form" in words for words in gaps)


def test_graphs_are_those_of_the_store_with_their_numbers_of_triples(said, built) -> None:
    counts = {}
    for named in said.objects(None, SD.namedGraph):
        (name,) = said.objects(named, SD.name)
        (content,) = said.objects(named, SD.graph)
        counts[str(name)] = number(said, content, VOID.triples)
    expected = {
        name.value: sum(1 for _ in built.quads_for_pattern(None, None, None, name)) for name in built.named_graphs()
    }
    assert counts == expected
    assert DESCRIPTION in counts
    (default,) = said.objects(None, SD.defaultGraph)
    assert number(said, default, VOID.triples) == len(built)


def test_default_graph_without_the_union_is_the_stores_own() -> None:
    store = ox.Store()
    store.load(b"<a:s> <a:p> 1 , 2 . <a:g> { <a:s> <a:p> 3 }", format=ox.RdfFormat.TRIG)
    description = read(EmbeddedEngine(store))
    counts = {}
    for union in (True, False):
        said = parsed(service_description(description, replace(SERVICE, union_default_graph=union), TURTLE))
        (default,) = said.objects(None, SD.defaultGraph)
        counts[union] = number(said, default, VOID.triples)
    assert counts == {True: 3, False: 2}


def test_it_leads_to_the_dataset_and_its_description(said) -> None:
    service = service_of(said)
    assert (service, RDFS.seeAlso, rdflib.URIRef(URL + "/.well-known/void")) in said
    assert (service, DCAT.servesDataset, rdflib.URIRef(BASE + "id/dataset/lodeclaim")) in said


def test_every_node_is_labelled_and_none_is_blank(said) -> None:
    for node in {*said.subjects()}:
        assert isinstance(node, rdflib.URIRef)
        assert len(list(said.objects(node, RDFS.label))) == 1, node


def test_url_that_is_not_absolute_is_refused(tiny) -> None:
    with pytest.raises(ValueError, match=r"(?i)iri"):
        service_description(tiny, Service("/minerals", LIMITS), TURTLE)


# Read once.


class Counting(EmbeddedEngine):
    """An engine that counts what it is asked."""

    asked = 0

    def select(self, query: Query, first: int | None = None) -> Table:
        """See `Engine.select`."""
        type(self).asked += 1
        return super().select(query, first)

    def query(self, query: Query, format: Format) -> Answer:
        """See `Engine.query`."""
        type(self).asked += 1
        return super().query(query, format)


def test_engine_is_asked_once_and_documents_are_written_once() -> None:
    engine = Counting.from_file(TINY)
    client = pages.client(engine, public_url=URL)
    assert Counting.asked == 0
    first = client.get("/.well-known/void")
    asked = Counting.asked
    assert asked > 0
    for format in GRAPHS:
        assert client.get("/.well-known/void", query_string={"format": format.name}).status_code == 200
    assert Counting.asked == asked
    assert client.get("/.well-known/void").data == first.data
    description = read(engine)
    assert service_description(description, SERVICE, TURTLE) is service_description(description, SERVICE, TURTLE)
    assert void(description, URL, TURTLE) is void(description, URL, TURTLE)
    assert void(description, URL, TURTLE) != void(description, None, TURTLE)


def test_counts_come_from_the_description_where_there_is_one(built) -> None:
    store = ox.Store()
    store.extend(built.quads_for_pattern(None, None, None, ox.NamedNode(DESCRIPTION)))
    told = read(EmbeddedEngine(store))
    assert told.union == len(built)
    assert dict(told.graphs) == dict(read(EmbeddedEngine(built)).graphs)


def test_two_descriptions_are_not_believed(built) -> None:
    store = ox.Store()
    other = ox.NamedNode("https://example.org/other")
    for quad in built.quads_for_pattern(None, None, None, ox.NamedNode(DESCRIPTION)):
        store.add(quad)
        subject = other if quad.subject == ox.NamedNode(DESCRIPTION) else quad.subject
        store.add(ox.Quad(subject, quad.predicate, quad.object, other))
    told = read(EmbeddedEngine(store))
    assert told.dataset is None
    assert set(told.graphs) == {DESCRIPTION, other.value}


# VoID at its well-known place.


@pytest.fixture(scope="module")
def client(built):
    return pages.client(EmbeddedEngine(built), public_url=URL + "/")


@pytest.fixture(scope="module")
def described(built) -> set[tuple[Node, Node, Node]]:
    """What the graph says of the dataset."""
    return set(to_rdflib(built.quads_for_pattern(None, None, None, ox.NamedNode(DESCRIPTION))))


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # rdflib 7.6 uses what it deprecates
@pytest.mark.parametrize("format", GRAPHS, ids=lambda format: format.name)
def test_void_is_the_description_and_the_endpoint(client, described, format) -> None:
    response = client.get("/.well-known/void", headers={"Accept": format.media_type})
    assert (response.status_code, response.content_type) == (200, format.content_type)
    assert response.headers["Vary"] == "Accept"
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    dataset = rdflib.URIRef(BASE + "id/dataset/lodeclaim")
    assert set(parsed(response.data, format)) ^ described == {(dataset, VOID.sparqlEndpoint, ENDPOINT)}


def test_void_says_nothing_of_an_endpoint_whose_url_is_not_known(built_description) -> None:
    assert list(parsed(void(built_description, None, TURTLE)).objects(None, VOID.sparqlEndpoint)) == []


def test_void_in_another_format_is_not_acceptable(client) -> None:
    assert client.get("/.well-known/void", headers={"Accept": "text/csv"}).status_code == 406
    assert client.get("/.well-known/void?format=csv").status_code == 406
    assert client.post("/.well-known/void").status_code == 405
    head = client.head("/.well-known/void")
    assert (head.status_code, head.data) == (200, b"")


def test_dataset_that_does_not_describe_itself_is_counted(tiny) -> None:
    # By hand from tests/fixtures/tiny.trig.
    assert (tiny.union, tiny.default) == (4, 0)
    assert dict(tiny.graphs) == {"http://example.org/first": 2, "http://example.org/second": 2}
    for root, dataset in ((URL, rdflib.URIRef(URL + "/.well-known/void#dataset")), (None, None)):
        said = parsed(void(tiny, root, TURTLE))
        (found,) = said.subjects(VOID.subset, rdflib.URIRef("http://example.org/first"))
        assert found == dataset or isinstance(found, rdflib.BNode)
        assert number(said, found, VOID.triples) == 4
        assert number(said, rdflib.URIRef("http://example.org/second"), VOID.triples) == 2
        assert set(said.objects(found, VOID.sparqlEndpoint)) == ({ENDPOINT} if root else set())
