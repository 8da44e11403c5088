"""A graph, or a part of it, as a file in any RDF format."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial

import pyoxigraph as ox

from lodeclaim import graph, jsonld, parts
from lodeclaim.endpoint import rdf
from lodeclaim.endpoint.catalogue.values import shown
from lodeclaim.endpoint.errors import UsageError
from lodeclaim.endpoint.sparql import formats

FORMATS = {offer.extension: rdf.format_named(offer.extension) for offer in formats.GRAPHS}
"""The formats by the extensions of their files."""

CONTEXT = "context.jsonld"
"""The name of the file that holds the context of the JSON-LD files and nothing else."""


def extension_of(name: str) -> str:
    """Return the extension of the files of a format, by any of its names; raises UsageError where there is none."""
    if (found := formats.named(formats.GRAPHS, name)) is None:
        raise UsageError("--format", f"{shown(name)!r} is no RDF format", f"Use {formats.titles(formats.GRAPHS)}")
    return found.extension


def convert(quads: Sequence[ox.Quad], name: str, part: str = parts.WHOLE) -> bytes:
    """Return a part of a graph in the format that is called so, the same bytes each time.

    The formats without named graphs (ttl, nt, rdf) hold the triples of all graphs of the part. Raises UsageError for
    an unknown format or part, SourceError for what the format cannot hold.
    """
    extension = extension_of(name)
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
