"""The dataset that comes with the distribution, for an endpoint that is told of no other."""

from __future__ import annotations

from typing import Any

from lodeclaim import resources
from lodeclaim.endpoint.errors import UsageError


def dataset() -> dict[str, Any]:
    """Return the settings that the built graph is served with; raise UsageError where it is not built yet."""
    sources = resources.find()
    if not sources.built_graph.is_file():
        raise UsageError(str(sources.built_graph), "is not there yet", "Run lodeclaim build")
    return {
        "graph_file": sources.built_graph,
        "shapes": tuple(source.path for source in sources.files("shapes")),
    }
