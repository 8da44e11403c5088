"""A graph file that cannot be read: the command says where, what is there, and what helps. Nothing else is done."""

from __future__ import annotations

import gzip
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pyoxigraph as ox
import pytest

import lodeclaim as library
from lodeclaim import exports
from lodeclaim.endpoint import rdf
from lodeclaim.endpoint.engines import dataset
from lodeclaim.endpoint.errors import LodeclaimError
from support.commands import fails, lodeclaim, succeeds
from support.paths import ROOT, TINY
from support.tiny import SELECT

TEXT = TINY.read_text(encoding="utf-8")
CUT = TEXT.index('"50%25') + 4
"""Within a string of the last graph."""

COMMANDS: dict[str, Callable[[Path], list[object]]] = {
    "query": lambda file: ["query", SELECT, "--graph", file],
    "compare": lambda file: ["compare", "--graph", file],
    "export": lambda file: ["export", "--graph", file, "--output", file.parent / "exported.ttl"],
    "push": lambda file: ["push", "--dry-run", "http://127.0.0.1:9", "--graph", file],
    "build": lambda file: ["build", "--data-dir", file.parent / "store", "--graph", file],
}
"""The commands that read a graph, but for those that go on until they are stopped."""


def written(extension: str) -> bytes:
    """Return the small graph in a format."""
    return exports.convert(rdf.read_quads(TINY), extension)


MEND = "Correct it there, or give a file of TriG, or one of N-Quads whose name ends in .nq"
BROKEN = {
    "prose": ("a.trig", b"This is no RDF.\n", 1, "not TriG (", MEND),
    "a bad term in the third line": ("a.trig", b"<a:s> <a:p> 1 .\n<a:s> <a:p> 2 .\n<a:s> <a:p> oops .\n", 3,
                                     "not TriG (", MEND),
    "a bad line of N-Quads": ("a.nq", b"<a:s> <a:p> <a:o> .\n<a:s> <a:p> oops .\n", 2, "not N-Quads (", MEND),
    "cut short": ("a.trig", TEXT[:CUT].encode(), TEXT[:CUT].count("\n") + 1, "not TriG (", MEND),
    "cut short between statements": ("a.trig", TEXT.rpartition("}")[0].encode(), None, "not TriG (", MEND),
    "N-Quads that are called TriG": ("a.trig", b"<a:s> <a:p> <a:o> <a:g> .\n", 1, "not TriG (",
                                     "It reads as N-Quads: give it a name that ends in .nq"),
    "TriG that is called N-Quads": ("a.nq", TEXT.encode(), 2, "not N-Quads (",
                                    "It reads as TriG: give it a name that ends in .trig"),
    "RDF/XML": ("a.rdf", written("rdf"), 1, "not TriG (", "It reads as RDF/XML: write it as TriG or N-Quads"),
    "JSON-LD": ("a.jsonld", b'{\n  "@id": "a:s",\n  "a:p": 5\n}\n', 2, "not TriG (",
                "It reads as JSON-LD: write it as TriG or N-Quads"),
    "gzip": ("a.trig", gzip.compress(TEXT.encode()), 1, "not TriG (", "It is compressed: unpack it first"),
    "bytes": ("a.trig", bytes(range(256)), None, "not TriG (", MEND),
    "Latin-1": ("a.trig", "<a:s> <a:p> 'é' .".encode("latin-1"), None, "not TriG (", MEND),
}  # fmt: skip
"""By what is wrong: the name and content of a file, the line that is told, what is found and what to do."""


@pytest.fixture
def broken(request, tmp_path) -> Path:
    name, content, *_ = BROKEN[request.param]
    (tmp_path / name).write_bytes(content)
    return tmp_path / name


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize(("broken", "wrong"), [(name, name) for name in BROKEN], indirect=["broken"])
def test_a_broken_file_is_told_with_its_line_and_what_to_do(broken, wrong, command) -> None:
    _, _, line, found, remedy = BROKEN[wrong]
    said = fails(1, *COMMANDS[command](broken))
    assert said.startswith(f"lodeclaim: {broken}")
    told = re.match(r"(?:, line (\d+))?: (.*)", said.removeprefix(f"lodeclaim: {broken}"), re.DOTALL)
    assert line is None or told[1] == str(line)
    assert told[2].startswith(found)
    assert told[2].endswith(f"). {remedy}\n")
    assert "lodeclaim build" not in said
    assert said.removesuffix("\n").isprintable()
    left = {path.name for path in broken.parent.iterdir()} - {"store"}
    assert left == {broken.name}, "nothing is written"


@pytest.mark.parametrize("broken", ["cut short"], indirect=True)
def test_the_library_and_the_server_say_the_same(broken) -> None:
    for read in (library.open, rdf.load, rdf.read_quads, dataset.in_memory):
        with pytest.raises(LodeclaimError) as told:
            read(broken)
        assert told.value.where == f"{broken}, line {TEXT[:CUT].count(chr(10)) + 1}"
        assert told.value.remedy == MEND


