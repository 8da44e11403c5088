"""`/download/lodeclaim.<extension>`: the whole graph as a file, in each RDF format."""

from __future__ import annotations

import hashlib
import shutil
import tempfile
import threading
import weakref
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from flask import Blueprint, Response, send_file
from werkzeug.exceptions import NotFound

from lodeclaim import graph
from lodeclaim.query.formats import GRAPHS
from lodeclaim.web import checksums

TYPES = {format.extension: format.content_type for format in GRAPHS}
"""The Content-Type of each file by its extension."""

MAX_PREPARED = 32 * 1024**2
"""Bytes of a graph file up to which all its conversions are made for their digests: some seconds each."""


@dataclass(frozen=True)
class _File:
    path: Path
    sha256: bytes
    size: int
    changed: datetime


class Conversions:
    """The conversions of one graph file: each is made when it is first asked for, and again if the file changes."""

    def __init__(self, graph_file: Path) -> None:
        self._graph_file = graph_file
        self._lock = threading.Lock()
        self._made: dict[tuple[str, int, int], _File] = {}
        self._folder: Path | None = None

    def file(self, extension: str) -> _File:
        """Return the graph in the format with this extension; raises as `graph.convert` does."""
        state = self._graph_file.stat()
        key = (extension, state.st_mtime_ns, state.st_size)
        # One at a time: a conversion takes a core and a multiple of the file in memory.
        with self._lock:
            if key not in self._made:
                folder = self._folder or self._make_folder()
                content = graph.convert(self._graph_file, extension)
                path = Path(folder, f"{state.st_mtime_ns}.{extension}")
                path.write_bytes(content)
                changed = datetime.fromtimestamp(int(state.st_mtime), UTC)
                self._made[key] = _File(path, hashlib.sha256(content).digest(), len(content), changed)
            return self._made[key]

    def files(self) -> dict[str, _File]:
        """Return the files by extension: all of them, or, where making them takes long, those made already."""
        state = self._graph_file.stat()
        if state.st_size <= MAX_PREPARED:
            return {extension: self.file(extension) for extension in TYPES}
        made = {extension: (extension, state.st_mtime_ns, state.st_size) for extension in TYPES}
        return {extension: self._made[key] for extension, key in made.items() if key in self._made}

    def _make_folder(self) -> Path:
        # When it is first needed, so that a process forked before has none to remove.
        self._folder = Path(tempfile.mkdtemp(prefix="lodeclaim-"))
        weakref.finalize(self, shutil.rmtree, self._folder, ignore_errors=True)
        return self._folder


def blueprint(conversions: Conversions | None) -> Blueprint:
    """Return the blueprint that hands out a graph file in every format, if the server has it."""
    pages = Blueprint("downloads", __name__)

    @pages.get("/download/<name>")
    def download(name: str) -> Response:
        stem, _, extension = name.partition(".")
        if conversions is None:
            raise NotFound("Download: this server does not hold the graph as a file. Ask /sparql for its triples.")
        if stem != "lodeclaim" or extension not in TYPES:
            files = ", ".join(f"lodeclaim.{known}" for known in TYPES)
            raise NotFound(f"Download: there is no {name}. There are {files}.")
        found = conversions.file(extension)
        response = send_file(
            found.path,
            as_attachment=True,
            download_name=name,
            etag=found.sha256.hex(),
            last_modified=found.changed,
        )
        # Not as `mimetype`, to which a charset would be added that RDF/XML says in itself.
        response.content_type = TYPES[extension]
        response.headers["Access-Control-Allow-Origin"] = "*"
        response.headers["Access-Control-Expose-Headers"] = "Repr-Digest"
        response.headers["Repr-Digest"] = checksums.header(found)
        return response

    return pages
