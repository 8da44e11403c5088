"""What the people who run the service see: a structured access log and metrics for Prometheus."""

from __future__ import annotations

import hashlib
import io
import json
import os
import threading
from datetime import UTC, datetime
from time import monotonic
from typing import IO, Any, Protocol, TypeVar

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from lodeclaim.endpoint.pool.channels import WorkerChannel
from lodeclaim.endpoint.pool.pool import Pool
from lodeclaim.endpoint.web.exchange import Exchange
from lodeclaim.endpoint.web.settings import LogQueries

_Metric = TypeVar("_Metric", Counter, Gauge, Histogram)


class Outlet(io.TextIOBase):
    """A stream whose writer never waits for its reader: a thread writes, and what finds no room is dropped.

    How many lines were dropped is written as soon as there is room again.
    """

    def __init__(self, stream: IO[str], max_characters: int = 8 << 20) -> None:
        self._stream = stream
        self._max_characters = max_characters
        self._held: list[str] = []
        self._size = 0
        self._dropped = 0
        self._changed = threading.Condition()
        threading.Thread(target=self._run, name="outlet", daemon=True).start()

    def write(self, text: str) -> int:
        """Take a text; it is written soon, or dropped."""
        with self._changed:
            if self._size + len(text) > self._max_characters:
                self._dropped += 1
            else:
                self._held.append(text)
                self._size += len(text)
                self._changed.notify_all()
        return len(text)

    def drain(self, seconds: float) -> None:
        """Wait until all is written, but no longer than so many seconds."""
        with self._changed:
            self._changed.wait_for(lambda: not self._size, seconds)

    def _run(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._held)
                text, self._held = "".join(self._held), []
                if self._dropped:
                    text += json.dumps({"dropped": self._dropped}) + "\n"
                    self._dropped = 0
            self._write(text)
            with self._changed:
                self._size = sum(map(len, self._held))
                self._changed.notify_all()

    def _write(self, text: str) -> None:
        """Write a text past the buffers of Python, whose locks a thread that waits would keep even at the end."""
        left = text.encode("utf-8", "backslashreplace")
        try:
            while left:
                left = left[os.write(self._stream.fileno(), left) :]
        except (OSError, ValueError):  # the reader is gone, or the disk is full: there is nobody to tell
            return


class AccessLog:
    """Writes one JSON object a line and request; a query cannot break out of its string."""

    def __init__(self, stream: IO[str] | Outlet | None, queries: LogQueries) -> None:
        self._stream = stream
        self._queries = queries

    def write(self, exchange: Exchange) -> None:
        """Write what is known of an exchange that has ended."""
        if self._stream is None:
            return
        notes: dict[str, Any] = dict(exchange.notes)
        text = notes.pop("query", None)
        if text is not None and self._queries != "none":
            notes["query"] = text if self._queries == "text" else hashlib.sha256(text.encode()).hexdigest()
        line = {
            "time": datetime.now(UTC).isoformat(timespec="milliseconds"),
            "client": exchange.client,
            "method": exchange.method,
            "path": exchange.path,
            "status": exchange.status,
            "bytes": exchange.sent_bytes,
            "ms": round((monotonic() - exchange.began) * 1_000, 1),
            **notes,
        }
        # ASCII only: neither a terminal's control characters nor a line separator can be smuggled in.
        self._stream.write(json.dumps(line) + "\n")


class Answered(Protocol):
    """A request that has been answered, as far as it is counted."""

    path: str
    status: int
    began: float
    notes: dict[str, Any]


class Metrics:
    """Counters of one process, for `/metrics`; where its name is given, each carries it as the label `process`."""

    def __init__(self, pool: Pool, process: str | None = None) -> None:
        self._registry = CollectorRegistry()
        self._labels = {} if process is None else {"process": process}
        self._requests = self._made(Counter, "requests", "Requests answered", "path", "status")
        self._seconds = self._made(
            Histogram,
            "request_seconds",
            "Time from request to end of response",
            "path",
            buckets=(0.001, 0.005, 0.02, 0.1, 0.5, 1, 2, 5, 10, 30),
        )
        self._known: dict[tuple[str, int], tuple[Counter, Histogram]] = {}
        self._problems = self._made(Counter, "problems", "Requests refused or failed, by kind", "kind")
        self._hits = self._plain(self._made(Counter, "cache_hits", "Answers from the cache"))
        self._ends = self._made(Counter, "workers_ended", "Workers killed or crashed, by cause", "cause")
        running = self._plain(self._made(Gauge, "queries_running", "Queries running now"))
        running.set_function(lambda: pool.running)
        waiting = self._plain(self._made(Gauge, "queries_waiting", "Queries waiting now"))
        waiting.set_function(lambda: pool.waiting)

    def count(self, answered: Answered) -> None:
        """Count a request whose response has ended."""
        requests, seconds = self._of(_group(answered.path), answered.status)
        requests.inc()
        seconds.observe(monotonic() - answered.began)
        if "problem" in answered.notes:
            self._problems.labels(**self._labels, kind=answered.notes["problem"]).inc()
        if "cached" in answered.notes:
            self._hits.inc()

    def _of(self, path: str, status: int) -> tuple[Counter, Histogram]:
        # What labels() looks up takes longer than what is counted.
        found = self._known.get((path, status))
        if found is None:
            requests = self._requests.labels(**self._labels, path=path, status=str(status))
            found = self._known[path, status] = requests, self._seconds.labels(**self._labels, path=path)
        return found

    def ended(self, worker: WorkerChannel) -> None:
        """Count a worker that was killed or crashed."""
        self._ends.labels(**self._labels, cause=_cause(worker)).inc()

    def text(self) -> bytes:
        """Return all of them in the Prometheus text format."""
        return generate_latest(self._registry)

    def _made(self, kind: type[_Metric], name: str, words: str, *labels: str, **more: Any) -> _Metric:  # noqa: ANN401
        return kind(f"lodeclaim_{name}", words, [*self._labels, *labels], registry=self._registry, **more)

    def _plain(self, metric: _Metric) -> _Metric:
        """Return a metric that has no label but that of the process, ready to count."""
        return metric.labels(**self._labels) if self._labels else metric


def _cause(worker: WorkerChannel) -> str:
    if worker.reason is None:
        return "crash"
    return str(getattr(worker.reason, "kind", "busy"))


_GROUPS = frozenset(
    ["", "sparql", "store", "running", "id", "graph", "ontology", "download", "queries", "api", "static"]
)


def _group(path: str) -> str:
    """Return the first segment of a path if it is one of ours, so that nobody can make labels without end."""
    first = path.split("/", 2)[1] if path.startswith("/") else path
    return f"/{first}" if first in _GROUPS else "other"
