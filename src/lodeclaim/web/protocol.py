"""The SPARQL 1.1 Protocol, query half: a request to `/sparql` -> a Query -> the engine's answer.

Updates are refused with 403: the request is understood (RFC 9110, section 15.5.4), and no other syntax,
media type or credential would change the verdict, as 400, 415 and 401 would promise.
"""

from __future__ import annotations

from urllib.parse import parse_qsl

from flask import Blueprint, Response, request
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import (
    BadRequest,
    Forbidden,
    RequestEntityTooLarge,
    RequestURITooLarge,
    UnsupportedMediaType,
)

from lodeclaim.query.engine import Engine, Query
from lodeclaim.query.formats import offered
from lodeclaim.query.guard import Limits
from lodeclaim.web.negotiation import choose

PATH = "/sparql"
FORM = "application/x-www-form-urlencoded"
QUERY = "application/sparql-query"
UPDATE = "application/sparql-update"

MAX_PARAMETERS = 1_000

Parameters = MultiDict[str, str]


def endpoint(engine: Engine, limits: Limits, max_url_bytes: int) -> Blueprint:
    """Return the blueprint that answers `/sparql` from `engine`; a longer URL is told to become a POST."""
    blueprint = Blueprint("protocol", __name__)

    @blueprint.route(PATH, methods=["GET", "POST"])
    def sparql() -> Response:
        parameters = _parameters(max_url_bytes)
        query = _query(parameters, limits)
        accept = request.headers.get("Accept")
        format = choose(offered(query.outline.form), accept, parameters.get("format"))
        answer = engine.query(query, format)
        return Response(answer.body, content_type=answer.content_type)

    @blueprint.after_app_request
    def share(response: Response) -> Response:
        if request.path == PATH:
            response.vary.add("Accept")
            response.headers["Access-Control-Allow-Origin"] = "*"
            response.headers["Access-Control-Allow-Methods"] = "GET, HEAD, POST, OPTIONS"
            response.headers["Access-Control-Allow-Headers"] = "Accept, Content-Type"
        return response

    return blueprint


def _parameters(max_url_bytes: int) -> Parameters:
    """Return the parameters of the URL and of the body together; a direct POST is a `query`."""
    if len(request.query_string) > max_url_bytes:
        raise RequestURITooLarge(f"URL: over {max_url_bytes} bytes. Send the query by POST.")
    parameters = _decoded(request.query_string)
    if request.method != "POST":
        return parameters
    if request.mimetype not in {FORM, QUERY, UPDATE} or request.content_encoding:
        named = request.content_encoding or request.mimetype or "none"
        raise UnsupportedMediaType(f"Content-Type: {named}. Send {QUERY} or {FORM}, uncompressed.")
    if request.mimetype == UPDATE:
        parameters.add("update", "")
        return parameters
    if request.mimetype_params.get("charset", "utf-8").lower() not in {"utf-8", "utf8"}:
        raise UnsupportedMediaType("charset: SPARQL 1.1 Protocol allows only utf-8. Encode the body so.")
    body = request.get_data()
    if request.mimetype == FORM:
        parameters.update(_decoded(body))
    else:
        parameters.add("query", _text(body))
    return parameters


def _decoded(encoded: bytes) -> Parameters:
    # Not werkzeug's own parsing: it replaces what is not UTF-8, and the query would be another.
    try:
        text = encoded.decode()
        return MultiDict(parse_qsl(text, keep_blank_values=True, errors="strict", max_num_fields=MAX_PARAMETERS))
    except UnicodeDecodeError as error:
        raise BadRequest("Parameters: not UTF-8. Percent-encode the bytes of UTF-8.") from error
    except ValueError as error:
        raise BadRequest(f"Parameters: more than {MAX_PARAMETERS}. Send fewer.") from error


def _text(body: bytes) -> str:
    try:
        return body.decode()
    except UnicodeDecodeError as error:
        raise BadRequest(f"Body: byte {error.start} is not UTF-8. Encode the query as UTF-8.") from error


def _query(parameters: Parameters, limits: Limits) -> Query:
    if "update" in parameters:
        raise Forbidden("Update: this endpoint is read-only. Send a query.")
    texts = parameters.getlist("query")
    if len(texts) != 1:
        found = "given more than once" if texts else "missing"
        raise BadRequest(f"Parameter `query`: {found}. Send one SELECT, ASK, CONSTRUCT or DESCRIBE as query=...")
    if len(texts[0].encode()) > limits.max_bytes:
        raise RequestEntityTooLarge(f"Query: over {limits.max_bytes} bytes. Ask in several queries.")
    return Query(
        texts[0],
        default_graphs=tuple(parameters.getlist("default-graph-uri")) or None,
        named_graphs=tuple(parameters.getlist("named-graph-uri")) or None,
        union_default_graph=_switch(parameters, "union-default-graph"),
        limits=limits,
    )


def _switch(parameters: Parameters, name: str) -> bool:
    value = (parameters.get(name) or "true").lower()
    if value not in {"true", "false"}:
        raise BadRequest(f"Parameter `{name}`: {value!r}. Write true or false.")
    return value == "true"
