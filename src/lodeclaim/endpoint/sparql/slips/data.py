"""Slips in VALUES: its variables, its rows, and what stands in them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from lodeclaim.endpoint.sparql.keywords import WORDS
from lodeclaim.endpoint.sparql.slips.looks import error
from lodeclaim.endpoint.sparql.structure import closing
from lodeclaim.endpoint.sparql.tokens import QueryTextError, Token

_ROWS = "Write VALUES (?a ?b) { (1 2) (3 4) }"


def look(tokens: Sequence[Token], text: str) -> Iterator[QueryTextError]:
    """Yield the slips in the data that a query brings."""
    for at, token in enumerate(tokens[:-1]):
        if token.word == "VALUES":
            yield from _values(tokens, at)


def _values(tokens: Sequence[Token], at: int) -> Iterator[QueryTextError]:
    opening = at + 1
    while opening < len(tokens) and tokens[opening].kind == "variable":
        opening += 1
    names = [token.text for token in tokens[at + 1 : opening]]
    if opening == len(tokens):
        return
    if len(names) > 1:
        yield error(
            tokens[at + 1], "several variables of VALUES stand in brackets", f"Write VALUES ({' '.join(names)[:80]})"
        )
    if names and tokens[opening].text != "{":
        yield error(tokens[opening], "the data of VALUES stands in braces", f"Write VALUES {names[0]} {{ 1 2 }}")
    if not names and tokens[opening].text == "{":
        yield error(tokens[at], "VALUES says of which variable", "Write VALUES ?x { 1 2 }")
    if tokens[opening].text == "(":
        end = closing(tokens, opening)
        inside = tokens[opening + 1 : end]
        if (comma := next((part for part in inside if part.text == ","), None)) is not None:
            yield error(
                comma, "a comma between the variables of VALUES", "Write them with spaces only: VALUES (?a ?b)"
            )
        names, opening = [part.text for part in inside if part.kind == "variable"], end + 1
        if opening < len(tokens) and tokens[opening].text == "{":
            yield from _rows(tokens, opening, len(names))
    elif names:
        yield from _column(tokens, opening, names[0])


def _column(tokens: Sequence[Token], opening: int, name: str) -> Iterator[QueryTextError]:
    for part in tokens[opening + 1 : closing(tokens, opening)]:
        if part.text == "(":
            yield error(part, "the values of one variable stand without brackets", f"Write VALUES {name} {{ 1 2 }}")
        yield from _datum(part, name)


def _rows(tokens: Sequence[Token], opening: int, width: int) -> Iterator[QueryTextError]:
    end = closing(tokens, opening)
    row: Token | None = None
    has, skipped = 0, False
    for at in range(opening + 1, end):
        part = tokens[at]
        if part.text == "(":
            row, has = part, 0
        elif part.text == ")" and row is not None:
            if has != width:
                found = f"a row of {has} values, for {width} variables"
                yield error(row, found, "Write UNDEF where a row has no value")
            row = None
        elif row is None and part.text != ",":
            yield error(part, "each row stands in brackets here", _ROWS)
        yield from _datum(part)
        has += part.text not in {"(", "^^", "+", "-"} and part.kind != "language" and not skipped
        skipped = part.text == "^^"


def _datum(part: Token, name: str = "?z") -> Iterator[QueryTextError]:
    if part.text == ",":
        yield error(part, "a comma between values", "Write them with spaces only: { 1 2 }")
    if part.kind == "variable":
        found = f"`{part.text[:40]}` has no place in the data of VALUES, where constants stand"
        yield error(
            part, found, f"Write BIND({part.text[:40]} AS {name}) for a value that is known, or UNDEF for none"
        )
    if part.kind == "blank":
        yield error(part, "a blank node has no place in the data of VALUES", "Write UNDEF for any value")
    if part.kind == "word" and part.word not in WORDS:
        word = part.text[:40]
        yield error(
            part,
            f"`{word}` is no value: a text stands in quotation marks",
            f'Write "{word}"; a thing has a prefix, as in ex:{word}',
        )
