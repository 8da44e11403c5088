"""The groups of a query and their triples, read off its tokens (SPARQL 1.1 Query, section 19.8, [53] to [104]).

It reads just as much as the remedies for paths and graphs must know. A query that it cannot read has no groups: it is
left as it is, and the engine's parser says what is wrong with it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from lodeclaim.endpoint.sparql.structure import closing
from lodeclaim.endpoint.sparql.tokens import Token


@dataclass(frozen=True)
class Path:
    """A verb: `sign` is what joins its parts (`/`, `|`, `^`, `!`, `()`, a modifier), empty for one term.

    It covers the tokens from `start` up to `end`, without the latter.
    """

    sign: str
    start: int
    end: int
    parts: tuple[Path, ...] = ()


@dataclass(frozen=True)
class Term:
    """A subject or an object; it covers the tokens from `start` up to `end`, without the latter."""

    kind: str
    """`variable`, `constant`, `blank` for a label, `properties` for `[ ]`, or `collection`."""

    start: int
    end: int


@dataclass(frozen=True)
class Triple:
    """A triple pattern; of several with one subject, each has it."""

    subject: Term
    verb: Path
    object: Term


@dataclass(frozen=True)
class Statement:
    """All that is said up to a full stop, with what stands inside of `[ ]`; the tokens from `start` up to `end`."""

    start: int
    end: int
    triples: tuple[Triple, ...]


@dataclass
class Select:
    """The query in a group: the token of its SELECT and that of its GROUP, if it has one, and the words around."""

    start: int
    words: set[str] = field(default_factory=set)
    grouping: int | None = None


@dataclass
class Group:
    """What stands within a pair of braces: those are the tokens `opening` and `closing`."""

    kind: str
    """The word before it, as GRAPH, OPTIONAL or EXISTS; empty for a group that is just one."""

    opening: int
    parent: Group | None
    graph: int | None
    """The token of the name that the innermost GRAPH around it has."""

    closing: int = -1
    select: Select | None = None
    statements: list[Statement] = field(default_factory=list)
    data: list[range] = field(default_factory=list)
    """The tokens of each VALUES."""

    children: list[Group] = field(default_factory=list)

    def ancestry(self) -> Iterator[Group]:
        """Yield this group and those around it, the nearest first."""
        group: Group | None = self
        while group is not None:
            yield group
            group = group.parent

    def walk(self) -> Iterator[Group]:
        """Yield this group and all within it."""
        yield self
        for child in self.children:
            yield from child.walk()


class _UnreadableError(Exception):
    """What is no query, or none that is read here."""


def query(tokens: Sequence[Token]) -> Group:
    """Return a query as a group around its own; an empty one where the grammar does not allow what is read here."""
    try:
        return _Reader(tokens).query()
    except (_UnreadableError, IndexError):
        return _around_all()


def _around_all() -> Group:
    return Group("", -1, None, None)


_WITH_GROUP = frozenset(["OPTIONAL", "MINUS", "UNION"])
_MODIFIERS = frozenset(["*", "?", "+"])


class _Reader:
    """Reads from one token to the next; each method takes the index where something begins, and returns its end."""

    def __init__(self, tokens: Sequence[Token]) -> None:
        self._tokens = tokens
        self._triples: list[Triple] = []

    def _text(self, at: int) -> str:
        return self._tokens[at].text

    def _word(self, at: int) -> str:
        return self._tokens[at].word

    def _take(self, at: int, text: str) -> int:
        if self._text(at) != text:
            raise _UnreadableError
        return at + 1

    def query(self) -> Group:
        top = _around_all()
        at = 0
        while at < len(self._tokens):
            if self._word(at) == "CONSTRUCT" and self._text(at + 1) == "{":
                at = closing(self._tokens, at + 1) + 1
            else:
                at = self._around(at, top)
        return top

    def _around(self, at: int, parent: Group) -> int:
        """Read one thing that stands before or behind the group of a query."""
        if self._text(at) == "{":
            return self._group(at, "", parent, parent.graph)
        if self._text(at) == "(":
            return self._brackets(at, parent)
        if self._word(at) == "VALUES":
            return self._values(at, parent)
        return at + 1

    def _group(self, at: int, kind: str, parent: Group, graph: int | None) -> int:
        group = Group(kind, at, parent, graph)
        parent.children.append(group)
        at = self._take(at, "{")
        if self._word(at) == "SELECT":
            at = self._select(at, group)
        while self._text(at) != "}":
            at = self._element(at, group)
            at += self._text(at) == "."
        group.closing = at
        return at + 1

    def _select(self, at: int, group: Group) -> int:
        select = group.select = Select(at)
        first = self._tokens[at + 1 + (self._word(at + 1) in {"DISTINCT", "REDUCED"})]
        if first.kind != "variable" and first.text not in {"*", "("}:
            raise _UnreadableError
        while self._text(at) != "}":
            select.words.add(self._word(at))
            if self._word(at) == "GROUP":
                select.grouping = at
            begin, at = at, self._around(at, group)
            if self._text(begin) == "(":
                select.words.update(token.word for token in self._tokens[begin:at])
        return at

    def _element(self, at: int, group: Group) -> int:
        text, word = self._text(at), self._word(at)
        if text == "{":
            return self._group(at, "", group, group.graph)
        if word in _WITH_GROUP:
            return self._group(at + 1, word, group, group.graph)
        if word == "GRAPH":
            return self._group(at + 2, word, group, at + 1)
        if word == "SERVICE":  # it is another's, whatever it says
            at += 1 + (self._word(at + 1) == "SILENT")
            return closing(self._tokens, at + 1) + 1
        if word == "FILTER":
            return self._constraint(at + 1, group)
        if word == "BIND":
            return self._brackets(at + 1, group)
        if word == "VALUES":
            return self._values(at, group)
        return self._statement(at, group)

    def _values(self, at: int, group: Group) -> int:
        opening = at
        while self._text(opening) != "{":
            opening += 1
        end = closing(self._tokens, opening) + 1
        group.data.append(range(at, end))
        return end

    def _constraint(self, at: int, group: Group) -> int:
        at += self._word(at) == "NOT"
        if self._word(at) == "EXISTS":
            return self._group(at + 1, "EXISTS", group, group.graph)
        return self._brackets(at if self._text(at) == "(" else at + 1, group)

    def _brackets(self, at: int, group: Group) -> int:
        """Read an expression; the only groups in one are those of EXISTS."""
        self._take(at, "(")
        end = closing(self._tokens, at)
        while at < end:
            at = self._group(at, "EXISTS", group, group.graph) if self._text(at) == "{" else at + 1
        return end + 1

    def _statement(self, start: int, group: Group) -> int:
        self._triples = []
        subject, at = self._term(start)
        if self._text(at) not in {".", "}"} or subject.kind not in {"properties", "collection"}:
            at = self._properties(at, subject)
        if self._text(at) not in {".", "}", "{"} and not self._word(at):
            raise _UnreadableError
        group.statements.append(Statement(start, at, tuple(self._triples)))
        return at

    def _properties(self, at: int, subject: Term) -> int:
        while True:
            verb, at = self._verb(at)
            while True:
                value, at = self._term(at)
                self._triples.append(Triple(subject, verb, value))
                if self._text(at) != ",":
                    break
                at += 1
            if self._text(at) != ";":
                return at
            while self._text(at) == ";":
                at += 1
            if self._text(at) in {".", "}", "]", "{"} or (self._word(at) and self._text(at) != "a"):
                return at

    def _term(self, at: int) -> tuple[Term, int]:
        start, token = at, self._tokens[at]
        kind = "constant"
        if token.text == "[":
            kind, at = "properties", at + 1
            if self._text(at) != "]":
                at = self._properties(at, Term(kind, start, closing(self._tokens, start) + 1))
            at = self._take(at, "]")
        elif token.text == "(":
            kind, at = "collection", at + 1
            while self._text(at) != ")":
                _, at = self._term(at)
            at += 1
        elif token.kind == "string":
            at += 1
            if self._tokens[at].kind == "language":
                at += 1
            elif self._text(at) == "^^":
                at += 2
        elif token.kind in {"variable", "blank"}:
            kind, at = token.kind, at + 1
        elif token.kind in {"iri", "name", "number"} or token.word in {"TRUE", "FALSE"}:
            at += 1
        elif token.text in {"+", "-"} and self._tokens[at + 1].kind == "number":
            at += 2
        else:
            raise _UnreadableError
        return Term(kind, start, at), at

    def _verb(self, at: int) -> tuple[Path, int]:
        if self._tokens[at].kind == "variable":
            return Path("", at, at + 1), at + 1
        path = self._joined(at, "|/")
        return path, path.end

    def _joined(self, at: int, signs: str) -> Path:
        """Read alternatives, or the steps of one where only `/` is left of the signs."""
        if not signs:
            return self._step(at)
        parts = [self._joined(at, signs[1:])]
        while self._text(parts[-1].end) == signs[0]:
            parts.append(self._joined(parts[-1].end + 1, signs[1:]))
        return parts[0] if len(parts) == 1 else Path(signs[0], at, parts[-1].end, tuple(parts))

    def _step(self, at: int) -> Path:
        if self._text(at) == "^":
            inner = self._repeated(at + 1)
            return Path("^", at, inner.end, (inner,))
        return self._repeated(at)

    def _repeated(self, at: int) -> Path:
        if self._text(at) == "!":
            step = self._negated(at)
        elif self._text(at) == "(":
            inner = self._joined(at + 1, "|/")
            step = Path("()", at, self._take(inner.end, ")"), (inner,))
        else:
            step = self._name(at)
        if self._text(step.end) in _MODIFIERS:
            return Path(self._text(step.end), at, step.end + 1, (step,))
        return step

    def _negated(self, at: int) -> Path:
        """Read a negated property set: its parts are its names, those with a `^` as such."""
        opening = at + 1
        if self._text(opening) != "(":
            inner = self._one_of(opening)
            return Path("!", at, inner.end, (inner,))
        parts, end = [], opening + 1
        while self._text(end) != ")":
            parts.append(self._one_of(end))
            end = parts[-1].end
            if self._text(end) != ")":
                end = self._take(end, "|")
        return Path("!", at, end + 1, tuple(parts))

    def _one_of(self, at: int) -> Path:
        if self._text(at) == "^":
            inner = self._name(at + 1)
            return Path("^", at, inner.end, (inner,))
        return self._name(at)

    def _name(self, at: int) -> Path:
        if self._tokens[at].kind in {"iri", "name"} or self._text(at) == "a":
            return Path("", at, at + 1)
        raise _UnreadableError
