"""The same triples for the libraries that want them in a graph of rdflib."""

from __future__ import annotations

from collections.abc import Iterable

import pyoxigraph as ox
import rdflib


def to_rdflib(quads: Iterable[ox.Quad]) -> rdflib.Graph:
    """Return the triples, whatever graph they are in, as an rdflib graph (which SHACL and OWL tools want)."""
    triples = ox.serialize((quad.triple for quad in quads), format=ox.RdfFormat.N_TRIPLES)
    return rdflib.Graph().parse(data=triples, format="nt")
