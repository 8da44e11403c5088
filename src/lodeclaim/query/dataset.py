"""Where a dataset comes from: a TriG or N-Quads file read into memory, or a store on disk; and its version."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from importlib import resources as package
from pathlib import Path

import pyoxigraph as ox

from lodeclaim.errors import SourceError, UsageError
from lodeclaim.namespaces import LC
from lodeclaim.query.engine import EmbeddedEngine, Query

CURRENT = "current"
"""The file in a data folder that names the store which is to be served."""


@dataclass(frozen=True)
class Dataset:
    """What is asked: its version, the local names of the ontology's terms in it, and how an engine over it is had."""

    version: str
    terms: frozenset[str]
    open: Callable[[], EmbeddedEngine]
    """Gives the engine; called in each worker, since a store on disk must be opened by the process that reads it."""


def in_memory(path: Path) -> Dataset:
    """Return a dataset held by this process and those it forks; raises UsageError or SourceError as `from_file`."""
    engine = EmbeddedEngine.from_file(path)
    with path.open("rb") as stream:
        version = hashlib.file_digest(stream, "sha256").hexdigest()
    return Dataset(version, _terms(engine), lambda: engine)


def on_disk(folder: Path) -> Dataset:
    """Return a dataset that each process opens for itself, read-only.

    Raises UsageError where the folder holds no store, SourceError where the store cannot be opened.
    """
    current = folder / CURRENT
    if not current.is_file():
        raise UsageError(str(folder), "it holds no store", f"Write one with lodeclaim build --data-dir {folder}")
    version = current.read_text().strip()
    store = folder / version

    def open_store() -> EmbeddedEngine:
        try:
            return EmbeddedEngine(ox.Store.read_only(str(store)))
        except OSError as error:
            remedy = "Write it again with lodeclaim build --data-dir"
            raise SourceError(str(store), f"the store cannot be opened ({error})", remedy) from error

    return Dataset(version, _terms(open_store()), open_store)


def _terms(engine: EmbeddedEngine) -> frozenset[str]:
    text = (package.files("lodeclaim.query") / "terms.rq").read_text()
    iris = (row[0].value for row in engine.select(Query(text)).rows if row[0] is not None)
    return frozenset(iri.removeprefix(str(LC)) for iri in iris if iri.startswith(str(LC)))
