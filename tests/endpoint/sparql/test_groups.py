"""Groups and triples as they are read off the tokens of a query."""

from __future__ import annotations

import time

import pytest

from lodeclaim.endpoint.sparql.groups import Condition, Data, Group
from lodeclaim.endpoint.sparql.guard import TextLimits
from lodeclaim.endpoint.sparql.reading import query
from lodeclaim.endpoint.sparql.scopes import scopes
from lodeclaim.endpoint.sparql.tokens import tokenize

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
        "[ x:q ?b",
        "[ x:s ?c",
        "[ x:r [",
        "?a x:p [",
        "?d ?e ?f",
    ],
    "[ x:p ?a ] x:q ?b . [] x:r ?c . [ x:s ?d ] .": ["[ x:p ?a", "[ x:q ?b", "[ x:r ?c", "[ x:s ?d"],
    "[ x:p ?a ] FILTER(?a > 1) ( 1 ?b ) BIND(1 AS ?c) [ x:q ?d ] OPTIONAL { }": ["[ x:p ?a", "[ x:q ?d"],
    "?a x:p (?b [ x:q ?c ] 'd'@en) . ?e x:r () ; ; .": ["[ x:q ?c", "?a x:p (", "?e x:r ("],
    "?a x:p/x:q* ?b ; ^x:r|!(x:s|^x:t)+ ?c ; (x:u/x:v)? ?d": [
        "?a x:p/x:q* ?b",
        "?a ^x:r|!(x:s|^x:t)+ ?c",
        "?a (x:u/x:v)? ?d",
    ],
    "?a x:p -1 , +2 ; x:q true . _:b x:r <urn:x>": ["?a x:p -", "?a x:p +", "?a x:q true", "_:b x:r <urn:x>"],
    "?a x:p+ 1 ; x:q +2 ; x:r+ +3 ; x:s+4": ["?a x:p+ 1", "?a x:q +", "?a x:r+ +", "?a x:s +"],
}


def read(text: str) -> list[Group]:
    _, *groups = query(tuple(tokenize(text))).walk()
    return groups


@pytest.mark.parametrize("text", TRIPLES)
def test_triples_are_read_in_their_order(text):
    tokens = tuple(tokenize(f"ASK {{ {text} }}"))
    found = [triple for group in query(tokens).walk() for triple in group.triples]
    paths = ["".join(token.text for token in tokens[each.verb.start : each.verb.end]) for each in found]
    shown = [
        f"{each.subject.token.text} {path} {each.object.token.text}" for each, path in zip(found, paths, strict=True)
    ]
    assert shown == TRIPLES[text]


@pytest.mark.parametrize(
    ("path", "first", "last"),
    [
        ("?p", "?p", "?p"),
        ("x:p", "x:p", "x:p"),
        ("a/x:q*/x:r", "a", "x:r"),
        ("x:p+", "x:p", None),
        ("x:p*/x:q", None, "x:q"),
        ("^x:p/x:q", None, "x:q"),
        ("x:p/^x:q", "x:p", None),
        ("x:p|x:q", None, None),
        ("x:p/x:q|x:r", None, None),
        ("x:p/(x:q|x:r)", "x:p", None),
        ("(x:p|x:q)+/x:r", None, "x:r"),
        ("!x:p", None, None),
        ("(x:p/x:q)", None, None),
    ],
)
def test_the_ends_of_a_path_are_known_where_it_is_plain(path, first, last):
    (group,) = read(f"ASK {{ ?a {path} ?b }}")
    verb = group.triples[0].verb
    assert (verb.first and verb.first.text, verb.last and verb.last.text) == (first, last)


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
    "SELECT * { { SELECT (EXISTS { ?a x:p ?b } AS ?e) ?c { ?c x:p ?d } } }": [
        ({"e", "c"}, {"e", "c"}),
        ({"e", "c"}, {"e", "c"}),
        ({"a", "b"}, {"a", "b"}),
        ({"c", "d"}, {"c", "d"}),
    ],
    "ASK { { ?a x:p 1 } UNION { ?a x:q ?b } . { ?c x:p 1 } UNION { ?b x:q 1 } ?d x:p (?e [ x:q ?f ]) }": [
        ({"a", "b", "c", "d", "e", "f"}, {"a", "d", "e", "f"}),
        ({"a"}, {"a"}),
        ({"a", "b"}, {"a", "b"}),
        ({"c"}, {"c"}),
        ({"b"}, {"b"}),
    ],
    "DESCRIBE <urn:x>": [],
}


