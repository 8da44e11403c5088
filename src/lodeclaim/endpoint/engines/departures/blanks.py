"""BNODE of a string: one node for a string in one solution, and another in the next (SPARQL 17.4.2.9).

The engine makes the string a label, so that all solutions share a node, and strings that are no labels are errors.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from hashlib import sha256

import pyoxigraph as ox

from lodeclaim.endpoint.engines.departures.rewriting import Call, Draft, Edit
from lodeclaim.endpoint.sparql.structure import closing
from lodeclaim.endpoint.sparql.tokens import QueryTextError, Token
from lodeclaim.endpoint.vocabularies import XSD

_IS_STRING = ox.NamedNode("urn:lodeclaim:is-string")
_NODE = ox.NamedNode("urn:lodeclaim:node")

_GROUPING = frozenset(["AVG", "COUNT", "GROUP_CONCAT", "MAX", "MIN", "SAMPLE", "SUM"])
_BEHIND = frozenset(["GROUP", "HAVING", "VALUES"])
_BRACKETS = {")": "(", "]": "[", "}": "{"}


def new_nodes(draft: Draft) -> Iterator[Edit]:
    """Have BNODE of a string give another node for each solution, whatever the string.

    Calls in one clause of SELECT, or in BINDs of which one follows upon the other, are of one solution: a node is
    bound there before them, of which theirs are made. Raises QueryTextError for others that might have to agree.
    """
    calls = [call for call in draft.calls("BNODE") if call.argument is not None and not call.is_distinct]
    places = _Places(draft.tokens)
    found: dict[int, list[Call]] = {}
    for call in reversed(calls):
        found.setdefault(places.of(call), []).append(call)
    if len(calls) > 1 and (lone := found.pop(_NOWHERE, [])):
        raise _unsupported(lone[0])
    groups = [places.group(place) for place in found]
    for number, (place, here) in enumerate(found.items()):
        if groups.count(groups[number]) > 1:
            raise _unsupported(here[-1])
        if len(here) == 1:
            draft.functions[_IS_STRING] = _is_string
            yield from _alone(here[0])
            continue
        if not places.allows(place):
            raise _unsupported(here[1])
        solution = draft.new_variable()
        draft.functions[_NODE] = _node
        yield from places.bound(place, f"BIND(BNODE() AS {solution})")
        for call in here:
            yield Edit(call.start, call.arguments[0].start, f"{_NODE}({solution}, ")


def _alone(call: Call) -> Iterator[Edit]:
    yield Edit(call.start, call.name.end, f"IF({_IS_STRING}")
    yield Edit(call.end - 1, call.end, "), BNODE(), BNODE())")


def _unsupported(call: Call) -> QueryTextError:
    found = "several calls of BNODE with a string, which the engine cannot have agree on a node here"
    remedy = "Bind BNODE of the string to a variable once"
    return QueryTextError(call.name.position, found, remedy, "query-unsupported")


_NOWHERE = -1


class _Places:
    """Where calls stand that are of one solution: an index, that of a SELECT or of the first of several BINDs."""

    def __init__(self, tokens: Sequence[Token]) -> None:
        self._tokens = tokens
        self._around = _around(tokens)
        self._indexes = {token.offset: index for index, token in enumerate(tokens)}

    def of(self, call: Call) -> int:
        """Return the place of a call; _NOWHERE for one in a FILTER or the like."""
        at = self._indexes[call.start]
        while (opening := self._around[at]) >= 0 and self._tokens[opening].text == "(":
            at = opening
        if at == self._indexes[call.start]:
            return _NOWHERE
        if self._tokens[at - 1].word == "BIND":
            return self._first_bind(at - 1)
        return self._select(at)

    def group(self, place: int) -> int:
        """Return the index of the brace of the group that a place belongs to."""
        return self._around[place] if place < 0 or self._tokens[place].word != "SELECT" else self._where(place)

    def allows(self, place: int) -> bool:
        """Return whether a node can be bound for all calls of a place: none by groups, nor before VALUES."""
        if self._tokens[place].word != "SELECT":
            return True
        opening = self._where(place)
        behind, around = closing(self._tokens, opening) + 1, self._around[place]
        end = closing(self._tokens, around) if around >= 0 else len(self._tokens)
        clause = {token.word for token in self._tokens[place:opening]}
        rest = {self._tokens[at].word for at in range(behind, end)}
        return _GROUPING.isdisjoint(clause) and _BEHIND.isdisjoint(rest)

    def bound(self, place: int, binding: str) -> Iterator[Edit]:
        """Yield the edits that bind a variable for the calls of a place."""
        if self._tokens[place].word == "BIND":
            yield Edit(self._tokens[place].offset, self._tokens[place].offset, f"{binding} ", 1)
            return
        opening, end = self._where(place), closing(self._tokens, self._where(place))
        yield Edit(self._tokens[opening].offset, self._tokens[opening].end, "{ {")
        yield Edit(self._tokens[end].offset, self._tokens[end].end, f"}} {binding} }}")

    def _first_bind(self, at: int) -> int:
        """Return the index of the first of the BINDs that come before one without anything but filters between."""
        first, at = at, at - 1
        while at >= 0 and (self._tokens[at].text == "." or self._tokens[at].text == ")"):
            if self._tokens[at].text == ")":
                at = self._around[at] - 1
                if self._tokens[at].word not in {"BIND", "FILTER"}:
                    break
                first = at if self._tokens[at].word == "BIND" else first
            at -= 1
        return first

    def _select(self, at: int) -> int:
        """Return the index of the SELECT in whose clause the bracket at an index stands, or _NOWHERE."""
        for index in range(at - 1, -1, -1):
            if self._tokens[index].word == "SELECT" and self._around[index] == self._around[at]:
                return index if self._where(index) > at else _NOWHERE
        return _NOWHERE

    def _where(self, select: int) -> int:
        """Return the index of the brace that opens the group of a SELECT."""
        around = self._around[select]
        indexes = range(select, len(self._tokens))
        found = (at for at in indexes if self._tokens[at].text == "{" and self._around[at] == around)
        return next(found, select)


def _around(tokens: Sequence[Token]) -> Sequence[int]:
    """Return for each token the index of the bracket that it stands in, for a closing one that which it closes."""
    around, opened = [], [-1]
    for index, token in enumerate(tokens):
        around.append(opened[-1])
        if token.text in _BRACKETS.values():
            opened.append(index)
        elif token.text in _BRACKETS and len(opened) > 1:
            opened.pop()
    return around


def _is_string(term: object) -> ox.Literal | None:
    """Return true for a string; None, an error, for anything else."""
    is_one = isinstance(term, ox.Literal) and term.datatype.value == XSD.string
    return ox.Literal(True) if is_one else None


def _node(solution: ox.BlankNode, term: object) -> ox.BlankNode | None:
    """Return the node of a string in a solution that has a node of its own."""
    if _is_string(term) is None or not isinstance(term, ox.Literal):
        return None
    return ox.BlankNode("b" + sha256(f"{solution.value}\0{term.value}".encode()).hexdigest()[:32])
