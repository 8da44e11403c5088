"""A variable that a parameter replaces is compared by its value, as any other (SPARQL 17.3)."""

from __future__ import annotations

import pyoxigraph as ox
import pytest

from lodeclaim.endpoint.engines.engine import EmbeddedEngine, Query, Term

XSD = "http://www.w3.org/2001/XMLSchema#"
DATA = f"""
@prefix e: <http://example.org/> .
e:integer e:p 72 . e:decimal e:p 72.0 . e:double e:p 7.2e1 . e:more e:p 73 . e:text e:p "72" .
e:nan e:p "NaN"^^<{XSD}double> .
"""
OTHERS = {
    "more",
    "nan",
    "text",
}  # that a string is no number is known to the engine (17.3.1: operators may be extended)
NUMBERS = {"integer", "decimal", "double"}
LEAST = Term("72", "literal", XSD + "decimal")

EXPECTED = {
    "?v = ?l": NUMBERS,
    "?l = ?v": NUMBERS,
    "(?v) = (?l)": NUMBERS,
    "?v = IF(true, ?l, 1)": NUMBERS,
    "?v != ?l": OTHERS,
    "!(?v = ?l)": OTHERS,
    "?v IN (1, ?l)": NUMBERS,
    "?v NOT IN (?l)": OTHERS,
    "?v >= ?l": NUMBERS | {"more"},
    "?v <= ?l": NUMBERS,
    "?v > ?l": {"more"},
    "?v = ?l && BOUND(?l)": NUMBERS,
    "!BOUND(?l) || ?v > 72": {"more"},
    "BOUND(?v) && !BOUND(?none) && ?v < ?l": set(),
    "STR(?v) = STR(?l)": {*NUMBERS, "text"},
    "IF(BOUND(?l), ?v = 73, false)": {"more"},
    "EXISTS { ?s e:p ?w FILTER(?w = ?l) }": NUMBERS,
}


@pytest.fixture(scope="module")
def engine() -> EmbeddedEngine:
    store = ox.Store()
    store.load(DATA.encode(), ox.RdfFormat.TURTLE)
    return EmbeddedEngine(store)


@pytest.mark.parametrize(("condition", "names"), EXPECTED.items())
def test_a_parameter_is_compared_by_its_value(engine, condition, names):
    text = f"SELECT ?s ?l {{ ?s e:p ?v FILTER({condition}) }}"
    query = Query(text, union_default_graph=False, prefixes={"e": "http://example.org/"}, bindings={"l": LEAST})
    rows = engine.select(query).rows
    assert {row[0].value.rsplit("/", 1)[-1] for row in rows} == names
    assert {row[1] for row in rows} <= {LEAST}


def test_a_parameter_in_a_pattern_or_in_data_is_no_call(engine):
    text = (
        "SELECT ?l { ?s e:p ?l VALUES ?l { 1 } BIND(?l + 1 AS ?n) FILTER(?n > ?l) } GROUP BY ?l HAVING(COUNT(?l) > 0)"
    )
    query = Query(text, union_default_graph=False, prefixes={"e": "http://example.org/"}, bindings={"l": LEAST})
    assert engine.select(query).rows == []
