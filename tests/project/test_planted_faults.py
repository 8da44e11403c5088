"""The planted faults, which show that no folder of tests has lost what it caught: each fits, and is judged well."""

from __future__ import annotations

import subprocess
import sys

import pytest

from support.paths import ROOT, TESTS
from support.planted_faults import EDITOR, Fault, Run, TableError, Verdict, checkout, environment, judge, read

FAULTS = read()
FAULT = Fault("tests/web", "Wrong.", "a.py", "x > 1", "x >= 1", "tests/web")
PASSED = Run(0, "..\n2 passed in 0.10s\n")


def test_every_folder_of_tests_has_a_fault() -> None:
    folders = {path.parent.relative_to(ROOT).as_posix() for path in TESTS.rglob("test_*.py")}
    assert {fault.folder for fault in FAULTS} == folders


def test_tests_that_must_notice_are_in_the_folder() -> None:
    for fault in FAULTS:
        for selected in fault.tests.split():
            path = ROOT / selected
            assert path.exists(), selected
            assert (path if path.is_dir() else path.parent) == ROOT / fault.folder, selected


@pytest.mark.parametrize("text", ["x > 2", "x > 1 or x > 1"])
def test_fault_whose_place_is_not_there_once_is_an_error(text) -> None:
    with pytest.raises(TableError, match=r"a\.py: 'x > 1' stands there [02] times"):
        FAULT.planted(text)


def test_table_that_does_not_fit_is_wrong_use(tmp_path) -> None:
    table = tmp_path / "table.toml"
    row = '[[tests]]\nwrong = "Wrong."\nfile = "{}"\ntext = "no such words"\nreplacement = ""\ntests = "tests"\n'
    for file, words in (("README.md", "0 times"), ("no-such-file", "no-such-file")):
        table.write_text(row.format(file), encoding="utf-8")
        with pytest.raises(TableError, match=words):
            read(table)
    done = subprocess.run(
        [sys.executable, TESTS / "support" / "planted_faults.py", "tests/nowhere"], capture_output=True, text=True
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert "tests/nowhere" in done.stderr


HERE = "FAILED tests/web/test_a.py::test_b[a b] - assert 1 == 2\n1 failed in 0.10s\n"
BELOW = "FAILED tests/web/pages/test_a.py::test_b - assert 1 == 2\n1 failed in 0.10s\n"
VERDICTS = {
    "caught": (PASSED, Run(1, HERE), True, "tests/web/test_a.py::test_b[a b]"),
    "survived": (PASSED, PASSED, False, "SURVIVED (status 0): 2 passed in 0.10s"),
    "by another folder": (PASSED, Run(1, BELOW), False, "SURVIVED (status 1): " + BELOW.splitlines()[0]),
    "no test, but an error": (PASSED, Run(1, "ERROR tests/web/test_a.py - x\n"), False, "SURVIVED (status 1): ERROR"),
    "interrupted": (PASSED, Run(2, HERE), False, "SURVIVED (status 2)"),
    "red without it": (Run(1, HERE), None, False, "not tried, the tests fail without it: FAILED tests/web"),
    "no such tests": (Run(5, "3 deselected\n"), None, False, "not tried, the tests fail without it: 3 deselected"),
    "skipped": (Run(0, "SKIPPED [1] a.py:1: no java\n1 skipped in 0.1s\n"), None, None, "not tried: SKIPPED [1]"),
}


@pytest.mark.parametrize("name", VERDICTS)
def test_verdict(name) -> None:
    clean, planted, caught, text = VERDICTS[name]
    found = judge(FAULT, clean, planted)
    assert (found.caught, found.text[: len(text)]) == (caught, text)
    assert isinstance(found, Verdict)


def test_copy_has_the_tracked_files_and_is_what_is_imported() -> None:
    with checkout() as copy:
        assert copy != ROOT
        assert (copy / "pyproject.toml").read_bytes() == (ROOT / "pyproject.toml").read_bytes()
        assert not (copy / EDITOR).is_symlink()
        assert environment(copy)["PYTHONPATH"] == str(copy / "src")
        (copy / "src" / "lodeclaim" / "__init__.py").unlink()
        (copy / "src" / "lodeclaim").rename(copy / "src" / "elsewhere")
        with pytest.raises(TableError, match="and not the copy"):
            environment(copy)
    assert not copy.exists()
