"""Every error -> the problem details of RFC 9457."""

from __future__ import annotations

import json
from http import HTTPStatus

from flask import Flask, Response, current_app
from werkzeug.exceptions import HTTPException

from lodeclaim.errors import EngineError, LodeclaimError, QueryError
from lodeclaim.namespaces import BASE
from lodeclaim.query.tokens import QueryTextError
from lodeclaim.query.values import ParameterError


def register(app: Flask) -> None:
    """Let every error of the application be answered as a problem."""
    app.register_error_handler(HTTPException, _http_problem)
    app.register_error_handler(QueryError, _query_problem)
    app.register_error_handler(EngineError, _engine_problem)
    app.register_error_handler(Exception, _unexpected_problem)


def _problem(status: int, detail: str, kind: str | None = None, **more: int | str) -> Response:
    """Return the problem details of RFC 9457; without a kind of ours, the title is the status's own."""
    body = {
        "type": f"{BASE}problem/{kind}" if kind else "about:blank",
        "title": (kind or HTTPStatus(status).phrase).replace("-", " ").capitalize(),
        "status": status,
        "detail": detail,
        **more,
    }
    return Response(json.dumps(body, ensure_ascii=False), status, content_type="application/problem+json")


def _http_problem(error: HTTPException) -> Response | HTTPException:
    if error.code is None or error.code < HTTPStatus.BAD_REQUEST:
        return error
    response = _problem(error.code, error.description or "")
    # Headers such as Allow belong to the status.
    for name, value in error.get_headers():
        if name != "Content-Type":
            response.headers[name] = value
    return response


def _query_problem(error: LodeclaimError) -> Response:
    place = error.position if isinstance(error, QueryTextError) else None
    more: dict[str, int | str] = {"line": place.line, "column": place.column} if place else {}
    if isinstance(error, ParameterError):
        return _problem(HTTPStatus.BAD_REQUEST, str(error), error.kind, parameter=error.parameter)
    return _problem(HTTPStatus.BAD_REQUEST, str(error), "query-refused", **more)


def _engine_problem(error: LodeclaimError) -> Response:
    return _problem(HTTPStatus.INTERNAL_SERVER_ERROR, str(error), "query-failed")


def _unexpected_problem(error: Exception) -> Response:
    current_app.logger.exception("unexpected", exc_info=error)
    return _problem(HTTPStatus.INTERNAL_SERVER_ERROR, "The server failed. Tell its operator when this happened.")
