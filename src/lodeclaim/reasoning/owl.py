"""OWL over the ontology and the settled view: the RL closure, and consistency with HermiT.

Both see the same small view: module axioms without annotations, the vocabulary, and what the rules settled;
no literals (HermiT refuses xsd:date), no imports (owlready2 would fetch them) and none of the claims.
"""

from __future__ import annotations

import io
import shutil
from dataclasses import dataclass
from typing import Any

import owlrl
import pyoxigraph as ox
import rdflib
from rdflib import OWL, RDF, RDFS

from lodeclaim.endpoint.errors import LodeclaimError
from lodeclaim.findings import Finding
from lodeclaim.interop import to_rdflib
from lodeclaim.namespaces import ONTOLOGY, shorten
from lodeclaim.reasoning import rules

_TRIVIAL = {OWL.Thing, RDFS.Resource, OWL.NamedIndividual}


class JavaMissingError(LodeclaimError):
    """HermiT needs a Java runtime and none is on the path."""


@dataclass(frozen=True)
class Verdict:
    """What HermiT found: whether a model exists, and which named classes can have no member."""

    consistent: bool
    unsatisfiable: tuple[str, ...]
    classes: int


def view(store: ox.Store, more: tuple[str, ...] = (), of: rules.Stage | None = None) -> rdflib.Graph:
    """Return ontology, vocabulary and settled view as one graph, without literals, annotations and imports.

    Which named graphs these are, the stages of the build say (`build:closesGraphs`). `more` are the beginnings of the
    IRIs of further ones to take, `of` is the stage that is meant, if not all.
    """
    graphs = (*(beginning for stage in ([of] if of else rules.stages(store)) for beginning in stage.closes), *more)
    properties = store.quads_for_pattern(None, ox.NamedNode(str(RDF.type)), ox.NamedNode(str(OWL.AnnotationProperty)))
    annotations = {quad.subject for quad in properties}
    quads = [
        quad
        for quad in store
        if isinstance(quad.graph_name, ox.NamedNode)
        and quad.graph_name.value.startswith(graphs)
        and (not isinstance(quad.object, ox.Literal) or _limits_cardinality(quad.predicate.value))
        and quad.predicate not in annotations
        and not _is_annotation(quad.predicate.value)
    ]
    return to_rdflib(quads)


def closure(graph: rdflib.Graph) -> list[ox.Triple]:
    """Return what OWL 2 RL adds to a view about named individuals: types and links between IRIs of ours.

    Schema consequences, reflexive triples and membership of owl:Thing are left out: nobody asks for them.
    Raises nothing on a clash: that is HermiT's to report.
    """
    closed = rdflib.Graph()
    for triple in graph:
        closed.add(triple)
    owlrl.DeductiveClosure(owlrl.OWLRL_Semantics, axiomatic_triples=False, datatype_axioms=False).expand(closed)
    return sorted(
        (
            ox.Triple(ox.NamedNode(str(s)), ox.NamedNode(str(p)), ox.NamedNode(str(o)))
            for s, p, o in closed
            if (s, p, o) not in graph
            and (s, None, None) in graph
            and _tells_something(s, p, o)
            and not _is_schema(s, graph)
        ),
        key=str,
    )


def load(graph: rdflib.Graph) -> Any:  # noqa: ANN401 - owlready2 has no types
    """Return a view as an owlready2 ontology in a world of its own: its classes are attributes by their names.

    Raises AssertionError if owlready2 found no class, which it does not report by itself.
    """
    import owlready2  # slow to import, and only what needs classes or HermiT does

    world = owlready2.World()
    # Fed with Turtle it reports success and knows nothing.
    triples = graph.serialize(format="nt", encoding="utf-8")
    loaded = world.get_ontology(ONTOLOGY + "#").load(fileobj=io.BytesIO(triples), format="ntriples")
    if next(iter(world.classes()), None) is None:
        raise AssertionError("owlready2 read the ontology without finding a class in it")
    return loaded


def consistency(graph: rdflib.Graph) -> Verdict:
    """Return HermiT's verdict on a view; an empty one is consistent.

    Raises JavaMissingError without a Java runtime.
    """
    if shutil.which("java") is None:
        raise JavaMissingError(
            "the consistency proof",
            "no Java runtime on the path",
            "Install one, 11 or newer",
        )
    if not graph:
        return Verdict(True, (), 0)
    import owlready2

    loaded = load(graph)
    classes = len(list(loaded.world.classes()))
    with loaded:
        try:
            owlready2.sync_reasoner_hermit(loaded.world, infer_property_values=False, debug=0)
        except owlready2.OwlReadyInconsistentOntologyError:
            return Verdict(False, (), classes)
    impossible = [c.iri for c in loaded.world.inconsistent_classes() if c is not owlready2.Nothing]
    return Verdict(True, tuple(sorted(impossible)), classes)


def findings(verdict: Verdict) -> list[Finding]:
    """Return what is wrong with the ontology by HermiT's verdict."""
    if not verdict.consistent:
        remedy = "Find the two statements that exclude each other: take the last change back to see"
        return [Finding("the ontology", "consistency", "it and the settled view contradict each other", remedy)]
    remedy = "Correct its superclasses and restrictions: nothing can be a member of it"
    return [
        Finding(shorten(iri), "satisfiability", "the class is empty in every model", remedy)
        for iri in verdict.unsatisfiable
    ]


def _is_annotation(predicate: str) -> bool:
    skos = "http://www.w3.org/2004/02/skos/core#"
    return predicate in {
        str(OWL.imports),
        str(OWL.versionIRI),
        str(RDFS.isDefinedBy),
        str(RDFS.seeAlso),
    } or predicate.startswith((skos + "inScheme", skos + "broader", "http://purl.org/dc/terms/"))


def _limits_cardinality(predicate: str) -> bool:
    return "ardinality" in predicate


def _tells_something(s: rdflib.term.Node, p: rdflib.term.Node, o: rdflib.term.Node) -> bool:
    return (
        isinstance(s, rdflib.URIRef)
        and isinstance(o, rdflib.URIRef)
        and s != o
        and o not in _TRIVIAL
        and p not in {OWL.sameAs, OWL.differentFrom}
    )


def _is_schema(node: rdflib.term.Node, graph: rdflib.Graph) -> bool:
    kinds = {OWL.Class, OWL.ObjectProperty, OWL.DatatypeProperty, OWL.AnnotationProperty, OWL.Ontology}
    return any((node, RDF.type, kind) in graph for kind in kinds)
