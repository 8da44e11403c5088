"""The command that runs the endpoint."""

from __future__ import annotations

from pathlib import Path

import click

from lodeclaim.console import built_graph, extra_option, graph_option
from lodeclaim.query.engine import EmbeddedEngine
from lodeclaim.web import server
from lodeclaim.web.app import create_app
from lodeclaim.web.settings import Settings


@click.command()
@extra_option
@graph_option
@click.option("--host", default=server.LOOPBACK, show_default=True, help="The address to listen on.")
@click.option("--port", default=8000, show_default=True, help="The port to listen on; 0 takes a free one.")
def serve(extra: tuple[Path, ...], graph_file: Path | None, host: str, port: int) -> None:
    """Answer SPARQL queries over HTTP until stopped.

    \b
    Example:
      lodeclaim serve --port 8080
    """
    built = built_graph(extra, graph_file)
    engine = EmbeddedEngine.from_file(built)
    server.serve(
        create_app(engine, Settings(graph_file=built)),
        host,
        port,
        lambda url: click.echo(f"Lodeclaim at {url}sparql"),
    )
