"""Writes a graph file in another RDF format: `python -m lodeclaim.endpoint.convert GRAPH TARGET`.

The extension of the target is that of the format. Formats without named graphs get the triples of all graphs.
"""

from __future__ import annotations

import sys
from pathlib import Path

from lodeclaim.endpoint import rdf
from lodeclaim.endpoint.errors import LodeclaimError
from lodeclaim.endpoint.vocabularies import USUAL


def convert(graph: Path, target: Path) -> None:
    """Write a graph file in the format of the target; raises UsageError or SourceError where that cannot be."""
    quads = rdf.canonical(rdf.read_quads(graph))
    format = rdf.format_named(target.suffix.removeprefix("."))
    if format.supports_datasets:
        content = rdf.serialize(quads, format, USUAL)
    else:
        content = rdf.serialize(list(dict.fromkeys(quad.triple for quad in quads)), format, USUAL)
    rdf.write(target, content)


if __name__ == "__main__":
    try:
        convert(*map(Path, sys.argv[1:3]))
    except LodeclaimError as error:
        sys.exit(str(error))
