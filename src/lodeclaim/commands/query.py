"""The command that runs a query."""

from __future__ import annotations

import signal
from collections.abc import Sequence
from pathlib import Path

import click

import lodeclaim
from lodeclaim import output, tables
from lodeclaim.command_options import PATH, built_graph, extra_option, graph_option, pairs
from lodeclaim.endpoint.catalogue.values import shown
from lodeclaim.endpoint.errors import UsageError
from lodeclaim.endpoint.sparql import formats
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
    told = graph.engine.names.hints(asked.outline.tokens)
    wanted = name or tables.usual()
    if asked.outline.form is Form.SELECT and wanted in tables.WRITERS:
        table = graph.engine.select(asked)  # an error goes without hints
        _print(told)
        tables.WRITERS[wanted](table)
        return
    offers = {offer.name: offer for offer in formats.offered(asked.outline.form)}
    chosen = offers.get(wanted) or (next(iter(offers.values())) if name in (None, "table") else None)
    if chosen is None:
        raise UsageError(
            "--format", f"{shown(wanted)!r} does not fit {asked.outline.form}", f"Use {', '.join(offers)}"
        )
    answer = graph.engine.query(asked, chosen)
    _print(told)
    output.write(answer.body)


def _print(told: Sequence[str]) -> None:
    for sentence in told:
        click.echo(f"Hint: {sentence}", err=True)
