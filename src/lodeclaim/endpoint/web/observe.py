"""What the people who run the service see: a structured access log and metrics for Prometheus."""

from __future__ import annotations

import hashlib
import io
import json
import os
import threading
from datetime import UTC, datetime
from time import monotonic
from typing import IO, Any

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from lodeclaim.endpoint.pool.channels import Worker
from lodeclaim.endpoint.pool.pool import Pool
from lodeclaim.endpoint.web.exchange import Exchange
from lodeclaim.endpoint.web.settings import LogQueries


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


class Metrics:
    """Counters of one server, for `/metrics`."""

    def __init__(self, pool: Pool) -> None:
        self._registry = CollectorRegistry()
        self._requests = Counter(
            "lodeclaim_requests", "Requests answered", ["path", "status"], registry=self._registry
        )
        self._seconds = Histogram(
            "lodeclaim_request_seconds",
            "Time from request to end of response",
            ["path"],
            buckets=(0.001, 0.005, 0.02, 0.1, 0.5, 1, 2, 5, 10, 30),
            registry=self._registry,
        )
        self._known: dict[tuple[str, int], tuple[Counter, Histogram]] = {}
        self._problems = Counter(
            "lodeclaim_problems", "Requests refused or failed, by kind", ["kind"], registry=self._registry
        )
        self._hits = Counter("lodeclaim_cache_hits", "Answers from the cache", registry=self._registry)
        self._ends = Counter(
            "lodeclaim_workers_ended", "Workers killed or crashed, by cause", ["cause"], registry=self._registry
        )
        running = Gauge("lodeclaim_queries_running", "Queries running now", registry=self._registry)
        running.set_function(lambda: pool.running)
        waiting = Gauge("lodeclaim_queries_waiting", "Queries waiting now", registry=self._registry)
        waiting.set_function(lambda: pool.waiting)

    def count(self, exchange: Exchange) -> None:
        """Count an exchange that has ended."""
        requests, seconds = self._of(_group(exchange.path), exchange.status)
        requests.inc()
        seconds.observe(monotonic() - exchange.began)
        if "problem" in exchange.notes:
            self._problems.labels(exchange.notes["problem"]).inc()
        if "cached" in exchange.notes:
            self._hits.inc()

    def _of(self, path: str, status: int) -> tuple[Counter, Histogram]:
        # What labels() looks up takes longer than what is counted.
        found = self._known.get((path, status))
        if found is None:
            found = self._known[path, status] = self._requests.labels(path, str(status)), self._seconds.labels(path)
        return found

    def ended(self, worker: Worker) -> None:
        """Count a worker that was killed or crashed."""
        self._ends.labels(_cause(worker)).inc()

    def text(self) -> bytes:
        """Return all of them in the Prometheus text format."""
        return generate_latest(self._registry)


def _cause(worker: Worker) -> str:
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
