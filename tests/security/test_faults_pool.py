"""Faults 1.1, 1.4, 1.5, 1.7, 1.12, 1.15: whatever strangers do to queries, workers and turns, others are answered."""

from __future__ import annotations

import re
import resource
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from urllib.parse import quote

import pytest

from lodeclaim.endpoint.engines import dataset
from support import hostile, servers
from support.paths import GRAPH, TINY
from support.tiny import FOUND, LOOKUP

OTHER = "127.0.0.9"
MIB = 1 << 20
FEW = ("--workers", "4", "--timeout", "6", "--log", "off")


def running(server: servers.Server) -> int:
    text = server.request("GET", "/metrics", source=OTHER).text
    found = re.search(r"^lodeclaim_queries_running (\d+)", text, re.MULTILINE)
    assert found
    return int(found[1])


def assert_well(server: servers.Server, workers: int = 4) -> None:
    """Another client is answered right and soon, nothing runs any more, and all workers are there."""
    began = time.monotonic()
    assert server.ask(LOOKUP, source=OTHER).rows == FOUND
    assert time.monotonic() - began < 5
    assert servers.eventually(lambda: running(server) == 0, 5)
    assert servers.eventually(lambda: len(server.workers()) == workers)
    assert server.request("GET", "/health").json["status"] == "ok"


def raw(server: servers.Server, *texts: str, source: str = "127.0.0.1", more: str = "") -> socket.socket:
    """Return a connection on which queries were sent one behind the other, and no answer read."""
    connection = socket.create_connection(server.place, 20, (source, 0))
    for text in texts:
        head = f"GET /sparql?query={quote(text)} HTTP/1.1\r\nHost: x\r\nAccept: text/csv\r\n{more}\r\n"
        connection.sendall(head.encode())
    return connection


@pytest.fixture(scope="module")
def tiny_few() -> Iterator[servers.Server]:
    with servers.serve(TINY, *FEW) as server:
        yield server


@pytest.fixture
def few(tiny_few: servers.Server) -> Iterator[servers.Server]:
    yield tiny_few
    assert_well(tiny_few)


# 1.1


def test_fault_1_01_a_body_that_nobody_reads_is_closed():
    large = "/api/queries/why?format="
    with servers.serve(GRAPH, *FEW) as server:
        for path in (
            large + "xml",
            large + "json",
            large + "csv",
            "/graph/description?format=nt",
            "/ontology?format=ttl",
        ):
            for _ in range(3):
                assert server.request("HEAD", path).status == 200
        assert servers.eventually(lambda: running(server) == 0, 2)
        for read in (0, 1, 70_000):
            with socket.create_connection(server.place, 20) as connection:
                connection.sendall(f"GET {large}xml HTTP/1.1\r\nHost: x\r\n\r\n".encode())
                if read:
                    connection.recv(read)
        assert servers.eventually(lambda: running(server) == 0, 8)
        assert server.ask("ASK {}", source=OTHER).json["boolean"] is True
        assert server.request("GET", "/health").json["status"] == "ok"


def test_fault_1_01_the_deadline_ends_what_nobody_reads(few):
    with raw(few, hostile.ENDLESS), raw(few, hostile.ENDLESS):
        assert servers.eventually(lambda: running(few) == 2, 3)
        assert servers.eventually(lambda: running(few) == 0, 12)


# 1.4


def literal(size: int) -> str:
    """Return a query for one literal whose length is two to the power of `size`."""
    steps = (f"BIND(CONCAT(?x{number}, ?x{number}) AS ?x{number + 1})" for number in range(size))
    return f"SELECT ?x{size} {{ BIND('x' AS ?x0) {' '.join(steps)} }}"


def test_fault_1_04_a_literal_of_any_length_is_not_kept_for_who_does_not_read(few):
    few.ask(LOOKUP)
    before = servers.resident_bytes(few.process)
    with raw(few, literal(24)) as one, raw(few, literal(24), source="127.0.0.2") as another:
        assert [connection.recv(12) for connection in (one, another)] == [b"HTTP/1.1 200"] * 2
        time.sleep(1)
        assert servers.resident_bytes(few.process) - before < 12 * MIB
    assert few.ask(literal(22), accept="text/csv").body == b"x22\r\n" + b"x" * (1 << 22) + b"\r\n"


# 1.5


@contextmanager
def descriptors(process: int, most: int) -> Iterator[None]:
    """Let a process open none above a number in the block."""
    before = resource.prlimit(process, resource.RLIMIT_NOFILE, (most, resource.getrlimit(resource.RLIMIT_NOFILE)[1]))
    try:
        yield
    finally:
        resource.prlimit(process, resource.RLIMIT_NOFILE, before)


