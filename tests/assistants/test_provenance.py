"""Rows traced back to claims: which queries can be asked for all their variables, and what stands behind a node."""

from __future__ import annotations

import pytest

import lodeclaim
from lodeclaim import claims
from lodeclaim.assistants import provenance
from lodeclaim.endpoint.engines.engine import Query, QueryRequest
from lodeclaim.namespaces import LC, PREFIXES

WIDENED = {
    "SELECT ?a { ?a ?b ?c }": "SELECT DISTINCT * { ?a ?b ?c }",
    "SELECT DISTINCT ?a ?b\nWHERE { ?a ?b ?c } LIMIT 3": "SELECT DISTINCT * WHERE { ?a ?b ?c } LIMIT 3",
    "select reduced ?a from <http://a/> { ?a ?b ?c }": "select DISTINCT * from <http://a/> { ?a ?b ?c }",
    "# SELECT ?x {\nSELECT ?a { { SELECT ?a { ?a ?b ?c } } }": """# SELECT ?x {
SELECT DISTINCT * { { SELECT ?a { ?a ?b ?c } } }""",
    "SELECT * { ?a ?b ?c }": None,
    "SELECT (COUNT(*) AS ?n) { ?a ?b ?c }": None,
    "SELECT ?a (STR(?a) AS ?s) { ?a ?b ?c }": None,
    "SELECT ?a { ?a ?b ?c } GROUP BY ?a": None,
}


@pytest.mark.parametrize(("text", "expected"), WIDENED.items())
def test_query_is_asked_for_all_its_variables(text, expected) -> None:
    found = provenance.widened(QueryRequest(text))
    assert (found and found.text) == expected


@pytest.fixture(scope="module")
def graph() -> lodeclaim.knowledge.Graph:
    return lodeclaim.open()


NO_CLAIMS = {"documents-tied-together", "find-by-label", "graph-counts", "lanthanides-among-the-rare-earths",
             "near-misses-of-a-question", "text-shared-by-documents"}  # fmt: skip
"""The stored queries whose rows rest on no claim: on counts, names, measured texts, and Questions as written."""


def test_rows_of_every_other_stored_query_are_traced_to_claims(graph) -> None:
    known = {row.claim for row in graph.query("SELECT ?claim { ?claim a lc:Claim }")}
    without = set()
    for query in graph.queries:
        bound = graph.bound(query, ())
        request = QueryRequest(bound.text, prefixes=bound.prefixes, bindings=bound.bindings)
        table = graph.engine.select(bound, 100)
        found = provenance.behind(graph, graph.engine, request, table)
        assert len(found) == len(table.rows)
        assert {claim for row in found for claim in row} <= known
        if not all(found):
            without.add(query.name)
            assert not any(found), query.name
    assert without == NO_CLAIMS


def test_settled_fact_leads_to_the_claim_that_settled_it(graph) -> None:
    """Qazinform names Kazakhstan among the delegations, and nobody else does."""
    text = (
        "SELECT ?who { event:critical-minerals-ministerial-2026 lc:hasParticipant ?actor . ?actor rdfs:label ?who }"
    )
    request = QueryRequest(text, prefixes=PREFIXES)
    table = graph.engine.select(Query(text, prefixes=PREFIXES))
    behind = provenance.behind(graph, graph.engine, request, table)
    found = {row[0].value: claims for row, claims in zip(table.rows, behind, strict=True)}
    assert {graph.claim(claim).document_label for claim in found["Kazakhstan"]} == {
        "Qazinform on the ministerial and its background"
    }


def test_what_stands_behind_a_node(graph) -> None:
    claim = PREFIXES["claim"] + "qazinform-ministerial-china-processing-share"
    (passage,) = graph.claim(claim).passages
    assert claims.behind(graph.store, claim) == [claim]
    assert claims.behind(graph.store, passage.passage) == [claim]
    (position,) = [row.p for row in graph.query(f"SELECT ?p {{ <{claim}> lc:takesPosition ?p }}")]
    assert claim in graph.claims_behind(position)
    assert claims.behind(graph.store, LC.Claim) == claims.behind(graph.store, "https://example.org/unknown") == []
