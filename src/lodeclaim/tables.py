"""Solutions of a query, and other tables, as a person or a program reads them on a command line."""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Callable

import click
from rich.console import Console, RenderableType
from rich.table import Table as RichTable

from lodeclaim.endpoint.engines.engine import Table
from lodeclaim.namespaces import shorten


def show(renderable: RenderableType) -> None:
    """Print a table or text: wrapped on a terminal, each row whole on a line of its own in a pipe."""
    Console(width=None if sys.stdout.isatty() else 10_000).print(renderable)


def _print_table(table: Table) -> None:
    shown = RichTable(*table.columns, box=None, header_style="bold", pad_edge=False)
    for row in table.rows:
        shown.add_row(*(shorten(cell.value) if cell else "" for cell in row))
    show(shown)


def _print_csv(table: Table) -> None:
    writer = csv.writer(sys.stdout)
    writer.writerow(table.columns)
    writer.writerows([cell.value if cell else "" for cell in row] for row in table.rows)


def _print_json(table: Table) -> None:
    rows = [{c: cell.value for c, cell in zip(table.columns, row, strict=True) if cell} for row in table.rows]
    click.echo(json.dumps(rows, ensure_ascii=False, indent=2))


WRITERS: dict[str, Callable[[Table], None]] = {"table": _print_table, "csv": _print_csv, "json": _print_json}
