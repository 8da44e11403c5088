"""How a dataset names things: read from what it says of itself, whatever vocabulary it has."""

from __future__ import annotations

import pyoxigraph as ox
import pytest

from lodeclaim.endpoint.engines.engine import EmbeddedEngine, Query, read_names
from lodeclaim.endpoint.engines.names import Names
from lodeclaim.endpoint.sparql.formats import GRAPHS
from lodeclaim.endpoint.vocabularies import USUAL
from lodeclaim.namespaces import BASE, BUILD, LC, PREFIXES

FOREIGN = """
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix vann: <http://purl.org/vocab/vann/> .
@prefix void: <http://rdfs.org/ns/void#> .

<http://a.example/onto> a owl:Ontology ; sh:declare [ sh:prefix "a" ; sh:namespace "http://a.example/onto#" ] .
<http://b.example/all> a owl:Ontology ; vann:preferredNamespaceUri "http://b.example/terms/" .
<http://a.example/onto#Ship> rdfs:isDefinedBy <http://a.example/onto> .
<http://b.example/terms/Port> rdfs:isDefinedBy <http://b.example/all> .
<http://other.example/Thing> rdfs:isDefinedBy <http://other.example/> .
<http://a.example/set> void:uriSpace "http://a.example/id/" .
"""


def over(turtle: str) -> EmbeddedEngine:
    store = ox.Store()
    store.load(turtle.encode(), ox.RdfFormat.TURTLE, to_graph=ox.NamedNode("http://a.example/g"))
    return EmbeddedEngine(store)


def test_a_dataset_tells_its_prefixes_its_base_and_the_terms_of_its_own_ontologies() -> None:
    engine = over(FOREIGN)
    expected = Names(
        {"a": "http://a.example/onto#"},
        "http://a.example/id/",
        {"http://a.example/onto#": frozenset({"Ship"}), "http://b.example/terms/": frozenset({"Port"})},
        value_spaces={
            USUAL["rdf"] + "type": frozenset({USUAL["owl"]}),
            USUAL["rdfs"] + "isDefinedBy": frozenset(
                {"http://a.example/", "http://b.example/", "http://other.example/"}
            ),
        },
    )
    assert engine.names == read_names(engine) == expected


def test_a_dataset_describes_its_properties_and_classes() -> None:
    described = """
    @prefix void: <http://rdfs.org/ns/void#> .
    [] a void:Dataset ; void:propertyPartition [ void:property <http://a.example/onto#name> ] ;
       void:classPartition [ void:class <http://a.example/onto#Ship> ] .
    """
    assert over(FOREIGN).names.described == {}
    assert over(described).names.described == {
        "http://a.example/onto#": {"name", "Ship"},
        # The description is in the data, too.
        "http://rdfs.org/ns/void#": {"Dataset", "class", "classPartition", "property", "propertyPartition"},
        "http://www.w3.org/1999/02/22-rdf-syntax-ns#": {"type"},
    }


CALLED = """
@prefix a: <http://a.example/onto#> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix void: <http://rdfs.org/ns/void#> .
@prefix void-ext: <http://ldf.fi/void-ext#> .

<http://a.example/id/1> rdfs:label "Heron"@en , "Reiher"@DE-ch ;
  skos:altLabel "Old Heron" ; a:port <http://a.example/p/2> .
<http://a.example/id/2> skos:prefLabel "Heron"@en ; a:size 3 .
[] rdfs:label "nobody" .
a:port a owl:ObjectProperty .
a:owner a owl:ObjectProperty .
"""
DESCRIBED = """
<http://a.example/part> rdfs:label "part" ; void:triples 3 ; void:property a:size ;
  void-ext:datatypePartition [ void-ext:datatype <http://www.w3.org/2001/XMLSchema#integer> ] .
<http://a.example/part2> void:property a:owner ;
  void-ext:datatypePartition [ void-ext:datatype <http://www.w3.org/2001/XMLSchema#string> ] .
<http://a.example/part3> void:property a:berth ; void:classPartition [ void:class a:Berth ] .
"""


def test_a_dataset_tells_what_its_things_are_called_and_in_which_languages() -> None:
    names = over(CALLED).names
    both = {"http://a.example/id/1", "http://a.example/id/2"}
    assert names.labels == {"Heron": both, "Reiher": {"http://a.example/id/1"}}
    assert names.other_labels == {"Old Heron": {"http://a.example/id/1"}}
    assert names.languages == {"en", "de-ch"}
    assert names.value_spaces["http://a.example/onto#port"] == {"http://a.example/p/"}
    assert names.datatypes == {}  # nothing tells that a property has no strings as well


def test_a_dataset_describes_what_its_properties_lead_to() -> None:
    names = over(CALLED + DESCRIBED).names
    assert names.datatypes == {
        "http://a.example/onto#port": set(),
        "http://a.example/onto#berth": set(),
        "http://a.example/onto#owner": {"http://www.w3.org/2001/XMLSchema#string"},
        "http://a.example/onto#size": {"http://www.w3.org/2001/XMLSchema#integer"},
    }
    assert "part" not in names.labels


def test_of_more_labels_and_texts_than_are_looked_at_none_are_known(monkeypatch) -> None:
    monkeypatch.setattr("lodeclaim.endpoint.engines.names.MAX_TERMS", 3)
    names = over(CALLED).names
    assert (names.labels, names.other_labels, names.languages) == ({}, {}, frozenset())


def test_a_dataset_that_tells_nothing_has_the_usual_prefixes_and_no_base() -> None:
    assert over("<x:s> <x:p> <x:o> .").names == Names(USUAL, None, {})


def test_of_two_places_none_is_the_base() -> None:
    assert over(FOREIGN + '<http://a.example/set> void:uriSpace "http://b.example/" .').names.base is None


DUBIOUS = """
@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix void: <http://rdfs.org/ns/void#> .
[] sh:prefix "x y" ; sh:namespace "http://a.example/" .
[] sh:prefix "b" ; sh:namespace "no iri" .
[] sh:prefix "c" ; sh:namespace "http://a.example/> ASK {} #" .
[] sh:prefix "d" ; sh:namespace "http://d.example/2/" .
[] sh:prefix "d" ; sh:namespace "http://d.example/1/" .
<x:set> void:uriSpace "%s" .
"""


@pytest.mark.parametrize("space", ["data/", "http://x/{y}", "http://x/> #"])
def test_what_is_no_prefix_or_iri_is_not_believed(space) -> None:
    engine = over(DUBIOUS % space)
    assert engine.names == Names({"d": "http://d.example/1/"}, None, {})
    text = "CONSTRUCT { <http://d.example/1/x> <x:p> 1 } {}"
    (turtle,) = engine.query(Query(text), next(f for f in GRAPHS if f.name == "turtle")).body
    assert b"d:x" in turtle


def test_an_ontology_whose_iri_ends_in_a_slash_claims_no_other_names() -> None:
    described = "<http://s.example/> a owl:Ontology . <http://s.example/A> rdfs:isDefinedBy <http://s.example/> ."
    heads = "".join(f"@prefix {name}: <{USUAL[name]}> .\n" for name in ("owl", "rdfs"))
    assert over(heads + described).names.terms == {}


def test_the_projects_graph_tells_the_names_of_the_project(built) -> None:
    names = EmbeddedEngine(built).names
    spaces: set[str] = set()
    assert (names.prefixes, names.base, set(names.terms)) == (PREFIXES, BASE, {LC, BUILD, *spaces})
    assert {"Claim", "claimant"} <= names.terms[LC]
    assert names.renamed[LC.Over] == {PREFIXES["hedge"] + "more-than"}
