"""A connection's transport: small writes go out in one piece, must be taken, and two may hold up the reading.

A server writes the head of a response and its body apart, and uvloop hands each to the kernel at once: two system
calls, two packets, and a client that wakes up twice. And `close` of a transport waits for ever for a client that does
not read, with all that is unsent in memory.
"""

from __future__ import annotations

import asyncio
from typing import Any

from lodeclaim.endpoint.web.exchange import SEND_SECONDS

LINGER_SECONDS = 10.0
"""How long what is left of a connection may take that has nothing more to say."""

_LARGE = 1 << 16
_LITTLE = 1 << 14
_LOOK_SECONDS = 1.0
_INTERIM = b"HTTP/1.1 100 "


class Transport:
    """Hands on to a transport of asyncio; what is small is held until the event loop comes round."""

    def __init__(self, transport: asyncio.Transport, loop: asyncio.AbstractEventLoop) -> None:
        transport.set_write_buffer_limits(high=_LARGE, low=_LITTLE)
        self._transport = transport
        self._loop = loop
        self._held: list[bytes] = []
        self._written = 0
        self._look: asyncio.TimerHandle | None = None
        self._taken, self._since = 0, 0.0
        self._holders: set[str] = set()
        self.has_responded = False
        """Whether more than an interim response was written since somebody made this false."""

    def write(self, data: bytes) -> None:
        """Write soon, or at once what is large."""
        if not self.has_responded:
            self.has_responded = not data.startswith(_INTERIM)
        if not self._held:
            self._loop.call_soon(self._flush)
        self._held.append(data)
        if len(data) > _LARGE:
            self._flush()

    def write_eof(self) -> None:
        """Write nothing more."""
        self._flush()
        self._transport.write_eof()

    def close(self) -> None:
        """Close when all is taken, or nothing is for long."""
        self._flush()
        self._transport.close()
        self._watch()

    def abort(self) -> None:
        """Close at once."""
        self._held = []
        self._transport.abort()

    def hold(self, holder: str) -> None:
        """Read nothing until each holder has let go."""
        if not self._holders and not self._transport.is_closing():
            self._transport.pause_reading()
        self._holders.add(holder)

    def let_go(self, holder: str) -> None:
        """Read on, unless somebody else holds."""
        if holder in self._holders:
            self._holders.discard(holder)
            if not self._holders and not self._transport.is_closing():
                self._transport.resume_reading()

    def pause_reading(self) -> None:
        """Hold for the protocol behind."""
        self.hold("behind")

    def resume_reading(self) -> None:
        """Let go for the protocol behind."""
        self.let_go("behind")

    def _flush(self) -> None:
        if self._held:
            data, self._held = b"".join(self._held), []
            self._written += len(data)
            self._transport.write(data)
            self._watch()

    def _watch(self) -> None:
        """Look from now on how much the client takes, unless it is looked at already or all is gone."""
        unsent = self._transport.get_write_buffer_size()
        if unsent and self._look is None:
            self._taken, self._since = self._written - unsent, self._loop.time()
            self._look = self._loop.call_later(_LOOK_SECONDS, self._give_up_or_wait)

    def _give_up_or_wait(self) -> None:
        """End a connection of which the client takes next to nothing, while more is held for it than a little."""
        self._look = None
        unsent, is_closing = self._transport.get_write_buffer_size(), self._transport.is_closing()
        if not unsent or (unsent <= _LITTLE and not is_closing):
            return
        taken, now = self._written - unsent, self._loop.time()
        if taken - self._taken >= _LITTLE:
            self._taken, self._since = taken, now
        elif now - self._since >= (LINGER_SECONDS if is_closing else SEND_SECONDS):
            self._transport.abort()
            return
        self._look = self._loop.call_later(_LOOK_SECONDS, self._give_up_or_wait)

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401
        return getattr(self._transport, name)
