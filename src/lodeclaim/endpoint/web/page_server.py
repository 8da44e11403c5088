"""Between the gateway and Flask: threads are lent to clients in turn, and pages kept as long as the data stays.

A thread is lent when the whole request is there, and is back before the client reads: whoever sends or reads slowly
has none meanwhile. Only an answer that is longer than may be held is sent while it is made.
"""

from __future__ import annotations

import asyncio
import gzip
import re
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from pathlib import Path
from typing import IO, Any
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from werkzeug.exceptions import ServiceUnavailable

from lodeclaim.endpoint.pool.admission import Admission
from lodeclaim.endpoint.pool.blocking import CLIENT
from lodeclaim.endpoint.pool.limits import Capacity
from lodeclaim.endpoint.web.cache import Cache, Entry, key_of
from lodeclaim.endpoint.web.exchange import ClientGoneError, Exchange, Receive, Scope, Send
from lodeclaim.endpoint.web.protocol import PATH, Headers, tags, takes_gzip

THREADS = 16

_ANEW = ("/sparql", "/api/", "/download/", "/static/")
"""Where each request is answered anew: queries, whose answers are kept elsewhere, and files."""

_TEXT = (b"text/", b"application/json", b"application/ld+json", b"application/rdf+xml", b"application/n-")
_WORTH_COMPRESSING = 1_000

_HELD_BYTES = 4 << 20
"""The length up to which a response is held until its thread is back."""

_PART_BYTES = 1 << 17

_FILE = "lodeclaim.file"
"""Where in the scope the file is that is to be sent."""


