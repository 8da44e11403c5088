"""`/download/lodeclaim.<extension>`: the whole graph as a file, in each RDF format."""

from __future__ import annotations

import hashlib
import tempfile
import threading
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from flask import Blueprint, Response, send_file
from werkzeug.exceptions import NotFound

from lodeclaim import graph
from lodeclaim.query.formats import GRAPHS
from lodeclaim.web.settings import Settings

TYPES = {format.extension: format.media_type for format in GRAPHS}
"""The media types of the files by their extensions."""


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
        self._folder: tempfile.TemporaryDirectory[str] | None = None

    def file(self, extension: str) -> _File:
        """Return the graph in the format with this extension; raises as `graph.convert` does."""
        state = self._graph_file.stat()
        key = (extension, state.st_mtime_ns, state.st_size)
        # One at a time: a conversion takes a core and a multiple of the file in memory.
        with self._lock:
            if key not in self._made:
                self._folder = self._folder or tempfile.TemporaryDirectory(prefix="lodeclaim-")
                content = graph.convert(self._graph_file, extension)
                path = Path(self._folder.name, f"{state.st_mtime_ns}.{extension}")
                path.write_bytes(content)
                changed = datetime.fromtimestamp(int(state.st_mtime), UTC)
                self._made[key] = _File(path, hashlib.sha256(content).hexdigest(), changed)
            return self._made[key]


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
            mimetype=TYPES[extension],
            as_attachment=True,
            download_name=name,
            etag=found.etag,
            last_modified=found.changed,
        )
        response.headers["Access-Control-Allow-Origin"] = "*"
        return response

    return pages
