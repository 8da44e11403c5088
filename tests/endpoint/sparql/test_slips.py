"""The commonest slips of authors: each message names the cause and what to write, and no right query has one."""

from __future__ import annotations

import re
import time

import pyoxigraph as ox
import pytest

from lodeclaim.endpoint.engines.engine import EmbeddedEngine, Query, QueryRequest
from lodeclaim.endpoint.sparql.slips import slip
from lodeclaim.endpoint.sparql.tokens import QueryTextError, tokenize
from lodeclaim.endpoint.vocabularies import WELL_KNOWN
from support.paths import ROOT

SLIPS = {
    # What is selected
    "SELECT COUNT(*) { ?s ?p ?o }": ("1:8", "in brackets, with a name", "(COUNT(*) AS ?count)"),
    "SELECT COUNT(?s) AS ?n { ?s ?p ?o }": ("1:8", "in brackets, with a name", "(COUNT(?s) AS ?n)"),
    "SELECT (COUNT(*)) { ?s ?p ?o }": ("1:8", "needs a name", "(COUNT(*) AS ?value)"),
    "SELECT ?a, ?b { ?a ?p ?b }": ("1:10", "comma between columns", "SELECT ?a ?b"),
    "SELECT s { ?s ?p ?o }": ("1:8", "`s` is no column", "?s"),
    "SELECT DISTINCT { ?s ?p ?o }": ("1:1", "no columns", "SELECT *"),
    "SELECT { ?s ?p ?o }": ("1:1", "no columns", "SELECT *"),
    "SELECT (?o AS ?s) { ?s ?p ?o }": ("1:15", "?s stands in the pattern", "?s2"),
    "SELECT * { ?s ?p ?o } GROUP BY ?s": ("1:8", "does not go with GROUP BY", "COUNT(*) AS ?count"),
    "SELECT ?s ?o { ?s ?p ?o } GROUP BY ?s": ("1:11", "?o is neither in GROUP BY", "(SAMPLE(?o) AS ?oAny)"),
    "SELECT ?s (COUNT(?o) AS ?n) { ?s ?p ?o }": ("1:8", "?s is neither in GROUP BY", "GROUP BY ?s behind WHERE"),
    "SELECT TOP 10 ?s { ?s ?p ?o }": ("1:8", "`TOP`", "Remove TOP 10, and write LIMIT 10"),
    "SELECT ?s (GROUP_CONCAT(?o, ', ') AS ?all) { ?s ?p ?o } GROUP BY ?s": ("1:27", "put between", "SEPARATOR"),
    # Conditions
    "SELECT ?s { ?s ?p ?o FILTER ?o > 1 }": ("1:22", "in brackets", "FILTER(?o > 1)"),
    "SELECT ?s { ?s ?p ?o FILTER STR(?o) = 'a' }": ("1:22", "in brackets", "FILTER(STR(?o) = 'a')"),
    "SELECT ?s { ?s ?p ?o FILTER LANG(?o) IN ('a') }": ("1:22", "in brackets", "FILTER(LANG(?o) IN ('a'))"),
    "SELECT ?s { ?s ?p ?o FILTER NOT EXIST { ?o ?p ?s } }": ("1:33", "`EXIST`", "NOT EXISTS { ... }"),
    "SELECT ?s { ?s ?p ?o FILTER(?o IN [1, 2]) }": ("1:32", "list in brackets", "IN (1, 2)"),
    "SELECT * FROM claims WHERE { ?s ?p ?o }": ("1:10", "no tables such as `claims`", "Leave it out"),
    "SELECT * { ?s ?p ?o . ?o = 'a' }": ("1:26", "a comparison stands in FILTER", "FILTER(?o = 'a')"),
    "SELECT ?s { ?s ?p ?o FILTER(?o == 1) }": ("1:32", "`==`", "Write ="),
    "SELECT ?s { ?s ?p ?o FILTER(?o <> 1) }": ("1:32", "`<>`", "Write !="),
    "SELECT ?s { ?s ?p ?o FILTER(?o > 1 AND ?o < 3) }": ("1:36", "`AND`", "&&"),
    "SELECT ?s { ?s ?p ?o FILTER(?o > 1 OR ?o < 3) }": ("1:36", "`OR`", "||"),
    "SELECT ?s { ?s ?p ?o FILTER(NOT ?o = 1) }": ("1:29", "NOT stands only before", "!("),
    "SELECT ?s { ?s ?p ?o FILTER(?o LIKE '%x%') }": ("1:32", "`LIKE`", "CONTAINS"),
    "SELECT ?s { ?s ?p ?o FILTER(?o = NULL) }": ("1:34", "`NULL`", "BOUND(?x)"),
    "SELECT ?s { ?s ?p ?o FILTER(?o IN 1, 2) }": ("1:32", "list in brackets", "IN (1, 2)"),
    "SELECT ?s { ?s ?p ?o FILTER(REGEX ?o 'x') }": ("1:29", "arguments in brackets", "REGEX(?o)"),
    "SELECT ?s { ?s ?p ?o FILTER(CONTAIN(?o, 'x')) }": ("1:29", "`CONTAIN`", "CONTAINS"),
    "SELECT ?s { ?s ?p ?o FILTER(COUNT(?o) > 1) }": ("1:29", "nothing is grouped", "HAVING"),
    "SELECT ?s { ?s ?p ?o FILTER(BOUND(?o) && ) }": ("1:39", "nothing behind it", "both sides"),
    'SELECT ?s { ?s ?p "2026-02-04"^xsd:date }': ("1:31", "two carets", "^^"),
    "SELECT ?s { ?s ?p ?o FILTER(?o > 2026-02-04) }": None,  # a subtraction: right, though nobody means it
    "SELECT ?s { ?s ?p 2026-02-04 }": ("1:19", "a date", '"2026-02-04"^^xsd:date'),
    # Groups
    "SELECT ?s WHERE ?s ?p ?o": ("1:11", "in braces", "WHERE { ... }"),
    "SELECT ?s { ?s ?p ?o OPTIONAL ?s ?q ?r }": ("1:22", "in braces", "OPTIONAL { ... }"),
    "SELECT ?s { ?s ?p ?o UNION { ?s ?q ?r } }": ("1:22", "both sides", "{ ... } UNION { ... }"),
    "SELECT ?s { GRAPH { ?s ?p ?o } }": ("1:13", "which graph", "GRAPH ?g"),
    "SELECT ?a { ?a ?p ?b BIND(1 AS ?b) }": ("1:32", "?b has a value", "FILTER(?b"),
    "SELECT ?s { ?s ?p ?o BIND ?o AS ?x }": ("1:22", "in brackets", "BIND("),
    "SELECT ?s { VALUES ?s (1 2) }": ("1:23", "in braces", "VALUES ?s {"),
    "SELECT ?s { VALUES (?s) { 1 2 } }": ("1:27", "row stands in brackets", "(1 2)"),
    "CONSTRUCT { ?s ?p ?o }": ("1:1", "not of what", "WHERE"),
    "SELECT ?s { ?s ?p ?o": ("1:19", "the `{` of line 1 is open", "Close it"),
    # Triples
    "SELECT ?s { ?s a <urn:a> <urn:b> }": ("1:26", "stands behind a triple", "Write `,`"),
    "SELECT ?s { ?s a <urn:a> ?s ?p ?o }": ("1:26", "stands behind a triple", "dot"),
    "SELECT ?s { ?s ?p }": ("1:16", "without its object", "three parts"),
    "SELECT ?s { ?s ?p ?o . ?s }": ("1:24", "stands alone", "three parts"),
    "SELECT ?s { ?s 'x' ?o }": ("1:16", "no predicate", "an IRI"),
    "SELECT ?s { ?s ?p+ ?o }": ("1:16", "not of variables", "ex:p+"),
    "SELECT ?s { s ?p ?o }": ("1:13", "`s` is no word", "?s"),
    "SELECT ?s { ?s ?p http://example.org/x . }": ("1:19", "angle brackets", "<http://example.org/x>"),
    # At the beginning and the end
    "PREFIX ex <urn:e> SELECT ?s { ?s ?p ?o }": ("1:8", "ends with a colon", "PREFIX ex:"),
    "PREFIX ex: http://e/ SELECT ?s { ?s ?p ?o }": ("1:12", "angle brackets", "PREFIX ex: <"),
    "@prefix ex: <urn:e> . SELECT ?s { ?s ?p ?o }": ("1:1", "Turtle", "PREFIX"),
    "PREFIX ex: <urn:e> . SELECT ?s { ?s ?p ?o }": ("1:20", "`.` behind", "Remove it"),
    "SELECT ?s { ?s rdf:type ?o }": ("1:16", "`rdf:` is not declared", "PREFIX rdf: <http://www.w3.org/1999/"),
    "SELECT ?s { ?s ?p ?o } ORDER ?s": ("1:24", "goes with BY", "ORDER BY"),
    "SELECT ?s { ?s ?p ?o } ORDER BY ?s DESC": ("1:36", "in brackets", "DESC(?s)"),
    "SELECT ?s { ?s ?p ?o } ORDER BY ASC ?s": ("1:33", "in brackets", "ASC(?s)"),
    "SELECT ?s { ?s ?p ?o } ORDER BY ?s, ?o": ("1:35", "comma", "BY ?a ?b"),
    "SELECT ?s { ?s ?p ?o } LIMIT 1 ORDER BY ?s": ("1:32", "ORDER comes before LIMIT", "ORDER"),
    "SELECT ?s { ?s ?p ?o } LIMIT ten": ("1:24", "whole number", "LIMIT 10"),
    "SELECT ?s { ?s ?p ?o } GROUP BY ?s HAVING COUNT(?o) > 1": ("1:36", "in brackets", "HAVING(COUNT(?o) > 1)"),
    "SELECT ?s (COUNT(?o) AS ?n) { ?s ?p ?o } GROUP BY ?s HAVING ?n > 20": (
        "1:54",
        "in brackets",
        "(COUNT(?o) > 20)",
    ),
    "SELECT ?s { ?s ?p ?o FILTER(?o > 1,000,000) }": ("1:34", "no commas", "1000000"),
    "SELECT ?s { ?s ?p ?o } LIMIT 5, 10": ("1:24", "one number", "LIMIT 10 OFFSET 5"),
    "SELECT 5 ?s { ?s ?p ?o }": ("1:8", "`5` is no column", "SELECT ?s"),
    "SELECT ?s ORDER BY ?s { ?s ?p ?o }": ("1:11", "before WHERE", "behind the closing"),
    "SELECT ?s { ?s ?p ?o ORDER BY ?s": ("1:22", "within the braces", "write } before ORDER"),
    "SELECT ?s { ?s ?p ?o ORDER BY ?s }": ("1:22", "within the braces", "write } before ORDER"),
    "SELECT DISTINCT(?s) { ?s ?p ?o }": ("1:16", "takes no brackets", "SELECT DISTINCT ?s"),
    "SELECT ?s { ?s ?p https://example.org/x#y ?o }": ("1:19", "angle brackets", "<https://example.org/x#y>"),
    "SELECT ?s {\n  -- all of them\n  ?s ?p ?o }": ("2:3", "`--` begins no comment", "# all of them"),
    "SELECT ?s {\n  // all of them\n  ?s ?p ?o }": ("2:3", "`//` begins no comment", "# all of them"),
    "PREFIX e: <urn:e> SELECT ?s { ?s e:a\\e:b ?o }": ("1:37", "a backslash", "/"),
    "SELECT ?s { ?s ?p ?o } LIMIT 1;": ("1:31", "without `;`", "Remove it"),
    "\ufeffSELECT ?s { ?s ?p ?o }": ("1:1", "byte-order mark", "without one"),
    "SELECT ?s { ?s ?p \u201cx\u201d }": ("1:19", "typographic", 'Write "'),
    "SELECT\u00a0?s { ?s ?p ?o }": ("1:7", "a space", "plain space"),
    "SELECT ?s { ?s ?p ?o FILTER(?o \u2265 1) }": ("1:32", "a sign", "Write >="),
    "SELECT ?s { ?s ?p 'x }": ("1:19", "not closed", "Close it"),
}
"""Queries, each with the place of the slip, and words of its cause and of the remedy; None for a right one."""


