"""Puts the web application together: an engine and settings -> a Flask app, and every error -> a problem."""

from __future__ import annotations

import json
from dataclasses import dataclass
from http import HTTPStatus

from flask import Flask, Response, current_app, render_template
from werkzeug.exceptions import HTTPException

from lodeclaim.errors import EngineError, LodeclaimError, QueryError
from lodeclaim.namespaces import BASE
from lodeclaim.query.engine import Engine
from lodeclaim.query.guard import Limits
from lodeclaim.query.tokens import QueryTextError
from lodeclaim.web import protocol


@dataclass(frozen=True)
class Settings:
    """What the operator decides."""

    public_url: str | None = None
    """Where the world finds the service; never taken from a request, whose Host header anyone can write."""

    max_query_bytes: int = 100_000
    """Length of a query in UTF-8."""

    max_url_bytes: int = 32_768
    """Length of a URL's parameters; longer queries go by POST."""


def create_app(engine: Engine, settings: Settings) -> Flask:
    """Return the application that answers from `engine`; it opens nothing by itself."""
    app = Flask(__name__, static_folder=None)
    # Percent-encoding triples a query, and the dataset parameters stand beside it.
    app.config["MAX_CONTENT_LENGTH"] = 3 * settings.max_query_bytes + settings.max_url_bytes
    limits = Limits(max_bytes=settings.max_query_bytes)
    app.register_blueprint(protocol.endpoint(engine, limits, settings.max_url_bytes))
    app.register_error_handler(HTTPException, _http_problem)
    app.register_error_handler(QueryError, _query_problem)
    app.register_error_handler(EngineError, _engine_problem)
    app.register_error_handler(Exception, _unexpected_problem)
    app.after_request(_harden)

    @app.get("/")
    def home() -> str:
        return render_template("home.html", url=(settings.public_url or "").rstrip("/") + protocol.PATH)

    @app.get("/health")
    def health() -> dict[str, str]:
        return {"status": "ok"}

    return app


def _harden(response: Response) -> Response:
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = "default-src 'self'; frame-ancestors 'none'"
    return response


def _problem(status: int, detail: str, kind: str | None = None, **more: int) -> Response:
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
    more = {"line": place.line, "column": place.column} if place else {}
    return _problem(HTTPStatus.BAD_REQUEST, str(error), "query-refused", **more)


def _engine_problem(error: LodeclaimError) -> Response:
    return _problem(HTTPStatus.INTERNAL_SERVER_ERROR, str(error), "query-failed")


def _unexpected_problem(error: Exception) -> Response:
    current_app.logger.exception("unexpected", exc_info=error)
    return _problem(HTTPStatus.INTERNAL_SERVER_ERROR, "The server failed. Tell its operator when this happened.")
