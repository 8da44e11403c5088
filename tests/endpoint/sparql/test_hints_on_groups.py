"""Hints on variables and braces: conditions that do not see a variable, OPTIONAL that is required behind it."""

from __future__ import annotations

import pytest

from lodeclaim.endpoint.sparql.hints import Known, told
from lodeclaim.endpoint.sparql.tokens import tokenize


def hints(text: str) -> tuple[str, ...]:
    return told(tuple(tokenize("PREFIX x: <http://example.org/> " + text)), Known())


BEHIND = "write the FILTER behind their closing brace."
HIDDEN = {
    "SELECT * { ?s x:p ?v { ?s x:q ?w FILTER(?v > 1) } }": ("FILTER in the braces of line 1 does not see ?v", BEHIND),
    "SELECT * { ?s x:p ?v\n { FILTER(?v > 1) } }": ("FILTER in the braces of line 2 does not see ?v", BEHIND),
    "ASK { { ?s x:q ?w FILTER(?w > ?v) } ?s x:p ?v }": ("does not see ?v", BEHIND),
    "SELECT * { ?s x:p $v { ?s x:q ?w FILTER(?w > $v) } }": ("does not see ?v", BEHIND),
    "CONSTRUCT { ?s x:p 1 } { ?s x:p ?v GRAPH <urn:g> { ?s x:q ?w FILTER(?v = 1) } }": ("does not see ?v", BEHIND),
    "SELECT * { ?s x:p ?v { { ?s x:q ?w FILTER REGEX(?v, 'x') } } }": ("does not see ?v", BEHIND),
    "SELECT * { ?s x:p ?v { ?s x:q ?w FILTER(?w IN (1, ?v)) } }": ("does not see ?v", BEHIND),
    "SELECT * { ?s x:p/x:r ?v { SELECT ?s { ?s x:q ?w FILTER(?w > ?v) } } }": ("does not see ?v", BEHIND),
    "SELECT * { ?s x:p ?v { ?s x:q ?w } UNION { ?s x:r ?w FILTER(?v > 1) } }": (
        "does not see ?v",
        "write into them, too, what gives ?v a value.",
    ),
    "SELECT * { { ?s x:p ?v FILTER(?u > 1) } UNION { ?s x:r ?u } }": ("does not see ?u", "what gives ?u a value."),
    "SELECT * { ?s x:p ?v MINUS { ?s x:q ?w FILTER(?w > ?v) } }": (
        "does not see ?v",
        "write FILTER NOT EXISTS { ... } for MINUS { ... }.",
    ),
    "SELECT * { ?s x:p ?v { ?s x:q ?w BIND(?v + 1 AS ?n) } }": (
        "BIND in the braces of line 1 does not see ?v",
        "write the BIND behind their closing brace.",
    ),
    "SELECT * { ?s x:p ?v OPTIONAL { ?s x:q ?w BIND(?w + ?v AS ?n) } }": (
        "BIND in the braces of line 1 does not see ?v",
        "write the BIND behind their closing brace.",
    ),
    "SELECT * { ?s x:p ?v OPTIONAL { ?s x:q ?w OPTIONAL { ?w x:r ?u FILTER(?u > ?v) } } }": (
        "does not see ?v",
        "write into them, too, what gives ?v a value.",
    ),
    "SELECT * { ?s x:p ?v FILTER EXISTS { ?s x:q ?w { ?s x:r ?u FILTER(?u > ?w) } } }": ("does not see ?w", BEHIND),
}
SEEN = (
    "SELECT * { ?s x:p ?v FILTER(?v > 1) }",
    "SELECT * { FILTER(?v > 1) ?s x:p ?v }",
    "SELECT * { ?s x:p ?v { ?s x:q ?w FILTER(?w > 1) } }",
    "SELECT * { ?s x:p ?v { ?s x:q ?v FILTER(?v > 1) } }",
    "SELECT * { ?s x:p ?v OPTIONAL { ?s x:q ?w FILTER(?w > ?v) } }",
    "SELECT * { ?s x:p ?v FILTER NOT EXISTS { ?s x:q ?w FILTER(?w > ?v) } }",
    "SELECT * { ?s x:p ?v FILTER(?v = 1 || EXISTS { { ?s x:q ?w FILTER(?w > ?v) } UNION { ?s x:r ?v } }) }",
    "SELECT * { ?s x:p ?v FILTER EXISTS { ?s x:q ?w MINUS { ?s x:r ?u FILTER(?u > ?v) } } }",
    "SELECT * { ?s x:p ?v { ?s x:q ?w FILTER(!BOUND(?v)) } UNION { ?s x:q ?w FILTER(COALESCE(?v, 0) = 0) } }",
    "SELECT * { { SELECT ?s (MAX(?v) AS ?m) { ?s x:p ?v FILTER(?v > 1) } GROUP BY ?s } FILTER(?m > 2) }",
    "SELECT * { ?s x:p ?v { VALUES ?w { 1 2 } FILTER(?w > 1) } }",
    "SELECT * { ?s x:p ?v { OPTIONAL { ?s x:q ?w } FILTER(?w > 1) } }",
    "SELECT * { ?s x:p ?v SERVICE <urn:s> { ?s x:q ?w FILTER(?w > ?v) } }",
    "SELECT * { ?s x:p ?v { ?s x:q ?w BIND(?w + 1 AS ?n) FILTER(?n > 1) } }",
    "SELECT * { ?s x:p ?v { ?s x:q ?w FILTER(?unknown > 1) } }",
    "SELECT * { ?s x:p ?v { GRAPH ?g { ?s x:q ?w } FILTER(?g = <urn:g>) } }",
)


