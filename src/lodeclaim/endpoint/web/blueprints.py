"""One service as three blueprints: the SPARQL protocols, linked data, and the catalogue of queries."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, partial
from typing import Any

from flask import Blueprint, Response, g, request

from lodeclaim.endpoint import profiles, shipped
from lodeclaim.endpoint.checksums import Checksum
from lodeclaim.endpoint.engines.engine import Engine
from lodeclaim.endpoint.web import cors, description, protocol, service, wsgi
from lodeclaim.endpoint.web.backend import Backend
from lodeclaim.endpoint.web.description import Description
from lodeclaim.endpoint.web.pages import (
    browsing,
    downloads,
    editor,
    excerpt,
    linked,
    problem_kinds,
    problem_pages,
    searching,
    shapes,
    site,
    stored,
    vocabulary_page,
)
from lodeclaim.endpoint.web.pages.downloads import Conversions
from lodeclaim.endpoint.web.pages.site import Site
from lodeclaim.endpoint.web.settings import Settings

_CONTENT_POLICY = "; ".join(
    (
        "default-src 'self'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "object-src 'none'",
    )
)
"""Nothing inline, nothing from elsewhere: what a label smuggles into a page does not run."""


@dataclass(frozen=True)
class Blueprints:
    """The parts of one service, to be registered under one prefix, all of them or some.

    They bring their own limits, headers, templates (below `endpoint/`) and static files, and touch nothing else of
    the application. Links lead only to parts that are registered.
    """

    protocol: Blueprint
    """`/sparql`, `/store`, `/running/`, `/health`, `/metrics`, `/.well-known/void`, `/problem/` and `/endpoint`."""

    linked_data: Blueprint
    """The front page, and all that the dataset has a name for; downloads and shapes."""

    catalogue: Blueprint
    """`/queries`, `/api/queries/` and `/openapi.json`."""

    site: Site
    backend: Backend | None = None

    def __iter__(self) -> Iterator[Blueprint]:
        return iter((self.protocol, self.linked_data, self.catalogue))

    def begin(self) -> None:
        """Before a request: let pages know where they lie, and bound what is read for them."""
        g.lodeclaim = self.site
        request.max_content_length = protocol.max_body(self.site.settings)
        wsgi.ask_for_client()


def blueprints(
    engine: Engine,
    settings: Settings,
    describe: Callable[[], Description] | None = None,
    files: Callable[[], Conversions | None] | None = None,
    backend: Backend | None = None,
) -> Blueprints:
    """Return the parts of the service that answers from `engine`; without a backend the protocols answer nothing.

    `describe` and `files` give the description and the files of what is served now; without them, the one is read
    once from the engine, and the others are those of the graph file as it is now.
    """
    describe = describe or cache(partial(description.read, engine))
    made = None
    if settings.graph_file and files is None:
        made = Conversions(settings.graph_file, settings.exporter)
    files = files or (lambda: made)
    found = profiles.read(settings.profiles, settings.views)
    for fault in found.faults:
        print(f"lodeclaim: {fault}", file=sys.stderr)
    protocols, linked_data, catalogue = map(_blueprint, ("protocol", "linked_data", "catalogue"))
    parts = Blueprints(protocols, linked_data, catalogue, Site(describe, settings), backend)
    for part in parts:
        _equip(part, parts)
    if backend is not None:
        service.add_routes(parts.protocol, backend, settings, parts.site)
    description.add_routes(parts.protocol, describe, settings, partial(_digests, files))
    editor.add_routes(parts.protocol, engine, settings)
    problem_kinds.add_routes(parts.protocol)
    vocabulary_page.add_routes(parts.protocol)
    browsing.add_routes(parts.linked_data, engine, found)
    searching.add_routes(parts.linked_data, engine)
    downloads.add_routes(parts.linked_data, engine, files)
    shapes.add_routes(parts.linked_data, settings)
    linked.add_routes(parts.linked_data, engine, found)
    stored.add_routes(parts.catalogue, engine, settings)
    return parts


def _blueprint(name: str) -> Blueprint:
    return Blueprint(
        name, __package__, template_folder="templates", static_folder="static", static_url_path="/static"
    )


def _equip(part: Blueprint, parts: Blueprints) -> None:
    part.record(lambda state: parts.site.register(part.name, state.url_prefix))
    part.before_request(parts.begin)
    part.context_processor(words)
    part.register_error_handler(Exception, problem_pages.answer)
    part.after_request(harden)


def words() -> dict[str, Any]:
    """Return what the templates may use besides what each is given."""
    here = site.current()
    about = here.known.about
    return {
        "base": site.base,
        "coded": excerpt.coded,
        "has": site.has,
        "href": site.href,
        "is_own": site.is_own,
        "outside": site.outside,
        "short": site.short,
        "with_format": site.with_format,
        "with_parameter": site.with_parameter,
        "listing": browsing.listing,
        "shapes": bool(here.settings.shapes),
        "brand": here.name,
        "about_dataset": {name: about.get(property, ()) for name, property in description.ABOUT.items()},
        "version": shipped.version(),
    }


def harden(response: Response) -> Response:
    """Return a response of ours with the headers that all have; what it has already stays."""
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    response.headers.setdefault("Content-Security-Policy", _CONTENT_POLICY)
    for name, value in cors.headers().items():
        response.headers.setdefault(name, value)
    if request.method == "OPTIONS" and response.allow:
        response.headers.update(cors.preflight(response.allow, request.headers.get(cors.ASKED)))
    if not (request.endpoint or "").endswith(".static"):
        response.vary.add("Accept")
    return response


def _digests(files: Callable[[], Conversions | None]) -> Mapping[str, Checksum]:
    found = files()
    return found.checksums() if found else {}
