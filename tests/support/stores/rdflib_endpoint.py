"""RDFLib behind rdflib-endpoint, in memory: it has no loader, and reads its files when it starts."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from support.stores import packages
from support.stores.store import Store, free_port, running

name = "RDFLib (rdflib-endpoint)"
version = packages.python_version("rdflib-endpoint")
loader = "reads it at its start"
command = "rdflib-endpoint serve --enable-update lodeclaim.trig"

_TOOL = packages.python_tool("rdflib-endpoint")


def missing() -> str | None:
    return packages.lacks(_TOOL)


def install() -> None:
    packages.fetch_python("rdflib-endpoint", "[cli]")


@contextmanager
def serve(folder: Path, graph: Path | None = None) -> Iterator[Store]:
    port = free_port()
    files = [graph] if graph else []
    server = [_TOOL, "serve", "--enable-update", "--host", "127.0.0.1", "--port", str(port), *files]
    url = f"http://127.0.0.1:{port}/"
    with running(server, folder, url + "?query=ASK%7B%7D"):
        yield Store(url, None, url)
