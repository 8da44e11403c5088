"""Bindings as VALUES: asked of one engine, they give what it gives where it replaces the variables inside itself."""

from __future__ import annotations

import re
from collections import Counter

import pyoxigraph as ox
import pytest

from lodeclaim.endpoint.catalogue import members, stored, values
from lodeclaim.endpoint.engines.binding import with_values
from lodeclaim.endpoint.engines.engine import EmbeddedEngine, Query, Term
from lodeclaim.endpoint.errors import QueryError
from lodeclaim.endpoint.sparql.formats import offered
from lodeclaim.endpoint.sparql.guard import Form
from lodeclaim.namespaces import PREFIXES
from support.hostile_values import HOSTILE
from support.paths import ROOT

SOURCE = ROOT / "src/lodeclaim/endpoint"
NOBODY = Term("https://example.org/nobody", "iri")

# The variables that each query behind the pages is asked with; an empty list is a query that is asked as it stands.
ABOUT = [["resource"]]
TAKEN = {
    "web/queries/about": [["dataset"]],
    "web/queries/example": ABOUT,
    "web/queries/graph": ABOUT,
    "web/queries/graph-count": ABOUT,
    "web/queries/incoming": ABOUT,
    "web/queries/incoming-counts": ABOUT,
    "web/queries/incoming-rare": ABOUT,
    "web/queries/label": ABOUT,
    "web/queries/linked": ABOUT,
    "web/queries/list": [["property", "value"]],
    "web/queries/list-count": [["property", "value"]],
    "web/queries/outgoing": ABOUT,
    "web/queries/stated": ABOUT,
    "web/queries/terms": [["module"]],
    "web/queries/uses": ABOUT,
    "catalogue/instances": [["class"]],
    "engines/members": [["class", "property"]],
    "engines/values": [["property"]],
    "catalogue/stored_parameters": [["query"]],
    "catalogue/stored_queries": [["query"]],
    "../hosted/premises": ABOUT,
    "../hosted/settled": ABOUT,
    "../reports/node": [["about"]],
    "../reports/plans": [["about"]],
    "../reports/positions": [["about"]],
    "../reports/refusals": [["about"]],
    "../reports/relations": [["about"]],
}
# Those that make triples, or filter by what only the caller knows.
TAKES_TERMS = {
    "web/queries/description": {"resource": Term(PREFIXES["actor"] + "marco-rubio", "iri")},
    "web/queries/graph-triples": {"resource": Term(PREFIXES["graph"] + "description", "iri")},
    "web/queries/links": {"resource": Term(PREFIXES["actor"] + "marco-rubio", "iri")},
    "web/queries/defined-triples": {"resource": Term(PREFIXES["lc"].removesuffix("#") + "/claims", "iri")},
    "web/queries/property": {"resource": Term(PREFIXES["lc"] + "gloss", "iri")},
    "web/queries/near": {
        "stem": Term(PREFIXES["actor"] + "mar", "iri"),
        "words": Term("cobalt", "literal"),
    },
    "engines/called": {name: Term(word, "literal") for name, word in {"one": "rare", "two": "", "three": ""}.items()},
    "catalogue/is_instance": {
        "class": Term(PREFIXES["lc"] + "MineralScope", "iri"),
        "value": Term(PREFIXES["mineral"] + "cobalt", "iri"),
    },
    "catalogue/named": {
        "class": Term(PREFIXES["lc"] + "MineralScope", "iri"),
        "written": Term("Cobalt", "literal"),
    },
    "catalogue/stored_description": {"query": Term(PREFIXES["query"] + "why", "iri")},
}


@pytest.fixture(scope="module")
def engine(built) -> EmbeddedEngine:
    return EmbeddedEngine(built)


def text_of(name: str) -> str:
    return (SOURCE / f"{name}.rq").read_text(encoding="utf-8")


def answer(engine: EmbeddedEngine, query: Query) -> object:
    """What an engine answers, as it can be compared: neither the order of rows and triples nor blank nodes' names."""
    if query.outline.form is Form.SELECT:
        table = engine.select(query)
        return table.columns, Counter(table.rows)
    form = {Form.ASK: "json"}.get(query.outline.form, "ntriples")
    format = next(format for format in offered(query.outline.form) if format.name == form)
    return Counter(re.sub(r"_:\w+", "_:", b"".join(engine.query(query, format).body).decode()).splitlines())


