"""Ways in: the front page with what is in the graph, and lists of what has a property with a value."""

from __future__ import annotations

from urllib.parse import urlencode

from flask import Blueprint, render_template, request
from werkzeug.exceptions import BadRequest

from lodeclaim.endpoint.engines.engine import Engine
from lodeclaim.endpoint.web.pages.addresses import base, is_iri
from lodeclaim.endpoint.web.pages.descriptions import TYPE
from lodeclaim.endpoint.web.pages.linked import number, pages_of
from lodeclaim.endpoint.web.pages.lookup import iri, rows, text
from lodeclaim.endpoint.web.pages.nodes import Node, preferred
from lodeclaim.endpoint.web.settings import Settings
from lodeclaim.namespaces import LC

COUNTED = {
    "documents": (TYPE, LC.Document),
    "claims": (TYPE, LC.Claim),
    "questions": (TYPE, LC.Question),
    "positions": (TYPE, LC.Position),
    "contradictions": (LC.relation, LC.Contradicts),
}
"""What the front page counts: property and value that the counted have."""

LOCAL = "http://127.0.0.1:8000"
"""Where `lodeclaim serve` is found if nobody says otherwise."""


def blueprint(engine: Engine, settings: Settings) -> Blueprint:
    """Return the blueprint of the front page and the lists."""
    pages = Blueprint("browsing", __name__)

    @pages.get("/")
    def home() -> str:
        counts = rows(engine, "counts")[0]
        return render_template(
            "home.html",
            counts=[(name, int(counts[name].value), listing(*pair)) for name, pair in COUNTED.items()],
            triples=int(counts["triples"].value),
            examples=rows(engine, "examples"),
            first=text("first").strip(),
            url=(settings.public_url or f"{LOCAL}{base()}").rstrip("/") + "/sparql",
            downloads=settings.graph_file is not None,
        )

    @pages.get("/list")
    def list_() -> str:
        value, property = _named("value"), _named("property") if "property" in request.args else None
        if property is None:
            counted = rows(engine, "incoming-counts", resource=iri(value))
            return render_template("list.html", value=_called(engine, value), property=None, counts=counted)
        counted = rows(engine, "list-count", property=iri(property), value=iri(value))
        count = int(counted[0]["count"].value) if counted else 0
        page = number(count)
        query = text("list-for-readers").replace("urn:property", property).replace("urn:value", value)
        return render_template(
            "list.html",
            property=_called(engine, property),
            value=_called(engine, value),
            rows=rows(engine, "list", page, property=iri(property), value=iri(value)),
            count=count,
            page=page,
            pages=pages_of(count),
            sparql=f"{base()}/sparql?" + urlencode({"query": query}),
        )

    pages.add_app_template_global(listing, "listing")
    return pages


def listing(property: str | None, value: str) -> str:
    """Return the path of the list of what has a property with a value, or any property with it."""
    return f"{base()}/list?" + urlencode({"property": property, "value": value} if property else {"value": value})


def _named(parameter: str) -> str:
    name = request.args.get(parameter, "")
    if not is_iri(name):
        raise BadRequest(f"Parameter `{parameter}`: {name!r} is no absolute IRI. Give one in full, percent-encoded.")
    return name


def _called(engine: Engine, name: str) -> Node:
    found = rows(engine, "label", resource=iri(name))
    return Node(iri(name), preferred(row["label"] for row in found))
