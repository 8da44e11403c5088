"""The command that finds things by words."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import click

import lodeclaim
from lodeclaim import present, tables
from lodeclaim.command_options import Command, built_graph, extra_option, graph_option
from lodeclaim.endpoint.engines.fulltext import MAX_HITS


@click.command("search", cls=Command)
@extra_option
@graph_option
@click.argument("words", nargs=-1, required=True)
@click.option(
    "--limit", type=click.IntRange(1, MAX_HITS), default=20, show_default=True, help="How many hits at most."
)
@click.option("--format", "name", help="text, tsv, csv or json.")
def command(
    extra: tuple[Path, ...], graph_file: Path | None, words: tuple[str, ...], limit: int, name: str | None
) -> None:
    """Find things by WORDS in their names, definitions, or in what claims say.

    What has all the words comes; where nothing has, what has some of them. The last word may be a beginning.

    \b
    Examples:
      lodeclaim search price floor
      lodeclaim search DRC --format csv
    """
    format = tables.chosen(name)
    graph = lodeclaim.open(built_graph(extra, graph_file), extra=extra)
    found = graph.search(" ".join(words), limit)
    if format.name == "json":
        tables.print_json(asdict(found))
    elif format.name in ("tsv", "csv"):
        tables.write(present.hits(found), format)
    else:
        tables.show(present.hits_shown(found))
