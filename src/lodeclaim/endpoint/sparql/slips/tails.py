"""Slips behind the last brace of WHERE: what belongs inside of it, and conditions on groups that are no HAVING."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from lodeclaim.endpoint.sparql.slips.having import computed, condition, is_aggregated
from lodeclaim.endpoint.sparql.slips.looks import MODIFIERS, error
from lodeclaim.endpoint.sparql.structure import closing
from lodeclaim.endpoint.sparql.tokens import QueryTextError, Token

_FORMS = frozenset(["SELECT", "ASK", "CONSTRUCT", "DESCRIBE"])
_CLAUSES = frozenset(["FILTER", "BIND", "OPTIONAL", "MINUS", "UNION", "GRAPH", "WHERE"])
_NODES = frozenset(["iri", "name", "variable", "blank", "string", "number"])


def look(tokens: Sequence[Token], text: str) -> Iterator[QueryTextError]:
    """Yield what stands behind the group of a query, or of a subquery, and belongs elsewhere."""
    for at, token in enumerate(tokens):
        if token.word in _FORMS and (opening := _group(tokens, at)) is not None:
            yield from _Tail(tokens, at, opening).errors()


def _group(tokens: Sequence[Token], form: int) -> int | None:
    """Return the index of the brace that opens the group of a query whose form stands at an index."""
    at = form + 1
    if tokens[form].word == "CONSTRUCT" and tokens[at : at + 1] and tokens[at].text == "{":
        behind = closing(tokens, at) + 1
        if behind < len(tokens) and (tokens[behind].text == "{" or tokens[behind].word in {"WHERE", "FROM"}):
            at = behind
    while at < len(tokens) and tokens[at].text not in {"{", "}"}:
        at = closing(tokens, at) + 1 if tokens[at].text == "(" else at + 1
    return at if at < len(tokens) and tokens[at].text == "{" else None


class _Tail:
    """What stands behind the group that opens at an index, of the query whose form stands at another."""

    def __init__(self, tokens: Sequence[Token], form: int, opening: int) -> None:
        self._tokens = tokens
        self._closing = closing(tokens, opening)
        self._is_within = form > 0 and tokens[form - 1].text == "{"
        self._columns = computed(tokens, form, opening) if tokens[form].word == "SELECT" else {}
        self._keys: set[str] = set()

    def errors(self) -> Iterator[QueryTextError]:
        """Yield what belongs elsewhere, until the tail ends."""
        tokens, at, modifier = self._tokens, self._closing + 1, ""
        while at < len(tokens) and tokens[at].text != "}":
            token = tokens[at]
            if token.text == "." and not self._is_within:
                yield error(token, f"a dot behind {self._brace}, which ends all patterns", "Remove it")
                return
            if token.text == ".":
                return
            if token.word in MODIFIERS:
                modifier = token.word
            elif token.word in _CLAUSES:
                yield self._clause(at)
                return
            elif not modifier and (found := self._begun(at)) is not None:
                yield found
                return
            elif modifier == "GROUP" and token.kind == "variable":
                self._keys.add(token.text[1:])
            if token.text in {"(", "{"}:
                at = closing(tokens, at)
            at += 1

    @property
    def _brace(self) -> str:
        return f"the `}}` of line {self._tokens[self._closing].position.line}"

    def _begun(self, at: int) -> QueryTextError | None:
        """Return the error for a triple, a group or EXISTS directly behind the group."""
        token = self._tokens[at]
        if token.word in {"NOT", "EXISTS"}:
            written = "FILTER NOT EXISTS { ... }" if token.word == "NOT" else "FILTER EXISTS { ... }"
            return error(token, f"{token.word} stands behind {self._brace}", f"Write {written} before that `}}`")
        if token.text == "{":
            remedy = "Move it before that `}`, with braces of its own only for a UNION or a subquery"
            return error(token, f"a second group behind {self._brace}", remedy)
        if token.kind in _NODES or token.text == "[":
            found = f"`{token.text[:40]}` stands behind {self._brace}, which ends all patterns"
            if self._is_within:
                remedy = "Put the subquery in braces of its own: { SELECT ... WHERE { ... } }"
                return error(token, f"`{token.text[:40]}` stands behind a subquery, in its braces", remedy)
            return error(token, found, f"Move that `}}` behind the last pattern, or `{token.text[:40]}` before it")
        return None

    def _clause(self, at: int) -> QueryTextError:
        token = self._tokens[at]
        if token.word in {"FILTER", "WHERE"}:
            return self._condition(at)
        if token.word == "UNION":
            found = f"UNION stands behind {self._brace}: it joins groups within the braces of WHERE"
            return error(token, found, "Put braces around all of it: WHERE { { ... } UNION { ... } }")
        return self._inside(at, self._written(at))

    def _condition(self, at: int) -> QueryTextError:
        """Return the error for FILTER or WHERE: what is said of groups is HAVING, and else it belongs inside."""
        token = self._tokens[at]
        written, end = condition(self._tokens, at, self._columns)
        named = {part.text[1:] for part in self._tokens[at:end] if part.kind == "variable"}
        of_groups = {name for name, expression in self._columns.items() if is_aggregated(expression)}
        if is_aggregated(written) or (self._keys and named and named <= self._keys | of_groups):
            found = f"{token.word} stands behind {self._brace}, and says which groups count"
            if self._keys:
                found = f"{token.word} stands behind GROUP BY, where HAVING says which groups count"
            place = "" if self._keys else ", behind GROUP BY where there is one"
            return error(token, found, f"Write HAVING({written or '...'}){place}")
        is_pattern = token.word == "WHERE" and not any(
            part.text in {"=", "!=", "<", ">", "<=", ">=", "&&", "||"} for part in self._tokens[at:end]
        )
        if is_pattern:
            found = f"a second WHERE behind {self._brace}"
            return error(token, found, "Move what is in its braces before that `}`")
        if self._tokens[at + 1 : at + 2] and self._tokens[at + 1].word in {"NOT", "EXISTS"}:
            return self._inside(at, self._written(at))
        return self._inside(at, f"FILTER({written})" if written else "")

    def _inside(self, at: int, written: str) -> QueryTextError:
        token = self._tokens[at]
        found = f"{token.word} stands behind {self._brace}, which ends all patterns"
        told = written or f"{token.word if token.word != 'WHERE' else 'FILTER'} ..."
        return error(token, found, f"Move it inside: write {told} before that `}}`")

    def _written(self, at: int) -> str:
        """Return a clause in one line, up to the bracket that ends it; empty where it is long."""
        end = at
        while end < len(self._tokens) and self._tokens[end].text not in {"(", "{", "}"}:
            end += 1
        if end >= len(self._tokens) or self._tokens[end].text == "}":
            return ""
        last = self._tokens[closing(self._tokens, end)]
        text = " ".join(last.source[self._tokens[at].offset : last.end].split())
        return text if len(text) <= 120 else ""
