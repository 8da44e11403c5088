"""Hints on parts of a group that have no variable in common, and on OPTIONAL that stands first."""

from __future__ import annotations

import pytest

from lodeclaim.endpoint.sparql.hints import Known, told
from lodeclaim.endpoint.sparql.tokens import tokenize


def hints(text: str) -> tuple[str, ...]:
    return told(tuple(tokenize("PREFIX x: <http://example.org/> " + text)), Known())


TOLD = {
    "SELECT * { ?mine a x:Mine . ?firm x:owner ?who }": "Nothing connects ?firm and ?mine: each row",
    "SELECT ?a { ?a x:p 1 ; x:q 2 . ?b x:p 1 . FILTER(?a > 1) }": "Nothing connects ?a and ?b",
    "CONSTRUCT { ?a x:r ?b } { GRAPH <urn:g> { ?a x:p 1 . ?b x:q 1 } }": "Nothing connects ?a and ?b",
    "SELECT * { ?a x:p 1 OPTIONAL { ?c x:p ?d } ?b x:q ?c }": "Nothing connects ?a and ?b",
    "SELECT * { ?a x:p 1 MINUS { ?b x:q 1 } }": "The MINUS of line 1 has no variable of what stands before it (?a)",
    "SELECT * {\n MINUS { ?b x:q 1 }\n ?b x:p 2 }": "The MINUS of line 2 has nothing before it",
    "SELECT * { ?a x:p 1 { ?c x:q 2 MINUS { ?a x:q 3 } } FILTER(?a = ?c) }": "of what stands before it (?c",
    "SELECT * { OPTIONAL { ?a x:p ?v } ?a a x:Mine ; x:q ?w }": "behind it: write it behind `?a a x:Mine`.",
}
NOTHING = (
    "SELECT * { ?a x:p ?c . ?b x:q ?c }",
    "SELECT * { ?a x:p 1 . ?b x:q 2 FILTER(?a != ?b) }",
    "SELECT * { ?a x:p 1 . ?b x:q 2 FILTER NOT EXISTS { ?a x:r ?b } }",
    "SELECT * { ?a x:p 1 . ?b x:q 2 BIND(CONCAT(STR(?a), STR(?b)) AS ?c) }",
    "SELECT * { ?a x:p 1 . ?b x:q 2 VALUES (?a ?b) { (x:a x:b) } }",
    "SELECT * { ?a x:p 1 . ?b x:q 2 . { ?a x:r ?b } UNION { ?b x:r ?a } }",
    "SELECT * { ?a x:p [ x:r ?b ] . ?b x:q 2 }",
    "SELECT * { ?a x:p _:n . _:n x:q ?b }",
    "SELECT * { ?a x:p (1 ?b) . ?b x:q 2 }",
    "SELECT * { ?a x:p 1 { SELECT (COUNT(*) AS ?n) { ?c x:q 2 } } }",
    "SELECT * { ?a x:p 1 . x:b x:q x:c }",
    "SELECT * { { ?a x:p 1 } UNION { ?b x:q 2 } }",
    "SELECT * { GRAPH ?g { ?a x:p 1 . ?s ?p ?o } }",
    "SELECT * { ?a x:p 1 FILTER EXISTS { ?a x:q ?c . ?b x:r ?d } }",
    "SELECT * { ?a x:p 1 MINUS { ?a x:q ?b } }",
    "SELECT * { ?a x:p 1 MINUS { GRAPH ?g { ?a x:q ?b } } }",
    "SELECT * { ?a x:p ?v OPTIONAL { ?a x:q ?w } }",
)


@pytest.mark.parametrize(("text", "words"), TOLD.items())
def test_parts_without_a_common_variable_are_told(text, words):
    assert any(words in hint for hint in hints(text)), hints(text)


@pytest.mark.parametrize("text", NOTHING)
def test_parts_that_are_connected_are_not_told(text):
    assert hints(text) == ()
