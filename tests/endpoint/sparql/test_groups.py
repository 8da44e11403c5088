"""Groups and triples as they are read off the tokens of a query."""

from __future__ import annotations

import pytest

from lodeclaim.endpoint.sparql.groups import Condition, groups
from lodeclaim.endpoint.sparql.tokens import tokenize
from lodeclaim.endpoint.sparql.triples import triples

TRIPLES = {
    "?a x:p ?b": ["?a x:p ?b"],
    "?a x:p ?b, ?c ; x:q 'text'@en , '1'^^x:t ; a x:C .": [
        "?a x:p ?b",
        "?a x:p ?c",
        "?a x:q 'text'",
        "?a x:q '1'",
        "?a a x:C",
    ],
    "?a x:p [ x:q ?b ; x:r [ x:s ?c ] ] . ?d ?e ?f": [
        "[...] x:q ?b",
        "[...] x:s ?c",
        "[...] x:r [...]",
        "?a x:p [...]",
        "?d ?e ?f",
    ],
    "[ x:p ?a ] x:q ?b . [] x:r ?c . [ x:s ?d ] .": ["[...] x:p ?a", "[...] x:q ?b", "[...] x:r ?c", "[...] x:s ?d"],
    "?a x:p (?b [ x:q ?c ] 'd'@en) . ?e x:r ()": [
        "[...]  ?b",
        "[...] x:q ?c",
        "[...]  'd'",
        "?a x:p [...]",
        "?e x:r [...]",
    ],
    "?a x:p/x:q* ?b ; ^x:r|!(x:s|^x:t)+ ?c ; (x:u/x:v)? ?d": [
        "?a x:p/x:q* ?b",
        "?a ^x:r|!(x:s|^x:t)+ ?c",
        "?a (x:u/x:v)? ?d",
    ],
    "?a x:p -1 , +2 ; x:q true . _:b x:r <urn:x>": ["?a x:p 1", "?a x:p 2", "?a x:q true", "_:b x:r <urn:x>"],
}


@pytest.mark.parametrize("text", TRIPLES)
def test_triples_are_read_in_their_order(text):
    assert [str(triple) for triple in triples(tuple(tokenize(text)))] == TRIPLES[text]


@pytest.mark.parametrize(
    ("path", "first", "last"),
    [
        ("x:p", "x:p", "x:p"),
        ("a/x:q*/x:r", "a", "x:r"),
        ("x:p+", "x:p", None),
        ("x:p*/x:q", None, "x:q"),
        ("^x:p/x:q", None, "x:q"),
        ("x:p/^x:q", "x:p", None),
        ("x:p|x:q", None, None),
        ("!x:p", None, None),
        ("(x:p/x:q)", None, None),
    ],
)
def test_the_ends_of_a_path_are_known_where_it_is_plain(path, first, last):
    (triple,) = triples(tuple(tokenize(f"?a {path} ?b")))
    assert (triple.first and triple.first.text, triple.last and triple.last.text) == (first, last)


SCOPES = {
    "SELECT * { ?a ?b ?c }": [({"a", "b", "c"}, {"a", "b", "c"})],
    "SELECT * { ?a x:p 1 OPTIONAL { ?a x:p $b } BIND(?a AS ?d) MINUS { ?a x:p ?c } }": [
        ({"a", "b", "d"}, {"a"}),
        ({"a", "b"}, {"a", "b"}),
        ({"a", "c"}, {"a", "c"}),
    ],
    "ASK { { ?a x:p ?b } UNION { ?a x:q ?c } UNION { ?a x:r ?b } }": [
        ({"a", "b", "c"}, {"a"}),
        ({"a", "b"}, {"a", "b"}),
        ({"a", "c"}, {"a", "c"}),
        ({"a", "b"}, {"a", "b"}),
    ],
    "SELECT * { GRAPH ?g { ?a x:p 1 } FILTER(?z > 1 && NOT EXISTS { ?a x:p ?c }) VALUES (?v ?w) { (1 2) } }": [
        ({"g", "a", "v", "w"}, {"g", "a", "v", "w"}),
        ({"a"}, {"a"}),
        ({"a", "c"}, {"a", "c"}),
    ],
    "SELECT * { { SELECT ?a (COUNT(?b) AS ?n) WHERE { ?a x:p ?b } GROUP BY ?a VALUES ?q { 1 } } }": [
        ({"a", "n"}, {"a", "n"}),
        ({"a", "n"}, {"a", "n"}),
        ({"a", "b"}, {"a", "b"}),
    ],
    "CONSTRUCT { ?x x:p ?y } WHERE { SERVICE SILENT <urn:s> { ?a x:p 1 } } VALUES ?o { 1 }": [
        ({"a"}, {"a"}),
        ({"a"}, {"a"}),
    ],
    "SELECT * { ?a x:p 1 FILTER EXISTS { ?b x:p 1 } ?c x:p 1 FILTER REGEX(?d, 'x') ?e x:p 1 }": [
        ({"a", "c", "e"}, {"a", "c", "e"}),
        ({"b"}, {"b"}),
    ],
    "DESCRIBE <urn:x>": [],
}


@pytest.mark.parametrize("text", SCOPES)
def test_a_group_knows_which_variables_have_a_value_behind_it(text):
    found = groups(tuple(tokenize(text)))
    assert [(set(group.scope), set(group.certain)) for group in found] == SCOPES[text]


def test_a_condition_holds_its_expression_without_the_groups_in_it():
    text = "ASK { ?a x:p ?b . FILTER(?a > 1 || EXISTS { ?c x:p ?d FILTER(?d = ?b) } || ?b > 2) BIND(?a + 1 AS ?e) }"
    (outer, _) = found = groups(tuple(tokenize(text)))
    conditions = [part for group in found for part in group.parts if isinstance(part, Condition)]
    assert [(each.word.word, each.name) for each in conditions] == [("FILTER", ""), ("BIND", "e"), ("FILTER", "")]
    assert "?d" not in [token.text for token in conditions[0].expression]
    assert outer.scope == {"a", "b", "e"}
