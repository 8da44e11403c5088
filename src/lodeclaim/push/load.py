"""What is to be sent: the triples of each named graph, without blank nodes, in pieces that a store takes."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import pyoxigraph as ox

from lodeclaim.endpoint import rdf
from lodeclaim.endpoint.errors import UsageError
from lodeclaim.namespaces import BASE

GENID = BASE + ".well-known/genid/"
"""Where names for blank nodes are (RDF 1.1 Concepts, section 3.5)."""


@dataclass(frozen=True)
class Size:
    """How much one request carries: both are upper bounds, but a triple is never cut."""

    # Virtuoso 7.2.5 compiles some 4,900 in an INSERT DATA, and no more.
    triples: int = 2_000
    body_bytes: int = 1_000_000


@dataclass(frozen=True)
class Chunk:
    """A piece of a graph: N-Triples, which are Turtle and the inside of an INSERT DATA alike."""

    number: int
    triples: int
    body: bytes


@dataclass(frozen=True)
class Load:
    """One named graph as it is to be in the store."""

    graph: ox.NamedNode
    triples: tuple[ox.Triple, ...]

    def chunks(self, size: Size) -> Iterator[Chunk]:
        """Yield the pieces in their order, numbered from 1."""
        lines: list[bytes] = []
        room, number = size.body_bytes, 1
        for triple in self.triples:
            line = f"{triple} .\n".encode()
            if lines and (len(lines) == size.triples or len(line) > room):
                yield Chunk(number, len(lines), b"".join(lines))
                lines, room, number = [], size.body_bytes, number + 1
            lines.append(line)
            room -= len(line)
        yield Chunk(number, len(lines), b"".join(lines))


def loads(quads: Iterable[ox.Quad]) -> list[Load]:
    """Return the named graphs in the order of their names, blank nodes replaced by IRIs.

    Raises UsageError for a triple outside of named graphs, which could not be told from what the store holds already.
    """
    graphs: dict[ox.NamedNode, dict[ox.Triple, None]] = defaultdict(dict)
    for quad in skolemize(rdf.canonical(quads)):
        if not isinstance(quad.graph_name, ox.NamedNode):
            raise UsageError(
                str(quad.triple),
                "it stands in no named graph",
                "Give a graph whose triples all stand in named graphs",
            )
        graphs[quad.graph_name][quad.triple] = None
    return [Load(name, tuple(triples)) for name, triples in sorted(graphs.items(), key=lambda item: str(item[0]))]


def skolemize(canonical: list[ox.Quad]) -> list[ox.Quad]:
    """Return the quads with an IRI for each blank node, so that what is sent twice is there once.

    The IRI is made of all that is said with blank nodes: the same statements have the same IRIs, and a later version
    of them has others, which cannot run into those of the earlier one. The quads must be those of `rdf.canonical`.
    """
    nameless = [quad for quad in canonical if any(isinstance(term, ox.BlankNode) for term in quad)]
    digest = hashlib.sha256("\n".join(map(str, nameless)).encode()).hexdigest()[:16]

    def named(term: ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple) -> Any:  # noqa: ANN401 - any term
        return ox.NamedNode(f"{GENID}{digest}-{term.value}") if isinstance(term, ox.BlankNode) else term

    return [ox.Quad(named(q.subject), q.predicate, named(q.object), q.graph_name) for q in canonical]
