"""Bindings for a store that has no other way to take them: as VALUES, in each group where they count.

The embedded engine replaces variables inside itself. Elsewhere only text arrives, so the terms are serialised by the
library that knows how, and stand as data at the beginning of the WHERE of the query and of each subquery that passes
the variable on.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from lodeclaim.errors import QueryError
from lodeclaim.query.engine import Query, as_ox
from lodeclaim.query.tokens import Token


def with_values(query: Query) -> str:
    """Return the text of a query in which its bindings hold.

    Raises QueryError for the short form of CONSTRUCT, which takes nothing but triples.
    """
    if not query.bindings:
        return query.text
    values = {name: f" VALUES ?{name} {{ {as_ox(term)} }}" for name, term in query.bindings.items()}
    parts, start = [], 0
    for place, passed in _groups(query.outline.tokens):
        parts += [
            query.text[start:place],
            *(text for name, text in values.items() if passed is None or name in passed),
        ]
        start = place
    return "".join([*parts, query.text[start:]])


def _groups(tokens: Sequence[Token]) -> Iterator[tuple[int, set[str] | None]]:
    """Yield the place behind the bracket of each WHERE, and the variables that it passes on; None stands for all."""
    outermost = True
    for index, token in enumerate(tokens):
        word = token.text.upper() if token.kind == "word" else ""
        if word not in {"SELECT", "ASK", "CONSTRUCT", "DESCRIBE"}:
            continue
        start = _opening(tokens, index)
        if word == "CONSTRUCT":
            if start is not None and tokens[index + 1].text != "{":
                raise QueryError("query", "CONSTRUCT WHERE takes no bindings", "Write the template out")
            start = None if start is None else _opening(tokens, _closing(tokens, start))
        if start is None:
            continue
        head = tokens[index + 1 : start]
        names = {part.text[1:] for part in head if part.kind == "variable"}
        yield tokens[start].end, None if outermost or "*" in [part.text for part in head[:2]] else names
        outermost = False


def _opening(tokens: Sequence[Token], start: int) -> int | None:
    """Return the index of the next curly bracket that opens, outside of round ones."""
    depth = 0
    for index in range(start + 1, len(tokens)):
        text = tokens[index].text
        depth += (text == "(") - (text == ")")
        if text == "{" and depth == 0:
            return index
    return None


def _closing(tokens: Sequence[Token], opening: int) -> int:
    depth = 0
    for index in range(opening, len(tokens)):
        depth += (tokens[index].text == "{") - (tokens[index].text == "}")
        if depth == 0:
            return index
    raise AssertionError("the guard lets no bracket stay open")
