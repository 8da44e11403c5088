"""The bytes of an answer -> values again, read only as far as somebody wants to see them.

An answer may be longer than memory. What is read here stops at a limit, says whether there is more, and lets
the rest go unread.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from itertools import islice
from typing import IO, Any, cast

import pyoxigraph as ox

from lodeclaim.endpoint.engines.engine import Answer, Table, as_term
from lodeclaim.endpoint.errors import EngineError

MAX_BYTES = 4 << 20
"""How much of an answer is read."""


def truth(answer: Answer) -> bool:
    """Return what an ASK found, from its answer in JSON; raises EngineError where it was broken off."""
    with _reading(answer) as stream:
        return bool(ox.parse_query_results(cast(IO[bytes], stream), ox.QueryResultsFormat.JSON))


def statements(answer: Answer, limit: int, prefixes: Mapping[str, str]) -> tuple[Table, str]:
    """Return at most `limit` statements of a graph, from its answer in N-Triples, and in Turtle with the prefixes.

    There are fewer where they are longer than MAX_BYTES.
    Raises EngineError where the answer was broken off.
    """
    triples: list[ox.Triple] = []
    with _reading(answer) as stream:
        try:
            for quad in islice(ox.parse(cast(IO[bytes], stream), ox.RdfFormat.N_TRIPLES), limit + 1):
                triples.append(quad.triple)
        except SyntaxError:
            if not stream.is_cut:
                raise
    shown = triples[:limit]
    rows = [tuple(as_term(cast(Any, term)) for term in triple) for triple in shown]
    more = stream.is_cut or len(triples) > limit
    return Table(("subject", "predicate", "object"), rows, more), _turtle(shown, prefixes)


def _turtle(triples: list[ox.Triple], prefixes: Mapping[str, str]) -> str:
    # All prefixes of a dataset would stand above three statements.
    iris = {term.value for triple in triples for term in triple if isinstance(term, ox.NamedNode)}
    iris |= {triple.object.datatype.value for triple in triples if isinstance(triple.object, ox.Literal)}
    used = {name: start for name, start in prefixes.items() if any(iri.startswith(start) for iri in iris)}
    return (ox.serialize(triples, format=ox.RdfFormat.TURTLE, prefixes=used) or b"").decode()


@contextmanager
def _reading(answer: Answer) -> Iterator[_Stream]:
    try:
        yield _Stream(answer.body)
    except SyntaxError as error:
        raise EngineError("answer", f"it ends before its end ({error})", "Ask again, or for less") from error
    finally:
        # Whoever still works on the rest may stop.
        getattr(answer.body, "close", lambda: None)()


class _Stream(io.RawIOBase):
    """A body in parts, as the file that a parser reads; it ends where it has become too long."""

    def __init__(self, parts: Iterable[bytes]) -> None:
        self.is_cut = False
        self._parts = iter(parts)
        self._rest = b""
        self._room = MAX_BYTES

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:  # noqa: ANN401 - the buffer protocol has no type before Python 3.12
        while not self._rest:
            part = next(self._parts, None)
            self.is_cut = part is not None and self._room < 0
            if part is None or self.is_cut:
                return 0
            self._room -= len(part)
            self._rest = part
        size = min(len(buffer), len(self._rest))
        buffer[:size], self._rest = self._rest[:size], self._rest[size:]
        return size
