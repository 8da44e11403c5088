"""The pool with real processes: whatever a query or a client does, the next one is answered right."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import functools
import gzip
import json
import os
import shutil
import signal
import socket
import time
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from lodeclaim.endpoint.engines.engine import Query, Term
from lodeclaim.endpoint.errors import BusyError, EngineError, QueryError, SourceError, UsageError
from lodeclaim.endpoint.pool import wire
from lodeclaim.endpoint.pool.blocking import BlockingEngine
from lodeclaim.endpoint.pool.channels import Control
from lodeclaim.endpoint.pool.generation import Generation
from lodeclaim.endpoint.pool.limits import Capacity, Limits
from lodeclaim.endpoint.pool.pool import Pool
from lodeclaim.endpoint.pool.zygote import Zygote
from lodeclaim.endpoint.sparql.formats import offered
from lodeclaim.endpoint.sparql.guard import Form
from support import hostile, servers
from support.paths import GRAPH, TINY

EX = "http://example.org/"
SELECT = f"SELECT ?s {{ ?s <{EX}share> ?o }} ORDER BY ?s"
FORMATS = {"SELECT": "text/csv", "ASK": "application/json", "CONSTRUCT": "application/n-triples"}
RIGHT = f"s\r\n{EX}cobalt\r\n{EX}nickel\r\n".encode()
MIB = 1 << 20


def asynchronous(test):
    """Run a test in an event loop of its own."""

    @functools.wraps(test)
    def run(*arguments, **named):
        asyncio.run(asyncio.wait_for(test(*arguments, **named), 40))

    return run


class Processes:
    """The processes of one pool, as the system lists them."""

    def __init__(self) -> None:
        self._before = set(servers.children(os.getpid()))

    def zygotes(self) -> set[int]:
        """Return the ids of those that hold a graph."""
        return set(servers.children(os.getpid())) - self._before

    def workers(self) -> set[int]:
        """Return the ids of those that answer."""
        return {worker for zygote in self.zygotes() for worker in servers.children(zygote)}


@asynccontextmanager
async def started(source=TINY, limits=None, **capacity):
    """A pool and its processes; none of them is left behind."""
    processes = Processes()
    pool = Pool(source, limits or Limits(seconds=60), Capacity(**{"workers": 2, **capacity}))
    await pool.start()
    try:
        assert await eventually(lambda: len(processes.workers()) == pool.capacity.workers)
        yield pool, processes
    finally:
        before = processes.zygotes() | processes.workers()
        await pool.close()
        assert await eventually(lambda: not any(Path(f"/proc/{process}").exists() for process in before))


async def eventually(condition, seconds=20.0) -> bool:
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            return False
        await asyncio.sleep(0.02)
    return True


def job(text, **more) -> wire.Job:
    return wire.Job(text, FORMATS, **{"seconds": 60.0, **more})


async def body(pool, asked, client="a", query_id=None) -> bytes:
    answer = await pool.ask(asked, client, query_id)
    try:
        return b"".join([part async for part in answer.parts()])
    finally:
        answer.close()


async def until_it_breaks_off(answer) -> tuple[EngineError, int]:
    """Return what an answer breaks off with, and how many bytes came before."""
    received = 0
    try:
        async for part in answer.parts():
            received += len(part)
    except EngineError as error:
        return error, received
    finally:
        answer.close()
    raise AssertionError("it came to its end")


async def failure(pool, asked, client="a", query_id=None) -> Exception:
    """Return the error that a job ends with, at once or in the middle of its answer."""
    with pytest.raises((EngineError, QueryError, BusyError)) as raised:
        await body(pool, asked, client, query_id)
    return raised.value


async def is_right(pool, client="a") -> bool:
    return await body(pool, job(SELECT), client) == RIGHT


@asynchronous
async def test_each_form_is_answered_in_the_format_asked_for():
    async with started() as (pool, _):
        assert await is_right(pool)
        assert json.loads(await body(pool, job("ASK { ?s ?p 70 }"))) == {"head": {}, "boolean": True}
        triples = await body(pool, job(f"CONSTRUCT WHERE {{ ?s <{EX}share> 70 }}"))
        integer = "http://www.w3.org/2001/XMLSchema#integer"
        assert triples == f'<{EX}cobalt> <{EX}share> "70"^^<{integer}> .\n'.encode()
        refused = await failure(pool, wire.Job("ASK {}", {}))
        assert refused.kind == "not-acceptable"
        assert (await failure(pool, job("DESCRIBE <x:y>"))).kind == "not-acceptable"


@asynchronous
async def test_bindings_and_datasets_arrive_as_values():
    async with started() as (pool, _):
        bound = job(SELECT, bindings={"s": Term(EX + "cobalt", "iri")})
        assert await body(pool, bound) == f"s\r\n{EX}cobalt\r\n".encode()
        second = job(SELECT, default_graphs=(EX + "second",))
        assert await body(pool, second) == f"s\r\n{EX}nickel\r\n".encode()


@asynchronous
async def test_the_first_rows_come_as_a_table():
    async with started() as (pool, _):
        table = wire.table_from(await body(pool, job(SELECT, first=1)))
        assert (table.columns, table.rows, table.more) == (("s",), [(Term(EX + "cobalt", "iri"),)], True)
        table = wire.table_from(await body(pool, job(SELECT, first=2)))
        assert (len(table.rows), table.more) == (2, False)


@asynchronous
async def test_what_is_known_already_is_not_sent_again():
    async with started() as (pool, _):
        answer = await pool.ask(job(SELECT), "a")
        etag = answer.head.etag
        assert answer.head.whole
        assert not answer.head.not_modified
        answer.close()
        known = await pool.ask(job(SELECT, if_none_match=("x", etag)), "a")
        assert known.head.not_modified
        assert [part async for part in known.parts()] == []
        for other in (job(SELECT + " "), job(SELECT, gzip=True), job(SELECT, union_default_graph=False)):
            answer = await pool.ask(other, "a")
            assert answer.head.etag not in (None, etag)
            answer.close()
        for volatile in ("ASK { FILTER(RAND() < 2) }", "SELECT (NOW() AS ?n) {}", "SELECT (STRUUID() AS ?n) {}"):
            answer = await pool.ask(job(volatile), "a")
            assert answer.head.etag is None
            answer.close()


@asynchronous
async def test_an_answer_is_compressed_where_that_is_asked_for():
    async with started() as (pool, _):
        assert gzip.decompress(await body(pool, job(SELECT, gzip=True))) == RIGHT
        large = job(hostile.rows(5), gzip=True)
        plain = await body(pool, job(hostile.rows(5)))
        assert len(plain) > MIB
        assert gzip.decompress(await body(pool, large)) == plain


@asynchronous
async def test_a_misspelt_term_is_answered_with_a_hint():
    graph = GRAPH
    text = "PREFIX lc: <https://w3id.org/lodeclaim/ontology#> SELECT ?c { ?c lc:claimnt ?who ; lc:claimant ?w }"
    async with started(graph) as (pool, _):
        answer = await pool.ask(job(text), "a")
        answer.close()
        assert len(answer.head.hints) == 1
        assert "lc:claimnt" in answer.head.hints[0]
        assert "claimant" in answer.head.hints[0]


@asynchronous
async def test_a_cause_that_is_sought_in_vain_costs_neither_the_answer_nor_the_worker():
    endless = hostile.SILENT.removeprefix("SELECT * ")
    async with started(workers=1) as (pool, processes):
        before = processes.workers()
        asked = job(f"SELECT * {{ ?x <urn:none> ?y {endless} }}", first=10, seconds=5.0)
        assert wire.table_from(await body(pool, asked)).rows == []
        assert processes.workers() == before
        assert not servers.children(next(iter(before)))


# What takes too long


@pytest.mark.parametrize("text", [hostile.RUNAWAY, hostile.SILENT, hostile.SLOW_TO_PARSE])
@asynchronous
async def test_a_query_that_takes_too_long_is_ended_and_its_worker_replaced(text):
    ended = []
    async with started(workers=1) as (pool, processes):
        pool.on_end = ended.append
        (before,) = processes.workers()
        began = time.monotonic()
        assert (await failure(pool, job(text, seconds=0.2))).kind == "time-exceeded"
        assert time.monotonic() - began < 2  # ten times the limit
        assert await is_right(pool)
        assert before not in processes.workers()
        assert [worker.reason.kind for worker in ended] == ["time-exceeded"]
        assert (pool.running, pool.waiting) == (0, 0)


@asynchronous
async def test_parsing_counts_and_the_query_that_was_slow_to_parse_is_right_given_time():
    async with started(workers=1) as (pool, _):
        assert json.loads(await body(pool, job(hostile.SLOW_TO_PARSE)))["boolean"] is False


@asynchronous
async def test_an_answer_that_takes_too_long_breaks_off_in_its_middle():
    async with started(workers=1) as (pool, _):
        answer = await pool.ask(job(hostile.ENDLESS, seconds=1.0), "a")
        assert not answer.head.whole
        error, received = await until_it_breaks_off(answer)
        assert error.kind == "time-exceeded"
        assert "longer than the 1 s" in str(error)
        assert received >= MIB
        assert await is_right(pool)


@asynchronous
async def test_a_reader_that_reads_nothing_holds_no_memory():
    async with started(workers=1) as (pool, processes):
        answer = await pool.ask(job(hostile.ENDLESS), "a")
        (worker,) = processes.workers()
        resident = servers.resident_bytes(os.getpid())
        used = servers.cpu_seconds(worker)
        await asyncio.sleep(1)
        assert servers.resident_bytes(os.getpid()) - resident < 64 * MIB
        assert servers.cpu_seconds(worker) - used < 0.9
        answer.close()
        assert await is_right(pool)


# What is too much


@pytest.mark.parametrize("text", hostile.BOMBS.values(), ids=hostile.BOMBS)
@asynchronous
async def test_a_query_that_wants_too_much_memory_fails_alone(text):
    limits = Limits(seconds=60, memory_bytes=128 * MIB)
    async with started(limits=limits, workers=1) as (pool, _):
        resident = servers.resident_bytes(os.getpid())
        assert (await failure(pool, job(text))).kind == "memory-exceeded"
        assert servers.resident_bytes(os.getpid()) - resident < 32 * MIB
        assert await is_right(pool)


@asynchronous
async def test_after_a_query_that_used_much_memory_and_ended_well_the_next_is_right():
    limits = Limits(seconds=60, memory_bytes=120 * MIB)
    async with started(limits=limits, workers=1) as (pool, processes):
        # Whether the allocator gives memory back or a fresh process takes over: no query pays for the one before.
        for _ in range(5):
            assert (await body(pool, job(hostile.GREEDY))).count(b"\n") == 100_001
            assert await is_right(pool)
        assert len(processes.workers()) == 1


@pytest.mark.parametrize(("allowed", "fails"), [(1_000, False), (999, True)])
@asynchronous
async def test_rows_are_bounded_exactly(allowed, fails):
    async with started(limits=Limits(seconds=60, rows=allowed), workers=1) as (pool, _):
        for text in (hostile.rows(3), hostile.triples(3)):
            if fails:
                assert (await failure(pool, job(text))).kind == "result-too-large"
            else:
                assert (await body(pool, job(text))).count(b"\n") >= 1_000
        assert await is_right(pool)


@asynchronous
async def test_bytes_are_bounded_before_and_behind_the_first_mebibyte():
    for bound, starts in ((100_000, False), (3 * MIB, True)):
        async with started(limits=Limits(seconds=60, result_bytes=bound), workers=1) as (pool, _):
            if starts:
                answer = await pool.ask(job(hostile.rows(6)), "a")
                error, received = await until_it_breaks_off(answer)
                assert MIB <= received <= bound
                assert error.kind == "result-too-large"
            else:
                with pytest.raises(EngineError) as raised:
                    await pool.ask(job(hostile.rows(5)), "a")
                assert raised.value.kind == "result-too-large"
            assert await is_right(pool)


# What ends a process


@asynchronous
async def test_a_worker_that_crashes_fails_its_query_alone():
    async with started(workers=1) as (pool, processes):
        running = asyncio.create_task(failure(pool, job(hostile.RUNAWAY)))
        assert await eventually(lambda: pool.running == 1)
        (worker,) = processes.workers()
        os.kill(worker, signal.SIGKILL)
        assert (await running).kind == "worker-crashed"
        assert await is_right(pool)
        assert pool.healthy


@asynchronous
async def test_workers_that_are_killed_between_queries_are_replaced():
    async with started(workers=2) as (pool, processes):
        for _ in range(5):
            before = processes.workers()
            for worker in before:
                os.kill(worker, signal.SIGKILL)
            assert await eventually(lambda gone=before: len(processes.workers() - gone) == 2)
            assert await is_right(pool)


@asynchronous
async def test_a_zygote_that_is_killed_is_replaced():
    async with started(workers=2) as (pool, processes):
        running = asyncio.create_task(failure(pool, job(hostile.RUNAWAY)))
        assert await eventually(lambda: pool.running == 1)
        (zygote,) = processes.zygotes()
        os.kill(zygote, signal.SIGKILL)
        assert (await running).kind == "worker-crashed"
        assert await eventually(lambda: pool.healthy and len(processes.workers()) == 2)
        assert await is_right(pool)
        assert await is_right(pool, "b")
        assert pool.running == 0


@asynchronous
async def test_a_zygote_that_ends_before_it_is_taken_over_is_replaced(monkeypatch):
    start, ended = Generation.start, []

    async def start_and_end(generation, workers):
        await start(generation, workers)
        if not ended:
            ended.append(generation)
            os.kill(generation._process.pid, signal.SIGKILL)
            assert await eventually(lambda: not generation.alive)

    monkeypatch.setattr(Generation, "start", start_and_end)
    async with started(workers=2) as (pool, _):
        assert await eventually(lambda: pool.healthy)
        assert await is_right(pool)


@asynchronous
async def test_a_worker_that_cannot_be_had_is_tried_for_again(monkeypatch):
    pair, refused = socket.socketpair, []

    def none_left():
        refused.append(1)
        raise OSError(errno.EMFILE, "Too many open files")

    async with started(workers=1) as (pool, processes):
        monkeypatch.setattr(socket, "socketpair", none_left)
        assert (await failure(pool, job(hostile.RUNAWAY, seconds=0.2))).kind == "time-exceeded"
        assert await eventually(lambda: len(refused) > 3)
        assert not pool.healthy
        assert not processes.workers()
        monkeypatch.setattr(socket, "socketpair", pair)
        assert await is_right(pool)
        assert pool.healthy
    assert len(refused) < 30


def test_a_fork_that_fails_is_told_and_ends_nobody(monkeypatch):
    ours, theirs = socket.socketpair()
    kept, given = socket.socketpair()

    def refused():
        raise OSError(errno.EAGAIN, "Resource temporarily unavailable")

    with ours, theirs, kept:
        monkeypatch.setattr(os, "fork", refused)
        Zygote(theirs, None, Limits())._fork(7, given.detach())
        ours.settimeout(5)
        assert ours.recv(100) == b"gone 7 1\n"
        kept.settimeout(5)
        assert kept.recv(1) == b""


@asynchronous
async def test_no_line_to_a_zygote_is_lost_where_it_reads_slowly():
    ours, theirs = socket.socketpair()
    with theirs:
        control = Control(ours)
        for number in range(5_000):
            control.tell(f"kill {number}")
        kept, given = socket.socketpair()
        control.tell("fork 1", given)
        assert given.fileno() >= 0
        theirs.setblocking(False)
        read, found = b"", []

        def everything() -> bool:
            nonlocal read
            with contextlib.suppress(BlockingIOError):
                received, descriptors, *_ = socket.recv_fds(theirs, 1 << 16, 4)
                read += received
                found.extend(descriptors)
            return read.endswith(b"fork 1\n")

        assert await eventually(everything)
        assert read == b"".join(b"kill %d\n" % number for number in range(5_000)) + b"fork 1\n"
        assert len(found) == 1
        assert given.fileno() < 0
        for descriptor in found:
            os.close(descriptor)
        kept.close()
        control.close()
        control.tell("kill 1")


SAID = {
    "too long": wire.HEADER.pack(wire.BODY, wire.MAX_BYTES + 1),
    "of no kind": wire.frame(b"?", b""),
    "a job": wire.frame(wire.JOB, b"{}"),
}


@pytest.mark.parametrize("said", SAID.values(), ids=SAID)
@asynchronous
async def test_a_worker_that_says_what_is_no_answer_is_ended(said):
    async with started(workers=1) as (pool, processes):
        (before,) = processes.workers()
        answer = await pool.ask(job(hostile.ENDLESS), "a")
        answer._worker._buffer.clear()
        answer._worker.data_received(said)
        with pytest.raises(EngineError, match="no answer"):
            _ = [part async for part in answer.parts()]
        answer.close()
        assert await is_right(pool)
        assert before not in processes.workers()


@asynchronous
async def test_a_worker_that_says_twice_that_it_is_ready_is_lent_once():
    async with started(workers=1) as (pool, _):
        answer = await pool.ask(job(SELECT), "a")
        answer._worker.data_received(wire.frame(wire.READY, b""))
        waiting = asyncio.create_task(is_right(pool, "b"))
        await asyncio.sleep(0.2)
        assert not waiting.done()
        answer.close()
        assert await waiting


@asynchronous
async def test_many_empty_frames_are_not_kept_without_end():
    async with started(workers=1) as (pool, _):
        answer = await pool.ask(job(SELECT), "a")
        answer._worker.data_received(wire.frame(wire.BODY, b"") * 20_000)
        assert not answer._worker._transport.is_reading()
        answer.close()
        assert await is_right(pool)


# Who does not want it any more


@asynchronous
async def test_a_query_is_cancelled_by_its_id():
    async with started(workers=2) as (pool, _):
        running = asyncio.create_task(failure(pool, job(hostile.RUNAWAY), query_id="x" * 20))
        assert await eventually(lambda: pool.running == 1)
        assert isinstance(await failure(pool, job(SELECT), query_id="x" * 20), BusyError)
        assert pool.cancel("x" * 20)
        assert (await running).kind == "query-cancelled"
        assert not pool.cancel("x" * 20)
        assert not pool.cancel("y" * 20)
        assert await is_right(pool)


@asynchronous
async def test_an_id_that_nobody_gave_cannot_be_guessed():
    async with started(workers=1) as (pool, _):
        ids = set()
        for _ in range(20):
            answer = await pool.ask(job(SELECT), "a")
            ids.add(answer.query_id)
            answer.close()
        assert len(ids) == 20
        assert all(len(query_id) >= 20 for query_id in ids)


@asynchronous
async def test_who_leaves_ends_the_query():
    async with started(workers=1) as (pool, processes):
        (before,) = processes.workers()
        running = asyncio.create_task(body(pool, job(hostile.RUNAWAY)))
        assert await eventually(lambda: pool.running == 1)
        running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await running
        assert await eventually(lambda: not Path(f"/proc/{before}").exists())
        assert await is_right(pool)


@asynchronous
async def test_who_leaves_while_waiting_makes_room():
    async with started(workers=1, waiting=1) as (pool, _):
        running = asyncio.create_task(failure(pool, job(hostile.RUNAWAY), query_id="x" * 20))
        assert await eventually(lambda: pool.running == 1)
        waiting = asyncio.create_task(body(pool, job(SELECT), "b"))
        assert await eventually(lambda: pool.waiting == 1)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        assert pool.waiting == 0
        next_one = asyncio.create_task(body(pool, job(SELECT), "c"))
        assert await eventually(lambda: pool.waiting == 1)
        pool.cancel("x" * 20)
        assert (await running).kind == "query-cancelled"
        assert await next_one == RIGHT


@asynchronous
async def test_a_query_that_waits_is_cancelled_by_its_id_and_no_other_has_that():
    async with started(workers=1) as (pool, _):
        running = asyncio.create_task(failure(pool, job(hostile.RUNAWAY), query_id="x" * 20))
        assert await eventually(lambda: pool.running == 1)
        waiting = asyncio.create_task(failure(pool, job(SELECT), "b", "y" * 20))
        assert await eventually(lambda: pool.waiting == 1)
        assert isinstance(await failure(pool, job(SELECT), "c", "y" * 20), BusyError)
        assert pool.cancel("y" * 20)
        assert (await waiting).kind == "query-cancelled"
        assert not pool.cancel("y" * 20)
        assert pool.cancel("x" * 20)
        await running
        assert await is_right(pool)


@asynchronous
async def test_an_answer_that_is_neither_read_nor_closed_ends_at_its_deadline():
    async with started(workers=2) as (pool, processes):
        asked = {"a": hostile.ENDLESS, "b": SELECT}
        answers = [await pool.ask(job(text, seconds=1.0), client) for client, text in asked.items()]
        assert pool.running == 2
        assert await eventually(lambda: pool.running == 0)
        assert await is_right(pool)
        assert await eventually(lambda: len(processes.workers()) == 2)
        with pytest.raises(EngineError, match="longer than the 1 s"):
            _ = [part async for part in answers[0].parts()]
        for answer in answers:
            answer.close()
        assert pool.running == 0


@pytest.mark.parametrize("text", [hostile.rows(5), SELECT])
@asynchronous
async def test_a_body_for_threads_is_closed_read_or_not(text):
    asked, csv = Query(text), next(format for format in offered(Form.SELECT) if format.name == "csv")
    async with started(workers=2) as (pool, _):
        engine = BlockingEngine(pool, asyncio.get_running_loop())
        for read in (0, 1, 2):
            answer = await asyncio.to_thread(engine.query, asked, csv)
            for _ in range(read):
                await asyncio.to_thread(next, iter(answer.body), b"")
            for _ in range(2):
                getattr(answer.body, "close", lambda: None)()
            assert await eventually(lambda: pool.running == 0)
        assert await is_right(pool)


# Who goes next


@asynchronous
async def test_long_queries_of_many_clients_do_not_keep_all_workers():
    async with started(workers=4) as (pool, _):
        flood = [asyncio.create_task(failure(pool, job(hostile.RUNAWAY), client)) for client in "abcdef"]
        assert await eventually(lambda: pool.running == 4)
        assert await is_right(pool, "good")
        ended = [task.result() for task in flood if task.done()]
        assert ended
        assert all(isinstance(error, BusyError) and error.retry_after > 0 for error in ended)
        for task in flood:
            task.cancel()
        await asyncio.gather(*flood, return_exceptions=True)


@asynchronous
async def test_one_clients_runaways_do_not_keep_another_waiting():
    async with started(workers=4) as (pool, _):
        flood = [asyncio.create_task(failure(pool, job(hostile.RUNAWAY, seconds=60), "bad")) for _ in range(50)]
        assert await eventually(lambda: pool.waiting == 48)
        for _ in range(20):
            began = time.monotonic()
            assert await is_right(pool, "good")
            assert time.monotonic() - began < 10  # "well within a second", ten times
        assert pool.running == 2
        for task in flood:
            task.cancel()
        await asyncio.gather(*flood, return_exceptions=True)
        assert (pool.running, pool.waiting) == (0, 0)
        assert await is_right(pool, "bad")


@asynchronous
async def test_there_is_an_end_to_waiting():
    async with started(workers=1, waiting=2, waiting_per_client=1, wait_seconds=0.3) as (pool, _):
        running = asyncio.create_task(failure(pool, job(hostile.RUNAWAY), query_id="x" * 20))
        assert await eventually(lambda: pool.running == 1)
        waiting = [asyncio.create_task(failure(pool, job(SELECT), client)) for client in "ab"]
        assert await eventually(lambda: pool.waiting == 2)
        assert "1 queries of yours" in str(await failure(pool, job(SELECT), "a"))
        assert "2 in all" in str(await failure(pool, job(SELECT), "c"))
        for error in await asyncio.gather(*waiting):
            assert isinstance(error, BusyError)
            assert error.retry_after > 0
        pool.cancel("x" * 20)
        await running
        assert await is_right(pool)


# Another graph


@asynchronous
async def test_a_graph_is_loaded_anew_and_no_query_is_lost(tmp_path):
    path = tmp_path / "graph.trig"
    shutil.copy(TINY, path)
    async with started(path, workers=2) as (pool, processes):
        first = pool.version
        running = asyncio.create_task(body(pool, job(hostile.SLOW_TO_PARSE)))
        assert await eventually(lambda: pool.running == 1)
        answers: list[bytes] = []

        async def asking(client) -> None:
            while pool.version == first or len(answers) < 200:
                answers.append(await body(pool, job(SELECT), client))

        clients = [asyncio.create_task(asking(client)) for client in "bcd"]
        path.write_text(path.read_text().replace("ex:nickel", "ex:zinc"))
        await pool.start()
        await asyncio.gather(*clients)
        changed = RIGHT.replace(b"nickel", b"zinc")
        assert set(answers) == {RIGHT, changed}
        assert json.loads(await running)["boolean"] is False
        assert pool.version != first
        assert await body(pool, job(SELECT)) == changed
        assert await eventually(lambda: len(processes.zygotes()) == 1 and len(processes.workers()) == 2)


@asynchronous
async def test_a_graph_that_cannot_be_loaded_leaves_what_is_served(tmp_path):
    path = tmp_path / "graph.trig"
    shutil.copy(TINY, path)
    async with started(path, workers=1) as (pool, _):
        path.write_text("nonsense")
        with pytest.raises(SourceError):
            await pool.start()
        assert await is_right(pool)
        path.unlink()
        with pytest.raises(UsageError):
            await pool.start()
        assert await is_right(pool)


@asynchronous
async def test_many_ends_at_once_harm_nobody():
    async with started(workers=8, per_client=8) as (pool, processes):
        for _ in range(3):
            (zygote,) = processes.zygotes()
            many = [failure(pool, job(hostile.RUNAWAY, seconds=0.3)) for _ in range(8)]
            assert {error.kind for error in await asyncio.gather(*many)} == {"time-exceeded"}
            assert processes.zygotes() == {zygote}
        assert await is_right(pool)
