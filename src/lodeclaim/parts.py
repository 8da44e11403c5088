"""The parts of a built graph that are handed out as files: all of it, what the documents say, one document."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import cast

import pyoxigraph as ox

from lodeclaim.endpoint.errors import UsageError
from lodeclaim.endpoint.web import lookup
from lodeclaim.namespaces import GRAPHS, LC, PREFIXES
from lodeclaim.resources import ASSERTED as ASSERTED_FILES

WHOLE = "lodeclaim"
"""The name of the file of all graphs."""

ASSERTED = "lodeclaim-asserted"
"""The name of the file of what people wrote down: nothing that a rule, the closure or a count added."""

ONTOLOGY = "ontology"
"""The name of the ontology as one document, which is served at its own address and is no file of its own there."""

DOCUMENTS = "documents/"
"""What the name of the file of one document begins with; its key follows."""

# The description counts the whole, and would be wrong about a part.
_WRITTEN = tuple(kind for kind in ASSERTED_FILES if kind != "description")


def is_asserted(graph: str) -> bool:
    """Return whether a named graph is that of a Turtle file: of the ontology, a vocabulary, Questions, a document."""
    return graph.removeprefix(GRAPHS).split("/")[0] in _WRITTEN if graph.startswith(GRAPHS) else False


def documents(graphs: Iterable[str]) -> list[str]:
    """Return the keys of the documents among the named graphs, sorted."""
    space = GRAPHS + DOCUMENTS
    return sorted(graph.removeprefix(space) for graph in graphs if graph.startswith(space))


def of_document(store: ox.Store, document: str) -> str:
    """Return the name of the part that is the file of a document (IRI); raises UsageError where it has none."""
    kind = ox.NamedNode(PREFIXES["rdf"] + "type")
    for quad in store.quads_for_pattern(ox.NamedNode(document), kind, ox.NamedNode(LC.Document)):
        if isinstance(quad.graph_name, ox.NamedNode) and quad.graph_name.value.startswith(GRAPHS + DOCUMENTS):
            return quad.graph_name.value.removeprefix(GRAPHS)
    raise UsageError(document, "no file of a document describes it", "Describe it in a file below data/documents/")


def names(graphs: Sequence[str]) -> list[str]:
    """Return the names of all parts of a dataset with these named graphs."""
    asserted = [ASSERTED] if any(map(is_asserted, graphs)) else []
    return [WHOLE, *asserted, *(DOCUMENTS + key for key in documents(graphs))]


def select(quads: Iterable[ox.Quad], name: str) -> list[ox.Quad]:
    """Return the quads of the part with this name; that of a document is its own named graph and nothing else.

    The ontology comes in one graph, without the imports and the headers of the modules that are in it.
    Raises UsageError, naming the parts there are, for one that is not in this graph.
    """
    quads = list(quads)
    if name == WHOLE:
        return quads
    if name == ONTOLOGY:
        return _ontology(quads)
    graphs = {str(quad.graph_name.value) for quad in quads if isinstance(quad.graph_name, ox.NamedNode)}
    known = names(sorted(graphs))
    if name not in known:
        raise UsageError(name, "the graph has no such part", f"It has {', '.join(known)}")
    wanted = {graph for graph in graphs if is_asserted(graph)} if name == ASSERTED else {GRAPHS + name}
    return [quad for quad in quads if isinstance(quad.graph_name, ox.NamedNode) and quad.graph_name.value in wanted]


def _ontology(quads: list[ox.Quad]) -> list[ox.Quad]:
    store = ox.Store()
    store.extend(quads)
    graph = ox.NamedNode(GRAPHS + ONTOLOGY)
    triples = cast(Iterable[ox.Triple], store.query(lookup.text("ontology-triples"), use_default_graph_as_union=True))
    return [ox.Quad(found.subject, found.predicate, found.object, graph) for found in triples]
