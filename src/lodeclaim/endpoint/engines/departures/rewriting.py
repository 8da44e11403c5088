"""A text with places replaced, and where in the original a place of the new text comes from."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import pyoxigraph as ox

from lodeclaim.endpoint.sparql.structure import closing, declared
from lodeclaim.endpoint.sparql.tokens import Token

_OPENERS, _CLOSERS = frozenset("([{"), frozenset(")]}")

Functions = dict[ox.NamedNode, Callable[..., Any]]


class Edit(NamedTuple):
    """The characters from `start` up to `end` give way to a text; where both are the same, it is inserted."""

    start: int
    end: int
    text: str


@dataclass(frozen=True)
class Rewriting:
    """What is asked of the engine instead of a query."""

    text: str
    edits: Sequence[Edit] = ()
    """What was changed, so that the place of an error can be told in the query as it was sent."""

    functions: Functions = field(default_factory=dict)
    aggregates: Functions = field(default_factory=dict)


@dataclass
class Draft:
    """A query that is being rewritten."""

    text: str
    tokens: Sequence[Token]
    prefixes: Mapping[str, str]
    """Those that it need not declare."""

    edits: list[Edit]
    foreign: Sequence[range]
    """The offsets of what is sent to other services: they know no functions of ours."""

    functions: Functions = field(default_factory=dict)
    aggregates: Functions = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._namespaces: Mapping[str, str] | None = None

    @property
    def namespaces(self) -> Mapping[str, str]:
        """What the prefixes stand for, those declared included."""
        if self._namespaces is None:
            self._namespaces = {**self.prefixes, **declared(self.tokens)}
        return self._namespaces

    def add(self, edits: Iterable[Edit]) -> None:
        """Take further edits, one by one as they come; what one of them replaces needs no other any more."""
        for edit in edits:
            if edit.end > edit.start:
                self.edits = [old for old in self.edits if not (edit.start <= old.start and old.end <= edit.end)]
            self.edits.append(edit)

    def calls(self, *words: str) -> Iterator[Call]:
        """Yield the calls of built-in functions of these names, inner ones first; none that is sent elsewhere."""
        for index in range(len(self.tokens) - 2, -1, -1):
            if self.tokens[index].word in words and self.tokens[index + 1].text == "(":
                call = Call(self.tokens, index)
                if not self.is_foreign(call.start):
                    yield call

    def is_foreign(self, offset: int) -> bool:
        """Return whether what stands at an offset is sent to another service."""
        return any(offset in inside for inside in self.foreign)

    def written(self, start: int, end: int) -> str:
        """Return the text between two offsets with the edits so far."""
        return apply(self.text, self.edits, start, end)

    def finished(self) -> Rewriting:
        """Return the query as it is now."""
        return Rewriting(apply(self.text, self.edits), self.edits, self.functions, self.aggregates)


class Call:
    """A call of a built-in function: the offsets of its parts."""

    def __init__(self, tokens: Sequence[Token], index: int) -> None:
        self.tokens = tokens
        self.name = tokens[index]
        self._closing = closing(tokens, index + 1)
        self._opening = index + 1
        self.start = self.name.offset
        self.end = tokens[self._closing].end

    @property
    def is_distinct(self) -> bool:
        """Whether it begins with DISTINCT."""
        return self.tokens[self._opening + 1].word == "DISTINCT"

    @property
    def arguments(self) -> list[Argument]:
        """The arguments, without DISTINCT, and up to a SEPARATOR."""
        found, depth, begin = [], 0, self._opening + 1 + self.is_distinct
        for index in range(begin, self._closing + 1):
            text = self.tokens[index].text
            if depth == 0 and text in {",", ")", ";"}:
                if index > begin:
                    found.append(Argument(self.tokens[begin:index]))
                begin = index + 1
                if text == ";":
                    break
            depth += (text in _OPENERS) - (text in _CLOSERS)
        return found

    @property
    def separator(self) -> str | None:
        """The string behind SEPARATOR as it is written; None without one."""
        last = self.tokens[self._closing - 1]
        return last.text if self.tokens[self._closing - 3].word == "SEPARATOR" and last.kind == "string" else None

    @property
    def inside(self) -> Argument:
        """All between its brackets."""
        return Argument(self.tokens[self._opening + 1 : self._closing])


class Argument:
    """An argument of a call."""

    def __init__(self, tokens: Sequence[Token]) -> None:
        self.tokens = tokens
        self.start, self.end = tokens[0].offset, tokens[-1].end

    @property
    def constant(self) -> Token | None:
        """The string that it is, if it is nothing else."""
        return self.tokens[0] if len(self.tokens) == 1 and self.tokens[0].kind == "string" else None

    def around(self, before: str, after: str) -> Iterator[Edit]:
        """Yield the edits that put something before and behind it."""
        yield Edit(self.start, self.start, before)
        yield Edit(self.end, self.end, after)


def apply(text: str, edits: Iterable[Edit], start: int = 0, end: int | None = None) -> str:
    """Return a text, or the part between two offsets, with edits that do not overlap; those of a place in order."""
    end = len(text) if end is None else end
    parts, behind = [], start
    for edit in _ordered(edits):
        if start <= edit.start and edit.end <= end:
            parts += [text[behind : edit.start], edit.text]
            behind = edit.end
    return "".join([*parts, text[behind:end]])


def origin(edits: Iterable[Edit], offset: int) -> int:
    """Return the offset in the original of a place in the text that `apply` made of it."""
    moved = 0
    for edit in _ordered(edits):
        begin = edit.start + moved
        if offset < begin:
            break
        if offset < begin + len(edit.text):
            return edit.start
        moved += len(edit.text) - (edit.end - edit.start)
    return offset - moved


def _ordered(edits: Iterable[Edit]) -> Sequence[Edit]:
    return sorted(edits, key=lambda edit: edit[:2])
