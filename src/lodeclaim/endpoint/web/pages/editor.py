"""`/sparql` for a browser: a form, the examples beside it, and the answer or the error below it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files

from flask import Blueprint, Response, make_response, render_template
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import HTTPException

from lodeclaim.endpoint.engines.engine import Engine
from lodeclaim.endpoint.errors import LodeclaimError
from lodeclaim.endpoint.sparql.tokens import Position, QueryTextError
from lodeclaim.endpoint.vocabularies import WELL_KNOWN
from lodeclaim.endpoint.web import problems, protocol, wsgi
from lodeclaim.endpoint.web.pages import query_form, vocabulary
from lodeclaim.endpoint.web.pages.excerpt import Line, around
from lodeclaim.endpoint.web.pages.query_form import QueryForm
from lodeclaim.endpoint.web.pages.result import run
from lodeclaim.endpoint.web.pages.site import base, current
from lodeclaim.endpoint.web.pages.vocabulary import Example
from lodeclaim.endpoint.web.protocol import PATH
from lodeclaim.endpoint.web.settings import Settings

SCRIPT = "editor/editor.js"
"""What npm builds below the static files; without it the page is a plain form."""

UNKNOWN_SERVER = "http://SERVER"
"""Stands in a command for an address that nobody has told."""


@dataclass(frozen=True)
class Trouble:
    """An error as the page shows it; its status and headers are those of the same problem elsewhere."""

    status: int
    headers: Mapping[str, str]
    found: str
    remedy: str
    position: Position | None
    lines: list[Line]


def add_routes(pages: Blueprint, engine: Engine, settings: Settings) -> None:
    """Let a blueprint answer with the page that a browser sees at `/sparql`, and what its editor completes."""
    max_body = protocol.max_body(settings)

    @pages.route(PATH, methods=["GET", "POST"])
    def sparql() -> Response:
        examples, prefixes = _examples(engine), current().prefixes
        known = {**WELL_KNOWN, **prefixes}
        values: MultiDict[str, str] = MultiDict()
        asked, result, trouble = QueryForm(), None, None
        try:
            values = protocol.parameters(wsgi.received(max_body), settings.max_url_bytes)
            asked = query_form.read(values)
            if "declare" in values:
                asked = QueryForm(
                    vocabulary.declare(asked.text, vocabulary.missing(asked.text, known)), asked.dataset
                )
            elif asked.text.strip() and "edit" not in values:
                result = run(engine, asked.request(settings.union_default_graph))
        except (LodeclaimError, HTTPException) as error:
            trouble = _trouble(error, asked.text)
        find = values.get("find", "").strip()
        server = (settings.public_url or f"{UNKNOWN_SERVER}{base()}").rstrip("/")
        page = render_template(
            "endpoint/sparql.html",
            asked=asked,
            result=result,
            trouble=trouble,
            missing=vocabulary.missing(asked.text, known),
            examples=[example for example in examples if find.casefold() in example.question.casefold()],
            find=find,
            prefixes=prefixes,
            curl=asked.curl(server, result.formats[0]) if result else "",
            linkable=len(asked.link) <= settings.max_url_bytes,
            script=SCRIPT if _is_built() else None,
        )
        response = make_response(page, trouble.status if trouble else 200, dict(trouble.headers) if trouble else {})
        response.vary.add("Accept")
        response.cache_control.no_cache = True
        return response

    @pages.get(f"{PATH}/words")
    def words() -> dict[str, object]:
        prefixes = current().prefixes
        return {"prefixes": prefixes, "terms": vocabulary.terms(engine, prefixes)}


def _examples(engine: Engine) -> list[Example]:
    try:
        return vocabulary.examples(engine)
    except LodeclaimError:
        # Where the engine is busy the form is still of use, and says so when the query is sent.
        return []


def _trouble(error: LodeclaimError | HTTPException, text: str) -> Trouble:
    problem = problems.of(error)
    if isinstance(error, HTTPException) or not problems.is_told(error):
        return Trouble(problem.status, problem.headers, problem.detail, "", None, [])
    position = error.position if isinstance(error, QueryTextError) else None
    lines = around(text, position.line, position.column) if position else []
    return Trouble(problem.status, problem.headers, error.found, error.remedy, position, lines)


def _is_built() -> bool:
    return files("lodeclaim.endpoint.web").joinpath("static", SCRIPT).is_file()
