"""The pool as an `Engine` for threads: what Flask's pages ask through, under the same limits as everybody else."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Coroutine, Iterator
from contextvars import ContextVar
from typing import Any, TypeVar

from lodeclaim.endpoint.engines.engine import (
    PREVIEWS,
    Answer,
    Preview,
    Query,
    QueryRequest,
    Table,
    check_select,
)
from lodeclaim.endpoint.engines.fulltext import Hits
from lodeclaim.endpoint.pool import pool, wire
from lodeclaim.endpoint.sparql.formats import Format
from lodeclaim.endpoint.sparql.guard import Form

CLIENT: ContextVar[str] = ContextVar("client", default="")
"""On whose behalf a thread asks."""

_ALL = 1 << 62
_T = TypeVar("_T")


class BlockingEngine:
    """Asks a pool that lives in another thread's event loop. See `Engine`; raises BusyError besides."""

    def __init__(self, asked: pool.Pool, loop: asyncio.AbstractEventLoop) -> None:
        self._pool = asked
        self._loop = loop

    def query(self, query: Query, format: Format) -> Answer:
        """See `Engine.query`; the body comes part by part, and is to be read or closed."""
        return self._answer(*self._send(self._job(query, {query.outline.form: format.media_type})))

    def select(self, query: Query, first: int | None = None) -> Table:
        """See `Engine.select`."""
        check_select(query)
        _, body = self._send(self._job(query, {}, _ALL if first is None else first))
        return wire.table_from(b"".join(body))

    def preview(self, request: QueryRequest, first: int) -> Preview:
        """See `Engine.preview`."""
        formats: dict[str, str] = {form: format.media_type for form, format in PREVIEWS.items()}
        head, body = self._send(self._job(request, formats, first))
        form = Form(head.form)
        beginning = wire.table_from(b"".join(body)) if form is Form.SELECT else self._answer(head, body)
        return Preview(form, beginning, tuple(head.hints))

    def search(self, words: str, first: int) -> Hits:
        """See `Engine.search`."""
        job = wire.Job(words, {}, seconds=self._pool.limits.seconds, first=first, is_search=True)
        _, body = self._send(job)
        return wire.hits_from(b"".join(body))

    def _send(self, job: wire.Job) -> tuple[wire.Head, Body]:
        answer = _result(self._pool.ask(job, CLIENT.get()), self._loop)
        return answer.head, Body(answer, self._loop)

    @staticmethod
    def _answer(head: wire.Head, body: Body) -> Answer:
        return Answer(head.content_type, (b"".join(body),) if head.whole else body)

    def _job(self, request: QueryRequest, formats: dict[str, str], first: int | None = None) -> wire.Job:
        return wire.Job(
            request.text,
            formats,
            request.default_graphs,
            request.named_graphs,
            request.union_default_graph,
            request.prefixes,
            request.bindings,
            seconds=self._pool.limits.seconds,
            first=first,
        )


class Body:
    """The parts of an answer, to be closed by whoever does not read them to the end; called from other threads.

    No generator: one that is never started, as for HEAD, does nothing when it is closed.
    """

    def __init__(self, answer: pool.PooledAnswer, loop: asyncio.AbstractEventLoop) -> None:
        self._answer = answer
        self._parts = answer.parts()
        self._loop = loop

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        part = _result(_next(self._parts), self._loop)
        if part is None:
            raise StopIteration
        return part

    def close(self) -> None:
        """Give the worker back, now or long ago."""
        self._loop.call_soon_threadsafe(self._answer.close)


def _result(coroutine: Coroutine[Any, Any, _T], loop: asyncio.AbstractEventLoop) -> _T:
    return asyncio.run_coroutine_threadsafe(coroutine, loop).result()


async def _next(parts: AsyncIterator[bytes]) -> bytes | None:
    return await anext(parts, None)
