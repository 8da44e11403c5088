"""The Eclipse RDF4J server with a native store, on disk, as a web application in Jetty."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from support.stores import packages
from support.stores.store import Store, free_port, load, running, send

name = "Eclipse RDF4J (native store)"
_WAR = "rdf4j-http-server"
version = packages.java_version(_WAR)
loader = "its REST API"
_STATEMENTS = "http://localhost:8080/rdf4j-server/repositories/lodeclaim/statements"
command = f"curl --fail-with-body -H 'Content-Type: application/trig' --data-binary @lodeclaim.trig {_STATEMENTS}"

_REPOSITORY = Path(__file__).with_name("rdf4j.ttl")


def missing() -> str | None:
    return packages.lacks(packages.artefact(_WAR), "java") or packages.lacks(packages.artefact(packages.JETTY))


def install() -> None:
    packages.system("java", "default-jre-headless")
    packages.system("curl", "curl")
    packages.fetch(_WAR)
    packages.fetch(packages.JETTY)


@contextmanager
def serve(folder: Path, graph: Path | None = None) -> Iterator[Store]:
    port = free_port()
    option = f"-Dorg.eclipse.rdf4j.appdata.basedir={folder / 'data'}"
    server = packages.jetty(port, folder, "/rdf4j-server", packages.artefact(_WAR), option)
    base = f"http://127.0.0.1:{port}/rdf4j-server"
    repository = base + "/repositories/lodeclaim"
    with running(server, folder, base + "/protocol"):
        send(repository, "PUT", _REPOSITORY.read_bytes(), "text/turtle")
        if graph:
            load(graph, command, folder, {_STATEMENTS: repository + "/statements"})
        yield Store(repository, repository + "/rdf-graphs/service", repository + "/statements")
