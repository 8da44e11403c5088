"""One connection of a client, before the server that speaks HTTP: what that leaves open about strangers.

Whole heads are handed on, one request at a time, as `RequestReader` has read them, so that the server behind never
sees what it could read in another way. It is a protocol of asyncio, and is used as one: nothing of its own is known.

- A head is bounded in time, connections in number, and one that says nothing is closed.
- What cannot be read is refused behind what is still being answered, and nothing that follows it is believed.
- A client that leaves is noticed, also while another of its requests waits to be read.
"""

from __future__ import annotations

import asyncio
import fcntl
import resource
import select
import termios
from array import array
from collections import deque
from collections.abc import Callable
from contextvars import ContextVar
from http import HTTPStatus
from typing import Any, cast

from werkzeug.exceptions import HTTPException

from lodeclaim.endpoint.pool.limits import Capacity
from lodeclaim.endpoint.web import problems
from lodeclaim.endpoint.web.exchange import Receive, Scope, Send
from lodeclaim.endpoint.web.reader import PIECE, Part, RequestReader
from lodeclaim.endpoint.web.transport import LINGER_SECONDS, Transport

HEAD_SECONDS = 10.0
KEEP_ALIVE_SECONDS = 75.0
"""Longer than proxies keep a connection to ask on (60 s as a rule): it is theirs to close."""

LOOK_SECONDS = 0.25

_SPARE = 64
"""Descriptors for files, sockets and pipes that are no connections of clients."""

_OF_A_WORKER = 4
"""Descriptors that a worker may need here, those of its successor counted."""

_MAX_BEHIND = 1 << 15
"""Bytes that wait to be read behind a request that is not answered yet and another that is read already."""

_LEFT = getattr(select, "POLLRDHUP", 0)
_CURRENT: ContextVar[Connection] = ContextVar("connection")
"""The connection whose request the server behind is reading: what answers it is started there."""


