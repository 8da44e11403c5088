"""Answers untrusted queries: admits them in turn, gives each a worker, and ends what takes too long or is not wanted.

Everything here runs in one event loop, so that nothing needs a lock.
"""

from __future__ import annotations

import asyncio
import json
import secrets
from collections.abc import AsyncIterator, Callable, Sequence
from time import monotonic

from lodeclaim.endpoint.engines.dataset import Source
from lodeclaim.endpoint.engines.fulltext import Field
from lodeclaim.endpoint.errors import EngineError, LodeclaimError
from lodeclaim.endpoint.pool import wire
from lodeclaim.endpoint.pool.admission import Admission
from lodeclaim.endpoint.pool.channels import WorkerChannel
from lodeclaim.endpoint.pool.fair import LONG_SECONDS, busy
from lodeclaim.endpoint.pool.generation import Generation
from lodeclaim.endpoint.pool.limits import Capacity, Limits
from lodeclaim.endpoint.pool.worker import out_of_memory

_RELIEF_SECONDS = 0.25


class PooledAnswer:
    """An answer on its way: its head is here, its body comes part by part. Close it, however it is left."""

    def __init__(self, pool: Pool, generation: Generation, worker: WorkerChannel, client: str, query_id: str) -> None:
        self.query_id = query_id
        self.version = generation.version
        self.head: wire.Head
        self._pool = pool
        self._generation = generation
        self._worker = worker
        self._client = client
        self._deadline: asyncio.TimerHandle | None = None
        self._began = monotonic()
        self._reason: LodeclaimError = EngineError("query", "its answer was closed", "Ask again", "query-cancelled")
        self._open = True

    @property
    def seconds(self) -> float:
        """How long it has been under way."""
        return monotonic() - self._began

    async def start(self, payload: bytes, seconds: float) -> None:
        """Send the job and wait for the head; raise QueryError or EngineError where there is none."""
        reason = _out_of_time(seconds)
        self._deadline = asyncio.get_running_loop().call_later(seconds, self.end, reason)
        self._worker.send(payload)
        _, payload = await self._receive()
        self.head = wire.Head(**json.loads(payload))

    async def parts(self) -> AsyncIterator[bytes]:
        """Yield the body; raise EngineError where it breaks off."""
        while True:
            kind, payload = await self._receive()
            if kind == wire.END:
                self._finish()
                return
            yield payload

    def close(self) -> None:
        """Give the worker back, or end it where it is not done: the client has gone, or the answer failed."""
        if self._open and self._worker.done:
            self._worker.drop()
            self._finish()
        self.end(EngineError("query", "the client has gone", "Ask again", "query-cancelled"))

    def end(self, reason: LodeclaimError) -> None:
        """End the worker, if it is not done; whoever reads gets the reason, and nobody has to read."""
        if self._open:
            self._reason = reason
            self._generation.kill(self._worker, reason)
            self._finish()

    async def _receive(self) -> tuple[bytes, bytes]:
        if not self._open:  # its worker may be another's by now
            raise self._reason
        try:
            kind, payload = await self._worker.receive()
        except ConnectionError:
            await self._worker.gone()
            self._finish()
            raise self._pool.why(self._worker) from None
        if kind == wire.FAILURE:
            self._finish()
            raise wire.error_from(payload)
        return kind, payload

    def _finish(self) -> None:
        if self._open:
            self._open = False
            if self._deadline is not None:
                self._deadline.cancel()
            self._pool.finished(self, self._generation, self._worker, self._client)