def test_fault_1_05_a_worker_is_replaced_as_soon_as_there_are_descriptors():
    with servers.serve(TINY, "--workers", "1", "--timeout", "1", "--log", "off") as server:
        with closing(server.connect()) as health, raw(server, hostile.RUNAWAY) as runaway:
            health.request("GET", "/health")
            assert servers.read(health).status == 200
            assert servers.eventually(lambda: running(server) == 1, 3)
            with descriptors(server.process, 8):
                assert b" 504 " in runaway.recv(100)
                assert servers.eventually(lambda: not server.workers(), 5)
                health.request("GET", "/health")
                told = servers.read(health)
                assert (told.status, told.json["status"]) == (503, "failing")
        assert_well(server, workers=1)


def test_fault_1_05_connections_leave_descriptors_for_workers():
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    with ExitStack() as served:
        resource.setrlimit(resource.RLIMIT_NOFILE, (256, before[1]))
        try:
            server = served.enter_context(servers.serve(TINY, "--workers", "4", "--timeout", "1", "--log", "off"))
        finally:
            resource.setrlimit(resource.RLIMIT_NOFILE, before)
        with ExitStack() as stack:
            asking = [stack.enter_context(closing(server.connect(f"127.0.0.{number}"))) for number in (2, 3)]
            for connection in asking:
                connection.connect()
            for _ in range(300):
                stack.enter_context(socket.create_connection(server.place, 20))
            assert servers.eventually(lambda: len(list(Path(f"/proc/{server.process}/fd").iterdir())) < 240, 5)
            for _ in range(3):
                for connection in asking:
                    connection.request("GET", f"/sparql?query={quote(hostile.RUNAWAY)}")
                assert [servers.read(connection).status for connection in asking] == [504, 504]
            assert servers.eventually(lambda: len(server.workers()) == 4, 3)
        assert_well(server)


# 1.7


def seconds_of_a_lookup(server: servers.Server, source: str) -> float:
    began = time.monotonic()
    assert server.ask(f"{LOOKUP} # {source} {began}", source=source).rows == FOUND
    return time.monotonic() - began


def test_fault_1_07_two_fresh_clients_with_two_runaways_leave_room_for_a_third(few):
    with ExitStack() as stack:
        for source in ("127.0.0.2", "127.0.0.2", "127.0.0.3", "127.0.0.3"):
            stack.enter_context(raw(few, hostile.RUNAWAY, source=source))
        assert servers.eventually(lambda: running(few) >= 3, 3)
        assert seconds_of_a_lookup(few, "127.0.0.4") < 2


def test_fault_1_07_fresh_clients_one_after_the_other_do_not_keep_all_workers(few):
    with ExitStack() as stack:
        slowest = 0.0
        for number in range(6):
            for _ in range(2):
                stack.enter_context(raw(few, hostile.RUNAWAY, source=f"127.0.0.{10 + number}"))
            time.sleep(0.4)
            slowest = max(slowest, seconds_of_a_lookup(few, f"127.0.0.{30 + number}"))
    assert slowest < 4


def test_fault_1_07_who_is_ended_for_others_is_told_when_to_come_back(few):
    with ExitStack() as stack:
        for number in range(4):
            stack.enter_context(raw(few, hostile.RUNAWAY, source=f"127.0.0.{50 + number}"))
        assert servers.eventually(lambda: running(few) == 4, 3)
        time.sleep(1.2)
        assert seconds_of_a_lookup(few, "127.0.0.60") < 3
        assert running(few) == 3


# 1.12


def stored(folder: Path) -> Path:
    """Return the store on disk that a data folder has current."""
    return folder / dataset.store(folder, TINY)


def emptied(store: Path) -> None:
    for part in store.glob("*.sst"):
        part.write_bytes(b"")


def garbled(store: Path) -> None:
    for part in store.glob("*.sst"):
        part.write_bytes(b"\xa5" * part.stat().st_size)


def spoilt(store: Path) -> None:
    for part in store.glob("*.sst"):
        content = part.read_bytes()
        part.write_bytes(b"\xa5" * 40 + content[40:])


def without_tables(store: Path) -> None:
    for part in store.glob("*.sst"):
        part.unlink()


def without_manifest(store: Path) -> None:
    for part in store.glob("MANIFEST*"):
        part.unlink()


