"""What the people who run the service see: a structured access log and metrics for Prometheus."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime
from time import monotonic
from typing import IO, Any

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from lodeclaim.query.channels import Worker
from lodeclaim.query.pool import Pool
from lodeclaim.web.exchange import Exchange
from lodeclaim.web.settings import LogQueries


class AccessLog:
    """Writes one JSON object a line and request; a query cannot break out of its string."""

    def __init__(self, stream: IO[str] | None, queries: LogQueries) -> None:
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
