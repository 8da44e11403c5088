"""What each path of the protocols takes, asks of a worker and answers: one set of rules for whoever speaks HTTP.

Plain functions over plain values. The gateway and the Flask application run both on these, and hold no rule of the
SPARQL protocol or of the graph store of their own.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import Enum

from werkzeug.exceptions import BadRequest, HTTPException, MethodNotAllowed, NotFound

from lodeclaim.endpoint.errors import LodeclaimError
from lodeclaim.endpoint.pool import wire
from lodeclaim.endpoint.sparql.formats import GRAPHS, Format
from lodeclaim.endpoint.web import cors, problems, protocol, store
from lodeclaim.endpoint.web.negotiation import choose
from lodeclaim.endpoint.web.protocol import Headers, Received
from lodeclaim.endpoint.web.settings import Settings

RUNNING = "/running/"
HEALTH = "/health"
METRICS = "/metrics"
METRICS_TYPE = "text/plain; version=0.0.4; charset=utf-8"


class Operation(Enum):
    """What is done at a path that is no page."""

    QUERY = "query"
    GRAPH = "graph"
    CANCEL = "cancel"
    HEALTH = "health"
    METRICS = "metrics"


METHODS = {
    Operation.QUERY: protocol.METHODS,
    Operation.GRAPH: store.METHODS,
    Operation.CANCEL: ("DELETE", "OPTIONS"),
    Operation.HEALTH: ("GET", "HEAD", "OPTIONS"),
    Operation.METRICS: ("GET", "HEAD", "OPTIONS"),
}
"""The methods of each operation, in the order in which Allow names them."""


@dataclass(frozen=True)
class Reply:
    """A whole response."""

    status: int
    headers: Headers
    body: bytes = b""


@dataclass(frozen=True)
class Inquiry:
    """What is to be asked of workers."""

    job: wire.Job
    """Its answer is the response."""

    graph: str | None = None
    """The graph whose triples are asked for, which must be there; None where any answer will do."""

    @property
    def jobs(self) -> tuple[wire.Job, ...]:
        """Return the job, and before it the one whose answer `check` takes, where there is one."""
        return (self.job,) if self.graph is None else (store.existence(self.job), self.job)

    def check(self, body: bytes) -> None:
        """Raise NotFound where the graph is not there, by the answer to whether it is."""
        if b"true" not in body:
            where = f"GET {protocol.PATH} lists the graphs."
            raise NotFound(f"Graph <{self.graph}>: there is none of this name. {where}")


def plain(path: str) -> str:
    """Return a path as it is meant where a client has put together an address and a path with a slash too many."""
    path = "/" + path.lstrip("/")
    trimmed = path.rstrip("/")
    return trimmed if trimmed in {protocol.PATH, store.PATH, HEALTH, METRICS} else path


def at(path: str) -> Operation | None:
    """Return what is done at a plain path, and None for a page."""
    if path == protocol.PATH:
        return Operation.QUERY
    if path == store.PATH or path.startswith(store.PATH + "/"):
        return Operation.GRAPH
    if path.startswith(RUNNING):
        return Operation.CANCEL
    return {HEALTH: Operation.HEALTH, METRICS: Operation.METRICS}.get(path)


def query_id(headers: Mapping[str, str]) -> str:
    """Return the id that a client gave its query, or one that nobody can guess; raise BadRequest for a bad one."""
    given = headers.get("query-id")
    if not given:
        return secrets.token_urlsafe(18)
    if not protocol.QUERY_ID.fullmatch(given):
        raise BadRequest("Header `Query-Id`: not 20 to 64 letters, digits, `-` or `_`. Send a random one.")
    return given


class Operations:
    """The operations of a service, as its operator has decided about them."""

    def __init__(self, settings: Settings, describe: Callable[[Format], bytes]) -> None:
        self.max_body = protocol.max_body(settings)

        self._settings = settings
        self._describe = describe
        limits = settings.limits
        announced = (
            f"seconds={limits.seconds:g}, rows={limits.rows}, result-bytes={limits.result_bytes}, "
            f"query-bytes={limits.text.max_bytes}, memory-bytes={limits.memory_bytes}"
        )
        self._common = _bytes(
            {
                "vary": "Accept, Accept-Encoding",
                **cors.headers(),
                "query-limits": announced,
                "x-content-type-options": "nosniff",
                "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
            }.items()
        )

    def greeting(self, operation: Operation, method: str, headers: Mapping[str, str]) -> Reply | None:
        """Return the answer to OPTIONS, None for another method of the operation; raise MethodNotAllowed for more."""
        methods = METHODS[operation]
        if method not in methods:
            raise MethodNotAllowed(methods, f"{method}: not here. Use {', '.join(methods)}.")
        if method == "OPTIONS":
            allowed = {"allow": ", ".join(methods), **cors.preflight(methods, headers.get(cors.ASKED))}
            return Reply(200, [*self._common, *_bytes(allowed.items())])
        return None

    def query(self, received: Received, identify: Callable[[], object]) -> Inquiry | Reply | None:
        """Return what a request of the SPARQL Protocol asks, or its answer; None where a browser wants the page.

        `identify` is called before what is asked is looked at. Raises what that raises, and the HTTPException that
        says what cannot be understood.
        """
        found = protocol.parameters(received, self._settings.max_url_bytes)
        accept, wanted = received.headers.get("accept"), protocol.format_of(found)
        if protocol.wants_page(accept, wanted):
            return None
        if received.method != "POST" and not protocol.has_operation(found):
            if {"default", "graph"} & found.keys():
                raise BadRequest(f"Graph: graphs are at {store.PATH}, and queries here. Ask {store.PATH}?default.")
            format = choose(GRAPHS, accept, wanted)
            return Reply(200, self.headers(format.content_type), self._describe(format))
        identify()
        return Inquiry(protocol.job(found, received, self._settings.limits, self._settings.union_default_graph))

    def graph(self, received: Received, path: str) -> Inquiry:
        """Return what a request of the graph store asks; raise the HTTPException for what it does not take."""
        found = protocol.parameters(received, self._settings.max_url_bytes)
        iri = store.graph(path, found, self._settings.public_url or "")
        limits, union = self._settings.limits, self._settings.union_default_graph
        return Inquiry(store.content(iri, received, protocol.format_of(found), limits, union), iri)

    def cancelled(self, was_there: bool) -> Reply:
        """Return the answer to who has cancelled a query; raise NotFound where none of its id ran or waited."""
        if not was_there:
            raise NotFound("Query: none of this id runs or waits. It may have ended.")
        return Reply(204, self._common)

    def health(self, state: Mapping[str, object]) -> Reply:
        """Return the answer to who asks after the state that `Health` tells."""
        status = 200 if state["status"] == "ok" else 503
        return Reply(status, self.headers("application/json"), json.dumps(state).encode())

    def metrics(self, text: bytes) -> Reply:
        """Return the answer that holds the metrics."""
        return Reply(200, self.headers(METRICS_TYPE), text)

    def headers(self, content_type: str, etag: str | None = None, gzip: bool = False) -> Headers:
        """Return the headers of a body; with an entity tag it may be kept, and asked for again."""
        headers = [(b"content-type", content_type.encode()), *self._common]
        if etag is None:
            return [*headers, (b"cache-control", b"no-store")]
        headers += [(b"etag", etag.encode()), (b"cache-control", b"public, no-cache")]
        return [*headers, (b"content-encoding", b"gzip")] if gzip else headers

    def answer_headers(self, job: wire.Job, head: wire.Head) -> Headers:
        """Return the headers of a worker's answer, all but the id of the query."""
        headers = self.headers(head.content_type, head.etag, job.gzip and not head.not_modified)
        headers += [(b"query-hint", hint.encode("ascii", "backslashreplace")) for hint in head.hints]
        return [header for header in headers if header[0] != b"content-type"] if head.not_modified else headers

    def refusal(self, error: LodeclaimError | HTTPException, query_id: str | None) -> Reply:
        """Return the problem details that an error is answered with."""
        problem = problems.of(error)
        headers = self.headers(problems.MEDIA_TYPE)
        if query_id is not None:
            headers.append((b"query-id", query_id.encode()))
        return Reply(problem.status, [*headers, *_bytes(problem.headers.items())], problem.body())


def _bytes(headers: Iterable[tuple[str, str]]) -> Headers:
    # What comes from a request must not be able to begin another header.
    return [
        (name.lower().encode(), value.encode("latin-1", "replace").translate(None, b"\r\n"))
        for name, value in headers
    ]
