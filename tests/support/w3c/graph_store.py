"""What an exchange of the Graph Store suites has written when it reads: put in place beforehand.

The server only reads. So each request of an exchange gets a place of its own: the same graph under a name
that tells which exchange and which of its steps it is of, with what the steps before would have left there.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes
from urllib.parse import parse_qs, urlsplit

import pyoxigraph as ox

from lodeclaim.namespaces import BASE, GRAPHS, PREFIXES
from support.w3c.exchanges import Exchange, Step, exchanges

MANIFESTS = ("graph-store-protocol/manifest-indirect.ttl", "graph-store-protocol/manifest-direct.ttl")
READING = ("GET", "HEAD")

DEFAULT = ""
"""The key of the default graph."""

LOCATION = "$LOCATION$"
"""What a manifest calls the graph that a POST to the store itself has made."""

Triples = frozenset[ox.Triple]


@dataclass(frozen=True)
class Visit:
    """One request of an exchange, at its place."""

    step: Step
    path: str
    """Where the request goes: `/store` names a graph in its parameter, `/graph/` in its path."""

    graph: str
    """The name of the graph that it is about; empty for the default graph."""

    graphs: dict[str, Triples]
    """What must be there before it, by name."""


def visits(exchange: Exchange) -> Iterator[Visit]:
    """Yield the requests of an exchange with what the ones before them would have written."""
    state: dict[str, Triples] = {}
    for number, step in enumerate(exchange.steps):
        label = f"{exchange.name}-{number}".replace("_", "-")
        graphs = {named(key, label): triples for key, triples in state.items()}
        yield Visit(step, placed(step.path, label), named(key_of(step), label), graphs)
        match step.method:
            case "PUT":
                state[key_of(step)] = written(step)
            case "POST":
                state[key_of(step)] = state.get(key_of(step), frozenset()) | written(step)
            case "DELETE":
                state.pop(key_of(step), None)


def key_of(step: Step) -> str:
    """Return how a request names its graph, decoded once: by a parameter, by `default`, or by its path."""
    url = urlsplit(step.path)
    parameters = parse_qs(url.query, keep_blank_values=True)
    if "default" in parameters:
        return DEFAULT
    if "graph" in parameters:
        return parameters["graph"][0]
    return LOCATION if url.path == "/gsp" else url.path


def named(key: str, label: str) -> str:
    """Return the name of a graph at its place."""
    if key.startswith("/gsp/"):
        return f"{GRAPHS}{label}/{key.removeprefix('/gsp/')}"
    return key.replace("www.example", f"{label}.example").replace(LOCATION, f"http://{label}.example/new")


def placed(path: str, label: str) -> str:
    """Return the path of a request at its place; nothing else of it changes, least of all its encoding."""
    if path.startswith("/gsp/"):
        return urlsplit(named(path, label)).path.removeprefix("/lodeclaim")
    head, mark, parameters = path.partition("?")
    assert head == "/gsp"
    return "/store" + mark + named(parameters, label)


def written(step: Step) -> Triples:
    """Return the triples in the body of a request, which may have several parts."""
    header = f"Content-Type: {step.headers['content-type']}\r\n\r\n".encode()
    message = message_from_bytes(header + (step.body or b""))
    parts = message.get_payload() if message.is_multipart() else [message]
    found: set[ox.Triple] = set()
    for part in parts:
        assert part.get_content_type() == "text/turtle"
        found |= turtle(part.get_payload(decode=True))
    return frozenset(found)


def turtle(body: bytes, base: str | None = None) -> Triples:
    """Return the triples of a Turtle document; no two calls share a blank node."""
    quads = ox.parse(body, ox.RdfFormat.TURTLE, base_iri=base, rename_blank_nodes=True)
    return frozenset(ox.Triple(quad.subject, quad.predicate, quad.object) for quad in quads)


def preloaded() -> dict[str, Triples]:
    """Return every graph that some request of the suites must find, but for the default graph."""
    found = [exchange for manifest in MANIFESTS for exchange in exchanges(manifest)]
    graphs = [visit.graphs for exchange in found for visit in visits(exchange)]
    named = {name: triples for each in graphs for name, triples in each.items() if name}
    # What the data says its IRIs begin with: then a graph answers at the path that is its own.
    space = ox.Triple(ox.NamedNode(BASE), ox.NamedNode(PREFIXES["void"] + "uriSpace"), ox.Literal(BASE))
    return named | {f"{BASE}about": frozenset([space])}
