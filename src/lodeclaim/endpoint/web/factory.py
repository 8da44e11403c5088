"""Makes the whole endpoint of its options: what `lodeclaim.endpoint.create_app` returns."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import replace
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

from flask import Flask

from lodeclaim.endpoint.engines.dataset import CURRENT
from lodeclaim.endpoint.errors import UsageError
from lodeclaim.endpoint.web.app import application
from lodeclaim.endpoint.web.backend import Backend
from lodeclaim.endpoint.web.options import Options

GROUP = "lodeclaim.endpoint"
"""The entry points of a distribution that brings a dataset: each gives the fields of `Settings` to serve it."""


def create_app(**given: Any) -> Flask:  # noqa: ANN401 - see Options
    """Return the endpoint; see `lodeclaim.endpoint.create_app`."""
    options = Options.gathered(os.environ, given)
    source, settings = options.source(), options.settings()
    if source is None:
        settings = replace(settings, **_distributed())
        source = settings.graph_file
    elif source == options.graph:
        settings = replace(settings, graph_file=options.graph)
    if source is None:
        raise UsageError(
            "graph", "nobody has said what to serve", "Give graph, data_dir or store, or LODECLAIM_GRAPH"
        )
    if isinstance(source, Path) and not (source.is_file() or (source / CURRENT).is_file()):
        raise UsageError(str(source), "is not there", "Name a graph file, or a data folder that holds a store")
    backend = Backend(source, settings, options.capacity(), options.private_services)
    return application(backend, settings, lambda: backend.description, lambda: backend.files, backend)


def _distributed() -> Mapping[str, Any]:
    """Return the settings for the dataset that an installed distribution brings; none where none does."""
    for entry in entry_points(group=GROUP, name="dataset"):
        found: Mapping[str, Any] = entry.load()()
        return found
    return {}
