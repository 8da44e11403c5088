"""What the service says of itself and of its data: SPARQL 1.1 Service Description, and VoID where it is looked for.

A `Description` is read from an engine once for a dataset; from then on both documents are values of memory.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import cast
from urllib.parse import quote

import pyoxigraph as ox
from flask import Blueprint, Response, request

from lodeclaim.endpoint import checksums, rdf, shipped
from lodeclaim.endpoint.checksums import Checksum
from lodeclaim.endpoint.engines.engine import Engine, Query, Term, read_names
from lodeclaim.endpoint.engines.names import Names
from lodeclaim.endpoint.errors import QueryError
from lodeclaim.endpoint.pool.limits import Limits
from lodeclaim.endpoint.rdf import node
from lodeclaim.endpoint.sparql.formats import GRAPHS, RESULTS, Format
from lodeclaim.endpoint.vocabularies import ENDPOINT, USUAL
from lodeclaim.endpoint.web.lookup import text
from lodeclaim.endpoint.web.negotiation import choose
from lodeclaim.endpoint.web.nodes import Node
from lodeclaim.endpoint.web.settings import Settings

PATH = "/.well-known/void"
SPARQL = "/sparql"
ABOUT = {
    name: node(f"{prefix}:{name}").value
    for prefix, name in (
        *(("rdfs", "label"), ("dcterms", "title"), ("dcterms", "description")),
        *(("dcterms", "license"), ("dcterms", "rights")),
    )
}
"""The properties by which a dataset tells readers what it is."""

MAX_WRITTEN = 100
"""How many documents are remembered."""


@dataclass(frozen=True, eq=False)
class Description:
    """What is known of a dataset without asking it again."""

    dataset: str | None = None
    """The IRI by which the data describes itself, if it does."""

    about: Mapping[str, tuple[Node, ...]] = field(default_factory=dict)
    """What the data says of itself for readers, by property: title, label, description, licence, rights."""

    names: Names = field(default_factory=Names)
    """How the data names things."""

    graphs: Mapping[str, int] = field(default_factory=dict)
    """The number of triples in each named graph."""

    union: int | None = None
    """The number of triples in all graphs together, as the engine counts one that stands in several."""

    default: int | None = None
    """The number of triples in the default graph where it is not the union."""

    is_union: bool = True
    """Whether the default graph can be the union of all graphs: another store decides about that."""

    triples: tuple[ox.Triple, ...] = ()
    """What the data says of itself, counts included."""

    written: dict[object, bytes] = field(default_factory=dict, repr=False)
    """Documents that have been asked for, by what was asked."""


@dataclass(frozen=True)
class Service:
    """What an endpoint announces."""

    root: str
    """The public URL of the service, with or without a slash at its end."""

    limits: Limits
    union_default_graph: bool = True
    is_embedded: bool = True
    """Whether the engine is ours, so that its gaps are known."""

    @property
    def endpoint(self) -> str:
        """Return the URL of the endpoint."""
        return self.root.rstrip("/") + SPARQL


def read(engine: Engine) -> Description:
    """Return the description of what an engine serves; raises as the engine does.

    The counts are those that the data tells of itself, in a graph that is described in itself as a
    `void:DatasetDescription`; a dataset without one, or with several, is counted.
    """
    try:
        default: int | None = _number(_ask(engine, "triples", union=False)[0][0])
        is_union = True
    except QueryError:  # another store decides by itself what its default graph is
        default, is_union = None, _ask(engine, "missing-in-default-graph") == []
    names = read_names(engine, with_values=False)
    told = _ask(engine, "described")
    if len({row[:3] for row in told}) != 1:
        counts = _counts(_ask(engine, "graphs"))
        spaces = [row[0] for row in _ask(engine, "dataset")]
        about = _about(engine, spaces[0]) if len(spaces) == 1 and spaces[0] else {}
        union = _number(_ask(engine, "triples")[0][0])
        return Description(None, about, names, counts, union, default, is_union)
    answer = engine.query(Query(text("void")), _NTRIPLES)
    triples = {quad.triple for quad in ox.parse(b"".join(answer.body), format=ox.RdfFormat.N_TRIPLES)}
    name, dataset, total = told[0][:3]
    counts = _counts([row[3:] for row in told] + [(name, Term(str(len(triples)), "literal"))])
    whole = _number(total) + len(triples)
    about = _about(engine, dataset) if dataset else {}
    iri = dataset.value if dataset else None
    return Description(iri, about, names, counts, whole, default, is_union, tuple(triples))


def service_description(description: Description, service: Service, format: Format) -> bytes:
    """Return the SPARQL 1.1 Service Description in an RDF format: made once, then remembered.

    `sd:DereferencesURIs` is never said: nothing is fetched because a query names it.

    Raises ValueError where the public URL is not absolute.
    """
    key = (service, format.extension)
    if len(description.written) > MAX_WRITTEN:  # below how many paths somebody mounts us is not for us to know
        description.written.clear()
    if key not in description.written:
        description.written[key] = _written(description, _service_facts(description, service), format)
    return description.written[key]


def void(
    description: Description, root: str | None, format: Format, files: Iterable[tuple[str, Checksum]] = ()
) -> bytes:
    """Return what the dataset says of itself, or its counts, in an RDF format: made once, then remembered.

    With the public URL of the service it names the endpoint too, with the files that can be downloaded, by their
    names, their digests. Raises ValueError where the URL is not absolute.
    """
    known = tuple(files)
    key = (root, format.extension, known)
    if key not in description.written:
        told = [*description.triples, *checksums.triples(description.triples, dict(known))]
        description.written[key] = _written(description, _void_facts(description, root), format, told)
    return description.written[key]


def add_routes(
    pages: Blueprint,
    description: Callable[[], Description],
    settings: Settings,
    files: Callable[[], Mapping[str, Checksum]],
) -> None:
    """Let a blueprint answer with VoID at its well-known place; description and files are asked for each time."""

    @pages.get(PATH)
    def well_known_void() -> Response:
        format = choose(GRAPHS, request.headers.get("Accept"), request.args.get("format"))
        body = void(description(), settings.public_url, format, files().items())
        return Response(body, content_type=format.content_type)


_NTRIPLES = next(format for format in GRAPHS if format.extension == "nt")


def _ask(engine: Engine, name: str, union: bool = True, **bindings: Term) -> list[tuple[Term | None, ...]]:
    return engine.select(Query(text(name), union_default_graph=union, bindings=bindings)).rows


def _about(engine: Engine, dataset: Term) -> dict[str, tuple[Node, ...]]:
    found: dict[str, tuple[Node, ...]] = {}
    for _, property, value, label in _ask(engine, "about", dataset=dataset):
        if property and value:
            found[property.value] = (*found.get(property.value, ()), Node(value, label))
    return found


def _number(term: Term | None) -> int:
    return int(term.value) if term else 0


def _counts(rows: Iterable[Sequence[Term | None]]) -> dict[str, int]:
    """Return graphs with their counts; one that a blank node names cannot be asked for by anybody."""
    return dict(sorted((name.value, _number(count)) for name, count in rows if name and name.kind == "iri"))


_Fact = tuple[ox.NamedNode | ox.BlankNode, str, ox.NamedNode | ox.BlankNode | ox.Literal]


def _service_facts(description: Description, service: Service) -> Iterator[_Fact]:
    me, dataset, default = (ox.NamedNode(service.endpoint + part) for part in ("#service", "#dataset", "#default"))
    yield me, "rdf:type", node("sd:Service")
    yield me, "rdfs:label", _words("SPARQL endpoint")
    yield me, "rdfs:seeAlso", ox.NamedNode(service.root.rstrip("/") + PATH)
    yield me, "sd:endpoint", ox.NamedNode(service.endpoint)
    yield me, "sd:supportedLanguage", node("sd:SPARQL11Query")
    for format in (*RESULTS, *GRAPHS):
        if format.w3c:
            yield me, "sd:resultFormat", node(f"formats:{format.w3c}")
    union = service.union_default_graph and description.is_union
    if union:
        yield me, "sd:feature", node("sd:UnionDefaultGraph")
    if service.limits.text.services:
        yield me, "sd:feature", node("sd:BasicFederatedQuery")
    seconds = f"{service.limits.seconds:.3f}".rstrip("0").rstrip(".")
    yield me, "endpoint:maximumSeconds", ox.Literal(seconds, datatype=node("xsd:decimal"))
    yield me, "endpoint:maximumRows", ox.Literal(service.limits.rows)
    yield me, "endpoint:maximumAnswerBytes", ox.Literal(service.limits.result_bytes)
    yield me, "endpoint:maximumQueryBytes", ox.Literal(service.limits.text.max_bytes)
    yield me, "endpoint:maximumMemoryBytes", ox.Literal(service.limits.memory_bytes)
    if service.is_embedded:
        for quad in ox.parse(
            shipped.text(__package__, "gaps.ttl"), format=ox.RdfFormat.TURTLE, base_iri=service.endpoint
        ):
            yield me, "endpoint:gap", cast(ox.Literal, quad.object)
    if description.dataset:
        yield me, "rdf:type", node("dcat:DataService")
        yield me, "dcat:endpointURL", ox.NamedNode(service.endpoint)
        yield me, "dcat:servesDataset", ox.NamedNode(description.dataset)

    yield me, "sd:defaultDataset", dataset
    yield dataset, "rdf:type", node("sd:Dataset")
    yield dataset, "rdfs:label", _words("what is queried where a query names no graphs")
    yield dataset, "sd:defaultGraph", default
    yield default, "rdf:type", node("sd:Graph")
    yield default, "rdfs:label", _words("union of all graphs" if union else "default graph")
    count = description.union if union else description.default
    if count is not None:
        yield default, "void:triples", ox.Literal(count)
    for name, count in description.graphs.items():
        graph, named = ox.NamedNode(name), ox.NamedNode(f"{service.endpoint}#graph={quote(name, safe='')}")
        yield dataset, "sd:namedGraph", named
        yield named, "rdf:type", node("sd:NamedGraph")
        yield named, "rdfs:label", ox.Literal(name)
        yield named, "sd:name", graph
        yield named, "sd:graph", graph
        yield graph, "rdf:type", node("sd:Graph")
        yield graph, "rdfs:label", ox.Literal(name)
        yield graph, "void:triples", ox.Literal(count)


def _void_facts(description: Description, root: str | None) -> Iterator[_Fact]:
    """Yield what VoID has to say beyond what the data says of itself."""
    place = root.rstrip("/") if root else None
    dataset: ox.NamedNode | ox.BlankNode
    if description.dataset:
        dataset = ox.NamedNode(description.dataset)
    else:
        dataset = ox.NamedNode(f"{place}{PATH}#dataset") if place else ox.BlankNode("dataset")
        yield dataset, "rdf:type", node("void:Dataset")
        yield dataset, "rdfs:label", _words("dataset")
        if description.union is not None:
            yield dataset, "void:triples", ox.Literal(description.union)
        for name, count in description.graphs.items():
            graph = ox.NamedNode(name)
            yield dataset, "void:subset", graph
            yield graph, "rdf:type", node("void:Dataset")
            yield graph, "rdfs:label", ox.Literal(name)
            yield graph, "void:triples", ox.Literal(count)
    if place:
        yield dataset, "void:sparqlEndpoint", ox.NamedNode(place + SPARQL)


def _words(text: str) -> ox.Literal:
    return ox.Literal(text, language="en")


def _written(
    description: Description, facts: Iterable[_Fact], format: Format, told: Iterable[ox.Triple] = ()
) -> bytes:
    triples = {*told, *(ox.Triple(subject, node(predicate), value) for subject, predicate, value in facts)}
    prefixes = {"endpoint": ENDPOINT, **USUAL, **description.names.prefixes}
    return rdf.serialize(sorted(triples, key=str), rdf.format_named(format.extension), prefixes)
