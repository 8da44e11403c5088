"""The server in front of each store that the tests run: the catalogue, the stored queries and the pages are as ever.

What is expected is in the competency files, and beside them what the same server's parts answer over the embedded
engine. `python3 tests/support/stores/install.py` installs the stores; one that is not there is skipped.
"""

from __future__ import annotations

import re
from collections import Counter
from urllib.parse import quote, urlencode

import pyoxigraph as ox
import pytest

from lodeclaim.endpoint.catalogue import stored, values
from lodeclaim.endpoint.engines.engine import Query, Table
from lodeclaim.endpoint.sparql.formats import GRAPHS
from lodeclaim.namespaces import BASE, PREFIXES
from support import pages as embedded_pages
from support import servers
from support.competency import EXPECTED, query, rows
from support.paths import GRAPH, ROOT
from support.stores import answers, oxigraph, virtuoso
from support.stores.engines import FRONTED
from support.stores.store import free_port, load, running
from support.values import others

STORED = [
    found
    for path in sorted((ROOT / "data/queries").glob("*.rq"))
    if (found := stored.from_text(path.stem, path.read_text(encoding="utf-8"), PREFIXES)).parameters
]
NTRIPLES = next(format for format in GRAPHS if format.name == "ntriples")
PAGES = [
    "/",
    "/id/actor/s-jaishankar",
    "/id/question/project-vault-loan",
    "/id/claim/news18-ministerial-rubio-chains-vital-national-security",
    "/id/zeppelin",
    "/id/topic/cobalt",
    "/graph",
    "/graph/vocabulary/minerals",
    "/graph/description?page=2",
    "/ontology",
    "/ontology/claims",
    "/list?" + urlencode({"property": PREFIXES["rdf"] + "type", "value": PREFIXES["lc"] + "Topic"}),
    "/queries",
    "/queries/why",
    "/api/queries/answers-to-a-question",
    "/sparql?" + urlencode({"query": "SELECT ?d { ?d a <https://w3id.org/lodeclaim/ontology#Document> }"}),
]
OF_ALL_GRAPHS = {"/", "/graph"}
TRUTH = {"true": "1", "false": "0"}
"""Virtuoso writes it so."""


def test_catalogue_returns_the_rows_read_off_the_articles(front) -> None:
    different = {}
    for path in EXPECTED:
        try:
            table = answers.select(front.server.url, query(path.stem))
        except OSError as error:
            different[path.stem] = str(error)
            continue
        found = [tuple(cell.value if (cell := answers.normal(term)) else "" for term in row) for row in table.rows]
        expected = [tuple(row[column] for column in table.columns) for row in rows(path)]
        if sorted(found) != sorted(expected):
            different[path.stem] = (sorted(set(found) - set(expected))[:2], sorted(set(expected) - set(found))[:2])
    assert not different, "\n".join(f"{name}: {told}" for name, told in different.items())


def test_stored_queries_take_their_defaults_and_other_values(front, embedded) -> None:
    different = {}
    for found in STORED:
        default = {p.name: values.written(p.default, PREFIXES) for p in found.parameters if p.default}
        other = {name: values.written(term, PREFIXES) for name, term in others(embedded, found).items()}
        for given in ({}, default, default | other):
            expected = embedded.select(stored.bind(embedded, found, given.items(), PREFIXES))
            path = f"/api/queries/{found.name}?{urlencode({**given, 'format': 'json'})}"
            response = front.server.request("GET", path)
            told = response.text[:300] if response.status != 200 else differ(answers.table(response.json), expected)
            if told:
                different[path] = told
    assert not different, "\n".join(f"{name}: {told}" for name, told in different.items())


def differ(found: Table, expected: Table) -> str:
    lacks, has = answers.bag(expected) - answers.bag(found), answers.bag(found) - answers.bag(expected)
    return (
        f"lacks {list(lacks)[:2]}, has {list(has)[:2]}" if lacks or has or found.columns != expected.columns else ""
    )


@pytest.fixture(scope="session")
def pages(embedded):
    return embedded_pages.client(embedded, public_url=BASE)


