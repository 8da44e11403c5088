"""The commands that carry the graph elsewhere."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from lodeclaim import graph
from lodeclaim.console import built_graph, extra_option, graph_option


@click.command()
@extra_option
@graph_option
@click.option("--format", "name", default="ttl", show_default=True, help="trig, nq, ttl, nt, rdf or jsonld.")
@click.option("--output", type=click.Path(path_type=Path), help="A file, instead of standard output.")
def export(extra: tuple[Path, ...], graph_file: Path | None, name: str, output: Path | None) -> None:
    """Write the whole graph in an RDF format; those without named graphs (ttl, nt, rdf) merge them.

    \b
    Example:
      lodeclaim export --format nt --output lodeclaim.nt
    """
    content = graph.convert(built_graph(extra, graph_file), name)
    if output is None:
        sys.stdout.buffer.write(content)
    else:
        graph.write(output, content)
