"""A server with narrow limits, and the proof after each attack that it still answers right."""

from __future__ import annotations

import shutil
from collections.abc import Iterator

import pytest

from support import servers
from support.paths import TINY
from support.tiny import FOUND, LOOKUP

LIMITS = ("--timeout", "2", "--memory-mib", "128", "--max-rows", "30000", "--workers", "4")


@pytest.fixture(scope="session")
def narrow(tmp_path_factory: pytest.TempPathFactory) -> Iterator[servers.Server]:
    """A server whose limits are soon reached, and which logs the text of queries."""
    graph = tmp_path_factory.mktemp("narrow") / "graph.trig"
    shutil.copy(TINY, graph)
    with servers.serve(graph, *LIMITS, "--log", "text") as running:
        yield running


@pytest.fixture
def attacked(narrow: servers.Server) -> Iterator[servers.Server]:
    """The narrow server, which must answer another client and the attacker right when the test is over."""
    yield narrow
    for source in ("127.0.0.9", "127.0.0.1"):
        assert narrow.ask(LOOKUP, source=source).rows == FOUND
    assert narrow.request("GET", "/health").json["status"] == "ok"
    assert servers.eventually(lambda: len(narrow.workers()) == 4)