def room(capacity: Capacity) -> int:
    """Return how many connections leave descriptors for everything else."""
    allowed, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    if allowed == resource.RLIM_INFINITY:
        allowed = 1 << 20
    return max(1, allowed - _SPARE - _OF_A_WORKER * capacity.workers, allowed // 4)


class Heard:
    """An ASGI application whose answers the connections hear of."""

    def __init__(self, app: Callable[[Scope, Receive, Send], Any]) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request (ASGI 3.0)."""
        connection = _CURRENT.get()
        try:
            await self._app(scope, receive, send)
        finally:
            # Not before the server behind has seen that it has ended.
            asyncio.get_running_loop().call_soon(connection.answered)


class Connection(asyncio.Protocol):
    """Reads what a client sends, and hands it to the protocol `behind`; of the `open` no more than `most` are."""

    def __init__(self, behind: asyncio.Protocol, open: set[Connection], most: int) -> None:
        self._behind: asyncio.Protocol | None = behind
        self._open = open
        self._most = most
        self._loop = asyncio.get_running_loop()
        self._reader = RequestReader()
        self._unread = bytearray()
        self._parts: deque[Part] = deque()
        self._is_begun = self._is_whole = self._is_answered = False
        """Of the request that is handed on: whether there is one, whether all of it is, and whether its answer is."""

        self._error: HTTPException | None = None
        self._is_told = False
        """Whether the client is told of the error: not behind the answer to another request."""

        self._awaited = ""
        """What must come until the deadline; empty for nothing."""

        self._deadline = 0.0
        self._timer: asyncio.TimerHandle | None = None
        self._looking: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Give the client some time for its first request, unless there are too many; called by the event loop."""
        self._transport = Transport(cast(asyncio.Transport, transport), self._loop)
        self._open.add(self)
        assert self._behind is not None
        self._behind.connection_made(cast(asyncio.Transport, self._transport))
        self._await("head", HEAD_SECONDS)
        if len(self._open) > self._most:
            self._make_room()

    def _make_room(self) -> None:
        """Hang up on the client that has asked for nothing for longest, or on this one where all are busy."""
        idle = (other for other in self._open if other._awaited == "request")
        min(idle, key=lambda other: other._deadline, default=self)._transport.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        """Tell the server behind; called by the event loop."""
        self._open.discard(self)
        if self._timer is not None:
            self._timer.cancel()
        if self._looking is not None:
            self._looking.cancel()
        if self._behind is not None:
            self._behind.connection_lost(exc)
            self._behind = None

    def pause_writing(self) -> None:
        """Have the server behind write no more; called by the event loop."""
        if self._behind is not None:
            self._behind.pause_writing()

    def resume_writing(self) -> None:
        """Have the server behind write on; called by the event loop."""
        if self._behind is not None:
            self._behind.resume_writing()

    def data_received(self, data: bytes) -> None:
        """Read on, unless what came before could not be read; called by the event loop."""
        if self._error is None:
            self._unread += data
            self._read_on()

    def answered(self) -> None:
        """Hear that the request which was handed on last is answered, whole or not."""
        self._is_answered = True
        if not self._transport.is_closing():
            self._read_on()

    def _read_on(self) -> None:
        """Hand on what can be, read what may be, and wait for what must come next."""
        self._hand_on()
        while self._unread and not self._parts and self._error is None and not self._transport.is_closing():
            piece = bytes(self._unread[:PIECE])
            del self._unread[:PIECE]
            try:
                self._reader.feed(piece)
                self._parts += self._reader.take()
            except HTTPException as error:
                self._parts += self._reader.take()
                self._refuse(error)
            self._hand_on()
        if self._error is not None and not self._is_begun and not self._parts:
            self._end(self._error)
        elif self._parts or self._unread:
            self._transport.hold("front")
            self._look()
        else:
            self._transport.let_go("front")
            self._wait()

    def _hand_on(self) -> None:
        """Hand on the parts of one request, and those of the next when that is answered."""
        while self._behind is not None and not self._transport.is_closing():
            if self._is_begun and self._is_whole and self._is_answered:
                self._is_begun = False
            if not self._parts or (self._is_begun and self._is_whole):
                return
            part = self._parts.popleft()
            if part.begins:
                self._is_begun, self._is_answered = True, False
                self._transport.has_responded = False
            self._is_whole = part.ends
            if part.content:
                token = _CURRENT.set(self)
                self._behind.data_received(part.content)
                _CURRENT.reset(token)

    def _refuse(self, error: HTTPException) -> None:
        """Believe nothing from here on; what came before is answered."""
        self._error = error
        self._unread.clear()
        if self._is_begun and not self._is_whole:
            # It is in the body of this request: whoever answers it has lost the client.
            self._is_told = not self._transport.has_responded
            self._parts.clear()
            self._is_begun = False
            if self._behind is not None:
                self._behind.connection_lost(ConnectionAbortedError())
                self._behind = None
            return
        while self._parts and not self._parts[-1].ends:
            self._parts.pop()
        self._is_told = not (self._is_begun or self._parts)

    def _end(self, error: HTTPException) -> None:
        """Tell what was wrong, and hear the client out for a while."""
        if self._awaited == "end" or self._transport.is_closing():
            return
        if self._is_told:
            self._transport.write(_response(error))
        # Closed at once, what still comes in would have the system throw the answer away.
        self._transport.write_eof()
        self._transport.let_go("front")
        self._await("end", LINGER_SECONDS)

    def _wait(self) -> None:
        """Bound the time of what comes next: the rest of a head, of a request that is answered, or another."""
        if self._is_begun and not self._is_whole:
            # A client that still sends what was refused might miss the answer: it is heard out, but not for long.
            self._await("rest" if self._is_answered else "", LINGER_SECONDS)
        elif self._reader.in_head:
            self._await("head", HEAD_SECONDS)
        elif self._is_begun:
            self._awaited = ""
        elif self._awaited != "head":  # the first request is waited for as a head is
            self._await("request", KEEP_ALIVE_SECONDS)

    def _await(self, what: str, seconds: float) -> None:
        """Hang up unless something comes in time; a timer runs on where it can, since most are never needed."""
        if self._awaited == what:
            return
        self._awaited, self._deadline = what, self._loop.time() + seconds
        if self._timer is not None and self._deadline < self._timer.when():
            self._timer.cancel()
            self._timer = None
        if self._timer is None:
            self._timer = self._loop.call_at(self._deadline, self._hang_up_if_late)

    def _hang_up_if_late(self) -> None:
        self._timer = None
        if not self._awaited:
            return
        if self._loop.time() < self._deadline:
            self._timer = self._loop.call_at(self._deadline, self._hang_up_if_late)
        else:
            self._transport.abort()

    def _look(self) -> None:
        """Look, as long as a request waits, whether the client is there: nothing is read that would tell."""
        if self._looking is None:
            self._looking = self._loop.call_later(LOOK_SECONDS, self._hang_up_if_left)

    def _hang_up_if_left(self) -> None:
        self._looking = None
        if not (self._parts or self._unread) or self._transport.is_closing():
            return
        descriptor = self._transport.get_extra_info("socket").fileno()
        poll = select.poll()
        poll.register(descriptor, _LEFT)
        waiting = array("i", [0])
        fcntl.ioctl(descriptor, termios.FIONREAD, waiting)
        # Behind so much that its end would not come through, nobody can say whether a client is there.
        if poll.poll(0) or waiting[0] > _MAX_BEHIND:
            self._transport.abort()
        else:
            self._look()


def _response(error: HTTPException) -> bytes:
    problem = problems.of(error)
    body = problem.body()
    headers = {
        "content-type": problems.MEDIA_TYPE,
        "content-length": str(len(body)),
        "connection": "close",
        "cache-control": "no-store",
        "access-control-allow-origin": "*",
        "x-content-type-options": "nosniff",
        "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
    }
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    return f"HTTP/1.1 {problem.status} {HTTPStatus(problem.status).phrase}\r\n{lines}\r\n".encode() + body
