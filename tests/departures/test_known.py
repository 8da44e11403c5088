"""The departures are as the list has them: an engine that mends one, or departs anew, is noticed."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from support.departures.__main__ import DATA
from support.departures.answers import Table
from support.departures.engines import Embedded, Jena, jena
from support.departures.generated import KINDS, questions
from support.departures.known import departures, shown
from support.departures.order import misplaced
from support.stores import fuseki

KNOWN = [pytest.param(known, id=known.name) for known in departures()]


@pytest.fixture(scope="module")
def embedded() -> Iterator[Embedded]:
    with Embedded(bare=True) as engine:
        engine.load(DATA)
        yield engine


@pytest.fixture(scope="module")
def other(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Jena]:
    if absent := fuseki.missing():
        pytest.skip(absent)
    with jena(tmp_path_factory.mktemp("jena")) as engine:
        engine.load(DATA)
        yield engine


@pytest.mark.parametrize("known", KNOWN)
def test_the_engine_departs_as_it_is_listed(known, embedded):
    assert shown(embedded.ask(known.text), ordered=known.ordered) == known.pyoxigraph


@pytest.mark.stores
@pytest.mark.parametrize("known", KNOWN)
def test_jena_answers_as_it_is_listed(known, other):
    assert shown(other.ask(known.text), ordered=known.ordered) == known.jena


def test_a_seed_gives_the_same_queries_and_enough_of_each_kind():
    drawn = questions(1)
    assert drawn == questions(1)
    assert {kind: sum(question.kind == kind for question in drawn) >= 12 for kind in KINDS} == dict.fromkeys(
        KINDS, True
    )


def test_the_order_of_a_column_that_is_all_of_one_kind_is_the_specified_one(embedded):
    for question in questions(1):
        if question.kind == "orders" and question.body.count("p:") == 1 and "p:number" not in question.body:
            answer = embedded.ask(question.text)
            if isinstance(answer, Table):
                assert misplaced(answer, question.keys) is None, question.body
