"""A Turtle text -> where its statements stand: for who points at a line, or changes a file and keeps its layout.

What a text means is for a parser to say; this reads a text that one has read.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from lodeclaim.endpoint.errors import QueryError
from lodeclaim.endpoint.sparql.tokens import Token, tokenize
from lodeclaim.endpoint.vocabularies import RDF


@dataclass(frozen=True)
class Object:
    """One object, from `start` up to, not including, `end`."""

    iri: str
    """The IRI that it is; empty for a literal, a blank node or a list."""

    start: int
    end: int


@dataclass(frozen=True)
class Pair:
    """A predicate with its objects; `end` is that of the last object."""

    predicate: str
    """The IRI; empty where it stands against a base."""

    start: int
    end: int
    objects: tuple[Object, ...]


@dataclass(frozen=True)
class Statement:
    """A subject with what is said of it; `end` is behind the full stop."""

    subject: str
    """The IRI; empty for a blank node or a list, or where it stands against a base."""

    start: int
    end: int
    pairs: tuple[Pair, ...]


@dataclass(frozen=True)
class Declaration:
    """A prefix and its namespace, from `start` up to `end`, which is behind the full stop if it has one."""

    prefix: str
    namespace: str
    start: int
    end: int


def read(text: str) -> tuple[list[Declaration], list[Statement]]:
    """Return the prefixes and the statements of a Turtle text; raises QueryError for one that is not read here."""
    reader = _Reader(list(tokenize(text)))
    try:
        statements = list(reader.statements())
    except IndexError as error:
        raise QueryError("the Turtle", "it has what only RDF 1.2 has", "Leave it as it is") from error
    return reader.declarations, statements


def comments(text: str) -> Iterator[tuple[int, int]]:
    """Yield start and end of each comment; raises as `read` does."""
    after = 0
    for start, end in [*((token.offset, token.end) for token in tokenize(text)), (len(text), len(text))]:
        yield from (match.span() for match in _COMMENT.finditer(text, after, start))
        after = end


def line(text: str, offset: int) -> int:
    """Return the number of the line, from 1, in which an offset lies."""
    return text.count("\n", 0, offset) + 1


def iri(token: Token, prefixes: Mapping[str, str]) -> str:
    """Return the IRI that a token stands for; empty for another token, or a prefix that is not known."""
    if token.kind == "iri":
        return token.text[1:-1]
    prefix, _, local = token.text.partition(":")
    return prefixes[prefix] + local if token.kind == "name" and prefix in prefixes else ""


def edited(text: str, edits: Iterable[tuple[int, int, str]]) -> str:
    """Return a text with other words between some offsets, which do not overlap."""
    parts, at = [], 0
    for start, end, new in sorted(edits):
        parts += [text[at:start], new]
        at = end
    return "".join([*parts, text[at:]])


def declares(tokens: Sequence[Token], at: int) -> bool:
    """Return whether the declaration of a prefix begins at a token."""
    if tokens[at].text.lower() != "@prefix" and tokens[at].word != "PREFIX":
        return False
    return at + 2 < len(tokens) and tokens[at + 1].text.endswith(":") and tokens[at + 2].kind == "iri"


_COMMENT = re.compile(r"#[^\r\n]*")
_OPENING, _CLOSING = frozenset("[({"), frozenset("])}")


class _Reader:
    """Goes through tokens from the first to the last."""

    def __init__(self, tokens: list[Token]) -> None:
        self.declarations: list[Declaration] = []
        self._prefixes: dict[str, str] = {}
        self._tokens = tokens
        self._at = 0

    def statements(self) -> Iterator[Statement]:
        while self._at < len(self._tokens):
            token = self._tokens[self._at]
            if declares(self._tokens, self._at):
                self._declaration(token)
            elif token.text.lower() in {"@base", "base"}:
                self._at += 2
                self._skip_stop()
            else:
                yield self._statement(token)

    def _declaration(self, token: Token) -> None:
        name, namespace = self._tokens[self._at + 1 : self._at + 3]
        self._at += 3
        end = self._skip_stop() if token.kind == "language" else namespace.end
        self._prefixes[name.text[:-1]] = namespace.text[1:-1]
        self.declarations.append(Declaration(name.text[:-1], namespace.text[1:-1], token.offset, end))

    def _statement(self, first: Token) -> Statement:
        subject = self._object().iri
        pairs = []
        while self._text() not in {".", ""}:
            if self._text() == ";":
                self._at += 1
            else:
                pairs.append(self._pair())
        return Statement(subject, first.offset, self._skip_stop(), tuple(pairs))

    def _pair(self) -> Pair:
        verb = self._tokens[self._at]
        self._at += 1
        objects = [self._object()]
        while self._text() == ",":
            self._at += 1
            objects.append(self._object())
        predicate = RDF.type if verb.text == "a" else iri(verb, self._prefixes)
        return Pair(predicate, verb.offset, objects[-1].end, tuple(objects))

    def _object(self) -> Object:
        """Return the term at which the reader stands, with what is in its brackets, its language or type."""
        first = last = self._tokens[self._at]
        depth = 0
        while self._at < len(self._tokens):
            last = self._tokens[self._at]
            depth += (last.text in _OPENING) - (last.text in _CLOSING)
            self._at += 1
            if depth == 0 and last.text not in {"+", "-"}:
                break
        if self._text() == "^^":
            self._at += 2
            last = self._tokens[self._at - 1]
        elif first.kind == "string" and self._at < len(self._tokens) and self._tokens[self._at].kind == "language":
            last = self._tokens[self._at]
            self._at += 1
        return Object(iri(first, self._prefixes), first.offset, last.end)

    def _text(self) -> str:
        return self._tokens[self._at].text if self._at < len(self._tokens) else ""

    def _skip_stop(self) -> int:
        if self._text() == ".":
            self._at += 1
        return self._tokens[self._at - 1].end
