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

from lodeclaim.endpoint.catalogue.values import shown
from lodeclaim.endpoint.engines.engine import Table
from lodeclaim.endpoint.errors import UsageError
from lodeclaim.endpoint.sparql import formats
from lodeclaim.endpoint.sparql.formats import Format
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


@dataclass(frozen=True)
class Sheet:
    """Rows of plain values for a program; None is a cell without a value."""

    columns: Sequence[str]
    rows: Sequence[Sequence[str | int | None]]

    @property
    def texts(self) -> Iterator[list[str]]:
        """Each row as text, empty where there is no value."""
        return (["" if cell is None else str(cell) for cell in row] for row in self.rows)


def sheet(table: Table) -> Sheet:
    """Return the solutions of a query as plain values: IRIs in full, literals without datatype and language."""
    return Sheet(table.columns, [[cell.value if cell else None for cell in row] for row in table.rows])


def _print_table(sheet: Sheet) -> None:
    show(Grid(sheet.columns, [[shorten(cell) for cell in row] for row in sheet.texts]))


def _print_csv(sheet: Sheet) -> None:
    writer = csv.writer(sys.stdout)
    writer.writerow(sheet.columns)
    writer.writerows(sheet.texts)


_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


def _print_tsv(sheet: Sheet) -> None:
    for row in (sheet.columns, *sheet.texts):
        sys.stdout.write("\t".join(value.translate(_ESCAPES) for value in row) + "\n")


def _print_json(sheet: Sheet) -> None:
    print_json(
        [{c: cell for c, cell in zip(sheet.columns, row, strict=True) if cell is not None} for row in sheet.rows]
    )


def print_json(value: object) -> None:
    """Print a value as JSON that a person can read, too."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=2))


TEXT = Format("table", "text/plain", "txt", "page", nicknames=("text",))
"""What a person reads."""

FORMATS = (
    TEXT,
    Format("tsv", "text/tab-separated-values", "tsv", "results"),
    Format("csv", "text/csv", "csv", "results"),
    Format("json", "application/json", "json", "results"),
)
"""The formats of a command line. TSV is that of Unix tools: a header line, then values as they are, but for tabs,
line ends and backslashes, which are escaped; SPARQL's own, in which values are terms, is what the endpoint answers.
Nor is JSON that of SPARQL, which is called `srj` or by its media type."""

_WRITERS: dict[str, Callable[[Sheet], None]] = {
    "table": _print_table,
    "tsv": _print_tsv,
    "csv": _print_csv,
    "json": _print_json,
}


def write(sheet: Sheet, format: Format) -> None:
    """Print a sheet in one of the formats."""
    _WRITERS[format.name](sheet)


def chosen(name: str | None) -> Format:
    """Return the format that is asked for by any of its names, text where none is; raises UsageError for no name."""
    if name is None:
        return TEXT
    if (found := formats.named(FORMATS, name)) is None:
        known = f"Use text, {formats.titles(FORMATS[1:])}"
        raise UsageError("--format", f"{shown(name)!r} is no format of this command", known + for_spreadsheets(name))
    return found


def for_spreadsheets(name: str) -> str:
    """Return as the end of a sentence what spreadsheets open, where the name of a format means one of them."""
    means = name.strip().lower().removeprefix(".") in {"excel", "xls", "xlsx", "ods", "calc", "spreadsheet"}
    return ". Spreadsheets open csv" if means else ""


def usual() -> str:
    """Return the name of the format where none is asked for: a table for a person, TSV for a program."""
    return "table" if sys.stdout is not None and sys.stdout.isatty() else "tsv"
