"""The manifests of protocols, which describe HTTP exchanges -> requests to send and what must come back."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from support.w3c.manifests import BASE, MF, Manifest, Term, entries, local_name, manifest
from support.w3c.server import Response

HT = "http://www.w3.org/2011/http#"
CNT = "http://www.w3.org/2011/content#"
UT = "http://www.w3.org/2009/sparql/tests/test-update#"
RDFS = "http://www.w3.org/2000/01/rdf-schema#"

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


def _exchange(listed: Manifest, test: Term) -> Exchange:
    graphs = {
        listed.text(data, RDFS + "label"): listed.text(data, UT + "graph")
        for data in listed.objects(test, UT + "graphData")
    }
    return Exchange(local_name(test.value), tuple(_steps(listed, listed.value(test, MF + "action"))), graphs)


def _steps(listed: Manifest, action: Term) -> Iterator[Step]:
    for request in listed.items(action, HT + "requests"):
        yield Step(
            listed.text(request, HT + "methodName"),
            listed.text(request, HT + "absolutePath"),
            _headers(listed, request),
            _body(listed, request),
            _expected(listed, listed.value(request, HT + "resp")),
        )


def _expected(listed: Manifest, response: Term) -> Expected:
    boolean, format = listed.value(response, MF + "expectedBoolean"), listed.value(response, MF + "expectedFormat")
    names = [local_name(status.value) for status in listed.objects(response, MF + "expectedStatus")]
    return Expected(
        frozenset(status for name in names for status in STATUSES[name]),
        {"true": True, "false": False}[boolean.value] if boolean else None,
        format.value if format else None,
        _headers(listed, response),
        _body(listed, response),
    )


def _headers(listed: Manifest, message: Term) -> dict[str, str]:
    headers = listed.items(message, HT + "headers")
    return {listed.text(header, HT + "fieldName"): listed.text(header, HT + "fieldValue") for header in headers}


def _body(listed: Manifest, message: Term) -> bytes | None:
    body = listed.value(message, HT + "body")
    return body and listed.text(body, CNT + "chars").encode(listed.text(body, CNT + "characterEncoding"))


def needed(found: list[Exchange]) -> dict[str, str]:
    """Return the graphs that any of these exchanges needs, by name."""
    graphs: dict[str, str] = {}
    for exchange in found:
        for name, iri in exchange.graphs.items():
            assert graphs.setdefault(name, iri) == iri, f"{name} is two documents"
            assert iri.startswith(BASE)
    return graphs
