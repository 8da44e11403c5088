"""The rows of a query -> the claims behind each: named in it, or under what was derived or settled from them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from lodeclaim import claims
from lodeclaim.endpoint.catalogue import values
from lodeclaim.endpoint.engines.engine import Engine, Query, QueryRequest, Table, Term
from lodeclaim.endpoint.errors import LodeclaimError
from lodeclaim.endpoint.prefixes import Prefixes
from lodeclaim.endpoint.sparql.tokens import tokenize
from lodeclaim.knowledge import Graph
from lodeclaim.namespaces import PREFIXES

_PREFIXES = Prefixes(PREFIXES)

FIRST = 1_000
"""How many rows with everything in them are looked at."""


def behind(graph: Graph, engine: Engine, request: QueryRequest, table: Table) -> list[list[str]]:
    """Return the IRIs of the claims behind each row of the table that a SELECT gave.

    A query selects what people read, and seldom the claims that it found it in: so it is asked once more, for all
    its variables. A row that counts others has no claims, and neither has one whose query cannot be asked so.
    """
    named = frozenset(_named(request))
    rows: dict[tuple[Term | None, ...], dict[str, None]] = {
        row: dict.fromkeys(_in_row(graph, row, named)) for row in table.rows
    }
    wide = widened(request)
    if wide is not None and set(table.columns) <= set((found := _asked(engine, wide)).columns):
        places = [found.columns.index(column) for column in table.columns]
        for row in found.rows:
            same = rows.get(tuple(row[place] for place in places))
            if same is not None:
                same.update(dict.fromkeys(_in_row(graph, row, named)))
    return [list(rows[row]) for row in table.rows]


def widened(request: QueryRequest) -> QueryRequest | None:
    """Return a SELECT of all variables in place of some; None for one that works out what it selects, or counts."""
    tokens = Query(request.text, prefixes=request.prefixes).outline.tokens
    words = [token.text.upper() for token in tokens]
    first = words.index("SELECT")
    last = next(place for place in range(first, len(words)) if words[place] in {"WHERE", "FROM", "{"})
    if {"(", "*"}.intersection(words[first:last]) or "GROUP" in words:
        return None
    text = f"{request.text[: tokens[first].end]} DISTINCT * {request.text[tokens[last].offset :]}"
    return QueryRequest(text, prefixes=request.prefixes, bindings=request.bindings)


def _asked(engine: Engine, request: QueryRequest) -> Table:
    try:
        found = engine.preview(request, FIRST).beginning
    except LodeclaimError:  # the rows are there: that they cannot be traced back is no reason to withhold them
        return Table((), [])
    assert isinstance(found, Table)
    return found


def _named(request: QueryRequest) -> Iterator[str]:
    """Yield the IRIs that a query names, those with the project's prefixes too."""
    yield from (term.value for term in request.bindings.values() if term.kind == "iri")
    for token in tokenize(request.text):
        if token.kind in {"iri", "name"} and (iri := values.iri(token.text.strip("<>"), _PREFIXES)):
            yield iri


def _in_row(graph: Graph, row: tuple[Term | None, ...], named: Iterable[str]) -> list[str]:
    terms = [term for term in row if term is not None]
    found = [claim for term in terms if term.kind == "iri" for claim in claims.behind(graph.store, term.value)]
    return found or claims.settled(graph.store, (*named, *(term.value for term in terms)))
