"""One worker process: takes a job from its socket, answers it, takes the next, until it is killed or dismissed.

Untrusted queries run here: the process may crash, hang or fill its memory, and the parent ends it from outside.
The first MiB of an answer is held back, so that most failures come before anything is sent.
"""

from __future__ import annotations

import hashlib
import json
import resource
import socket
import time
import zlib
from collections.abc import Callable

from lodeclaim.endpoint.engines.dataset import Dataset
from lodeclaim.endpoint.engines.engine import Query
from lodeclaim.endpoint.engines.fulltext import MAX_HITS
from lodeclaim.endpoint.engines.rows import too_large
from lodeclaim.endpoint.engines.update import check_well_formed
from lodeclaim.endpoint.errors import EngineError, LodeclaimError, QueryError
from lodeclaim.endpoint.pool import walls, wire
from lodeclaim.endpoint.pool.limits import Limits
from lodeclaim.endpoint.sparql.formats import Format, labelled, offered
from lodeclaim.endpoint.sparql.guard import Form

HELD_BYTES = 1 << 20


class Worker:
    """Answers jobs from one engine on one connection."""

    def __init__(self, connection: socket.socket, dataset: Dataset, limits: Limits) -> None:
        self._connection = connection
        self._jobs = connection.makefile("rb")
        self._dataset = dataset
        self._engine = dataset.open().through(limits.relay, limits.base)
        self._limits = limits
        self._memory = walls.Memory()
        self._base = self._memory.bytes()
        self._leaving = False

    def run(self) -> None:
        """Answer until the parent closes the connection, or memory is not given back; then return."""
        walls.confine(self._memory, self._limits.memory_bytes, needs_sockets(self._dataset, self._limits))
        self._connection.sendall(wire.frame(wire.READY, b""))
        cpu = 0
        while not self._leaving and (frame := wire.receive(self._jobs)) is not None:
            job = wire.Job.from_payload(frame[1])
            cpu = _bound_cpu(job.seconds, cpu)
            self._answer(job)

    def _last(self) -> bytes:
        """Return the frame that says that this was the last job, or nothing where it was not."""
        # What the allocator keeps for itself counts against the next query: a fresh process is cheap.
        self._leaving = self._memory.bytes() - self._base > self._limits.memory_bytes // 4
        return wire.frame(wire.LAST, b"") if self._leaving else b""

    def _answer(self, job: wire.Job) -> None:
        body = _Body(self._connection, self._limits.result_bytes, job.gzip, self._last)
        try:
            if job.is_update:
                check_well_formed(job.text, self._limits.text)
                raise QueryError("update", "this endpoint is read-only", "Send a query", "update-refused")
            if job.is_search:
                body.head = wire.Head("application/json", None, Form.SELECT)
                body.write(wire.hits(self._engine.search(job.text, min(job.first or MAX_HITS, MAX_HITS))))
                body.end()
                return
            self._query(job, body)
        except LodeclaimError as error:
            body.fail(wire.failure(error, job.text))
        except MemoryError:
            body.fail(wire.failure(out_of_memory(self._limits), job.text))

    def _query(self, job: wire.Job, body: _Body) -> None:
        query = Query(
            job.text,
            job.default_graphs,
            job.named_graphs,
            job.union_default_graph,
            job.prefixes,
            job.bindings,
            self._limits.text,
            self._dataset.names.prefixes,
        )
        form = query.outline.form
        if job.first is not None and form is Form.SELECT:
            began = time.monotonic()
            table = self._engine.select(query, min(job.first, self._limits.rows))
            told = self._engine.hints(query, table, time.monotonic() - began)
            body.head = wire.Head("application/json", None, form, hints=told)
            body.write(wire.table(table))
            body.end()
            return
        told = self._engine.hints(query)
        offers = offered(form)
        format = labelled(offers, job.formats.get(form, ""))
        if format is None:
            names = ", ".join(f"{offer.name} ({offer.media_type})" for offer in offers)
            raise QueryError("Accept", "no such answer to this query", f"Ask for one of {names}", "not-acceptable")
        etag = None if query.outline.volatile or not self._dataset.version else self._etag(job, format)
        body.head = wire.Head(format.content_type, etag, form, hints=told)
        if etag in job.if_none_match:
            body.not_modified()
            return
        self._engine.write(query, format, body.write, self._limits.rows)
        body.end()

    def _etag(self, job: wire.Job, format: Format) -> str:
        asked = [
            self._dataset.version,
            job.text,
            format.media_type,
            job.default_graphs,
            job.named_graphs,
            job.union_default_graph,
            [(name, *vars(term).values()) for name, term in sorted(job.bindings.items())],
            sorted(job.prefixes.items()),
            job.gzip,
        ]
        return f'"{hashlib.sha256(json.dumps(asked).encode()).hexdigest()[:32]}"'


