"""What the service says of itself and of its data: SPARQL 1.1 Service Description, and VoID where it is looked for.

A `Description` is read from an engine once for a dataset; from then on both documents are values of memory.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from urllib.parse import quote

import pyoxigraph as ox
from flask import Blueprint, Response, request

from lodeclaim import checksums, graph
from lodeclaim.checksums import Checksum
from lodeclaim.endpoint.engines.engine import Engine, Query, Term
from lodeclaim.endpoint.errors import QueryError
from lodeclaim.endpoint.pool.limits import Limits
from lodeclaim.endpoint.sparql.formats import GRAPHS, RESULTS, Format
from lodeclaim.endpoint.web.negotiation import choose
from lodeclaim.endpoint.web.settings import Settings
from lodeclaim.namespaces import PREFIXES

PATH = "/.well-known/void"
ENDPOINT = "/sparql"
MAX_WRITTEN = 100
"""How many documents are remembered."""


@dataclass(frozen=True, eq=False)
class Description:
    """What is known of a dataset without asking it again."""

    dataset: str | None = None
    """The IRI by which the data describes itself, if it does."""

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

    @property
    def endpoint(self) -> str:
        """Return the URL of the endpoint."""
        return self.root.rstrip("/") + ENDPOINT


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
    told = _ask(engine, "described")
    if len({row[:3] for row in told}) != 1:
        counts = _counts(_ask(engine, "graphs"))
        return Description(None, counts, _number(_ask(engine, "triples")[0][0]), default, is_union)
    answer = engine.query(Query(_text("void")), _NTRIPLES)
    triples = {quad.triple for quad in ox.parse(b"".join(answer.body), format=ox.RdfFormat.N_TRIPLES)}
    name, dataset, total = told[0][:3]
    counts = _counts([row[3:] for row in told] + [(name, Term(str(len(triples)), "literal"))])
    whole = _number(total) + len(triples)
    return Description(dataset.value if dataset else None, counts, whole, default, is_union, tuple(triples))


def service_description(description: Description, service: Service, format: Format) -> bytes:
    """Return the SPARQL 1.1 Service Description in an RDF format: made once, then remembered.

    `sd:DereferencesURIs` is never said: nothing is fetched because a query names it.

    Raises ValueError where the public URL is not absolute.
    """
    key = (service, format.extension)
    if len(description.written) > MAX_WRITTEN:  # below how many paths somebody mounts us is not for us to know
        description.written.clear()
    if key not in description.written:
        description.written[key] = _written(_service_facts(description, service), format)
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
        description.written[key] = _written(_void_facts(description, root), format, told)
    return description.written[key]


def blueprint(
    description: Callable[[], Description],
    settings: Settings,
    files: Callable[[], Mapping[str, Checksum]] = dict,
) -> Blueprint:
    """Return the blueprint for VoID at its well-known place; description and files are asked for each time."""
    blueprint = Blueprint("description", __name__)

    @blueprint.get(PATH)
    def well_known_void() -> Response:
        format = choose(GRAPHS, request.headers.get("Accept"), request.args.get("format"))
        body = void(description(), settings.public_url, format, files().items())
        response = Response(body, content_type=format.content_type)
        response.vary.add("Accept")
        response.headers["Access-Control-Allow-Origin"] = "*"
        return response

    return blueprint


_NTRIPLES = next(format for format in GRAPHS if format.extension == "nt")


@cache
def _text(name: str) -> str:
    return files("lodeclaim.endpoint.web").joinpath("queries", f"{name}.rq").read_text(encoding="utf-8")


def _ask(engine: Engine, name: str, union: bool = True) -> list[tuple[Term | None, ...]]:
    return engine.select(Query(_text(name), union_default_graph=union)).rows


def _number(term: Term | None) -> int:
    return int(term.value) if term else 0


def _counts(rows: Iterable[Sequence[Term | None]]) -> dict[str, int]:
    """Return graphs with their counts; one that a blank node names cannot be asked for by anybody."""
    return dict(sorted((name.value, _number(count)) for name, count in rows if name and name.kind == "iri"))


_Fact = tuple[ox.NamedNode | ox.BlankNode, str, ox.NamedNode | ox.BlankNode | ox.Literal]


def _service_facts(description: Description, service: Service) -> Iterator[_Fact]:
    me, dataset, default = (ox.NamedNode(service.endpoint + part) for part in ("#service", "#dataset", "#default"))
    yield me, "rdf:type", _named("sd:Service")
    yield me, "rdfs:label", _words("SPARQL endpoint")
    yield me, "rdfs:seeAlso", ox.NamedNode(service.root.rstrip("/") + PATH)
    yield me, "sd:endpoint", ox.NamedNode(service.endpoint)
    yield me, "sd:supportedLanguage", _named("sd:SPARQL11Query")
    for format in (*RESULTS, *GRAPHS):
        if format.w3c:
            yield me, "sd:resultFormat", _named(f"formats:{format.w3c}")
    union = service.union_default_graph and description.is_union
    if union:
        yield me, "sd:feature", _named("sd:UnionDefaultGraph")
    if service.limits.text.services:
        yield me, "sd:feature", _named("sd:BasicFederatedQuery")
    seconds = f"{service.limits.seconds:.3f}".rstrip("0").rstrip(".")
    yield me, "lc:maximumSeconds", ox.Literal(seconds, datatype=_named("xsd:decimal"))
    yield me, "lc:maximumRows", ox.Literal(service.limits.rows)
    yield me, "lc:maximumAnswerBytes", ox.Literal(service.limits.result_bytes)
    yield me, "lc:maximumQueryBytes", ox.Literal(service.limits.text.max_bytes)
    yield me, "lc:maximumMemoryBytes", ox.Literal(service.limits.memory_bytes)
    if description.dataset:
        yield me, "rdf:type", _named("dcat:DataService")
        yield me, "dcat:endpointURL", ox.NamedNode(service.endpoint)
        yield me, "dcat:servesDataset", ox.NamedNode(description.dataset)

    yield me, "sd:defaultDataset", dataset
    yield dataset, "rdf:type", _named("sd:Dataset")
    yield dataset, "rdfs:label", _words("what is queried where a query names no graphs")
    yield dataset, "sd:defaultGraph", default
    yield default, "rdf:type", _named("sd:Graph")
    yield default, "rdfs:label", _words("union of all graphs" if union else "default graph")
    count = description.union if union else description.default
    if count is not None:
        yield default, "void:triples", ox.Literal(count)
    for name, count in description.graphs.items():
        graph, named = ox.NamedNode(name), ox.NamedNode(f"{service.endpoint}#graph={quote(name, safe='')}")
        yield dataset, "sd:namedGraph", named
        yield named, "rdf:type", _named("sd:NamedGraph")
        yield named, "rdfs:label", ox.Literal(name)
        yield named, "sd:name", graph
        yield named, "sd:graph", graph
        yield graph, "rdf:type", _named("sd:Graph")
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
        yield dataset, "rdf:type", _named("void:Dataset")
        yield dataset, "rdfs:label", _words("dataset")
        if description.union is not None:
            yield dataset, "void:triples", ox.Literal(description.union)
        for name, count in description.graphs.items():
            graph = ox.NamedNode(name)
            yield dataset, "void:subset", graph
            yield graph, "rdf:type", _named("void:Dataset")
            yield graph, "rdfs:label", ox.Literal(name)
            yield graph, "void:triples", ox.Literal(count)
    if place:
        yield dataset, "void:sparqlEndpoint", ox.NamedNode(place + ENDPOINT)


def _named(name: str) -> ox.NamedNode:
    prefix, _, local = name.partition(":")
    return ox.NamedNode(PREFIXES[prefix] + local)


def _words(text: str) -> ox.Literal:
    return ox.Literal(text, language="en")


def _written(facts: Iterable[_Fact], format: Format, told: Iterable[ox.Triple] = ()) -> bytes:
    triples = {*told, *(ox.Triple(subject, _named(predicate), value) for subject, predicate, value in facts)}
    rdf = ox.RdfFormat.from_extension(format.extension)
    if rdf is None:
        raise AssertionError(f"{format.name} is no RDF format")
    return graph.serialize(sorted(triples, key=str), rdf)
