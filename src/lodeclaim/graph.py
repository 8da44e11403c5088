"""Turtle files in, one dataset with a named graph a file out; and the stable way in which that is written."""

from __future__ import annotations

from collections.abc import Iterable

import pyoxigraph as ox

from lodeclaim import shortform
from lodeclaim.endpoint import rdf
from lodeclaim.namespaces import PREFIXES
from lodeclaim.resources import Source


def read(sources: Iterable[Source]) -> ox.Store:
    """Return a store with one named graph a file.

    What a file says in the short form is written out. Raises SourceError, naming file and line, for one that is no
    Turtle or contradicts itself.
    """
    store = ox.Store()
    for source in sources:
        store.extend(
            ox.Quad(triple.subject, triple.predicate, triple.object, ox.NamedNode(source.graph))
            for triple in shortform.read(source.path)
        )
    return store


def to_trig(quads: Iterable[ox.Quad]) -> bytes:
    """Return TriG that is the same bytes for the same dataset."""
    return serialize(rdf.canonical(quads), ox.RdfFormat.TRIG)


def serialize(statements: list[ox.Quad] | list[ox.Triple], format: ox.RdfFormat) -> bytes:
    """Return the statements in their order, with the project's prefixes where the format has prefixes."""
    return rdf.serialize(statements, format, PREFIXES)
