"""Hints: what stands beside an answer, and that nothing stands beside one that does what it says."""

from __future__ import annotations

import pytest

from lodeclaim.endpoint.sparql.hints import MOST, told
from lodeclaim.endpoint.sparql.tokens import tokenize

EX = "http://example.org/"
TERMS = {EX + "ontology#": frozenset({"Claim", "claimant"})}
RESOURCES = {EX + "actor/": frozenset({"marco-rubio", "jd-vance"})}
PREFIXES = f"PREFIX o: <{EX}ontology#> PREFIX a: <{EX}actor/> "

EXPECTED = {
    "SELECT * { a:rubio ?p ?o }": "Nothing is said of a:rubio; did you mean marco-rubio?",
    "SELECT * { a:marco-rubbio ?p ?o }": "did you mean marco-rubio?",
    f"SELECT * {{ <{EX}actor/vance> ?p ?o }}": "did you mean jd-vance?",
    "SELECT * { a:zz ?p ?o }": "Nothing is said of a:zz.",
    "SELECT * { ?c o:clamant ?a }": "o:clamant is no term of the ontology; did you mean claimant?",
    "SELECT (COUNT(?o) AS ?n) { ?s ?p ?o } GROUP BY ?p HAVING(?n > 5)": "HAVING does not know ?n",
    "SELECT (SUM(?x) AS ?n) { ?s a o:Claim OPTIONAL { ?s ?p ?x } }": "One row without ?x leaves SUM(?x) unbound",
    "SELECT (GROUP_CONCAT(DISTINCT ?x; SEPARATOR=',') AS ?n) { ?s ?q ?r OPTIONAL { ?s ?p ?x } }": "GROUP_CONCAT(COAL",
    "SELECT * { GRAPH ?g { ?s ?p ?o FILTER(?g = <urn:g>) } }": "?g has no value inside GRAPH ?g",
    "SELECT * { ?s ?p ?o FILTER(LANG(?o) = 'en-GB') }": "LANGMATCHES",
    "SELECT * { ?s ?p ?o FILTER(?o >= false) }": "truth values in no order",
    "SELECT * { ?s ?p 9223372036854775808 }": "beyond 64 bits",
    "SELECT * { ?s ?p 1,000 }": "write 1000 for one number",
    "SELECT * { ?s !(o:Claim|^o:claimant) ?o }": "write a UNION",
}

NOTHING = (
    "SELECT * { a:marco-rubio a o:Claim ; o:claimant ?o }",
    "SELECT ?p (COUNT(?o) AS ?n) { ?s ?p ?o } GROUP BY ?p HAVING(COUNT(?o) > 5)",
    "SELECT ?k (COUNT(?o) AS ?n) { ?s ?p ?o } GROUP BY (STR(?p) AS ?k) HAVING(?k > 'a')",
    "SELECT (SUM(?x) AS ?n) { ?s ?p ?x OPTIONAL { ?s ?q ?x } }",
    "SELECT (COUNT(?x) AS ?n) { ?s ?p ?o OPTIONAL { ?s ?q ?x } }",
    "SELECT (SUM(COALESCE(?x, 0)) AS ?n) { ?s ?p ?o OPTIONAL { ?s ?q ?x } }",
    "SELECT * { GRAPH ?g { ?s ?p ?o } FILTER(?g = <urn:g>) }",
    "SELECT * { GRAPH ?g { ?g ?p ?o } }",
    "SELECT * { ?s ?p ?o FILTER(LANG(?o) = 'en') }",
    "SELECT * { ?s ?p ?o FILTER(?o = false || ?o != true) }",
    "SELECT * { ?s ?p 9223372036854775807, 100 }",
    "SELECT * { ?s !(o:Claim|o:claimant) ?o FILTER(!(?s = ?o || ?s = o:Claim)) }",
    "SELECT * { ?s <http://elsewhere.example/x> ?o }",
)


def hints(text: str) -> tuple[str, ...]:
    return told(tuple(tokenize(PREFIXES + text)), TERMS, RESOURCES)


@pytest.mark.parametrize("text", EXPECTED)
def test_what_few_expect_is_told(text):
    (sentence,) = hints(text)
    assert EXPECTED[text] in sentence


@pytest.mark.parametrize("text", NOTHING)
def test_nothing_is_told_of_what_does_as_it_says(text):
    assert hints(text) == ()


def test_the_sentences_are_few_and_short():
    many = "SELECT * { " + "".join(f"GRAPH ?g{n} {{ ?s ?p ?o FILTER(?g{n} = 1) }} " for n in range(90)) + "}"
    assert len(hints(many)) <= 2 * MOST + 1
    long = "?" + "g" * 5_000
    assert all(
        len(sentence) < 300 for sentence in hints(f"SELECT * {{ GRAPH {long} {{ ?s ?p ?o FILTER({long} = 1) }} }}")
    )
