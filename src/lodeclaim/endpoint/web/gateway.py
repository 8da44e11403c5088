"""The application that stands before Flask: queries go to the pool and the cache, everything else to the pages.

An ASGI application, since only an event loop can wait for many workers, notice that a client has left, and break a
response off so that it shows.
"""

from __future__ import annotations

from collections.abc import Callable

from werkzeug.exceptions import HTTPException

from lodeclaim.endpoint.errors import LodeclaimError
from lodeclaim.endpoint.pool import wire
from lodeclaim.endpoint.pool.pool import Pool, PooledAnswer
from lodeclaim.endpoint.web import operations, protocol
from lodeclaim.endpoint.web.cache import Cache, Entry, key_of
from lodeclaim.endpoint.web.exchange import ClientGoneError, Exchange, Receive, Room, Scope, Send
from lodeclaim.endpoint.web.health import Health
from lodeclaim.endpoint.web.operations import Inquiry, Operation, Operations, Reply
from lodeclaim.endpoint.web.page_server import Pages

GONE = 499  # what the log says where nobody was left to answer; never sent


class BrokenOffError(Exception):
    """A response failed after its beginning was sent: the server must close the connection, so that it shows."""


class Gateway:
    """Answers what `operations` knows, and hands all else on."""

    def __init__(
        self,
        pool: Pool,
        pages: Pages,
        rules: Operations,
        cache_bytes: int,
        metrics: Callable[[], bytes],
        health: Health,
        done: Callable[[Exchange], object],
    ) -> None:
        self.cache = Cache(cache_bytes)
        self._pool = pool
        self._pages = pages
        self._rules = rules
        self._metrics = metrics
        self._health = health
        self._done = done
        self._version = ""
        self._room = Room()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request (ASGI 3.0)."""
        if scope["type"] != "http":
            return
        exchange = Exchange(scope, receive, send, self._room)
        try:
            await self._route(exchange)
        except ClientGoneError:
            exchange.status = GONE
        except (LodeclaimError, HTTPException) as error:
            exchange.notes["problem"] = getattr(error, "kind", type(error).__name__)
            if exchange.status:
                raise BrokenOffError from error
            await self._reply(exchange, self._rules.refusal(error, exchange.query_id))
        finally:
            exchange.close()
            self._done(exchange)

    async def _route(self, exchange: Exchange) -> None:
        exchange.path = operations.plain(exchange.path)
        operation = operations.at(exchange.path)
        if operation is None:
            await self._pages.answer(exchange)
        elif (greeting := self._rules.greeting(operation, exchange.method, exchange.headers)) is not None:
            await self._reply(exchange, greeting)
        elif operation is Operation.QUERY:
            await self._query(exchange)
        elif operation is Operation.GRAPH:
            received = await exchange.received(self._rules.max_body)
            exchange.query_id = operations.query_id(received.headers)
            await self._ask(exchange, self._rules.graph(received, exchange.path), None)
        elif operation is Operation.CANCEL:
            was_there = self._pool.cancel(exchange.path.removeprefix(operations.RUNNING))
            await self._reply(exchange, self._rules.cancelled(was_there))
        elif operation is Operation.HEALTH:
            await self._reply(exchange, self._rules.health(await self._health.state()))
        else:
            await self._reply(exchange, self._rules.metrics(self._metrics()))

    async def _query(self, exchange: Exchange) -> None:
        received = await exchange.received(self._rules.max_body)
        accept = received.headers.get("accept")
        gzip = protocol.takes_gzip(received.headers.get("accept-encoding", ""))
        kind = (exchange.method == "POST", *map(received.headers.get, ("content-type", "content-encoding")))
        key = key_of(received.query_string, received.body, *kind, accept, gzip)
        if (entry := self._cached(key)) is not None:
            await exchange.repeat(entry, protocol.tags(received.headers))
            return

        def identify() -> None:
            exchange.query_id = operations.query_id(received.headers)

        match self._rules.query(received, identify):
            case Reply() as reply:
                await self._reply(exchange, reply)
            case Inquiry() as inquiry:
                exchange.notes["query"] = inquiry.job.text
                await self._ask(exchange, inquiry, key)
            case None:
                await self._pages.answer(exchange)

    async def _ask(self, exchange: Exchange, inquiry: Inquiry, key: bytes | None) -> None:
        async with exchange.watched():
            for job in inquiry.jobs:
                answer = await self._pool.ask(job, exchange.client, exchange.query_id)
                try:
                    if job is inquiry.job:
                        await self._send(exchange, job, answer, key)
                    else:
                        inquiry.check(b"".join([part async for part in answer.parts()]))
                finally:
                    answer.close()

    async def _send(self, exchange: Exchange, job: wire.Job, answer: PooledAnswer, key: bytes | None) -> None:
        head = answer.head
        headers = self._rules.answer_headers(job, head)
        fresh = [*headers, (b"query-id", answer.query_id.encode())]
        if head.not_modified:
            await exchange.start(304, fresh)
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

    async def _reply(self, exchange: Exchange, reply: Reply) -> None:
        await exchange.respond(reply.status, reply.headers, reply.body)

    def _cached(self, key: bytes) -> Entry | None:
        if self._version != self._pool.version:
            self.cache.clear()
            self._version = self._pool.version
        return self.cache.get(key)
