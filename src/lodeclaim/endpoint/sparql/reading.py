"""Tokens of a query -> its groups and their triples (SPARQL 1.1 Query, section 19.8, [53] to [104]).

A query that the grammar does not allow has no groups: nothing is told of it, it is asked as it is, and the engine's
parser says what is wrong with it. Expressions and what stands around the group of a query are read by their brackets
alone, and templates are left out.
"""

from __future__ import annotations

from collections.abc import Sequence

from lodeclaim.endpoint.sparql.groups import Condition, Data, Group, Select, Statement, Term, Triple
from lodeclaim.endpoint.sparql.structure import closing, variables
from lodeclaim.endpoint.sparql.tokens import Token
from lodeclaim.endpoint.sparql.verbs import UnreadableError, require, verb

_CLAUSES = frozenset(["BIND", "FILTER", "GRAPH", "MINUS", "OPTIONAL", "SERVICE", "VALUES"])
_ENDS = _CLAUSES | {".", "]", "{", "}"}
"""What may stand behind the properties of a subject."""


def query(tokens: Sequence[Token]) -> Group:
    """Return a query as a group around its own; an empty one where the grammar does not allow what is read here."""
    try:
        return _Reader(tokens).query()
    except (UnreadableError, IndexError, RecursionError):  # the last for what no guard has seen
        return Group("", -1, None)


