"""Serves an RDF dataset over HTTP: the language, the engines, the pool of workers, the catalogue and the web.

`create_app` makes the whole of it: a WSGI application of Flask's, for any server or to be mounted in another one.
"""

from __future__ import annotations

from types import ModuleType
from typing import TYPE_CHECKING, Any

from lodeclaim.endpoint.errors import not_installed

if TYPE_CHECKING:
    from flask import Flask

    from lodeclaim.endpoint.web.blueprints import Blueprints


def create_app(**options: Any) -> Flask:  # noqa: ANN401 - see web.options.Options
    """Return the endpoint as a Flask application.

    The options are those of `lodeclaim.endpoint.web.options.Options`; what is not given is taken from the environment
    (`LODECLAIM_GRAPH`, `LODECLAIM_MAX_ROWS` ...). Without a graph, a data folder or a store the dataset of the
    distribution is served. The processes that answer queries start with the first request. Raises UsageError for what
    cannot work.
    """
    app: Flask = _factory().create_app(**options)
    return app


def create_blueprints(**options: Any) -> Blueprints:  # noqa: ANN401 - see web.options.Options
    """Return the endpoint as blueprints, to be registered in an application, all or some, under one prefix.

    They are `protocol`, `linked_data` and `catalogue`; options and errors are those of `create_app`.
    """
    parts: Blueprints = _factory().create_blueprints(**options)
    return parts


def _factory() -> ModuleType:
    # Whoever wants an error or a token of this package needs no Flask.
    try:
        from lodeclaim.endpoint.web import factory
    except ModuleNotFoundError as error:
        raise not_installed("lodeclaim.endpoint", error) from error
    return factory
