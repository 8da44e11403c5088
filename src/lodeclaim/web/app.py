"""Puts the web application together: an engine and settings -> a Flask app."""

from __future__ import annotations

from flask import Flask, Response

from lodeclaim import __version__
from lodeclaim.query.engine import Engine
from lodeclaim.query.guard import Limits
from lodeclaim.web import addresses, browsing, downloads, linked, problems, protocol
from lodeclaim.web.settings import Settings


def create_app(engine: Engine, settings: Settings) -> Flask:
    """Return the application that answers from `engine`; it opens nothing by itself."""
    app = Flask(__name__)
    # A redirect to a path without its double slash would carry the Host header of the request.
    app.url_map.merge_slashes = False
    app.jinja_env.globals.update(version=__version__, href=addresses.href, short=addresses.short)
    # Percent-encoding triples a query, and the dataset parameters stand beside it.
    app.config["MAX_CONTENT_LENGTH"] = 3 * settings.max_query_bytes + settings.max_url_bytes
    limits = Limits(max_bytes=settings.max_query_bytes)
    app.register_blueprint(protocol.endpoint(engine, limits, settings.max_url_bytes))
    app.register_blueprint(linked.blueprint(engine, settings))
    app.register_blueprint(browsing.blueprint(engine, settings))
    app.register_blueprint(downloads.blueprint(settings))
    problems.register(app)
    app.after_request(_harden)

    @app.get("/health")
    def health() -> dict[str, str]:
        return {"status": "ok"}

    return app


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
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = _CONTENT_POLICY
    return response
