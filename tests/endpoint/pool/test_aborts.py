"""A worker that ends by a fault of the engine is told from one that had no memory left."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading

import pytest

from support import hostile, servers
from support.paths import TINY
from support.tiny import FOUND, LOOKUP

# It starts a process for each test.
pytestmark = pytest.mark.slow

CROSS = " ".join(f"?s{number} ?p{number} ?v{number} ." for number in range(16))
"""More rows than anybody can wait for, which come one by one."""


def test_an_abort_is_no_lack_of_memory():
    with servers.serve(TINY, "--workers", "2", "--timeout", "20", "--log", "off") as server:
        answers = []
        asking = threading.Thread(target=lambda: answers.append(server.ask(hostile.RUNAWAY)))
        asking.start()
        busy = []
        assert servers.eventually(
            lambda: bool(busy.extend(w for w in server.workers() if servers.cpu_seconds(w) > 0.3) or busy)
        )
        os.kill(busy[0], signal.SIGABRT)
        asking.join(servers.TIMEOUT)
        (response,) = answers
        assert (response.status, response.problem) == (500, "worker-crashed")
        assert "memory" not in response.json["detail"]
        assert server.ask(LOOKUP).rows == FOUND


def test_a_query_without_memory_is_told_so():
    with servers.serve(TINY, "--workers", "2", "--memory-mib", "128", "--log", "off") as server:
        response = server.ask(hostile.BOMBS["concat"])
        assert (response.status, response.problem) in {(507, "memory-exceeded"), (504, "time-exceeded")}
        assert server.ask(LOOKUP).rows == FOUND


@pytest.mark.parametrize(
    "aggregate",
    [
        "COUNT(DISTINCT CONCAT(STR(?v0), STR(RAND()), STR(RAND())))",
        "GROUP_CONCAT(DISTINCT CONCAT(STR(?v0), STR(RAND())); SEPARATOR='')",
    ],
)
def test_an_aggregate_of_ours_without_memory_is_no_unbound_value(aggregate):
    with servers.serve(TINY, "--workers", "2", "--memory-mib", "64", "--timeout", "8", "--log", "off") as server:
        response = server.ask(f"SELECT ({aggregate} AS ?n) {{ {CROSS} }}")
        assert (response.status, response.problem) in {(507, "memory-exceeded"), (504, "time-exceeded")}
        assert server.ask(LOOKUP).rows == FOUND


def test_an_interrupted_command_ends_and_says_nothing_wrong(tmp_path):
    text = f"SELECT (COUNT(DISTINCT CONCAT(STR(?v0), STR(RAND()))) AS ?n) {{ {CROSS} }}"
    command = [sys.executable, "-m", "lodeclaim", "query", text, "--graph", str(TINY)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert servers.eventually(lambda: servers.cpu_seconds(process.pid) > 2)
        process.send_signal(signal.SIGINT)
        try:
            printed, _ = process.communicate(timeout=30)
        finally:
            process.kill()
    assert (process.returncode, printed) == (-signal.SIGINT, b"")
