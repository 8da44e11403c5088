"""Triple patterns as values: subject, path and object of each, in the order in which they are written."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from lodeclaim.endpoint.sparql.structure import closing
from lodeclaim.endpoint.sparql.tokens import Token


@dataclass(frozen=True)
class Triple:
    """A triple pattern; a member of a list has no subject and no path."""

    subject: Token | None
    """None for what stands in brackets."""

    path: tuple[Token, ...]
    object: Token | None

    @property
    def names(self) -> set[str]:
        """The variables in it, without `?`."""
        parts = (self.subject, self.object, *self.path)
        return {part.text[1:] for part in parts if part is not None and part.kind == "variable"}

    @property
    def first(self) -> Token | None:
        """The property that the subject has for certain; None where the path leaves that open."""
        is_open = [part.text for part in self.path[1:2]] in (["*"], ["?"]) or _has_choice(self.path)
        return self.path[0] if self.path and _is_property(self.path[0]) and not is_open else None

    @property
    def last(self) -> Token | None:
        """The property whose value the object is for certain; None where the path leaves that open."""
        is_open = [part.text for part in self.path[-2:-1]] in (["^"], ["!"]) or _has_choice(self.path)
        return self.path[-1] if self.path and _is_property(self.path[-1]) and not is_open else None

    def __str__(self) -> str:
        path = "".join(part.text for part in self.path)
        ends = [part.text if part is not None else "[...]" for part in (self.subject, self.object)]
        return f"{ends[0]} {path} {ends[1]}"


def _is_property(token: Token) -> bool:
    return token.kind in {"iri", "name", "variable"} or token.text == "a"


def _has_choice(path: Sequence[Token]) -> bool:
    return any(part.text in {"|", "("} for part in path)


def triples(tokens: Sequence[Token]) -> list[Triple]:
    """Return the triples of a block that holds nothing else."""
    return list(_Block(tokens).read())


@dataclass
class _Level:
    """What is read of the triples between two brackets."""

    is_list: bool = False
    phase: str = "subject"
    subject: Token | None = None
    path: tuple[Token, ...] = ()


class _Block:
    def __init__(self, tokens: Sequence[Token]) -> None:
        self._tokens = tokens
        self._levels = [_Level()]

    def read(self) -> Iterator[Triple]:
        at = 0
        while at < len(self._tokens):
            level, text = self._levels[-1], self._tokens[at].text
            if text in {"]", ")"} and len(self._levels) > 1:
                self._levels.pop()
                yield from self._node(None)
            elif text == "[":
                self._levels.append(_Level(phase="path"))
            elif level.phase == "path" and text not in {".", ";"} and not level.is_list:
                end = _path(self._tokens, at)
                level.path, level.phase = tuple(self._tokens[at:end]), "object"
                at = end - 1
            elif text == "(":
                self._levels.append(_Level(is_list=True))
            elif text == ".":
                level.phase = "subject"
            elif text == ";":
                level.phase = "path"
            elif text == ",":
                level.phase = "object"
            elif text not in {"+", "-"}:
                yield from self._node(self._tokens[at])
                at += _behind(self._tokens, at)
            at += 1

    def _node(self, node: Token | None) -> Iterator[Triple]:
        level = self._levels[-1]
        if level.is_list:
            if node is not None:
                yield Triple(None, (), node)
        elif level.phase == "object":
            yield Triple(level.subject, level.path, node)
            level.phase = "end"
        else:
            level.subject, level.phase = node, "path"


def _path(tokens: Sequence[Token], at: int) -> int:
    """Return the index behind the path that begins at another."""
    if tokens[at].kind == "variable":
        return at + 1
    while at < len(tokens):
        while at < len(tokens) and tokens[at].text in {"^", "!"}:
            at += 1
        at = (closing(tokens, at) if at < len(tokens) and tokens[at].text == "(" else at) + 1
        while at < len(tokens) and tokens[at].text in {"*", "+", "?"} and not _is_sign(tokens, at):
            at += 1
        if at >= len(tokens) or tokens[at].text not in {"/", "|"}:
            return at
        at += 1
    return at


def _is_sign(tokens: Sequence[Token], at: int) -> bool:
    return tokens[at].text == "+" and at + 1 < len(tokens) and tokens[at + 1].kind == "number"


def _behind(tokens: Sequence[Token], at: int) -> int:
    """Return how many tokens of a language or a datatype stand behind a string."""
    if tokens[at].kind != "string" or at + 1 == len(tokens):
        return 0
    return {"language": 1}.get(tokens[at + 1].kind, 2 * (tokens[at + 1].text == "^^"))
