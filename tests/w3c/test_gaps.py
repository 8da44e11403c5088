"""The list of known gaps: it holds nothing that is not there, and nothing that need not be."""

from __future__ import annotations

import pytest

from support.w3c.gaps import Gap, known, settle
from support.w3c.judgement import over_engine
from support.w3c.manifests import QUERY, RESULTS, cases
from support.w3c.server import Response


@pytest.fixture
def listed(suites):
    return {case.name: case for case in cases(*QUERY, *RESULTS)}


def test_each_gap_is_a_test_and_has_a_reason(listed):
    assert set(known()) <= set(listed)
    assert {gap.differs for gap in known().values()} == {"spelling", "answer", "refusal"}
    assert all(gap.reason for gap in known().values())


def test_the_suites_have_what_is_claimed(suites):
    assert (len(cases(*QUERY)), len(cases(*RESULTS))) == (234, 10)


def nothing(name, value):
    """Record nothing."""


def test_a_gap_that_is_closed_must_leave_the_list(listed, monkeypatch):
    case = listed["aggregates/agg01"]
    answer = over_engine(case)
    settle(case, answer, nothing)
    monkeypatch.setitem(known(), case.name, Gap(case.name, "answer", "none"))
    with pytest.raises(AssertionError, match="no longer a gap"):
        settle(case, answer, nothing)


def test_a_gap_of_ours_cannot_hide_in_the_list(listed, monkeypatch):
    case = listed["aggregates/agg01"]
    monkeypatch.setitem(known(), case.name, Gap(case.name, "answer", "none"))
    with pytest.raises(AssertionError, match="no gap of pyoxigraph, but ours"):
        settle(case, Response(500, {}, b""), nothing)


def test_a_wrong_answer_cannot_pass_for_a_spelling(listed, monkeypatch):
    case = listed["csv-tsv-res/csv03"]
    settle(case, over_engine(case), nothing)
    monkeypatch.setitem(known(), case.name, Gap(case.name, "spelling", "none"))
    with pytest.raises(AssertionError, match="does not differ in spelling"):
        settle(case, over_engine(case), nothing)


def test_a_known_gap_does_not_excuse_another_failure(listed):
    case = listed["csv-tsv-res/csv03"]
    with pytest.raises(AssertionError, match="fails in another way"):
        settle(case, Response(500, {}, b""), nothing)