def both(engine: EmbeddedEngine, query: Query) -> object:
    """What an engine answers with its own bindings, having seen that the same text with VALUES gives that too."""
    replaced = answer(engine, query)
    written = Query(
        with_values(query),
        query.default_graphs,
        query.named_graphs,
        query.union_default_graph,
        query.prefixes,
    )
    assert answer(engine, written) == replaced, written.text
    return replaced


def test_every_query_that_takes_values_is_here() -> None:
    folders = ("web/queries", "catalogue", "engines")
    asked = {f"{folder}/{path.stem}" for folder in folders for path in (SOURCE / folder).glob("*.rq")}
    as_they_stand = asked - TAKEN.keys() - TAKES_TERMS.keys()
    assert as_they_stand == {
        *(f"web/queries/{name}" for name in ("catalogue", "dataset", "described", "featured", "first", "void")),
        *(f"web/queries/{name}" for name in ("graphs", "labels", "list-for-readers", "modules", "ontology-triples")),
        *(f"web/queries/{name}" for name in ("store-graph", "store-graph-exists", "triples")),
        *(f"web/queries/{name}" for name in ("imports", "missing-in-default-graph", "references")),
        *("web/queries/terms-index", "web/queries/words", "catalogue/labelled", "catalogue/stored_names"),
        *(
            f"engines/{name}"
            for name in ("described", "ontologies", "prefixes", "renamed", "resources", "spaces", "terms")
        ),
        *(f"engines/{name}" for name in ("datatypes", "labels", "languages", "value_spaces")),
    }


