"""The tests themselves: what they import, how they are marked, and what ends a run."""

from __future__ import annotations

import ast
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from support import groups, servers
from support.paths import TESTS

MODULES = [
    path
    for path in sorted(TESTS.rglob("*.py"))
    if "node_modules" not in path.parts
    and path.relative_to(TESTS).parts[0] != "bench"  # a program of several modules
]


def imported(text: str) -> set[str]:
    """Return the modules under tests/ outside of support/ that a text imports."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found.add("." * node.level + (node.module or ""))
    folders = {path.name for path in TESTS.iterdir() if path.is_dir()} - {"support"}
    ours = {"tests", "conftest", "", *folders}
    return {
        name
        for name in found
        if name.partition(".")[0] in ours or any(part.startswith("test_") for part in name.split("."))
    }


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(TESTS).as_posix())
def test_no_module_imports_another_but_from_support(path) -> None:
    assert imported(path.read_text(encoding="utf-8")) == set()


@pytest.mark.parametrize(
    "line",
    [
        "import test_build",
        "from test_build import trig",
        "from web.test_cache import x",
        "import tests.conftest",
        "from .test_build import trig",
        "from . import test_build",
        "from conftest import built",
    ],
)
def test_an_import_of_another_test_is_seen(line) -> None:
    assert imported(line) != set()


def test_marks_by_place_name_places_that_are_there() -> None:
    for place in (place for places in groups.MARKS.values() for place in places):
        assert (TESTS / place).exists(), place


RUN = [sys.executable, "-m", "pytest", "-q", "-p", "support.outcomes", "-p", "no:cacheprovider", "--rootdir=."]
SKIPS = "import pytest\n\ndef test_one(): pass\n\ndef test_two(): pytest.skip('no tool')\n"
COUNTS = "def test_one(record_property): record_property('suite', 'made up')\n"


def ended(folder: Path, text: str, *options: str, **variables: str) -> tuple[int, str]:
    """Return the status and the output of a run of a module of its own."""
    (folder / "test_made_up.py").write_text(text, encoding="utf-8")
    ours = {name: value for name, value in os.environ.items() if not name.startswith(("LODECLAIM_", "PYTEST_"))}
    environment = ours | {"PYTHONPATH": str(TESTS)} | variables
    done = subprocess.run([*RUN, *options], cwd=folder, env=environment, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


@pytest.mark.slow
@pytest.mark.parametrize("processes", ["0", "2"])
def test_skipped_test_fails_the_run_where_none_may_be(processes, tmp_path) -> None:
    assert ended(tmp_path, SKIPS, "-n", processes)[0] == 0
    assert ended(tmp_path, SKIPS, "-n", processes, LODECLAIM_NO_SKIPS="1")[0] == 1
    assert ended(tmp_path, SKIPS, "-n", processes, "-k", "one", LODECLAIM_NO_SKIPS="1")[0] == 0


@pytest.mark.slow
@pytest.mark.parametrize("processes", ["0", "2"])
def test_counts_of_a_suite_are_printed(processes, tmp_path) -> None:
    status, printed = ended(tmp_path, COUNTS, "-n", processes)
    assert status == 0
    assert "W3C made up: 1 of 1\n" in printed


@pytest.mark.parametrize("ignored", [signal.SIGINT, signal.SIGHUP])
def test_process_can_be_interrupted_although_this_one_cannot(ignored) -> None:
    code = f"import signal; print(signal.getsignal({ignored:d}) == signal.SIG_IGN)"
    before = signal.signal(ignored, signal.SIG_IGN)
    try:
        assert subprocess.check_output([sys.executable, "-c", code], text=True) == "True\n"
        with servers.default_signals():
            os.kill(os.getpid(), ignored)
            assert subprocess.check_output([sys.executable, "-c", code], text=True) == "False\n"
        assert signal.getsignal(ignored) == signal.SIG_IGN
    finally:
        signal.signal(ignored, before)


PAIR = "SEEN = []\n\ndef test_one(): SEEN.append(1)\n\ndef test_two(): assert SEEN\n"


@pytest.mark.slow
def test_tests_of_a_module_run_in_one_process(tmp_path) -> None:
    apart, together = ended(tmp_path, PAIR, "-n", "2"), ended(tmp_path, PAIR, "-n", "2", "-p", "support.groups")
    assert (apart[0], together[0]) == (1, 0), apart[1] + together[1]


def test_stores_are_one_group_and_so_are_the_attacks() -> None:
    stores = {
        groups.group(f"tests/{module}::test_x[fuseki]") for module in ("stores/test_pushes.py", "w3c/test_fronts.py")
    }
    attacks = {groups.group(f"tests/security/{module}.py::test_x") for module in ("test_fuzz", "test_queries")}
    assert (stores, attacks) == ({"stores"}, {"security"})
    assert groups.group("tests/endpoint/web/test_cache.py::test_x[a::b]") == "tests/endpoint/web/test_cache.py"
