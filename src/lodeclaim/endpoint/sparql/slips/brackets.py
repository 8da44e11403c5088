"""Brackets that close nothing, and brackets that nothing closes: which other one is meant."""

from __future__ import annotations

from collections.abc import Sequence

from lodeclaim.endpoint.sparql.slips.looks import MODIFIERS, error
from lodeclaim.endpoint.sparql.tokens import QueryTextError, Token

CLOSERS = {")": "(", "]": "[", "}": "{"}
_OPENED = {opener: closer for closer, opener in CLOSERS.items()}


def closes_nothing(tokens: Sequence[Token], index: int, opened: Sequence[Token]) -> QueryTextError:
    """Return the error for the bracket at an index, before which the `opened` are open."""
    token = tokens[index]
    found = f"`{token.text}` closes nothing that is open"
    if opened:
        inner = opened[-1]
        found = f"{found}: the `{inner.text}` of line {inner.position.line} comes first"
        return error(token, found, f"Write `{_OPENED[inner.text]}` before this `{token.text}`")
    if (pair := _pair(tokens, index)) is None:
        return error(token, found, "Remove it")
    opener, closer = (tokens[at] for at in pair)
    line = closer.position.line
    found = f"{found}: the `{opener.text}` of line {opener.position.line} is closed in line {line} already"
    between = tokens[pair[1] + 1 : index]
    if not between or any(part.word in MODIFIERS for part in between):
        return error(token, found, "Remove it")
    return error(token, found, f"Remove the `{closer.text}` of line {line}, behind which more patterns stand")


def _pair(tokens: Sequence[Token], index: int) -> tuple[int, int] | None:
    """Return where the last outer pair before an index, of the kind that stands there, opens and closes."""
    opened: list[int] = []
    found = None
    for at in range(index):
        if tokens[at].text in _OPENED:
            opened.append(at)
        elif tokens[at].text in CLOSERS and opened:
            opening = opened.pop()
            if not opened and tokens[at].text == tokens[index].text:
                found = opening, at
    return found


def unclosed(tokens: Sequence[Token]) -> QueryTextError:
    """Return the error for a query that ends while a bracket is open."""
    opened: list[Token] = []
    for token in tokens:
        if token.text in _OPENED:
            opened.append(token)
        elif token.text in CLOSERS:
            opened.pop()
    last = opened[-1]
    found = f"the query ends and the `{last.text}` of line {last.position.line} is open"
    return error(tokens[-1], found, f"Close it: write {_OPENED[last.text]} where it ends")
