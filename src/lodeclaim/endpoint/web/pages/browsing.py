"""Ways in: the front page with what is in the dataset, and lists of what has a property with a value."""

from __future__ import annotations

from urllib.parse import urlencode

from flask import Blueprint, render_template, request
from werkzeug.exceptions import BadRequest

from lodeclaim.endpoint.engines.engine import Engine
from lodeclaim.endpoint.prefixes import is_iri
from lodeclaim.endpoint.profiles import Count, FrontPage, Profiles
from lodeclaim.endpoint.web.lookup import ask, iri, rows, text
from lodeclaim.endpoint.web.nodes import Node, Row, nodes, preferred
from lodeclaim.endpoint.web.pages.linked import number, pages_of
from lodeclaim.endpoint.web.pages.site import base, current

LOCAL = "http://127.0.0.1:8000"
"""Where `lodeclaim serve` is found if nobody says otherwise."""

MOST_FEATURED = 8
"""How many queries of the catalogue the front page of a dataset names that has no profile."""


def add_routes(pages: Blueprint, engine: Engine, profiles: Profiles) -> None:
    """Let a blueprint answer with the front page and the lists."""

    @pages.get("/")
    def home() -> str:
        site = current()
        known = site.known
        front = profiles.front_pages.get(known.dataset or "", FrontPage())
        counts = [
            (count.label, _count(engine, count), listing(count.property, count.value)) for count in front.counts
        ]
        return render_template(
            "endpoint/home.html",
            counts=counts,
            triples=known.union,
            examples=_featured(engine, front),
            first=(front.first_query or text("first")).strip(),
            url=(site.settings.public_url or f"{LOCAL}{base()}").rstrip("/") + "/sparql",
            downloads=site.settings.graph_file is not None,
        )

    @pages.get("/list")
    def list_() -> str:
        value, property = _named("value"), _named("property") if "property" in request.args else None
        if property is None:
            counted = rows(engine, "incoming-counts", resource=iri(value))
            return render_template("endpoint/list.html", value=_called(engine, value), property=None, counts=counted)
        count = _count(engine, Count("", property, value, 0))
        page = number(count)
        query = text("list-for-readers").replace("urn:property", property).replace("urn:value", value)
        return render_template(
            "endpoint/list.html",
            property=_called(engine, property),
            value=_called(engine, value),
            subjects=nodes(rows(engine, "list", page, property=iri(property), value=iri(value)), "subject").values(),
            count=count,
            page=page,
            pages=pages_of(count),
            sparql=f"{base()}/sparql?" + urlencode({"query": query}),
        )


def listing(property: str | None, value: str) -> str:
    """Return the path of the list of what has a property with a value, or any property with it."""
    return f"{base()}/list?" + urlencode({"property": property, "value": value} if property else {"value": value})


def _count(engine: Engine, count: Count) -> int:
    counted = rows(engine, "list-count", property=iri(count.property), value=iri(count.value))
    return int(counted[0]["count"].value) if counted else 0


def _featured(engine: Engine, front: FrontPage) -> list[Row]:
    if not front.featured:
        return rows(engine, "catalogue")[:MOST_FEATURED]
    named = " ".join(f"<{name}>" for name in front.featured if is_iri(name))
    return ask(engine, text("featured").replace("{ }", f"{{ {named} }}"))


def _named(parameter: str) -> str:
    name = request.args.get(parameter, "")
    if not is_iri(name):
        raise BadRequest(f"Parameter `{parameter}`: {name!r} is no absolute IRI. Give one in full, percent-encoded.")
    return name


def _called(engine: Engine, name: str) -> Node:
    found = rows(engine, "label", resource=iri(name))
    return Node(iri(name), preferred(row["label"] for row in found))
