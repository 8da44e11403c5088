"""A query -> its answer as a page shows it: a truth value, or the first rows of a table, with labels."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass

from lodeclaim.endpoint.engines.answers import statements, truth
from lodeclaim.endpoint.engines.engine import Answer, Engine, QueryRequest, Table
from lodeclaim.endpoint.errors import LodeclaimError
from lodeclaim.endpoint.sparql.formats import Format, offered
from lodeclaim.endpoint.sparql.guard import Form
from lodeclaim.endpoint.web.pages import vocabulary
from lodeclaim.endpoint.web.pages.cells import Cell, cell, iris
from lodeclaim.endpoint.web.pages.site import current

MAX_ROWS = 1_000
"""How many rows or statements a page shows."""

MAX_CHARACTERS = 1_000_000
"""How much text a page shows before it stops adding rows."""


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

    hints: tuple[str, ...] = ()
    """What may have been meant instead, and what few expect."""

    @property
    def formats(self) -> tuple[Format, ...]:
        """The formats in which the whole answer can be had."""
        return offered(self.form)


def run(engine: Engine, request: QueryRequest) -> Result:
    """Return the answer to a query; raises QueryError and EngineError as the engine does."""
    start, turtle = time.perf_counter(), ""
    preview = engine.preview(request, MAX_ROWS)
    form = preview.form
    match preview.beginning:
        case Table() as table:
            pass
        case Answer() as answer if form is Form.ASK:
            found = truth(answer)
            return Result(form, time.perf_counter() - start, truth=found, hints=preview.hints)
        case Answer() as answer:
            table, turtle = statements(answer, MAX_ROWS, current().prefixes)
    seconds = time.perf_counter() - start
    rows = _cells(table, _labels(engine, table))
    complete = not table.more and len(rows) == len(table.rows)
    text = turtle if len(turtle) <= MAX_CHARACTERS else ""
    return Result(form, seconds, None, table.columns, rows, complete, text, preview.hints)


def _labels(engine: Engine, table: Table) -> dict[str, str]:
    try:
        return vocabulary.labels(engine, iris(table.rows))
    except LodeclaimError:
        # The answer is there, and its IRIs can be read without.
        return {}


def _cells(table: Table, labels: Mapping[str, str]) -> tuple[tuple[Cell | None, ...], ...]:
    rows: list[tuple[Cell | None, ...]] = []
    room = MAX_CHARACTERS
    for row in table.rows:
        cells = tuple(cell(term, labels) if term else None for term in row)
        room -= sum(len(shown.text) for shown in cells if shown)
        if room < 0:
            break
        rows.append(cells)
    return tuple(rows)
