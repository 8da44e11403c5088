"""An application of somebody else's, with the endpoint below `/data`: what the tests run under a server."""

from __future__ import annotations

from flask import Flask
from werkzeug.middleware.dispatcher import DispatcherMiddleware

from lodeclaim.endpoint import create_app

PREFIX = "/data"

host = Flask(__name__)


@host.get("/")
def home() -> str:
    return "<a href=data/sparql>data</a>"


host.wsgi_app = DispatcherMiddleware(host.wsgi_app, {PREFIX: create_app()})  # type: ignore[method-assign]
