"""The groups of a query: what stands in its braces, and which variables have a value there (SPARQL 18.2.1).

Read off the tokens of a query that the guard has let through. Templates are left out: they ask for nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from lodeclaim.endpoint.sparql.structure import closing
from lodeclaim.endpoint.sparql.tokens import Token
from lodeclaim.endpoint.sparql.triples import Triple, triples

_CLAUSES = frozenset(["GRAPH", "MINUS", "OPTIONAL", "SERVICE", "UNION"])


@dataclass(frozen=True)
class Condition:
    """A FILTER or a BIND with its expression, without the groups of EXISTS in it."""

    word: Token
    expression: tuple[Token, ...]
    name: str = ""
    """The variable that BIND gives a value."""


@dataclass(frozen=True)
class Data:
    """VALUES: the variables that it gives values."""

    names: frozenset[str]


@dataclass(eq=False)
class Group:
    """A pair of braces with what stands directly in it; the names of variables go without `?`."""

    opening: Token
    word: str
    """OPTIONAL, MINUS, UNION (either side), EXISTS, GRAPH, SERVICE, or empty."""

    name: Token | None
    """What GRAPH or SERVICE names."""

    parent: Group | None
    is_subquery: bool
    heading: list[Token] = field(default_factory=list)
    """What a subquery selects."""

    parts: list[Triple | Condition | Data | Group] = field(default_factory=list)
    chain: int = -1
    """Where the first group of its UNION begins."""

    scope: frozenset[str] = frozenset()
    """The variables that may have a value behind it."""

    certain: frozenset[str] = frozenset()
    """Those that have one in each solution."""

    def ancestors(self) -> Iterator[Group]:
        """Yield the groups around it, from within."""
        around = self.parent
        while around is not None:
            yield around
            around = around.parent


def groups(tokens: Sequence[Token]) -> list[Group]:
    """Return the groups of a query, each before those in it."""
    found: list[Group] = []
    opened: list[_Open] = []
    at = 0
    while at < len(tokens):
        token, top = tokens[at], opened[-1] if opened else None
        if token.word == "CONSTRUCT" and [after.text for after in tokens[at + 1 : at + 2]] == ["{"]:
            at = closing(tokens, at + 1)
        elif token.word == "VALUES":
            end = closing(tokens, at)
            if top is not None:
                top.add(Data(frozenset(_heads(tokens, at))))
            at = end if tokens[end].text == "}" else closing(tokens, end + 1)
        elif token.text == "{":
            found.append(_opened(tokens, at, top))
            opened.append(_Open(found[-1]))
        elif token.text == "}" and top is not None:
            opened.pop().close()
        elif top is not None:
            at = top.take(tokens, at)
        at += 1
    return found


def _heads(tokens: Sequence[Token], at: int) -> Iterator[str]:
    """Yield the variables between VALUES and its brace."""
    while at < len(tokens) and tokens[at].text != "{":
        if tokens[at].kind == "variable":
            yield tokens[at].text[1:]
        at += 1


def _opened(tokens: Sequence[Token], at: int, around: _Open | None) -> Group:
    is_subquery = at + 1 < len(tokens) and tokens[at + 1].word == "SELECT"
    if around is None:
        return Group(tokens[at], "", None, None, is_subquery)
    word = "EXISTS" if tokens[at - 1].word == "EXISTS" else around.word
    group = Group(tokens[at], word, around.name, around.group, is_subquery, chain=around.chain)
    around.add(group)
    return group


class _Open:
    """A group whose closing brace has not come yet."""

    def __init__(self, group: Group) -> None:
        self.group = group
        # Of the group that comes next.
        self.word = ""
        self.name: Token | None = None
        self.chain = -1
        self._block: list[Token] = []
        self._condition: tuple[Token, list[Token]] | None = None
        self._until = -1

    def take(self, tokens: Sequence[Token], at: int) -> int:
        """Take the token at an index, and return the index of the last one that was taken."""
        token = tokens[at]
        if self.group.is_subquery:
            if not self.group.parts:
                self.group.heading.append(token)
        elif self._condition is not None:
            self._condition[1].append(token)
            if at >= self._until:
                self._flush()
        elif token.word in {"FILTER", "BIND"}:
            self._flush()
            if tokens[at + 1].word in {"NOT", "EXISTS"}:
                return at + 1 + (tokens[at + 1].word == "NOT")
            self._condition, self._until = (token, []), closing(tokens, at + 1)
        elif token.word in _CLAUSES:
            return self._clause(tokens, at)
        else:
            self._block.append(token)
        return at

    def _clause(self, tokens: Sequence[Token], at: int) -> int:
        self._flush()
        self.word = tokens[at].word
        if self.word == "UNION" and self.group.parts and isinstance(left := self.group.parts[-1], Group):
            left.word = "UNION"
            left.chain = self.chain = left.opening.offset if left.chain < 0 else left.chain
        if self.word in {"GRAPH", "SERVICE"}:
            at += 1 + (tokens[at + 1].word == "SILENT")
            self.name = tokens[at]
        return at

    def add(self, part: Data | Group) -> None:
        """Add a part, behind what stands before it; a group of EXISTS may be within a condition."""
        if self._condition is None:
            self._flush()
        self.group.parts.append(part)
        self.word, self.name, self.chain = "", None, -1

    def close(self) -> None:
        """Work out what the whole group gives values."""
        self._flush()
        self.group.scope, self.group.certain = _scopes(self.group)

    def _flush(self) -> None:
        self.group.parts += triples(self._block)
        self._block = []
        if self._condition is not None:
            word, expression = self._condition
            name = expression[-2].text[1:] if word.word == "BIND" and len(expression) > 1 else ""
            self.group.parts.append(Condition(word, tuple(expression), name))
            self._condition = None


def _scopes(group: Group) -> tuple[frozenset[str], frozenset[str]]:
    """Return the variables that may have a value behind a group, and those that have one for certain."""
    scope: set[str] = set()
    certain: set[str] = set()
    sides: dict[int, list[frozenset[str]]] = {}
    for part in group.parts:
        if isinstance(part, Triple | Data):
            certain |= part.names
        elif isinstance(part, Condition):
            scope |= {part.name} - {""}
        elif part.word not in {"MINUS", "EXISTS"}:
            named = {part.name.text[1:]} if part.name is not None and part.name.kind == "variable" else set()
            scope |= part.scope | named
            if part.word == "UNION":
                sides.setdefault(part.chain, []).append(part.certain)
            elif part.word != "OPTIONAL":
                certain |= part.certain | named
    certain = certain.union(*(frozenset.intersection(*each) for each in sides.values()))
    scope |= certain
    if group.is_subquery:
        selected, computed = _selected(group.heading)
        return (
            (frozenset(scope), frozenset(certain))
            if selected is None
            else (frozenset(selected), frozenset(selected & certain | computed))
        )
    return frozenset(scope), frozenset(certain)


def _selected(heading: Iterable[Token]) -> tuple[set[str] | None, set[str]]:
    """Return the columns of a subquery, None for all that there are, and those of them that are computed."""
    depth, selected, computed, before = 0, set(), set(), ""
    for token in heading:
        depth += (token.text == "(") - (token.text == ")")
        if depth == 0 and token.text == "*":
            return None, set()
        if token.kind == "variable" and (depth == 0 or before == "AS"):
            selected.add(token.text[1:])
            computed |= {token.text[1:]} if before == "AS" else set()
        before = token.word
    return selected, computed