def handing_on(app: WSGIApplication, errors: IO[str]) -> WSGIApplication:
    """Return Flask's application as `Pages` takes it: it logs to `errors`, and files are left for the event loop.

    The application must be configured to name a file (USE_X_SENDFILE) instead of reading it.
    """

    def answering(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        environ["wsgi.errors"] = errors
        environ["REQUEST_URI"] = environ["asgi.scope"]["raw_path"].decode("latin-1")

        def start(status: str, headers: list[tuple[str, str]], *failure: Any) -> Callable[[bytes], object]:  # noqa: ANN401
            named = [value for name, value in headers if name.lower() == "x-sendfile"]
            if named:
                try:
                    environ["asgi.scope"][_FILE] = Path(named[0]).open("rb")  # noqa: SIM115 - see close
                except OSError as error:
                    raise ServiceUnavailable("File: it was replaced just now. Ask again.") from error
            kept = [header for header in headers if header[0].lower() != "x-sendfile"]
            return start_response(status, kept, *failure)

        return app(environ, start)

    return answering


class Pages:
    """Answers with what the pages' application says, or said before."""

    def __init__(
        self,
        app: Callable[[Scope, Receive, Send], Awaitable[None]],
        max_bytes: int,
        max_body: int,
        version: Callable[[], str],
    ) -> None:
        self._app = app
        self._cache = Cache(max_bytes)
        self._max_body = max_body
        self._version = version
        self._threads: Admission[int] = Admission(Capacity(workers=THREADS, per_client=THREADS // 4))
        for number in range(THREADS):
            self._threads.add(number)

    async def answer(self, exchange: Exchange) -> None:
        """Answer a request; raise BusyError where no thread becomes free for this client.

        Raises 413 and 408 besides, for a body that is too long or does not come.
        """
        await exchange.received(self._max_body)
        zipped = takes_gzip(exchange.headers.get("accept-encoding", ""))
        version, key = self._version(), None
        if exchange.method in {"GET", "HEAD"} and not exchange.path.startswith(_ANEW):
            sent = exchange.scope["raw_path"], exchange.scope["query_string"]
            asked = (*sent, exchange.headers.get("accept"), zipped)
            key = key_of(version, *asked)
            if (entry := self._cache.get(key)) is not None:
                await exchange.repeat(entry, tags(exchange.headers))
                return
        # A query's page is made anew each time, and still worth compressing.
        response = _Response(exchange, zipped and (key is not None or exchange.path == PATH))
        try:
            await self._make(exchange, response)
            await response.finish()
        finally:
            response.close()
        if key is not None and (made := response.entry()) is not None and version == self._version():
            self._cache.put(key, made)

    async def _make(self, exchange: Exchange, response: _Response) -> None:
        thread = await self._threads.borrow(exchange.client)
        try:
            CLIENT.set(exchange.client)
            await self._app(response.scope, exchange.receive, response.take)
        finally:
            self._threads.add(thread)
            self._threads.finish(exchange.client)


class _Response:
    """A response of the application, held until that has ended where it is short enough, else sent part by part."""

    def __init__(self, exchange: Exchange, zipped: bool) -> None:
        # The head of an answer to HEAD is that of GET, and only known with the body.
        method = "GET" if exchange.method == "HEAD" else exchange.method
        self.scope: Scope = {**exchange.scope, "method": method}
        self._exchange = exchange
        self._zipped = zipped
        self._status = 0
        self._headers: Headers = []
        self._body = bytearray()
        self._passing = False
        self._gone = False

    async def take(self, message: MutableMapping[str, Any]) -> None:
        """Take one message of the application."""
        if message["type"] == "http.response.start":
            self._status, self._headers = message["status"], message["headers"]
            return
        self._body += message.get("body", b"")
        if len(self._body) > (_PART_BYTES if self._passing else _HELD_BYTES):
            if not self._passing:
                self._passing = True
                await self._exchange.start(self._status, self._headers)
            await self._pass_on()

    async def _pass_on(self) -> None:
        """Send what is held, unless nobody takes it: the application is not told, since it would wait for ever."""
        try:
            if not self._gone:
                await self._send(bytes(self._body))
        except ClientGoneError:
            self._gone = True
        self._body.clear()

    async def finish(self) -> None:
        """Send what is left to send; raise ClientGoneError where nobody takes it."""
        if self._passing:
            await self._pass_on()
            if self._gone:
                raise ClientGoneError
        elif (file := self._file) is not None:
            await self._exchange.start(self._status, self._headers)
            if self._exchange.method != "HEAD":
                await self._send_file(file)
        else:
            await self._compress()
            await self._exchange.start(self._status, self._headers)
            await self._send(bytes(self._body))
        await self._exchange.send({"type": "http.response.body", "body": b""})

    async def _send(self, body: bytes) -> None:
        if self._exchange.method != "HEAD":
            for start in range(0, len(body), _PART_BYTES):
                await self._exchange.part(body[start : start + _PART_BYTES])

    async def _send_file(self, file: IO[bytes]) -> None:
        """Send a file, or the range of it that the head tells of."""
        found = {name: value.decode("latin-1") for name, value in self._headers}
        left = int(found[b"content-length"])
        if told := re.match(r"bytes (\d+)-", found.get(b"content-range", "")):
            file.seek(int(told[1]))
        while left and (part := await asyncio.to_thread(file.read, min(left, _PART_BYTES))):
            left -= len(part)
            await self._exchange.part(part)
        if left:
            raise ClientGoneError  # the file is shorter than it was: that must show

    @property
    def _file(self) -> IO[bytes] | None:
        file: IO[bytes] | None = self.scope.get(_FILE)
        return file

    def close(self) -> None:
        """Close the file, if there is one."""
        if self._file is not None:
            self._file.close()

    def entry(self) -> Entry | None:
        """Return what may be kept: a whole response with status 200 that does not forbid it."""
        if self._passing or self._status != 200 or self._file is not None:
            return None
        found = dict(self._headers)
        if b"no-store" in found.get(b"cache-control", b""):
            return None
        kept = [header for header in self._headers if header[0] not in {b"content-length", b"date"}]
        return Entry(kept, bytes(self._body), found.get(b"etag", b"").decode("latin-1"))

    async def _compress(self) -> None:
        found = dict(self._headers)
        if self._status != 200 or not self._zipped or len(self._body) < _WORTH_COMPRESSING:
            return
        if b"content-encoding" in found:
            return
        if not found.get(b"content-type", b"").startswith(_TEXT):
            return
        self._body = bytearray(await asyncio.to_thread(gzip.compress, bytes(self._body), 5, mtime=0))
        changed = {b"content-length": str(len(self._body)).encode(), b"content-encoding": b"gzip"}
        if etag := found.get(b"etag"):
            changed[b"etag"] = etag[:-1] + b'-gzip"'  # another representation, so another strong tag
        vary = [found[b"vary"]] if b"vary" in found else []
        changed[b"vary"] = b", ".join([*vary, b"Accept-Encoding"])
        self._headers = [*(item for item in self._headers if item[0] not in changed), *changed.items()]
