"""One connection: what uvicorn leaves open about the bytes of a stranger.

- The head of a request, a line of its chunks and its trailers are bounded in length, a head also in time.
- A request that asks for another protocol is read on as if it had not asked (RFC 9110, section 7.8).
- What cannot be read is refused behind what is still being answered, and nothing that follows it is believed.
"""

from __future__ import annotations

import asyncio
import re

import httptools
from uvicorn._types import ASGI3Application
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, RequestResponseCycle
from werkzeug.exceptions import BadRequest, HTTPException, RequestHeaderFieldsTooLarge, RequestURITooLarge

from lodeclaim.endpoint.web import problems
from lodeclaim.endpoint.web.joined import LINGER_SECONDS, JoinedProtocol

MAX_URL_BYTES = 1 << 18
"""Longer than any that the application refuses with more words."""

MAX_HEADER_BYTES = 32_768
"""All fields of a head together, and of a trailer, counted as HTTP/2 does (RFC 9113, section 6.5.2)."""

MAX_ELEMENTS = 100
MAX_FIELD_BYTES = {
    b"accept": 4_096,
    b"accept-encoding": 4_096,
    b"content-type": 8_192,
    b"if-match": 4_096,
    b"if-none-match": 4_096,
    b"if-range": 4_096,
    b"query-id": 4_096,
    b"range": 4_096,
}
"""The fields that are parsed, which costs time: how long all lines of one may be together."""

HEAD_SECONDS = 10.0

_PIECE = 1 << 14
_FIELD_OVERHEAD = 32
_HOST = re.compile(rb"(?:\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._~!$&'()*+,;=%-]*)(?::[0-9]*)?")

_MAX_PARSED_URL = 65_535
"""What httptools can parse. A URL that is cut here is still too long for the application, which answers 414."""


