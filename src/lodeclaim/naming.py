"""What a person calls a thing of the graph -> its IRI: by its IRI, a prefixed name, its key or its label."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import pyoxigraph as ox

from lodeclaim.endpoint.catalogue import members
from lodeclaim.endpoint.engines.engine import EmbeddedEngine, read_prefixes
from lodeclaim.endpoint.engines.names import Names
from lodeclaim.endpoint.errors import UsageError
from lodeclaim.endpoint.prefixes import Prefixes
from lodeclaim.namespaces import PREFIXES


def engine(store: ox.Store) -> EmbeddedEngine:
    """Return an engine that gives no hints, so that the names that they need are not read."""
    return EmbeddedEngine(store, names=Names())


def find(store: ox.Store, classes: Sequence[str], written: str) -> list[str]:
    """Return the IRIs of the members of the classes that may be meant: none, one, or several."""
    return members.find(engine(store), classes, written, prefixes(store))


def one(store: ox.Store, classes: Sequence[str], written: str, what: str, where: str) -> str:
    """Return the IRI of the member of the classes that is meant.

    `what` says in words what is asked for, `where` for which option. Raises UsageError, with the nearest names, where
    it is unknown or ambiguous.
    """
    return members.one(engine(store), classes, written, prefixes(store), what, partial(UsageError, where))


def nearest(store: ox.Store, classes: Sequence[str], written: str) -> str:
    """Return the members of the classes that are called most like a name, as the end of a sentence."""
    return members.nearest(engine(store), classes, written, prefixes(store))


def prefixes(store: ox.Store) -> Prefixes:
    """Return the prefixes of the project, and those that the graph declares, by SHACL or by VANN."""
    return Prefixes({**read_prefixes(engine(store)), **PREFIXES})
