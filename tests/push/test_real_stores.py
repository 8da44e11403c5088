"""Pushing the whole graph into stores of others, by both ways: every triple is there, and twice doubles nothing."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from conftest import ROOT
from lodeclaim.cli import main

engines = pytest.importorskip("stores.engines", reason="the stores of tests/stores are not here").ENGINES

BUILT = ROOT / "data" / "graph" / "lodeclaim.trig"


def lodeclaim(*arguments: object):
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


@pytest.fixture(scope="module", params=engines)
def store(request, tmp_path_factory):
    if reason := engines[request.param].missing():
        pytest.skip(reason)
    with engines[request.param].serve(tmp_path_factory.mktemp(request.param)) as running:
        yield running


@pytest.fixture
def options(store, tmp_path) -> list[object]:
    """What a user gives besides the way: the graph, and credentials where the store wants some."""
    if store.auth is None:
        return ["--graph", BUILT]
    secret = Path(tmp_path, "secret.txt")
    secret.write_text(f"{store.auth.user}:{store.auth.password}\n", encoding="utf-8")
    return ["--graph", BUILT, "--auth-file", secret]


def test_whole_graph_is_there_and_pushing_it_the_other_way_doubles_nothing(store, options) -> None:
    for way in (["--gsp-url", store.graph_store_url, "--replace"], ["--update-url", store.update_url]):
        result = lodeclaim("push", store.query_url, *way, *options)
        assert result.exit_code == 0, result.output[-3000:]
        assert "compared one by one" in result.stdout
        assert "which are not of this graph" not in result.stdout
