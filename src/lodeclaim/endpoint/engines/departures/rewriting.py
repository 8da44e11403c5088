"""A text with places replaced, and where in the original a place of the new text comes from."""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, NamedTuple

import pyoxigraph as ox

from lodeclaim.endpoint.sparql.groups import Group
from lodeclaim.endpoint.sparql.reading import query
from lodeclaim.endpoint.sparql.structure import closing, declared, variables
from lodeclaim.endpoint.sparql.tokens import Token

_OPENERS, _CLOSERS = frozenset("([{"), frozenset(")]}")

_MOST_INSERTED = 50
"""Up to how many further edits are put one by one among those that are in their order."""

Functions = dict[ox.NamedNode, Callable[..., Any]]


class Edit(NamedTuple):
    """The characters from `start` up to `end` give way to a text; where both are the same, it is inserted."""

    start: int
    end: int
    text: str
    rank: int = 0
    """Of texts that are inserted at one place, that of the least rank comes first."""


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

    bound: Mapping[str, bool] = field(default_factory=dict)
    """The variables that the engine replaces by a term, without `?`, and whether that is equal to itself alone."""

    functions: Functions = field(default_factory=dict)
    aggregates: Functions = field(default_factory=dict)
    new_variables: int = 0
    """How many there are that the query has not, and that stand for no column."""

    before: Draft | None = None
    """The draft as it was before there was any of them."""

    graphs: dict[int, str] = field(default_factory=dict)
    """What the name behind GRAPH became, by its token."""

    def __post_init__(self) -> None:
        self.words = frozenset(token.word for token in self.tokens)
        self.signs = frozenset(token.text for token in self.tokens if token.kind == "mark")
        self._namespaces: Mapping[str, str] | None = None
        self._ordered: list[Edit] = []
        self._outside: dict[int, frozenset[str]] = {}

    @cached_property
    def groups(self) -> list[Group]:
        """The groups but for those of other services; the first is around all, and alone where no query is read."""
        return [group for group in query(self.tokens).walk() if not group.is_foreign]

    @cached_property
    def _variables(self) -> frozenset[str]:
        return frozenset("?" + token.text[1:] for token in self.tokens if token.kind == "variable")

    def span(self, start: int, end: int) -> str:
        """Return the tokens from one up to another, without the latter, as they are written by now."""
        return self.written(self.tokens[start].offset, self.tokens[end - 1].end)

    @property
    def namespaces(self) -> Mapping[str, str]:
        """What the prefixes stand for, those declared included."""
        if self._namespaces is None:
            self._namespaces = {**self.prefixes, **declared(self.tokens)}
        return self._namespaces

    def add(self, edits: Iterable[Edit]) -> None:
        """Take further edits, each at once: what yields them sees in `written` what it has yielded."""
        for edit in edits:
            self.edits.append(edit)

    def written(self, start: int, end: int, *, with_ends: bool = True) -> str:
        """Return the characters from `start` up to `end` as the edits so far have them.

        `with_ends` tells whether what is inserted at the ends belongs to them, or is around them.
        """
        self._sort()
        first = bisect_left(self._ordered, start, key=lambda edit: edit.start)
        last = bisect_right(self._ordered, end, lo=first, key=lambda edit: edit.start)
        inside = [
            edit._replace(start=edit.start - start, end=edit.end - start)
            for edit in self._ordered[first:last]
            if edit.end <= end and (with_ends or edit.start < edit.end or start < edit.start < end)
        ]
        return apply(self.text[start:end], inside)

    def _sort(self) -> None:
        new = self.edits[len(self._ordered) :]
        if len(new) > _MOST_INSERTED:
            self._ordered = _ordered(self.edits)
        else:
            for edit in new:
                insort(self._ordered, edit, key=_place)

    def replace(self, replacements: Sequence[Edit]) -> None:
        """Put texts that were made with `written` where their characters are; they do not overlap."""
        places = sorted(replacements)
        starts = [place.start for place in places]
        kept = []
        for edit in self.edits:
            at = bisect_right(starts, edit.start) - 1
            if at < 0 or edit.end > places[at].end:
                kept.append(edit)
        self.edits, self._ordered = kept + places, []

    def new_variable(self) -> str:
        """Return a variable that the query has not; `columns.named` keeps it out of what `*` stands for."""
        if self.before is None:
            self.before = replace(self, edits=list(self.edits))
        while True:
            self.new_variables += 1
            name = f"?lodeclaim_{self.new_variables}"
            if name not in self._variables:
                return name

    def variables(self, places: range) -> frozenset[str]:
        """Return the names of the variables among some tokens."""
        return variables(self.tokens[places.start : places.stop])

    def outside(self, group: Group) -> frozenset[str]:
        """Return the variables that stand outside of the EXISTS around a group; none where there is no EXISTS."""
        exists = next((each for each in group.ancestry() if each.kind == "EXISTS"), None)
        if exists is None:
            return frozenset()
        if exists.opening not in self._outside:
            before, behind = range(exists.opening), range(exists.closing, len(self.tokens))
            self._outside[exists.opening] = self.variables(before) | self.variables(behind)
        return self._outside[exists.opening]

    def calls(self, *words: str) -> Iterator[Call]:
        """Yield the calls of built-in functions of these names, inner ones first; none that is sent elsewhere."""
        if self.words.isdisjoint(words):
            return
        for index in range(len(self.tokens) - 2, -1, -1):
            if self.tokens[index].word in words and self.tokens[index + 1].text == "(":
                call = Call(self.tokens, index)
                if not self.is_foreign(call.start):
                    yield call

    def is_foreign(self, offset: int) -> bool:
        """Return whether what stands at an offset is sent to another service."""
        return any(offset in inside for inside in self.foreign)

    def finished(self) -> Rewriting:
        """Return the query as it is now."""
        return Rewriting(apply(self.text, self.edits), self.edits, self.functions, self.aggregates)


