"""`/download`: the graph and its parts as files, in each RDF format."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
import threading
import weakref
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from flask import Blueprint, Response, render_template, send_file
from werkzeug.exceptions import NotFound

from lodeclaim import checksums, parts
from lodeclaim.checksums import Checksum
from lodeclaim.errors import SourceError
from lodeclaim.exports import CONTEXT
from lodeclaim.namespaces import GRAPHS as GRAPH
from lodeclaim.query.engine import Engine
from lodeclaim.query.formats import GRAPHS
from lodeclaim.web.pages.lookup import Row, rows

TYPES = {format.extension: format.content_type for format in GRAPHS}
"""The Content-Type of each file by its extension."""

HELD_ELSEWHERE = "this server does not hold the graph as a file. Ask /sparql for its triples, or /store for a graph."


@dataclass(frozen=True)
class Part:
    """A part of the graph that can be had as a file: its name, what it is, and how many triples are in it."""

    name: str
    title: str
    triples: int


@dataclass(frozen=True)
class _File:
    path: Path
    checksum: Checksum
    changed: datetime


class Conversions:
    """The files made of one graph file: each when it is first asked for, and again if the graph file changes."""

    def __init__(self, graph_file: Path) -> None:
        self._graph_file = graph_file
        self._lock = threading.Lock()
        self._state = (0, 0)
        self._kept: dict[str, Checksum] = {}
        self._made: dict[str, _File] = {}
        self._folder: Path | None = None
        self.checksums()

    def file(self, name: str) -> _File:
        """Return the file of that name; raises SourceError where the graph cannot be read or converted."""
        # One at a time: a conversion takes a core and a multiple of the file in memory.
        with self._lock:
            self._follow()
            if name not in self._made:
                self._folder = self._folder or self._new_folder()
                path = self._folder / name
                self._convert(name, path)
                changed = datetime.fromtimestamp(self._state[0] // 10**9, UTC)
                self._made[name] = _File(path, Checksum.of_file(path), changed)
            return self._made[name]

    def checksums(self) -> dict[str, Checksum]:
        """Return checksums by the names of the files: those kept beside the graph, and those of the files made."""
        with self._lock:
            try:
                self._follow()
            except OSError:
                return {}
            return self._kept | {name: file.checksum for name, file in self._made.items()}

    def _follow(self) -> None:
        """Forget what was made, and read anew what is kept beside the graph, where that has changed."""
        found = self._graph_file.stat()
        state = (found.st_mtime_ns, found.st_size)
        if state == self._state:
            return
        self._made, self._kept, self._state = {}, {}, state
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)  # what is being sent from it is open, and stays readable
            self._folder = None
        try:
            self._kept = checksums.read(self._graph_file)
        except SourceError as error:
            print(f"lodeclaim: no checksum is told of a download before it is made: {error}", file=sys.stderr)

    def _new_folder(self) -> Path:
        """Return an empty folder, which goes when this object or the process does."""
        folder = tempfile.mkdtemp(prefix="lodeclaim-")
        weakref.finalize(self, shutil.rmtree, folder, True)
        return Path(folder)

    def _convert(self, name: str, target: Path) -> None:
        # In a process of its own: seconds of Python would hold up every other request, and its memory is given back.
        files = ("--graph", str(self._graph_file), "--output", str(target))
        command = [sys.executable, "-m", "lodeclaim", "export", *files, *_chosen(name)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            raise SourceError(str(self._graph_file), f"it became no {name} ({done.stderr.strip()})", "See the log")


def _chosen(name: str) -> Iterable[str]:
    if name == CONTEXT:
        return ("--context",)
    part, _, extension = name.rpartition(".")
    if part.startswith(parts.DOCUMENTS):
        return ("--format", extension, "--document", part.removeprefix(parts.DOCUMENTS))
    return ("--format", extension, "--part", "asserted" if part == parts.ASSERTED else "all")


def blueprint(engine: Engine, conversions: Conversions | None) -> Blueprint:
    """Return the blueprint that lists the files and hands them out, if the server has the graph as a file."""
    pages = Blueprint("downloads", __name__)

    @pages.get("/download")
    def downloads() -> str:
        if conversions is None:
            raise NotFound(f"Download: {HELD_ELSEWHERE}")
        return render_template("downloads.html", parts=_parts(engine), extensions=TYPES, context=CONTEXT)

    @pages.get("/download/<path:name>")
    def download(name: str) -> Response:
        if conversions is None:
            raise NotFound(f"Download: {HELD_ELSEWHERE}")
        part, _, extension = name.rpartition(".")
        known = [part.name for part in _parts(engine)]
        if name != CONTEXT and (part not in known or extension not in TYPES):
            raise NotFound(
                f"Download: there is no {name}. There are {', '.join(known)}, each with one of the "
                f"extensions {', '.join(TYPES)}; and {CONTEXT}."
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
        response.headers["Access-Control-Allow-Origin"] = "*"
        response.headers["Access-Control-Expose-Headers"] = "Repr-Digest"
        response.headers["Repr-Digest"] = found.checksum.header
        return response

    return pages


def _parts(engine: Engine) -> list[Part]:
    graphs = {row["graph"].value: row for row in rows(engine, "downloads")}
    return [_part(name, graphs) for name in parts.names(list(graphs))]


def _part(name: str, graphs: dict[str, Row]) -> Part:
    def total(wanted: Iterable[str]) -> int:
        return sum(int(graphs[graph]["count"].value) for graph in wanted)

    if name == parts.WHOLE:
        return Part(name, "The whole graph", total(graphs))
    if name == parts.ASSERTED:
        return Part(name, "What the documents say, without inference", total(filter(parts.is_asserted, graphs)))
    row = graphs[GRAPH + name]
    return Part(name, row["label"].value if "label" in row else name, int(row["count"].value))
