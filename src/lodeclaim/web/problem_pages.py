"""What Flask answers an error with: problem details, or, for a browser, a page that says the same."""

from __future__ import annotations

import re
from collections.abc import Mapping
from http import HTTPStatus

from flask import Flask, Response, current_app, render_template, request
from werkzeug.exceptions import HTTPException

from lodeclaim.errors import LodeclaimError
from lodeclaim.query.formats import HTML
from lodeclaim.web import problems
from lodeclaim.web.negotiation import prefers_page

AROUND = 2
"""Lines of a query shown before and after the one with an error."""


def register(app: Flask) -> None:
    """Let every error of the application be answered as a problem."""
    app.register_error_handler(Exception, _answer)


def _answer(error: Exception) -> Response | HTTPException:
    if isinstance(error, HTTPException) and (error.code is None or error.code < HTTPStatus.BAD_REQUEST):
        return error
    if not isinstance(error, (HTTPException, LodeclaimError)):
        current_app.logger.exception("unexpected", exc_info=error)
    problem = problems.of(error)
    if prefers_page(request.headers.get("Accept"), request.args.get("format")):
        body, content_type = page(problem.details, _asked()).encode(), HTML.content_type
    else:
        body, content_type = problem.body(), problems.MEDIA_TYPE
    response = Response(body, problem.status, dict(problem.headers), content_type=content_type)
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
