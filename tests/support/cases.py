"""Small graphs to derive from: the project's ontology, vocabulary and Questions, and claims in a short form.

A case in `tests/cases` shortens what is the same for every claim; `COMPLETE` writes it out.
"""

from __future__ import annotations

import functools

import pyoxigraph as ox

from lodeclaim import graph, resources
from lodeclaim.endpoint import rdf
from lodeclaim.namespaces import BUILD, DEFAULT_POLICY, DESCRIPTION, GRAPHS, PREFIXES
from lodeclaim.reasoning import derivation, owl, rules
from lodeclaim.reasoning.derivation import Step
from support.graphs import copy_of
from support.paths import TESTS

CASE = "https://example.org/case/"
KNOWN = {**PREFIXES, "case": CASE}
ROUNDING = DEFAULT_POLICY
AS_PRINTED = PREFIXES["policy"] + "as-printed"

COMPLETE = """
WITH graph:documents\\/case
INSERT {
  ?claim a lc:Claim ;
         lc:evidence ?passage ;
         lc:gloss ?name ;
         lc:claimant ?claimant ;
         lc:attribution ?attribution ;
         lc:modality ?modality ;
         lc:hedge ?hedge ;
         lc:granularity ?granularity ;
         lc:printedValue ?printed .
  ?passage a lc:Passage ;
           oa:hasSource ?document ;
           oa:hasSelector ?stretch .
  ?segment a lc:Segment ;
           lc:segmentOf ?document ;
           lc:segmentRole ?role ;
           oa:hasSelector ?stretch .
  ?stretch oa:start ?start ;
           oa:end ?end .
}
WHERE {
  ?claim case:in ?document .
  ?document lc:outlet ?outlet .
  OPTIONAL { ?claim case:role ?given_role }
  OPTIONAL { ?claim lc:claimant ?given_claimant }
  OPTIONAL { ?claim lc:attribution ?given_attribution }
  OPTIONAL { ?claim lc:modality ?given_modality }
  OPTIONAL { ?claim lc:hedge ?given_hedge }
  OPTIONAL { ?claim lc:granularity ?given_granularity }
  OPTIONAL { ?claim lc:printedValue ?given_printed }
  OPTIONAL { ?claim lc:faceValue ?face }
  OPTIONAL { ?claim lc:earliestDate | lc:latestDate ?day }
  BIND(COALESCE(?given_role, segmentrole:running-text) AS ?role)
  BIND(COALESCE(?given_claimant, ?outlet) AS ?claimant)
  BIND(IF(?claimant = ?outlet, attribution:author-voice, attribution:indirect-speech) AS ?usual)
  BIND(COALESCE(?given_attribution, ?usual) AS ?attribution)
  BIND(COALESCE(?given_modality, modality:asserted) AS ?modality)
  BIND(IF(BOUND(?face), COALESCE(?given_hedge, hedge:none), ?none) AS ?hedge)
  BIND(IF(BOUND(?face), COALESCE(?given_granularity, 1), ?none) AS ?granularity)
  BIND(COALESCE(?given_printed, IF(BOUND(?face), STR(?face), IF(BOUND(?day), "a day", ?none))) AS ?printed)
  VALUES (?role ?start ?end) {
    (segmentrole:running-text 0 100)
    (segmentrole:headline 100 200)
    (segmentrole:standfirst 200 300)
    (segmentrole:embedded-post 300 400)
    (segmentrole:reader-comment 400 500)
  }
  BIND(STRAFTER(STR(?claim), STR(case:)) AS ?name)
  BIND(IRI(CONCAT(STR(?claim), "/passage")) AS ?passage)
  BIND(IRI(CONCAT(STR(?document), "/", STR(?start))) AS ?segment)
  BIND(IRI(CONCAT(STR(?segment), "/stretch")) AS ?stretch)
} ;
WITH graph:documents\\/case
INSERT { ?node rdfs:label ?name }
WHERE {
  ?node a ?type .
  FILTER(STRSTARTS(STR(?node), STR(case:)) && ?type NOT IN (lc:Claim, lc:Passage, lc:Segment))
  BIND(STRAFTER(STR(?node), STR(case:)) AS ?name)
}
"""
"""What every claim has: a passage in a segment of its document, a claimant (the outlet), a modality (asserted); a
number also a hedge (none), a granularity (1) and printed words. Everything is called by the last part of its IRI."""


@functools.cache
def background() -> ox.Store:
    """Ontology, vocabulary and Questions, no document. Read only."""
    sources = resources.find()
    return graph.read(s for kind in ("ontology", "vocabulary", "questions") for s in sources.files(kind))


@functools.cache
def steps() -> list[Step]:
    return derivation.steps(resources.find().files("rules"), background())


_closures: dict[frozenset[str], list[ox.Triple]] = {}


def derive(asserted: ox.Store, policy: str = ROUNDING) -> ox.Store:
    """Return what the rules and the closure make of a store: the pipeline without shapes, lint and description."""
    store = copy_of(asserted)
    about = ox.NamedNode(DESCRIPTION)
    store.add(ox.Quad(about, ox.NamedNode(BUILD.activePolicy), ox.NamedNode(policy), about))
    for step in steps():
        if step.stage.closes:
            # It takes longer than all rules together, and depends on nothing but the settled view.
            settled = frozenset(str(q.triple) for q in store if str(q.graph_name).startswith(f"<{GRAPHS}settled/"))
            if settled not in _closures:
                _closures[settled] = owl.closure(owl.view(store))
            rules.add_new(store, _closures[settled], step.stage.graphs)
        else:
            step.apply(store)
    return store


def asserted_case(*names: str) -> ox.Store:
    """Return the background with the shared documents and the cases of these names, written out."""
    store = copy_of(background())
    for name in ("documents", *names):
        for quad in rdf.parse(TESTS / "cases" / f"{name}.ttl"):
            store.add(ox.Quad(quad.subject, quad.predicate, quad.object, ox.NamedNode(GRAPHS + "documents/case")))
    complete(store)
    return store


def complete(store: ox.Store) -> None:
    store.update(COMPLETE, prefixes=KNOWN)


@functools.cache
def case(name: str, policy: str = ROUNDING) -> ox.Store:
    """The graph derived from the case of this name. Read only."""
    return derive(asserted_case(name), policy)
