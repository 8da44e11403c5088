"""The command that answers assistants."""

from __future__ import annotations

import contextlib
from pathlib import Path

import click

import lodeclaim
from lodeclaim.command_options import built_graph, check_fork, corpus_option, extra_option, graph_option
from lodeclaim.endpoint.errors import not_installed
from lodeclaim.endpoint.web.options import Options
from lodeclaim.endpoint.web.settings import LOOPBACK

_DEFAULTS = Options()


@click.command("mcp")
@extra_option
@graph_option
@corpus_option
@click.option("--http", is_flag=True, help="Answer over HTTP instead of standard input and output.")
@click.option("--host", default=LOOPBACK, show_default=True, help="The address to listen on, with --http.")
@click.option("--port", default=8010, show_default=True, help="The port to listen on; 0 takes a free one.")
@click.option("--timeout", default=_DEFAULTS.timeout, show_default=True, help="Seconds that a query may take.")
@click.option("--memory-mib", default=_DEFAULTS.memory_mib, show_default=True, help="MiB for one query.")
@click.option("--workers", default=_DEFAULTS.workers, show_default="processors + 2", help="Queries at a time.")
def command(
    extra: tuple[Path, ...],
    graph_file: Path | None,
    corpora: tuple[Path, ...],
    http: bool,
    host: str,
    port: int,
    timeout: float,
    memory_mib: int,
    workers: int,
) -> None:
    """Answer assistants by the Model Context Protocol until standard input ends, or until stopped.

    An assistant's configuration names it (docs/assistants.md), and finds tools that read: stored queries,
    comparisons, explanations, and SPARQL within limits. With --corpus, passages have their words.

    \b
    Examples:
      lodeclaim mcp
      lodeclaim mcp --http --port 8010
    """
    check_fork("lodeclaim mcp")
    try:
        from lodeclaim.assistants import server  # with the packages of an extra
        from lodeclaim.assistants.answers import Sources
        from lodeclaim.endpoint.web.backend import Backend
    except ModuleNotFoundError as error:
        raise not_installed("lodeclaim mcp", error, "mcp") from error

    options = Options(timeout=timeout, memory_mib=memory_mib, workers=workers, spelling=_option)
    settings, capacity = options.settings(), options.capacity()
    file = built_graph(extra, graph_file)
    with contextlib.closing(Backend(file, settings, capacity)) as engine:
        sources = Sources(lodeclaim.open(file, extra=extra, corpus=corpora), engine)
        if http:
            server.serve_http(sources, host, port, lambda url: click.echo(f"Lodeclaim at {url}"))
        else:
            server.serve_stdio(sources)


def _option(name: str) -> str:
    """Return the option of the command line for one of `Options`."""
    return f"--{name.replace('_', '-')}"
