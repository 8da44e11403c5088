"""The columns of a query: one that is named twice, and what `*` stands for beside variables of other remedies."""

from __future__ import annotations

from collections.abc import Iterator

import pyoxigraph as ox

from lodeclaim.endpoint.engines.departures.rewriting import Draft, Edit
from lodeclaim.endpoint.sparql.groups import Group
from lodeclaim.endpoint.sparql.scopes import scopes
from lodeclaim.endpoint.sparql.structure import closing
from lodeclaim.endpoint.sparql.tokens import QueryTextError, Token

_APART = frozenset(["DISTINCT", "REDUCED"])
_ROWS = ["(", "DISTINCT", "*"]


def repeated(draft: Draft) -> Iterator[Edit]:
    """Take out a variable that a SELECT names a second time: it is one column (SPARQL 19.8, SelectClause)."""
    names: set[str] = set()
    depth, is_clause = 0, False
    for token in draft.tokens:
        if token.word == "SELECT":
            names, is_clause = set(), not draft.is_foreign(token.offset)
        elif token.text == "{" or token.word in {"WHERE", "FROM"}:
            is_clause = False
        depth += (token.text == "(") - (token.text == ")")
        if is_clause and depth == 0 and token.kind == "variable":
            if token.text[1:] in names:
                yield Edit(token.offset, token.end, "")
            names.add(token.text[1:])


def taken(draft: Draft) -> list[Edit]:
    """Refuse an aggregate that is named as a variable of its pattern: that one is in scope (SPARQL 18.2.1, 18.2.4.4).

    The engine refuses the same of any other expression.
    """
    found = scopes(list(draft.groups[0].walk()))
    for group in draft.groups[1:]:
        if group.select is None and (names := _computed(draft, group)):
            for token in names:
                if token.text[1:] in found[group].possible:
                    told = f"{token.text} stands in the pattern already"
                    raise QueryTextError(token.position, told, f"Name the column otherwise, as {token.text}2")
    return []


def _computed(draft: Draft, group: Group) -> list[Token]:
    """Return the names that the SELECT of a pattern gives by AS; none for a group that is no such pattern."""
    depth = 0
    names: list[Token] = []
    for index in range(group.opening - 1, -1, -1):
        token = draft.tokens[index]
        if token.word == "SELECT":
            return names
        if token.text in {"{", "}", "."} or (group.parent is not None and index <= group.parent.opening):
            return []
        depth += (token.text == ")") - (token.text == "(")
        if depth == 1 and token.kind == "variable" and draft.tokens[index - 1].word == "AS":
            names.append(token)
    return []


def named(draft: Draft) -> list[Edit]:
    """Name the columns where `*` would now stand for variables that other remedies have put in.

    Within a subquery that matters only where rows are told apart. Raises QueryTextError where there is no column, or
    where whole rows are counted.
    """
    if draft.before is None:
        return []
    edits, depth = [], 0
    for index, token in enumerate(draft.tokens[:-2]):
        depth += (token.text == "{") - (token.text == "}")
        behind = [each.text.upper() for each in draft.tokens[index + 1 : index + 4]]
        if token.word == "COUNT" and behind == _ROWS:
            raise _unnamed(token)
        if token.word != "SELECT":
            continue
        star = draft.tokens[index + 1 + (draft.tokens[index + 1].word in _APART)]
        if star.text == "*" and (depth == 0 or star is not draft.tokens[index + 1]):
            edits.append(Edit(star.offset, star.end, " ".join(_columns(draft.before, index))))
    return edits


def _columns(draft: Draft, select: int) -> list[str]:
    """Return what the engine takes the `*` of a SELECT for. It is asked with an empty store, to parse no more."""
    tokens = draft.tokens
    begin = next(
        index for index, token in enumerate(tokens) if token.word in {"SELECT", "CONSTRUCT", "DESCRIBE", "ASK"}
    )
    end = next(index for index in range(select, len(tokens)) if tokens[index].text == "{")
    prologue = draft.span(0, begin) if begin else ""
    query = f"{prologue} {draft.span(select, closing(tokens, end) + 1)}"
    try:
        found = ox.Store().query(
            query,
            prefixes=dict(draft.prefixes) or None,
            custom_functions=draft.functions or None,
            custom_aggregate_functions=draft.aggregates or None,
        )
    except SyntaxError:  # which is told where the query itself is asked
        return ["*"]
    if draft.foreign or not isinstance(found, ox.QuerySolutions) or not found.variables:
        raise _unnamed(tokens[select])
    return [str(variable) for variable in found.variables]


def _unnamed(token: Token) -> QueryTextError:
    return QueryTextError(
        token.position,
        "`*` for all columns, beside a path or a graph that must be written otherwise for the engine",
        "Name the columns in place of `*`",
        "query-unsupported",
    )
