"""Between the gateway and Flask: threads are lent to clients in turn, and pages kept as long as the data stays."""

from __future__ import annotations

import asyncio
import gzip
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, cast

from lodeclaim.query.admission import Admission
from lodeclaim.query.blocking import CLIENT
from lodeclaim.query.limits import Capacity
from lodeclaim.web.cache import Cache, Entry
from lodeclaim.web.exchange import Exchange, Headers, Receive, Scope, Send
from lodeclaim.web.protocol import PATH, tags, takes_gzip

THREADS = 16

_KEPT = ("/id/", "/graph/", "/ontology", "/queries", "/list", "/openapi.json", "/.well-known/")
"""Where the same request is answered alike as long as the data stays; the answers to queries are kept elsewhere."""

_TEXT = (b"text/", b"application/json", b"application/ld+json", b"application/rdf+xml", b"application/n-")
_WORTH_COMPRESSING = 1_000


class Pages:
    """Answers with what the pages' application says, or said before."""

    def __init__(
        self, app: Callable[[Scope, Receive, Send], Awaitable[None]], max_bytes: int, version: Callable[[], str]
    ) -> None:
        self._app = app
        self._cache = Cache(max_bytes)
        self._version = version
        self._threads: Admission[int] = Admission(Capacity(workers=THREADS, per_client=THREADS // 4))
        for number in range(THREADS):
            self._threads.add(number)

    async def answer(self, exchange: Exchange) -> None:
        """Answer a request; raise BusyError where no thread becomes free for this client."""
        zipped = takes_gzip(exchange.headers.get("accept-encoding", ""))
        key = None
        if exchange.method in {"GET", "HEAD"} and (exchange.path == "/" or exchange.path.startswith(_KEPT)):
            query = exchange.scope["query_string"]
            key = (self._version(), exchange.path, query, exchange.headers.get("accept"), zipped)
            if (entry := self._cache.get(key)) is not None:
                await exchange.repeat(entry, tags(exchange.headers))
                return
        thread = await self._threads.borrow(exchange.client)
        try:
            CLIENT.set(exchange.client)
            # A query's page is made anew each time, and still worth compressing.
            held = key is not None or exchange.path == PATH
            scope, send = exchange.scope, cast(Send, exchange.send)
            if held and exchange.method == "HEAD":
                # The length of a page that is compressed is known when it has been made.
                scope, send = {**scope, "method": "GET"}, _without_body(send)
            response = _Response(send, zipped, self._cache.room if held else None)
            await self._app(scope, exchange.receive, response.send)
        finally:
            self._threads.add(thread)
            self._threads.finish(exchange.client)
        if key is not None and (made := response.entry()) is not None and key[0] == self._version():
            self._cache.put(key, made, len(exchange.path) + len(query))


def _without_body(send: Send) -> Send:
    """Return what sends the head of a response to GET, and nothing of its body."""

    async def send_head(message: MutableMapping[str, Any]) -> None:
        await send({**message, "body": b""} if "body" in message else message)

    return send_head


class _Response:
    """Passes a response on, whole and compressed if it is short enough to be held, part by part if not."""

    def __init__(self, send: Send, zipped: bool, room: int | None) -> None:
        self._send = send
        self._zipped = zipped
        self._room = room
        self._start: MutableMapping[str, Any] | None = None
        self._body = bytearray()
        self._whole = False

    async def send(self, message: MutableMapping[str, Any]) -> None:
        """Take one message of the application."""
        if message["type"] == "http.response.start":
            self._start = message
            if self._room is None or message["status"] != 200:
                self._room = None
                await self._send(message)
            return
        if self._room is None:
            await self._send(message)
            return
        self._body += message.get("body", b"")
        if len(self._body) > self._room:
            self._room = None
            await self._send(self._started)
            await self._send({**message, "body": bytes(self._body)})
        elif not message.get("more_body"):
            self._whole = True
            await self._compress()
            await self._send(self._started)
            await self._send({"type": "http.response.body", "body": bytes(self._body)})

    def entry(self) -> Entry | None:
        """Return what may be kept: a whole response with status 200 that does not forbid it."""
        if not self._whole:
            return None
        headers: Headers = self._started["headers"]
        found = dict(headers)
        if b"no-store" in found.get(b"cache-control", b""):
            return None
        kept = [header for header in headers if header[0] not in {b"content-length", b"date"}]
        return Entry(kept, bytes(self._body), found.get(b"etag", b"").decode("latin-1"))

    @property
    def _started(self) -> MutableMapping[str, Any]:
        assert self._start is not None, "a body without a head"
        return self._start

    async def _compress(self) -> None:
        headers: Headers = self._started["headers"]
        found = dict(headers)
        if not self._zipped or len(self._body) < _WORTH_COMPRESSING or b"content-encoding" in found:
            return
        if not found.get(b"content-type", b"").startswith(_TEXT):
            return
        self._body = bytearray(await asyncio.to_thread(gzip.compress, bytes(self._body), 5, mtime=0))
        changed = {b"content-length": str(len(self._body)).encode(), b"content-encoding": b"gzip"}
        if etag := found.get(b"etag"):
            changed[b"etag"] = etag[:-1] + b'-gzip"'  # another representation, so another strong tag
        vary = [found[b"vary"]] if b"vary" in found else []
        changed[b"vary"] = b", ".join([*vary, b"Accept-Encoding"])
        self._started["headers"] = [*(item for item in headers if item[0] not in changed), *changed.items()]
