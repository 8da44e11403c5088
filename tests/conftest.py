"""What several test modules need: the project's graph, its shapes, and the article texts where they are."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pyoxigraph as ox
import pytest

from lodeclaim import build, graph, resources, validation
from support import servers
from support.paths import GRAPH, TINY, corpus_folder
from support.stores.engines import ENGINES


def pytest_report_header() -> list[str]:
    java = "found" if shutil.which("java") else "not found: the consistency proof is skipped"
    texts = corpus_folder()
    browser = "found" if shutil.which("chromium") else "not found: the query page is not opened"
    return [
        f"java: {java}",
        f"chromium: {browser}",
        f"apache2: {'found' if shutil.which('apache2') else 'not found: the redirects of w3id.org are not asked'}",
        f"corpus: {'found' if texts else 'not found: its passages are not proved'}",
        *(f"{engine.name}: {reason}" for engine in ENGINES.values() if (reason := engine.missing())),
    ]


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Fail a run in which a test was skipped, where LODECLAIM_NO_SKIPS says that none has to be."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    skipped = reporter.stats.get("skipped", []) if reporter else []
    if os.environ.get("LODECLAIM_NO_SKIPS") and skipped:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


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
def built(sources: resources.Resources) -> ox.Store:
    """The whole graph as `build` makes it. Read only."""
    return build.build(sources).store


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