class _Body:
    """An answer on its way out: counted, compressed, and held back until it is whole or a MiB long."""

    def __init__(
        self, connection: socket.socket, max_bytes: int, compressed: bool, last: Callable[[], bytes]
    ) -> None:
        self.head: wire.Head | None = None
        self._connection = connection
        self._max_bytes = max_bytes
        self._last = last
        self._zip = zlib.compressobj(1, wbits=zlib.MAX_WBITS | 16) if compressed else None
        self._held = bytearray()
        self._started = False
        self._written = 0

    def write(self, part: bytes) -> None:
        self._written += len(part)
        if self._written > self._max_bytes:
            raise too_large(f"{self._max_bytes:,} bytes")
        self._held += self._zip.compress(part) if self._zip else part
        if len(self._held) >= (wire.MAX_BYTES if self._started else HELD_BYTES):
            self._send(b"" if self._started else self._head_frame(whole=False))
            self._started = True

    def end(self) -> None:
        if self._zip:
            self._held += self._zip.flush()
        start = b"" if self._started else self._head_frame(whole=True)
        self._send(start, self._last() + wire.frame(wire.END, b""))

    def fail(self, failure: bytes) -> None:
        self._connection.sendall(self._last() + wire.frame(wire.FAILURE, failure))

    def not_modified(self) -> None:
        self._send(self._head_frame(whole=True, not_modified=True), self._last() + wire.frame(wire.END, b""))

    def _head_frame(self, whole: bool, not_modified: bool = False) -> bytes:
        assert self.head is not None
        fields = {**vars(self.head), "whole": whole, "not_modified": not_modified}
        return wire.frame(wire.HEAD, json.dumps(fields).encode())

    def _send(self, start: bytes, end: bytes = b"") -> None:
        out = bytearray(start)
        with memoryview(self._held) as held:
            for offset in range(0, len(held), wire.MAX_BYTES):
                if offset:
                    self._connection.sendall(out)
                    out.clear()
                out += wire.frame(wire.BODY, bytes(held[offset : offset + wire.MAX_BYTES]))
        self._connection.sendall(out + end)
        self._held.clear()


def needs_sockets(dataset: Dataset, limits: Limits) -> bool:
    """Return whether a worker over this dataset opens connections itself."""
    return dataset.sockets or bool(limits.text.services)


def out_of_memory(limits: Limits) -> EngineError:
    """Return the error for a query that wanted more memory than it may have."""
    found = f"it needed more memory than the {limits.memory_bytes // 1024**2:,} MiB that one query may use"
    return EngineError("query", found, "Ask for less: sort, group or join fewer rows", "memory-exceeded")


def _bound_cpu(seconds: float, before: int) -> int:
    """Allow this process so many more seconds of processor time; return what is allowed in all, as `before` is."""
    # The parent's clock is the limit. This one is for the day when the parent is gone.
    allowed = int(time.process_time() + seconds) + 2
    if allowed != before:
        resource.setrlimit(resource.RLIMIT_CPU, (allowed, resource.getrlimit(resource.RLIMIT_CPU)[1]))
    return allowed
