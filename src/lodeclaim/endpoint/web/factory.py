"""Makes a service of its options: what `create_app` and `create_blueprints` of `lodeclaim.endpoint` return."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import replace
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

from flask import Flask

from lodeclaim.endpoint.engines.dataset import CURRENT
from lodeclaim.endpoint.engines.upstream import RemoteStore
from lodeclaim.endpoint.errors import UsageError
from lodeclaim.endpoint.web.app import alone
from lodeclaim.endpoint.web.backend import Backend
from lodeclaim.endpoint.web.blueprints import Blueprints, blueprints
from lodeclaim.endpoint.web.options import Options

GROUP = "lodeclaim.endpoint"
"""The entry points of a distribution that brings a dataset and what its pages show.

`dataset` gives the fields of `Settings` to serve it, where nobody names another; `pages` those for its classes, which
apply to whatever is served.
"""


def create_app(**given: Any) -> Flask:  # noqa: ANN401 - see Options
    """Return the endpoint; see `lodeclaim.endpoint.create_app`."""
    return alone(create_blueprints(**given))


def create_blueprints(**given: Any) -> Blueprints:  # noqa: ANN401 - see Options
    """Return the parts of the endpoint; see `lodeclaim.endpoint.create_blueprints`."""
    options = Options.gathered(os.environ, given)
    source, settings = options.source(), options.settings(**_brought("pages"))
    if options.profiles or options.views:
        settings = replace(
            settings,
            profiles=(*settings.profiles, *map(Path, options.profiles)),
            views={**settings.views, **options.views},
        )
    if source is None:
        settings = replace(settings, **_brought("dataset"))
        source = settings.graph_file
    elif source == options.graph:
        settings = replace(settings, graph_file=options.graph)
    if source is None:
        raise UsageError(
            "graph", "nobody has said what to serve", "Give graph, data_dir or store, or LODECLAIM_GRAPH"
        )
    if isinstance(source, Path) and not (source.is_file() or (source / CURRENT).is_file()):
        raise UsageError(str(source), "is not there", "Name a graph file, or a data folder that holds a store")
    settings = replace(settings, is_embedded=not isinstance(source, RemoteStore))
    backend = Backend(source, settings, options.capacity(), options.private_services)
    return blueprints(backend, settings, lambda: backend.description, lambda: backend.files, backend)


def _brought(name: str) -> Mapping[str, Any]:
    """Return the settings that an installed distribution brings; none where none does."""
    for entry in entry_points(group=GROUP, name=name):
        brought: Mapping[str, Any] = entry.load()()
        return brought
    return {}
