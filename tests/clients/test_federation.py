"""Engines of others that ask us in a query of their own (SERVICE): Jena, RDF4J and rdflib, for up to 5,000 values."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from rdflib import Graph

from support import java_clients, tiny
from support.java_clients import JENA, RDF4J, java

KNOWS = "http://example.org/knows"
MINERALS = [mineral for mineral, _ in tiny.ROWS]

Rows = list[tuple[str, ...]]


def rdflib(data: Path, query: Path) -> Rows:
    return [tuple(map(str, row)) for row in Graph().parse(data).query(query.read_text(encoding="utf-8"))]


def jena(data: Path, query: Path) -> Rows:
    if reason := java_clients.missing(JENA):
        pytest.skip(reason)
    printed = java(JENA, "arq.arq", "--data", data, "--query", query, "--results", "JSON")
    return tiny.answer(tiny.SELECT, printed.encode(), "application/sparql-results+json")


def rdf4j(data: Path, query: Path) -> Rows:
    if reason := java_clients.missing(RDF4J):
        pytest.skip(reason)
    return tiny.told(tiny.SELECT, java(RDF4J, "Rdf4jFederation.java", data, query).strip())


ENGINES = [pytest.param(jena, marks=pytest.mark.java), pytest.param(rdf4j, marks=pytest.mark.java), rdflib]
engines = pytest.mark.parametrize("engine", ENGINES, ids=["Jena", "RDF4J", "rdflib"])


@pytest.fixture
def federated(tmp_path) -> Callable[..., Rows]:
    """Return a function that gives the rows, sorted, which an engine finds over the names that it knows."""

    def ask(engine: Callable[[Path, Path], Rows], names: list[str], pattern: str) -> Rows:
        data, query = tmp_path / "known.nt", tmp_path / "query.rq"
        data.write_text("".join(f"<http://example.org/me> <{KNOWS}> <{name}> .\n" for name in names), "utf-8")
        query.write_text(f"SELECT ?mineral ?share {{ {pattern} }}", "utf-8")
        return sorted(engine(data, query))

    return ask


def among(number: int) -> list[str]:
    """Return so many names, of which we have something to say on the first and on the last."""
    return [MINERALS[0], *(f"http://example.org/other/{count}" for count in range(number - 2)), MINERALS[1]]


@engines
@pytest.mark.parametrize("number", [2, 5_000])
def test_values_that_are_sent(url, federated, engine, number):
    values = " ".join(f"<{name}>" for name in among(number))
    service = f"SERVICE <{url}> {{ VALUES ?mineral {{ {values} }} ?mineral <{tiny.EX}share> ?share }}"
    assert federated(engine, [], service) == tiny.ROWS


@engines
def test_numbers_that_are_sent(url, federated, engine):
    values = " ".join(map(str, range(5_000)))
    service = f"SERVICE <{url}> {{ VALUES ?share {{ {values} }} ?mineral <{tiny.EX}share> ?share }}"
    assert federated(engine, [], service) == tiny.ROWS


@engines
def test_what_is_known_there(url, federated, engine):
    """Each has a way of its own to send what it knows: a request for each name, or for some at a time."""
    pattern = f"?me <{KNOWS}> ?mineral SERVICE <{url}> {{ ?mineral <{tiny.EX}share> ?share }}"
    assert federated(engine, among(300), pattern) == tiny.ROWS


@engines
def test_a_share_of_ours_that_nobody_knows_there(url, federated, engine):
    pattern = f"SERVICE <{url}> {{ ?mineral <{tiny.EX}share> ?share }} MINUS {{ ?me <{KNOWS}> ?mineral }}"
    assert federated(engine, MINERALS[:1], pattern) == tiny.ROWS[1:]
