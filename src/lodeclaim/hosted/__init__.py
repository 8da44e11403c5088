"""What the knowledge brings to an endpoint that serves it: the dataset, what pages show of it, and its files."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import chain
from pathlib import Path
from typing import Any

import pyoxigraph as ox

from lodeclaim import parts, resources
from lodeclaim.corpus import Text
from lodeclaim.endpoint import profiles
from lodeclaim.endpoint.errors import UsageError
from lodeclaim.endpoint.rdf import node
from lodeclaim.findings import Finding
from lodeclaim.hosted import files, views
from lodeclaim.namespaces import GRAPHS, shorten
from lodeclaim.resources import Resources

_TYPE = node("rdf:type")


def dataset() -> dict[str, Any]:
    """Return the settings that the built graph is served with; raise UsageError where it is not built yet."""
    sources = resources.find()
    if not sources.built_graph.is_file():
        raise UsageError(str(sources.built_graph), "is not there yet", "Run lodeclaim build")
    return {
        "graph_file": sources.built_graph,
        "shapes": tuple(source.path for source in sources.files("shapes")),
    }


def pages(extra: tuple[Path, ...] = (), texts: Mapping[str, Text] | None = None) -> dict[str, Any]:
    """Return the settings by which pages show what our classes mean, and those of the folders of a user's own.

    With the article texts, by their digests, the words of passages are shown.
    """
    return {
        "profiles": tuple(source.path for source in resources.find(extra).files("profiles")),
        "views": views.named(texts or {}),
        "exporter": files.EXPORTER,
        "is_derived": is_derived,
    }


def check(sources: Resources, store: ox.Store) -> list[Finding]:
    """Return what is wrong with the profiles: what cannot be used, and classes that the graph knows nothing of."""
    found = profiles.read([source.path for source in sources.files("profiles")], views.named({}))
    findings = [Finding(fault.where, "profile", fault.found, fault.remedy) for fault in found.faults]
    searched = (field.of_class for field in found.searched)
    for name in sorted({*found.sections, *found.leads, *found.examples, *searched} - {profiles.RESOURCE}):
        of_class = ox.NamedNode(name)
        stated = chain(store.quads_for_pattern(of_class, None, None), store.quads_for_pattern(None, _TYPE, of_class))
        if next(stated, None) is None:
            remedy = "Correct the spelling, or declare the class"
            findings.append(Finding(shorten(name), "profile", "it has a profile, and is no class", remedy))
    return findings


def is_derived(graph: str) -> bool:
    """Return whether a named graph of ours holds what follows from others."""
    return graph.startswith(GRAPHS) and not parts.is_asserted(graph)
