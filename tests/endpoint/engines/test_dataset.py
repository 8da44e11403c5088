"""Stores on disk: written whole or not at all, versioned by their graph, served by processes that only read."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from click.testing import CliRunner

from lodeclaim.cli import main
from lodeclaim.endpoint.engines import dataset
from lodeclaim.endpoint.engines.engine import Query
from lodeclaim.endpoint.errors import SourceError, UsageError
from support import servers
from support.paths import GRAPH, TINY

COUNT = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"


def count(data: dataset.Dataset) -> str:
    return data.open().select(Query(COUNT)).rows[0][0].value


def graph_of(path: Path, *names: str) -> Path:
    path.write_text("".join(f"<urn:s:{name}> <urn:p> <urn:o> <urn:g> .\n" for name in names))
    return path


def test_a_store_holds_the_graph_under_the_digest_of_its_file(tmp_path):
    version = dataset.store(tmp_path / "new" / "data", TINY)
    assert version == hashlib.sha256(TINY.read_bytes()).hexdigest()
    on_disk, in_memory = dataset.on_disk(tmp_path / "new" / "data"), dataset.in_memory(TINY)
    assert on_disk.version == in_memory.version == version
    assert count(on_disk) == count(in_memory)
    assert sorted(path.name for path in (tmp_path / "new" / "data").iterdir()) == sorted([version, "current"])


def test_a_store_tells_the_names_of_its_graph(tmp_path):
    dataset.store(tmp_path / "data", GRAPH)
    names = dataset.in_memory(GRAPH).names
    assert dataset.on_disk(tmp_path / "data").names == names
    assert all(
        getattr(names, field) for field in ("labels", "other_labels", "datatypes", "value_spaces", "languages")
    )


def test_the_store_before_is_left_for_who_reads_it_and_older_ones_go(tmp_path):
    folder = tmp_path / "data"
    versions = [dataset.store(folder, graph_of(tmp_path / "g.nq", *"abc"[: n + 1])) for n in range(3)]
    assert {path.name for path in folder.iterdir()} == {"current", *versions[1:]}
    assert count(dataset.on_disk(folder)) == "3"
    assert dataset.store(folder, tmp_path / "g.nq") == versions[2]
    assert count(dataset.on_disk(folder)) == "3"


def test_a_graph_that_is_malformed_leaves_the_store_as_it_was(tmp_path):
    folder = tmp_path / "data"
    version = dataset.store(folder, graph_of(tmp_path / "g.nq", "a"))
    (tmp_path / "bad.nq").write_text("<urn:s> <urn:p> <urn:o> <urn:g> .\n<urn:s> nonsense\n")
    with pytest.raises(SourceError, match=r"bad\.nq"):
        dataset.store(folder, tmp_path / "bad.nq")
    assert {path.name for path in folder.iterdir()} == {"current", version}
    assert count(dataset.on_disk(folder)) == "1"


def test_what_is_no_store_says_how_to_write_one(tmp_path):
    with pytest.raises(UsageError, match="build --data-dir"):
        dataset.on_disk(tmp_path)
    (tmp_path / "current").write_text("gone")
    with pytest.raises(SourceError, match="cannot be opened"):
        dataset.on_disk(tmp_path)
    with pytest.raises(UsageError, match="cannot be read"):
        dataset.store(tmp_path, tmp_path / "missing.trig")


@pytest.mark.parametrize("options", [["--graph", str(TINY)], ["--graph", "missing.trig", "--data-dir", "."]])
def test_wrong_use_of_the_command_is_status_2(options):
    result = CliRunner().invoke(main, ["build", *options])
    assert result.exit_code == 2
    assert "--data-dir" in result.output or "cannot be read" in result.output


def test_a_new_store_is_served_after_a_signal_and_no_request_is_lost(tmp_path):
    folder = tmp_path / "data"
    dataset.store(folder, graph_of(tmp_path / "g.nq", "a"))
    with servers.serve(folder, "--log", "off") as server:
        assert server.ask(COUNT).rows == [{"n": "1"}]
        dataset.store(folder, graph_of(tmp_path / "g.nq", "a", "b"))
        assert server.ask(COUNT).rows == [{"n": "1"}]
        server.reload()
        seen = {server.ask(COUNT, union=str(number)).rows[0]["n"] for number in range(200)}
        assert servers.eventually(lambda: server.ask(COUNT).rows == [{"n": "2"}])
        assert seen <= {"1", "2"}
        assert server.request("GET", "/download/lodeclaim.ttl").status == 404