@pytest.fixture(scope="module")
def engine():
    return EmbeddedEngine(ox.Store())


@pytest.mark.parametrize("text", SLIPS)
def test_the_message_names_the_cause_and_what_to_write(engine, text):
    if SLIPS[text] is None:
        engine.select(Query(text))
        return
    place, cause, remedy = SLIPS[text]
    with pytest.raises(QueryTextError) as refusal:
        engine.preview(QueryRequest(text), 1)
    error = refusal.value
    assert f"{error.position.line}:{error.position.column}" == place, str(error)
    assert cause in error.found, str(error)
    assert remedy in error.remedy, str(error)


OWN = {
    "mineral": "http://example.org/mineral/",
    "lc": "http://example.org/terms#",
    "rdfs": "http://example.org/rdfs#",
}
PREFIXES = {
    "DESCRIBE minerl:lithium": "Did you mean mineral:? Then begin with PREFIX mineral: <http://example.org/mineral/>",
    "SELECT * { ?s ?p minerals:lithium }": "Did you mean mineral:?",
    "ASK { ?s rfds:label ?o }": "Did you mean rdfs:?",
    "CONSTRUCT { ?s LC:x ?o } { ?s ?p ?o }": "Did you mean lc:?",
    "PREFIX harbour: <urn:h> DESCRIBE harbor:krakvik": "Did you mean harbour:? Otherwise begin with PREFIX",
    "DESCRIBE rdfs:label": "Begin with PREFIX rdfs: <http://example.org/rdfs#>",
    "DESCRIBE lcc:lithium": "Begin with PREFIX lcc: <...>, and put its IRI for the dots: here nobody knows",
    "DESCRIBE dct:title": "Begin with PREFIX dct: <http://purl.org/dc/terms/>",
    "DESCRIBE dc:title": "Begin with PREFIX dc: <http://purl.org/dc/elements/1.1/>",
    "DESCRIBE wd:Q568": "Begin with PREFIX wd: <http://www.wikidata.org/entity/>",
    "DESCRIBE FOAF:Person": "Did you mean foaf:? Then begin with PREFIX foaf: <http://xmlns.com/foaf/0.1/>",
    "DESCRIBE dcterm:title": "Did you mean dcterms:? Then begin with PREFIX dcterms: <http://purl.org/dc/terms/>",
    "DESCRIBE :lithium": "Begin with PREFIX : <...>",
}


