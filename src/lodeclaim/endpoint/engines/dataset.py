"""Where a dataset comes from: a TriG or N-Quads file read into memory, or a store on disk; and its version."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from io import BufferedReader
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, Any, cast

import pyoxigraph as ox

from lodeclaim.endpoint.engines import holds
from lodeclaim.endpoint.engines import names as naming
from lodeclaim.endpoint.engines.apart import apart
from lodeclaim.endpoint.engines.engine import EmbeddedEngine, Engine, read_names
from lodeclaim.endpoint.engines.fulltext import Field, Index
from lodeclaim.endpoint.engines.names import Names
from lodeclaim.endpoint.engines.remote import RemoteEngine
from lodeclaim.endpoint.engines.upstream import RemoteStore
from lodeclaim.endpoint.errors import LodeclaimError, SourceError, UsageError
from lodeclaim.endpoint.rdf import check_regular, format_of, malformed, unreadable, write

NAMES_SECONDS = 5
"""How long another store may take to tell how it names things."""

_NAMES_BYTES = 1 << 28
"""The room that names may take on their way from the process that reads them; what is not filled costs nothing."""

CURRENT = "current"
"""The file in a data folder that names the store which is to be served."""

INDEX = "fulltext.sqlite"
"""The file beside those of a store on disk that holds its index of words."""

_OURS = re.compile(r"[0-9a-f]{64}|part-\w{8}")
"""The names of what `store` makes there: stores by their version, and what becomes one."""


Source = Path | RemoteStore
"""A graph file, the folder of a store on disk, or a store that is asked over HTTP."""


@dataclass(frozen=True)
class Dataset:
    """What is asked: its version, how it names things, and how an engine over it is had."""

    version: str
    """Empty where the data may change and nobody tells."""

    names: Names
    open: Callable[[], EmbeddedEngine | RemoteEngine]
    """Gives the engine; called in each worker, since a store on disk must be opened by the process that reads it."""

    sockets: bool = False
    """Whether the engine opens connections."""


def opened(source: Source, fields: Sequence[Field] = ()) -> Dataset:
    """Return the dataset of a source, in which values of the fields can be searched; raises as the functions below.

    A store on disk has its index from when it was written.
    """
    if isinstance(source, RemoteStore):
        return at_store(source)
    if source.is_dir():
        return on_disk(source)
    check_regular(source)
    return in_memory(source, fields)


def in_memory(path: Path, fields: Sequence[Field] = ()) -> Dataset:
    """Return a dataset held by this process and those it forks, and so is the index over the fields.

    Raises UsageError where the file cannot be read, SourceError where it is malformed.
    """
    held = ox.Store()
    version = _load(held, path)
    engine = EmbeddedEngine(held, index=Index.of(held, fields))
    return Dataset(version, engine.names, lambda: engine)


def on_disk(folder: Path) -> Dataset:
    """Return a dataset that each process opens for itself, read-only.

    The store is kept from being removed as long as the dataset is there. Raises UsageError where the folder holds no
    store, SourceError where the store cannot be opened.
    """
    version = _current(folder)
    if version is None:
        raise UsageError(str(folder), "it holds no store", f"Write one with lodeclaim build --data-dir {folder}")
    path = folder / version
    hold = holds.Hold(path)

    def open_store(names: Names | None = None, _: holds.Hold = hold) -> EmbeddedEngine:
        try:
            return EmbeddedEngine(ox.Store.read_only(str(path)), names=names, index=Index.opened(path / INDEX))
        except OSError as error:
            remedy = "Write it again with lodeclaim build --data-dir"
            raise SourceError(str(path), f"the store cannot be opened ({error})", remedy) from error

    names = _names_apart(open_store)
    return Dataset(version, names, lambda: open_store(names))


def at_store(store: RemoteStore) -> Dataset:
    """Return a dataset that another store holds; one that is down now may be there when it is asked."""
    try:
        names = _names_apart(lambda: RemoteEngine(store), NAMES_SECONDS, with_values=False)
    except SourceError:
        names = Names()  # hints are what is lost, and prefixes
    return Dataset("", names, lambda: RemoteEngine(store, names), sockets=True)


def store(folder: Path, graph: Path, fields: Sequence[Field] = ()) -> str:
    """Write a TriG or N-Quads file into a data folder as a store on disk, and return its version.

    With it goes an index of the values of the fields.

    The store is complete before `current` names it, so that a server that loads the folder anew finds the old one or
    the new one. The one that was current before is left, since a server may be about to read it, and so is one that
    is in use; older ones are removed, and nothing else in the folder. Who writes there meanwhile is waited for.
    Raises UsageError where the graph or the folder cannot be used, SourceError where the graph is malformed.
    """
    with suppress(OSError):  # what is wrong with the folder is said below
        if graph.is_file():
            folder.mkdir(parents=True, exist_ok=True)
    with holds.alone(folder):
        return _stored(folder, graph, fields)


def _stored(folder: Path, graph: Path, fields: Sequence[Field]) -> str:
    version = _digest(graph)
    final = folder / version
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if not final.is_dir():
            with TemporaryDirectory(dir=folder, prefix="part-") as beside:
                part = Path(beside) / "part"
                version = _load(ox.Store(str(part)), graph)  # the file may be another by now
                final = folder / version
                if not final.is_dir():
                    part.rename(final)
        if not (final / INDEX).is_file():
            _write_index(final, folder, fields)
        before = _current(folder)
        write(folder / CURRENT, version.encode())
    except OSError as error:
        raise UsageError(str(folder), f"it cannot be written ({error})", "Choose another with --data-dir") from error
    for old in folder.iterdir():
        if _OURS.fullmatch(old.name) and old.is_dir() and old.name not in {version, before}:
            holds.remove(old)
    return version


def _write_index(store: Path, folder: Path, fields: Sequence[Field]) -> None:
    with TemporaryDirectory(dir=folder, prefix="part-") as beside:
        written = Path(beside) / INDEX
        if index := Index.of(ox.Store.read_only(str(store)), fields, written):
            index.close()
            written.rename(store / INDEX)


def _load(into: ox.Store, graph: Path) -> str:
    """Load a file into a store, and return the digest of the very bytes that were loaded.

    Raises UsageError where it cannot be read, SourceError where it is malformed.
    """
    with _open(graph) as stream:
        read = _Digested(stream)
        try:
            # Not `bulk_load`, which names blank nodes anew each time: answers would change where the data did not.
            into.bulk_extend(ox.parse(cast(IO[bytes], read), format=format_of(graph)))
            into.flush()
        except SyntaxError as error:
            raise malformed(graph, error) from error
    return read.digest.hexdigest()


class _Digested:
    """A stream that works out the digest of what is read from it."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self.digest = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        part = self._stream.read(size)
        self.digest.update(part)
        return part


