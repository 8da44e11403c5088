"""Where each token of a query stands: in a group, in an expression, among the columns, in data."""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum

from lodeclaim.endpoint.sparql.slips.looks import FUNCTIONS
from lodeclaim.endpoint.sparql.structure import is_data
from lodeclaim.endpoint.sparql.tokens import Token

_CONDITIONS = frozenset(["FILTER", "BIND", "HAVING", "BY", "ASC", "DESC"])

_NO_NAMES = _CONDITIONS | {"AS", "DISTINCT", "NOT"}


class Context(Enum):
    """What the innermost bracket holds, or where a query is outside of them."""

    START = "at the beginning of a query"
    COLUMNS = "among the columns of a SELECT"
    TAIL = "behind WHERE"
    GROUP = "in a group"
    DATA = "in the data of VALUES"
    EXPRESSION = "in an expression"
    CALL = "among the arguments of a function"
    LIST = "in a list, a path or a blank node"


IN_EXPRESSIONS = frozenset([Context.EXPRESSION, Context.CALL])


def contexts(tokens: Sequence[Token]) -> list[Context]:
    """Return where each token stands; a bracket itself stands outside."""
    opened = [Context.START]
    found = []
    for at, token in enumerate(tokens):
        if token.text in {")", "]", "}"} and len(opened) > 1:
            opened.pop()
        if token.word == "SELECT":
            opened[-1] = Context.COLUMNS
        elif opened[-1] is Context.COLUMNS and (token.text == "{" or token.word in {"WHERE", "FROM"}):
            opened[-1] = Context.TAIL
        found.append(opened[-1])
        if token.text in {"(", "[", "{"}:
            opened.append(_opened(tokens, at, opened[-1]))
    return found


def _opened(tokens: Sequence[Token], at: int, around: Context) -> Context:
    if tokens[at].text == "{":
        return Context.DATA if is_data(tokens, at) else Context.GROUP
    if tokens[at].text == "[":
        return Context.LIST
    before = tokens[at - 1] if at else None
    word = before.word if before is not None else ""
    if word in {"VALUES", "WHERE"}:
        return Context.DATA if word == "VALUES" else Context.LIST
    if word in FUNCTIONS or word == "IN" or (word and word not in _NO_NAMES and around in IN_EXPRESSIONS):
        return Context.CALL
    is_named = before is not None and before.kind in {"iri", "name"}
    if is_named and (around in IN_EXPRESSIONS or (at > 1 and tokens[at - 2].word in _CONDITIONS)):
        return Context.CALL
    if word in _CONDITIONS or around in IN_EXPRESSIONS or around in {Context.COLUMNS, Context.TAIL, Context.START}:
        return Context.EXPRESSION
    return Context.DATA if around is Context.DATA else Context.LIST
