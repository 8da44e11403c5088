"""The pages in this process, over a store of a test's own, with what the knowledge brings to them."""

from __future__ import annotations

from flask import Flask
from flask.testing import FlaskClient

from lodeclaim import hosted
from lodeclaim.endpoint.engines.engine import Engine
from lodeclaim.endpoint.web.app import application
from lodeclaim.endpoint.web.settings import Settings
from lodeclaim.namespaces import BASE


def app(engine: Engine, describe=None, texts=None, **settings) -> Flask:
    """The application of nothing but the pages."""
    given = {"base_iri": BASE, **hosted.pages(texts=texts), **settings}
    return application(engine, Settings(**given), describe)


def client(engine: Engine, **settings) -> FlaskClient:
    """A client of the pages."""
    return app(engine, **settings).test_client()
