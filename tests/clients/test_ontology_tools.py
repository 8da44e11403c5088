"""Tools for ontologies, which load ours by its URL: owlready2."""

from __future__ import annotations

import owlready2
import pyoxigraph as ox
import pytest
from rdflib import OWL, RDF

from lodeclaim import graph
from lodeclaim.namespaces import LC, ONTOLOGY


@pytest.fixture(scope="module")
def classes(sources) -> set[str]:
    """The IRIs of the classes that the modules declare."""
    pattern = ox.NamedNode(str(RDF.type)), ox.NamedNode(str(OWL.Class))
    declared = graph.read(sources.files("ontology")).quads_for_pattern(None, *pattern, None)
    return {quad.subject.value for quad in declared if quad.subject.value.startswith(LC)}


@pytest.mark.parametrize("address", ["/ontology", "/ontology?format=rdfxml"])
def test_owlready2(ours, classes, address):
    world = owlready2.World()
    loaded = world.get_ontology(ours.root + address).load()
    assert {found.iri for found in world.classes() if found.iri.startswith(LC)} == classes
    assert loaded.metadata.storid == world._abbreviate(ONTOLOGY)
