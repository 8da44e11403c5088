"""The command that runs a query."""

from __future__ import annotations

import signal
import time
from collections.abc import Sequence
from pathlib import Path

import click

import lodeclaim
from lodeclaim import output, tables
from lodeclaim.command_options import PATH, built_graph, extra_option, graph_option, pairs
from lodeclaim.endpoint.catalogue.values import shown
from lodeclaim.endpoint.errors import UsageError
from lodeclaim.endpoint.sparql import formats
from lodeclaim.endpoint.sparql.formats import Format
from lodeclaim.endpoint.sparql.guard import Form


@click.command("query")
@extra_option
@graph_option
@click.argument("query")
@click.option("--format", "name", help="table, tsv, csv, json, xml, or an RDF format; else table, and tsv in a pipe.")
@click.option("--param", "given", multiple=True, metavar="NAME=VALUE", help="A parameter of the query. Repeatable.")
def command(
    extra: tuple[Path, ...], graph_file: Path | None, query: str, name: str | None, given: tuple[str, ...]
) -> None:
    """Run a QUERY: a file, the name of one in data/queries, or its text; the project's prefixes are known.

    What a query takes as --param is said in the comment at its head.

    \b
    Examples:
      lodeclaim query china-processing-share
      lodeclaim query mine.rq --format csv
      lodeclaim query graph-counts | cut -f 2
      lodeclaim query answers-to-a-question --param question=question:project-vault-loan
    """
    # The engine goes on until it has an answer, and would take the exception for an unbound value.
    before = signal.signal(signal.SIGINT, signal.SIG_DFL)
    click.get_current_context().call_on_close(lambda: signal.signal(signal.SIGINT, before))
    graph = lodeclaim.open(built_graph(extra, graph_file), extra=extra)
    text = str(PATH.convert(query, None, None)) if query.endswith(".rq") else query
    asked = graph.asked(text, pairs(given))
    chosen = _format(asked.outline.form, name)
    if chosen in tables.FORMATS:
        began = time.monotonic()
        table = graph.engine.select(asked)  # an error goes without hints
        _print(graph.engine.hints(asked, table, time.monotonic() - began))
        tables.write(tables.sheet(table), chosen)
        return
    answer = graph.engine.query(asked, chosen)
    _print(graph.engine.hints(asked))
    output.write(answer.body)


def _format(form: Form, name: str | None) -> Format:
    """Return the format that is asked for, or the usual one; raises UsageError where it does not fit the form."""
    offers: tuple[Format, ...] = (*(tables.FORMATS if form is Form.SELECT else ()), *formats.offered(form))
    wanted = tables.usual() if name is None else name
    if found := formats.named(offers, wanted):
        return found
    if name is None or formats.named([tables.TEXT], wanted):
        return offers[0]  # it has no table, and a person can read this
    raise UsageError("--format", f"{shown(wanted)!r} does not fit {form}", f"Use {formats.titles(offers)}")


def _print(told: Sequence[str]) -> None:
    for sentence in told:
        click.echo(f"Hint: {sentence}", err=True)
