"""Puts the application together: an engine and settings -> a Flask app. The gateway may stand before it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache, partial

from flask import Flask, Response

from lodeclaim import __version__
from lodeclaim.checksums import Checksum
from lodeclaim.endpoint.engines.engine import Engine
from lodeclaim.endpoint.web import description, protocol, service
from lodeclaim.endpoint.web.backend import Backend
from lodeclaim.endpoint.web.description import Description
from lodeclaim.endpoint.web.pages import (
    addresses,
    browsing,
    downloads,
    editor,
    linked,
    problem_kinds,
    problem_pages,
    shapes,
    stored,
)
from lodeclaim.endpoint.web.settings import Settings


def application(
    engine: Engine,
    settings: Settings,
    describe: Callable[[], Description] | None = None,
    files: Callable[[], downloads.Conversions | None] | None = None,
    backend: Backend | None = None,
) -> Flask:
    """Return the application that answers from `engine`: its pages and files, and with a backend the protocols too.

    `describe` and `files` give the description and the files of what is served now; without them, the one is read
    once from the engine, and the others are those of the graph file as it is now.
    """
    app = Flask(__name__)
    # A redirect to a path without its double slash would carry the Host header of the request.
    app.url_map.merge_slashes = False
    app.jinja_env.globals.update(version=__version__, base=addresses.base, href=addresses.href, short=addresses.short)
    app.config["PUBLIC_URL"] = settings.public_url
    app.config["MAX_CONTENT_LENGTH"] = protocol.max_body(settings)
    describe = describe or cache(partial(description.read, engine))
    made = downloads.Conversions(settings.graph_file) if settings.graph_file and files is None else None
    files = files or (lambda: made)
    app.register_blueprint(description.blueprint(describe, settings, partial(_digests, files)))
    if backend is not None:
        app.extensions["lodeclaim"] = backend
        app.register_blueprint(service.blueprint(backend, settings))
    app.register_blueprint(editor.blueprint(engine, settings))
    app.register_blueprint(stored.blueprint(engine, settings))
    app.register_blueprint(linked.blueprint(engine, settings))
    app.register_blueprint(browsing.blueprint(engine, settings))
    app.register_blueprint(shapes.blueprint(settings))
    app.register_blueprint(problem_kinds.blueprint())
    app.register_blueprint(downloads.blueprint(engine, files))
    problem_pages.register(app)
    app.after_request(_harden)

    return app


def _digests(files: Callable[[], downloads.Conversions | None]) -> Mapping[str, Checksum]:
    found = files()
    return found.checksums() if found else {}


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


def _harden(response: Response) -> Response:
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    response.headers.setdefault("Content-Security-Policy", _CONTENT_POLICY)
    return response
