"""The server of the suites, over one file that holds every data set of theirs, and the ways in which it can run."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlencode, urlsplit

import pyoxigraph as ox

from lodeclaim.endpoint.engines import dataset
from support import wsgi
from support.servers import PROBLEM, Response, Server, serve
from support.w3c.manifests import document

EVERYTHING = "SELECT (COUNT(*) AS ?n) { { ?s ?p ?o } UNION { GRAPH ?g { ?s ?p ?o } } }"

__all__ = ["PROBLEM", "WAYS", "Response", "Server", "serve", "size", "triples", "write"]


def size(server: Server) -> bytes:
    """Return how many statements all graphs have together, as the server counts them."""
    path = f"{urlsplit(server.url).path}?{urlencode({'query': EVERYTHING, 'union-default-graph': 'false'})}"
    response = server.request("GET", path, {"Accept": "text/csv"})
    assert response.status == 200, response
    return response.body


FORMATS = {"ttl": ox.RdfFormat.TURTLE, "rdf": ox.RdfFormat.RDF_XML, "nt": ox.RdfFormat.N_TRIPLES}


def triples(iri: str) -> Iterable[ox.Triple]:
    """Return the triples of a document of the suites; no two calls share a blank node."""
    text, extension = document(iri), iri.rpartition(".")[2]
    parsed = ox.parse(text, FORMATS[extension], base_iri=iri, rename_blank_nodes=True)
    return [ox.Triple(quad.subject, quad.predicate, quad.object) for quad in parsed]


def write(path: Path, graphs: Mapping[str, Iterable[ox.Triple]]) -> Path:
    """Write a TriG file with these named graphs; the empty name is the default graph."""
    quads = (
        ox.Quad(*triple, ox.NamedNode(name) if name else ox.DefaultGraph())
        for name, content in graphs.items()
        for triple in content
    )
    ox.serialize(quads, str(path), format=ox.RdfFormat.TRIG)
    return path


@contextmanager
def on_disk(path: Path) -> Iterator[Server]:
    """Run `lodeclaim serve` over a store on disk."""
    with TemporaryDirectory() as folder:
        dataset.store(Path(folder), path)
        with serve(Path(folder)) as running:
            yield running


WAYS: Mapping[str, Callable[[Path], AbstractContextManager[Server]]] = {
    "serve": serve,
    "serve on disk": on_disk,
    "Flask": wsgi.in_process,
    "waitress": partial(wsgi.under, "waitress"),
    "gunicorn": partial(wsgi.under, "gunicorn"),
    "below a path": partial(wsgi.under, "waitress, mounted", prefix="/data"),
}
"""The ways in which the endpoint runs, each over a graph file."""
