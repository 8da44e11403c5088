"""The command that writes the graph in another format."""

from __future__ import annotations

from pathlib import Path

import click

from lodeclaim import exports
from lodeclaim import output as standard
from lodeclaim.command_options import (
    PATH,
    document_option,
    extra_option,
    graph_option,
    part_named,
    part_option,
    read_graph,
)
from lodeclaim.endpoint import rdf

_USUAL = "ttl"


@click.command("export")
@extra_option
@graph_option
@click.option(
    "--format",
    "name",
    help="trig, nq, ttl, nt, rdf or jsonld; else as --output ends, and ttl where that says nothing.",
)
@part_option
@document_option
@click.option("--context", is_flag=True, help="Write the JSON-LD context alone.")
@click.option("--output", type=PATH, help="A file, instead of standard output.")
def command(
    extra: tuple[Path, ...],
    graph_file: Path | None,
    name: str | None,
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
    extension = _extension(name, output)  # before the work, not behind it
    quads = read_graph(extra, graph_file, may_be_empty=True)
    if not quads:
        click.echo("lodeclaim: the graph holds no statement, and so does what is written", err=True)
    if context:
        content = exports.context(quads)
    else:
        content = exports.convert(quads, extension, part_named(part, document, quads))
    if output is None:
        standard.write([content])
    else:
        rdf.write(output, content)


def _extension(name: str | None, output: Path | None) -> str:
    """Return the extension of the format that is asked for, else that of the file; raises UsageError for none."""
    if name is not None:
        return exports.extension_of(name)
    ending = "" if output is None else output.suffix.removeprefix(".").lower()
    return ending if ending in exports.FORMATS else _USUAL
