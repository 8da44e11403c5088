"""What SPARQL 1.1 Service Description asks of a description: terms that it has, in the places it has for them."""

from __future__ import annotations

from pathlib import Path

import pyshacl
from rdflib import Graph, Namespace, URIRef

SD = Namespace("http://www.w3.org/ns/sparql-service-description#")
SHAPES = Path(__file__).with_name("service-description.ttl")

TERMS = {
    *("Service", "Feature", "Language", "Function", "Aggregate", "EntailmentRegime", "EntailmentProfile"),
    *("GraphCollection", "Dataset", "Graph", "NamedGraph", "SPARQL10Query", "SPARQL11Query", "SPARQL11Update"),
    *("DereferencesURIs", "UnionDefaultGraph", "RequiresDataset", "EmptyGraphs", "BasicFederatedQuery"),
    *("endpoint", "feature", "defaultEntailmentRegime", "entailmentRegime", "defaultSupportedEntailmentProfile"),
    *("supportedEntailmentProfile", "extensionFunction", "extensionAggregate", "languageExtension"),
    *("supportedLanguage", "propertyFeature", "defaultDataset", "availableGraphs", "resultFormat", "inputFormat"),
    *("defaultGraph", "namedGraph", "name", "graph"),
}
"""The vocabulary of SPARQL 1.1 Service Description, section 3."""


def strangers(graph: Graph) -> set[str]:
    """Return the terms in the namespace of the vocabulary that are none of it."""
    used = {term for triple in graph for term in triple if isinstance(term, URIRef) and term.startswith(SD)}
    return {term.removeprefix(SD) for term in used} - TERMS


def findings(graph: Graph) -> str:
    """Return in what a description departs from the vocabulary, and nothing if in nothing."""
    shapes = Graph().parse(SHAPES, format="turtle")
    conforms, _, told = pyshacl.validate(graph, shacl_graph=shapes, inference="none", advanced=False)
    return "" if conforms else told
