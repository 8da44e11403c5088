"""A query -> its answer as a page shows it: a truth value, or the first rows of a table, with labels."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass

from lodeclaim.errors import LodeclaimError
from lodeclaim.query.answers import Excerpt, solutions, statements, truth
from lodeclaim.query.engine import Engine, Query
from lodeclaim.query.formats import GRAPHS, RESULTS, Format, offered
from lodeclaim.query.guard import Form
from lodeclaim.web import vocabulary
from lodeclaim.web.cells import Cell, cell, iris

MAX_ROWS = 1_000
"""How many rows or statements a page shows."""

MAX_CHARACTERS = 1_000_000
"""How much text a page shows before it stops adding rows."""

_JSON = RESULTS[0]
_NTRIPLES = next(format for format in GRAPHS if format.name == "ntriples")


@dataclass(frozen=True)
class Result:
    """An answer as the page shows it; what is shown is all there is only if it is `complete`."""

    form: Form
    seconds: float
    truth: bool | None = None
    columns: tuple[str, ...] = ()
    rows: tuple[tuple[Cell | None, ...], ...] = ()
    complete: bool = True
    turtle: str = ""
    """The statements of the rows; empty where it would be too long for a page."""

    @property
    def formats(self) -> tuple[Format, ...]:
        """The formats in which the whole answer can be had."""
        return offered(self.form)


def run(engine: Engine, query: Query, prefixes: Mapping[str, str]) -> Result:
    """Return the answer to a query; raises QueryError and EngineError as the engine does."""
    form, start, turtle = query.outline.form, time.perf_counter(), ""
    match form:
        case Form.ASK:
            found = truth(engine.query(query, _JSON))
            return Result(form, time.perf_counter() - start, truth=found)
        case Form.SELECT:
            excerpt = solutions(engine.query(query, _JSON), MAX_ROWS)
        case Form.CONSTRUCT | Form.DESCRIBE:
            excerpt, turtle = statements(engine.query(query, _NTRIPLES), MAX_ROWS)
    seconds = time.perf_counter() - start
    rows = _cells(excerpt, _labels(engine, excerpt), prefixes)
    complete = excerpt.complete and len(rows) == len(excerpt.rows)
    text = turtle if len(turtle) <= MAX_CHARACTERS else ""
    return Result(form, seconds, None, excerpt.columns, rows, complete, text)


def _labels(engine: Engine, excerpt: Excerpt) -> dict[str, str]:
    try:
        return vocabulary.labels(engine, iris(excerpt.rows))
    except LodeclaimError:
        # The answer is there, and its IRIs can be read without.
        return {}


def _cells(
    excerpt: Excerpt, labels: Mapping[str, str], prefixes: Mapping[str, str]
) -> tuple[tuple[Cell | None, ...], ...]:
    rows: list[tuple[Cell | None, ...]] = []
    room = MAX_CHARACTERS
    for row in excerpt.rows:
        cells = tuple(cell(term, labels, prefixes) if term else None for term in row)
        room -= sum(len(shown.text) for shown in cells if shown)
        if room < 0:
            break
        rows.append(cells)
    return tuple(rows)
