"""Every error -> the problem details of RFC 9457, or, for a browser, a page that says the same."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from http import HTTPStatus

from flask import Flask, Response, current_app, render_template, request
from werkzeug.exceptions import HTTPException, NotFound

from lodeclaim.errors import EngineError, LodeclaimError, QueryError
from lodeclaim.namespaces import BASE
from lodeclaim.query.tokens import QueryTextError
from lodeclaim.web.negotiation import HTML, prefers_page

AROUND = 2
"""Lines of a query shown before and after the one with an error."""


class NotInGraph(NotFound):
    """An IRI of which the graph knows nothing; `near` are those that may have been meant."""

    def __init__(self, iri: str, near: tuple[str, ...]) -> None:
        hint = "Perhaps one of those near it is meant." if near else "Look for it from the front page."
        super().__init__(f"{iri}: not in the graph. {hint}")
        self.near = near


def register(app: Flask) -> None:
    """Let every error of the application be answered as a problem."""
    app.register_error_handler(HTTPException, _http_problem)
    app.register_error_handler(QueryError, _query_problem)
    app.register_error_handler(EngineError, _engine_problem)
    app.register_error_handler(Exception, _unexpected_problem)


def _problem(status: int, detail: str, kind: str | None = None, **more: object) -> Response:
    """Return the problem details of RFC 9457; without a kind of ours, the title is the status's own."""
    body = {
        "type": f"{BASE}problem/{kind}" if kind else "about:blank",
        "title": (kind or HTTPStatus(status).phrase).replace("-", " ").capitalize(),
        "status": status,
        "detail": detail,
        **more,
    }
    if prefers_page(request.headers.get("Accept"), request.args.get("format")):
        response = Response(page(body, _asked()), status, content_type=HTML.content_type)
    else:
        response = Response(json.dumps(body, ensure_ascii=False), status, content_type="application/problem+json")
    response.vary.add("Accept")
    return response


def page(details: Mapping[str, object], query: str | None) -> str:
    """Return the problem as a page; where it lies in a line of the query, that line with the place marked."""
    line, column = details.get("line"), details.get("column")
    lines: list[tuple[int, str, str, str]] = []
    if query and isinstance(line, int) and isinstance(column, int):
        lines = _lines(query, line, column)
    return render_template("problem.html", problem=details, lines=lines)


def _lines(query: str, line: int, column: int) -> list[tuple[int, str, str, str]]:
    """Return the lines about an error by number, each as the text before, at and after the error."""
    lines = enumerate(query.split("\n"), 1)
    near = ((number, text) for number, text in lines if abs(number - line) <= AROUND)
    return [(number, *(_marked(text, column - 1) if number == line else (text, "", ""))) for number, text in near]


def _marked(text: str, place: int) -> tuple[str, str, str]:
    """Return a line cut before and after the word or sign at a place, or else the one that ends there."""
    words = [match.span() for match in re.finditer(r"[\w:?$]+|\S", text)]
    start, end = next(
        ((start, end) for start, end in reversed(words) if start <= place <= end), (len(text), len(text))
    )
    return text[:start], text[start:end], text[end:]


def _asked() -> str | None:
    """Return the query of the request, wherever it stands in it, if there is one."""
    if request.mimetype == "application/sparql-query":
        return request.get_data(as_text=True)
    return request.values.get("query")


def _http_problem(error: HTTPException) -> Response | HTTPException:
    if error.code is None or error.code < HTTPStatus.BAD_REQUEST:
        return error
    detail = error.description or ""
    if isinstance(error, NotInGraph):
        response = _problem(error.code, detail, near=list(error.near))
    else:
        response = _problem(error.code, detail)
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