class _Reader:
    """Reads from one token to the next; a method takes the index where something begins, and most return its end."""

    def __init__(self, tokens: Sequence[Token]) -> None:
        self._tokens = tokens
        self._triples: list[Triple] = []

    def _kind(self, at: int) -> str:
        return self._tokens[at].kind

    def _text(self, at: int) -> str:
        return self._tokens[at].text

    def _word(self, at: int) -> str:
        return self._tokens[at].word

    def query(self) -> Group:
        top = Group("", -1, None)
        at = 0
        while at < len(self._tokens):
            is_template = self._word(at) == "CONSTRUCT" and self._text(at + 1) == "{"
            at = closing(self._tokens, at + 1) + 1 if is_template else self._around(at, top)
        return top

    def _around(self, at: int, parent: Group) -> int:
        """Read one thing that stands before or behind the group of a query, or that group."""
        if self._text(at) == "{":
            return self._group(at, parent).closing + 1
        if self._text(at) == "(":
            return self._expression(at, parent)[1]
        if self._word(at) == "VALUES":
            return self._values(at, parent)
        return at + 1

    def _group(self, at: int, parent: Group, kind: str = "", name: int | None = None) -> Group:
        group = Group(kind, at, parent, name if kind == "GRAPH" else parent.graph)
        if name is not None:
            require(self._kind(name) in {"iri", "name", "variable"})
            group.name = self._tokens[name]
        parent.parts.append(group)
        require(self._text(at) == "{")
        at += 1
        if self._word(at) == "SELECT":
            at = self._select(at, group)
        while self._text(at) != "}":
            at = self._part(at, group)
            at += self._text(at) == "."
        group.closing = at
        return group

    def _select(self, start: int, group: Group) -> int:
        """Read a subquery up to the brace behind it."""
        begin = at = start + 1 + (self._word(start + 1) in {"DISTINCT", "REDUCED"})
        columns, computed = set(), set()
        while self._text(at) != "{" and self._word(at) != "WHERE":
            require(self._kind(at) == "variable" or self._text(at) in {"*", "("})
            end = self._around(at, group)
            if self._text(at) == "(":
                computed.add(self._named(end))
            elif self._text(at) != "*":
                columns.add(self._text(at)[1:])
            at = end
        require(at > begin)
        where = at + (self._word(at) == "WHERE")
        at = behind = self._group(where, group).closing + 1
        grouping = None
        while self._text(at) != "}":
            grouping = at if self._word(at) == "GROUP" else grouping
            at = self._around(at, group)
        group.select = Select(
            start,
            grouping,
            None if self._text(begin) == "*" else frozenset(columns | computed),
            frozenset(computed),
            frozenset(token.word for token in (*self._tokens[start:where], *self._tokens[behind:at])),
        )
        return at

    def _part(self, at: int, group: Group) -> int:
        word = self._word(at)
        if self._text(at) == "{":
            return self._union(at, group)
        if word in {"OPTIONAL", "MINUS"}:
            return self._group(at + 1, group, word).closing + 1
        if word in {"GRAPH", "SERVICE"}:
            at += word == "SERVICE" and self._word(at + 1) == "SILENT"
            return self._group(at + 2, group, word, at + 1).closing + 1
        if word in {"FILTER", "BIND"}:
            return self._condition(at, group)
        if word == "VALUES":
            return self._values(at, group)
        return self._statement(at, group)

    def _union(self, at: int, parent: Group) -> int:
        """Read a group, and those that UNION joins to it."""
        sides = [self._group(at, parent)]
        while self._word(sides[-1].closing + 1) == "UNION":
            sides.append(self._group(sides[-1].closing + 2, parent))
        for side in sides if len(sides) > 1 else ():
            side.kind, side.chain = "UNION", at
        return sides[-1].closing + 1

    def _values(self, start: int, group: Group) -> int:
        at = start + 1
        while self._text(at) != "{":
            require(self._kind(at) == "variable" or self._text(at) in {"(", ")"})
            at += 1
        end = closing(self._tokens, at) + 1
        group.parts.append(Data(start, end, variables(self._tokens[start:at])))
        return end

    def _condition(self, at: int, group: Group) -> int:
        word, at = self._word(at), at + 1
        exists = at + (self._word(at) == "NOT")
        if word == "FILTER" and self._word(exists) == "EXISTS":
            return self._group(exists + 1, group, "EXISTS").closing + 1
        function = self._tokens[at : at + (word == "FILTER" and self._text(at) != "(")]
        expression, end = self._expression(at + len(function), group)
        name = self._named(end) if word == "BIND" else ""
        group.parts.append(Condition(word, (*function, *expression), name))
        return end

    def _expression(self, at: int, group: Group) -> tuple[list[Token], int]:
        """Read what is in round brackets; the only groups there are those of EXISTS."""
        require(self._text(at) == "(")
        end = closing(self._tokens, at) + 1
        tokens = []
        while at < end:
            if self._text(at) == "{":
                require(self._word(at - 1) == "EXISTS")
                at = self._group(at, group, "EXISTS").closing
            else:
                tokens.append(self._tokens[at])
            at += 1
        return tokens, end

    def _named(self, end: int) -> str:
        """Return the variable behind the AS in the brackets before an index."""
        require(self._word(end - 3) == "AS" and self._kind(end - 2) == "variable")
        return self._text(end - 2)[1:]

    def _statement(self, start: int, group: Group) -> int:
        self._triples = []
        subject, at = self._term(start)
        says_something = subject.kind in {"properties", "collection"} and at > start + 2  # unlike `[]` and `()`
        if not (says_something and self._is_end(at)):
            at = self._properties(at, subject)
        require(self._is_end(at))
        group.parts.append(Statement(start, at, tuple(self._triples), variables(self._tokens[start:at])))
        return at

    def _is_end(self, at: int) -> bool:
        return (self._word(at) or self._text(at)) in _ENDS

    def _properties(self, at: int, subject: Term) -> int:
        while True:
            path = verb(self._tokens, at)
            at = path.end
            while True:
                value, at = self._term(at)
                self._triples.append(Triple(subject, path, value))
                if self._text(at) != ",":
                    break
                at += 1
            if self._text(at) != ";":
                return at
            while self._text(at) == ";":
                at += 1
            if self._is_end(at):
                return at

    def _term(self, start: int) -> tuple[Term, int]:
        token, kind, at = self._tokens[start], "constant", start + 1
        if token.text == "[":
            kind = "properties"
            if self._text(at) != "]":
                at = self._properties(at, Term(start, closing(self._tokens, start) + 1, kind, token))
            require(self._text(at) == "]")
            at += 1
        elif token.text == "(":
            kind = "constant" if self._text(at) == ")" else "collection"  # the empty one is rdf:nil
            while self._text(at) != ")":
                _, at = self._term(at)
            at += 1
        elif token.kind == "string":
            if self._kind(at) == "language":
                at += 1
            elif self._text(at) == "^^":
                require(self._kind(at + 1) in {"iri", "name"})
                at += 2
        elif token.kind in {"variable", "blank"}:
            kind = token.kind
        elif token.text in {"+", "-"}:
            require(self._kind(at) == "number")
            at += 1
        else:
            require(token.kind in {"iri", "name", "number"} or token.word in {"TRUE", "FALSE"})
        return Term(start, at, kind, token), at
