"""The engine is asked alike from everywhere: over HTTP, in commands, in rules and lint queries."""

from __future__ import annotations

from pathlib import Path

import pyoxigraph as ox
import pytest
from click.testing import CliRunner

from lodeclaim import validation
from lodeclaim.cli import main
from lodeclaim.endpoint.engines import oxigraph
from lodeclaim.endpoint.engines.engine import EmbeddedEngine, Query
from lodeclaim.endpoint.errors import SourceError
from lodeclaim.reasoning import rules
from lodeclaim.resources import Source
from support import servers

EX = "http://example.org/"
DATA = f"""PREFIX e: <{EX}>
GRAPH e:g {{ e:1\\.1\\.1 e:p 10, 9, "5", "12%" . }}"""
NAMED = f"PREFIX e: <{EX}> SELECT ?v {{ e:1.1.1 e:p ?v }} ORDER BY ?v"
RIGHT = ["12%", "5", "9", "10"]
"""By SPARQL 1.1: one IRI with two dots, and numbers in the order of their values."""


@pytest.fixture
def graph(tmp_path) -> Path:
    file = tmp_path / "graph.trig"
    file.write_text(DATA, encoding="utf-8")
    return file


def test_over_http(graph):
    with servers.serve(graph, "--log", "off") as server:
        assert [row["v"] for row in server.ask(NAMED).rows] == RIGHT


def test_in_the_command(graph):
    result = CliRunner().invoke(main, ["query", NAMED, "--graph", str(graph), "--format", "csv"])
    assert result.exit_code == 0, result.output
    assert result.stdout.split() == ["v", *RIGHT]


def test_in_the_engine(graph):
    table = EmbeddedEngine.from_file(graph).select(Query(NAMED))
    assert [row[0].value for row in table.rows] == RIGHT


def test_in_a_rule(graph, tmp_path):
    file = tmp_path / "mine.rq"
    file.write_text(
        f"""# title: Mine
# why: To see how a rule is asked.
PREFIX e: <{EX}>
CONSTRUCT {{ e:1.1.1 e:says ?said }}
WHERE {{ e:1.1.1 e:p ?v . FILTER(CONTAINS(STR(?v), "%")) BIND(REPLACE(?v, "([0-9]+)%", "$1pct") AS ?said) }}
"""
    )
    store = EmbeddedEngine.from_file(graph)._store
    (rule,) = rules.read(
        [Source(file, Path("ontology/rules/own/mine.rq"))], [rules.Stage("urn:stage/own", "urn:graph/")]
    )
    assert rules.apply(rule, store) == 1
    (quad,) = store.quads_for_pattern(None, ox.NamedNode(EX + "says"), None)
    assert (quad.subject.value, quad.object.value) == (EX + "1.1.1", "12pct")


def test_in_a_lint_query(graph, tmp_path):
    file = tmp_path / "mine.violation.rq"
    text = f"""# problem: it is ten
# solution: make it nine
PREFIX e: <{EX}>
SELECT ?entity ?property ?value {{ BIND(e:1.1.1 AS ?entity) BIND(e:p AS ?property)
  {{ SELECT (MAX(?v) AS ?value) {{ e:1.1.1 e:p ?v }} }} }}
"""
    file.write_text(text)
    (finding,) = validation.lint(EmbeddedEngine.from_file(graph)._store, [Source(file, Path(file.name))])
    assert "10" in finding.found


def test_a_source_that_is_refused_is_named(graph, tmp_path):
    store = EmbeddedEngine.from_file(graph)._store
    with pytest.raises(SourceError, match=r"mine\.rq, query, line 1, column 8.*in brackets, with a name") as fault:
        oxigraph.ask_source(store, "SELECT COUNT(*) { ?s ?p ?o }", "mine.rq")
    assert "(COUNT(*) AS ?count)" in fault.value.remedy
