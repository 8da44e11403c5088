"""Walls that the system does not offer: the endpoint starts without them, says so, and still answers in time.

Another system is simulated: a `sitecustomize` takes from each process of the server what only Linux has.
"""

from __future__ import annotations

import mmap
import os
import signal
import threading
from contextlib import suppress
from pathlib import Path

import pytest

from lodeclaim.endpoint.engines.apart import apart
from lodeclaim.endpoint.pool import walls
from support import hostile, servers
from support.paths import TINY
from support.tiny import FOUND, LOOKUP

MIB = 1 << 20
NO_STATM = "from lodeclaim.endpoint.pool import walls\nwalls.STATM = '/nowhere/statm'\n"
NO_PRCTL = "import types\nfrom lodeclaim.endpoint.pool import walls\nwalls.LIBC = types.SimpleNamespace()\n"
LIMIT = """
import resource
_set = resource.setrlimit
def setrlimit(which, limits):
    if which in {which}:
        {instead}
    else:
        _set(which, limits)
resource.setrlimit = setrlimit
"""
ALL = "(resource.RLIMIT_AS, resource.RLIMIT_FSIZE, resource.RLIMIT_NOFILE)"
REFUSED = LIMIT.format(which=ALL, instead="raise ValueError('current limit exceeds maximum limit')")
NOT_KEPT = LIMIT.format(which="(resource.RLIMIT_AS, resource.RLIMIT_NOFILE)", instead="return")

SYSTEMS = {
    "macOS": (NO_STATM + NO_PRCTL, {"memory": "/nowhere/statm is missing", "parent": "there is no prctl"}),
    "one that refuses limits": (REFUSED, dict.fromkeys(["memory", "files", "descriptors"], "exceeds maximum limit")),
    "one that keeps no limits": (NOT_KEPT, dict.fromkeys(["memory", "descriptors"], "is not kept")),
}


@pytest.fixture
def lacking(tmp_path, monkeypatch):
    """A function that has the processes started from now on run a program first."""

    def lack(program: str) -> None:
        (tmp_path / "sitecustomize.py").write_text(program, encoding="utf-8")
        monkeypatch.setenv("PYTHONPATH", str(tmp_path), prepend=os.pathsep)

    return lack


@pytest.mark.parametrize("system", SYSTEMS)
def test_without_walls_it_starts_says_so_and_answers(lacking, system):
    program, reasons = SYSTEMS[system]
    lacking(program)
    with servers.serve(TINY, "--timeout", "1", "--log", "off") as server:
        told = server.log.read_text().splitlines()
        assert len(told) == len(reasons)
        for name, reason in reasons.items():
            (line,) = [line for line in told if line.startswith(f"lodeclaim: {walls.WITHOUT[name]} here: ")]
            assert reason in line
            assert "Run it on Linux" in line
        health = server.request("GET", "/health")
        assert (health.status, health.json["status"]) == (200, "ok")
        assert set(health.json["missing"]) == set(reasons)
        assert server.ask(LOOKUP).rows == FOUND
        assert server.ask(hostile.RUNAWAY).problem == "time-exceeded"
        assert server.ask(LOOKUP).rows == FOUND


def test_with_all_walls_nothing_is_said(tiny):
    assert tiny.log.read_text() == ""
    assert set(tiny.request("GET", "/health").json) == {"status", "version"}


def test_a_query_outlives_its_parent_only_by_its_processor_time(lacking):
    lacking(NO_PRCTL)
    with servers.serve(TINY, "--timeout", "1", "--workers", "2", "--log", "off") as server:
        ((zygote, workers),) = server.processes().items()
        asking = threading.Thread(target=lambda: server.ask(hostile.RUNAWAY))
        asking.start()
        try:
            assert servers.eventually(lambda: any(servers.cpu_seconds(worker) > 0.3 for worker in workers))
            os.kill(zygote, signal.SIGKILL)
            running = [worker for worker in workers if servers.cpu_seconds(worker) > 0.3]
            assert running
            assert servers.eventually(lambda: not any(Path(f"/proc/{worker}").exists() for worker in running), 60)
        finally:
            asking.join(servers.TIMEOUT)
        assert servers.eventually(lambda: server.request("GET", "/health").status == 200)
        assert server.ask(LOOKUP).rows == FOUND


def test_each_wall_stands():
    def tried() -> list[int]:
        memory = walls.Memory()
        assert walls.confine(memory, 64 * MIB, sockets=False) == {}
        held = []
        with suppress(OSError):
            held.append(len(mmap.mmap(-1, 65 * MIB)))  # which takes nothing that a test before has left free
        with suppress(OSError):
            held.append(os.open("/dev/null", os.O_RDONLY))
        return held

    assert apart(tried) == []


def test_a_wall_that_is_not_wanted_is_not_missing(monkeypatch):
    assert walls.missing(64 * MIB, sockets=False) == {}
    monkeypatch.setattr(walls, "_bound_descriptors", lambda: os.open("/nowhere", os.O_RDONLY))
    assert set(walls.missing(64 * MIB, sockets=False)) == {"descriptors"}
    assert walls.missing(64 * MIB, sockets=True) == {}


def test_memory_is_counted_either_way(monkeypatch):
    exact = walls.Memory()
    monkeypatch.setattr(walls, "STATM", "/nowhere/statm")
    peak = walls.Memory()
    assert (exact.is_exact, peak.is_exact) == (True, False)
    before = exact.bytes(), peak.bytes()
    held = b"x" * (256 * MIB)
    assert min(exact.bytes() - before[0], exact.bytes()) >= len(held) * 0.9
    assert MIB < before[1] <= peak.bytes() < exact.bytes()


def test_a_child_that_fails_or_takes_too_long_tells_nothing():
    assert apart(lambda: {"a": 1}) == {"a": 1}
    assert apart(lambda: os._exit(3)) is None
    assert apart(lambda: signal.pause(), seconds=1) is None