@pytest.mark.parametrize("path", PAGES)
def test_page_shows_what_it_shows_over_our_own_engine(front, pages, path) -> None:
    accept = {"Accept": "text/html"}
    expected = pages.get(path, headers=accept)
    response = front.server.request("GET", path, accept)
    assert (response.status, response.media_type) == (expected.status_code, "text/html")
    lacks = seen(expected.text) - seen(response.text)
    if path in OF_ALL_GRAPHS:  # a store may have graphs of its own
        lacks = Counter(word for word in lacks.elements() if not word.isdecimal())
    else:
        assert seen(response.text) - seen(expected.text) == Counter()
    assert lacks == Counter()


def seen(page: str) -> Counter[str]:
    """Where a page leads, and the words in it; not their order, which a query may leave open."""
    text = re.sub(r"in (\d+ ms|[\d.]+ s)\b", "", re.sub(r"<[^>]*>", " ", page))
    text = re.sub(r"&#34;([01])&#34;\^\^xsd:boolean", r"\1", text)  # Virtuoso's truth, as Turtle writes it
    words = (TRUTH.get(word, word) for word in re.findall(r"\w+", text))
    return Counter(re.findall(r'href="([^"]*)"', page)) + Counter(words)


def test_graph_comes_by_the_graph_store_protocol_and_as_linked_data(front, embedded) -> None:
    name = PREFIXES["graph"] + "vocabulary/minerals"
    text = "CONSTRUCT { ?s ?p ?o } { ?s ?p ?o }"
    triples = parsed(b"".join(embedded.query(Query(text, default_graphs=(name,)), NTRIPLES).body))
    for path in ("/store?graph=" + quote(name, safe=""), "/graph/vocabulary/minerals"):
        response = front.server.request("GET", path, {"Accept": "application/n-triples"})
        assert response.status == 200, response
        assert parsed(response.body) == triples
    assert triples.total() > 100
    absent = front.server.request("GET", "/store?graph=urn:absent")
    assert absent.status == 404


def parsed(body: bytes) -> Counter[ox.Triple]:
    return Counter(quad.triple for quad in ox.parse(body, ox.RdfFormat.N_TRIPLES))


def test_dataset_describes_itself(front, pages) -> None:
    response = front.server.request("GET", "/.well-known/void", {"Accept": "application/n-triples"})
    expected = pages.get("/.well-known/void", headers={"Accept": "application/n-triples"})
    about = f"<{BASE}"
    assert {line for line in response.text.splitlines() if line.startswith(about)} >= {
        line for line in expected.text.splitlines() if line.startswith(about) and "sparqlEndpoint" not in line
    }


def test_health_says_that_the_store_is_there(front) -> None:
    assert front.server.request("GET", "/health").json == {"status": "ok", "version": "", "store": "ok"}


def test_answer_that_virtuoso_cuts_off_is_none(tmp_path, monkeypatch) -> None:
    engine = FRONTED["virtuoso"]
    if reason := engine.missing():
        pytest.skip(reason)
    lower = tmp_path / "lower.ini"
    text = virtuoso._CONFIGURATION.read_text(encoding="utf-8")
    lower.write_text(re.sub(r"ResultSetMaxRows = \d+", "ResultSetMaxRows = 10", text), encoding="utf-8")
    monkeypatch.setattr(virtuoso, "_CONFIGURATION", lower)
    with engine.serve(tmp_path, GRAPH) as store, servers.serve(store.query_url, "--log", "off") as server:
        assert len(server.ask("SELECT ?s { ?s ?p ?o } LIMIT 9").rows) == 9
        response = server.ask("SELECT ?s { ?s ?p ?o }")
        assert (response.status, response.problem) == (502, "store-failed")
        assert "cut its answer off" in response.json["detail"]


def test_store_whose_default_graph_is_no_union_is_named_at_the_start(tmp_path) -> None:
    if reason := oxigraph.missing():
        pytest.skip(reason)
    load(GRAPH, oxigraph.command, tmp_path, {"oxigraph": oxigraph._TOOL})
    address = f"127.0.0.1:{free_port()}"
    command = [oxigraph._TOOL, "serve", "--location", "data", "--bind", address]
    url = f"http://{address}/query"
    with running(command, tmp_path, url + "?query=ASK%7B%7D"), servers.serve(url, "--log", "off") as server:
        assert f"{url}: its default graph is not the union" in server.log.read_text()
        described = server.request("GET", "/sparql", {"Accept": "application/n-triples"})
        assert described.status == 200
        assert "UnionDefaultGraph" not in described.text
