"""The command that runs the endpoint."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, cast

import click

from lodeclaim import corpus, resources
from lodeclaim.command_options import (
    PATH,
    Command,
    built_graph,
    check_fork,
    corpus_option,
    extra_option,
    graph_option,
)
from lodeclaim.endpoint.errors import UsageError, not_installed
from lodeclaim.endpoint.web.options import Options
from lodeclaim.endpoint.web.settings import LOOPBACK, LogQueries, Place

if TYPE_CHECKING:
    from lodeclaim.endpoint.engines.dataset import Source

_DEFAULTS = Options()


@click.command("serve", cls=Command, belong="--port")
@extra_option
@graph_option
@corpus_option
@click.option("--data-dir", type=PATH, help="A store on disk, from lodeclaim build --data-dir.")
@click.option(
    "--store", "store_url", help="Answer from the SPARQL 1.1 store at this URL instead of from a graph here."
)
@click.option("--store-auth-file", type=PATH, help="Holds user:password or Bearer TOKEN for it.")
@click.option("--host", default=LOOPBACK, show_default=True, help="The address to listen on.")
@click.option("--port", default=8000, show_default=True, help="The port to listen on; 0 takes a free one.")
@click.option("--public-url", help="Where the world finds the service, if not at that address.")
@click.option(
    "--trusted-proxy", multiple=True, help="Believe X-Forwarded-For of this address or network. Repeatable."
)
@click.option("--timeout", default=_DEFAULTS.timeout, show_default=True, help="Seconds that a query may take.")
@click.option("--max-rows", default=_DEFAULTS.max_rows, show_default=True, help="Rows or triples of one answer.")
@click.option("--max-mib", default=_DEFAULTS.max_mib, show_default=True, help="MiB of one answer.")
@click.option("--memory-mib", default=_DEFAULTS.memory_mib, show_default=True, help="MiB for one query.")
@click.option("--workers", default=_DEFAULTS.workers, show_default="processors + 2", help="Queries at a time.")
@click.option("--per-client", default=0, show_default="half of the workers", help="Queries of one address at a time.")
@click.option(
    "--cache-mib", default=_DEFAULTS.cache_mib, show_default=True, help="MiB for answers kept; 0 keeps none."
)
@click.option("--allow-service", multiple=True, help="Let SERVICE ask IRIs that begin so. Repeatable; else none.")
@click.option("--private-services", is_flag=True, help="Let allowed services have addresses that are not public.")
@click.option("--base-iri", help="What IRIs begin with that answer under their own paths; else as the data says.")
@click.option("--no-union-default-graph", is_flag=True, help="Query no graph where a query names none.")
@click.option(
    "--log",
    "log_queries",
    type=click.Choice(["off", "none", "hash", "text"]),
    default="hash",
    show_default=True,
    help="Log requests to standard error as JSON, and of a query nothing, its SHA-256, or its text.",
)
def command(
    extra: tuple[Path, ...],
    graph_file: Path | None,
    corpora: tuple[Path, ...],
    data_dir: Path | None,
    store_url: str | None,
    store_auth_file: Path | None,
    host: str,
    port: int,
    public_url: str | None,
    trusted_proxy: tuple[str, ...],
    timeout: float,
    max_rows: int,
    max_mib: int,
    memory_mib: int,
    workers: int,
    per_client: int,
    cache_mib: int,
    allow_service: tuple[str, ...],
    private_services: bool,
    no_union_default_graph: bool,
    base_iri: str | None,
    log_queries: str,
) -> None:
    """Answer SPARQL queries over HTTP until stopped; SIGHUP loads the graph anew.

    \b
    Examples:
      lodeclaim serve --port 8080
      lodeclaim serve --store http://127.0.0.1:3030/lodeclaim/query
      lodeclaim serve --host 0.0.0.0 --public-url https://data.example.org/ --trusted-proxy 10.0.0.1
    """
    check_fork("lodeclaim serve")
    from lodeclaim import hosted

    try:
        from lodeclaim.endpoint.web import server  # nothing of it can be imported on Windows
    except ModuleNotFoundError as error:
        raise not_installed("lodeclaim serve", error) from error

    if extra and (data_dir or store_url):
        named = "--data-dir" if data_dir else "--store"
        raise UsageError(f"{named} and --extra", "given together", "Give one of them: it says what is served")
    options = Options(
        graph=graph_file,
        data_dir=data_dir,
        store=store_url,
        store_auth_file=store_auth_file,
        public_url=public_url,
        timeout=timeout,
        max_rows=max_rows,
        max_mib=max_mib,
        memory_mib=memory_mib,
        workers=workers,
        per_client=per_client,
        cache_mib=cache_mib,
        allow_service=allow_service,
        private_services=private_services,
        union_default_graph=not no_union_default_graph,
        base_iri=base_iri,
        spelling=_option,
    )
    source = options.source()
    built = None if data_dir or store_url else built_graph(extra, graph_file, may_be_empty=True)
    settings = options.settings(
        **hosted.pages(extra, corpus.read(*corpora)),
        shapes=tuple(shape.path for shape in resources.find(extra).files("shapes")),
        graph_file=built,
    )
    server.serve(
        built or cast("Source", source),
        settings,
        options.capacity(),
        Place(host, port, trusted_proxy, private_services),
        None if log_queries == "off" else cast(LogQueries, log_queries),
        lambda url: click.echo(f"Lodeclaim at {url}sparql"),
    )


def _option(name: str) -> str:
    """Return the option of the command line for one of `Options`."""
    return "--no-union-default-graph" if name == "union_default_graph" else f"--{name.replace('_', '-')}"
