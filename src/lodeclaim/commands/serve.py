"""The command that runs the endpoint."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import cast
from urllib.parse import urlsplit

import click

from lodeclaim import resources
from lodeclaim.console import built_graph, corpus_option, extra_option, graph_option, texts_of
from lodeclaim.endpoint.engines.upstream import Store
from lodeclaim.endpoint.errors import UsageError
from lodeclaim.endpoint.pool.limits import Capacity, Limits
from lodeclaim.endpoint.sparql import guard
from lodeclaim.endpoint.web.settings import LOOPBACK, LogQueries, Place, Settings

_LIMITS, _CAPACITY = Limits(), Capacity()
_MIB = 1024**2


@click.command("serve")
@extra_option
@graph_option
@corpus_option
@click.option("--data-dir", type=click.Path(path_type=Path), help="A store on disk, from lodeclaim build --data-dir.")
@click.option(
    "--store", "store_url", help="Answer from the SPARQL 1.1 store at this URL instead of from a graph here."
)
@click.option(
    "--store-auth-file", type=click.Path(path_type=Path), help="Holds user:password or Bearer TOKEN for it."
)
@click.option("--host", default=LOOPBACK, show_default=True, help="The address to listen on.")
@click.option("--port", default=8000, show_default=True, help="The port to listen on; 0 takes a free one.")
@click.option("--public-url", help="Where the world finds the service, if not at that address.")
@click.option(
    "--trusted-proxy", multiple=True, help="Believe X-Forwarded-For of this address or network. Repeatable."
)
@click.option("--timeout", default=_LIMITS.seconds, show_default=True, help="Seconds that a query may take.")
@click.option("--max-rows", default=_LIMITS.rows, show_default=True, help="Rows or triples of one answer.")
@click.option("--max-mib", default=_LIMITS.result_bytes // _MIB, show_default=True, help="MiB of one answer.")
@click.option("--memory-mib", default=_LIMITS.memory_bytes // _MIB, show_default=True, help="MiB for one query.")
@click.option("--workers", default=_CAPACITY.workers, show_default="processors + 2", help="Queries at a time.")
@click.option("--per-client", default=0, show_default="half of the workers", help="Queries of one address at a time.")
@click.option("--cache-mib", default=64, show_default=True, help="MiB for answers kept; 0 keeps none.")
@click.option("--allow-service", multiple=True, help="Let SERVICE ask IRIs that begin so. Repeatable; else none.")
@click.option("--private-services", is_flag=True, help="Let allowed services have addresses that are not public.")
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
    log_queries: str,
) -> None:
    """Answer SPARQL queries over HTTP until stopped; SIGHUP loads the graph anew.

    \b
    Examples:
      lodeclaim serve --port 8080
      lodeclaim serve --store http://127.0.0.1:3030/lodeclaim/query
      lodeclaim serve --host 0.0.0.0 --public-url https://data.example.org/ --trusted-proxy 10.0.0.1
    """
    if not hasattr(os, "fork"):
        found = "this system has no fork, which the processes that answer queries are made with"
        raise UsageError(
            "lodeclaim serve", found, "Run it in WSL, in a container or on Linux. The other commands work"
        )
    from lodeclaim.endpoint.web import server  # nothing of it can be imported on Windows

    numbers = {"--timeout": timeout, "--max-rows": max_rows, "--max-mib": max_mib, "--memory-mib": memory_mib}
    for name, number in {**numbers, "--workers": workers}.items():
        if number <= 0:
            raise UsageError(name, f"{number:g} is not above 0", "Give a positive number")
    for name, number in {"--per-client": per_client, "--cache-mib": cache_mib}.items():
        if number < 0:
            raise UsageError(name, f"{number} is below 0", "Give 0 or a positive number")
    for name, addresses in {
        "--allow-service": allow_service,
        "--public-url": (public_url,) if public_url else (),
    }.items():
        for address in addresses:
            _check_address(name, address)
    given = {"--data-dir": data_dir, "--store": store_url, "--graph": graph_file, "--extra": extra}
    named = [name for name, value in given.items() if value]
    if len(named) > 1 and named != ["--graph", "--extra"]:
        raise UsageError(" and ".join(named), "given together", "Give one of them: it says what is served")
    store = _store(
        store_url,
        store_auth_file,
        {"--allow-service": allow_service, "--no-union-default-graph": no_union_default_graph},
    )
    limits = Limits(
        guard.Limits(services=allow_service),
        seconds=timeout,
        rows=max_rows,
        result_bytes=max_mib * _MIB,
        memory_bytes=memory_mib * _MIB,
    )
    settings = Settings(
        public_url=public_url,
        limits=limits,
        union_default_graph=not no_union_default_graph,
        cache_bytes=0 if store else cache_mib * _MIB,  # another store changes and tells nobody
        texts=texts_of(corpora),
        shapes=tuple(source.path for source in resources.find(extra).files("shapes")),
        graph_file=None if data_dir or store else built_graph(extra, graph_file),
    )
    server.serve(
        store or data_dir or built_graph(extra, graph_file),
        settings,
        Capacity(workers=workers, per_client=per_client),
        Place(host, port, trusted_proxy, private_services),
        None if log_queries == "off" else cast(LogQueries, log_queries),
        lambda url: click.echo(f"Lodeclaim at {url}sparql"),
    )


def _check_address(option: str, address: str) -> None:
    """Raise UsageError for what is no address on the web."""
    try:
        parts = urlsplit(address)
        usable = parts.scheme in {"http", "https"} and bool(parts.hostname)
    except ValueError:
        usable = False
    if not usable:
        raise UsageError(option, f"{address!r} is no http address", "Give one in full, as https://data.example.org/")


def _store(url: str | None, auth_file: Path | None, decided_there: dict[str, object]) -> Store | None:
    """Return the store that is to be asked, if one is; raises UsageError where it cannot be, or not in that way."""
    if url is None:
        if auth_file is not None:
            raise UsageError("--store-auth-file", "given without --store", "Say with --store whom it is for")
        return None
    for name in (name for name, value in decided_there.items() if value):
        raise UsageError(name, "given with --store", "Leave it out: the store decides about that itself")
    try:
        parts = urlsplit(url)
        usable = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0 and not parts.fragment
    except ValueError:
        usable = False
    if not usable:
        raise UsageError("--store", f"{url!r} is no address of a store", "Give one as http://127.0.0.1:3030/ds/query")
    if "@" in parts.netloc:
        remedy = "Write them into a file that only you can read, and give that with --store-auth-file"
        raise UsageError("--store", "its address holds credentials, which everybody here can see", remedy)
    return Store(url, _credentials(auth_file) if auth_file else None)


def _credentials(path: Path) -> str:
    try:
        found = path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(str(path), f"it cannot be read ({error})", "Check --store-auth-file") from error
    if not re.fullmatch(r"Bearer [!-~]+|(?!Bearer )[^:\x00-\x1f]+:[^\x00-\x1f]*", found):
        raise UsageError(
            str(path), "neither user:password nor Bearer TOKEN", "Write one of them into it, in one line"
        )
    return found
