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
from lodeclaim.web.settings import Settings

TYPES = {format.extension: format.content_type for format in GRAPHS}
"""The Content-Type of each file by its extension."""


@dataclass(frozen=True)
class _File:
    path: Path
    etag: str
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
                self._made[key] = _File(path, hashlib.sha256(content).hexdigest(), changed)
            return self._made[key]

    def _make_folder(self) -> Path:
        # When it is first needed, so that a process forked before has none to remove.
        self._folder = Path(tempfile.mkdtemp(prefix="lodeclaim-"))
        weakref.finalize(self, shutil.rmtree, self._folder, ignore_errors=True)
        return self._folder


def blueprint(settings: Settings) -> Blueprint:
    """Return the blueprint that hands out the graph file of the settings in every format."""
    pages = Blueprint("downloads", __name__)
    conversions = Conversions(settings.graph_file) if settings.graph_file else None

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
            etag=found.etag,
            last_modified=found.changed,
        )
        # Not as `mimetype`, to which a charset would be added that RDF/XML says in itself.
        response.content_type = TYPES[extension]
        response.headers["Access-Control-Allow-Origin"] = "*"
        return response

    return pages
