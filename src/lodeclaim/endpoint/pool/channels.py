"""The pool's ends of its sockets: lines to and from a zygote, frames to and from a worker."""

from __future__ import annotations

import asyncio
import os
import socket
from collections import deque
from contextlib import suppress
from typing import Protocol, cast

from lodeclaim.endpoint.errors import EngineError, LodeclaimError
from lodeclaim.endpoint.pool import wire

_PAUSE_BYTES = 1 << 20

_FRAME_BYTES = 200
"""What a frame costs here besides its payload, so that many empty ones count."""

RETRY_SECONDS = 0.05
"""After so long a line is sent again that there was no room for."""


class Control:
    """Lines to a zygote, some with a socket of a worker, and lines from it."""

    def __init__(self, connection: socket.socket) -> None:
        connection.setblocking(False)
        self._connection = connection
        self._loop = asyncio.get_running_loop()
        self._unsent: deque[tuple[bytes, socket.socket | None]] = deque()
        self._received = b""
        self._closed = False

    def tell(self, line: str, attached: socket.socket | None = None) -> None:
        """Send a line now, or in its turn as soon as there is room; what is attached is closed here afterwards."""
        self._unsent.append((line.encode() + b"\n", attached))
        if self._closed:
            self._forget()
        elif len(self._unsent) == 1:
            self._send()

    async def line(self) -> str | None:
        """Return the next line, or None where the zygote is gone."""
        while b"\n" not in self._received:
            try:
                received = await self._loop.sock_recv(self._connection, 1 << 16)
            except OSError:
                return None
            if not received:
                return None
            self._received += received
        line, _, self._received = self._received.partition(b"\n")
        return line.decode()

    def close(self) -> None:
        """Hang up, which ends the zygote and its workers."""
        self._closed = True
        self._forget()
        # Closed alone, it would go on where another process has inherited it.
        with suppress(OSError):
            self._connection.shutdown(socket.SHUT_RDWR)
        self._connection.close()

    def disown(self) -> None:
        """Close the socket of a process just forked, whose loop does not run there."""
        os.close(self._connection.detach())

    def _send(self) -> None:
        while self._unsent:
            line, attached = self._unsent[0]
            try:
                if attached is None:
                    sent = self._connection.send(line)
                else:
                    sent = socket.send_fds(self._connection, [line], [attached.fileno()])
            except ConnectionError:  # the zygote is gone, which `line` tells
                self._forget()
                return
            except OSError:  # it is slow to read; a lost `kill` would leave a query running for ever
                self._loop.call_later(RETRY_SECONDS, self._send)
                return
            if attached is not None:
                attached.close()
            self._unsent.popleft()
            if sent < len(line):
                self._unsent.appendleft((line[sent:], None))

    def _forget(self) -> None:
        for _, attached in self._unsent:
            if attached is not None:
                attached.close()
        self._unsent.clear()


class Owner(Protocol):
    """What a worker calls: the generation that it belongs to."""

    def became_ready(self, worker: WorkerChannel) -> None:
        """Note that it can answer."""

    def kill(self, worker: WorkerChannel, reason: LodeclaimError) -> None:
        """End it."""

    def lost(self, worker: WorkerChannel) -> None:
        """Note that it has ended."""


_MISBEHAVED = EngineError("query", "its worker said what is no answer", "Tell the operator", "worker-crashed")


class WorkerChannel(asyncio.Protocol):
    """The parent's end of one worker: frames out, frames in, and how it ended."""

    def __init__(self, number: int, owner: Owner) -> None:
        self.number = number
        self.ready = False
        """Whether it has said that it can answer."""

        self.status: int | None = None
        self.lacked_memory = False
        """What the process left behind: an exit status, or a signal as a negative number; None while unknown."""

        self.reason: LodeclaimError | None = None
        """Why it was killed, if it was."""

        self.leaving = False
        """Whether it takes no job any more, since it ends by itself."""

        self.closed = False
        self._owner = owner
        self._gone = asyncio.Event()
        self._buffer = bytearray()
        self._frames: deque[tuple[bytes, bytes]] = deque()
        self._held = 0
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
            if length > wire.MAX_BYTES or kind not in wire.FROM_WORKER:
                self._owner.kill(self, _MISBEHAVED)
                return
            end = offset + wire.HEADER.size + length
            if len(self._buffer) < end:
                break
            self._take(kind, bytes(self._buffer[offset + wire.HEADER.size : end]))
            offset = end
        del self._buffer[:offset]
        self._wake()
        if not self._paused and self._held > _PAUSE_BYTES:
            self._paused = True
            self._transport.pause_reading()

    def _take(self, kind: bytes, payload: bytes) -> None:
        if kind == wire.LAST:
            self.leaving = True
        elif kind != wire.READY:
            self._frames.append((kind, payload))
            self._held += len(payload) + _FRAME_BYTES
        elif not self.ready:  # said twice, it would be lent to two clients
            self.ready = True
            self._owner.became_ready(self)

    def connection_lost(self, error: Exception | None) -> None:
        """Note the end; called by the event loop."""
        self.closed = True
        self._wake()
        self._owner.lost(self)

    def send(self, job: bytes) -> None:
        """Hand the payload of a job over."""
        self._transport.write(wire.frame(wire.JOB, job))

    async def receive(self) -> tuple[bytes, bytes]:
        """Return the next frame; raise ConnectionError where the worker has ended and all it said is read."""
        while not self._frames:
            if self.closed:
                raise ConnectionError
            self._waiting = asyncio.get_running_loop().create_future()
            await self._waiting
        frame = self._frames.popleft()
        if not self._frames:
            self._held = 0
            self._resume()
        return frame

    @property
    def is_usable(self) -> bool:
        """Whether it can take a job, as far as is known."""
        return not self.closed and self.reason is None

    @property
    def done(self) -> bool:
        """Whether all of its answer is here, read or not."""
        return bool(self._frames) and self._frames[-1][0] in {wire.END, wire.FAILURE}

    def drop(self) -> None:
        """Forget what of a whole answer was not read."""
        self._frames.clear()
        self._held = 0
        self._resume()

    def abandon(self, reason: LodeclaimError) -> None:
        """Note why it is killed. What it still says is read and dropped: without reading, its end goes unnoticed."""
        self.reason = reason
        self._buffer.clear()
        self.drop()

    async def gone(self) -> None:
        """Wait until the zygote has told how the process ended, but not for long."""
        try:
            await asyncio.wait_for(self._gone.wait(), 2)
        except TimeoutError:
            return

    def left(self, status: int, lacked_memory: bool) -> None:
        """Note what the process left behind."""
        self.status, self.lacked_memory = status, lacked_memory
        self._gone.set()

    def dismiss(self) -> None:
        """Let the process end by itself, which it does between two jobs."""
        self._transport.close()

    def disown(self) -> None:
        """Close the socket of a process just forked, whose loop does not run there."""
        with suppress(OSError):  # it was closed already
            os.close(self._transport.get_extra_info("socket").fileno())

    def _resume(self) -> None:
        if self._paused:
            self._paused = False
            self._transport.resume_reading()

    def _wake(self) -> None:
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_result(None)
