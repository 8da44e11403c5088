"""Virtuoso 7, as Debian packages it, on disk."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from support.stores import packages
from support.stores.store import Auth, Store, StoreError, free_port, load, running

name = "Virtuoso"
# What Debian 12 has; Virtuoso prints it as 07.20.3229.
version = "7.2.5.1"
loader = "`ld_dir`, `rdf_loader_run`"
command = (
    "isql-vt localhost:1111 dba dba BANNER=OFF VERBOSE=OFF"
    " exec=\"ld_dir('.', 'lodeclaim.trig', 'urn:unused'); rdf_loader_run(); checkpoint;"
    ' SELECT ll_file, ll_state, ll_error FROM DB.DBA.load_list;"'
)

_USER, _PASSWORD = "dba", "dba"
"""Those of a database that was just created; ours lives for a test and listens on loopback only."""
_CONFIGURATION = Path(__file__).with_name("virtuoso.ini")


def missing() -> str | None:
    return next((f"{tool} is not installed" for tool in ("virtuoso-t", "isql-vt") if not shutil.which(tool)), None)


def install() -> None:
    packages.system("virtuoso-t", "virtuoso-opensource-7-bin")


@contextmanager
def serve(folder: Path, graph: Path | None = None) -> Iterator[Store]:
    sql, http = free_port(), free_port()
    settings = (
        _CONFIGURATION.read_text(encoding="utf-8").replace("SQL-PORT", str(sql)).replace("HTTP-PORT", str(http))
    )
    (folder / "virtuoso.ini").write_text(settings, encoding="utf-8")
    base = f"http://127.0.0.1:{http}"
    auth = Auth("digest", _USER, _PASSWORD)
    server = ["virtuoso-t", "+foreground", "+wait", "+configfile", "virtuoso.ini"]
    with running(server, folder, base + "/sparql?query=ASK%7B%7D"):
        if graph:
            printed = load(graph, command, folder, {"localhost:1111": f"127.0.0.1:{sql}"})
            # The loader ends well whatever happens: what it writes down about the file is what counts.
            if not re.search(r"^\./lodeclaim\.trig +2 +NULL", printed, re.MULTILINE):
                raise StoreError(f"the bulk loader says: {printed[-2000:]}")
        yield Store(base + "/sparql", base + "/sparql-graph-crud-auth", base + "/sparql-auth", auth)
