"""`/search`: what is called or described by some words, as a page or as JSON."""

from __future__ import annotations

import json
from urllib.parse import urlencode

from flask import Blueprint, Response, render_template, request
from werkzeug.exceptions import BadRequest

from lodeclaim.endpoint.engines.engine import Engine
from lodeclaim.endpoint.engines.fulltext import MAX_HITS, Hits
from lodeclaim.endpoint.sparql.formats import HTML, Format
from lodeclaim.endpoint.web.negotiation import choose
from lodeclaim.endpoint.web.pages.site import base, current

PATH = "/search"
USUAL = 20
"""How many hits there are where nobody says how many."""

JSON = Format("json", "application/json", "json", "results")


def add_routes(pages: Blueprint, engine: Engine) -> None:
    """Let a blueprint search the dataset."""

    @pages.get(PATH)
    def search() -> Response:
        format = choose((HTML, JSON), request.headers.get("Accept"), request.args.get("format"))
        words, first = request.args.get("q", ""), _first()
        if format.name == JSON.name:
            body = json.dumps(_told(words, engine.search(words, first)), ensure_ascii=False)
            return Response(body, content_type=format.content_type)
        # A page that is called without words is the form.
        found = engine.search(words, first) if words.strip() else None
        more = f"{base()}{PATH}?" + urlencode({"q": words, "limit": min(MAX_HITS, first * 5)})
        page = render_template(
            "endpoint/search.html", words=words, found=found, more=more if first < MAX_HITS else None
        )
        return Response(page, content_type=HTML.content_type)


def _first() -> int:
    wanted = request.args.get("limit", str(USUAL))
    if not (wanted.isascii() and wanted.isdigit() and len(wanted) < 10 and 1 <= int(wanted) <= MAX_HITS):
        raise BadRequest(f"Parameter `limit`: {wanted[:40]!r}. Give a number from 1 to {MAX_HITS}.")
    return int(wanted)


def _told(words: str, found: Hits) -> dict[str, object]:
    prefixes = current().prefixes
    hits = [
        {
            "iri": hit.iri,
            "name": prefixes.curie(hit.iri),
            "kind": hit.kind,
            "label": hit.label,
            "excerpt": hit.excerpt,
        }
        for hit in found.hits
    ]
    told = {"words": words, "hits": hits, "more": found.more, "allWords": found.all_words}
    return {**told, "labelsOnly": not found.is_indexed}
