"""Stored queries over HTTP: the catalogue for people and programs, each query as a call, and the OpenAPI document."""

from __future__ import annotations

import json
from collections.abc import Iterable
from itertools import groupby
from urllib.parse import parse_qsl, urlencode

from flask import Blueprint, Response, render_template, request
from werkzeug.exceptions import BadRequest, NotFound, RequestURITooLarge, UnsupportedMediaType

from lodeclaim.endpoint.catalogue import parameters, stored, values
from lodeclaim.endpoint.catalogue.members import Instance, instances
from lodeclaim.endpoint.catalogue.parameters import Parameter
from lodeclaim.endpoint.catalogue.stored import StoredQuery
from lodeclaim.endpoint.catalogue.values import ParameterError
from lodeclaim.endpoint.engines.engine import Engine, Query
from lodeclaim.endpoint.prefixes import Prefixes
from lodeclaim.endpoint.sparql.formats import GRAPHS, HTML, Format, offered
from lodeclaim.endpoint.sparql.guard import Form
from lodeclaim.endpoint.web.negotiation import choose, of_form
from lodeclaim.endpoint.web.pages import openapi
from lodeclaim.endpoint.web.pages.site import base, current, href
from lodeclaim.endpoint.web.settings import Settings

FORM = "application/x-www-form-urlencoded"
JSON = Format("json", "application/json", "json", "page")
TEXT = Format("rq", "application/sparql-query", "rq", "page")

MAX_ARGUMENTS = 100
MAX_ROWS = 1_000
"""Rows shown on a page; the other formats have them all."""


def add_routes(routes: Blueprint, engine: Engine, settings: Settings) -> None:
    """Let a blueprint answer with the catalogue: `/queries`, `/api/queries/<name>` and `/openapi.json`."""
    limits = settings.limits.text
    server = (settings.public_url or "").rstrip("/")

    @routes.get("/queries")
    def catalogue() -> Response:
        format = _chosen((HTML, JSON, *GRAPHS))
        if format.kind == "graph":
            return _answer(engine, stored.description(), format)
        queries = stored.catalogue(engine)
        if format.name == "json":
            return _json([_described(query, current().prefixes) for query in queries])
        ordered = sorted(queries, key=lambda query: (query.group is None, query.group or "", query.name))
        groups = [(group, list(members)) for group, members in groupby(ordered, key=lambda query: query.group)]
        return _page("queries.html", groups=groups, count=len(queries))

    @routes.get("/queries/<name>")
    def query(name: str) -> Response:
        format = _chosen((HTML, JSON, TEXT, *GRAPHS))
        found = _found(engine, name)
        if format.kind == "graph":
            return _answer(engine, stored.description(found.iri), format)
        if format.name == "json":
            return _json(_described(found, current().prefixes))
        if format.name == "rq":
            return Response(found.text, content_type="application/sparql-query; charset=utf-8")
        members = _members(engine, [found])
        return _page("stored-query.html", query=found, members=members, given={}, server=server)

    @routes.route("/api/queries/<name>", methods=["GET", "POST"])
    def call(name: str) -> Response:
        found = _found(engine, name)
        given = list(_arguments(settings.max_url_bytes))
        wanted = [value for name, value in given if name == "format"]
        if len(wanted) > 1:
            raise ParameterError("format", "it is given more than once", "Give it once")
        arguments = [(name, value) for name, value in given if name != "format"]
        asked = stored.bind(engine, found, arguments, current().prefixes, limits)
        form = asked.outline.form
        page = (HTML,) if form is Form.SELECT else ()
        named = of_form(form, next(iter(wanted), None))
        format = choose((*offered(form), *page), request.headers.get("Accept"), named)
        if format.kind != "page":
            return _answer(engine, asked, format)
        table = engine.select(asked, MAX_ROWS)
        text = parameters.with_values(found.text, asked.bindings)
        return _page(
            "stored-answer.html", query=found, table=table, arguments=arguments, members=_members(engine, [found]),
            given=dict(arguments), text=text, server=server,
        )  # fmt: skip

    @routes.get("/openapi.json")
    def described() -> Response:
        queries = stored.catalogue(engine)
        here = current()
        address = settings.public_url or base()
        return _json(openapi.document(queries, _members(engine, queries), here.prefixes, address, here.name))

    @routes.context_processor
    def words() -> dict[str, object]:
        return {
            "written": lambda term: values.written(term, current().prefixes),
            "takes": lambda type: values.takes(type, current().prefixes),
            "link": lambda term: href(term.value) if term.kind == "iri" else None,
            "input_type": _input_type,
            "editor": _editor,
            "call_of": _call,
        }