class Pool:
    """The workers over one dataset, and who may use them."""

    def __init__(self, source: Source, limits: Limits, capacity: Capacity, fields: Sequence[Field] = ()) -> None:
        self.limits = limits
        self.capacity = capacity
        self._admission: Admission[tuple[Generation, WorkerChannel]] = Admission(
            capacity, lambda pair: pair[1].is_usable
        )
        self.on_end: Callable[[WorkerChannel], object] = lambda worker: None
        """Called for each worker that was killed or crashed."""

        self._source = source
        self._fields = fields
        self._running: dict[str, PooledAnswer] = {}
        self._generation: Generation | None = None
        self._reviving: asyncio.Task[None] | None = None
        self._relieving: asyncio.TimerHandle | None = None
        self._loading = asyncio.Lock()

    @property
    def version(self) -> str:
        """The version of the dataset that new queries are asked of."""
        return self._generation.version if self._generation else ""

    @property
    def missing(self) -> dict[str, str]:
        """The walls around a worker that are not to be had here, each with the reason."""
        return self._generation.missing if self._generation else {}

    @property
    def running(self) -> int:
        """How many queries run."""
        return self._admission.turns.running

    @property
    def waiting(self) -> int:
        """How many queries wait."""
        return self._admission.turns.waiting

    @property
    def healthy(self) -> bool:
        """Whether there are workers that can answer."""
        return self._generation is not None and self._generation.alive and self._generation.ready > 0

    async def start(self, source: Source | None = None) -> None:
        """Load the dataset, or load it anew: running queries end on the old one, later ones see the new.

        Raises as `Generation.start`; then what was there goes on.
        """
        # One at a time, so that the last one wins, also over one that brings back what was killed from outside.
        async with self._loading:
            generation = Generation(source or self._source, self.limits, self._became_idle, self._died, self._fields)
            await generation.start(self.capacity.workers)
            self._source = generation.source
            before, self._generation = self._generation, generation
        if before is not None:
            before.retire()
            for _, worker in self._admission.withdraw(lambda pair: pair[0] is before):
                worker.dismiss()
        if not generation.alive:  # it died before it was ours
            self._died(generation)

    async def close(self) -> None:
        """End all workers."""
        if self._reviving is not None:
            self._reviving.cancel()
        if self._generation is not None:
            await self._generation.close()

    async def ask(self, job: wire.Job, client: str, query_id: str | None = None) -> PooledAnswer:
        """Return the answer to a job, its head known; close it in the end.

        Raises QueryError for what is wrong with the query, EngineError (see `kind`) for what stopped it, and
        BusyError where there is no room.
        """
        query_id = query_id or secrets.token_urlsafe(18)
        if query_id in self._running or self._admission.waits(query_id):
            raise busy("a query with this Query-Id runs or waits already")
        payload = job.payload()
        self._relieve_later()
        generation, worker = await self._admission.borrow(client, query_id)
        answer = PooledAnswer(self, generation, worker, client, query_id)
        self._running[query_id] = answer
        try:
            await answer.start(payload, job.seconds)
        except BaseException:
            answer.close()
            raise
        return answer

    def cancel(self, query_id: str) -> bool:
        """End a query that runs or waits; return whether there was one."""
        answer = self._running.get(query_id)
        if answer is not None:
            answer.end(_cancelled())
        return answer is not None or self._admission.refuse(query_id, _cancelled())

    def why(self, worker: WorkerChannel) -> LodeclaimError:
        """Return the error for a worker that ended in the middle of an answer."""
        if worker.reason is not None:
            return worker.reason
        if worker.lacked_memory:
            return out_of_memory(self.limits)
        found = f"its worker ended (status {worker.status})"
        return EngineError("query", found, "Simplify it, and tell the operator", "worker-crashed")

    def finished(self, answer: PooledAnswer, generation: Generation, worker: WorkerChannel, client: str) -> None:
        """Take a worker back; called by its answer."""
        self._running.pop(answer.query_id, None)
        self._admission.finish(client, answer.seconds)
        if worker.closed or worker.reason is not None:
            self.on_end(worker)
        elif not worker.leaving:
            self._became_idle(generation, worker)

    def _became_idle(self, generation: Generation, worker: WorkerChannel) -> None:
        if generation.current:
            self._admission.add((generation, worker))
        else:
            worker.dismiss()

    def _died(self, generation: Generation) -> None:
        if generation is self._generation:
            self._reviving = asyncio.get_running_loop().create_task(self._revive(generation))

    async def _revive(self, generation: Generation) -> None:
        """Load again what a zygote took along that was killed from outside."""
        while generation is self._generation and generation.current:
            try:
                await self.start()
            except (LodeclaimError, OSError):
                await asyncio.sleep(1)

    def _relieve_later(self) -> None:
        """Look soon, and again while anybody waits, whether long queries keep all workers from who has none."""
        if self._relieving is None:
            self._relieving = asyncio.get_running_loop().call_later(_RELIEF_SECONDS, self._relieve)

    def _relieve(self) -> None:
        """End the youngest of the long queries beyond their share, if a client waits that has nothing running."""
        self._relieving = None
        if not self.waiting:
            return
        self._relieve_later()
        long = [answer for answer in self._running.values() if answer.seconds > LONG_SECONDS]
        taken = self.running >= self.capacity.workers  # or one is on its way already
        if taken and self._admission.turns.is_starved and len(long) > self.capacity.running_long:
            min(long, key=lambda answer: answer.seconds).end(
                busy("long queries of several clients held all workers while others had none")
            )


def _cancelled() -> EngineError:
    return EngineError("query", "it was cancelled", "Ask again", "query-cancelled")


def _out_of_time(seconds: float) -> EngineError:
    found = f"it took longer than the {seconds:g} s that it may take"
    return EngineError("query", found, "Ask for less: be more specific, or add LIMIT", "time-exceeded")
