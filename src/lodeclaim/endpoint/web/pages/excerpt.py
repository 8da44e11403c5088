"""A place in a query -> the lines around it, as a page shows them with the word at that place marked."""

from __future__ import annotations

import re
from typing import NamedTuple

from markupsafe import Markup, escape

AROUND = 2
"""Lines of a query shown before and after the one with an error."""

_WIDEST = 120
"""Characters of a line shown on either side of the place."""


class Line(NamedTuple):
    """A line by number, cut before and after the marked word; in the lines around, all of it stands before."""

    number: int
    before: str
    at: str = ""
    after: str = ""


def around(query: str, line: int, column: int) -> list[Line]:
    """Return the line of a place, both counted from 1, and those around it, none wider than a page can show."""
    lines = query.split("\n")
    first = max(1, line - AROUND)
    return [
        _marked(number, text, column - 1) if number == line else Line(number, _short(text))
        for number, text in enumerate(lines[first - 1 : line + AROUND], first)
    ]


def _marked(number: int, text: str, place: int) -> Line:
    """Return a line with the word or sign at a place marked, or else the one that ends there."""
    # What the place can touch: the word about it may be as long as a query.
    words = [match.span() for match in re.finditer(r"[\w:?$]+|\S", text)]
    start, end = next(
        ((start, end) for start, end in reversed(words) if start <= place <= end), (len(text), len(text))
    )
    before = text[:start] if start <= _WIDEST else "…" + text[start - _WIDEST : start]
    return Line(number, before, _short(text[start:end]), _short(text[end:]))


def _short(text: str) -> str:
    return text if len(text) <= _WIDEST else text[:_WIDEST] + "…"


def coded(sentence: str) -> Markup:
    """Return a sentence as HTML, with what stands between backticks as code."""
    parts = sentence.split("`")
    if len(parts) % 2 == 0:  # one of them is a sign of the query
        return escape(sentence)
    return Markup("").join(
        Markup("<code>{}</code>").format(part) if index % 2 else escape(part) for index, part in enumerate(parts)
    )
