"""Solutions of a query, and other tables, as a person or a program reads them on a command line."""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import click
from rich.console import Console, ConsoleOptions, RenderableType
from rich.measure import Measurement
from rich.table import Column
from rich.table import Table as RichTable
from rich.text import Text

from lodeclaim.endpoint.engines.engine import Table
from lodeclaim.namespaces import shorten

_UNBOUNDED = 1_000_000_000
"""The width of what is no terminal."""


@dataclass(frozen=True)
class Grid:
    """Rows below their columns, or stacked as `column: value` where the terminal is too narrow for the words."""

    columns: Sequence[str]
    rows: Sequence[Sequence[str]]
    edge: bool = False
    """Whether a space stands before and behind each row."""

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[RenderableType]:
        """Yield what rich is to print."""
        table = RichTable(
            *(Column(printable(name), overflow="fold") for name in self.columns),
            box=None,
            header_style="bold",
            pad_edge=self.edge,
        )
        for row in self.rows:
            table.add_row(*(printable(cell) for cell in row))
        if Measurement.get(console, options.update(max_width=_UNBOUNDED), table).minimum <= options.max_width:
            yield table
            return
        for number, row in enumerate(self.rows):
            if number:
                yield Text()
            for name, cell in zip(self.columns, row, strict=True):
                line = Text(overflow="fold")
                yield line.append_text(printable(f"{name}: ", "bold")).append_text(printable(cell))


def printable(text: str, style: str = "") -> Text:
    """Return a text as it stands: no mark-up in it counts, and nothing that a terminal would act on is left."""
    shown = "".join(c if c.isprintable() or c == "\n" else repr(c)[1:-1] for c in text)
    return Text(shown, style, overflow="fold")


def show(renderable: RenderableType) -> None:
    """Print a table or text: fitted to a terminal, each row whole on a line of its own elsewhere."""
    Console(width=None if sys.stdout.isatty() else _UNBOUNDED).print(renderable)


def _print_table(table: Table) -> None:
    show(Grid(table.columns, [[shorten(cell.value) if cell else "" for cell in row] for row in table.rows]))


def _print_csv(table: Table) -> None:
    writer = csv.writer(sys.stdout)
    writer.writerow(table.columns)
    writer.writerows([cell.value if cell else "" for cell in row] for row in table.rows)


_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


def _print_tsv(table: Table) -> None:
    for row in (table.columns, *([cell.value if cell else "" for cell in row] for row in table.rows)):
        sys.stdout.write("\t".join(value.translate(_ESCAPES) for value in row) + "\n")


def _print_json(table: Table) -> None:
    rows = [{c: cell.value for c, cell in zip(table.columns, row, strict=True) if cell} for row in table.rows]
    click.echo(json.dumps(rows, ensure_ascii=False, indent=2))


WRITERS: dict[str, Callable[[Table], None]] = {
    "table": _print_table,
    "tsv": _print_tsv,
    "csv": _print_csv,
    "json": _print_json,
}
"""By the names of formats. TSV is that of Unix tools: a header line, then values as they are, but for tabs, line ends
and backslashes, which are escaped; SPARQL's own, in which values are terms, is what the endpoint answers."""


def usual() -> str:
    """Return the name of the format where none is asked for: a table for a person, TSV for a program."""
    return "table" if sys.stdout is not None and sys.stdout.isatty() else "tsv"
