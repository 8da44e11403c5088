"""One loaded graph with its workers: starts the zygote, has workers forked and killed, and notices their end."""

from __future__ import annotations

import asyncio
import json
import os
import socket
import subprocess
import sys
from collections import deque
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import cast

from lodeclaim.errors import EngineError, LodeclaimError, SourceError, UsageError
from lodeclaim.query import wire
from lodeclaim.query.dataset import Source
from lodeclaim.query.limits import Limits
from lodeclaim.query.upstream import Store

_PAUSE_BYTES = 1 << 20
_ALLOCATOR = "glibc.malloc.tcache_count=2000"
"""A query takes and frees thousands of small pieces: the allocator of glibc is faster where it keeps them at hand."""

_GONE = EngineError("query", "its worker ended", "Ask again", "worker-crashed")


class Worker(asyncio.Protocol):
    """The parent's end of one worker: frames out, frames in, and how it ended."""

    def __init__(self, number: int, ended: Callable[[Worker], None]) -> None:
        self.number = number
        self.status: int | None = None
        """What the process left behind: an exit status, or a signal as a negative number; None while unknown."""

        self.reason: LodeclaimError | None = None
        """Why it was killed, if it was."""

        self.leaving = False
        """Whether it takes no job any more, since it ends by itself."""

        self.closed = False
        self._ended = ended
        self._gone = asyncio.Event()
        self._buffer = bytearray()
        self._frames: deque[tuple[bytes, bytes]] = deque()
        self._waiting: asyncio.Future[None] | None = None
        self._paused = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the transport; called by the event loop."""
        self._transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        """Split what came into frames; called by the event loop."""
        if self.reason is not None:
            return
        self._buffer += data
        offset = 0
        while len(self._buffer) - offset >= wire.HEADER.size:
            kind, length = wire.HEADER.unpack_from(self._buffer, offset)
            end = offset + wire.HEADER.size + length
            if len(self._buffer) < end:
                break
            if kind == wire.LAST:
                self.leaving = True
            else:
                self._frames.append((kind, bytes(self._buffer[offset + wire.HEADER.size : end])))
            offset = end
        del self._buffer[:offset]
        self._wake()
        if not self._paused and sum(len(payload) for _, payload in self._frames) > _PAUSE_BYTES:
            self._paused = True
            self._transport.pause_reading()

    def connection_lost(self, error: Exception | None) -> None:
        """Note the end; called by the event loop."""
        self.closed = True
        self._wake()
        self._ended(self)

    def send(self, job: wire.Job) -> None:
        """Hand a job over."""
        self._transport.write(wire.frame(wire.JOB, job.payload()))

    async def receive(self) -> tuple[bytes, bytes]:
        """Return the next frame; raise ConnectionError where the worker has ended and all it said is read."""
        while not self._frames:
            if self.closed:
                raise ConnectionError
            self._waiting = asyncio.get_running_loop().create_future()
            await self._waiting
        frame = self._frames.popleft()
        if not self._frames:
            self._resume()
        return frame

    def abandon(self, reason: LodeclaimError) -> None:
        """Note why it is killed. What it still says is read and dropped: without reading, its end goes unnoticed."""
        self.reason = reason
        self._buffer.clear()
        self._frames.clear()
        self._resume()

    async def gone(self) -> None:
        """Wait until the zygote has told how the process ended, but not for long."""
        try:
            await asyncio.wait_for(self._gone.wait(), 2)
        except TimeoutError:
            return

    def left(self, status: int) -> None:
        """Note what the process left behind."""
        self.status = status
        self._gone.set()

    def dismiss(self) -> None:
        """Let the process end by itself, which it does between two jobs."""
        self._transport.close()

    def _resume(self) -> None:
        if self._paused:
            self._paused = False
            self._transport.resume_reading()

    def _wake(self) -> None:
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_result(None)


class Generation:
    """A zygote and the workers forked from it."""

    def __init__(
        self,
        source: Source,
        limits: Limits,
        idle: Callable[[Generation, Worker], None],
        dead: Callable[[Generation], None],
    ) -> None:
        self.source = source
        self.version = ""
        self.missing: dict[str, str] = {}
        """The walls around a worker that are not to be had here, each with the reason."""

        self.current = True
        """Whether workers that end are replaced."""

        self.workers: dict[int, Worker] = {}
        self.alive = False
        self._unreaped: dict[int, Worker] = {}
        self._limits = limits
        self._idle = idle
        self._dead = dead
        self._lines = b""
        self._count = 0

    async def start(self, workers: int) -> None:
        """Load the source and have the workers forked.

        Raises UsageError or SourceError where it cannot be loaded, EngineError where the process ends.
        """
        ours, theirs = socket.socketpair()
        with theirs:
            command = [sys.executable, "-m", "lodeclaim.query.zygote", str(theirs.fileno())]
            environment = {"GLIBC_TUNABLES": _ALLOCATOR, **os.environ}
            self._process = subprocess.Popen(
                command, pass_fds=[theirs.fileno()], stdin=subprocess.DEVNULL, env=environment
            )
        ours.setblocking(False)
        self._control = ours
        self._loop = asyncio.get_running_loop()
        await self._loop.sock_sendall(ours, self._configuration())
        word, _, rest = (await self._line() or "gone").partition(" ")
        if word != "ready":
            ours.close()
            await asyncio.to_thread(self._process.wait)
            raise self._failure(rest)
        ready = json.loads(rest)
        self.version, self.missing = ready["version"], ready["missing"]
        self.alive = True
        self._listening = asyncio.create_task(self._listen())
        for _ in range(workers):
            await self.fork()

    async def fork(self) -> None:
        """Have one more worker."""
        ours, theirs = socket.socketpair()
        self._count += 1
        number = self._count
        try:
            with theirs:
                socket.send_fds(self._control, [f"fork {number}\n".encode()], [theirs.fileno()])
        except OSError:  # the zygote is gone, which `_listen` tells
            ours.close()
            return
        _, worker = await self._loop.create_unix_connection(lambda: Worker(number, self._lost), sock=ours)
        self.workers[number] = self._unreaped[number] = worker
        self._idle(self, worker)

    def kill(self, worker: Worker, reason: LodeclaimError) -> None:
        """End a worker at once, wherever it is; whoever waits for its answer gets the reason."""
        if worker.closed or worker.reason is not None:
            return
        worker.abandon(reason)
        try:
            self._control.send(f"kill {worker.number}\n".encode())
        except OSError:  # the zygote is gone, and took its workers along
            return

    def retire(self) -> None:
        """Replace no worker any more; the process ends with the last of them."""
        self.current = False
        self._end_if_empty()

    async def close(self) -> None:
        """End everything at once."""
        self.current = False
        for worker in self.workers.values():
            worker.dismiss()
        self._hang_up()
        await self._reaping

    def _lost(self, worker: Worker) -> None:
        self.workers.pop(worker.number, None)
        if self.current and self.alive:
            self._loop.create_task(self.fork())
        self._end_if_empty()

    def _end_if_empty(self) -> None:
        if not self.current and not self.workers:
            self._hang_up()

    def _hang_up(self) -> None:
        self._listening.cancel()
        self._control.close()
        self._reaping = self._loop.create_task(asyncio.to_thread(self._process.wait))

    async def _listen(self) -> None:
        while (line := await self._line()) is not None:
            _, number, status = line.split()
            if (worker := self._unreaped.pop(int(number), None)) is not None:
                worker.left(int(status))
        self.alive = False
        if self.current:
            self._dead(self)

    async def _line(self) -> str | None:
        while b"\n" not in self._lines:
            try:
                received = await self._loop.sock_recv(self._control, 1 << 16)
            except OSError:
                return None
            if not received:
                return None
            self._lines += received
        line, _, self._lines = self._lines.partition(b"\n")
        return line.decode()

    def _configuration(self) -> bytes:
        limits = asdict(self._limits)
        services = limits["text"].pop("services")
        fields = {
            "store": asdict(self.source) if isinstance(self.source, Store) else None,
            "path": str(self.source) if isinstance(self.source, Path) else None,
            "services": services,
            "limits": limits,
        }
        return json.dumps(fields).encode() + b"\n"

    def _failure(self, told: str) -> LodeclaimError:
        if not told:
            return EngineError(str(self.source), "the process that loads it ended", "See its output above")
        words = json.loads(told)
        kind = UsageError if words["status"] == UsageError.exit_status else SourceError
        return kind(words["where"], words["found"], words["remedy"])
