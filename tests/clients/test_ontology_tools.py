"""Tools for ontologies, which load ours by its URL: owlready2, and ROBOT, which does so as Protégé does (OWLAPI)."""

from __future__ import annotations

import owlready2
import pyoxigraph as ox
import pytest
from rdflib import OWL, RDF, Graph, URIRef

from lodeclaim import graph
from lodeclaim.namespaces import LC, ONTOLOGY
from support import java_clients
from support.java_clients import ROBOT, java


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


@pytest.mark.java
@pytest.mark.parametrize("address", ["/ontology", "/ontology?format=rdfxml"])
def test_robot(ours, classes, address, tmp_path):
    if reason := java_clients.missing(ROBOT):
        pytest.skip(reason)
    converted = tmp_path / "converted.ttl"
    java(ROBOT, "org.obolibrary.robot.CommandLineInterface", "convert", "-I", ours.root + address, "-o", converted)
    loaded = Graph().parse(converted)
    assert {str(found) for found in loaded.subjects(RDF.type, OWL.Class) if str(found).startswith(LC)} == classes
    assert set(loaded.subjects(RDF.type, OWL.Ontology)) == {URIRef(ONTOLOGY)}
