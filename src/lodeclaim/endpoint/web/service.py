"""The SPARQL protocol, the graph store and what operators ask for, as a Flask blueprint over `operations`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from functools import lru_cache
from time import monotonic
from typing import Any

from flask import Blueprint, Response, request
from werkzeug import exceptions
from werkzeug.exceptions import HTTPException

from lodeclaim.endpoint.errors import LodeclaimError
from lodeclaim.endpoint.pool.blocking import Body
from lodeclaim.endpoint.sparql.formats import Format
from lodeclaim.endpoint.web import description, operations, protocol, store, wsgi
from lodeclaim.endpoint.web.backend import Backend
from lodeclaim.endpoint.web.operations import Inquiry, Operation, Operations, Reply
from lodeclaim.endpoint.web.settings import Settings

PATHS = {
    protocol.PATH: Operation.QUERY,
    store.PATH: Operation.GRAPH,
    f"{store.PATH}/<path:name>": Operation.GRAPH,
    f"{operations.RUNNING}<path:name>": Operation.CANCEL,
    operations.HEALTH: Operation.HEALTH,
    operations.METRICS: Operation.METRICS,
}
"""The paths of the operations, as Flask writes them."""

_METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
_MAX_ROOTS = 16


@dataclass
class Record:
    """A request, as far as it is counted."""

    path: str
    status: int = 0
    began: float = field(default_factory=monotonic)
    notes: dict[str, Any] = field(default_factory=dict)


class ProtocolResponse(Response):
    """A response without a media type of Flask's own where it has none."""

    default_mimetype = None


def blueprint(backend: Backend, settings: Settings, page: Callable[[], Response]) -> Blueprint:
    """Return the blueprint of all operations; `page` answers a browser that asks for the page of a query."""
    service = Blueprint("service", __name__)

    @lru_cache(maxsize=_MAX_ROOTS)
    def rules_of(root: str) -> Operations:
        known = replace(settings, public_url=root)
        announced = description.Service(root, settings.limits, settings.union_default_graph)

        def describe(format: Format) -> bytes:
            return description.service_description(backend.description, announced, format)

        return Operations(known, describe)

    def answer(operation: Operation, name: str | None = None) -> Response:
        rules = rules_of(settings.public_url or wsgi.root())
        record = Record(request.path)
        query_id: str | None = None
        response: Response
        try:
            greeting = rules.greeting(operation, request.method)
            if greeting is not None:
                response = _whole(greeting)
            elif operation in {Operation.QUERY, Operation.GRAPH}:
                got = wsgi.received(rules.max_body)
                query_id = operations.query_id(got.headers)
                asked = rules.query(got) if operation is Operation.QUERY else rules.graph(got, _path(name))
                response = page() if asked is None else _answered(backend, rules, asked, query_id)
            else:
                response = _whole(_told(backend, rules, operation, name))
        except (LodeclaimError, HTTPException) as error:
            record.notes["problem"] = getattr(error, "kind", type(error).__name__)
            response = _whole(rules.refusal(error, query_id))
        record.status = response.status_code
        response.call_on_close(lambda: backend.running.metrics.count(record))
        return response

    for rule, operation in PATHS.items():
        service.add_url_rule(
            rule,
            f"{operation.value}{'-named' if '<' in rule else ''}",
            _view(answer, operation),
            methods=_METHODS,
            provide_automatic_options=False,
        )
    return service


def _view(answer: Callable[..., Response], operation: Operation) -> Callable[..., Response]:
    def view(name: str | None = None) -> Response:
        return answer(operation, name)

    return view


def _path(name: str | None) -> str:
    return store.PATH if name is None else f"{store.PATH}/{name}"


def _told(backend: Backend, rules: Operations, operation: Operation, name: str | None) -> Reply:
    if operation is Operation.HEALTH:
        return rules.health(backend.state())
    if operation is Operation.METRICS:
        return rules.metrics(backend.running.metrics.text())
    was_there = backend.cancel(name or "")
    if not was_there and request.environ.get("wsgi.multiprocess"):
        raise exceptions.NotImplemented(
            "Query: it is not in this process, and there are others. Close its connection, or wait for its limit."
        )
    return rules.cancelled(was_there)


def _answered(backend: Backend, rules: Operations, asked: Inquiry | Reply, query_id: str) -> Response:
    if isinstance(asked, Reply):
        return _whole(asked)
    client = wsgi.client()
    for job in asked.jobs[:-1]:
        with backend.asked(job, client, query_id) as (_, body):
            asked.check(b"".join(body))
    head, body = backend.ask(asked.job, client, query_id)
    headers = [*rules.answer_headers(asked.job, head), (b"query-id", query_id.encode())]
    if head.not_modified or request.method == "HEAD" or head.whole:
        try:
            content = b"" if head.not_modified or not head.whole else b"".join(body)
        finally:
            body.close()
        response = _whole(Reply(304 if head.not_modified else 200, headers, content))
        if request.method == "HEAD" and not head.whole:
            del response.headers["content-length"]
        return response
    return ProtocolResponse(_Parts(body), 200, _text(headers), direct_passthrough=True)


class _Parts:
    """The parts of a long answer. An error in its middle goes on to the server, which must break the response off."""

    def __init__(self, body: Body) -> None:
        self._body = body

    def __iter__(self) -> Iterator[bytes]:
        return self._body

    def close(self) -> None:
        self._body.close()


def _whole(reply: Reply) -> Response:
    return ProtocolResponse(reply.body, reply.status, _text(reply.headers))


def _text(headers: protocol.Headers) -> list[tuple[str, str]]:
    return [(name.decode(), value.decode("latin-1")) for name, value in headers]
