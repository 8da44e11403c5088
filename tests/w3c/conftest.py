"""The server that all suites share, and their tests one by one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from support.w3c import server as servers
from support.w3c.exchanges import exchanges, needed
from support.w3c.graph_store import preloaded
from support.w3c.manifests import FOLDER, QUERY, RESULTS, cases

DEFAULT = "serve"
ABSENT = "the W3C suites are not here: they are the W3C's, and never copied in"


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Give each test that asks for a `case` those of its module, or one that is skipped for want of any."""
    if "case" in metafunc.fixturenames:
        found = [pytest.param(case, id=case.name) for case in metafunc.module.CASES]
        absent = pytest.param(None, marks=pytest.mark.skip(ABSENT), id="absent")
        metafunc.parametrize("case", found or [absent])
    if "server" in metafunc.fixturenames and getattr(metafunc.module, "IN_EVERY_WAY", False):
        metafunc.parametrize("server", list(servers.WAYS), indirect=True, scope="session")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Note on each test of a suite which suite it is, for the counts at the end of a run."""
    for item in items:
        if "case" in getattr(item, "fixturenames", ()) and hasattr(item.module, "SUITE"):
            way = item.callspec.params.get("server", DEFAULT)
            item.user_properties.append(("suite", item.module.SUITE + ("" if way == DEFAULT else f", {way}")))


@pytest.fixture(scope="session")
def suites() -> Path:
    if not FOLDER.is_dir():
        pytest.skip(ABSENT)
    return FOLDER


@pytest.fixture(scope="session")
def suites_file(suites: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file whose graphs are the documents of the suites under their own IRIs."""
    documents = {iri for case in cases(*QUERY, *RESULTS) for iri in (*case.default_graphs, *case.named_graphs)}
    graphs = {iri: servers.triples(iri) for iri in sorted(documents)}
    protocol = needed(exchanges("protocol/manifest.ttl"))
    graphs |= {name: servers.triples(iri) for name, iri in protocol.items()}
    graphs |= preloaded()
    return servers.write(tmp_path_factory.mktemp("w3c") / "suites.trig", graphs)


@pytest.fixture(scope="session")
def server(request: pytest.FixtureRequest, suites_file: Path) -> Iterator[servers.Server]:
    """One server for all suites, in the way that is asked for."""
    with servers.WAYS[getattr(request, "param", DEFAULT)](suites_file) as running:
        yield running
