"""The digests of the files that a graph can be had as, worked out when it is built."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

import pyoxigraph as ox

from lodeclaim import exports, graph
from lodeclaim.endpoint import checksums
from lodeclaim.endpoint.checksums import Checksum
from lodeclaim.endpoint.errors import SourceError

_BUILT = "lodeclaim.trig"
"""The file of the graph itself, by its name among the downloads."""


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
    urls = checksums.downloads(quad.triple for quad in quads)
    told = {triple for triple in urls if checksums.file_name(triple.object) in files}
    if not any(checksums.file_name(triple.object) == _BUILT for triple in told):
        told.clear()  # nobody could tell of which graph they are
    written = graph.serialize(sorted({*told, *checksums.triples(told, files)}, key=str), ox.RdfFormat.TURTLE)
    return written.expandtabs(4)  # as our own Turtle is laid out
