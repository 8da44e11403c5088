"""Counts the rows of an answer while it is serialised, so that one that is too large can be broken off.

The solutions of a SELECT are serialised natively and never seen one by one: they are counted in the bytes. The
count is exact, except that JSON solutions without any binding go uncounted: they hold nothing, and bytes are bounded.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import IO, TypeVar, cast

from lodeclaim.endpoint.errors import EngineError
from lodeclaim.endpoint.sparql.formats import Format

_Row = TypeVar("_Row")

Write = Callable[[bytes], object]


def too_large(limit: str) -> EngineError:
    """Return the error for a result that is over a limit, said in words."""
    return EngineError("result", f"it has more than {limit}", "Ask for less: add LIMIT", "result-too-large")


def output(write: Write) -> IO[bytes]:
    """Return what pyoxigraph takes for a file: each part goes on at once."""
    return cast(IO[bytes], _Output(write))


class _Output:
    def __init__(self, write: Write) -> None:
        self._write = write

    def write(self, part: bytes) -> int:
        self._write(part)
        return len(part)

    def flush(self) -> None:
        """Do nothing: nothing is held back."""


def at_most(rows: Iterable[_Row], limit: int) -> Iterator[_Row]:
    """Yield the rows; raise EngineError behind the limit."""
    for number, row in enumerate(rows, 1):
        if number > limit:
            raise too_large(f"{limit:,} triples")
        yield row


def counted(write: Write, format: Format, columns: Iterable[str], limit: int) -> Write:
    """Return a `write` that passes parts on and raises EngineError once they hold more rows than the limit."""
    count = _COUNTERS[format.name](columns)
    total = 0

    def counting(part: bytes) -> None:
        nonlocal total
        total += count(part)
        if total > limit:
            raise too_large(f"{limit:,} rows")
        write(part)

    return counting


def _xml(columns: Iterable[str]) -> Callable[[bytes], int]:
    # In text `<` is escaped.
    return _cut_after(b">", lambda part: part.count(b"<result>"))


def _tsv(columns: Iterable[str]) -> Callable[[bytes], int]:
    # In literals line feeds are escaped; the first line names the columns.
    lines = -1

    def count(part: bytes) -> int:
        nonlocal lines
        before = max(lines, 0)
        lines += part.count(b"\n")
        return max(lines, 0) - before

    return count


def _csv(columns: Iterable[str]) -> Callable[[bytes], int]:
    # A line feed inside quotation marks belongs to a value; a doubled mark leaves their number even.
    lines, quoted = -1, False

    def count(part: bytes) -> int:
        nonlocal lines, quoted
        before = max(lines, 0)
        runs = part.translate(None, _NEITHER_QUOTE_NOR_LINE).split(b'"')
        lines += sum(map(len, runs[quoted::2]))
        quoted ^= len(runs) % 2 == 0
        return max(lines, 0) - before

    return count


def _json(columns: Iterable[str]) -> Callable[[bytes], int]:
    # A solution begins with the name of its first variable that is bound. No value can imitate that: a quotation
    # mark inside it is escaped, and behind its own closing mark no name can follow.
    starts = [f'{{"{column}":{{"type":"'.encode() for column in columns]
    return _cut_after(b"}", lambda part: sum(map(part.count, starts)))


def _cut_after(end: bytes, count: Callable[[bytes], int]) -> Callable[[bytes], int]:
    """Return `count` for parts that end anywhere: it sees them cut behind `end`, which no row's mark straddles."""
    kept = bytearray()

    def whole(part: bytes) -> int:
        nonlocal kept
        cut = part.rfind(end) + 1
        if not cut:
            kept += part
            return 0
        found = count(bytes(kept + part[:cut]))
        kept = bytearray(part[cut:])
        return found

    return whole


_NEITHER_QUOTE_NOR_LINE = bytes(set(range(256)) - set(b'"\n'))
_COUNTERS: dict[str, Callable[[Iterable[str]], Callable[[bytes], int]]] = {
    "json": _json,
    "xml": _xml,
    "csv": _csv,
    "tsv": _tsv,
}