@pytest.mark.parametrize("text", PREFIXES)
def test_a_prefix_that_is_not_declared_is_told_with_the_one_that_is_meant(text):
    with pytest.raises(QueryTextError, match="is not declared") as refusal:
        Query(text, usual=OWN)
    assert refusal.value.remedy.startswith(PREFIXES[text])


EVERYBODYS = (
    *("dc", "dct", "dcterms", "foaf", "schema", "skos", "geo", "void", "prov", "org", "time", "dbo", "dbr", "wd"),
    *("wdt", "owl", "xsd", "rdf", "sh", "dcat", "vann", "bibo"),
)


@pytest.mark.parametrize("prefix", EVERYBODYS)
def test_what_is_advised_for_a_prefix_that_everybody_knows_mends_the_query(engine, prefix):
    with pytest.raises(QueryTextError) as refusal:
        Query(f"ASK {{ ?s {prefix}:p ?o }}", usual=OWN)
    line = refusal.value.remedy.removeprefix("Begin with ")
    assert "..." not in line
    engine.preview(QueryRequest(f"{line} ASK {{ ?s {prefix}:p ?o }}"), 1)


def test_well_known_prefixes_stand_for_namespaces():
    for prefix, namespace in WELL_KNOWN.items():
        assert re.fullmatch(r"https?://[^ ]+[/#]", namespace), prefix


