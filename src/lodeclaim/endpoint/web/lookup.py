"""The queries behind the pages: a name and what its variables stand for -> rows of terms."""

from __future__ import annotations

from collections.abc import Iterable

from lodeclaim.endpoint import shipped
from lodeclaim.endpoint.engines.engine import Engine, Query, Term
from lodeclaim.endpoint.sparql.formats import Format
from lodeclaim.endpoint.web.nodes import Row

PAGE = 100
"""How many rows the paged queries give at a time, as their LIMIT says."""


def text(name: str) -> str:
    """Return the query of that name."""
    return shipped.text("lodeclaim.endpoint.web", "queries", f"{name}.rq")


def rows(engine: Engine, name: str, page: int = 1, **bindings: Term) -> list[Row]:
    """Return what the query of that name finds, or a page of it (from 1) where it is a paged one."""
    return ask(engine, text(name).replace("OFFSET 0", f"OFFSET {(page - 1) * PAGE}"), **bindings)


def ask(engine: Engine, query: str, first: int | None = None, /, **bindings: Term) -> list[Row]:
    """Return what a query finds, or the first so many rows of it; raises as `Engine.select` does."""
    table = engine.select(Query(query, bindings=bindings), first)
    return [
        {name: term for name, term in zip(table.columns, row, strict=True) if term is not None} for row in table.rows
    ]


def triples(engine: Engine, name: str, format: Format, **bindings: Term) -> Iterable[bytes]:
    """Return what the CONSTRUCT of that name makes, in the format."""
    return engine.query(Query(text(name), bindings=bindings), format).body


def iri(value: str) -> Term:
    """Return the IRI as a term."""
    return Term(value, "iri")


def words(value: str) -> Term:
    """Return a plain literal as a term."""
    return Term(value, "literal")
