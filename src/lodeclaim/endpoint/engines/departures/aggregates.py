"""Aggregates: what they make of errors, of languages and of terms of several kinds."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import pyoxigraph as ox

from lodeclaim.endpoint.engines import order
from lodeclaim.endpoint.engines.departures.rewriting import Draft, Edit
from lodeclaim.endpoint.sparql.strings import string

_Term = ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple

_NOTHING = ox.NamedNode("urn:lodeclaim:nothing")
_COUNT = ox.NamedNode("urn:lodeclaim:count")
_CONCATENATION = "urn:lodeclaim:group-concat-"


def counted_errors(draft: Draft) -> Iterator[Edit]:
    """Have COUNT leave errors out (SPARQL 18.5.1.2): one of them makes the whole unbound."""
    for call in draft.calls("COUNT"):
        argument = call.argument
        # A variable is counted rightly, and a constant is no error, nor is what EXISTS finds.
        if argument is None or len(argument.tokens) == 1 or any(token.text == "{" for token in argument.tokens):
            continue
        if call.is_distinct:
            draft.aggregates[_COUNT] = _Count
            yield Edit(call.start, argument.start, f"{_COUNT}(")
            yield from argument.around("COALESCE(", f", {_NOTHING})")
        else:
            yield Edit(call.start, call.name.end, "SUM")
            yield from argument.around("COALESCE(IF(isLITERAL(", "), 1, 1), 0)")


def concatenated(draft: Draft) -> Iterator[Edit]:
    """Have GROUP_CONCAT join the strings of terms (SPARQL 18.5.1.7): a language stays, IRIs are errors; #1717, #297.

    With DISTINCT terms are told apart before their strings are taken, which needs an aggregate of ours.
    """
    for number, call in enumerate(draft.calls("GROUP_CONCAT")):
        argument = call.argument
        if argument is None:
            continue
        if not call.is_distinct:
            yield from argument.around("STR(", ")")
            continue
        name = ox.NamedNode(f"{_CONCATENATION}{number}")
        draft.aggregates[name] = partial(_Concatenation, string(call.separator) if call.separator else " ")
        yield Edit(call.start, argument.start, f"{name}(")
        yield Edit(argument.end, call.end, ")")


def extremes(draft: Draft) -> Iterator[Edit]:
    """Have MIN and MAX compare as ORDER BY does (SPARQL 18.5.1.5 and 6): they compare 10 and "5" by their text."""
    for call in draft.calls("MIN", "MAX"):
        argument = call.argument
        if argument is None:
            continue
        name = ox.NamedNode(f"urn:lodeclaim:{call.name.word.lower()}")
        draft.aggregates[name] = _Least if call.name.word == "MIN" else _Greatest
        yield Edit(call.start, argument.start, f"{name}(")


class _Least:
    """The term that ORDER BY would put first; of several, the first one met."""

    def __init__(self) -> None:
        self._best: _Term | None = None
        self._key = ""

    def accumulate(self, term: _Term) -> None:
        key = order.key(term)
        if self._best is None or self._precedes(key):
            self._best, self._key = term, key

    def _precedes(self, key: str) -> bool:
        return key < self._key

    def finish(self) -> _Term | None:
        return self._best


class _Greatest(_Least):
    """The term that ORDER BY would put last."""

    def _precedes(self, key: str) -> bool:
        return key > self._key


class _Count:
    """The number of different terms that are something."""

    def __init__(self) -> None:
        self._terms: set[_Term] = set()

    def accumulate(self, term: _Term) -> None:
        self._terms.add(term)

    def finish(self) -> ox.Literal:
        return ox.Literal(len(self._terms - {_NOTHING}))


class _Concatenation:
    """The strings of different terms."""

    def __init__(self, separator: str) -> None:
        self._separator = separator
        self._terms: dict[_Term, None] = {}
        self._failed = False

    def accumulate(self, term: _Term) -> None:
        self._failed = self._failed or isinstance(term, ox.BlankNode | ox.Triple)
        self._terms[term] = None

    def finish(self) -> ox.Literal | None:
        if self._failed:  # STR of a blank node is an error
            return None
        return ox.Literal(self._separator.join(term.value for term in self._terms if not isinstance(term, ox.Triple)))
