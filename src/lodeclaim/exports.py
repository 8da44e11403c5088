"""A built graph, or a part of it, as a file in any RDF format."""

from __future__ import annotations

from pathlib import Path

import pyoxigraph as ox

from lodeclaim import graph, jsonld, parts
from lodeclaim.errors import UsageError

FORMATS = {
    "trig": ox.RdfFormat.TRIG,
    "nq": ox.RdfFormat.N_QUADS,
    "ttl": ox.RdfFormat.TURTLE,
    "nt": ox.RdfFormat.N_TRIPLES,
    "rdf": ox.RdfFormat.RDF_XML,
    "jsonld": ox.RdfFormat.JSON_LD,
}
"""The formats by the extensions of their files."""

CONTEXT = "context.jsonld"
"""The name of the file that holds the context of the JSON-LD files and nothing else."""


def convert(built: Path, extension: str, part: str = parts.WHOLE) -> bytes:
    """Return a part of a built graph in the format with this file extension, the same bytes each time.

    The formats without named graphs (ttl, nt, rdf) hold the triples of all graphs of the part.
    Raises UsageError for an unknown format or part, and as `graph.read_built` does.
    """
    if extension not in FORMATS:
        raise UsageError("--format", f"{extension!r} is no RDF format", f"Use {', '.join(FORMATS)}")
    format = FORMATS[extension]
    quads = graph.read_built(built)
    chosen = graph.canonical(parts.select(quads, part))
    if format == ox.RdfFormat.JSON_LD:
        # The context is that of the whole graph: a program reads all parts alike.
        return jsonld.write(chosen, jsonld.context(quads))
    if format.supports_datasets:
        return graph.serialize(chosen, format)
    return graph.serialize(list(dict.fromkeys(quad.triple for quad in chosen)), format)


def context(built: Path) -> bytes:
    """Return the context of the JSON-LD files of a built graph as a file; raises as `graph.read_built` does."""
    return jsonld.write_context(jsonld.context(graph.read_built(built)))
