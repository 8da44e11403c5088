"""Pushing the whole graph into stores of others, as docs/load-elsewhere.md says: every triple is there."""

from __future__ import annotations

import re
import shlex
from urllib.parse import urlsplit

import pytest
from click.testing import CliRunner

from lodeclaim.cli import main
from support.paths import GRAPH, ROOT
from support.stores.engines import ENGINES

COMMANDS = dict(
    re.findall(
        r"^### (.+)\n\n```sh\nlodeclaim (push .*)\n```$",
        (ROOT / "docs" / "load-elsewhere.md").read_text(encoding="utf-8"),
        re.MULTILINE,
    )
)
"""The lines of the page by the names of the stores."""


def command(name: str) -> str:
    (line,) = [line for title, line in COMMANDS.items() if name.startswith(title)]
    return line


def test_page_has_a_command_for_each_store_and_no_other() -> None:
    assert len(COMMANDS) == len(ENGINES)
    assert all(command(engine.name) for engine in ENGINES.values())


@pytest.mark.parametrize("key", ENGINES)
def test_documented_command_loads_all_and_the_other_way_doubles_nothing(key, tmp_path, monkeypatch) -> None:
    engine = ENGINES[key]
    if reason := engine.missing():
        pytest.skip(reason)
    folder = tmp_path / "store"
    folder.mkdir()
    monkeypatch.chdir(tmp_path)
    with engine.serve(folder) as store:
        secret = []
        if store.auth is not None:
            (tmp_path / "secret.txt").write_text(f"{store.auth.user}:{store.auth.password}\n", encoding="utf-8")
            secret = ["--auth-file", "secret.txt"]
        here = "http://" + urlsplit(store.query_url).netloc
        pushed(re.sub(r"http://localhost:\d+", here, command(engine.name)))
        if store.graph_store_url and store.update_url:
            pushed(shlex.join(["push", store.query_url, "--update-url", store.update_url, *secret]))


def pushed(line: str) -> None:
    result = CliRunner().invoke(main, [*shlex.split(line), "--graph", str(GRAPH)])
    assert result.exit_code == 0, result.output[-3000:]
    assert "compared one by one" in result.stdout
    assert "which are not of this graph" not in result.stdout
