"""The service of one process for whoever answers in threads: started when it is first asked, in a loop of its own.

A pool lives in one event loop and belongs to one process. A server that forks after the application was made
(gunicorn with --preload) gives each process one of its own; what a process inherits it closes, so that the pool ends
with the process that it belongs to.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import sys
import threading
import weakref
from collections.abc import Coroutine, Iterator
from concurrent.futures import Future
from time import monotonic
from typing import Any, TypeVar

from lodeclaim.endpoint.engines.dataset import Source
from lodeclaim.endpoint.engines.engine import Answer, Preview, Query, QueryRequest, Table
from lodeclaim.endpoint.engines.fulltext import Hits
from lodeclaim.endpoint.errors import LodeclaimError, SourceError
from lodeclaim.endpoint.pool import wire
from lodeclaim.endpoint.pool.blocking import Body
from lodeclaim.endpoint.pool.limits import Capacity
from lodeclaim.endpoint.sparql.formats import Format
from lodeclaim.endpoint.web.description import Description
from lodeclaim.endpoint.web.observe import Metrics
from lodeclaim.endpoint.web.pages.downloads import Conversions
from lodeclaim.endpoint.web.running import Running, running
from lodeclaim.endpoint.web.settings import Settings

RETRY_SECONDS = 5.0
"""For how long a source that could not be loaded is not tried again."""

_T = TypeVar("_T")


class Backend:
    """Answers in the name of a process. See `Engine`; the first to ask waits until the source is loaded."""

    def __init__(
        self, source: Source, settings: Settings, capacity: Capacity, private_services: bool = False
    ) -> None:
        self._arguments = (source, settings, capacity, private_services)
        self._lock = threading.Lock()
        self._thread: _Thread | None = None
        self._failure = (0.0, "")
        _backends.add(self)

    @property
    def running(self) -> Running:
        """The service of this process; raises UsageError or SourceError where its source cannot be loaded."""
        return self._started().running

    @property
    def metrics(self) -> Metrics | None:
        """The counters of this process, and None where nothing runs in it."""
        return self._thread.running.metrics if self._thread else None

    @property
    def description(self) -> Description:
        """What the dataset says of itself."""
        return self.running.served.description

    @property
    def files(self) -> Conversions | None:
        """The files of what is served."""
        return self.running.served.now.files

    def query(self, query: Query, format: Format) -> Answer:
        """See `Engine.query`."""
        return self.running.engine.query(query, format)

    def select(self, query: Query, first: int | None = None) -> Table:
        """See `Engine.select`."""
        return self.running.engine.select(query, first)

    def preview(self, request: QueryRequest, first: int) -> Preview:
        """See `Engine.preview`."""
        return self.running.engine.preview(request, first)

    def search(self, words: str, first: int) -> Hits:
        """See `Engine.search`."""
        return self.running.engine.search(words, first)

    @contextlib.contextmanager
    def asked(self, job: wire.Job, client: str, query_id: str) -> Iterator[tuple[wire.Head, Body]]:
        """Give the head of an answer and its body, which is to be read in the block; raises as `Pool.ask`."""
        head, body = self.ask(job, client, query_id)
        try:
            yield head, body
        finally:
            body.close()

    def ask(self, job: wire.Job, client: str, query_id: str) -> tuple[wire.Head, Body]:
        """Return the head of an answer and its body, which is to be closed; raises as `Pool.ask`."""
        thread = self._started()
        answer = thread.wait(thread.running.pool.ask(job, client, query_id))
        return answer.head, Body(answer, thread.loop)

    def cancel(self, query_id: str) -> bool:
        """See `Pool.cancel`."""
        thread = self._started()

        async def cancel() -> bool:
            return thread.running.pool.cancel(query_id)

        return thread.wait(cancel())

    def state(self) -> dict[str, str | list[str]]:
        """See `Health.state`."""
        thread = self._started()
        return thread.wait(thread.running.health.state())

    def close(self) -> None:
        """End what runs in this process; the next question starts it anew."""
        with self._lock:
            thread, self._thread = self._thread, None
        if thread is not None:
            thread.close()

    def _started(self) -> _Thread:
        with self._lock:
            if self._thread is None:
                since, found = self._failure
                if found and monotonic() - since < RETRY_SECONDS:
                    raise SourceError(str(self._arguments[0]), found, "See the log of the server")
                try:
                    self._thread = _Thread(*self._arguments)
                except (LodeclaimError, OSError) as error:
                    _say(str(error))
                    self._failure = monotonic(), str(error)
                    raise
            return self._thread

    def forget(self) -> None:
        """In a process just forked: let go of what belongs to the other one."""
        thread, self._thread, self._lock = self._thread, None, threading.Lock()
        if thread is not None:
            _inherited.append(thread)


class _Thread:
    """A thread with an event loop in which the service runs."""

    def __init__(self, source: Source, settings: Settings, capacity: Capacity, private_services: bool) -> None:
        started: Future[Running] = Future()
        self._ended = asyncio.Event()

        async def serve() -> None:
            self.loop = asyncio.get_running_loop()
            async with running(source, settings, capacity, private_services, _say, str(os.getpid())) as service:
                watching = self.loop.create_task(service.served.watch())
                started.set_result(service)
                await self._ended.wait()
                watching.cancel()

        def run() -> None:
            try:
                asyncio.run(serve())
            except BaseException as error:
                if started.done():
                    raise
                started.set_exception(error)

        self._thread = threading.Thread(target=run, name="lodeclaim", daemon=True)
        self._thread.start()
        self.running = started.result()

    def wait(self, coroutine: Coroutine[Any, Any, _T]) -> _T:
        """Return what a coroutine returns in the loop."""
        return asyncio.run_coroutine_threadsafe(coroutine, self.loop).result()

    def close(self) -> None:
        """End the loop, and wait until it has ended."""
        self.loop.call_soon_threadsafe(self._ended.set)
        self._thread.join()


def _say(words: str) -> None:
    print(f"lodeclaim: {words}", file=sys.stderr, flush=True)


_backends: weakref.WeakSet[Backend] = weakref.WeakSet()
_inherited: list[_Thread] = []
"""What other processes go on with: kept, so that nothing of it is ended from here."""


def _forget() -> None:
    for backend in list(_backends):
        backend.forget()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget)
