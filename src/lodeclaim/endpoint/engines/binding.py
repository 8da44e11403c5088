"""Bindings for a store that has no other way to take them: as VALUES, in each group where they count.

The embedded engine replaces variables inside itself. Elsewhere only text arrives, so the terms are serialised by the
library that knows how, and stand as data at the beginning of the query's WHERE. A subquery that passes the variable
on is evaluated before it meets them there, and so is a group that compares or computes with it: they get their own.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from lodeclaim.endpoint.engines.engine import Query, Term, as_ox
from lodeclaim.endpoint.errors import QueryError
from lodeclaim.endpoint.sparql.guard import Form
from lodeclaim.endpoint.sparql.structure import closing
from lodeclaim.endpoint.sparql.tokens import Token
from lodeclaim.endpoint.vocabularies import XSD


def with_values(query: Query) -> str:
    """Return the text of a query in which its bindings hold.

    Raises QueryError where there is no WHERE that could take them: in the short form of CONSTRUCT, and in a DESCRIBE
    without one.
    """
    if not query.bindings:
        return query.text
    parts, start = [], 0
    for place, names in _places(query.outline.tokens, frozenset(query.bindings)):
        parts += [query.text[start:place], *(_values(name, query.bindings) for name in sorted(names))]
        start = place
    return "".join([*parts, query.text[start:]])


def _values(name: str, bindings: Mapping[str, Term]) -> str:
    values = f"VALUES ?{name} {{ {as_ox(bindings[name])} }}"
    # Virtuoso makes a truth value a number, and fails to sort rows with a decimal, unless it could do without them.
    return f" OPTIONAL {{ {values} }}" if bindings[name].datatype in _DOUBTED else f" {values}"


def _places(tokens: Sequence[Token], bound: frozenset[str]) -> list[tuple[int, set[str]]]:
    """Return the offsets behind the brackets of the groups that need VALUES, in order, each with the variables."""
    passed = dict(_wheres(tokens))
    needed: dict[int, set[str]] = {}
    opened: list[int] = []
    visible = [bound]
    for index, token in enumerate(tokens):
        if token.text in _OPENERS:
            names = visible[-1]
            if index in passed:
                names = names if (limit := passed[index]) is None else names & limit
                needed[index] = set(names)
            opened.append(index)
            visible.append(names)
        elif token.text in _CLOSERS:
            opened.pop()
            visible.pop()
        elif token.kind == "variable" and opened and tokens[opened[-1]].text == "(":
            group = next((place for place in reversed(opened) if tokens[place].text == "{"), None)
            if group is not None and _is_joined(tokens, group) and token.text[1:] in visible[-1]:
                needed.setdefault(group, set()).add(token.text[1:])
    return [(tokens[index].end, needed[index]) for index in sorted(needed)]


def _is_joined(tokens: Sequence[Token], opening: int) -> bool:
    """Return whether a bracket opens a group that is evaluated by itself: no subquery, nor what EXISTS looks for."""
    return tokens[opening - 1].word not in {"EXISTS", "CONSTRUCT"} and tokens[opening + 1].word != "SELECT"


def _wheres(tokens: Sequence[Token]) -> Iterator[tuple[int, frozenset[str] | None]]:
    """Yield the index of the bracket that opens each WHERE, and what its query passes on; None stands for all."""
    outermost = True
    for index, token in enumerate(tokens):
        word = token.word
        if word not in Form.__members__:
            continue
        start = _opening(tokens, index)
        if word == Form.CONSTRUCT:
            if start is None or tokens[index + 1].text != "{":
                raise QueryError("query", "CONSTRUCT WHERE takes no bindings", "Write the template out")
            start = _opening(tokens, closing(tokens, start))
        if start is None:
            raise QueryError("query", f"{word} without WHERE takes no bindings", "Add WHERE { }")
        yield start, None if outermost else _projected(tokens, index, start)
        outermost = False


def _projected(tokens: Sequence[Token], select: int, start: int) -> frozenset[str]:
    """Return the variables that a subquery has from its WHERE and passes on as they are."""
    head = tokens[select + 1 : start]
    if "*" in [token.text for token in head[:2]]:
        head = tokens[start : closing(tokens, start)]
        return frozenset(token.text[1:] for token in head if token.kind == "variable")
    names, depth = set(), 0
    for token in head:
        depth += (token.text == "(") - (token.text == ")")
        if token.kind == "variable" and depth == 0:
            names.add(token.text[1:])
    return frozenset(names)


def _opening(tokens: Sequence[Token], start: int) -> int | None:
    """Return the index of the next curly bracket that opens, outside of round ones."""
    depth = 0
    for index in range(start + 1, len(tokens)):
        text = tokens[index].text
        depth += (text == "(") - (text == ")")
        if text == "{" and depth == 0:
            return index
    return None


_DOUBTED = frozenset([XSD.boolean, XSD.decimal])
_OPENERS = frozenset("([{")
_CLOSERS = frozenset(")]}")
