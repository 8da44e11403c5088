"""What authors of queries slip on: for a query that was refused, the cause and the line to write.

A parser says where it cannot go on, and what it would have taken there. The slip stands elsewhere as a rule, and a
person wants to know what to write. So the tokens of a refused query are looked over for what people write most often
by mistake. Nothing here refuses a query: who finds no slip gets what the parser says.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from lodeclaim.endpoint.sparql.slips import (
    clauses,
    columns,
    conditions,
    data,
    expressions,
    modifiers,
    prologue,
    tails,
    words,
)
from lodeclaim.endpoint.sparql.slips.looks import Look
from lodeclaim.endpoint.sparql.slips.patterns import broken_triple
from lodeclaim.endpoint.sparql.tokens import QueryTextError, Token


def slip(tokens: Sequence[Token], *, is_whole: bool = True) -> QueryTextError | None:
    """Return the error that explains a refused query, by the first slip in it; None where nothing is known.

    Where its brackets are not closed, or not all of its words are those of SPARQL, it is not whole, and nothing is
    said of its triples.
    """
    text = tokens[0].source if tokens else ""
    looks = _LOOKS if is_whole else _LOOKS[:-1]
    found = (error for look in looks for error in look(tokens, text))
    return next(found, None)


def _triples(tokens: Sequence[Token], text: str) -> Iterator[QueryTextError]:
    if (found := broken_triple(tokens)) is not None:
        yield found


_LOOKS: Sequence[Look] = (
    prologue.prefixes,
    prologue.iris,
    prologue.comments,
    words.look,
    tails.look,
    conditions.look,
    expressions.look,
    data.look,
    clauses.look,
    modifiers.look,
    columns.look,
    _triples,
)
