"""Engines of others that ask us in a query of their own (SERVICE): Jena, RDF4J and rdflib, for up to 5,000 values."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from rdflib import Graph

from support import java_clients, tiny
from support.java_clients import JENA, RDF4J, java

pytestmark = pytest.mark.java

MINERALS = [mineral for mineral, _ in tiny.ROWS]
MANY = 5_000

Rows = list[tuple[str, ...]]


def among(number: int) -> list[str]:
    """Return so many names, of which we have something to say on the first and on the last."""
    return [MINERALS[0], *(f"http://example.org/other/{count}" for count in range(number - 2)), MINERALS[1]]


def values(name: str, terms: list[str]) -> str:
    return f"VALUES ?{name} {{ {' '.join(terms)} }}"


SHARE = f"?mineral <{tiny.EX}share> ?share"
KNOWN = [f"<{tiny.EX}me> <{tiny.EX}knows> <{name}> ." for name in among(300)]
OWNED = f"<{tiny.EX}me> <{tiny.EX}owns> <{MINERALS[0]}> ."
"""What the engine has of its own: the names that it knows, and one that it owns."""

PATTERNS = {
    "two names": f"SERVICE <URL> {{ {values('mineral', [f'<{name}>' for name in MINERALS])} {SHARE} }}",
    "many names": f"SERVICE <URL> {{ {values('mineral', [f'<{name}>' for name in among(MANY)])} {SHARE} }}",
    "many numbers": f"SERVICE <URL> {{ {values('share', list(map(str, range(MANY))))} {SHARE} }}",
    "what is known": f"?me <{tiny.EX}knows> ?mineral SERVICE <URL> {{ {SHARE} }}",
    "what is not owned": f"SERVICE <URL> {{ {SHARE} }} MINUS {{ ?me <{tiny.EX}owns> ?mineral }}",
}
"""Each engine has a way of its own to send what it knows: a request for each name, or for some at a time."""

ROWS = {name: tiny.ROWS[1:] if name == "what is not owned" else tiny.ROWS for name in PATTERNS}


def in_java(libraries: tuple[str, ...], program: str) -> Callable[[Path, list[str]], list[str]]:
    def ask(data: Path, queries: list[str]) -> list[str]:
        if reason := java_clients.missing(libraries):
            pytest.skip(reason)
        file = data.with_name("queries")
        file.write_text("".join(query + "\n" for query in queries), encoding="utf-8")
        return java(libraries, program, data, file).splitlines()

    return ask


def rdflib(data: Path, queries: list[str]) -> list[str]:
    graph, told = Graph().parse(data), []
    for query in queries:
        try:
            told.append(" ".join(str(cell) for row in graph.query(query) for cell in row))
        except OSError as error:
            told.append(f"error: {error}")
    return told


ENGINES = {
    "Jena": in_java(JENA, "JenaFederation.java"),
    "RDF4J": in_java(RDF4J, "Rdf4jFederation.java"),
    "rdflib": rdflib,
}


@pytest.fixture(scope="module", params=ENGINES)
def answers(request, url, tmp_path_factory) -> dict[str, str]:
    """What one engine finds for each pattern: it is started once, and asked them all."""
    data = tmp_path_factory.mktemp("federation") / "own.nt"
    data.write_text("\n".join([*KNOWN, OWNED]) + "\n", encoding="utf-8")
    queries = [f"SELECT ?mineral ?share {{ {pattern.replace('URL', url)} }}" for pattern in PATTERNS.values()]
    return dict(zip(PATTERNS, ENGINES[request.param](data, queries), strict=True))


@pytest.mark.parametrize("name", PATTERNS)
def test_an_engine_that_asks_us(answers, name):
    assert sorted(tiny.told(tiny.SELECT, answers[name])) == ROWS[name]
