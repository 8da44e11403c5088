"""Apache Jena Fuseki over TDB2, on disk."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from support.stores import packages
from support.stores.store import Store, free_port, load, running

name = "Apache Jena Fuseki (TDB2)"
_ARTEFACT = "jena-fuseki-server"
version = packages.java_version(_ARTEFACT)
loader = "`tdb2.tdbloader`"
command = "java -cp jena-fuseki-server.jar tdb2.tdbloader --loc data lodeclaim.trig"

JAR = packages.artefact(_ARTEFACT)
"""It has all of Jena's commands in it."""
_CONFIGURATION = Path(__file__).with_name("fuseki.ttl")


def missing() -> str | None:
    return packages.lacks(JAR, "java")


def install() -> None:
    packages.system("java", "default-jre-headless")
    packages.fetch(_ARTEFACT)


@contextmanager
def serve(folder: Path, graph: Path | None = None) -> Iterator[Store]:
    if graph:
        load(graph, command, folder, {"jena-fuseki-server.jar": JAR})
    port = free_port()
    # The configuration names the folder `data` relative to where the server is started.
    server = [
        "java",
        packages.JAVA_MEMORY,
        f"-DFUSEKI_BASE={folder / 'base'}",
        "-jar",
        JAR,
        "--localhost",
        f"--port={port}",
    ]
    base = f"http://127.0.0.1:{port}/lodeclaim"
    with running([*server, f"--config={_CONFIGURATION}"], folder, base + "/query?query=ASK%7B%7D"):
        yield Store(base + "/query", base + "/data", base + "/update")
