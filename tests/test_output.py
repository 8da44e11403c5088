"""Standard output that takes no more, or is called otherwise: a full disk, a reader that left, an odd locale."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from support.paths import TESTS, TINY

# It starts a process for each test.
pytestmark = pytest.mark.slow

ARTICLE = TESTS / "fixtures" / "texts" / "harbour-news.txt"
LODECLAIM = [sys.executable, "-m", "lodeclaim"]
WRITES = {
    "query": ["query", "SELECT ?s ?p ?o { ?s ?p ?o }", "--graph", TINY],
    "csv": ["query", "SELECT ?s ?p ?o { ?s ?p ?o }", "--graph", TINY, "--format", "csv"],
    "json": ["query", "SELECT ?s ?p ?o { ?s ?p ?o }", "--graph", TINY, "--format", "json"],
    "construct": ["query", "CONSTRUCT WHERE { ?s ?p ?o }", "--graph", TINY],
    "export": ["export", "--graph", TINY],
    "compare": ["compare", "project-vault-loan"],
    "compare in rows": ["compare", "project-vault-loan", "--format", "csv"],
    "annotate": ["annotate", ARTICLE, "cobalt", "--key", "k"],
    "skeleton": ["annotate", ARTICLE, "--key", "k"],
    "push": ["push", "--dry-run", "http://127.0.0.1:9", "--graph", TINY],
    "help": ["-h"],
    "help of a command": ["export", "-h"],
    "version": ["--version"],
}
LOCALES = {
    "C": {"LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"},
    "POSIX": {"LC_ALL": "POSIX", "LANG": "POSIX"},
    "ascii": {"PYTHONIOENCODING": "ascii"},
    "latin": {"PYTHONIOENCODING": "latin-1", "PYTHONUTF8": "0"},
    "none": {"LC_ALL": "no_SUCH.locale", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
}


def run(arguments: list[object], **options) -> subprocess.CompletedProcess[bytes]:
    variables = {**os.environ, **options.pop("env", {})}
    typed = [*LODECLAIM, *map(str, arguments)]
    return subprocess.run(typed, stderr=subprocess.PIPE, env=variables, check=False, timeout=60, **options)


@pytest.mark.parametrize("unbuffered", ["", "1"])
@pytest.mark.parametrize("name", WRITES)
def test_a_full_disk_ends_with_status_1_and_the_reason(name, unbuffered) -> None:
    with Path("/dev/full").open("wb") as full:
        ended = run(WRITES[name], stdout=full, env={"PYTHONUNBUFFERED": unbuffered})
    assert ended.returncode == 1
    assert ended.stderr.decode().splitlines() == [
        "lodeclaim: standard output: it cannot be written (No space left on device), and what is there is not whole. "
        "Make room, or write to another place"
    ]


@pytest.mark.parametrize("name", WRITES)
def test_a_reader_that_has_left_is_told_nothing(name) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    ended = run(WRITES[name], stdout=writing)
    os.close(writing)
    assert (ended.returncode, ended.stderr) == (1, b"")


def test_head_ends_a_long_answer_quietly() -> None:
    text = "SELECT ?s ?p ?o ?x { ?s ?p ?o . ?x ?y ?z } LIMIT 200000"
    with subprocess.Popen(
        [*LODECLAIM, "query", text, "--format", "csv"], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as asked:
        assert asked.stdout.readline() == b"s,p,o,x\r\n"
        asked.stdout.close()
        assert asked.stderr.read() == b""
        assert asked.wait(60) == 1


@pytest.mark.parametrize("name", WRITES)
def test_output_that_was_closed_before_is_no_traceback(name) -> None:
    ended = run(WRITES[name], preexec_fn=lambda: os.close(1))
    assert b"Traceback" not in ended.stderr
    assert ended.returncode in (0, 1, 2)


LABELS = "SELECT ?l { VALUES ?l { 'Kr\u00e5kvik \u2013 \u4e2d' } }"
TOLD = "Kr\u00e5kvik \u2013 \u4e2d".encode()


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("format", ["table", "csv", "json", "xml"])
def test_a_locale_does_not_change_what_is_written(locale, format) -> None:
    ended = run(["query", LABELS, "--graph", TINY, "--format", format], stdout=subprocess.PIPE, env=LOCALES[locale])
    assert (ended.returncode, ended.stderr) == (0, b"")
    assert TOLD in ended.stdout


@pytest.mark.parametrize("locale", LOCALES)
def test_a_locale_does_not_change_what_is_compared_and_annotated(locale) -> None:
    compared = run(["compare", "ministerial-country-count", "--why"], stdout=subprocess.PIPE, env=LOCALES[locale])
    assert (compared.returncode, compared.stderr) == (0, b"")
    assert "characters 1306\u20131318".encode() in compared.stdout
    asked = ["annotate", ARTICLE, "Kr\u00e5kvik", "--key", "k"]
    assert b'lc:span "' in run(asked, stdout=subprocess.PIPE, env=LOCALES[locale]).stdout


@pytest.mark.parametrize("locale", LOCALES)
def test_a_message_in_an_odd_locale_is_no_traceback(locale) -> None:
    ended = run(["query", "Kr\u00e5kvik"], stdout=subprocess.PIPE, env=LOCALES[locale])
    assert (ended.returncode, ended.stdout) == (2, b"")
    assert ended.stderr.startswith(b"lodeclaim: Kr")
    assert b"Traceback" not in ended.stderr


def test_an_interrupt_ends_a_command_without_a_traceback() -> None:
    with subprocess.Popen(
        [*LODECLAIM, "annotate", ARTICLE, "--phrases", "-"], stdin=subprocess.PIPE, stderr=subprocess.PIPE
    ) as asked:
        time.sleep(1)
        asked.send_signal(signal.SIGINT)
        assert asked.wait(20) == 1
        assert b"Traceback" not in asked.stderr.read()


def test_closed_standard_input_is_wrong_use() -> None:
    ended = run(["annotate", ARTICLE, "--phrases", "-", "--key", "k"], stdout=subprocess.PIPE,
                preexec_fn=lambda: os.close(0))  # fmt: skip
    assert ended.returncode == 2
    assert b"standard input" in ended.stderr
