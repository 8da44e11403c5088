"""The endpoint as a WSGI application: in this process, and under the servers that the documentation names."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote

from flask.testing import FlaskClient

from lodeclaim.endpoint import create_app
from support import servers
from support.paths import TESTS
from support.servers import Response, Server

SERVERS = {
    "waitress": (
        "waitress",
        "--listen",
        "127.0.0.1:{port}",
        "--threads",
        "8",
        "--call",
        "lodeclaim.endpoint:create_app",
    ),
    "waitress, mounted": ("waitress", "--listen", "127.0.0.1:{port}", "--threads", "8", "support.mounted:host"),
    "gunicorn": (
        *("gunicorn", "--bind", "127.0.0.1:{port}", "--workers", "2", "--threads", "4"),
        "lodeclaim.endpoint:create_app()",
    ),
    "gunicorn, preloaded": (
        *("gunicorn", "--bind", "127.0.0.1:{port}", "--workers", "2", "--threads", "4", "--preload"),
        "lodeclaim.endpoint:create_app()",
    ),
    "flask": ("flask", "--app", "lodeclaim.endpoint", "run", "--port", "{port}"),
}
"""The modules that are run, each with its arguments."""


@dataclass(frozen=True)
class InProcess(Server):
    """The application as Flask's test client reaches it, below a path where it is mounted there."""

    client: FlaskClient | None = field(default=None, repr=False)

    def request(
        self,
        method: str,
        path: str,
        headers: Mapping[str, str] | None = None,
        body: bytes | str | None = None,
        source: str | None = None,
        timeout: float = servers.TIMEOUT,
    ) -> Response:
        assert self.client is not None
        # The test client would read the beginning of `//x` as the name of a host.
        sent, _, query = path.partition("?")
        told = {"PATH_INFO": unquote(sent, "latin-1"), "REQUEST_URI": path}
        with self.client.open(
            "/", method=method, headers=dict(headers or {}), data=body, query_string=query, environ_overrides=told
        ) as answer:
            found = {name.lower(): value for name, value in answer.headers.items()}
            return Response(answer.status_code, found, answer.data)


@dataclass(frozen=True)
class Mounted(Server):
    """A server whose endpoint lies below a path of another application."""

    prefix: str = ""

    def request(self, method: str, path: str, *rest, **more) -> Response:
        return super().request(
            method, path if path.startswith(self.prefix + "/") else self.prefix + path, *rest, **more
        )


@contextmanager
def in_process(file: Path) -> Iterator[Server]:
    """Give the application over a graph file, in this process."""
    app = create_app(graph=file)
    try:
        yield InProcess("http://localhost/sparql", os.getpid(), Path(os.devnull), app.test_client())
    finally:
        app.extensions["lodeclaim"].close()


@contextmanager
def under(name: str, file: Path, prefix: str = "", **environment: str) -> Iterator[Server]:
    """Run one of the SERVERS over a graph file until the block is left; nothing that it started may then be left."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    root = f"http://127.0.0.1:{port}{prefix}"
    variables = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join([str(TESTS), *filter(None, [os.environ.get("PYTHONPATH")])]),
        "LODECLAIM_GRAPH": str(file),
        "LODECLAIM_PUBLIC_URL": root,
        **environment,
    }
    command = [sys.executable, "-m", *(part.replace("{port}", str(port)) for part in SERVERS[name])]
    with tempfile.TemporaryDirectory() as folder, (Path(folder) / "log").open("w+") as errors:
        log = Path(folder) / "log"
        with subprocess.Popen(command, stdout=errors, stderr=errors, env=variables) as process:
            try:
                server = Mounted(f"{root}/sparql", process.pid, log, prefix)
                assert servers.eventually(lambda: process.poll() is not None or answers(server)), log.read_text()
                yield server
                below = descendants(process.pid)
                process.terminate()
                process.wait(servers.TIMEOUT)
            finally:
                if process.poll() is None:
                    process.kill()
        assert servers.eventually(lambda: not any(map(is_running, below))), log.read_text()


def answers(server: Server) -> bool:
    """Return whether a server takes connections."""
    try:
        socket.create_connection(server.place).close()
    except ConnectionRefusedError:
        return False
    return True


def descendants(process: int) -> list[int]:
    """Return the ids of all processes below another."""
    found = servers.children(process)
    return [*found, *(below for child in found for below in descendants(child))]


def is_running(process: int) -> bool:
    """Return whether a process is there and has not ended."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def kill(process: int) -> None:
    """End a process as nothing can prevent."""
    os.kill(process, signal.SIGKILL)
    end = time.monotonic() + servers.TIMEOUT
    while is_running(process) and time.monotonic() < end:
        time.sleep(0.02)
