"""Triple patterns, as far as a person can get them wrong: a part that is missing, a dot that is missing."""

from __future__ import annotations

from collections.abc import Sequence

from lodeclaim.endpoint.sparql.slips.looks import error
from lodeclaim.endpoint.sparql.slips.separators import ended_early, misplaced
from lodeclaim.endpoint.sparql.structure import closing, is_data
from lodeclaim.endpoint.sparql.tokens import QueryTextError, Token

_NODES = frozenset(["iri", "string", "variable", "blank", "name", "number"])
_WITH_GROUP = frozenset(["OPTIONAL", "MINUS", "UNION", "EXISTS", "NOT", "WHERE", "SERVICE", "SILENT", "GRAPH"])
_CLAUSES = _WITH_GROUP | {"FILTER", "BIND", "VALUES"}
_COMPARISONS = frozenset(["=", "!=", "<", ">", "<=", ">="])
_WITH_BRACKETS = frozenset(["FILTER", "BIND"])


def broken_triple(tokens: Sequence[Token]) -> QueryTextError | None:
    """Return the error for the first triple pattern that is none, in the groups of a query; None without one."""
    for at, token in enumerate(tokens):
        if token.text == "{" and not is_data(tokens, at) and (found := _Group(tokens, at).broken()) is not None:
            return found
    return None


