"""The command that writes the graph in another format."""

from __future__ import annotations

from pathlib import Path

import click

from lodeclaim import exports
from lodeclaim import output as standard
from lodeclaim.command_options import (
    PATH,
    Command,
    document_option,
    extra_option,
    graph_option,
    part_named,
    part_option,
    read_graph,
)
from lodeclaim.endpoint import rdf
from lodeclaim.endpoint.sparql import formats

_USUAL = "ttl"
_ONTOLOGIES = {"owl": "rdf"}
"""Endings that people give to ontologies, and the format in which editors write them."""


@click.command("export", cls=Command, belong="--output")
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
    """Return the extension of the format that is asked for, else that of the file; raises UsageError for none.

    A file whose name says nothing, or something else, is told about.
    """
    if name is not None:
        return exports.extension_of(_ONTOLOGIES.get(name.lower(), name))
    ending = "" if output is None else output.suffix.removeprefix(".").lower()
    if ending and (found := formats.named(formats.GRAPHS, _ONTOLOGIES.get(ending, ending))) is not None:
        return found.extension
    if output is not None:
        told = f"it is written as Turtle. Give --format, or a name that ends in one of {', '.join(exports.FORMATS)}"
        click.echo(f"lodeclaim: {output}: {told}", err=True)
    return _USUAL
