"""Puts the web application together: an engine and settings -> a Flask app."""

from __future__ import annotations

from functools import cache, partial

from flask import Flask, Response, render_template

from lodeclaim.query.engine import Engine
from lodeclaim.query.guard import Limits
from lodeclaim.web import description, problems, protocol
from lodeclaim.web.settings import Settings


def create_app(engine: Engine, settings: Settings) -> Flask:
    """Return the application that answers from `engine`; it opens nothing by itself."""
    app = Flask(__name__, static_folder=None)
    # Percent-encoding triples a query, and the dataset parameters stand beside it.
    app.config["MAX_CONTENT_LENGTH"] = 3 * settings.max_query_bytes + settings.max_url_bytes
    limits = Limits(max_bytes=settings.max_query_bytes)
    app.register_blueprint(protocol.endpoint(engine, limits, settings.max_url_bytes))
    app.register_blueprint(description.blueprint(cache(partial(description.read, engine)), settings))
    problems.register(app)
    app.after_request(_harden)

    @app.get("/")
    def home() -> str:
        return render_template("home.html", url=(settings.public_url or "").rstrip("/") + protocol.PATH)

    @app.get("/health")
    def health() -> dict[str, str]:
        return {"status": "ok"}

    return app


def _harden(response: Response) -> Response:
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = "default-src 'self'; frame-ancestors 'none'"
    return response