def test_a_prefix_that_needs_no_declaration_is_meant_as_it_is():
    with pytest.raises(QueryTextError, match="not declared") as refusal:
        Query("DESCRIBE minerl:lithium", prefixes=OWN)
    assert refusal.value.remedy == "Did you mean mineral:? Otherwise begin with PREFIX minerl: <...>"


def right_queries():
    """Yield queries that are right: all of ours."""
    for folder in ("data/queries", "src", "ontology/rules", "shapes/lint"):
        for path in sorted((ROOT / folder).rglob("*.rq")):
            yield pytest.param(path.read_text(encoding="utf-8"), id=str(path.relative_to(ROOT)))


@pytest.mark.parametrize("text", [*right_queries()])
def test_no_right_query_of_ours_has_a_slip(text):
    assert slip(tuple(tokenize(text))) is None


STOPPED = {
    "SELECT ?s WHERE": ("1:11", "ends behind `WHERE`", "missing"),
    "SELECT ?s { ?s ?p ?o DISTINCT }": ("1:22", "`DISTINCT` cannot stand here, behind `?o`", "In braces stand"),
    "SELECT ?s { ?s ?p ?o } ASC": ("1:24", "`ASC` cannot stand here", "Behind the braces of WHERE"),
    "SELECT ?s { ?s ?p ?o FILTER(?o = ASC) }": ("1:34", "`ASC` cannot stand here", "Behind a value"),
    "SELECT ?s { ?s ?p ?o . VALUES ?o { ASC } }": ("1:36", "`ASC` cannot stand here", "In the braces of VALUES"),
}


