"""The same triples for the libraries that want them in a graph or dataset of rdflib."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import pyoxigraph as ox
import rdflib


def to_rdflib(quads: Iterable[ox.Quad]) -> rdflib.Graph:
    """Return the triples, whatever graph they are in, as an rdflib graph (which SHACL and OWL tools want)."""
    triples = ox.serialize((quad.triple for quad in quads), format=ox.RdfFormat.N_TRIPLES)
    return parsed(triples or b"")


def parsed(triples: bytes) -> rdflib.Graph:
    """Return the triples of a document in N-Triples."""
    return rdflib.Graph().parse(data=triples, format="nt")


def to_dataset(store: ox.Store, prefixes: Mapping[str, str]) -> rdflib.Dataset:
    """Return a copy of a store with its named graphs, whose default graph is the union of them."""
    dataset = rdflib.Dataset(default_union=True)
    for graph in store.named_graphs():
        triples = store.dump(format=ox.RdfFormat.N_TRIPLES, from_graph=graph)
        dataset.graph(rdflib.URIRef(graph.value)).parse(data=triples, format="nt")
    for prefix, namespace in prefixes.items():
        dataset.bind(prefix, namespace)
    return dataset
