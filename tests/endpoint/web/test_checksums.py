"""What the server says of the digests of its downloads, worked out again from the bytes that HTTP delivers."""

from __future__ import annotations

import base64
import hashlib
import re
import shutil
import subprocess
from pathlib import Path

import pytest
import rdflib
from flask.testing import FlaskClient
from rdflib import RDF, XSD

from lodeclaim import validation
from lodeclaim.endpoint import checksums
from lodeclaim.endpoint.engines.engine import EmbeddedEngine
from lodeclaim.endpoint.errors import SourceError
from lodeclaim.interop import to_rdflib
from lodeclaim.namespaces import BASE, PREFIXES, shorten
from support import pages, servers
from support.paths import GRAPH, TESTS

DCAT, SPDX = rdflib.Namespace(PREFIXES["dcat"]), rdflib.Namespace(PREFIXES["spdx"])
EXTENSIONS = ("trig", "nq", "ttl", "nt", "rdf", "jsonld")
DESCRIBED = TESTS / "fixtures" / "described.trig"


@pytest.fixture(scope="module")
def said(ours: servers.Server) -> rdflib.Graph:
    answer = ours.request("GET", "/.well-known/void", {"Accept": "text/turtle"})
    return rdflib.Graph().parse(data=answer.body, format="turtle")


@pytest.mark.parametrize("extension", EXTENSIONS)
def test_the_digest_that_is_said_is_that_of_what_is_delivered(extension, ours, said, tmp_path) -> None:
    answer = ours.request("GET", f"/download/lodeclaim.{extension}")
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
    part = ours.request("GET", f"/download/lodeclaim.{extension}", {"Range": "bytes=10-19"})
    assert (part.status, part.body, part.headers["repr-digest"]) == (206, answer.body[10:20], field)
    head = ours.request("HEAD", f"/download/lodeclaim.{extension}")
    assert (head.status, head.body, head.headers["repr-digest"]) == (200, b"", field)


def test_the_downloads_do_not_hold_their_digests(ours) -> None:
    for extension in EXTENSIONS:
        body = ours.request("GET", f"/download/lodeclaim.{extension}").body
        assert hashlib.sha256(body).hexdigest().encode() not in body


def test_what_is_said_fits_the_shapes(said, asserted, sources) -> None:
    """The document alone holds no documents or classes: their types come from the graph, and are not judged."""
    types = [
        q for q in asserted if q.predicate.value == str(RDF.type) and "/graph/description" not in str(q.graph_name)
    ]
    (shapes,) = (source for source in sources.files("shapes") if source.path.stem == "description")
    wanted = to_rdflib(validation.shape_quads([shapes]))
    digests = {str(node) for node in said.subjects(RDF.type, SPDX.Checksum)}
    assert len(digests) == len(EXTENSIONS)
    about = {
        *digests,
        *map(str, said.subjects(RDF.type, DCAT.Distribution)),
        *map(str, said.subjects(RDF.type, DCAT.Dataset)),
    }
    findings = validation.shacl(said + to_rdflib(types), wanted)
    assert [f for f in findings if f.where in {shorten(node) for node in about}] == []
    broken = rdflib.Graph() + said
    broken.remove((None, SPDX.algorithm, None))
    found = {f.check for f in validation.shacl(broken + to_rdflib(types), wanted)}
    assert "lcs:ChecksumShape-algorithm" in found


def told(client: FlaskClient) -> dict[str, str]:
    """The digests in the VoID of a client's server, by the names of the files."""
    said = rdflib.Graph().parse(data=client.get("/.well-known/void").data, format="turtle")
    urls = {file: str(url) for file, url in said.subject_objects(DCAT.downloadURL)}
    return {
        urls[file].rpartition("/")[2]: str(value)
        for file, checksum in said.subject_objects(SPDX.checksum)
        for value in said.objects(checksum, SPDX.checksumValue)
    }


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of the project's graph with its checksums, which a test may spoil."""
    for path in (GRAPH, checksums.beside(GRAPH)):
        shutil.copy(path, tmp_path)
    return tmp_path / GRAPH.name


def client_of(file: Path) -> FlaskClient:
    return pages.client(EmbeddedEngine.from_file(file), graph_file=file)


def test_digests_are_told_though_nothing_was_made(copy, monkeypatch) -> None:
    monkeypatch.setattr(subprocess, "run", None)  # a conversion is a process
    found = told(client_of(copy))
    assert set(found) == {f"lodeclaim.{extension}" for extension in EXTENSIONS}
    assert found["lodeclaim.trig"] == hashlib.sha256(copy.read_bytes()).hexdigest()


def test_digests_of_another_graph_are_not_told(copy, capsys) -> None:
    with copy.open("a", encoding="utf-8") as stream:
        stream.write("<urn:s> <urn:p> <urn:o> .\n")
    client = client_of(copy)
    assert told(client) == {}
    assert "it is not of lodeclaim.trig as that is now. Run lodeclaim build" in capsys.readouterr().err
    with client.get("/download/lodeclaim.nt") as response:
        assert told(client) == {"lodeclaim.nt": hashlib.sha256(response.data).hexdigest()}


def test_digest_is_that_of_the_graph_that_was_loaded(copy) -> None:
    client = client_of(copy)
    first = told(client)["lodeclaim.nt"]
    with client.get("/download/lodeclaim.nt") as response:
        assert hashlib.sha256(response.data).hexdigest() == first
    with copy.open("a", encoding="utf-8") as stream:
        stream.write("<urn:s> <urn:p> <urn:o> .\n")
    assert told(client)["lodeclaim.nt"] == first
    anew = client_of(copy)
    assert told(anew) == {}
    with anew.get("/download/lodeclaim.nt") as response:
        assert told(anew) == {"lodeclaim.nt": hashlib.sha256(response.data).hexdigest()} != {"lodeclaim.nt": first}


@pytest.mark.parametrize(
    ("part", "other", "words"),
    [
        ('dcat:byteSize "', 'dcat:byteSize "1', "it is not of lodeclaim.trig"),
        ('"^^xsd:hexBinary', 'x"^^xsd:hexBinary', "has no such checksum or size"),
        ("dcat:downloadURL", "dcat:accessURL", "it is not of lodeclaim.trig"),
        ("@prefix", "@prefixes", "line 1"),
    ],
)
def test_malformed_checksums_are_an_error_that_says_where(copy, part, other, words) -> None:
    path = checksums.beside(copy)
    text = path.read_text(encoding="utf-8")
    assert part in text
    path.write_text(text.replace(part, other), encoding="utf-8")
    with pytest.raises(SourceError, match=re.escape(str(path))) as caught:
        checksums.read(copy)
    assert words in str(caught.value)


def test_graph_without_checksums_has_none(tmp_path) -> None:
    assert checksums.read(DESCRIBED) == {}
