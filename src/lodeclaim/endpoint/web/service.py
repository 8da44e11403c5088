"""The SPARQL protocol, the graph store and what operators ask for, as a Flask blueprint over `operations`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import lru_cache
from time import monotonic
from typing import Any

from flask import Blueprint, Response, current_app, g, request
from werkzeug import exceptions
from werkzeug.exceptions import HTTPException

from lodeclaim.endpoint.errors import LodeclaimError
from lodeclaim.endpoint.pool.blocking import Body
from lodeclaim.endpoint.sparql.formats import Format
from lodeclaim.endpoint.web import description, operations, problems, protocol, wsgi
from lodeclaim.endpoint.web.backend import Backend
from lodeclaim.endpoint.web.operations import Inquiry, Operation, Operations, Reply
from lodeclaim.endpoint.web.pages.site import Site
from lodeclaim.endpoint.web.settings import Settings

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


def add_routes(service: Blueprint, backend: Backend, settings: Settings, site: Site) -> None:
    """Let a blueprint answer with all operations; a browser that asks for the page of a query is left to others.

    Before the application looks for a page: what it refuses, a method or a header, is refused alike everywhere.
    """

    @lru_cache(maxsize=_MAX_ROOTS)
    def rules_of(root: str) -> Operations:
        known = replace(settings, public_url=root)
        announced = description.Service(root, settings.limits, settings.union_default_graph, settings.is_embedded)

        def describe(format: Format) -> bytes:
            return description.service_description(backend.description, announced, format)

        return Operations(known, describe)

    @service.before_app_request
    def answer() -> Response | None:
        path = site.below(request.path)
        if path is None:
            return None
        path = operations.plain(path)
        g.record = record = Record(path)
        wsgi.ask_for_client()
        operation = operations.at(path)
        if operation is None:
            return None
        rules = rules_of(settings.public_url or wsgi.root(site.prefix))
        query_id: str | None = None

        def identify() -> None:
            nonlocal query_id
            query_id = operations.query_id(got.headers)

        try:
            if (greeting := rules.greeting(operation, request.method, _headers())) is not None:
                return _whole(greeting)
            if operation not in {Operation.QUERY, Operation.GRAPH}:
                return _whole(_told(backend, rules, operation, path))
            got = wsgi.received(rules.max_body)
            if operation is Operation.QUERY:
                asked = rules.query(got, identify)
            else:
                identify()
                asked = rules.graph(got, path)
            return None if asked is None else _answered(backend, rules, asked, query_id or "")
        except (LodeclaimError, HTTPException) as error:
            record.notes["problem"] = getattr(error, "kind", type(error).__name__)
            if not problems.is_told(error):
                current_app.logger.exception("unexpected", exc_info=error)
            return _whole(rules.refusal(error, query_id))

    @service.after_app_request
    def count(response: Response) -> Response:
        record: Record | None = g.get("record")
        if record is not None and (metrics := backend.metrics) is not None:
            record.status = response.status_code
            response.call_on_close(lambda: metrics.count(record))
        return response


def _headers() -> dict[str, str]:
    return {name.lower(): value for name, value in request.headers.items()}


def _told(backend: Backend, rules: Operations, operation: Operation, path: str) -> Reply:
    if operation is Operation.HEALTH:
        return rules.health(backend.state())
    if operation is Operation.METRICS:
        return rules.metrics(backend.running.metrics.text())
    was_there = backend.cancel(path.removeprefix(operations.RUNNING))
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
    return ProtocolResponse(_Parts(body), 200, _text(headers))


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
