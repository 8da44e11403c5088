"""The application that stands before Flask: queries go to the pool and the cache, everything else to the pages.

An ASGI application, since only an event loop can wait for many workers, notice that a client has left, and break a
response off so that it shows.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Iterable

from werkzeug.exceptions import BadRequest, HTTPException, MethodNotAllowed, NotFound

from lodeclaim.endpoint.errors import LodeclaimError
from lodeclaim.endpoint.pool import wire
from lodeclaim.endpoint.pool.pool import Answer, Pool
from lodeclaim.endpoint.sparql.formats import GRAPHS, Format
from lodeclaim.endpoint.web import problems, protocol, store
from lodeclaim.endpoint.web.cache import Cache, Entry, key_of
from lodeclaim.endpoint.web.exchange import ClientGoneError, Exchange, Headers, Receive, Scope, Send
from lodeclaim.endpoint.web.health import Health
from lodeclaim.endpoint.web.negotiation import choose
from lodeclaim.endpoint.web.settings import Settings
from lodeclaim.endpoint.web.threads import Pages

RUNNING = "/running/"
METRICS_TYPE = "text/plain; version=0.0.4; charset=utf-8"

GONE = 499  # what the log says where nobody was left to answer; never sent


class BrokenOffError(Exception):
    """A response failed after its beginning was sent: the server must close the connection, so that it shows."""


class Gateway:
    """Answers `/sparql`, `/store` and `/running`, and hands all else on."""

    def __init__(
        self,
        pool: Pool,
        pages: Pages,
        settings: Settings,
        describe: Callable[[Format], bytes],
        metrics: Callable[[], bytes],
        health: Health,
        done: Callable[[Exchange], object],
    ) -> None:
        self.cache = Cache(settings.cache_bytes)
        self._pool = pool
        self._pages = pages
        self._settings = settings
        self._describe = describe
        self._metrics = metrics
        self._health = health
        self._done = done
        self._max_body = 3 * settings.limits.text.max_bytes + settings.max_url_bytes
        self._version = ""
        limits = settings.limits
        announced = (
            f"seconds={limits.seconds:g}, rows={limits.rows}, result-bytes={limits.result_bytes}, "
            f"query-bytes={limits.text.max_bytes}, memory-bytes={limits.memory_bytes}"
        )
        self._common: Headers = _bytes(
            {
                "vary": "Accept, Accept-Encoding",
                "access-control-allow-origin": "*",
                "access-control-allow-methods": ", ".join(protocol.METHODS),
                "access-control-allow-headers": "Accept, Content-Type, If-None-Match, Query-Id",
                "access-control-expose-headers": "ETag, Query-Id, Query-Limits, Query-Hint, Retry-After",
                "query-limits": announced,
                "x-content-type-options": "nosniff",
                "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
            }.items()
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request (ASGI 3.0)."""
        if scope["type"] != "http":
            return
        exchange = Exchange(scope, receive, send)
        try:
            await self._route(exchange)
        except ClientGoneError:
            exchange.status = GONE
        except (LodeclaimError, HTTPException) as error:
            exchange.notes["problem"] = getattr(error, "kind", type(error).__name__)
            if exchange.status:
                raise BrokenOffError from error
            await self._refuse(exchange, error)
        finally:
            self._done(exchange)

    async def _route(self, exchange: Exchange) -> None:
        path = exchange.path
        if path == protocol.PATH:
            await self._sparql(exchange)
        elif path == store.PATH or path.startswith(store.PATH + "/"):
            await self._store(exchange)
        elif path.startswith(RUNNING):
            await self._cancel(exchange)
        elif path == "/health":
            await self._tell_health(exchange)
        elif path == "/metrics":
            if not await self._only(exchange, ("GET", "HEAD", "OPTIONS")):
                await exchange.respond(200, self._headers(METRICS_TYPE), self._metrics())
        else:
            await self._pages.answer(exchange)

    async def _sparql(self, exchange: Exchange) -> None:
        if await self._only(exchange, protocol.METHODS):
            return
        received = await exchange.received(self._max_body)
        accept = received.headers.get("accept")
        gzip = protocol.takes_gzip(received.headers.get("accept-encoding", ""))
        kind = (exchange.method == "POST", *map(received.headers.get, ("content-type", "content-encoding")))
        key = key_of(received.query_string, received.body, *kind, accept, gzip)
        if (entry := self._cached(key)) is not None:
            await exchange.repeat(entry, protocol.tags(received.headers))
            return
        found = protocol.parameters(received, self._settings.max_url_bytes)
        if protocol.wants_page(accept, found.get("format")):
            await self._pages.answer(exchange)
        elif exchange.method != "POST" and not protocol.has_operation(found):
            format = choose(GRAPHS, accept, found.get("format"))
            await exchange.respond(200, self._headers(format.content_type), self._describe(format))
        else:
            exchange.query_id = _query_id(exchange)
            job = protocol.job(found, received, self._settings.limits, self._settings.union_default_graph)
            exchange.notes["query"] = job.text
            await self._answer(exchange, job, key)

    async def _store(self, exchange: Exchange) -> None:
        if await self._only(exchange, store.METHODS):
            return
        received = await exchange.received(self._max_body)
        found = protocol.parameters(received, self._settings.max_url_bytes)
        exchange.query_id = _query_id(exchange)
        iri = store.graph(exchange.path, found, self._settings.public_url or "")
        job = store.content(
            iri, received, found.get("format"), self._settings.limits, self._settings.union_default_graph
        )
        if iri is not None and not await self._exists(exchange, job):
            raise NotFound(f"Graph <{iri}>: there is none of this name. GET {protocol.PATH} lists the graphs.")
        await self._answer(exchange, job, None)

    async def _exists(self, exchange: Exchange, job: wire.Job) -> bool:
        async with exchange.watched():
            answer = await self._pool.ask(store.existence(job), exchange.client, exchange.query_id)
        try:
            return b"true" in b"".join([part async for part in answer.parts()])
        finally:
            answer.close()

    async def _cancel(self, exchange: Exchange) -> None:
        if await self._only(exchange, ("DELETE", "OPTIONS")):
            return
        if not self._pool.cancel(exchange.path.removeprefix(RUNNING)):
            raise NotFound("Query: none of this id runs or waits. It may have ended.")
        await exchange.respond(204, self._common)

    async def _tell_health(self, exchange: Exchange) -> None:
        if await self._only(exchange, ("GET", "HEAD", "OPTIONS")):
            return
        state = await self._health.state()
        status = 200 if state["status"] == "ok" else 503
        await exchange.respond(status, self._headers("application/json"), json.dumps(state).encode())

    async def _only(self, exchange: Exchange, methods: tuple[str, ...]) -> bool:
        """Return whether the request was answered by naming its methods; raise 405 for any other than those."""
        if exchange.method not in methods:
            raise MethodNotAllowed(methods, f"{exchange.method}: not here. Use {', '.join(methods)}.")
        if exchange.method == "OPTIONS":
            await exchange.respond(200, [*self._common, (b"allow", ", ".join(methods).encode())])
            return True
        return False

    async def _answer(self, exchange: Exchange, job: wire.Job, key: bytes | None) -> None:
        async with exchange.watched():
            answer = await self._pool.ask(job, exchange.client, exchange.query_id)
            try:
                await self._send(exchange, job, answer, key)
            finally:
                answer.close()

    async def _send(self, exchange: Exchange, job: wire.Job, answer: Answer, key: bytes | None) -> None:
        head = answer.head
        headers = self._headers(head.content_type, head.etag, job.gzip and not head.not_modified)
        headers += [(b"query-hint", hint.encode("ascii", "backslashreplace")) for hint in head.hints]
        fresh = [*headers, (b"query-id", answer.query_id.encode())]
        if head.not_modified:
            await exchange.start(304, [header for header in fresh if header[0] != b"content-type"])
            await exchange.send({"type": "http.response.body", "body": b""})
        elif head.whole:
            body = b"".join([part async for part in answer.parts()])
            if head.etag is not None and key is not None and answer.version == self._version:
                self.cache.put(key, Entry(headers, body, head.etag))
            await exchange.respond(200, fresh, body)
        elif exchange.method == "HEAD":
            await exchange.start(200, fresh)
            await exchange.send({"type": "http.response.body", "body": b""})
        else:
            await exchange.start(200, fresh)
            async for part in answer.parts():
                await exchange.part(part)
            await exchange.send({"type": "http.response.body", "body": b""})

    def _cached(self, key: bytes) -> Entry | None:
        if self._version != self._pool.version:
            self.cache.clear()
            self._version = self._pool.version
        return self.cache.get(key)

    async def _refuse(self, exchange: Exchange, error: LodeclaimError | HTTPException) -> None:
        problem = problems.of(error)
        headers = self._headers(problems.MEDIA_TYPE)
        if exchange.query_id is not None:
            headers.append((b"query-id", exchange.query_id.encode()))
        await exchange.respond(problem.status, [*headers, *_bytes(problem.headers.items())], problem.body())

    def _headers(self, content_type: str, etag: str | None = None, gzip: bool = False) -> Headers:
        headers = [(b"content-type", content_type.encode()), *self._common]
        if etag is None:
            return [*headers, (b"cache-control", b"no-store")]
        headers += [(b"etag", etag.encode()), (b"cache-control", b"public, no-cache")]
        return [*headers, (b"content-encoding", b"gzip")] if gzip else headers


def _query_id(exchange: Exchange) -> str:
    """Return the id that a client gave its query, or one that nobody can guess; raise BadRequest for a bad one."""
    given = exchange.headers.get("query-id")
    if given is None:
        return secrets.token_urlsafe(18)
    if not protocol.QUERY_ID.fullmatch(given):
        raise BadRequest("Header `Query-Id`: not 20 to 64 letters, digits, `-` or `_`. Send a random one.")
    return given


def _bytes(headers: Iterable[tuple[str, str]]) -> Headers:
    # What comes from a request must not be able to begin another header.
    return [
        (name.lower().encode(), value.encode("latin-1", "replace").translate(None, b"\r\n"))
        for name, value in headers
    ]
