"""Stored queries over HTTP: the catalogue for people and programs, each query as a call, and the OpenAPI document."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from itertools import groupby
from urllib.parse import parse_qsl, quote, urlencode

from flask import Blueprint, Response, g, render_template, request
from werkzeug.exceptions import BadRequest, NotFound, RequestURITooLarge, UnsupportedMediaType

from lodeclaim.endpoint.catalogue import parameters, stored, values
from lodeclaim.endpoint.catalogue.parameters import Parameter
from lodeclaim.endpoint.catalogue.stored import StoredQuery
from lodeclaim.endpoint.catalogue.values import ParameterError
from lodeclaim.endpoint.engines.engine import Engine, Query, Term, prefixes_of
from lodeclaim.endpoint.sparql.formats import GRAPHS, HTML, Format, offered
from lodeclaim.endpoint.sparql.guard import Form
from lodeclaim.endpoint.web.negotiation import choose
from lodeclaim.endpoint.web.pages import openapi
from lodeclaim.endpoint.web.pages.addresses import base
from lodeclaim.endpoint.web.settings import Settings
from lodeclaim.namespaces import BASE

FORM = "application/x-www-form-urlencoded"
JSON = Format("json", "application/json", "json", "page")
TEXT = Format("rq", "application/sparql-query", "rq", "page")

MAX_ARGUMENTS = 100
MAX_ROWS = 1_000
"""Rows shown on a page; the other formats have them all."""


def blueprint(engine: Engine, settings: Settings) -> Blueprint:
    """Return the blueprint of the catalogue: `/queries`, `/api/queries/<name>` and `/openapi.json`."""
    routes = Blueprint("stored", __name__)
    limits = settings.limits.text
    server = (settings.public_url or "").rstrip("/")

    def prefixes() -> Mapping[str, str]:
        """Return those of the dataset, asked for once a request."""
        if "prefixes" not in g:
            g.prefixes = prefixes_of(engine)
        found: Mapping[str, str] = g.prefixes
        return found

    @routes.get("/queries")
    def catalogue() -> Response:
        format = _chosen((HTML, JSON, *GRAPHS))
        if format.kind == "graph":
            return _answer(engine, stored.description(), format)
        queries = stored.catalogue(engine)
        if format.name == "json":
            return _json([_described(query, prefixes()) for query in queries])
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
            return _json(_described(found, prefixes()))
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
        asked = stored.bind(engine, found, arguments, prefixes(), limits)
        page = (HTML,) if asked.outline.form is Form.SELECT else ()
        format = choose(
            (*offered(asked.outline.form), *page), request.headers.get("Accept"), next(iter(wanted), None)
        )
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
        return _json(openapi.document(queries, _members(engine, queries), prefixes(), settings.public_url or base()))

    @routes.after_request
    def share(response: Response) -> Response:
        response.vary.add("Accept")
        response.headers["Access-Control-Allow-Origin"] = "*"
        return response

    routes.add_app_template_filter(_link, "link")
    routes.add_app_template_filter(lambda term: values.written(term, prefixes()), "written")
    routes.add_app_template_filter(lambda iri: values.curie(iri, prefixes()), "curie")
    routes.add_app_template_filter(lambda type: values.takes(type, prefixes()), "takes")
    routes.add_app_template_filter(_input_type, "input_type")
    routes.add_app_template_global(_editor, "editor")
    routes.add_app_template_global(_call, "call_of")
    return routes


def _chosen(offers: tuple[Format, ...]) -> Format:
    return choose(offers, request.headers.get("Accept"), request.args.get("format"))


def _found(engine: Engine, name: str) -> StoredQuery:
    try:
        return stored.find(engine, name)
    except stored.UnknownQueryError as error:
        raise NotFound(str(error)) from error


def _members(engine: Engine, queries: Iterable[StoredQuery]) -> dict[str, list[stored.Instance]]:
    """Return the members of every class that a parameter of the queries takes, by the class's IRI."""
    classes = {parameter.type.of_class for query in queries for parameter in query.parameters}
    return {of_class: stored.instances(engine, of_class) for of_class in sorted(filter(None, classes))}


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
    return Response(render_template(template, **context), content_type="text/html; charset=utf-8")


def _json(value: object) -> Response:
    return Response(json.dumps(value, ensure_ascii=False), content_type="application/json")


def _described(query: StoredQuery, prefixes: Mapping[str, str]) -> dict[str, object]:
    """Return a stored query as the JSON of the catalogue has it."""
    return {
        "name": query.name,
        "iri": query.iri,
        "asks": query.comment,
        "group": query.group,
        "text": query.text,
        "parameters": [_described_parameter(parameter, prefixes) for parameter in query.parameters],
    }


def _described_parameter(parameter: Parameter, prefixes: Mapping[str, str]) -> dict[str, object]:
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


def _link(term: Term) -> str | None:
    """Return where an IRI leads: ours to the page of the same path here, a web address to itself."""
    if term.kind != "iri":
        return None
    if term.value.startswith(BASE):
        return f"{base()}/" + quote(term.value.removeprefix(BASE), safe="/-._~:@!$&'()*+,;=#")
    return term.value if term.value.startswith(("http://", "https://")) else None


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
