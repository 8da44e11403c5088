"""What stands in the braces of a query, as values; all places are indexes of its tokens. `reading.query` reads it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from lodeclaim.endpoint.sparql.tokens import Token


@dataclass(frozen=True)
class Span:
    """The tokens from `start` up to `end`, without the latter."""

    start: int
    end: int

    @property
    def places(self) -> range:
        """The indexes of its tokens."""
        return range(self.start, self.end)


@dataclass(frozen=True)
class Term(Span):
    """A subject or an object."""

    kind: str
    """`variable`, `constant`, `blank` for a label, `properties` for `[ ]`, or `collection`."""

    token: Token
    """The first of its tokens."""


@dataclass(frozen=True)
class Path(Span):
    """A verb: `sign` is what joins its parts (`/`, `|`, `^`, `!`, `()`, a modifier), empty for one term."""

    sign: str
    parts: tuple[Path, ...] = ()
    token: Token | None = None
    """The term that it is, if it is one."""

    @property
    def first(self) -> Token | None:
        """The property that the subject has for certain; None where the path leaves that open."""
        step = self.parts[0] if self.sign == "/" else self
        return step.parts[0].token if step.sign == "+" else step.token

    @property
    def last(self) -> Token | None:
        """The property whose value the object is for certain; None where the path leaves that open."""
        return self.parts[-1].token if self.sign == "/" else self.token


@dataclass(frozen=True)
class Triple:
    """A triple pattern; of several with one subject, each has it."""

    subject: Term
    verb: Path
    object: Term

    @property
    def names(self) -> frozenset[str]:
        """The variables in it, without `?`; those in brackets are of the triples there, or of no triple."""
        tokens = (self.subject.token, self.verb.token, self.object.token)
        return frozenset(token.text[1:] for token in tokens if token is not None and token.kind == "variable")


@dataclass(frozen=True)
class Statement(Span):
    """All that is said up to a full stop, with what stands inside of `[ ]`, which comes before what it stands in."""

    triples: tuple[Triple, ...]
    names: frozenset[str]
    """The variables in it, also those in collections, without `?`."""


@dataclass(frozen=True)
class Condition:
    """A FILTER or a BIND with its expression, without the groups of EXISTS in it."""

    word: str
    expression: tuple[Token, ...]
    name: str
    """The variable that BIND gives a value, without `?`."""


@dataclass(frozen=True)
class Data(Span):
    """VALUES, and the variables that it gives values, without `?`."""

    names: frozenset[str]


@dataclass(frozen=True)
class Select:
    """The query in a group: the token of its SELECT and that of its GROUP, if it has one."""

    start: int
    grouping: int | None
    columns: frozenset[str] | None
    """None for all that there are."""

    computed: frozenset[str]
    """Those of the columns that get their value by AS."""

    words: frozenset[str]
    """The words around its own group."""


@dataclass(eq=False)
class Group:
    """What stands within a pair of braces: those are the tokens `opening` and `closing`."""

    kind: str
    """OPTIONAL, MINUS, UNION (either side), EXISTS, GRAPH, SERVICE, or empty."""

    opening: int
    parent: Group | None
    graph: int | None = None
    """The token of the name that the innermost GRAPH around it has."""

    name: Token | None = None
    """What GRAPH or SERVICE names."""

    closing: int = -1
    chain: int = -1
    """Where the first group of its UNION opens."""

    select: Select | None = None
    parts: list[Statement | Condition | Data | Group] = field(default_factory=list)
    """All that it holds, as it is written; a condition stands behind the groups in it."""

    @property
    def statements(self) -> list[Statement]:
        """Those that stand directly in it."""
        return [part for part in self.parts if isinstance(part, Statement)]

    @property
    def triples(self) -> list[Triple]:
        """Those of its statements."""
        return [triple for statement in self.statements for triple in statement.triples]

    @property
    def children(self) -> list[Group]:
        """The groups that stand directly in it."""
        return [part for part in self.parts if isinstance(part, Group)]

    @property
    def is_foreign(self) -> bool:
        """Whether it is asked of another service."""
        return any(group.kind == "SERVICE" for group in self.ancestry())

    def ancestry(self) -> Iterator[Group]:
        """Yield this group and those around it, the nearest first."""
        group = self
        while group.parent is not None:
            yield group
            group = group.parent

    def walk(self) -> Iterator[Group]:
        """Yield this group and all within it, each before those in it."""
        yield self
        for child in self.children:
            yield from child.walk()
