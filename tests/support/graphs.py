"""Stores for tests: a copy that may be changed, and one of a few lines of Turtle."""

from __future__ import annotations

import pyoxigraph as ox


def copy_of(store: ox.Store) -> ox.Store:
    """A store of its own for a test that changes something."""
    copy = ox.Store()
    copy.extend(store)
    return copy


def store(turtle: str) -> ox.Store:
    """A store whose only named graph holds these triples."""
    made = ox.Store()
    made.load(turtle.encode(), format=ox.RdfFormat.TURTLE, to_graph=ox.NamedNode("http://example.org/graph"))
    return made