def _chosen(offers: tuple[Format, ...]) -> Format:
    return choose(offers, request.headers.get("Accept"), request.args.get("format"))


def _found(engine: Engine, name: str) -> StoredQuery:
    try:
        return stored.find(engine, name)
    except stored.UnknownQueryError as error:
        raise NotFound(str(error)) from error


def _members(engine: Engine, queries: Iterable[StoredQuery]) -> dict[str, list[Instance]]:
    """Return the members of every class that a parameter of the queries takes, by the class's IRI."""
    classes = {parameter.type.of_class for query in queries for parameter in query.parameters}
    return {of_class: instances(engine, of_class) for of_class in sorted(filter(None, classes))}


def _arguments(max_url_bytes: int) -> Iterable[tuple[str, str]]:
    """Yield the arguments of the URL, then those of a form in the body; raises for what is not such a form."""
    if len(request.query_string) > max_url_bytes:
        raise RequestURITooLarge(f"URL: over {max_url_bytes} bytes. Send the values by POST.")
    yield from _decoded(request.query_string)
    body = request.get_data() if request.method == "POST" else b""
    if body and (request.mimetype != FORM or request.content_encoding):
        named = request.content_encoding or request.mimetype or "none"
        raise UnsupportedMediaType(f"Content-Type: {named}. Send {FORM}, uncompressed.")
    yield from _decoded(body)


def _decoded(encoded: bytes) -> list[tuple[str, str]]:
    # Not werkzeug's own parsing: it replaces what is not UTF-8, and the value would be another.
    try:
        return parse_qsl(encoded.decode(), keep_blank_values=True, errors="strict", max_num_fields=MAX_ARGUMENTS)
    except UnicodeDecodeError as error:
        raise BadRequest("Parameters: not UTF-8. Percent-encode the bytes of UTF-8.") from error
    except ValueError as error:
        raise BadRequest(f"Parameters: more than {MAX_ARGUMENTS}. Send fewer.") from error


def _answer(engine: Engine, query: Query, format: Format) -> Response:
    answer = engine.query(query, format)
    return Response(answer.body, content_type=answer.content_type)


def _page(template: str, **context: object) -> Response:
    return Response(render_template(f"endpoint/{template}", **context), content_type="text/html; charset=utf-8")


def _json(value: object) -> Response:
    return Response(json.dumps(value, ensure_ascii=False), content_type="application/json")


def _described(query: StoredQuery, prefixes: Prefixes) -> dict[str, object]:
    """Return a stored query as the JSON of the catalogue has it."""
    return {
        "name": query.name,
        "iri": query.iri,
        "asks": query.comment,
        "group": query.group,
        "text": query.text,
        "parameters": [_described_parameter(parameter, prefixes) for parameter in query.parameters],
    }


def _described_parameter(parameter: Parameter, prefixes: Prefixes) -> dict[str, object]:
    described = {
        "name": parameter.name,
        "description": parameter.description,
        "takes": values.takes(parameter.type, prefixes),
        "class": parameter.type.of_class,
        "datatype": parameter.type.datatype,
        "language": parameter.type.language,
        "required": parameter.required,
        "default": values.written(parameter.default, prefixes) if parameter.default else None,
    }
    return {key: value for key, value in described.items() if value is not None}


def _input_type(parameter: Parameter) -> str:
    """Return the `type` of the field in which a person writes a value."""
    local = (parameter.type.datatype or "").rpartition("#")[2]
    return {"integer": "number", "date": "date"}.get(local, "text")


def _editor(text: str) -> str:
    """Return where a query opens in the editor."""
    return f"{base()}/sparql?{urlencode({'query': text})}&edit"


def _call(query: StoredQuery, arguments: Iterable[tuple[str, str]] = (), format: str | None = None) -> str:
    """Return the path at which a query is called with these values."""
    encoded = urlencode([*arguments, *([("format", format)] if format else [])])
    return f"{base()}/api/queries/{query.name}" + (f"?{encoded}" if encoded else "")
