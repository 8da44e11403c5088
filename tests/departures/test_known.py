"""The departures are as the list has them: an engine that mends one, or departs anew, is noticed."""

from __future__ import annotations

import pytest

from lodeclaim.endpoint.engines import departures as remedies
from support.departures import page
from support.departures.answers import Table
from support.departures.engines import Embedded, Jena
from support.departures.explained import DATA, asked, compared, explained
from support.departures.generated import KINDS, questions
from support.departures.known import GAP, NONE_NEEDED, departures, shown
from support.departures.order import misplaced
from support.departures.published import PUBLISHED

KNOWN = [pytest.param(known, id=known.name) for known in departures()]
ELSEWHERE = {"sparql.services"}
"""Remedies that are not below engines/departures."""


@pytest.fixture
def other(server: Jena) -> Jena:
    server.load(DATA)
    return server


@pytest.mark.parametrize("known", KNOWN)
def test_the_engine_departs_as_it_is_listed(known, bare):
    assert shown(bare.ask(known.text), ordered=known.ordered) == known.pyoxigraph


@pytest.mark.parametrize("known", KNOWN)
def test_the_endpoint_answers_as_it_is_listed(known, embedded):
    assert shown(embedded.ask(known.text), ordered=known.ordered) == known.ours


@pytest.mark.stores
@pytest.mark.parametrize("known", KNOWN)
def test_jena_answers_as_it_is_listed(known, other):
    assert shown(other.ask(known.text), ordered=known.ordered) == known.jena


@pytest.mark.parametrize("known", KNOWN)
def test_a_remedy_is_named_where_the_endpoint_answers_otherwise(known):
    if known.remedy in ELSEWHERE:
        return
    if known.remedy in {GAP, NONE_NEEDED}:
        assert known.ours == known.pyoxigraph
        return
    module, function = known.remedy.split(".")
    assert callable(getattr(getattr(remedies, module), function))


def test_each_class_has_a_name_of_its_own():
    names = [known.name for known in departures()]
    assert sorted(names) == sorted(set(names))


def test_each_explanation_is_a_known_class():
    assert {line.departure for line in explained()} <= {known.name for known in departures()}


def test_each_explanation_is_given_once():
    assert sorted(explained()) == sorted(set(explained()))


@pytest.mark.stores
def test_the_queries_that_differ_from_jena_are_those_that_are_explained(server, tmp_path):
    with Embedded() as engine:
        comparisons = list(compared(asked(tmp_path), engine, server))
    kinds = {comparison.question.kind for comparison in comparisons}
    assert kinds >= set(KINDS)
    found = {(each.question.kind, each.question.name) for each in comparisons if each.differs}
    expected = {(line.kind, line.query) for line in explained() if line.kind in kinds}  # the suites may be absent
    assert {"not explained": found - expected, "no difference": expected - found} == {
        "not explained": set(),
        "no difference": set(),
    }
    assert [each.question.name for each in comparisons if "pyoxigraph" in each.misplaced] == []


def test_explanations_are_of_queries_that_are_asked():
    drawn = {(question.kind, question.name) for question in questions(1)}
    published = {kind for kind, _ in PUBLISHED}
    assert {(line.kind, line.query) for line in explained() if line.kind not in published} <= drawn


def test_a_seed_gives_the_same_queries_and_enough_of_each_kind():
    drawn = questions(1)
    assert drawn == questions(1)
    assert {kind: sum(question.kind == kind for question in drawn) >= 12 for kind in KINDS} == dict.fromkeys(
        KINDS, True
    )


def test_the_endpoint_puts_all_rows_in_the_specified_order(embedded):
    for question in questions(1):
        answer = embedded.ask(question.text) if question.keys else None
        if isinstance(answer, Table):
            assert misplaced(answer, question.keys) is None, question.body


def test_the_page_is_what_the_list_says():
    assert page.PAGE.read_text(encoding="utf-8") == page.written(), "run python -m support.departures --docs in tests"
