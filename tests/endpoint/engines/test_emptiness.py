"""Why a query has no rows: the sentence names the part with which nothing is left."""

from __future__ import annotations

import os
import signal

import pyoxigraph as ox
import pytest

from lodeclaim.endpoint.engines import emptiness
from lodeclaim.endpoint.engines.engine import EmbeddedEngine, Query, QueryRequest, Table

DATA = """
@prefix e: <http://example.org/> .
@prefix sh: <http://www.w3.org/ns/shacl#> .
e:kate a e:Person ; e:name "Kate" ; e:age 40 ; e:knows e:tom .
e:tom a e:Person ; e:name "Tom" ; e:mail <mailto:t@example.org> .
e:label e:tag e:tom ; e:shape e:round .
e:rex a e:Dog ; e:owner e:kate ; e:name "Rex" .
e:here { e:kate e:speaks e:french . }
e:shapes { e: sh:declare [ sh:prefix "e" ; sh:namespace "http://example.org/" ] . }
"""


@pytest.fixture(scope="module")
def engine() -> EmbeddedEngine:
    store = ox.Store()
    store.load(DATA.encode(), ox.RdfFormat.TRIG)
    return EmbeddedEngine(store)


def hints(engine: EmbeddedEngine, text: str) -> str:
    # The union of all graphs is asked only where somebody wants it, and the data stands in the default graph.
    request = QueryRequest(text, union_default_graph=False, prefixes=engine.names.prefixes)
    return "\n".join(engine.preview(request, 10).hints)


EXPECTED = {
    "SELECT * { ?x a e:Cat }": "Nothing in the data matches `?x a e:Cat`.",
    "SELECT * { ?x a e:Person ; e:owner ?o }": "`?x a e:Person` and `?x e:owner ?o`. What is a e:Person has ",
    "SELECT * { ?x e:knows ?y . ?y e:age ?a }": "`?x e:knows ?y` and `?y e:age ?a`. Such a ?y has ",
    "SELECT * { ?x a e:Person ; e:owner ?y }": " The other way round there is: write `?y e:owner ?x`.",
    "SELECT * { ?x a e:Person ; e:shape ?y }": "What has e:shape leads to such a ?x by e:tag: write `?z e:tag ?x ; "
    "e:shape ?y`",
    "SELECT * { ?x e:shoe ?o . ?x a e:Dog }": "Nothing in the data matches `?x e:shoe ?o`. What is a e:Dog has ",
    "SELECT * { e:tom e:knows ?x }": "`e:tom e:knows ?x`. The other way round there is: write `?x e:knows e:tom`.",
    "SELECT * { ?x e:name ?n FILTER(?n = 'kate') }": 'without it there are answers. A value of ?n is "',
    "SELECT * { FILTER(?a > 50) ?x e:age ?a ; e:name ?n }": "`FILTER(?a > 50)` lets nothing through; "
    'without it there are answers. A value of ?a is "40"^^',
    "SELECT * { ?x e:name ?n FILTER EXISTS { ?x e:age ?n } }": "`FILTER EXISTS { ?x e:age ?n }` lets nothing through",
    "SELECT * { ?x a e:Dog MINUS { ?x e:name ?n } }": "`MINUS { ?x e:name ?n }` takes everything away",
    "SELECT * { ?x a e:Dog . GRAPH ?g { ?x ?p ?o } }": "Nothing matches both `?x a e:Dog` and `GRAPH ?g {",
    "SELECT * { ?x e:knows ?y . ?y e:name ?n . ?x e:name ?n }": "`?x e:name ?n` matches nothing beside what stands",
    "SELECT * { GRAPH e:there { ?x ?p ?o } }": "Nothing in the data matches `GRAPH e:there { ?x ?p ?o }`.",
    "SELECT * { ?x a e:Dog . VALUES ?x { e:tom } }": "Nothing matches both `?x a e:Dog` and `VALUES ?x { e:tom }`.",
    "SELECT * { { ?x e:shoe ?o } UNION { ?o e:hat ?x } }": "matches `{ ?x e:shoe ?o } UNION { ?o e:hat ?x }`.",
    "SELECT * FROM e:Person { ?x e:name ?n }": "The graphs of FROM e:Person hold no triple: FROM names graphs.",
    "SELECT * { ?x e:knows ?y . ?y e:knows ?z . ?z e:name ?n }": "both `?x e:knows ?y` and `?y e:knows ?z`.",
    "SELECT (COUNT(*) AS ?n) { ?x a e:Cat }": "Nothing in the data matches `?x a e:Cat`.",
    "SELECT * { ?x a e:Dog ; e:name ?n . BIND(STR(?n) AS ?t) FILTER(?t = 'x') }": 'A value of ?t is "Rex".',
    "SELECT * { ?x a e:Dog { ?x e:age ?y } }": "Nothing matches both `?x a e:Dog` and `{ ?x e:age ?y }`.",
    "SELECT * { ?x a e:Dog { SELECT ?x { ?x e:age ?y } } }": "and `{ SELECT ?x { ?x e:age ?y } }`.",
    "SELECT * { ?x a e:Dog . [ e:age ?y ] e:name ?n . ?y a e:Dog }": "`?y a e:Dog`",
    "SELECT * { { SELECT ?x { ?x a e:Cat } } }": "Nothing in the data matches `{ SELECT ?x { ?x a e:Cat } }`.",
    "SELECT * { ?x a e:Dog FILTER EXISTS { ?x e:age 1 } }": "`FILTER EXISTS { ?x e:age 1 }` lets nothing through",
    "SELECT * { FILTER REGEX(?n, 'zz') ?x e:name ?n }": "`FILTER REGEX(?n, 'zz')` lets nothing through",
    "SELECT * { ?x e:name [] ; a e:Cat }": "Nothing in the data matches",
    "SELECT * { ?x a e:Dog ; e:knows|e:mail ?y }": "Nothing matches both `?x a e:Dog` and `?x e:knows|e:mail ?y`.",
}

