"""The pool as an `Engine` for threads: what Flask's pages ask through, under the same limits as everybody else."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Coroutine, Iterator
from contextvars import ContextVar
from typing import Any, TypeVar

from lodeclaim.endpoint.engines.engine import Answer, Query, Table
from lodeclaim.endpoint.pool import pool, wire
from lodeclaim.endpoint.sparql.formats import Format

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
        answer = self._wait(
            self._pool.ask(self._job(query, {str(query.outline.form): format.media_type}), CLIENT.get())
        )
        body = Body(answer, self._loop)
        return Answer(answer.head.content_type, (b"".join(body),) if answer.head.whole else body)

    def select(self, query: Query, first: int | None = None) -> Table:
        """See `Engine.select`."""
        job = self._job(query, {}, _ALL if first is None else first)
        answer = self._wait(self._pool.ask(job, CLIENT.get()))
        return wire.table_from(b"".join(Body(answer, self._loop)))

    def _job(self, query: Query, formats: dict[str, str], first: int | None = None) -> wire.Job:
        return wire.Job(
            query.text,
            formats,
            query.default_graphs,
            query.named_graphs,
            query.union_default_graph,
            query.prefixes,
            query.bindings,
            seconds=self._pool.limits.seconds,
            first=first,
        )

    def _wait(self, coroutine: Coroutine[Any, Any, _T]) -> _T:
        return _result(coroutine, self._loop)


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
