"""The digests of the files that a graph can be had as: made when it is built, and kept in Turtle beside it.

A file cannot hold its own digest, so that the graph cannot tell of it. Said in DCAT and SPDX, as DCAT 3 has it.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from importlib.resources import files as package_files
from pathlib import Path
from typing import cast

import pyoxigraph as ox

from lodeclaim import exports, graph
from lodeclaim.endpoint import rdf
from lodeclaim.endpoint.errors import SourceError
from lodeclaim.namespaces import PREFIXES

_BUILT = "lodeclaim.trig"
"""The file of the graph itself, by its name among the downloads."""

_QUERY = package_files("lodeclaim").joinpath("checksums.rq").read_text(encoding="utf-8")
_REMEDY = "Run lodeclaim build, which writes both, or copy both"
_Node = ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple


@dataclass(frozen=True)
class Checksum:
    """What is known of the bytes of a file."""

    sha256: bytes
    size: int

    @classmethod
    def of(cls, content: bytes) -> Checksum:
        """Return that of some bytes."""
        return cls(hashlib.sha256(content).digest(), len(content))

    @classmethod
    def of_file(cls, path: Path) -> Checksum:
        """Return that of a file of any size; raises OSError."""
        with path.open("rb") as stream:
            digest = hashlib.file_digest(stream, "sha256").digest()
            return cls(digest, stream.tell())

    @property
    def header(self) -> str:
        """The digest as a value of the header field Repr-Digest (RFC 9530)."""
        return f"sha-256=:{base64.b64encode(self.sha256).decode()}:"


def beside(graph_file: Path) -> Path:
    """Return where the checksums of a graph file are kept."""
    return graph_file.with_suffix(".checksums.ttl")


def work_out(quads: list[ox.Quad], progress: Callable[[str], object] = lambda _: None) -> dict[str, Checksum]:
    """Return the checksum of the file in each format by its name, without those that cannot hold the graph.

    `progress` is called with each name before its turn, and with why a file cannot be.
    """
    found = {}
    for name, write in exports.every(quads):
        progress(name)
        try:
            found[name] = Checksum.of(write())
        except SourceError as error:
            progress(str(error))
    return found


def to_turtle(quads: Iterable[ox.Quad], files: Mapping[str, Checksum]) -> bytes:
    """Return what is to be kept beside a graph: its distributions that are among the files, with their checksums."""
    told = {quad.triple for quad in quads if quad.predicate == _DOWNLOAD_URL and _file_name(quad.object) in files}
    if not any(_file_name(triple.object) == _BUILT for triple in told):
        told.clear()  # nobody could tell of which graph they are
    written = graph.serialize(sorted({*told, *triples(told, files)}, key=str), ox.RdfFormat.TURTLE)
    return written.expandtabs(4)  # as our own Turtle is laid out


def read(graph_file: Path) -> dict[str, Checksum]:
    """Return the checksums that are kept beside a graph file, by the names of the files; none where none are kept.

    Raises SourceError where they are not of this graph, or are malformed.
    """
    path = beside(graph_file)
    if not path.is_file():
        return {}
    said = ox.Store()
    said.extend(rdf.parse(path))
    found = {}
    for row in cast(ox.QuerySolutions, said.query(_QUERY)):
        try:
            found[_file_name(row["url"])] = Checksum(bytes.fromhex(row["sha256"].value), int(row["bytes"].value))
        except ValueError as error:
            raise SourceError(str(path), f"{row['url']} has no such checksum or size ({error})", _REMEDY) from error
    if len(said) and found.get(_BUILT) != Checksum.of_file(graph_file):
        raise SourceError(str(path), f"it is not of {graph_file.name} as that is now", _REMEDY)
    return found


def triples(told: Iterable[ox.Triple], files: Mapping[str, Checksum]) -> Iterator[ox.Triple]:
    """Yield size and checksum of each distribution that a description tells of and that is among the files.

    The files come by their names. A distribution is known by its `dcat:downloadURL`.
    """
    for triple in told:
        if triple.predicate == _DOWNLOAD_URL and (name := _file_name(triple.object)) in files:
            yield from _facts(triple.subject, files[name])


def _file_name(url: _Node) -> str:
    place, _, name = url.value.partition("/download/") if isinstance(url, ox.NamedNode) else ("", "", "")
    return name if place else ""


def _facts(distribution: _Node, file: Checksum) -> Iterator[ox.Triple]:
    if not isinstance(distribution, ox.NamedNode):
        return
    checksum = ox.NamedNode(f"{distribution.value}#sha256")
    yield ox.Triple(distribution, _SIZE, ox.Literal(str(file.size), datatype=_named("xsd:nonNegativeInteger")))
    yield ox.Triple(distribution, _CHECKSUM, checksum)
    yield ox.Triple(checksum, _named("rdf:type"), _named("spdx:Checksum"))
    yield ox.Triple(checksum, _named("rdfs:label"), ox.Literal("SHA-256 of the file", language="en"))
    yield ox.Triple(checksum, _named("spdx:algorithm"), _named("spdx:checksumAlgorithm_sha256"))
    yield ox.Triple(checksum, _VALUE, ox.Literal(file.sha256.hex(), datatype=_named("xsd:hexBinary")))


def _named(name: str) -> ox.NamedNode:
    prefix, _, local = name.partition(":")
    return ox.NamedNode(PREFIXES[prefix] + local)


_DOWNLOAD_URL, _SIZE = _named("dcat:downloadURL"), _named("dcat:byteSize")
_CHECKSUM, _VALUE = _named("spdx:checksum"), _named("spdx:checksumValue")