NOTHING = (
    "SELECT * { ?x a e:Dog }",
    "SELECT (COUNT(*) AS ?n) { ?x a e:Dog }",
    "SELECT (0 AS ?n) { ?x a e:Dog }",
    "SELECT * { ?x a e:Dog } OFFSET 5",
    "SELECT ?x { ?x a e:Dog } GROUP BY ?x HAVING(COUNT(*) > 5)",
    "ASK { ?x a e:Cat }",
    "CONSTRUCT { ?x a e:Pet } { ?x a e:Cat }",
)


@pytest.mark.parametrize(("text", "words"), EXPECTED.items())
def test_the_part_with_which_nothing_is_left_is_told(engine, text, words):
    assert words in hints(engine, text)


def test_properties_of_a_class_are_those_that_its_members_have(engine):
    told = hints(engine, "SELECT * { ?x a e:Person ; e:owner ?o }")
    listed = told.partition("e:Person has ")[2].partition(".")[0].split(", ")
    assert listed[0] == "e:name"  # which both have
    assert sorted(listed) == ["e:age", "e:knows", "e:mail", "e:name"]


def test_a_class_is_not_turned_round(engine):
    assert "The other way round" not in hints(engine, "SELECT * { e:Person a ?x }")


@pytest.mark.parametrize("text", NOTHING)
def test_nothing_is_told_where_there_are_rows_or_another_cause(engine, text):
    assert hints(engine, text) == ""


@pytest.mark.parametrize(
    "parts",
    [
        "?d ?e ?f . FILTER(?c + ?f < 0) FILTER(?a = <urn:none>)",
        "{ ?d ?e ?f . ?g ?h ?i FILTER(?f + ?i < 0) }",
        "?d ?e ?f . ?g ?h ?i MINUS { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }",
    ],
)
def test_a_cause_is_sought_for_a_while_only(parts):
    # Whoever asks these to their end looks at billions of solutions.
    store = ox.Store()
    node = ox.NamedNode("urn:p")
    store.bulk_extend(ox.Quad(ox.NamedNode(f"urn:{number}"), node, ox.Literal(number)) for number in range(2_000))
    engine = EmbeddedEngine(store)
    query = Query(f"SELECT * {{ ?a ?b ?c . {parts} }}")
    assert engine.hints(query, Table(("a",), []), 0.0) == ()


def test_a_cause_that_cannot_be_sought_costs_no_answer(engine, monkeypatch):
    monkeypatch.setattr(emptiness, "causes", lambda *_: os.kill(os.getpid(), signal.SIGKILL))
    assert hints(engine, "SELECT * { ?x a e:Cat }") == ""
    monkeypatch.delattr(os, "fork")
    assert hints(engine, "SELECT * { ?x a e:Cat }") == ""


def test_no_more_than_some_parts_are_asked():
    asked: list[str] = []
    many = " . ".join(f"?s <urn:{number}> ?o{number}" for number in range(100))
    emptiness.causes(Query(f"SELECT * {{ {many} }}").outline.tokens, lambda text: asked.append(text) or [["x"]])
    assert len(asked) == emptiness.MOST_PARTS
