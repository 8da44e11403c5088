"""The checksums of the files that a graph can be had as, kept in Turtle beside the graph's own file.

A file cannot hold its own digest, so that the graph cannot tell of it. Said in DCAT and SPDX, as DCAT 3 has it.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import pyoxigraph as ox

from lodeclaim.endpoint import rdf, shipped
from lodeclaim.endpoint.errors import SourceError
from lodeclaim.endpoint.rdf import RdfTerm, node

_QUERY = shipped.text("lodeclaim.endpoint", "checksums.rq")
_REMEDY = "Run lodeclaim build, which writes both, or copy both"
_DOWNLOAD_URL, _SIZE = node("dcat:downloadURL"), node("dcat:byteSize")
_CHECKSUM, _VALUE = node("spdx:checksum"), node("spdx:checksumValue")


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
            found[file_name(row["url"])] = Checksum(bytes.fromhex(row["sha256"].value), int(row["bytes"].value))
        except ValueError as error:
            raise SourceError(str(path), f"{row['url']} has no such checksum or size ({error})", _REMEDY) from error
    if len(said) and Checksum.of_file(graph_file) not in found.values():
        raise SourceError(str(path), f"it is not of {graph_file.name} as that is now", _REMEDY)
    return found


def downloads(triples: Iterable[ox.Triple]) -> Iterator[ox.Triple]:
    """Yield the triples that say where a distribution can be had."""
    return (triple for triple in triples if triple.predicate == _DOWNLOAD_URL)


def triples(told: Iterable[ox.Triple], files: Mapping[str, Checksum]) -> Iterator[ox.Triple]:
    """Yield size and checksum of each distribution that a description tells of and that is among the files.

    The files come by their names. A distribution is known by its `dcat:downloadURL`.
    """
    for triple in downloads(told):
        if (name := file_name(triple.object)) in files:
            yield from _facts(triple.subject, files[name])


def file_name(url: RdfTerm) -> str:
    """Return the name of the file that a URL of a download leads to; empty for another URL."""
    place, _, name = url.value.partition("/download/") if isinstance(url, ox.NamedNode) else ("", "", "")
    return name if place else ""


def _facts(distribution: RdfTerm, file: Checksum) -> Iterator[ox.Triple]:
    if not isinstance(distribution, ox.NamedNode):
        return
    checksum = ox.NamedNode(f"{distribution.value}#sha256")
    yield ox.Triple(distribution, _SIZE, ox.Literal(str(file.size), datatype=node("xsd:nonNegativeInteger")))
    yield ox.Triple(distribution, _CHECKSUM, checksum)
    yield ox.Triple(checksum, node("rdf:type"), node("spdx:Checksum"))
    yield ox.Triple(checksum, node("rdfs:label"), ox.Literal("SHA-256 of the file", language="en"))
    yield ox.Triple(checksum, node("spdx:algorithm"), node("spdx:checksumAlgorithm_sha256"))
    yield ox.Triple(checksum, _VALUE, ox.Literal(file.sha256.hex(), datatype=node("xsd:hexBinary")))
