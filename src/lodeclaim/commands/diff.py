"""The command that tells what differs between two built graphs."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import click

from lodeclaim import present, resources, tables, versions
from lodeclaim.command_options import PATH, Command
from lodeclaim.endpoint import rdf


@click.command("diff", cls=Command)
@click.argument("old", type=PATH)
@click.argument("new", type=PATH, required=False, metavar="[NEW]")
@click.option("--format", "name", help="text, tsv, csv or json.")
def command(old: Path, new: Path | None, name: str | None) -> None:
    """Tell which claims, verdicts and names differ between two built graphs.

    Without a NEW one OLD is held against the graph of today.

    A claim is told with what only one of the two states of it; a verdict is a position with its support, a relation,
    what became of a plan, or a sum; a name is a label, or an IRI with the one that took its place. A claim that only
    names things otherwise is the same.

    \b
    Examples:
      git show HEAD~9:data/graph/lodeclaim.trig > old.trig
      lodeclaim diff old.trig
      lodeclaim diff old.trig new.trig --format csv
    """
    format = tables.chosen(name)
    sources = resources.find()
    before, after = (
        rdf.load(sources.graph_file(file), sources.remedy(file or sources.built_graph)) for file in (old, new)
    )
    found = versions.differences(before, after)
    if format.name in ("tsv", "csv"):
        tables.write(present.differences(found), format)
    elif format.name == "json":
        tables.print_json([asdict(change) for change in found])
    else:
        tables.show(present.changes(found))