@pytest.mark.parametrize("text", HIDDEN)
def test_a_condition_that_does_not_see_a_variable_is_told(text):
    (sentence,) = hints(text)
    cause, remedy = HIDDEN[text]
    assert cause in sentence
    assert sentence.endswith(remedy)


@pytest.mark.parametrize("text", SEEN)
def test_a_condition_that_sees_its_variables_is_not_told(text):
    assert hints(text) == ()


REQUIRED = {
    "SELECT * { ?a x:o ?z OPTIONAL { ?a x:p ?b } ?b x:q ?c }": "`?b x:q ?c` then takes any: write that inside",
    "SELECT * { ?a x:o ?z OPTIONAL { ?a x:p ?b } . ?c x:q ?b }": "`?c x:q ?b` then takes any",
    "ASK { ?a x:o ?z OPTIONAL { ?a x:p ?b } ?b x:q/x:r* ?c }": "`?b x:q/x:r* ?c` then takes any",
    "DESCRIBE ?c { ?a x:o ?z OPTIONAL { ?a x:p $b } ?c x:r 1 ; x:q $b }": "`?c x:q $b` then takes any",
    "SELECT * { ?a x:o ?z OPTIONAL { ?a x:p ?b } ?b x:q '1'@en }": "`?b x:q '1'@en` then takes any",
    "SELECT * { ?a x:o ?z OPTIONAL { ?a x:p ?b } ?a x:q (1 ?b) }": "the collection then takes any: write it inside",
    "SELECT * { ?a x:o ?z OPTIONAL { ?a x:p ?b } { ?b x:q ?c } }": "the group then takes any: write it inside",
    "SELECT * { ?a x:o ?z OPTIONAL { ?a x:p ?b } GRAPH <urn:g> { ?b x:q ?c } }": "the group then takes any",
    "SELECT * { ?a x:o ?z OPTIONAL { ?a x:p ?b } OPTIONAL { ?b x:q ?c } }": "the next OPTIONAL then takes any",
    "SELECT * { ?y x:o ?z { ?a x:o ?z OPTIONAL { ?a x:p ?b } ?b x:q ?c } }": "`?b x:q ?c` then takes any",
    "SELECT * { { SELECT * { ?a x:o ?z OPTIONAL { ?a x:p ?b } ?b x:q ?c } } }": "`?b x:q ?c` then takes any",
}
OPTIONAL = (
    "SELECT * { ?a x:o ?z OPTIONAL { ?a x:p ?b . ?b x:q ?c } }",
    "SELECT * { ?a x:o ?z OPTIONAL { ?a x:p ?b OPTIONAL { ?b x:q ?c } } }",
    "SELECT * { ?a x:o ?z OPTIONAL { ?a x:p ?b } OPTIONAL { ?a x:q ?b } }",
    "SELECT * { ?a x:o ?b OPTIONAL { ?a x:p ?b } ?b x:q ?c }",
    "SELECT * { ?a x:o ?z OPTIONAL { ?a x:p ?b } ?a x:q ?c FILTER(?b > 1) }",
    "SELECT * { ?a x:o ?z OPTIONAL { ?a x:p ?b } MINUS { ?b x:q ?c } }",
    "SELECT * { ?a x:o ?z OPTIONAL { ?a x:p ?b } FILTER NOT EXISTS { ?b x:q ?c } }",
    "SELECT * { ?a x:o ?z OPTIONAL { ?a x:p ?b } OPTIONAL { ?b x:q ?c FILTER(BOUND(?b)) } }",
    "SELECT * { ?a x:o ?z OPTIONAL { ?a x:p ?b } BIND(COALESCE(?b, 0) AS ?d) }",
    "SELECT * { OPTIONAL { ?a x:p ?b } OPTIONAL { ?b x:q ?c } }",
    "SELECT * { ?a x:o ?z OPTIONAL { ?a x:p ?b } OPTIONAL { ?c x:q ?d } }",
    "SELECT * { { ?a x:o ?z OPTIONAL { ?a x:p ?b } } UNION { ?b x:q ?c } }",
    "SELECT * { ?a x:o ?z OPTIONAL { ?a x:p ?b } VALUES ?b { 1 2 } }",
)


@pytest.mark.parametrize("text", REQUIRED)
def test_what_relies_on_an_optional_value_is_told(text):
    (sentence,) = hints(text)
    assert sentence.startswith("?b may have no value behind its OPTIONAL, and ")
    assert REQUIRED[text] in sentence
    assert sentence.endswith("inside the OPTIONAL, or leave the word out.")


@pytest.mark.parametrize("text", OPTIONAL)
def test_what_goes_without_an_optional_value_is_not_told(text):
    assert hints(text) == ()
