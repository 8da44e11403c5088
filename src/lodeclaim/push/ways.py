"""The two ways to write into a store: the Graph Store HTTP Protocol and SPARQL 1.1 Update."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import httpx
import pyoxigraph as ox

from lodeclaim.push.client import Client
from lodeclaim.push.load import Chunk


class Way(Protocol):
    """How chunks of a graph get into a store. What it sends may be sent again without changing the outcome."""

    @property
    def name(self) -> str:
        """What a person calls it."""

    @property
    def url(self) -> str:
        """Where it sends to."""

    def send(self, client: Client, graph: ox.NamedNode, chunk: Chunk, replace: bool) -> None:
        """Add a chunk to a graph, or, where `replace` says so, put it in the place of all that the graph held.

        Raises as `Client.send` does.
        """


@dataclass(frozen=True)
class GraphStore:
    """PUT to replace a graph, POST to add to it."""

    url: str
    name: str = "Graph Store Protocol"

    def send(self, client: Client, graph: ox.NamedNode, chunk: Chunk, replace: bool) -> None:
        """See Way."""
        target = httpx.URL(self.url).copy_merge_params({"graph": graph.value})
        # Turtle, of which N-Triples are a part: every store takes it.
        headers = {"Content-Type": "text/turtle"}
        client.send("PUT" if replace else "POST", target, chunk.body, headers, f"graph {graph.value}")


@dataclass(frozen=True)
class Update:
    """DROP GRAPH to replace a graph, INSERT DATA to add to it."""

    url: str
    name: str = "SPARQL Update"

    def send(self, client: Client, graph: ox.NamedNode, chunk: Chunk, replace: bool) -> None:
        """See Way."""
        if replace:
            self._ask(client, graph, f"DROP SILENT GRAPH {graph}".encode())
        self._ask(client, graph, f"INSERT DATA {{ GRAPH {graph} {{\n".encode() + chunk.body + b"} }")

    def _ask(self, client: Client, graph: ox.NamedNode, text: bytes) -> None:
        # Without the charset, which is the only one there is, RDF4J 5.0 takes the text for Latin-1.
        headers = {"Content-Type": "application/sparql-update; charset=utf-8"}
        client.send("POST", httpx.URL(self.url), text, headers, f"graph {graph.value}")
