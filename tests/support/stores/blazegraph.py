"""Blazegraph with named graphs, on disk, as a web application in Jetty."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from support.stores import packages
from support.stores.store import Store, free_port, load, running

name = "Blazegraph"
_WAR = "bigdata-war"
version = packages.java_version(_WAR)
loader = "`DataLoader`"
command = (
    "java -cp 'WEB-INF/classes:WEB-INF/lib/*' com.bigdata.rdf.store.DataLoader -quiet -namespace kb"
    " blazegraph.properties lodeclaim.trig"
)

_LIBRARIES = packages.artefact(_WAR).with_suffix("")
_PROPERTIES = Path(__file__).with_name("blazegraph.properties")


def missing() -> str | None:
    return packages.lacks(_LIBRARIES, "java") or packages.lacks(packages.artefact(packages.JETTY))


def install() -> None:
    packages.system("java", "default-jre-headless")
    packages.fetch(_WAR)
    packages.fetch(packages.JETTY)
    # The loader is a class of the web application's, and is run without it.
    if not _LIBRARIES.exists():
        part = _LIBRARIES.with_suffix(".unpacked")
        with zipfile.ZipFile(packages.artefact(_WAR)) as archive:
            archive.extractall(part)
        part.rename(_LIBRARIES)


@contextmanager
def serve(folder: Path, graph: Path | None = None) -> Iterator[Store]:
    # The properties name the journal relative to where the server is started.
    if graph:
        libraries = f"{_LIBRARIES}/WEB-INF/classes:{_LIBRARIES}/WEB-INF/lib/*"
        here = {"WEB-INF/classes:WEB-INF/lib/*": libraries, "blazegraph.properties": _PROPERTIES}
        load(graph, command, folder, here)
    option = f"-Dcom.bigdata.rdf.sail.webapp.ConfigParams.propertyFile={_PROPERTIES}"
    port = free_port()
    server = packages.jetty(port, folder, "/bigdata", packages.artefact(_WAR), option)
    sparql = f"http://127.0.0.1:{port}/bigdata/sparql"
    with running(server, folder, sparql + "?query=ASK%7B%7D"):
        yield Store(sparql, None, sparql)
