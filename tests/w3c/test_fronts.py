"""The SPARQL Protocol suite asked of the server in front of each store that the tests run."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from support import servers
from support.stores.engines import FRONTED
from support.w3c import protocol
from support.w3c import server as files
from support.w3c.exchanges import exchanges, needed

SUITE = "protocol, in front of other stores"
CASES = exchanges("protocol/manifest.ttl")


@pytest.fixture(scope="module", params=FRONTED)
def front(request, suites, tmp_path_factory) -> Iterator[servers.Server]:
    engine = FRONTED[request.param]
    if reason := engine.missing():
        pytest.skip(reason)
    folder = tmp_path_factory.mktemp(request.param)
    documents = needed(exchanges("protocol/manifest.ttl"))
    path = files.write(folder / "suite.trig", {name: files.triples(iri) for name, iri in documents.items()})
    with engine.serve(folder, path) as store, servers.serve(store.query_url, "--log", "off") as front:
        yield front


def test_the_exchange_goes_as_described(case, front) -> None:
    protocol.exchange(case, front)
