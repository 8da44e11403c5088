"""Servers under test: real processes over a file, on a free port, asked over HTTP and stopped by their id."""

from __future__ import annotations

import http.client
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

PROGRAM = "from lodeclaim.cli import main; main()"
TIMEOUT = 60
FORM = "application/x-www-form-urlencoded"
PROBLEM = "application/problem+json"


@dataclass(frozen=True)
class Response:
    """An HTTP response; header names are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def media_type(self) -> str:
        """Return the media type without its parameters."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()

    @property
    def problem(self) -> str:
        """Return the last segment of a problem's type, and the empty string for what is no problem."""
        return json.loads(self.body)["type"].rpartition("/")[2] if self.media_type == PROBLEM else ""

    @property
    def json(self) -> Any:
        """Return the body as JSON."""
        return json.loads(self.body)

    @property
    def text(self) -> str:
        """Return the body as text."""
        return self.body.decode()

    @property
    def rows(self) -> list[dict[str, str]]:
        """Return the solutions in a JSON result: the value of each variable that is bound."""
        assert self.status == 200, self
        bindings = self.json["results"]["bindings"]
        return [{name: term["value"] for name, term in row.items()} for row in bindings]

    def __str__(self) -> str:
        return f"{self.status} {self.headers.get('content-type', '')}\n{self.body.decode(errors='replace')[:2000]}"


@dataclass(frozen=True)
class Server:
    """A running server."""

    url: str
    """Its endpoint, as the first line of its output gives it."""

    process: int
    """The id of the process that listens."""

    log: Path = field(repr=False)
    """What it writes to standard error."""

    @property
    def place(self) -> tuple[str, int]:
        """Return its host and port."""
        parts = urlsplit(self.url)
        return parts.hostname or "", parts.port or 0

    @property
    def root(self) -> str:
        """Return its URL without a path or slash at the end."""
        return self.url.removesuffix("/sparql")

    def connect(self, source: str | None = None, timeout: float = TIMEOUT) -> http.client.HTTPConnection:
        """Return a connection, from another loopback address where one is given."""
        return http.client.HTTPConnection(*self.place, timeout, (source, 0) if source else None)

    def request(
        self,
        method: str,
        path: str,
        headers: Mapping[str, str] | None = None,
        body: bytes | str | None = None,
        source: str | None = None,
        timeout: float = TIMEOUT,
    ) -> Response:
        """Return the answer to a request that is sent exactly so: no redirect is followed, no header added.

        Raises http.client.IncompleteRead where the response is broken off.
        """
        connection = self.connect(source, timeout)
        try:
            connection.request(method, path, body.encode() if isinstance(body, str) else body, dict(headers or {}))
            return read(connection)
        finally:
            connection.close()

    def ask(self, text: str, accept: str | None = None, source: str | None = None, **parameters: str) -> Response:
        """Return the answer to a query that is sent in a form."""
        headers = {"Content-Type": FORM, **({"Accept": accept} if accept else {})}
        return self.request("POST", "/sparql", headers, urlencode({"query": text, **parameters}), source)

    def reload(self) -> None:
        """Have it load its source anew."""
        os.kill(self.process, signal.SIGHUP)

    def processes(self) -> dict[int, list[int]]:
        """Return the zygotes, each with its workers, as the system lists them now."""
        return {zygote: children(zygote) for zygote in children(self.process)}

    def workers(self) -> list[int]:
        """Return the ids of all workers."""
        return [worker for workers in self.processes().values() for worker in workers]


def read(connection: http.client.HTTPConnection) -> Response:
    """Return the response that comes next on a connection."""
    response = connection.getresponse()
    found = {name.lower(): value for name, value in response.getheaders()}
    return Response(response.status, found, response.read())


@contextmanager
def serve(source: Path | str, *options: str) -> Iterator[Server]:
    """Run `lodeclaim serve` over a file, a store's folder or its URL, on a free port until the block is left.

    It must then end with status 0.
    """
    named = "--store" if isinstance(source, str) else "--data-dir" if source.is_dir() else "--graph"
    command = [sys.executable, "-c", PROGRAM, "serve", named, str(source), "--port", "0", *options]
    with tempfile.TemporaryDirectory() as folder, (Path(folder) / "log").open("w+") as errors:
        log = Path(folder) / "log"
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=errors, text=True) as process:
            try:
                line = process.stdout.readline() if process.stdout else ""
                found = re.fullmatch(r"Lodeclaim at (http://\S+/sparql)\n", line)
                assert found, f"{' '.join(command)}: {line!r} {log.read_text()}"
                yield Server(found[1], process.pid, log)
                process.terminate()
                process.communicate(timeout=TIMEOUT)
            finally:
                if process.poll() is None:
                    process.kill()
        assert process.returncode == 0, log.read_text()


@contextmanager
def default_signals() -> Iterator[None]:
    """Start processes with the signals of a terminal in the block, also where this one runs in the background.

    There SIGINT is ignored, under nohup SIGHUP too, and what is ignored is inherited; what is handled is not. So each
    gets a handler that ignores it for this process alone.
    """
    ignored = [name for name in (signal.SIGINT, signal.SIGHUP) if signal.getsignal(name) == signal.SIG_IGN]
    for name in ignored:
        signal.signal(name, lambda *_: None)
    try:
        yield
    finally:
        for name in ignored:
            signal.signal(name, signal.SIG_IGN)


def children(process: int) -> list[int]:
    """Return the ids of the processes that another has started and that run; none where it is gone."""
    found = []
    for task in Path(f"/proc/{process}/task").glob("*/children"):
        try:
            found += [int(child) for child in task.read_text().split()]
        except OSError:  # the thread has ended
            continue
    return sorted(found)


def cpu_seconds(process: int) -> float:
    """Return the processor time that a process has used, and 0 where it is gone."""
    try:
        fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def resident_bytes(process: int) -> int:
    """Return how much memory a process holds."""
    return int(Path(f"/proc/{process}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def eventually(condition: Any, seconds: float = 20.0) -> bool:
    """Return whether a condition comes true within a time that is far longer than it should take."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(0.05)
    return True
