"""What a query says of itself, read off its tokens: prefixes, the columns of a SELECT, its LIMIT."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from lodeclaim.endpoint.sparql.tokens import Token

_OPENERS, _CLOSERS = frozenset("([{"), frozenset(")]}")


def variables(tokens: Iterable[Token]) -> frozenset[str]:
    """Return the names of the variables among some tokens, without `?`."""
    return frozenset(token.text[1:] for token in tokens if token.kind == "variable")


def declared(tokens: Sequence[Token]) -> dict[str, str]:
    """Return the prefixes that a query declares, without their colon, and what they stand for."""
    begins = (at for at, token in enumerate(tokens[:-2]) if token.word == "PREFIX")
    return {tokens[at + 1].text.removesuffix(":"): tokens[at + 2].text[1:-1] for at in begins}


def used(tokens: Iterable[Token]) -> list[str]:
    """Return the prefixes that stand in a query, declared or not, in their order."""
    return list(dict.fromkeys(token.text.partition(":")[0] for token in tokens if token.kind == "name"))


def closing(tokens: Sequence[Token], start: int) -> int:
    """Return the index of the bracket that closes the first one from an index on; the last index where none does."""
    depth = 0
    for index in range(start, len(tokens)):
        depth += (tokens[index].text in _OPENERS) - (tokens[index].text in _CLOSERS)
        if depth == 0 and tokens[index].text in _CLOSERS:
            return index
    return len(tokens) - 1


def is_data(tokens: Sequence[Token], opening: int) -> bool:
    """Return whether the brace at an index opens the data of VALUES."""
    before = opening - 1
    while before >= 0 and (tokens[before].kind == "variable" or tokens[before].text in {"(", ")"}):
        before -= 1
    return before >= 0 and tokens[before].word == "VALUES"


def columns(tokens: Sequence[Token]) -> list[str]:
    """Return the columns that the first SELECT of a query names, and none where it takes all that there are."""
    words = [token.word for token in tokens]
    depth, named = 0, []
    for index in range(words.index("SELECT") + 1, len(tokens)):
        token = tokens[index]
        depth += (token.text == "(") - (token.text == ")")
        if depth == 0 and token.text in {"*", "{"}:
            break
        if token.kind == "variable" and (depth == 0 or (depth == 1 and words[index - 1] == "AS")):
            named.append(token.text[1:])
    return list(dict.fromkeys(named))


def limit(tokens: Sequence[Token]) -> int | None:
    """Return the LIMIT of a query itself, not that of one within; None where it has none."""
    depth = 0
    for at, token in enumerate(tokens[:-1]):
        depth += (token.text == "{") - (token.text == "}")
        if depth == 0 and token.word == "LIMIT" and tokens[at + 1].text.isdigit():
            return int(tokens[at + 1].text)
    return None
