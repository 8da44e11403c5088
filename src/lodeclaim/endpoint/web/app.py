"""Puts the application together: an engine and settings -> a Flask app. The gateway may stand before it."""

from __future__ import annotations

from collections.abc import Callable

from flask import Flask

from lodeclaim.endpoint.engines.engine import Engine
from lodeclaim.endpoint.web.backend import Backend
from lodeclaim.endpoint.web.blueprints import Blueprints, blueprints, harden, words
from lodeclaim.endpoint.web.description import Description
from lodeclaim.endpoint.web.pages import problem_pages
from lodeclaim.endpoint.web.pages.downloads import Conversions
from lodeclaim.endpoint.web.settings import Settings


def application(
    engine: Engine,
    settings: Settings,
    describe: Callable[[], Description] | None = None,
    files: Callable[[], Conversions | None] | None = None,
    backend: Backend | None = None,
) -> Flask:
    """Return an application of nothing but the service that answers from `engine`; see `blueprints`."""
    return alone(blueprints(engine, settings, describe, files, backend))


def alone(parts: Blueprints) -> Flask:
    """Return an application of nothing but a service, which answers every error as its pages do."""
    app = Flask(__package__, static_folder=None, template_folder=None)
    # A redirect to a path without its double slash would carry the Host header of the request.
    app.url_map.merge_slashes = False
    if parts.backend is not None:
        app.extensions["lodeclaim"] = parts.backend
    app.before_request(parts.begin)
    app.context_processor(words)
    app.register_error_handler(Exception, problem_pages.answer)
    app.after_request(harden)
    for part in parts:
        app.register_blueprint(part)
    return app
