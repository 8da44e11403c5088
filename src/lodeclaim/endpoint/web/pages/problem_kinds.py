"""`/problem/<kind>`: what the type of a problem document leads to, for readers and for programs."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from functools import cache
from http import HTTPStatus

import pyoxigraph as ox
from flask import Blueprint, Response, render_template, request
from werkzeug.exceptions import NotFound

from lodeclaim.endpoint import shipped
from lodeclaim.endpoint.rdf import node
from lodeclaim.endpoint.sparql.formats import HTML
from lodeclaim.endpoint.vocabularies import PROBLEMS
from lodeclaim.endpoint.web.negotiation import prefers_page
from lodeclaim.endpoint.web.problems import STATUS, Problem


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
        return self.type.removeprefix(PROBLEMS)


@cache
def kinds() -> dict[str, Kind]:
    """Return every kind of problem by its key, in alphabetical order; raises KeyError if one is not explained."""
    quads = ox.parse(shipped.text("lodeclaim.endpoint.web.pages", "problem-kinds.ttl"), format=ox.RdfFormat.TURTLE)
    said = {(quad.subject.value, quad.predicate.value): quad.object.value for quad in quads}
    definition, note = (node(name).value for name in ("skos:definition", "skos:note"))
    return {
        key: Kind(
            PROBLEMS + key,
            Problem(status, "", key).title,
            int(status),
            said[PROBLEMS + key, definition],
            said[PROBLEMS + key, note],
        )
        for key, status in sorted(STATUS.items())
    }


def add_routes(pages: Blueprint) -> None:
    """Let a blueprint answer with the pages on problems."""

    @pages.get("/problem")
    @pages.get("/problem/")
    def every() -> Response:
        return _answer(tuple(kinds().values()), [asdict(kind) for kind in kinds().values()])

    @pages.get("/problem/<key>")
    def one(key: str) -> Response:
        if key not in kinds():
            raise NotFound(f"Kind of problem {key!r}: there is none of this name. GET /problem/ lists them.")
        return _answer((kinds()[key],), asdict(kinds()[key]))


def _answer(shown: tuple[Kind, ...], as_json: object) -> Response:
    if prefers_page(request.headers.get("Accept"), request.args.get("format")):
        page = render_template("endpoint/problems.html", kinds=shown, phrases=HTTPStatus)
        return Response(page, content_type=HTML.content_type)
    return Response(json.dumps(as_json, ensure_ascii=False), content_type="application/json")