class _Group:
    """The triples directly in one pair of braces."""

    def __init__(self, tokens: Sequence[Token], opening: int) -> None:
        self._tokens = tokens
        self._at = opening + 1
        self._end = closing(tokens, opening)
        self._before: int | None = None  # where the subject before this one stands

    def broken(self) -> QueryTextError | None:
        """Return what is wrong with the first triple that is none."""
        while self._at < self._end:
            token = self._token
            if token.text == "{":
                self._skip()
            elif token.text == ".":
                if self._tokens[self._at - 1].text in {".", "{"}:
                    return error(token, "a dot without a triple before it", "Remove it")
                self._at += 1
            elif token.kind == "word" and token.word not in {"TRUE", "FALSE", "A"}:
                if token.word not in _CLAUSES:
                    return None  # a subquery, whose own groups are looked at by themselves, or no word of SPARQL's
                self._skip_clause()
            elif (found := self._triples()) is not None:
                return found
        return None

    @property
    def _token(self) -> Token:
        return self._tokens[self._at]

    def _skip(self) -> None:
        self._at = closing(self._tokens, self._at) + 1

    def _skip_clause(self) -> None:
        word = self._token.word
        self._at += 1
        if word == "VALUES" or word in _WITH_GROUP:
            while self._at < self._end and self._token.text != "{":
                self._at += 1
            if self._at < self._end:
                self._skip()
        elif word in _WITH_BRACKETS:
            while self._at < self._end and self._token.text not in {"(", "{"}:
                self._at += 1
            if self._at < self._end:
                self._skip()

    def _triples(self) -> QueryTextError | None:
        """Read the triples of one subject; return what is wrong with them."""
        subject, first = self._at, self._token
        before, self._before = self._before, subject
        if first.text in {";", ","}:
            return self._goes_on_with_nothing(first)
        is_list = first.text in {"[", "("}
        if not self._node():
            found = f"`{first.text[:40]}` begins no triple"
            return self._ended_early(before, subject) or error(first, found, "Write subject, predicate and object")
        if is_list and self._is_at_end():
            return None
        while True:
            start = self._at
            if (found_there := self._predicate(first)) is not None:
                return self._ended_early(before, subject) or found_there
            while True:
                token = self._token if self._at < self._end else None
                if token is None or token.text in {".", ";", ",", "}"} or not self._node():
                    return self._without_object(before, subject, start)
                if self._at < self._end and self._token.text == ",":
                    self._at += 1
                    start = self._at
                    continue
                break
            if self._at < self._end and self._token.text == ";":
                while self._at < self._end and self._token.text == ";":
                    self._at += 1
                if self._is_at_end():
                    return None
                continue
            if self._is_at_end():
                return None
            return misplaced(self._tokens, subject, start, self._end) or error(
                self._token,
                f"`{self._token.text[:40]}` stands behind a triple",
                f"Write `.`, `;` or `,` behind `{self._tokens[self._at - 1].text[:40]}`: `.` ends the triple, "
                "`;` goes on with its subject, `,` with its predicate",
            )

    def _goes_on_with_nothing(self, token: Token) -> QueryTextError:
        begins, last = f"`{token.text}` goes on with a triple", self._tokens[self._at - 1]
        if last.text != ".":
            return error(token, f"{begins}, and none stands before it", "Remove it")
        if self._tokens[self._at - 2].text in {")", "}"}:
            return error(token, f"{begins}, and none stands before it", f"Remove the `{token.text}`")
        remedy = f"Remove the dot behind `{self._tokens[self._at - 2].text[:40]}`"
        return error(token, f"{begins}, and a dot ended it", remedy)

    def _ended_early(self, before: int | None, subject: int) -> QueryTextError | None:
        return None if before is None else ended_early(self._tokens, before, subject, self._end)

    def _without_object(self, before: int | None, subject: int, start: int) -> QueryTextError:
        last, written = self._tokens[self._at - 1], self._tokens[start : self._at]
        if start == subject + 1 and (found := self._ended_early(before, subject)) is not None:
            return found
        if found := misplaced(self._tokens, subject, start, self._end):
            return found
        if last.text == ",":
            return error(last, "`,` goes on with one more object, and none stands behind it", "Remove the `,`")
        missing = f"a triple without its object, behind `{' '.join(part.text for part in written)[:60]}`"
        if len(written) == 1 and written[0].kind == "name" and written[0].text.partition(":")[2][:1].isupper():
            name = written[0].text[:40]
            return error(written[0], missing, f"Write `a {name}` where it is a class, else the third part behind it")
        return error(written[0], missing, "A triple has three parts: write the third")

    def _is_at_end(self) -> bool:
        if self._at >= self._end or self._token.text in {".", "{", "}"}:
            return True
        return self._token.kind == "word" and self._token.word not in {"TRUE", "FALSE", "A"}

    def _node(self) -> bool:
        token = self._token
        if token.text in {"[", "("}:
            self._skip()
            return True
        if token.text in {"+", "-"} and self._tokens[self._at + 1].kind == "number":
            self._at += 1
            token = self._token
        if token.kind not in _NODES and token.word not in {"TRUE", "FALSE"}:
            return False
        self._at += 1
        if token.kind == "string" and self._at < self._end:
            if self._token.kind == "language":
                self._at += 1
            elif self._token.text == "^^":
                self._at += 2
        return True

    def _predicate(self, subject: Token) -> QueryTextError | None:
        if self._is_at_end() or self._token.text in {";", ","}:
            alone = f"`{subject.text[:40]}` stands alone"
            return error(subject, alone, "A triple has three parts: write predicate and object")
        token = self._token
        if token.text in _COMPARISONS:
            compared = " ".join(part.text for part in self._tokens[self._at - 1 : self._at + 2])
            found = f"`{token.text}` is no predicate: a comparison stands in FILTER"
            return error(token, found, f"Write FILTER({compared[:80]}), of what the triples have")
        if token.kind == "variable":
            self._at += 1
            if self._at < self._end and self._token.text in {"+", "*", "/", "|"} and self._token.offset == token.end:
                return error(token, "a path is made of IRIs, and not of variables", "Write the property: ex:p+")
            return None
        if token.kind in {"string", "number", "blank"}:
            return error(token, f"`{token.text[:40]}` is no predicate", "Write an IRI, a name or a variable")
        while self._at < self._end:
            while self._at < self._end and self._token.text in {"^", "!"}:
                self._at += 1
            if self._at >= self._end:
                return None
            token = self._token
            if token.text == "(":
                if any(part.kind == "variable" for part in self._tokens[self._at : closing(self._tokens, self._at)]):
                    return error(token, "a path is made of IRIs, and not of variables", "Write the property: ex:p+")
                self._skip()
            elif token.kind in {"iri", "name"} or token.text == "a":
                self._at += 1
            else:
                return error(token, f"`{token.text[:40]}` is no predicate", "Write an IRI, a name or a variable")
            while self._at < self._end and self._token.text in {"*", "+", "?"}:
                self._at += 1
            if self._at >= self._end or self._token.text not in {"/", "|"}:
                return None
            self._at += 1
        return None
