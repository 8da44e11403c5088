"""Conditions on groups: what stands in HAVING, written out with the expressions of the columns that it names."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from lodeclaim.endpoint.sparql.slips.looks import AGGREGATES, MODIFIERS
from lodeclaim.endpoint.sparql.structure import closing
from lodeclaim.endpoint.sparql.tokens import Token

LONGEST = 200
"""Characters of a condition in advice, at most."""

_ENDS = frozenset(MODIFIERS) | {"FILTER", "BIND", "OPTIONAL", "MINUS", "UNION", "GRAPH", "WHERE"}


def computed(tokens: Sequence[Token], begin: int = 0, end: int | None = None) -> dict[str, str]:
    """Return the expressions of the columns that stand between two indices, by their variables."""
    found = {}
    for at in range(begin + 2, len(tokens) - 1 if end is None else end - 1):
        name = tokens[at + 1]
        if tokens[at].word == "AS" and name.kind == "variable" and tokens[at + 2 : at + 3]:
            first, depth = at - 1, 0
            while first > begin and (depth or tokens[first].text != "("):
                depth += (tokens[first].text == ")") - (tokens[first].text == "(")
                first -= 1
            if tokens[first - 1].word != "BIND":
                found[name.text[1:]] = name.source[tokens[first].end : tokens[at].offset].strip()
    return found


def condition(tokens: Sequence[Token], at: int, columns: Mapping[str, str]) -> tuple[str, int]:
    """Return the condition that begins at an index, in one line, and the index behind it.

    What it may wrongly stand in is left out: WHERE, FILTER, HAVING and braces. It is empty where there is none, or
    where it is too long to be told.
    """
    start = at
    while start < len(tokens) and (tokens[start].text == "{" or tokens[start].word in {"WHERE", "FILTER", "HAVING"}):
        start += 1
    end = start
    while end < len(tokens) and tokens[end].text not in {"{", "}", ".", ")"} and tokens[end].word not in _ENDS:
        end = closing(tokens, end) + 1 if tokens[end].text == "(" else end + 1
    if end == start:
        return "", end
    if tokens[start].text == "(" and closing(tokens, start) == end - 1 and end - start > 2:
        inside = start + 1, end - 1
    else:
        inside = start, end
    text = " ".join(tokens[start].source[tokens[inside[0]].offset : tokens[inside[1] - 1].end].split())
    for name, expression in columns.items():
        text = re.sub(rf"[?$]{re.escape(name)}(?!\w)", lambda _, written=expression: written, text)  # type: ignore[misc]
    return (text if len(text) <= LONGEST else ""), end


def is_aggregated(text: str) -> bool:
    """Return whether an expression has an aggregate in it."""
    return re.search(rf"\b(?:{'|'.join(AGGREGATES)})\s*\(", text, re.IGNORECASE) is not None
