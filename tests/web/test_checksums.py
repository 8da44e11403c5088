"""What the server says of the digests of its downloads, worked out again from the bytes that HTTP delivers."""

from __future__ import annotations

import base64
import hashlib
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pyoxigraph as ox
import pytest
import rdflib
from rdflib import RDF, XSD

from lodeclaim import graph, validation
from lodeclaim.namespaces import BASE, PREFIXES
from lodeclaim.query.engine import EmbeddedEngine
from lodeclaim.web.app import create_app
from lodeclaim.web.pages import downloads
from lodeclaim.web.settings import Settings
from support import servers
from support.paths import GRAPH, TESTS

DCAT, SPDX = rdflib.Namespace(PREFIXES["dcat"]), rdflib.Namespace(PREFIXES["spdx"])
EXTENSIONS = ("trig", "nq", "ttl", "nt", "rdf", "jsonld")
DESCRIBED = TESTS / "fixtures" / "described.trig"


@pytest.fixture(scope="module")
def file(built: ox.Store, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("graph") / "lodeclaim.trig"
    path.write_bytes(graph.to_trig(built))
    return path


@pytest.fixture(scope="module")
def server(file: Path) -> Iterator[servers.Server]:
    with servers.serve(file, "--log", "off") as running:
        yield running


@pytest.fixture(scope="module")
def said(server: servers.Server) -> rdflib.Graph:
    answer = server.request("GET", "/.well-known/void", {"Accept": "text/turtle"})
    return rdflib.Graph().parse(data=answer.body, format="turtle")


@pytest.mark.parametrize("extension", EXTENSIONS)
def test_the_digest_that_is_said_is_that_of_what_is_delivered(extension, server, said, tmp_path) -> None:
    answer = server.request("GET", f"/download/lodeclaim.{extension}")
    assert (answer.status, "content-encoding" in answer.headers) == (200, False)
    (tmp_path / "delivered").write_bytes(answer.body)
    if shutil.which("sha256sum"):
        printed = subprocess.run(["sha256sum", tmp_path / "delivered"], capture_output=True, text=True, check=True)
        expected = printed.stdout.split()[0]
    else:
        expected = hashlib.sha256(answer.body).hexdigest()
    (distribution,) = said.subjects(DCAT.downloadURL, rdflib.URIRef(f"{BASE}download/lodeclaim.{extension}"))
    (checksum,) = said.objects(distribution, SPDX.checksum)
    assert list(said.objects(checksum, SPDX.algorithm)) == [SPDX.checksumAlgorithm_sha256]
    (value,) = said.objects(checksum, SPDX.checksumValue)
    assert (str(value), value.datatype) == (expected, XSD.hexBinary)
    assert list(map(int, said.objects(distribution, DCAT.byteSize))) == [len(answer.body)]
    field = "sha-256=:" + base64.b64encode(hashlib.sha256(answer.body).digest()).decode() + ":"
    assert answer.headers["repr-digest"] == field
    # Of a part, and of none of it, the digest is still that of the whole.
    part = server.request("GET", f"/download/lodeclaim.{extension}", {"Range": "bytes=10-19"})
    assert (part.status, part.body, part.headers["repr-digest"]) == (206, answer.body[10:20], field)
    head = server.request("HEAD", f"/download/lodeclaim.{extension}")
    assert (head.status, head.body, head.headers["repr-digest"]) == (200, b"", field)


def test_the_downloads_do_not_hold_their_digests(server) -> None:
    for extension in EXTENSIONS:
        body = server.request("GET", f"/download/lodeclaim.{extension}").body
        assert hashlib.sha256(body).hexdigest().encode() not in body


def test_what_is_said_fits_the_shapes(said, asserted, shapes) -> None:
    """The document alone holds no documents or classes: their types come from the graph, and are not judged."""
    types = [
        q for q in asserted if q.predicate.value == str(RDF.type) and "/graph/description" not in str(q.graph_name)
    ]
    wanted = graph.to_rdflib(shapes)
    checksums = {str(node) for node in said.subjects(RDF.type, SPDX.Checksum)}
    assert len(checksums) == len(EXTENSIONS)
    about = {
        *checksums,
        *map(str, said.subjects(RDF.type, DCAT.Distribution)),
        *map(str, said.subjects(RDF.type, DCAT.Dataset)),
    }
    findings = validation.shacl(said + graph.to_rdflib(types), wanted)
    assert [f for f in findings if f.where in {validation.shorten(node) for node in about}] == []
    broken = rdflib.Graph() + said
    broken.remove((None, SPDX.algorithm, None))
    found = {f.check for f in validation.shacl(broken + graph.to_rdflib(types), wanted)}
    assert "lcs:ChecksumShape-algorithm" in found


def test_the_digest_follows_the_file(tmp_path) -> None:
    copy = tmp_path / "graph.trig"
    shutil.copy(GRAPH, copy)
    engine = EmbeddedEngine.from_file(copy)
    client = create_app(engine, Settings(graph_file=copy)).test_client()

    def told() -> str:
        said = rdflib.Graph().parse(data=client.get("/.well-known/void").data, format="turtle")
        return str(next(said.objects(rdflib.URIRef(f"{BASE}id/dataset/lodeclaim/nt#sha256"), SPDX.checksumValue)))

    first = told()
    with client.get("/download/lodeclaim.nt") as response:
        assert hashlib.sha256(response.data).hexdigest() == first
    with copy.open("a", encoding="utf-8") as stream:
        stream.write("<urn:s> <urn:p> <urn:o> .\n")
    second = told()
    with client.get("/download/lodeclaim.nt") as response:
        assert hashlib.sha256(response.data).hexdigest() == second != first


def test_of_a_large_graph_only_what_was_made_is_said(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(downloads, "MAX_PREPARED", 10)
    conversions = downloads.Conversions(DESCRIBED)
    assert conversions.files() == {}
    made = conversions.file("lodeclaim.nt")
    assert conversions.files() == {"lodeclaim.nt": made}
