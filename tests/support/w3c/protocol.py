"""The exchanges of the Protocol suite, carried out with an endpoint that only reads."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pyoxigraph as ox
import pytest

from support.w3c import tables
from support.w3c.exchanges import Exchange, Step, exchanges, needed
from support.w3c.server import Response, Server, triples

PREFIX = "/sparql/"
TABULAR = {"application/sparql-results+xml": "srx", "application/sparql-results+json": "srj"}
GRAPH = {"text/turtle": ox.RdfFormat.TURTLE, "application/n-triples": ox.RdfFormat.N_TRIPLES}


def send(server: Server, step: Step) -> Response:
    assert step.path.startswith(PREFIX)
    path = urlsplit(server.url).path + step.path.removeprefix(PREFIX)
    return server.request(step.method, path, step.headers, step.body)


def is_update(step: Step) -> bool:
    """Whether a request asks for an update in one of the ways that the protocol knows."""
    media_type = step.headers.get("content-type", "").partition(";")[0]
    if media_type == "application/sparql-update":
        return True
    form = (step.body or b"").decode("utf-8", "replace") if media_type.endswith("form-urlencoded") else ""
    return "update" in parse_qs(urlsplit(step.path).query) | parse_qs(form)


def exchange(case: Exchange, server: Server) -> None:
    """Fail unless a server answers each request of a case as described, and refuses those that would write."""
    updated = False
    for step in case.steps:
        response = send(server, step)
        if is_update(step) and 200 in step.expected.statuses:
            assert (response.status, response.problem) == (403, "update-refused"), response
            updated = True
            continue
        assert step.expected.fits(response), response
        if response.status < 400:
            check(step, response, updated=updated)


def check(step: Step, response: Response, *, updated: bool) -> None:
    """Fail unless an answer is in the expected format, and true or false as expected."""
    match step.expected.format:
        case "boolean":
            truth = tables.read(response.body, TABULAR[response.media_type], "")
            assert truth in (True, False)
            if step.expected.boolean is not None:
                # The question is whether what the update would have written is there.
                assert truth is (step.expected.boolean and not updated)
        case "tabular":
            assert isinstance(tables.read(response.body, TABULAR[response.media_type], ""), tables.Table)
        case "RDF":
            list(ox.parse(response.body, GRAPH[response.media_type]))
        case other:
            pytest.fail(f"no expectation: {other}")


def graphs() -> bytes:
    """Return the graphs that the suite asks for as TriG; nothing where the suite is absent."""
    documents = needed(exchanges("protocol/manifest.ttl"))
    quads = [ox.Quad(*triple, ox.NamedNode(name)) for name, iri in documents.items() for triple in triples(iri)]
    return ox.serialize(quads, format=ox.RdfFormat.TRIG)
