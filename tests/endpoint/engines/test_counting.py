"""COUNT over a join: what is counted several times is told by the data, and nothing else."""

from __future__ import annotations

import pyoxigraph as ox
import pytest

from lodeclaim.endpoint.engines.engine import EmbeddedEngine, Query, QueryRequest

DATA = """
@prefix e: <http://example.org/> .
e:one e:by e:kate ; e:on e:tin, e:lead ; e:year 1 .
e:two e:by e:kate ; e:on e:tin ; e:year 2 .
e:three e:by e:tom ; e:on e:zinc ; e:year 2 .
"""
PREFIXES = {"e": "http://example.org/"}

TOLD = {
    "SELECT (COUNT(?c) AS ?n) { ?c e:by ?who ; e:on ?m }": "COUNT(?c) takes a ?c once for each ?m or ?who: 4, where "
    "COUNT(DISTINCT ?c) gives 3.",
    "SELECT ?who (COUNT(?c) AS ?n) { ?c e:by ?who ; e:on ?m } GROUP BY ?who": "once for each ?m: 3, where "
    "COUNT(DISTINCT ?c) gives 2.",
    "SELECT (COUNT(?c) AS ?n) { ?c e:by|e:on ?m }": "once for each ?m: 7, where COUNT(DISTINCT ?c) gives 3.",
    "SELECT (COUNT(?c) AS ?n) WHERE { ?c e:on ?m ; e:year ?y } HAVING(COUNT(?c) > 1)": "4, where COUNT(DISTINCT ?c)",
}
NOTHING = (
    "SELECT (COUNT(DISTINCT ?c) AS ?n) { ?c e:by ?who ; e:on ?m }",
    "SELECT (COUNT(*) AS ?n) { ?c e:by ?who ; e:on ?m }",
    "SELECT ?m (COUNT(?c) AS ?n) { ?c e:on ?m } GROUP BY ?m",
    "SELECT (COUNT(?c) AS ?n) { ?c e:by ?who ; e:year ?y }",
    "SELECT (COUNT(?m) AS ?n) { ?c e:on ?m }",
    "SELECT ?p (COUNT(?c) AS ?n) { ?c ?p ?o } GROUP BY ?p",
    "SELECT ?c { ?c e:by ?who ; e:on ?m }",
)


@pytest.fixture(scope="module")
def engine() -> EmbeddedEngine:
    store = ox.Store()
    store.load(DATA.encode(), ox.RdfFormat.TURTLE)
    return EmbeddedEngine(store)


def hints(engine: EmbeddedEngine, text: str) -> str:
    return "\n".join(engine.preview(QueryRequest(text, union_default_graph=False, prefixes=PREFIXES), 10).hints)


@pytest.mark.parametrize(("text", "words"), TOLD.items())
def test_what_is_counted_several_times_is_told(engine, text, words):
    assert words in hints(engine, text)


@pytest.mark.parametrize("text", NOTHING)
def test_nothing_is_told_where_each_is_counted_once_or_rows_are_meant(engine, text):
    assert hints(engine, text) == ""


def test_an_answer_that_took_its_time_is_not_asked_again(engine):
    query = "SELECT (COUNT(?c) AS ?n) { ?c e:by ?who ; e:on ?m }"
    asked = Query(query, union_default_graph=False, prefixes=PREFIXES)
    assert engine.hints(asked, engine.select(asked), seconds=3) == ()
