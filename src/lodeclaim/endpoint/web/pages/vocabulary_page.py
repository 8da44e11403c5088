"""`/endpoint`: the endpoint's own terms, as a page and as RDF."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import pyoxigraph as ox
from flask import Blueprint, Response, render_template, request

from lodeclaim.endpoint import rdf, shipped
from lodeclaim.endpoint.rdf import node
from lodeclaim.endpoint.sparql.formats import HTML
from lodeclaim.endpoint.vocabularies import ENDPOINT, USUAL
from lodeclaim.endpoint.web.negotiation import DESCRIPTIONS, choose


@dataclass(frozen=True)
class Entry:
    """A term: its local name, label and definition."""

    name: str
    label: str
    definition: str


def add_routes(pages: Blueprint) -> None:
    """Let a blueprint answer with the vocabulary."""

    @pages.get("/endpoint")
    def vocabulary() -> Response:
        format = choose(DESCRIPTIONS, request.headers.get("Accept"), request.args.get("format"))
        if format.name == HTML.name:
            page = render_template("endpoint/vocabulary.html", entries=entries(), namespace=ENDPOINT)
            return Response(page, content_type=HTML.content_type)
        written = rdf.serialize(list(_triples()), rdf.format_named(format.extension), {"endpoint": ENDPOINT, **USUAL})
        return Response(written, content_type=format.content_type)


@cache
def entries() -> tuple[Entry, ...]:
    """Return the terms, in the order of their names."""
    said = {(str(t.subject), t.predicate): t.object.value for t in _triples() if not isinstance(t.object, ox.Triple)}
    label, definition = node("rdfs:label"), node("skos:definition")
    terms = {subject for subject, property in said if property == node("rdfs:isDefinedBy")}
    named = (Entry(term[1:-1].removeprefix(ENDPOINT), said[term, label], said[term, definition]) for term in terms)
    return tuple(sorted(named, key=lambda entry: entry.name.lower()))


@cache
def _triples() -> tuple[ox.Triple, ...]:
    quads = ox.parse(shipped.text("lodeclaim.endpoint", "vocabulary.ttl"), format=ox.RdfFormat.TURTLE)
    return tuple(quad.triple for quad in quads)
