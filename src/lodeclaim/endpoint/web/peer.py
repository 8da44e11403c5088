"""The client at the other end of a connection: one of no more than there is room for, and noticed when it leaves."""

from __future__ import annotations

import asyncio
import fcntl
import resource
import select
import termios
from array import array
from typing import Any

from lodeclaim.endpoint.pool.limits import Capacity
from lodeclaim.endpoint.web.connection import Connection

LOOK_SECONDS = 0.25

_SPARE = 64
"""Descriptors for files, sockets and pipes that are no connections of clients."""

_OF_A_WORKER = 4
"""Descriptors that a worker may need here, those of its successor counted."""

_MAX_BEHIND = 1 << 15
"""Bytes that wait to be read behind a request that is not answered yet and another that is read already."""

_LEFT = getattr(select, "POLLRDHUP", 0)


def room(capacity: Capacity) -> int:
    """Return how many connections leave descriptors for everything else."""
    allowed, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    if allowed == resource.RLIM_INFINITY:
        allowed = 1 << 20
    return max(1, allowed - _SPARE - _OF_A_WORKER * capacity.workers, allowed // 4)


class PeerConnection(Connection):
    """Speaks as `Connection` does; `most` are open at a time, and more are refused by closing them."""

    def __init__(self, *arguments: Any, most: int, **named: Any) -> None:  # noqa: ANN401 - passed on as they are
        super().__init__(*arguments, **named)
        self._most = most
        self._looking: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin, unless there are too many; called by the event loop."""
        super().connection_made(transport)
        if len(self.connections) > self._most:
            transport.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        """Look no more."""
        if self._looking is not None:
            self._looking.cancel()
        super().connection_lost(exc)

    def on_headers_complete(self) -> None:
        """Look after the client where another request came before this one is answered; called by the parser."""
        super().on_headers_complete()
        if self.pipeline and self._looking is None:
            self._look()

    def _look(self) -> None:
        """Hang up where the client has, which nobody notices by reading while another request waits to be read."""
        self._looking = None
        if not self.pipeline:
            return
        descriptor = self.transport.get_extra_info("socket").fileno()
        poll = select.poll()
        poll.register(descriptor, _LEFT)
        waiting = array("i", [0])
        fcntl.ioctl(descriptor, termios.FIONREAD, waiting)
        # Behind so much that its end would not come through, nobody can say whether a client is there.
        if poll.poll(0) or waiting[0] > _MAX_BEHIND:
            self.transport.abort()
        else:
            self._looking = self.loop.call_later(LOOK_SECONDS, self._look)