@pytest.mark.parametrize(("name", "variables"), [(name, names) for name, taken in TAKEN.items() for names in taken])
def test_query_behind_the_pages(engine, name, variables) -> None:
    table = engine.select(Query(text_of(name)), first=2000)
    columns = [table.columns.index(variable) for variable in variables]
    asked = [[row[column] for column in columns] for row in table.rows]
    named = [terms for terms in asked if all(term.kind != "blank" for term in terms)]
    for terms in (named[0], named[len(named) // 2], named[-1]):
        given = dict(zip(variables, terms, strict=True))
        _, found = both(engine, Query(text_of(name), bindings=given))
        assert found
    _, found = both(engine, Query(text_of(name), bindings=dict.fromkeys(variables, NOBODY)))
    assert not found


@pytest.mark.parametrize(("name", "given"), TAKES_TERMS.items(), ids=TAKES_TERMS)
def test_query_behind_the_pages_with_terms(engine, name, given) -> None:
    query = Query(text_of(name), bindings=given)
    everything = answer(engine, Query(text_of(name)))
    assert both(engine, query) != everything


# Stored queries with their defaults and with other values

WITH_PARAMETERS = [
    query
    for path in sorted((ROOT / "data/queries").glob("*.rq"))
    if (query := stored.from_text(path.stem, path.read_text(encoding="utf-8"), PREFIXES)).parameters
]
OTHER = {"date": "2026-02-02", "boolean": "true", "decimal": "45.25", "integer": "10", "string": "Vault"}


@pytest.mark.parametrize("query", WITH_PARAMETERS, ids=lambda query: query.name)
def test_stored_query(engine, query) -> None:
    defaults = [(p.name, values.written(p.default, PREFIXES)) for p in query.parameters if p.default]
    assert both(engine, stored.bind(engine, query, [], PREFIXES)) == both(
        engine, stored.bind(engine, query, defaults, PREFIXES)
    )
    for parameter in query.parameters:
        for value in others(engine, query, parameter):
            both(engine, stored.bind(engine, query, [(parameter.name, value)], PREFIXES))


def others(engine: EmbeddedEngine, query: stored.StoredQuery, parameter) -> list[str]:
    if parameter.type.of_class:
        return [member.iri for member in members.instances(engine, parameter.type.of_class)[:3]]
    if parameter.type.datatype:
        return [OTHER[parameter.type.datatype.rpartition("#")[2]]]
    rows = engine.select(stored.bind(engine, query, [], PREFIXES)).rows
    return [row[0].value for row in (rows[0], rows[-1]) if row[0]]


# Shapes

SMALL = """
PREFIX : <x:>
INSERT DATA {
  GRAPH :one { :a :p :b, 1, "}" ; :q "a" . :b :p :c . :g :in :one }
  GRAPH :two { :c :p :a, 2 ; :q "c"@en . :a :r :c . :g :in :two }
}
"""
A, B, ONE = Term("x:a", "iri"), Term("x:b", "iri"), Term("x:one", "iri")

SHAPES = [
    ("SELECT ?x ?o { ?x :p ?o }", {"x": A}),
    ("SELECT ?x ?o WHERE { ?x :p ?o } ORDER BY ?o LIMIT 1", {"x": A}),
    ("SELECT $x ?o { $x :p ?o }", {"x": A}),
    ("SELECT * { ?x :p ?o }", {"x": A}),
    ("SELECT ?x ?o FROM :one FROM NAMED :two WHERE { ?x :p ?o }", {"x": A}),
    ("SELECT DISTINCT ?x ?o { ?x :p|:r ?o }", {"x": A}),
    ("SELECT ?x ?o { ?x :p+ ?o }", {"x": A}),
    ("SELECT ?x ?y { ?x :p ?o . ?y :p ?x }", {"x": A, "y": Term("x:c", "iri")}),
    ("SELECT ?x ?o { OPTIONAL { ?x :q ?o } ?x :p ?v }", {"x": A}),
    ("SELECT ?x ?o { OPTIONAL { ?x :q ?o } }", {"x": B}),
    ("SELECT ?x ?o ?v { ?s :p ?o OPTIONAL { ?o :p ?v FILTER(?v = ?x) } }", {"x": B}),
    ("SELECT ?x ?o { { ?x :p ?o } UNION { ?o :p ?x } UNION { ?o :r ?x } }", {"x": A}),
    ("SELECT ?x ?o { { ?s :p ?o FILTER(?o = ?x) } UNION { ?o :p ?x } }", {"x": A}),
    ("SELECT ?x ?o { ?s :p ?o FILTER(?o != ?x && EXISTS { ?x :p ?s }) }", {"x": A}),
    ("SELECT ?x ?o { ?s :p ?o FILTER NOT EXISTS { ?x :p ?s FILTER(?s != ?x) } }", {"x": A}),
    ("SELECT ?x ?o { ?s :p ?o { ?o ?p ?v { BIND(STR(?x) AS ?t) } } }", {"x": A}),
    ("SELECT ?x ?o { ?x :p ?o MINUS { ?x :p ?o . ?o :p ?z } }", {"x": A}),
    ("SELECT ?x ?o { ?s :p ?o MINUS { ?s :p ?o FILTER(?o = ?x) } }", {"x": B}),
    ("SELECT ?x ?s { GRAPH ?x { ?s :p ?o } }", {"x": ONE}),
    ("SELECT ?x ?s { GRAPH ?x { { SELECT ?s { ?s :p ?x } } } }", {"x": ONE}),
    ("SELECT ?x ?s { ?s :in ?x GRAPH ?x { ?t :p ?o } }", {"x": ONE}),
    ("SELECT ?x ?n { { SELECT ?x (COUNT(*) AS ?n) { ?x :p ?o } GROUP BY ?x } }", {"x": A}),
    ("SELECT ?x ?n { { SELECT (COUNT(?x) AS ?n) { ?x :p ?o } } ?x :q ?v }", {"x": A}),
    ("SELECT ?x ?n { { SELECT (COUNT(*) AS ?n) { ?x :p ?o } } ?x :q ?v }", {"x": A}),
    ("SELECT ?x ?o { { SELECT ?o { { SELECT ?x ?o { ?x :p ?o } LIMIT 1 } } } ?x :q ?v }", {"x": Term("x:c", "iri")}),
    ("SELECT ?x ?o { { SELECT ?x ?o { { SELECT ?x ?o { ?x :p ?o } ORDER BY ?x LIMIT 4 } } } }", {"x": B}),
    ("SELECT ?x ?o { { SELECT * { ?x :p ?o } ORDER BY ?x ?o LIMIT 2 } }", {"x": Term("x:c", "iri")}),
    ("SELECT ?x ?o { { SELECT DISTINCT * { ?x :p ?o { SELECT ?o { ?o :q ?x } } } } }", {"x": A}),
    ("SELECT ?x ?o { { SELECT * { ?s :p ?o } LIMIT 20 } ?x :q ?v }", {"x": A}),
    ("SELECT ?x (COUNT(?o) AS ?n) { ?x :p ?o } GROUP BY ?x HAVING(COUNT(?o) > 1)", {"x": A}),
    ("SELECT ?x ?o { ?x :p ?o } GROUP BY ?x ?o HAVING(EXISTS { ?x :q ?v })", {"x": A}),
    ("SELECT ?x (EXISTS { ?x :q ?v } AS ?e) { ?x :p ?o }", {"x": A}),
    ("SELECT ?x ?o { ?x :p ?o } VALUES ?x { :a :b }", {"x": A}),
    ("SELECT ?x ?o { VALUES (?x ?o) { (:a :b) (:b :c) (UNDEF 2) } ?x :p ?o }", {"x": A}),
    ("CONSTRUCT { ?x :s ?o } { ?x :p ?o }", {"x": A}),
    ("CONSTRUCT { ?x :s (?x ?o) } WHERE { ?x :p ?o FILTER(?o != ?x) }", {"x": A}),
    ("CONSTRUCT { ?x :s ?o } FROM :one WHERE { { SELECT ?x ?o { ?x :p ?o } LIMIT 9 } }", {"x": A}),
    ("CONSTRUCT { ?o :s 1 } WHERE { { ?o :p ?x } UNION { ?x :p ?o } }", {"x": A}),
    ("ASK { ?x :p :b }", {"x": A}),
    ("ASK { ?x :p :b }", {"x": B}),
    ("ASK FROM :two { ?x :p :b }", {"x": A}),
    ("DESCRIBE ?x WHERE { ?x :p ?o }", {"x": A}),
    ("DESCRIBE ?x ?o { ?x :p ?o }", {"x": B}),
    ("DESCRIBE :a ?x { }", {"x": B}),
    ("# SELECT { ?x\nSELECT ?x ?o # { :p\n{ ?x :p ?o FILTER(?o = '}' || ?o != 'SELECT {') }", {"x": A}),
    ("PREFIX select: <x:> SELECT ?x ?o { ?x select:p ?o . ?x <x:p> ?o }", {"x": A}),
    ("SELECT ?x ?o { ?x :p ?o . FILTER(?o != <x:SELECT>) . FILTER(STR(?o) != \"ASK { \\\"{\") }", {"x": A}),
    ("SELECT ?x ?select { ?x :p ?select }", {"x": A}),
]  # fmt: skip


@pytest.fixture(scope="module")
def small() -> EmbeddedEngine:
    store = ox.Store()
    store.update(SMALL)
    return EmbeddedEngine(store)


@pytest.mark.parametrize(("text", "given"), SHAPES, ids=[text for text, _ in SHAPES])
def test_shape(small, text, given) -> None:
    query = Query(f"PREFIX : <x:> {text}", bindings=given)
    assert both(small, query)


def test_values_change_most_shapes(small) -> None:
    """Without this a text that came back as it was would pass."""
    queries = [Query(f"PREFIX : <x:> {text}", bindings=given) for text, given in SHAPES]
    assert all(with_values(query) != query.text for query in queries)
    changed = [query for query in queries if answer(small, query) != answer(small, Query(query.text))]
    assert len(changed) > len(SHAPES) * 2 / 3


@pytest.mark.parametrize("value", [*HOSTILE, "{", "}", '?x } #"', "\u2028\u0000\U0001f600", "", "\r"], ids=ascii)
def test_value_is_a_term_whatever_it_holds(small, value) -> None:
    for term in (Term(value, "literal"), Term(value, "literal", None, "en"), Term(value, "literal", "x:{type}#")):
        query = Query("SELECT ?x ?o { OPTIONAL { ?o <x:q> ?x } }", bindings={"x": term})
        try:
            _, rows = both(small, query)
        except QueryError:
            assert term.datatype
            continue
        assert rows == Counter([(term, None)])


@pytest.mark.parametrize("value", ["x:a> } #", "x y", "", "a", "x:\n"])
def test_what_is_no_iri_is_refused(value) -> None:
    with pytest.raises(QueryError, match="no RDF term"):
        with_values(Query("SELECT ?x { ?x ?p ?o }", bindings={"x": Term(value, "iri")}))


@pytest.mark.parametrize(
    "text",
    ["CONSTRUCT WHERE { ?x ?p ?o }", "CONSTRUCT FROM <x:one> WHERE { ?x ?p ?o }", "DESCRIBE ?x", "DESCRIBE"],
)
def test_query_without_a_place_for_values_is_refused(text) -> None:
    with pytest.raises(QueryError, match="takes no bindings"):
        with_values(Query(text, bindings={"x": A}))


def test_text_without_bindings_stays_as_it_is() -> None:
    text = "# {\nSELECT ?x { ?x ?p ?o }"
    assert with_values(Query(text)) == text
