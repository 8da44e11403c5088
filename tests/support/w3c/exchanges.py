"""The manifests of protocols, which describe HTTP exchanges -> requests to send and what must come back."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from rdflib import Graph, Literal, Namespace, URIRef
from rdflib.collection import Collection
from rdflib.term import Node

from support.w3c.manifests import BASE, MF, entries, local_name, manifest
from support.w3c.server import Response

HT = Namespace("http://www.w3.org/2011/http#")
CNT = Namespace("http://www.w3.org/2011/content#")
UT = Namespace("http://www.w3.org/2009/sparql/tests/test-update#")
RDFS_LABEL = URIRef("http://www.w3.org/2000/01/rdf-schema#label")

STATUSES = {
    "StatusCode2xx": range(200, 300),
    "StatusCode3xx": range(300, 400),
    "StatusCode4xx": range(400, 500),
    "OK": (200,),
    "Created": (201,),
    "NoContent": (204,),
    "NotFound": (404,),
}


@dataclass(frozen=True)
class Expected:
    """What a response must be."""

    statuses: frozenset[int]
    boolean: bool | None
    format: str | None
    """One of boolean, tabular and RDF."""

    headers: dict[str, str]
    body: bytes | None

    def fits(self, response: Response) -> bool:
        """Return whether status and headers of a response are right; its body is another matter."""
        headers = {name: value.replace(" ", "").lower() for name, value in response.headers.items()}
        wanted = {name: value.replace(" ", "").lower() for name, value in self.headers.items()}
        return response.status in self.statuses and wanted.items() <= headers.items()


@dataclass(frozen=True)
class Step:
    """One request of an exchange."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes | None
    expected: Expected


@dataclass(frozen=True)
class Exchange:
    """A test that consists of requests, sent one after the other."""

    name: str
    steps: tuple[Step, ...]
    graphs: dict[str, str]
    """The graphs that must be there, by name, and the documents that are in them."""


def exchanges(name: str) -> list[Exchange]:
    """Return the exchanges of a manifest that is named by its path; none where the suites are absent."""
    return [_exchange(manifest(name), test) for test in entries(name)]


def _exchange(graph: Graph, test: Node) -> Exchange:
    action = graph.value(test, MF.action)
    graphs = {
        str(graph.value(data, RDFS_LABEL)): str(graph.value(data, UT.graph))
        for data in graph.objects(test, UT.graphData)
    }
    return Exchange(local_name(test), tuple(_steps(graph, action)), graphs)


def _steps(graph: Graph, action: Node) -> Iterator[Step]:
    for request in Collection(graph, graph.value(action, HT.requests)):
        yield Step(
            str(graph.value(request, HT.methodName)),
            str(graph.value(request, HT.absolutePath)),
            _headers(graph, request),
            _body(graph, request),
            _expected(graph, graph.value(request, HT.resp)),
        )


def _expected(graph: Graph, response: Node) -> Expected:
    boolean, format = graph.value(response, MF.expectedBoolean), graph.value(response, MF.expectedFormat)
    names = [local_name(status) for status in graph.objects(response, MF.expectedStatus)]
    return Expected(
        frozenset(status for name in names for status in STATUSES[name]),
        boolean.toPython() if isinstance(boolean, Literal) else None,
        str(format) if format else None,
        _headers(graph, response),
        _body(graph, response),
    )


def _headers(graph: Graph, message: Node) -> dict[str, str]:
    headers = graph.value(message, HT.headers)
    return {
        str(graph.value(header, HT.fieldName)): str(graph.value(header, HT.fieldValue))
        for header in (Collection(graph, headers) if headers else ())
    }


def _body(graph: Graph, message: Node) -> bytes | None:
    body = graph.value(message, HT.body)
    if body is None:
        return None
    encoding = graph.value(body, CNT.characterEncoding)
    return str(graph.value(body, CNT.chars)).encode(str(encoding))


def needed(found: list[Exchange]) -> dict[str, str]:
    """Return the graphs that any of these exchanges needs, by name."""
    graphs: dict[str, str] = {}
    for exchange in found:
        for name, iri in exchange.graphs.items():
            assert graphs.setdefault(name, iri) == iri, f"{name} is two documents"
            assert iri.startswith(BASE)
    return graphs
