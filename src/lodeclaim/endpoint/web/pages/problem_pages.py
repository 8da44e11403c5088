"""What Flask answers an error with: problem details, or, for a browser, a page that says the same."""

from __future__ import annotations

from http import HTTPStatus

from flask import Flask, Response, current_app, render_template, request
from werkzeug.exceptions import HTTPException

from lodeclaim.endpoint.sparql.formats import HTML
from lodeclaim.endpoint.web import problems
from lodeclaim.endpoint.web.negotiation import prefers_page


def register(app: Flask) -> None:
    """Let every error of the application be answered as a problem."""
    app.register_error_handler(Exception, _answer)


def _answer(error: Exception) -> Response | HTTPException:
    if isinstance(error, HTTPException) and (error.code is None or error.code < HTTPStatus.BAD_REQUEST):
        return error
    if not problems.is_told(error):
        current_app.logger.exception("unexpected", exc_info=error)
    problem = problems.of(error)
    if prefers_page(request.headers.get("Accept"), request.args.get("format")):
        page = render_template("problem.html", problem=problem.details)
        body, content_type = page.encode(), HTML.content_type
    else:
        body, content_type = problem.body(), problems.MEDIA_TYPE
    response = Response(body, problem.status, dict(problem.headers), content_type=content_type)
    response.vary.add("Accept")
    return response
