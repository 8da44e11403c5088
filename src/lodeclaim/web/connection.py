"""One connection: hung up on where the head of a request is too long or too slow, which uvicorn leaves open."""

from __future__ import annotations

import asyncio

from lodeclaim.web.joined import JoinedProtocol

MAX_HEAD_BYTES = 1 << 18
"""Above any URL that is worth a 414, since a shorter answer than that is none at all."""

HEAD_SECONDS = 10.0
LINGER_SECONDS = 10.0

_MAX_PARSED_URL = 65_535
"""What httptools can parse. A URL that is cut here is still too long for the application, which answers 414."""


class Connection(JoinedProtocol):
    """Speaks HTTP/1.1 as uvicorn does, within bounds."""

    _hang_up: asyncio.TimerHandle | None = None
    _head_bytes = 0
    _in_body = False

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Give the client some time for its first request."""
        super().connection_made(transport)
        self._await(HEAD_SECONDS)

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the time."""
        self._stop_waiting()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Read on, unless the head of a request has become too long."""
        if not self._in_body:
            if self._hang_up is None:
                self._await(HEAD_SECONDS)
            self._head_bytes += len(data)
        super().data_received(data)
        if not self._in_body and self._head_bytes > MAX_HEAD_BYTES:
            self.transport.close()

    def on_headers_complete(self) -> None:
        """Note that a head is whole; called by the parser."""
        self._stop_waiting()
        self._head_bytes = 0
        self._in_body = True
        self.url = self.url[:_MAX_PARSED_URL]
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        """Note that a request is whole; called by the parser."""
        self._stop_waiting()
        self._in_body = False
        super().on_message_complete()

    def on_response_complete(self) -> None:
        """Hear out a client that still sends what was refused, or it might miss the answer; but not for long."""
        super().on_response_complete()
        if self._in_body:
            self._await(LINGER_SECONDS)

    def _await(self, seconds: float) -> None:
        self._stop_waiting()
        self._hang_up = self.loop.call_later(seconds, self.transport.close)

    def _stop_waiting(self) -> None:
        if self._hang_up is not None:
            self._hang_up.cancel()
            self._hang_up = None