@pytest.mark.parametrize("damage", [emptied, garbled, spoilt, without_tables, without_manifest])
def test_fault_1_12_a_damaged_store_ends_the_start_with_its_reason(tmp_path, damage):
    damage(stored(tmp_path))
    command = [sys.executable, "-c", servers.PROGRAM, "serve", "--data-dir", str(tmp_path), "--port", "0"]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
    assert (ended.returncode, ended.stdout) == (1, "")
    assert str(tmp_path) in ended.stderr
    assert "lodeclaim build --data-dir" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_fault_1_12_workers_that_cannot_open_their_store_are_not_forked_without_rest(tmp_path):
    store = stored(tmp_path)
    with servers.serve(tmp_path, "--workers", "2", "--timeout", "2", "--log", "off") as server:
        aside = store.rename(tmp_path / "aside")
        for worker in server.workers():
            subprocess.run(["kill", "-9", str(worker)], check=True)
        time.sleep(1)
        (zygote,) = server.processes()
        before = servers.cpu_seconds(zygote)
        told = server.request("GET", "/health")
        assert (told.status, told.json["status"]) == (503, "failing")
        time.sleep(2)
        assert servers.cpu_seconds(zygote) - before < 0.3
        aside.rename(store)
        assert servers.eventually(lambda: server.request("GET", "/health").status == 200, 6)
        assert_well(server, workers=2)


# 1.15


def test_fault_1_15_a_query_that_waits_is_cancelled_by_its_id_which_is_its_own():
    with servers.serve(TINY, "--workers", "1", "--timeout", "6", "--log", "off") as server, ExitStack() as stack:
        runaway = stack.enter_context(raw(server, hostile.RUNAWAY, more=f"Query-Id: {'r' * 20}\r\n"))
        assert servers.eventually(lambda: running(server) == 1, 3)
        waiting = stack.enter_context(raw(server, LOOKUP, more=f"Query-Id: {'w' * 20}\r\n"))
        time.sleep(0.3)
        second = server.request("GET", f"/sparql?query={quote(LOOKUP)}", {"Query-Id": "w" * 20}, source=OTHER)
        assert (second.status, second.problem, second.headers["query-id"]) == (503, "busy", "w" * 20)
        assert server.request("DELETE", "/running/" + "w" * 20).status == 204
        told = waiting.recv(4_000)
        assert b" 503 " in told
        assert b"query-id: " + b"w" * 20 in told
        assert server.request("DELETE", "/running/" + "w" * 20).status == 404
        assert server.request("DELETE", "/running/" + "r" * 20).status == 204
        assert b"query-id: " + b"r" * 20 in runaway.recv(4_000)
        assert_well(server, workers=1)


@pytest.mark.parametrize("text", ["SELECT nonsense", "DROP ALL", hostile.RUNAWAY, hostile.BOMBS["concat"]])
def test_fault_1_15_an_error_carries_the_id_of_its_query(few, text):
    wanted = "/sparql?timeout=0.5&query=" + quote(text)
    assert few.request("GET", wanted, {"Query-Id": "x" * 20}).headers["query-id"] == "x" * 20
    refused = few.request("GET", wanted)
    assert refused.status >= 400
    assert len(refused.headers["query-id"]) >= 20


BEHIND = {
    "a query": f"GET /sparql?query={quote(LOOKUP)} HTTP/1.1\r\nHost: x\r\n\r\n",
    "many": "GET /health HTTP/1.1\r\nHost: x\r\n\r\n" * 50,
    "a body": "POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Length: 9000000\r\n\r\n" + "x" * 8_000_000,
    "a part": "GET /spar",
}


@pytest.mark.parametrize("behind", BEHIND.values(), ids=BEHIND)
@pytest.mark.parametrize("pause", [0.0, 0.2])
def test_fault_1_15_a_query_ends_with_its_client_whatever_was_sent_behind_it(few, behind, pause):
    with raw(few, hostile.RUNAWAY) as connection:
        assert servers.eventually(lambda: running(few) == 1, 3)
        time.sleep(pause)
        connection.setblocking(False)
        connection.send(behind.encode())
        time.sleep(0.1)
    assert servers.eventually(lambda: running(few) == 0, 3)


def test_fault_1_15_requests_behind_one_another_are_answered_in_order(few):
    with raw(few, LOOKUP, "SELECT (1 AS ?one) {}", LOOKUP) as connection:
        text = b""
        while text.count(b"HTTP/1.1 200") < 3 or not text.endswith(b"nickel\r\n"):
            part = connection.recv(10_000)
            assert part
            text += part
    assert text.index(b"cobalt") < text.index(b"one\r\n1\r\n") < text.rindex(b"cobalt")