class Call:
    """A call of a function: the offsets of its parts."""

    def __init__(self, tokens: Sequence[Token], index: int) -> None:
        self.tokens = tokens
        self.name = tokens[index]
        self._opening, self._closing = index + 1, closing(tokens, index + 1)
        self.start = self.name.offset
        self.end = tokens[self._closing].end

    @property
    def is_distinct(self) -> bool:
        """Whether it begins with DISTINCT."""
        return self.tokens[self._opening + 1].word == "DISTINCT"

    @property
    def arguments(self) -> list[Argument]:
        """The arguments, without DISTINCT and SEPARATOR; none where one of them is empty."""
        found, depth, begin = [], 0, self._opening + 1 + self.is_distinct
        for index in range(begin, self._closing + 1):
            text = self.tokens[index].text
            if depth == 0 and (text in {",", ";"} or index == self._closing):
                if index == begin:
                    return []
                found.append(Argument(self.tokens[begin:index]))
                begin = index + 1
                if text == ";":
                    break
            depth += (text in _OPENERS) - (text in _CLOSERS)
        return found

    @property
    def argument(self) -> Argument | None:
        """The argument, where there is one and nothing else but DISTINCT and SEPARATOR."""
        found = self.arguments
        is_alone = len(found) == 1 and (found[0].end == self._end_of_arguments or self.separator is not None)
        return found[0] if is_alone else None

    @property
    def _end_of_arguments(self) -> int:
        return self.tokens[self._closing - 1].end

    @property
    def separator(self) -> str | None:
        """The string of a SEPARATOR as it is written, where nothing else stands behind one argument."""
        found = self.arguments
        behind = self.tokens[self._closing - 4 : self._closing]
        if len(found) != 1 or len(behind) != 4 or self.tokens[self._closing - 5].end != found[0].end:
            return None
        semicolon, word, equals, text = behind
        is_one = (semicolon.text, word.word, equals.text, text.kind) == (";", "SEPARATOR", "=", "string")
        return text.text if is_one else None


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


def apply(text: str, edits: Iterable[Edit]) -> str:
    """Return a text with edits that do not overlap; those of one place come in their order."""
    parts, behind = [], 0
    for edit in _ordered(edits):
        parts += [text[behind : edit.start], edit.text]
        behind = edit.end
    return "".join([*parts, text[behind:]])


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


def _ordered(edits: Iterable[Edit]) -> list[Edit]:
    return sorted(edits, key=_place)


def _place(edit: Edit) -> tuple[int, int, int]:
    return edit.start, edit.end, edit.rank
