"""Rewriting keeps the meaning of a query, and makes none right that is wrong, nor any much longer."""

from __future__ import annotations

import time

import pytest

from lodeclaim.endpoint.engines import departures
from lodeclaim.endpoint.engines.departures.rewriting import Rewriting, apply, origin
from lodeclaim.endpoint.sparql.guard import check
from lodeclaim.endpoint.sparql.tokens import QueryTextError
from support.departures.answers import Refusal
from support.departures.engines import Jena
from support.departures.explained import DATA
from support.departures.known import shown
from support.departures.question import PROLOGUE
from support.departures.rewriting import mutated, rewritten

MUTATIONS = 1_000


@pytest.fixture(scope="module")
def other(server: Jena) -> Jena:
    server.load(DATA)
    return server


@pytest.mark.parametrize("each", [pytest.param(each, id=each.query) for each in rewritten()])
def test_a_rewritten_query_has_the_specified_answer(each, embedded):
    assert shown(embedded.ask(each.text), ordered="ORDER BY" in each.query) == each.answer, each.section


@pytest.mark.stores
def test_rewriting_makes_no_query_right_that_is_wrong(bare, embedded, other):
    wrong = []
    for body in mutated(1, MUTATIONS):
        if isinstance(embedded.ask(PROLOGUE + body), Refusal) or not isinstance(bare.ask(PROLOGUE + body), Refusal):
            continue
        theirs = other.ask(PROLOGUE + body)
        if isinstance(theirs, Refusal) and "Parse error" in theirs.words:
            wrong.append(body)
    assert wrong == []


@pytest.mark.stores
def test_rewriting_makes_no_query_wrong_that_is_right(bare, embedded, other):
    wrong = []
    for body in mutated(2, MUTATIONS):
        ours = embedded.ask(PROLOGUE + body)
        if not isinstance(ours, Refusal) or "query-" in ours.words or isinstance(bare.ask(PROLOGUE + body), Refusal):
            continue
        if "no way to go on" in ours.words and not isinstance(other.ask(PROLOGUE + body), Refusal):
            wrong.append(body)
    assert wrong == []


def test_the_place_of_an_error_is_that_in_the_query_as_it_was_sent():
    for each in rewritten():
        if each.answer == "refused":
            continue
        edits = _rewritten(each.text).edits
        for offset in range(len(each.text)):
            if not any(edit.start <= offset < edit.end for edit in edits):
                moved = len(apply(each.text[:offset], [edit for edit in edits if edit.end <= offset]))
                assert origin(edits, moved) == offset, (each.query, offset)


@pytest.mark.parametrize("call", ['REPLACE(?a, {}, "$1")', 'STR(REGEX(?a, "[x]", {}))', 'REPLACE(?a, "(x)", {})'])
def test_a_query_does_not_grow_with_the_depth_of_its_calls(call):
    lengths = []
    for depth in (4, 8, 12):
        expression = "?b"
        for _ in range(depth):
            expression = call.format(expression)
        text = f"SELECT ({expression} AS ?r) {{ ?s ?p ?a, ?b }}"
        lengths.append(len(_rewritten(text).text) / len(text))
    assert max(lengths) < 20


@pytest.mark.parametrize("condition", ["({} <= ?a)", "IF({}, 'a'@en, ?a)", "({} IN (?a, 1))", "(!({} > 1) && ?a)"])
def test_a_query_does_not_grow_with_the_depth_of_its_comparisons(condition):
    expression = "?b"
    for _ in range(25):
        expression = condition.format(expression)
    text = f"SELECT ({expression} AS ?r) {{ ?s ?p ?a, ?b FILTER(IF({expression}, ?a, ?b)) }}"
    found = _rewritten(text).text
    assert "urn:lodeclaim:" in found
    assert len(found) < 20 * len(text)


def test_long_operands_are_copied_in_linear_time():
    long = '"' + "x" * 490_000 + '"'
    text = f"SELECT (STRLEN({long}) > ?a AS ?r) {{ ?s ?p ?a FILTER(((STRLEN({long}) < ?a) < true) < true) }}"
    begin = time.process_time()
    assert len(_rewritten(text).text) < 6 * len(text)
    assert time.process_time() - begin < 2


def test_a_sign_is_of_its_number_and_no_path():
    assert "+" not in _rewritten("SELECT * { ?s <urn:p> +1 ; <urn:q> 2, +3.5 . ?t <urn:r>+ +1e0 }").text.replace(
        ">+", ">"
    )
    assert "1 +2" in _rewritten("SELECT (1 +2 AS ?x) { ?s <urn:p> -1 }").text


def test_many_names_with_dots_are_each_written_once():
    text = f"PREFIX n: <http://example.org/n/> SELECT ?x {{ VALUES ?x {{ {'n:1.1 ' * 20_000} }} }}"
    assert _rewritten(text).text.count("n:1\\.1") == len(_rewritten(text).edits) == 20_000


def _rewritten(text: str) -> Rewriting:
    return departures.rewritten(text, check(text).tokens, {})


@pytest.mark.parametrize(
    "text",
    [
        f"SELECT * {{ ?x ({'|'.join(['<urn:p>'] * 600)}) ?y }}",
        f"SELECT * {{ ?x {'/'.join(['(<urn:p>|<urn:q>)'] * 200)} ?y }}",
        f"SELECT * {{ {'?x <urn:p>|<urn:q> ?y . ' * 200} }}",
        f"SELECT * {{ ?x <urn:p>|<urn:q> '{'x' * 900_000}' }}",
    ],
)
def test_alternatives_that_would_be_too_many_are_refused(text):
    with pytest.raises(QueryTextError, match="alternatives when they are written out"):
        _rewritten(text)


def test_a_query_with_many_names_and_many_paths_is_written_once():
    data = "n:1.1 " * 20_000
    paths = "?x n:1.2|n:1.3 ?y . " * 150
    text = f"PREFIX n: <http://example.org/n/> SELECT ?x {{ VALUES ?x {{ {data} }} {paths} }}"
    rewriting = _rewritten(text)
    assert rewriting.text.count("n:1\\.1 ") == 20_000
    assert rewriting.text.count("UNION") == 150
    assert len(rewriting.edits) == 20_150