@pytest.mark.parametrize("text", SCOPES)
def test_a_group_knows_which_variables_have_a_value_behind_it(text):
    groups = read(text)
    found = scopes(groups)
    assert [(set(found[group].possible), set(found[group].certain)) for group in groups] == SCOPES[text]


def test_a_condition_holds_its_expression_without_the_groups_in_it():
    text = "ASK { ?a x:p ?b . FILTER(?a > 1 || EXISTS { ?c x:p ?d FILTER(?d = ?b) } || ?b > 2) BIND(?a + 1 AS ?e) }"
    (outer, _) = found = read(text)
    conditions = [part for group in found for part in group.parts if isinstance(part, Condition)]
    assert [(each.word, each.name) for each in conditions] == [("FILTER", ""), ("BIND", "e"), ("FILTER", "")]
    assert "?d" not in [token.text for token in conditions[0].expression]
    assert scopes(found)[outer].possible == {"a", "b", "e"}


def test_a_group_of_another_service_is_known_as_such():
    text = "ASK { GRAPH ?g { ?a x:p 1 SERVICE SILENT <urn:s> { { ?a x:p 1 } } OPTIONAL { ?a x:p 1 } } }"
    assert [(group.kind, group.is_foreign) for group in read(text)] == [
        *(("", False), ("GRAPH", False), ("SERVICE", True), ("", True), ("OPTIONAL", False))
    ]


MALFORMED = """
    ?a x:p | ?a x:p ?b ?c x:p ?d | ?a x:p ?b . . | ?a x:p ?b , ; x:q ?c | . ?a x:p ?b | [] . | () . | [ x:p ] x:q ?b
    ?a x:p/ ?b | ?a ^^x:p ?b | ?a (x:p ?b) | ?a ?p* ?b | ?a A x:C | ?a 'p' ?b | ?a x:p/?p ?b | ?a (x:p) ) ?b
    ?a x:p 'b'^^?c | ?a x:p - ?b | ?a x:p [ ?b ] | ?a x:p (?b | ?a x:p WHERE | ?a x:p ?b true x:p ?c | ?a x:p ?b UNION
    UNION { } | { } UNION | OPTIONAL ?a x:p ?b | MINUS | GRAPH { } | GRAPH 'g' { } | SERVICE SILENT { } | SERVICE x:s
    FILTER | FILTER ?a | FILTER NOT { } | FILTER({ ?a x:p ?b }) | BIND(?a) | BIND(1 AS 'a') | BIND ?a
    VALUES | VALUES x:p { 1 } | VALUES ?a | { SELECT { } } | { SELECT ?a } | { SELECT (1) { } } | { SELECT 1 { } }
    BIND STR(1 AS ?a) | { | ( | [ | { SELECT ?a { } | ?a !(x:p ?b
"""


@pytest.mark.parametrize(
    "part", [part for line in MALFORMED.strip().splitlines() for part in line.strip().split(" | ")]
)
def test_a_query_that_the_grammar_does_not_allow_has_no_groups(part):
    assert read(f"ASK {{ {part} }}") == []


def test_a_large_query_is_read_in_linear_time():
    data = "x:a " * TextLimits().max_data
    text = f"SELECT * {{ VALUES ?a {{ {data} }} ?a x:p {'?b , ' * 600} ({' ?c' * 600}) }}"
    tokens = tuple(tokenize(text))
    begin = time.process_time()
    top = query(tokens)
    assert time.process_time() - begin < 0.5
    (group,) = top.children
    assert [part.names for part in group.parts if isinstance(part, Data)] == [{"a"}]
    assert len(group.triples) == 601


@pytest.mark.parametrize(
    ("first", "opening", "inner", "closing"),
    [
        ("", "{ ", "?a x:p ?b", "} "),
        ("", "FILTER EXISTS { ", "?a x:p ?b", "} "),
        ("?a x:p ", "[ x:p ", "?b", "] "),
        ("?a x:p ", "( ", "?b", ") "),
        ("?a ", "(^", "x:p", ")*"),
    ],
)
def test_a_query_is_read_as_deep_as_the_guard_allows(first, opening, inner, closing):
    depth = TextLimits().max_depth - 1
    text = f"{first}{opening * depth}{inner}{closing * depth}{'?b' if closing == ')*' else ''}"
    assert read(f"ASK {{ {text} }}")[-1].triples
    assert read(f"ASK {{ {text} ) }}") == []
