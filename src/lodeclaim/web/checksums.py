"""The digests of the downloads: what is said of them beside the graph, since a file cannot hold its own."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Iterator, Mapping
from typing import Protocol

import pyoxigraph as ox

from lodeclaim.namespaces import PREFIXES

_DOWNLOAD = "/download/"


class File(Protocol):
    """A file that can be downloaded."""

    @property
    def sha256(self) -> bytes:
        """The digest of its bytes."""

    @property
    def size(self) -> int:
        """The number of its bytes."""


def header(file: File) -> str:
    """Return the digest as a value of the header field Repr-Digest (RFC 9530)."""
    return f"sha-256=:{base64.b64encode(file.sha256).decode()}:"


def triples(told: Iterable[ox.Triple], files: Mapping[str, File]) -> Iterator[ox.Triple]:
    """Yield size and checksum of each distribution that a description tells of and that is among the files.

    The files come by their names. A distribution is known by its `dcat:downloadURL`.
    """
    for triple in told:
        if triple.predicate != _named("dcat:downloadURL") or not isinstance(triple.object, ox.NamedNode):
            continue
        place, found, name = triple.object.value.partition(_DOWNLOAD)
        if found and place and name in files and isinstance(triple.subject, ox.NamedNode):
            yield from _facts(triple.subject, files[name])


def _facts(distribution: ox.NamedNode, file: File) -> Iterator[ox.Triple]:
    checksum = ox.NamedNode(f"{distribution.value}#sha256")
    size = ox.Literal(str(file.size), datatype=_named("xsd:nonNegativeInteger"))
    value = ox.Literal(file.sha256.hex(), datatype=_named("xsd:hexBinary"))
    yield ox.Triple(distribution, _named("dcat:byteSize"), size)
    yield ox.Triple(distribution, _named("spdx:checksum"), checksum)
    yield ox.Triple(checksum, _named("rdf:type"), _named("spdx:Checksum"))
    yield ox.Triple(checksum, _named("rdfs:label"), ox.Literal("SHA-256 of the file", language="en"))
    yield ox.Triple(checksum, _named("spdx:algorithm"), _named("spdx:checksumAlgorithm_sha256"))
    yield ox.Triple(checksum, _named("spdx:checksumValue"), value)


def _named(name: str) -> ox.NamedNode:
    prefix, _, local = name.partition(":")
    return ox.NamedNode(PREFIXES[prefix] + local)
