"""The statistics of a dataset in VoID: what its description counts, one query a kind of partition.

The queries see all that is described in the default graph, each triple once, and what is already said of the
dataset in the named graph `graph:description`. The named graphs themselves are counted beforehand.
"""

from __future__ import annotations

from collections.abc import Iterator

import pyoxigraph as ox

from lodeclaim.endpoint import shipped
from lodeclaim.namespaces import DESCRIPTION

_GRAPH = ox.NamedNode(DESCRIPTION)

_OVER_GRAPHS = ("graphs", "asserted-files", "document-files")
_OVER_TRIPLES = (
    "totals",
    "vocabularies",
    "documents",
    "properties",
    "classes",
    "class-properties",
    "object-classes",
    "datatypes",
)


def statistics(store: ox.Store) -> set[ox.Quad]:
    """Return the counts over all graphs but the description, as quads of the description.

    They hang on the primary topic of the description; without one there are none.
    """
    described = ox.Store()
    described.bulk_extend(
        quad if quad.graph_name == _GRAPH else ox.Quad(quad.subject, quad.predicate, quad.object) for quad in store
    )
    found: set[ox.Quad] = set()
    for name in _OVER_GRAPHS:
        found.update(_construct(store, name))
    for name in _OVER_TRIPLES:
        found.update(_construct(described, name))
    return found


def _construct(store: ox.Store, name: str) -> Iterator[ox.Quad]:
    triples = store.query(shipped.text(__name__, f"{name}.rq"))
    if not isinstance(triples, ox.QueryTriples):
        raise AssertionError(f"{name}.rq is no CONSTRUCT")
    for triple in triples:
        yield ox.Quad(triple.subject, triple.predicate, triple.object, _GRAPH)
