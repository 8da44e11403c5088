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
    if token.text != "}":
        return error(token, found, f"Remove it, or write `{CLOSERS[token.text]}` before what it is to close")
    if opened:
        inner = opened[-1]
        found = f"{found}: the `{inner.text}` of line {inner.position.line} comes first"
        return error(token, found, f"Write `{_OPENED[inner.text]}` before this `}}`")
    if (bare := _without_brace(tokens, index)) is not None:
        return error(
            bare, f"{bare.word} takes a group in braces, and no `{{` opens it", f"Write {bare.word} {{ ... }}"
        )
    if (pair := _pair(tokens, index)) is None:
        return error(token, found, "Write `{` where its group begins, or remove it")
    opener, closer = (tokens[at] for at in pair)
    line = closer.position.line
    found = f"{found}: the `{opener.text}` of line {opener.position.line} is closed in line {line} already"
    between = tokens[pair[1] + 1 : index]
    if not between or any(part.word in MODIFIERS for part in between):
        return error(token, found, "Remove it")
    return error(token, found, f"Remove the `{closer.text}` of line {line}, behind which more patterns stand")


def _without_brace(tokens: Sequence[Token], index: int) -> Token | None:
    """Return the word before an index that takes a group, and has no brace behind it; None without one."""
    words = (at for at in range(index) if tokens[at].word in {"WHERE", "OPTIONAL", "MINUS", "EXISTS", "UNION"})
    return next((tokens[at] for at in words if tokens[at + 1].text != "{"), None)


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
