"""The commands that carry the graph elsewhere."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from lodeclaim import exports, graph, parts
from lodeclaim.console import built_graph, extra_option, graph_option
from lodeclaim.errors import UsageError

part_option = click.option(
    "--part",
    type=click.Choice(["all", "asserted"]),
    default="all",
    show_default=True,
    help="asserted: ontology, vocabulary, Questions and what the documents say, without all that follows.",
)
document_option = click.option("--document", metavar="KEY", help="Only what this document says: its own named graph.")


@click.command()
@extra_option
@graph_option
@click.option("--format", "name", default="ttl", show_default=True, help="trig, nq, ttl, nt, rdf or jsonld.")
@part_option
@document_option
@click.option("--context", is_flag=True, help="Write the JSON-LD context alone.")
@click.option("--output", type=click.Path(path_type=Path), help="A file, instead of standard output.")
def export(
    extra: tuple[Path, ...],
    graph_file: Path | None,
    name: str,
    part: str,
    document: str | None,
    context: bool,
    output: Path | None,
) -> None:
    """Write the graph, or a part of it, in an RDF format; those without named graphs (ttl, nt, rdf) merge them.

    \b
    Examples:
      lodeclaim export --format nt --output lodeclaim.nt
      lodeclaim export --format jsonld --document qazinform-ministerial
    """
    built = built_graph(extra, graph_file)
    content = exports.context(built) if context else exports.convert(built, name, part_named(part, document))
    if output is None:
        sys.stdout.buffer.write(content)
    else:
        graph.write(output, content)


def part_named(part: str, document: str | None) -> str:
    """Return the name of the part that --part and --document choose; raises UsageError where they choose two."""
    if document is not None:
        if part != "all":
            raise UsageError("--document", "given beside --part", "Give one of them")
        return parts.DOCUMENTS + document.removeprefix("document:")
    return parts.ASSERTED if part == "asserted" else parts.WHOLE
