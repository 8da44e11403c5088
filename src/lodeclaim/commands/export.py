"""The command that writes the graph in another format."""

from __future__ import annotations

from pathlib import Path

import click

from lodeclaim import exports
from lodeclaim import output as standard
from lodeclaim.command_options import (
    PATH,
    built_graph,
    document_option,
    extra_option,
    graph_option,
    part_named,
    part_option,
)
from lodeclaim.endpoint import rdf


@click.command("export")
@extra_option
@graph_option
@click.option("--format", "name", default="ttl", show_default=True, help="trig, nq, ttl, nt, rdf or jsonld.")
@part_option
@document_option
@click.option("--context", is_flag=True, help="Write the JSON-LD context alone.")
@click.option("--output", type=PATH, help="A file, instead of standard output.")
def command(
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
    quads = rdf.read_quads(built_graph(extra, graph_file))
    content = exports.context(quads) if context else exports.convert(quads, name, part_named(part, document, quads))
    if output is None:
        standard.write([content])
    else:
        rdf.write(output, content)