def _current(folder: Path) -> str | None:
    current = folder / CURRENT
    return current.read_text().strip() if current.is_file() else None


def _digest(graph: Path) -> str:
    with _open(graph) as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _open(graph: Path) -> BufferedReader:
    try:
        return graph.open("rb")
    except OSError as error:
        raise unreadable(graph, error) from error


def _names_apart(open_engine: Callable[[], Engine], seconds: int = 0, *, with_values: bool = True) -> Names:
    """Return the names as a child process reads them, and the usual ones where it takes longer.

    A store on disk that was opened leaves threads, and is never forked; another store may do whatever it likes.
    """

    def told() -> dict[str, Any]:
        try:
            names = read_names(open_engine(), with_values=with_values)
        except LodeclaimError as error:
            return {"error": [error.where, error.found, error.remedy]}
        known = {
            name: {key: sorted(values) for key, values in getattr(names, name).items()} for name in naming.MAPPINGS
        }
        languages = sorted(names.languages)
        return {"prefixes": dict(names.prefixes), "base": names.base, "known": known, "languages": languages}

    found = apart(told, seconds, _NAMES_BYTES)
    if found is None:
        return Names()
    if "error" in found:
        raise SourceError(*found["error"])
    known = {
        name: {key: frozenset(values) for key, values in mapping.items()} for name, mapping in found["known"].items()
    }
    return Names(found["prefixes"], found["base"], **known, languages=frozenset(found["languages"]))