class Connection(JoinedProtocol):
    """Speaks HTTP/1.1 as uvicorn does, within bounds."""

    url = b""
    _hang_up: asyncio.TimerHandle | None = None
    _answered: RequestResponseCycle | None = None
    _in_body = False
    _is_refused = False
    _field_bytes = 0
    _unused = 0
    """Bytes since the last that led to something: the end of a head or a message, or a part of a body."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Give the client some time for its first request."""
        super().connection_made(transport)
        self._await(HEAD_SECONDS)

    def connection_lost(self, exc: Exception | None) -> None:
        """Tell the request that is being answered, also where others wait behind it."""
        self._stop_waiting()
        super().connection_lost(exc)
        if self._answered is not None and not self._answered.response_complete:
            self._answered.disconnected = True
            self._answered.message_event.set()

    def data_received(self, data: bytes) -> None:
        """Read on, unless what came before could not be read."""
        if self._is_refused:
            return
        self._unset_keepalive_if_required()
        if not self._in_body and self._hang_up is None:
            self._await(HEAD_SECONDS)
        view = memoryview(data)
        try:
            for start in range(0, len(data), _PIECE):
                self._feed(view[start : start + _PIECE])
        except HTTPException as error:
            self._refuse(error)
        except httptools.HttpParserError as error:
            cause = error.__context__
            malformed = BadRequest("Request: not HTTP/1.1 (RFC 9112). Have a client library write it.")
            self._refuse(cause if isinstance(cause, HTTPException) else malformed)

    def _feed(self, piece: memoryview) -> None:
        self._unused += len(piece)
        while piece:
            try:
                self.parser.feed_data(piece)
                break
            except httptools.HttpParserUpgrade as pause:
                piece = piece[pause.args[0] :]
                self._ignore_upgrade()
        if self._in_body:
            self._bound(self._unused)
        else:
            self._bound(self._unused - len(self.url))
            if len(self.url) > MAX_URL_BYTES:
                raise RequestURITooLarge(f"URL: over {MAX_URL_BYTES} bytes. Send the query by POST.")

    def _ignore_upgrade(self) -> None:
        """Go on behind a head at which the parser stops, with one that has read a head of the same framing."""
        connection = b"keep-alive" if self.parser.should_keep_alive() else b"close"
        framing = [line for line in self.headers if line[0] in {b"content-length", b"transfer-encoding"}]
        lines = [b"%s: %s\r\n" % line for line in (*framing, (b"connection", connection))]
        self.parser = httptools.HttpRequestParser(self)
        self.parser.set_dangerous_leniencies(lenient_data_after_close=True)  # as uvicorn has it
        self.parser.feed_data(b"POST / HTTP/1.1\r\n" + b"".join(lines) + b"\r\n")

    def on_message_begin(self) -> None:
        """Begin a request; called by the parser. Within a body it is the head that stands for one already read."""
        if not self._in_body:
            super().on_message_begin()
            self.url = bytearray()  # type: ignore[assignment]  # grows in place
            self._field_bytes = 0

    def on_url(self, url: bytes) -> None:
        """Take a part of the URL; called by the parser."""
        if not self._in_body:
            super().on_url(url)

    def on_header(self, name: bytes, value: bytes) -> None:
        """Take a field; called by the parser. Those of a trailer are counted, and are none of the request's."""
        self._field_bytes += len(name) + len(value) + _FIELD_OVERHEAD
        self._bound(self._field_bytes)
        if not self._in_body:
            super().on_header(name, value)

    def on_headers_complete(self) -> None:
        """Take a whole head; called by the parser."""
        if self._in_body:
            return
        self._check_head()
        self._stop_waiting()
        self.url = bytes(self.url[:_MAX_PARSED_URL])
        super().on_headers_complete()
        self._in_body = True
        self._field_bytes = self._unused = 0

    def _check_head(self) -> None:
        if self.parser.get_method() == b"CONNECT":
            raise BadRequest("CONNECT: this is no proxy. Use GET or POST.")
        hosts = [value for name, value in self.headers if name == b"host"]
        needed = self.parser.get_http_version() != "1.0"
        if len(hosts) > 1 or (needed and not hosts) or not all(map(_HOST.fullmatch, hosts)):
            raise BadRequest("Host: not exactly one that is a name or an address (RFC 9112, section 3.2). Send one.")
        fields: dict[bytes, bytes] = {}
        for name, value in self.headers:
            if name in MAX_FIELD_BYTES:
                fields[name] = fields[name] + b"," + value if name in fields else value
        for name, value in fields.items():
            if len(value) > MAX_FIELD_BYTES[name] or value.count(b",") >= MAX_ELEMENTS:
                found = f"{name.decode().title()}: over {MAX_FIELD_BYTES[name]} bytes or {MAX_ELEMENTS} elements"
                raise RequestHeaderFieldsTooLarge(f"{found}. Send a shorter one.")

    def on_body(self, body: bytes) -> None:
        """Take a part of a body; called by the parser."""
        self._unused = 0
        super().on_body(body)

    def on_message_complete(self) -> None:
        """Note that a request is whole; called by the parser, too early where it stops at an upgrade."""
        if self.parser.should_upgrade():
            return
        self._stop_waiting()
        self._in_body = False
        self._unused = 0
        self.url = b""
        super().on_message_complete()

    def on_response_complete(self) -> None:
        """Hear out a client that still sends what was refused, or it might miss the answer; but not for long."""
        super().on_response_complete()
        if self._in_body:
            self._await(LINGER_SECONDS)

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: ASGI3Application) -> None:
        self._answered = cycle
        super()._start_asgi_task(cycle, app)

    def _bound(self, length: int) -> None:
        if length > MAX_HEADER_BYTES:
            told = "Trailer or line of a chunk" if self._in_body else "Headers"
            raise RequestHeaderFieldsTooLarge(f"{told}: over {MAX_HEADER_BYTES} bytes. Send fewer or shorter ones.")

    def _refuse(self, error: HTTPException) -> None:
        self._is_refused = True
        self._stop_waiting()
        before: RequestResponseCycle | None = self.cycle
        if self._in_body and self.pipeline:
            # The last request begun is the broken one, and waits behind others.
            self.pipeline.popleft()
            before = self.pipeline[0][0] if self.pipeline else self._answered
        elif self._in_body and not self.cycle.response_started:
            self.cycle.disconnected = True
            self.cycle.message_event.set()
            before = None
        if before is not None and not before.response_complete:
            before.keep_alive = False
        elif not self.transport.is_closing():
            if not self._in_body or before is None:
                self.transport.write(_response(error))
            # Closed at once, what still comes in would have the system throw the answer away.
            self.transport.write_eof()
            self._await(LINGER_SECONDS)

    def _await(self, seconds: float) -> None:
        self._stop_waiting()
        self._hang_up = self.loop.call_later(seconds, self.transport.abort)

    def _stop_waiting(self) -> None:
        if self._hang_up is not None:
            self._hang_up.cancel()
            self._hang_up = None


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
    return STATUS_LINE[problem.status] + lines.encode() + b"\r\n" + body
