"""One request and its response over ASGI: its body is read within bounds, and that its client leaves is noticed."""

from __future__ import annotations

import asyncio
import ipaddress
from collections.abc import AsyncIterator, Awaitable, Callable, MutableMapping
from contextlib import asynccontextmanager
from functools import lru_cache
from time import monotonic
from typing import Any

from werkzeug.exceptions import RequestEntityTooLarge, RequestTimeout

from lodeclaim.endpoint.errors import BusyError
from lodeclaim.endpoint.web.cache import Entry
from lodeclaim.endpoint.web.protocol import Headers, Received

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

BODY_SECONDS = 10.0
SEND_SECONDS = 30.0
SMALL_BYTES = 1 << 16
"""The length up to which a body takes no room of others."""

_WATCH_AFTER = 0.02


_OF_A_BODY = {b"content-type", b"content-encoding", b"content-length"}


class ClientGoneError(Exception):
    """The client closed the connection before it had the answer."""


class Room:
    """The memory for the bodies of requests: what all of them together may take beyond a small one each."""

    def __init__(self, max_bytes: int = 256 << 20) -> None:
        self._left = max_bytes

    def take(self, size: int) -> None:
        """Take room for so many bytes; raise BusyError where there is not so much."""
        if size > self._left:
            raise BusyError("body", "too many long requests are being read", "Ask again in some seconds", 5)
        self._left -= size

    def give_back(self, size: int) -> None:
        """Give back what was taken."""
        self._left += size


class Exchange:
    """What the gateway works with: a request, and the way to answer it."""

    def __init__(self, scope: Scope, receive: Receive, send: Send, room: Room) -> None:
        self.scope = scope
        self.method: str = scope["method"]
        self.path: str = scope["path"]
        self.headers = _headers(scope["headers"])
        client = scope.get("client")
        self.client = client_of(client[0]) if client else ""
        self.began = monotonic()
        self.status = 0
        self.sent_bytes = 0
        self.notes: dict[str, Any] = {}
        """What else the log says of this exchange."""

        self.query_id: str | None = None
        """The id by which its query can be cancelled, once there is one."""

        self._receive = receive
        self._send = send
        self._body: bytes | None = None
        self._room = room
        self._taken = 0

    def close(self) -> None:
        """Give back the room that its body has taken."""
        self._room.give_back(self._taken)
        self._taken = 0

    async def received(self, max_bytes: int) -> Received:
        """Return the whole request; raise 413 for a longer body and 408 for one that does not come."""
        if self._body is None:
            self._body = await self._read(max_bytes) if self.method == "POST" else b""
        return Received(self.method, self.scope["query_string"], self.headers, self._body)

    async def _read(self, max_bytes: int) -> bytes:
        too_large = RequestEntityTooLarge(f"Body: over {max_bytes} bytes. Ask in several queries.")
        length = self.headers.get("content-length", "")
        if length.isdecimal() and int(length) > max_bytes:
            raise too_large
        body = bytearray()
        try:
            async with asyncio.timeout(BODY_SECONDS):
                while True:
                    message = await self._receive()
                    if message["type"] == "http.disconnect":
                        raise ClientGoneError
                    body += message.get("body", b"")
                    if len(body) > max_bytes:
                        raise too_large
                    if len(body) - SMALL_BYTES > self._taken:
                        self._room.take(len(body) - SMALL_BYTES - self._taken)
                        self._taken = len(body) - SMALL_BYTES
                    if not message.get("more_body"):
                        return bytes(body)
        except TimeoutError:
            raise RequestTimeout(f"Body: not whole within {BODY_SECONDS:g} s. Send it faster.") from None

    @asynccontextmanager
    async def watched(self) -> AsyncIterator[None]:
        """Interrupt what runs inside, with ClientGoneError, when the client leaves."""
        task = asyncio.current_task()
        assert task is not None
        gone = False
        watcher: asyncio.Task[None] | None = None

        async def watch() -> None:
            nonlocal gone
            while (await self._receive())["type"] != "http.disconnect":
                pass
            gone = True
            task.cancel()

        def start() -> None:
            nonlocal watcher
            watcher = asyncio.get_running_loop().create_task(watch())

        # Most answers are there before it would be worth it.
        timer = asyncio.get_running_loop().call_later(_WATCH_AFTER, start)
        try:
            yield
        except asyncio.CancelledError:
            if not gone:
                raise
            task.uncancel()
            raise ClientGoneError from None
        finally:
            timer.cancel()
            if watcher is not None:
                watcher.cancel()

    async def respond(self, status: int, headers: Headers, body: bytes = b"") -> None:
        """Send a whole response."""
        await self.start(status, [*headers, (b"content-length", str(len(body)).encode())])
        await self.send({"type": "http.response.body", "body": b"" if self.method == "HEAD" else body})

    async def repeat(self, entry: Entry, tags: tuple[str, ...]) -> None:
        """Send a response that was kept, or 304 where the client has it."""
        self.notes["cached"] = True
        if entry.etag and entry.etag in tags:
            await self.start(304, [header for header in entry.headers if header[0] not in _OF_A_BODY])
            await self.send({"type": "http.response.body", "body": b""})
        else:
            await self.respond(200, entry.headers, entry.body)

    async def start(self, status: int, headers: Headers) -> None:
        """Send the head of a response."""
        await self.send({"type": "http.response.start", "status": status, "headers": headers})

    async def part(self, body: bytes) -> None:
        """Send a part of a response; raise ClientGoneError where the client takes none for long."""
        try:
            async with asyncio.timeout(SEND_SECONDS):
                await self.send({"type": "http.response.body", "body": body, "more_body": True})
        except TimeoutError:
            raise ClientGoneError from None

    async def send(self, message: MutableMapping[str, Any]) -> None:
        """Send an ASGI message, and note what it says for the log."""
        if message["type"] == "http.response.start":
            self.status = message["status"]
        else:
            self.sent_bytes += len(message.get("body", b""))
        await self._send(message)

    async def receive(self) -> MutableMapping[str, Any]:
        """Give the next application the request from its beginning, although its body may have been read."""
        if self._body is None:
            return await self._receive()
        body, self._body = self._body, None
        return {"type": "http.request", "body": body, "more_body": False}


def _headers(lines: Headers) -> dict[str, str]:
    """Return header fields by name; several lines of one name are one list (RFC 9110, section 5.3)."""
    found: dict[str, str] = {}
    for raw, value in lines:
        name, text = raw.decode("latin-1"), value.decode("latin-1")
        found[name] = f"{found[name]}, {text}" if name in found else text
    return found


@lru_cache(maxsize=10_000)
def client_of(address: str) -> str:
    """Return what stands for one client: its IPv4 address, or the /56 network that one IPv6 subscriber has whole."""
    try:
        parsed = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if isinstance(parsed, ipaddress.IPv6Address):
        if parsed.ipv4_mapped:
            return str(parsed.ipv4_mapped)
        return str(ipaddress.ip_network((parsed, 56), strict=False))
    return address
