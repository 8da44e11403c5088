"""`/problem/<kind>`: what the type of a problem document leads to, for readers and for programs."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from functools import cache
from http import HTTPStatus
from importlib.resources import files

import pyoxigraph as ox
from flask import Blueprint, Response, render_template, request
from werkzeug.exceptions import NotFound

from lodeclaim.endpoint.sparql.formats import HTML
from lodeclaim.endpoint.web.negotiation import prefers_page
from lodeclaim.endpoint.web.problems import STATUS, Problem
from lodeclaim.namespaces import BASE, PREFIXES

_SPACE = BASE + "problem/"


@dataclass(frozen=True)
class Kind:
    """A kind of problem: what it is called, what it is, and what to do about it."""

    type: str
    title: str
    status: int
    description: str
    remedy: str

    @property
    def key(self) -> str:
        """The last part of the type."""
        return self.type.removeprefix(_SPACE)


@cache
def kinds() -> dict[str, Kind]:
    """Return every kind of problem by its key, in alphabetical order; raises KeyError if one is not explained."""
    quads = ox.parse(
        files("lodeclaim.endpoint.web.pages").joinpath("problem-kinds.ttl").read_bytes(), format=ox.RdfFormat.TURTLE
    )
    said = {(quad.subject.value, quad.predicate.value): quad.object.value for quad in quads}
    definition, note = (PREFIXES["skos"] + name for name in ("definition", "note"))
    return {
        key: Kind(
            _SPACE + key,
            Problem(status, "", key).title,
            int(status),
            said[_SPACE + key, definition],
            said[_SPACE + key, note],
        )
        for key, status in sorted(STATUS.items())
    }


def blueprint() -> Blueprint:
    """Return the blueprint of the pages on problems."""
    pages = Blueprint("problem-kinds", __name__)

    @pages.get("/problem")
    @pages.get("/problem/")
    def every() -> Response:
        return _answer(tuple(kinds().values()), [asdict(kind) for kind in kinds().values()])

    @pages.get("/problem/<key>")
    def one(key: str) -> Response:
        if key not in kinds():
            raise NotFound(f"Kind of problem {key!r}: there is none of this name. GET /problem/ lists them.")
        return _answer((kinds()[key],), asdict(kinds()[key]))

    @pages.after_request
    def share(response: Response) -> Response:
        response.vary.add("Accept")
        response.headers["Access-Control-Allow-Origin"] = "*"
        return response

    return pages


def _answer(shown: tuple[Kind, ...], as_json: object) -> Response:
    if prefers_page(request.headers.get("Accept"), request.args.get("format")):
        page = render_template("problems.html", kinds=shown, phrases=HTTPStatus)
        return Response(page, content_type=HTML.content_type)
    return Response(json.dumps(as_json, ensure_ascii=False), content_type="application/json")
