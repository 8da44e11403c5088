"""Slips at the beginning of a query, and in what is no part of it: prefixes, IRIs without brackets, comments."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from lodeclaim.endpoint.sparql.slips.looks import error
from lodeclaim.endpoint.sparql.tokens import QueryTextError, Token


def prefixes(tokens: Sequence[Token], text: str) -> Iterator[QueryTextError]:
    """Yield the slips in BASE and PREFIX."""
    for at, token in enumerate(tokens):
        after = [*tokens[at + 1 : at + 4]]
        if token.kind == "language" and token.text.lower() in {"@prefix", "@base"}:
            word = token.text[1:].upper()
            yield error(token, f"`{token.text}` is Turtle", f"Write {word} without `@`, and without a dot at the end")
        if token.word != "PREFIX" or not after:
            continue
        if after[0].kind in {"word", "iri"}:
            name = after[0].text if after[0].kind == "word" else ""
            yield error(after[0], "a prefix ends with a colon", f"Write PREFIX {name}: <http://...>")
        elif len(after) > 1 and after[1].kind != "iri":
            yield error(
                after[1], "the namespace stands in angle brackets", f"Write PREFIX {after[0].text} <http://...>"
            )
        elif len(after) > 2 and after[2].text in {".", ";"}:
            yield error(after[2], f"`{after[2].text}` behind a PREFIX line", "Remove it: it belongs to Turtle")


def comments(tokens: Sequence[Token], text: str) -> Iterator[QueryTextError]:
    """Yield what begins a comment in other languages."""
    for token, after in pairwise(tokens):
        mark = token.text + after.text
        is_close = after.offset == token.end and (token.offset == 0 or text[token.offset - 1] != ":")
        if is_close and (mark in {"//", "/*"} or (mark == "--" and text[after.end : after.end + 1] in {" ", "\t"})):
            line = text[after.end :].split("\n")[0].strip()[:60]
            yield error(token, f"`{mark}` begins no comment", f"Write # {line}")


def iris(tokens: Sequence[Token], text: str) -> Iterator[QueryTextError]:
    """Yield the IRIs that stand without their brackets."""
    for token in tokens:
        if token.kind == "name" and token.text.lower() in {"http:", "https:"} and text.startswith("//", token.end):
            rest = text[token.offset :].split()[0].rstrip(";,)}]")
            yield error(token, "an IRI stands in angle brackets", f"Write <{rest[:80].rstrip('.')}>")
