"""The Oxigraph server, on disk (RocksDB)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from support.stores import packages
from support.stores.store import Store, free_port, load, running

name = "Oxigraph"
version = packages.python_version("oxigraph")
loader = "`oxigraph load`"
command = "oxigraph load --location data --file lodeclaim.trig"

_TOOL = packages.python_tool("oxigraph")


def missing() -> str | None:
    return packages.lacks(_TOOL)


def install() -> None:
    packages.fetch_python("oxigraph")


@contextmanager
def serve(folder: Path, graph: Path | None = None) -> Iterator[Store]:
    if graph:
        load(graph, command, folder, {"oxigraph": _TOOL})
    address = f"127.0.0.1:{free_port()}"
    # Without the option the default graph is the unnamed one, which is empty.
    server = [_TOOL, "serve", "--location", "data", "--bind", address, "--union-default-graph"]
    query = f"http://{address}/query"
    with running(server, folder, query + "?query=ASK%7B%7D"):
        yield Store(query, f"http://{address}/store", f"http://{address}/update")
