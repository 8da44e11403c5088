"""A graph, or a part of it, as a file in any RDF format."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial

import pyoxigraph as ox

from lodeclaim import graph, jsonld, parts
from lodeclaim.endpoint import rdf
from lodeclaim.endpoint.catalogue.values import shown
from lodeclaim.endpoint.errors import UsageError

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


def convert(quads: Sequence[ox.Quad], extension: str, part: str = parts.WHOLE) -> bytes:
    """Return a part of a graph in the format with this file extension, the same bytes each time.

    The formats without named graphs (ttl, nt, rdf) hold the triples of all graphs of the part. Raises UsageError for
    an unknown format or part, SourceError for what the format cannot hold.
    """
    if extension not in FORMATS:
        raise UsageError("--format", f"{shown(extension)!r} is no RDF format", f"Use {', '.join(FORMATS)}")
    # The context is that of the whole graph: a program reads all parts alike.
    return _written(rdf.canonical(parts.select(quads, part)), extension, partial(jsonld.context, quads))


def every(quads: Sequence[ox.Quad]) -> Iterator[tuple[str, Callable[[], bytes]]]:
    """Yield the name of the file of the whole graph in each format, with what writes it as `convert` does."""
    ordered = rdf.canonical(quads)
    for extension in FORMATS:
        write = partial(_written, ordered, extension, partial(jsonld.context, ordered))
        yield f"{parts.WHOLE}.{extension}", write


def _written(ordered: list[ox.Quad], extension: str, context: Callable[[], jsonld.Context]) -> bytes:
    format = FORMATS[extension]
    if format == ox.RdfFormat.JSON_LD:
        return jsonld.write(ordered, context())
    if format.supports_datasets:
        return graph.serialize(ordered, format)
    return graph.serialize(list(dict.fromkeys(quad.triple for quad in ordered)), format)


def context(quads: Iterable[ox.Quad]) -> bytes:
    """Return the context of the JSON-LD files of a graph as a file."""
    return jsonld.write_context(jsonld.context(quads))
