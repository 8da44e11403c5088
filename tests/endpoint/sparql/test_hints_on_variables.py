"""Hints on variables that are spelt in two ways."""

from __future__ import annotations

import pytest

from lodeclaim.endpoint.sparql.hints import Known, told
from lodeclaim.endpoint.sparql.tokens import tokenize


def hints(text: str) -> tuple[str, ...]:
    return told(tuple(tokenize("PREFIX x: <http://example.org/> " + text)), Known())


WITHOUT_VALUE = "has no value, and stands nowhere else: did you mean ?label?"
ALONE = {
    "SELECT ?s { ?s x:p ?label FILTER(?lable = 'a') }": f"?lable {WITHOUT_VALUE}",
    "SELECT ?label { ?s x:p ?label FILTER(CONTAINS(?labl, 'a')) }": f"?labl {WITHOUT_VALUE}",
    "SELECT ?label { ?s x:p ?label FILTER(?Label = 'a') }": f"?Label {WITHOUT_VALUE}",
    "SELECT ?label { ?s x:p ?label FILTER(?labels = 'a') }": f"?labels {WITHOUT_VALUE}",
    "SELECT ?label { ?s x:p ?label } ORDER BY DESC(?lable)": f"?lable {WITHOUT_VALUE}",
    "SELECT ?label { ?s x:p ?label } GROUP BY ?label HAVING(MIN(?labek) > 1)": "?labek has no value",
    "CONSTRUCT { ?s x:q ?lable } { ?s x:p ?label }": f"?lable {WITHOUT_VALUE}",
    "DESCRIBE ?lable { ?s x:p ?label }": f"?lable {WITHOUT_VALUE}",
    "ASK { ?s x:p ?label BIND(STRLEN(?lable) AS ?n) }": f"?lable {WITHOUT_VALUE}",
    "SELECT ?l { ?c x:p ?mineral . ?minerl x:q ?l }": "?mineral and ?minerl stand once each",
    "SELECT ?l { ?c x:p ?mineral . ?mineral x:q ?l . ?minreal x:r ?l }": "?minreal and ?mineral differ",
    "SELECT ?l ?mineral { ?c x:p/x:r ?minerl . ?mineral x:q ?l }": "?minerl and ?mineral differ",
    "SELECT ?l { ?c x:p ?Mineral . ?mineral x:q ?l }": "?Mineral and ?mineral stand once each",
    "SELECT ?l { ?c x:p ?mineral { SELECT * { ?minerl x:q ?l } } }": "?mineral and ?minerl stand once each",
}
APART = (
    "SELECT ?label { ?s x:p ?label FILTER(?label = 'a') }",
    "SELECT (COUNT(?claim) AS ?claims) { ?claim x:p ?a }",
    "SELECT * { ?claim1 x:p ?claim2 }",
    "SELECT * { ?claimA x:p ?claimB }",
    "SELECT * { ?claimAText x:p ?claimBText }",
    "SELECT * { ?claim x:p ?claims }",
    "SELECT * { ?s x:p ?o . ?a x:q ?b . ?o x:r ?a }",
    "SELECT * { ?s x:from ?from ; x:form ?form }",
    "SELECT ?date { ?s x:date ?date ; x:data ?data . ?data x:p 1 }",
    "SELECT ?date ?data { ?s x:p ?date ; x:q ?data }",
    "SELECT ?value { ?s x:p ?value FILTER(?other > 1) }",
    "SELECT (SAMPLE(?value) AS ?valie) { ?s x:p ?value }",
    "SELECT * { VALUES (?lower ?tower) { (1 2) } }",
    "SELECT ?cause { ?cause x:clause ?clause }",
    "ASK { ?s x:p ?xmin ; x:q ?ymin . ?xmin x:r ?t }",
)


@pytest.mark.parametrize("text", ALONE)
def test_a_variable_that_is_spelt_in_two_ways_is_told(text):
    (sentence,) = hints(text)
    assert ALONE[text] in sentence


@pytest.mark.parametrize("text", APART)
def test_variables_that_are_two_are_not_told(text):
    assert hints(text) == ()


def test_a_column_without_a_pattern_is_told_once():
    assert len(hints("SELECT ?label { ?s x:p ?lable }")) == 1
