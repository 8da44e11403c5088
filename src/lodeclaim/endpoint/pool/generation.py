"""One loaded graph with its workers: starts the zygote, has workers forked and killed, and notices their end."""

from __future__ import annotations

import asyncio
import json
import os
import socket
import subprocess
import sys
import weakref
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path

from lodeclaim.endpoint.engines.dataset import Source
from lodeclaim.endpoint.engines.fulltext import Field
from lodeclaim.endpoint.engines.upstream import RemoteStore
from lodeclaim.endpoint.errors import EngineError, LodeclaimError, SourceError, UsageError
from lodeclaim.endpoint.pool.channels import Control, WorkerChannel
from lodeclaim.endpoint.pool.limits import Limits

START_SECONDS = 30.0
"""How long a process that holds the graph may take to its first worker."""

MAX_PAUSE_SECONDS = 1.0
"""How long to wait at most before a worker is forked again where others came to nothing."""

_ALLOCATOR = "glibc.malloc.tcache_count=2000"
"""A query takes and frees thousands of small pieces: the allocator of glibc is faster where it keeps them at hand."""


class Generation:
    """A zygote and the workers forked from it."""

    def __init__(
        self,
        source: Source,
        limits: Limits,
        idle: Callable[[Generation, WorkerChannel], None],
        dead: Callable[[Generation], None],
        fields: Sequence[Field] = (),
    ) -> None:
        self.source = source
        self.version = ""
        self.missing: dict[str, str] = {}
        """The walls around a worker that are not to be had here, each with the reason."""

        self.current = True
        """Whether workers that end are replaced."""

        self.workers: dict[int, WorkerChannel] = {}
        self.alive = False
        """Whether the zygote is there."""

        self._unreaped: dict[int, WorkerChannel] = {}
        self._limits = limits
        self._fields = fields
        self._idle = idle
        self._dead = dead
        self._count = 0
        self._failures = 0  # workers in a row that could not be had, or ended before they were ready
        self._changed = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []
        self._reaping: asyncio.Task[int] | None = None

    @property
    def ready(self) -> int:
        """How many workers can answer."""
        return sum(worker.ready and worker.reason is None for worker in self.workers.values())

    async def start(self, workers: int) -> None:
        """Load the source and have the workers forked; return when the first can answer.

        Raises UsageError or SourceError where it cannot be loaded, EngineError where the process ends or forks
        nobody who answers, OSError where it cannot be started.
        """
        self._loop = asyncio.get_running_loop()
        self._launch()
        try:
            word, _, rest = (await self._control.line() or "gone").partition(" ")
            if word != "ready":
                raise self._failure(rest)
            ready = json.loads(rest)
            self.version, self.missing = ready["version"], ready["missing"]
            self.alive = True
            self._tasks = [self._loop.create_task(task) for task in (self._listen(), self._keep(workers))]
            await self._one_ready()
        except BaseException:
            await self.close()
            raise

    def _launch(self) -> None:
        ours, theirs = socket.socketpair()
        try:
            with theirs:
                command = [sys.executable, "-m", "lodeclaim.endpoint.pool.zygote", str(theirs.fileno())]
                environment = {"GLIBC_TUNABLES": _ALLOCATOR, **os.environ}
                self._process = subprocess.Popen(
                    command, pass_fds=[theirs.fileno()], stdin=subprocess.DEVNULL, env=environment
                )
        except OSError:
            ours.close()
            raise
        self._control = Control(ours)
        _launched.add(self)
        self._control.tell(self._configuration())

    async def _one_ready(self) -> None:
        try:
            async with asyncio.timeout(START_SECONDS):
                while self.alive and not self.ready:
                    self._changed.clear()
                    await self._changed.wait()
        except TimeoutError:
            found = f"it forked no process within {START_SECONDS:g} s that can answer"
            raise EngineError(str(self.source), found, "See its output above") from None
        if not self.alive:
            raise self._failure("")

    async def _keep(self, workers: int) -> None:
        """Have so many workers; where they cannot be had, or end at once, less often but for ever."""
        while True:
            while len(self.workers) >= workers:
                self._changed.clear()
                await self._changed.wait()
            if self._failures:
                await asyncio.sleep(min(0.02 * 2 ** min(self._failures, 10), MAX_PAUSE_SECONDS))
            if not (self.current and self.alive):
                return
            try:
                await self._fork()
            except OSError:  # no descriptor to be had
                self._failures += 1

    async def _fork(self) -> None:
        ours, theirs = socket.socketpair()
        self._count += 1
        number = self._count
        self._control.tell(f"fork {number}", theirs)
        try:
            _, worker = await self._loop.create_unix_connection(lambda: WorkerChannel(number, self), sock=ours)
        except OSError:
            ours.close()
            raise
        self.workers[number] = self._unreaped[number] = worker

    def became_ready(self, worker: WorkerChannel) -> None:
        """Have a worker lent; called by it."""
        self._failures = 0
        self._changed.set()
        self._idle(self, worker)

    def kill(self, worker: WorkerChannel, reason: LodeclaimError) -> None:
        """End a worker at once, wherever it is; whoever waits for its answer gets the reason."""
        if worker.closed or worker.reason is not None:
            return
        worker.abandon(reason)
        self._control.tell(f"kill {worker.number}")

    def retire(self) -> None:
        """Replace no worker any more; the process ends with the last of them."""
        self.current = False
        self._end_if_empty()

    async def close(self) -> None:
        """End everything at once."""
        self.current = False
        for worker in self.workers.values():
            worker.dismiss()
        await self._hang_up()

    def disown(self) -> None:
        """In a process just forked: close the sockets that it has inherited; nothing is told to anybody."""
        if self._reaping is not None:
            return
        self._control.disown()
        for worker in self.workers.values():
            worker.disown()

    def lost(self, worker: WorkerChannel) -> None:
        """Have another worker for one that has ended; called by it."""
        self.workers.pop(worker.number, None)
        if not worker.ready:
            self._failures += 1
        self._changed.set()
        self._end_if_empty()

    def _end_if_empty(self) -> None:
        if not self.current and not self.workers:
            self._hang_up()

    def _hang_up(self) -> asyncio.Task[int]:
        if self._reaping is None:
            for task in self._tasks:
                task.cancel()
            self._control.close()
            self._reaping = self._loop.create_task(asyncio.to_thread(self._process.wait))
        return self._reaping

    async def _listen(self) -> None:
        while (line := await self._control.line()) is not None:
            _, number, status, *cause = line.split()
            if (worker := self._unreaped.pop(int(number), None)) is not None:
                worker.left(int(status), cause == ["memory"])
        self.alive = False
        self._changed.set()
        if self.current:
            self._dead(self)

    def _configuration(self) -> str:
        limits = asdict(self._limits)
        services = limits["text"].pop("services")
        fields = {
            "store": asdict(self.source) if isinstance(self.source, RemoteStore) else None,
            "path": str(self.source) if isinstance(self.source, Path) else None,
            "services": services,
            "limits": limits,
            "fields": [asdict(field) for field in self._fields],
        }
        return json.dumps(fields)

    def _failure(self, told: str) -> LodeclaimError:
        if not told:
            return EngineError(str(self.source), "the process that loads it ended", "See its output above")
        words = json.loads(told)
        kind = UsageError if words["status"] == UsageError.exit_status else SourceError
        return kind(words["where"], words["found"], words["remedy"])


_launched: weakref.WeakSet[Generation] = weakref.WeakSet()
_inherited: list[Generation] = []
"""What another process goes on with: kept, since its sockets, once let go of, would be closed a second time."""


def _disown() -> None:
    for generation in list(_launched):
        generation.disown()
        _inherited.append(generation)
    _launched.clear()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_disown)
