"""Where no slip is known: at which token a parser cannot go on, and what may stand there, in words."""

from __future__ import annotations

from collections.abc import Sequence

from lodeclaim.endpoint.sparql.slips.contexts import Context, contexts
from lodeclaim.endpoint.sparql.slips.looks import error
from lodeclaim.endpoint.sparql.tokens import QueryTextError, Token

_MAY_STAND = {
    Context.START: "A query has its prefixes first, then SELECT, ASK, CONSTRUCT or DESCRIBE, then WHERE { ... }",
    Context.COLUMNS: "Behind SELECT stand variables and columns such as (COUNT(?x) AS ?n), then WHERE { ... }",
    Context.TAIL: "Behind the braces of WHERE stand GROUP BY, HAVING, ORDER BY, LIMIT and OFFSET, in this order",
    Context.GROUP: (
        "In braces stand triples with a dot between them, FILTER(...), BIND(... AS ?x), OPTIONAL { ... }, "
        "MINUS { ... }, { ... } UNION { ... }, GRAPH ?g { ... } and VALUES ?x { ... }"
    ),
    Context.DATA: "In the braces of VALUES stand IRIs, names with a prefix, texts, numbers and UNDEF",
    Context.EXPRESSION: "Behind a value stands a sign such as = or &&, or the closing bracket; behind a sign a value",
    Context.CALL: "Behind an argument stands a comma, a sign such as =, or the closing bracket",
    Context.LIST: "In square brackets stand property and value; in round ones among triples things, or a path",
}

_WIDTH = 24
"""More than the longest word of SPARQL: a parser that tries words in vain tells a place as far behind where it is."""


def spread(tokens: Sequence[Token]) -> tuple[str, list[int]]:
    """Return a query with each token in a line, and the index of the token that begins each.

    Signs stay with their numbers, and languages and datatypes with their texts.
    """
    lines: list[str] = []
    first: list[int] = []
    for at, token in enumerate(tokens):
        before = tokens[at - 1] if at else None
        is_glued = before is not None and before.end == token.offset
        if (
            is_glued
            and before is not None
            and (token.kind == "language" or "^^" in (token.text, before.text) or before.text in {"+", "-"})
        ):
            lines[-1] += token.text
        else:
            lines.append(token.text)
            first.append(at)
    return "".join(f"{line}{' ' * _WIDTH}\n" for line in lines), first


def stopped(tokens: Sequence[Token], at: int) -> QueryTextError:
    """Return the error for the token at an index, where a parser cannot go on; behind the last one a query ends."""
    if at >= len(tokens):
        found = f"the query ends behind `{tokens[-1].text[:40]}`, and something is missing there"
        return error(tokens[-1], found, "Write what is missing, or remove what waits for it")
    around = contexts(tokens)
    # A bracket stands outside of what it closes.
    is_within = (
        tokens[at].text in {")", "]", "}"} and at and tokens[at - 1].text not in {")", "]", "}", "(", "[", "{"}
    )
    where = around[at - 1] if is_within else around[at]
    if where is Context.START and any(token.text == "}" for token in tokens[:at]):
        where = Context.TAIL
    token, behind = tokens[at], f", behind `{tokens[at - 1].text[:40]}`" if at else ""
    found = f"`{token.text[:40]}` cannot stand here{behind}; what stands before it is right"
    return error(token, found, _MAY_STAND[where])
