"""The server under test: a process started from one file that holds every data set of the suites."""

from __future__ import annotations

import http.client
import json
import re
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import pyoxigraph as ox

from w3c.manifests import document

PROGRAM = "from lodeclaim.cli import main; main()"
TIMEOUT = 60
EVERYTHING = "SELECT (COUNT(*) AS ?n) { { ?s ?p ?o } UNION { GRAPH ?g { ?s ?p ?o } } }"
PROBLEM = "application/problem+json"


@dataclass(frozen=True)
class Response:
    """An HTTP response; header names are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def media_type(self) -> str:
        """Return the media type without its parameters."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()

    @property
    def problem(self) -> str:
        """Return the last segment of a problem's type, and the empty string for what is no problem."""
        return json.loads(self.body)["type"].rpartition("/")[2] if self.media_type == PROBLEM else ""

    def __str__(self) -> str:
        return f"{self.status} {self.headers.get('content-type', '')}\n{self.body.decode(errors='replace')[:2000]}"


@dataclass(frozen=True)
class Server:
    """A running server."""

    url: str
    """Its endpoint, as the first line of its output gives it."""

    def request(
        self, method: str, path: str, headers: Mapping[str, str] | None = None, body: bytes | None = None
    ) -> Response:
        """Return the answer to a request that is sent exactly so: no redirect is followed, no header added."""
        connection = http.client.HTTPConnection(urlsplit(self.url).netloc, timeout=TIMEOUT)
        try:
            connection.request(method, path, body, dict(headers or {}))
            response = connection.getresponse()
            found = {name.lower(): value for name, value in response.getheaders()}
            return Response(response.status, found, response.read())
        finally:
            connection.close()

    def size(self) -> bytes:
        """Return how many statements all graphs have together, as the server counts them."""
        path = f"{urlsplit(self.url).path}?{urlencode({'query': EVERYTHING, 'union-default-graph': 'false'})}"
        response = self.request("GET", path, {"Accept": "text/csv"})
        assert response.status == 200, response
        return response.body


@contextmanager
def serve(graph: Path, *options: str) -> Iterator[Server]:
    """Run `lodeclaim serve` over a TriG file on a free port until the block is left."""
    command = [sys.executable, "-c", PROGRAM, "serve", "--graph", str(graph), "--port", "0", *options]
    log = graph.with_name(f"{graph.stem}.log")
    with (
        log.open("w") as errors,
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=errors, text=True) as process,
    ):
        try:
            line = process.stdout.readline() if process.stdout else ""
            found = re.fullmatch(r"Lodeclaim at (http://127\.0\.0\.1:\d+/sparql)\n", line)
            assert found, f"{' '.join(command)}: {line!r} {log.read_text()}"
            yield Server(found[1])
        finally:
            process.terminate()
            try:
                process.communicate(timeout=TIMEOUT)
            except subprocess.TimeoutExpired:
                process.kill()


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
