"""The Graph Store Protocol suites, for a store that only reads: what it has is given, and it takes nothing."""

from __future__ import annotations

import pytest

from support.w3c import graph_store
from support.w3c.exchanges import exchanges
from support.w3c.graph_store import MANIFESTS, READING, Visit
from support.w3c.server import PROBLEM, WAYS, Response, Server, size, write
from support.w3c.tables import Table, same

IN_EVERY_WAY = True
SUITE = "graph store"
CASES = [exchange for manifest in MANIFESTS for exchange in exchanges(manifest)]


@pytest.fixture
def own_default(request, suites, tmp_path):
    """A server whose default graph is what the suite has put there, in whatever way the server makes it up."""
    (graph,) = [visit.graphs[""] for case in CASES for visit in graph_store.visits(case) if "" in visit.graphs]
    path = write(tmp_path / "default.trig", {"": graph})
    with WAYS[request.node.callspec.params["server"]](path) as running:
        yield running


def test_the_exchange_goes_as_described_but_for_its_writing(case, server, request):
    for visit in graph_store.visits(case):
        running = server if visit.graph else request.getfixturevalue("own_default")
        before = size(running)
        response = running.request(visit.step.method, visit.path, visit.step.headers, visit.step.body)
        if visit.step.method in READING:
            check_reading(visit, response)
        else:
            check_refusal(visit, running, response)
        assert size(running) == before


def check_reading(visit: Visit, response: Response) -> None:
    """Fail unless an answer is the expected one, and holds the expected graph."""
    expected = visit.step.expected
    assert expected.fits(response), f"{visit.path}: {response}"
    if visit.step.method == "HEAD":
        assert response.body == b""
    if expected.body is not None:
        assert visit.graphs[visit.graph]
        assert same(table(expected.body, visit.graph), table(response.body, visit.graph)), response


def check_refusal(visit: Visit, server: Server, response: Response) -> None:
    """Fail unless a request to write is refused for good, and reading is what the server names instead."""
    assert response.status in {403, 405}, f"{visit.step.method} {visit.path}: {response}"
    assert response.media_type == PROBLEM, response
    if response.status == 405:
        allowed = {method.strip() for method in response.headers["allow"].split(",")}
        assert {"GET", "HEAD"} <= allowed
        assert visit.step.method not in allowed


def table(body: bytes, base: str) -> Table:
    triples = graph_store.turtle(body, base or None)
    return Table(("s", "p", "o"), [(triple.subject, triple.predicate, triple.object) for triple in triples])


def test_the_suite_has_what_is_claimed(suites):
    methods = [step.method for case in CASES for step in case.steps]
    assert (len(CASES), len([method for method in methods if method in READING])) == (13, 18)


def test_what_is_put_in_place_is_what_the_steps_before_have_written(suites):
    (twice,) = [case for case in CASES if case.name == "put_get_uri_pct_encoded_twice"]
    *_, last = graph_store.visits(twice)
    authority = "http://put-get-uri-pct-encoded-twice-3.example"
    assert last.path == f"/store?graph={authority}/gsp/person/%2531.ttl"
    assert last.graph == f"{authority}/gsp/person/%31.ttl"
    assert set(last.graphs) == {last.graph, f"{authority}/gsp/person/1.ttl"}
    (parts,) = [case for case in CASES if case.name == "post_get_post_get_direct"]
    assert [len(visit.graphs.get(visit.graph, ())) for visit in graph_store.visits(parts)] == [0, 4, 4, 6]
