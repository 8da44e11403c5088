"""What several test modules need: the project's graph, its shapes, the article texts, servers and stores."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pyoxigraph as ox
import pytest

from lodeclaim import graph, resources, validation
from lodeclaim.namespaces import BASE
from support import servers
from support.groups import pytest_collection_modifyitems, pytest_itemcollected, pytest_xdist_make_scheduler
from support.outcomes import pytest_sessionfinish, pytest_terminal_summary
from support.paths import GRAPH, TINY, corpus_folder
from support.stores.engines import ENGINES, FRONTED
from support.stores.store import Engine, Store
from support.w3c import protocol

__all__ = [
    "pytest_collection_modifyitems",
    "pytest_itemcollected",
    "pytest_sessionfinish",
    "pytest_terminal_summary",
    "pytest_xdist_make_scheduler",
]


def pytest_report_header() -> list[str]:
    java = "found" if shutil.which("java") else "not found: the consistency proof is skipped"
    texts = corpus_folder()
    browser = "found" if shutil.which("chromium") else "not found: the query page is not opened"
    return [
        f"java: {java}",
        f"chromium: {browser}",
        f"apache2: {'found' if shutil.which('apache2') else 'not found: the redirects of w3id.org are not asked'}",
        f"nginx: {'found' if shutil.which('nginx') else 'not found: no cache is put before the endpoint'}",
        f"corpus: {'found' if texts else 'not found: its passages are not proved'}",
        *(f"{engine.name}: {reason}" for engine in ENGINES.values() if (reason := engine.missing())),
    ]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Give each test of a store all engines, and each test of our server in front of one those that it can front."""
    engines = FRONTED if "front" in metafunc.fixturenames else ENGINES
    if "loaded" in metafunc.fixturenames:
        metafunc.parametrize("loaded", list(engines), indirect=True, scope="session")


@pytest.fixture(scope="session", autouse=True)
def default_signals() -> Iterator[None]:
    """Let what the tests start be interrupted: a process inherits which signals are ignored, as in the background."""
    with servers.default_signals():
        yield


@pytest.fixture(scope="session")
def corpus() -> Path:
    folder = corpus_folder()
    if folder is None:
        pytest.skip("the article texts are not here: they are other people's, and never copied in")
    return folder


@pytest.fixture(scope="session")
def sources() -> resources.Resources:
    return resources.find()


@pytest.fixture(scope="session")
def asserted(sources: resources.Resources) -> ox.Store:
    """Ontology, vocabulary, Questions and documents, nothing derived. Read only."""
    return graph.read(sources.asserted())


@pytest.fixture(scope="session")
def shapes(sources: resources.Resources) -> list[ox.Quad]:
    return validation.shape_quads(sources.files("shapes"))


@pytest.fixture(scope="session")
def built() -> ox.Store:
    """The whole graph as it is committed; test_build.py shows that `build` makes exactly this one. Read only."""
    store = ox.Store()
    store.load(path=GRAPH, format=ox.RdfFormat.TRIG)
    return store


@pytest.fixture(scope="session")
def tiny() -> Iterator[servers.Server]:
    """A server over two small graphs: two subjects with a share, `cobalt` in the first and `nickel` in the second."""
    with servers.serve(TINY, "--log", "off") as running:
        yield running


@pytest.fixture(scope="session")
def ours() -> Iterator[servers.Server]:
    """A server over the project's graph, as it is committed."""
    with servers.serve(GRAPH, "--log", "off") as running:
        yield running


@dataclass(frozen=True)
class Loaded:
    """A store that holds the project's graph, and what the W3C's protocol tests ask for."""

    name: str
    engine: Engine
    store: Store


@dataclass(frozen=True)
class Front:
    """A server in front of such a store."""

    name: str
    server: servers.Server


@pytest.fixture(scope="session")
def loaded(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Loaded]:
    """Each store of the tests in turn, loaded by its own bulk loader."""
    engine = ENGINES[request.param]
    if reason := engine.missing():
        pytest.skip(reason)
    folder = tmp_path_factory.mktemp(request.param)
    file = folder / "all.trig"
    file.write_bytes(GRAPH.read_bytes() + protocol.graphs())
    with engine.serve(folder, file) as store:
        yield Loaded(request.param, engine, store)


@pytest.fixture(scope="session")
def front(loaded: Loaded) -> Iterator[Front]:
    options = ("--log", "off", "--timeout", "60", "--public-url", BASE)
    with servers.serve(loaded.store.query_url, *options) as server:
        assert "not the union" not in server.log.read_text()
        yield Front(loaded.name, server)
