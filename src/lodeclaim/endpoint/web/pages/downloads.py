"""`/download`: the dataset and its parts as files, in each RDF format."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import weakref
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from flask import Blueprint, Response, render_template, send_file
from werkzeug.exceptions import NotFound

from lodeclaim.endpoint import checksums, rdf
from lodeclaim.endpoint.checksums import Checksum
from lodeclaim.endpoint.engines.engine import Engine
from lodeclaim.endpoint.errors import BusyError, SourceError
from lodeclaim.endpoint.sparql.formats import GRAPHS
from lodeclaim.endpoint.web.pages.site import current
from lodeclaim.endpoint.web.settings import Exporter, Part

TYPES = {format.extension: format.content_type for format in GRAPHS}
"""The Content-Type of each file by its extension."""

MOST_WAITING = 4
"""How many requests may wait for files that are not made yet: each has a thread."""

HELD_ELSEWHERE = "this server does not hold the graph as a file. Ask /sparql for its triples, or /store for a graph."


@dataclass(frozen=True)
class _File:
    path: Path
    checksum: Checksum
    changed: datetime


class Conversions:
    """A graph file as it was when this was made, and the files made of it, each when it is first asked for.

    What lies at the path later is another graph than the one that is served: so a copy is kept.
    """

    def __init__(self, graph_file: Path, exporter: Exporter | None = None) -> None:
        """Copy the file; without an exporter the whole of it is what can be had.

        Raises UsageError where it cannot be read, SourceError where it changes meanwhile, and OSError where there is
        no room in the folder for temporary files.
        """
        folder = tempfile.mkdtemp(prefix="lodeclaim-")
        # What is being sent from it is open, and stays readable.
        weakref.finalize(self, _remove, folder, os.getpid())
        self._folder = Path(folder) / "made"
        self._exporter = exporter or whole(graph_file.stem)
        self._lock = threading.Lock()
        self._room = threading.BoundedSemaphore(MOST_WAITING)
        self._made: dict[str, _File] = {}
        self.graph = Path(folder) / graph_file.name
        self._changed = datetime.fromtimestamp(copy(graph_file, self.graph) // 10**9, UTC)
        self._kept = self._told_beside(graph_file)

    def file(self, name: str) -> _File:
        """Return the file of that name.

        Raises SourceError where the graph cannot be converted, BusyError where too many wait for their file.
        """
        if (made := self._made.get(name)) is not None:
            return made
        if not self._room.acquire(blocking=False):
            raise BusyError("download", "other files are being made", "Ask again in some seconds", 5)
        try:
            # One at a time: a conversion takes a core and a multiple of the file in memory.
            with self._lock:
                if name not in self._made:
                    path = self._folder / name
                    self._convert(name, path)
                    self._made[name] = _File(path, Checksum.of_file(path), self._changed)
                return self._made[name]
        finally:
            self._room.release()

    def parts(self, engine: Engine) -> Sequence[Part]:
        """Return the parts that can be had."""
        return self._exporter.parts(engine)

    def checksums(self) -> dict[str, Checksum]:
        """Return checksums by the names of the files: those kept beside the graph, and those of the files made."""
        return self._kept | {name: file.checksum for name, file in list(self._made.items())}

    def _told_beside(self, graph_file: Path) -> dict[str, Checksum]:
        try:
            with contextlib.suppress(FileNotFoundError):
                shutil.copyfile(checksums.beside(graph_file), checksums.beside(self.graph))
            return checksums.read(self.graph)
        except (SourceError, OSError) as error:
            words = str(error).replace(str(self.graph.parent), str(graph_file.parent))
            print(f"lodeclaim: no checksum is told of a download before it is made: {words}", file=sys.stderr)
            return {}

    def _convert(self, name: str, target: Path) -> None:
        # In a process of its own: seconds of Python would hold up every other request, and its memory is given back.
        target.parent.mkdir(parents=True, exist_ok=True)
        command = self._exporter.command(name, self.graph, target)
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            raise SourceError(str(self.graph), f"it became no {name} ({done.stderr.strip()})", "See the log")


def _remove(folder: str, maker: int) -> None:
    """Remove a folder, unless this is another process that was forked from the one that made it."""
    if os.getpid() == maker:
        shutil.rmtree(folder, ignore_errors=True)


def copy(file: Path, target: Path) -> int:
    """Copy a graph file, and return when it was last changed, in nanoseconds.

    Raises UsageError where it cannot be read, SourceError where it changes meanwhile, OSError where the copy cannot
    be written.
    """
    rdf.check_regular(file)
    try:
        stream = file.open("rb")
    except OSError as error:
        raise rdf.unreadable(file, error) from error
    with stream, target.open("wb") as written:
        before = os.fstat(stream.fileno())
        shutil.copyfileobj(stream, written, 1 << 20)
        after = os.fstat(stream.fileno())
    if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns):
        raise SourceError(str(file), "it changed while it was read", "Write it elsewhere and rename it into place")
    return after.st_mtime_ns


def whole(name: str) -> Exporter:
    """Return what makes a file of the whole dataset in each format, under one name."""

    def parts(engine: Engine) -> Sequence[Part]:
        return (Part(name, "The whole dataset", current().known.union),)

    def command(name: str, graph: Path, target: Path) -> Sequence[str]:
        return (sys.executable, "-m", "lodeclaim.endpoint.convert", str(graph), str(target))

    return Exporter(parts, command)


def add_routes(pages: Blueprint, engine: Engine, files: Callable[[], Conversions | None]) -> None:
    """Let a blueprint list the files of what is served now and hand them out, if there are any."""

    @pages.get("/download")
    def downloads() -> str:
        conversions = files()
        if conversions is None:
            raise NotFound(f"Download: {HELD_ELSEWHERE}")
        return render_template("endpoint/downloads.html", parts=conversions.parts(engine), extensions=TYPES)

    @pages.get("/download/<path:name>")
    def download(name: str) -> Response:
        conversions = files()
        if conversions is None:
            raise NotFound(f"Download: {HELD_ELSEWHERE}")
        part, _, extension = name.rpartition(".")
        known = conversions.parts(engine)
        alone = [part.name for part in known if not part.formats]
        converted = [part.name for part in known if part.formats]
        if name not in alone and (part not in converted or extension not in TYPES):
            more = f"; and {', '.join(alone)}" if alone else ""
            raise NotFound(
                f"Download: there is no {name}. There are {', '.join(converted)}, each with one of the "
                f"extensions {', '.join(TYPES)}{more}."
            )
        found = conversions.file(name)
        response = send_file(
            found.path,
            as_attachment=True,
            download_name=name.rpartition("/")[2],
            etag=found.checksum.sha256.hex(),
            last_modified=found.changed,
        )
        # Not as `mimetype`, to which a charset would be added that RDF/XML says in itself.
        response.content_type = TYPES[extension]
        response.headers["Repr-Digest"] = found.checksum.header
        return response
