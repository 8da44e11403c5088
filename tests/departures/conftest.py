"""The engines that are compared: ours as it comes, ours with its remedies, and Jena."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from support.departures.engines import Embedded, Jena, jena
from support.departures.explained import DATA
from support.stores import fuseki


@pytest.fixture(scope="module")
def bare() -> Iterator[Embedded]:
    with Embedded(bare=True) as engine:
        engine.load(DATA)
        yield engine


@pytest.fixture(scope="module")
def embedded() -> Iterator[Embedded]:
    with Embedded() as engine:
        engine.load(DATA)
        yield engine


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Jena]:
    if absent := fuseki.missing():
        pytest.skip(absent)
    with jena(tmp_path_factory.mktemp("jena")) as engine:
        yield engine
