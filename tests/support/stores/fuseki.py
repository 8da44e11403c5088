"""Apache Jena Fuseki over TDB2, on disk."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from support.stores import packages
from support.stores.store import Store, free_port, load, running

name = "Apache Jena Fuseki (TDB2)"
# The last line that runs on Java 17: 6.0 and later need Java 21.
version = "5.6.0"
loader = "`tdb2.tdbloader`"
command = "java -cp jena-fuseki-server.jar tdb2.tdbloader --loc data lodeclaim.trig"

_COORDINATES = f"org.apache.jena:jena-fuseki-server:{version}"
_JAR = packages.artefact(_COORDINATES)
_CONFIGURATION = Path(__file__).with_name("fuseki.ttl")


def missing() -> str | None:
    return packages.lacks(_JAR, "java")


def install() -> None:
    packages.system("java", "default-jre-headless")
    packages.fetch(_COORDINATES)


@contextmanager
def serve(folder: Path, graph: Path | None = None) -> Iterator[Store]:
    if graph:
        load(graph, command, folder, {"jena-fuseki-server.jar": _JAR})
    port = free_port()
    # The configuration names the folder `data` relative to where the server is started.
    server = [
        "java",
        packages.JAVA_MEMORY,
        f"-DFUSEKI_BASE={folder / 'base'}",
        "-jar",
        _JAR,
        "--localhost",
        f"--port={port}",
    ]
    base = f"http://127.0.0.1:{port}/lodeclaim"
    with running([*server, f"--config={_CONFIGURATION}"], folder, base + "/query?query=ASK%7B%7D"):
        yield Store(base + "/query", base + "/data", base + "/update")