@pytest.mark.parametrize("text", STOPPED)
def test_what_is_no_slip_that_is_known_is_told_by_its_place_and_what_may_stand_there(engine, text):
    place, cause, remedy = STOPPED[text]
    with pytest.raises(QueryTextError) as refusal:
        engine.select(Query(text))
    error = refusal.value
    assert f"{error.position.line}:{error.position.column}" == place, str(error)
    assert cause in error.found, str(error)
    assert remedy in error.remedy, str(error)


VALUES = f"VALUES ?x {{ {'<http://example.org/a> ' * 40_000}}}"
LARGE = {
    "a triple": (f"SELECT ?s {{ {VALUES} {'?s ?p ?o . ' * 450} ?s ?p }}", "without its object"),
    "nothing that is known": (f"SELECT ?s {{ {VALUES} ?s ?p ?o DISTINCT }}", "`DISTINCT` cannot stand here"),
    "many conditions": (f"SELECT ?s {{ {VALUES} ?s ?p ?o {'FILTER(?x > 1) ' * 250} ASC }}", "cannot stand here"),
    "a long text": (f"SELECT ?s {{ ?s ?p '{'x' * 900_000}' ; ?s ?p ?o }}", "begins a new triple"),
    "spaces": (" " * 900_000 + "MATCH (a)", "it is Cypher"),
    "another language": ("{ a(" + "b" * 900_000, "is open"),
}


@pytest.mark.parametrize("kind", LARGE)
def test_a_large_text_with_a_slip_is_told_in_time(engine, kind):
    text, cause = LARGE[kind]
    begun = time.perf_counter()
    with pytest.raises(QueryTextError, match=cause):
        engine.select(Query(text))
    assert time.perf_counter() - begun < 5
