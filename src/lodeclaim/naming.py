"""What a person calls a thing of the graph -> its IRI: by its IRI, a prefixed name, its key or its label."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import pyoxigraph as ox

from lodeclaim.endpoint.catalogue import members
from lodeclaim.endpoint.engines.engine import EmbeddedEngine
from lodeclaim.endpoint.errors import UsageError
from lodeclaim.endpoint.prefixes import Prefixes
from lodeclaim.namespaces import PREFIXES


def find(store: ox.Store, classes: Sequence[str], written: str) -> list[str]:
    """Return the IRIs of the members of the classes that may be meant: none, one, or several."""
    engine = EmbeddedEngine(store)
    return members.find(engine, classes, written, _prefixes(engine))


def one(store: ox.Store, classes: Sequence[str], written: str, what: str, where: str) -> str:
    """Return the IRI of the member of the classes that is meant.

    `what` says in words what is asked for, `where` for which option. Raises UsageError, with the nearest names, where
    it is unknown or ambiguous.
    """
    engine = EmbeddedEngine(store)
    return members.one(engine, classes, written, _prefixes(engine), what, partial(UsageError, where))


def nearest(store: ox.Store, classes: Sequence[str], written: str) -> str:
    """Return the members of the classes that are called most like a name, as the end of a sentence."""
    engine = EmbeddedEngine(store)
    return members.nearest(engine, classes, written, _prefixes(engine))


def _prefixes(engine: EmbeddedEngine) -> Prefixes:
    return Prefixes({**engine.names.prefixes, **PREFIXES})