@pytest.mark.parametrize("command", ["query", "compare", "push"])
@pytest.mark.parametrize("content", [b"", b"\n", b"# nothing yet\n", b"@prefix ex: <http://example.org/> .\n"])
def test_a_file_without_a_statement_is_told_to_be_empty(command, content, tmp_path) -> None:
    (tmp_path / "a.trig").write_bytes(content)
    said = fails(1, *COMMANDS[command](tmp_path / "a.trig"))
    assert said == (
        f"lodeclaim: {tmp_path / 'a.trig'}: it holds no statement. Give the file of a graph that has been built\n"
    )


def test_an_export_of_nothing_says_so(tmp_path) -> None:
    (tmp_path / "a.nq").write_bytes(b"")
    result = lodeclaim("export", "--graph", tmp_path / "a.nq")
    assert (result.exit_code, list(ox.parse(result.stdout, format=ox.RdfFormat.TURTLE))) == (0, [])
    assert result.stderr == "lodeclaim: the graph holds no statement, and so does what is written\n"


@pytest.mark.parametrize("command", COMMANDS)
def test_a_folder_is_told_to_be_one(command, tmp_path) -> None:
    (tmp_path / "a.trig").mkdir()
    said = fails(2, *COMMANDS[command](tmp_path / "a.trig"))
    assert said == f"lodeclaim: {tmp_path / 'a.trig'}: it is a folder, and no file. Give a file of TriG or N-Quads\n"


@pytest.mark.parametrize("command", [name for name in COMMANDS if name != "build"])
def test_a_file_that_is_not_there_is_told_by_its_name(command, tmp_path) -> None:
    said = fails(2, *COMMANDS[command](tmp_path / "a.trig"))
    assert said == (
        f"lodeclaim: {tmp_path / 'a.trig'}: is no file. Give a file of TriG, or one of N-Quads that ends in .nq\n"
    )


def test_a_file_that_is_not_there_becomes_no_store(tmp_path) -> None:
    said = fails(2, *COMMANDS["build"](tmp_path / "a.trig"))
    assert said == (
        f"lodeclaim: {tmp_path / 'a.trig'}: it cannot be read (No such file or directory). "
        "Check its name and its permissions\n"
    )
    assert not (tmp_path / "store").exists()


@pytest.mark.parametrize("name", ["a.NQ", "a.nq"])
def test_the_ending_of_n_quads_counts_in_any_case(name, tmp_path) -> None:
    (tmp_path / name).write_bytes(written("nq"))
    assert succeeds("query", SELECT, "--graph", tmp_path / name) == succeeds("query", SELECT, "--graph", TINY)


# The graph that is built is another matter: it can be built again.


@pytest.fixture
def own(tmp_path) -> Path:
    """Where the graph of a folder of a user's own is written, which holds a query."""
    folder = tmp_path / "my claims"
    (folder / "data" / "queries").mkdir(parents=True)
    shutil.copy(ROOT / "data/queries/graph-counts.rq", folder / "data/queries/mine.rq")
    (folder / "data" / "graph").mkdir()
    return folder / "data" / "graph" / "lodeclaim.trig"


ASKED = [["query", SELECT], ["compare"], ["push", "--dry-run", "http://127.0.0.1:9"]]


def told_of(file: Path, status: int, command: list[str]) -> str:
    """Return what is told of the graph of a folder, without the file and the advice to build it."""
    folder = file.parents[2]
    said = fails(status, *command, "--extra", folder).splitlines()[-1]
    assert said.startswith(f"lodeclaim: {file}")
    assert said.endswith(f". Run lodeclaim build --extra '{folder}'")
    return said.removeprefix(f"lodeclaim: {file}")


@pytest.mark.parametrize("command", [*ASKED, ["export"]])
def test_a_graph_that_was_built_and_is_cut_short_is_built_again(command, own) -> None:
    own.write_bytes(TEXT[:CUT].encode())
    assert ": not TriG (" in told_of(own, 1, command)


@pytest.mark.parametrize("command", [*ASKED, ["export"]])
def test_a_graph_that_was_not_built_is_built(command, own) -> None:
    assert told_of(own, 2, command).startswith(": is not there yet. ")


@pytest.mark.parametrize("command", ASKED)
def test_a_graph_that_was_built_of_nothing_is_built_again(command, own) -> None:
    own.write_bytes(b"")
    assert told_of(own, 1, command).startswith(": it holds no statement. ")


def test_a_graph_that_is_old_is_told_how_it_is_built_again(own) -> None:
    shutil.copy(TINY, own)
    result = lodeclaim("query", SELECT, "--extra", own.parents[2])
    assert result.exit_code == 0
    assert result.stderr == (
        f"lodeclaim: {own} was built from other files than those here. "
        f"Run lodeclaim build --extra '{own.parents[2]}'\n"
    )
