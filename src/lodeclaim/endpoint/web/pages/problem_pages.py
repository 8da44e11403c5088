"""What Flask answers an error with: problem details, or, for a browser, a page that says the same."""

from __future__ import annotations

from http import HTTPStatus

from flask import Response, current_app, render_template, request
from werkzeug.exceptions import HTTPException

from lodeclaim.endpoint.sparql.formats import HTML
from lodeclaim.endpoint.web import problems
from lodeclaim.endpoint.web.negotiation import prefers_page
from lodeclaim.endpoint.web.pages.site import outside


def answer(error: Exception) -> Response | HTTPException:
    """Return what an error is answered with; a redirect is none."""
    if isinstance(error, HTTPException) and (error.code is None or error.code < HTTPStatus.BAD_REQUEST):
        return error
    if not problems.is_told(error):
        current_app.logger.exception("unexpected", exc_info=error)
    problem = problems.of(error)
    if prefers_page(request.headers.get("Accept"), request.args.get("format")):
        address = outside(error.iri) if isinstance(error, problems.NotInGraph) else None
        page = render_template("endpoint/problem.html", problem=problem.details, address=address)
        body, content_type = page.encode(), HTML.content_type
    else:
        body, content_type = problem.body(), problems.MEDIA_TYPE
    response = Response(body, problem.status, dict(problem.headers), content_type=content_type)
    response.vary.add("Accept")
    return response
