"""The two engines: the embedded one in a process of its own, which it may abort, and Jena's ARQ behind Fuseki."""

from __future__ import annotations

import json
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import urlencode

from support.departures.answers import Answer, Refusal, from_json, from_n_triples
from support.departures.embedded import BARE
from support.stores import packages
from support.stores.fuseki import JAR
from support.stores.store import free_port, running

SECONDS = 30
"""What one query may take."""


_READERS: dict[str, Callable[[str], Answer]] = {"json": from_json, "graph": from_n_triples}


class Embedded:
    """pyoxigraph over a file, asked as in the endpoint or as it is; a process that a query ends is started anew."""

    def __init__(self, *, bare: bool = False) -> None:
        self._bare = bare
        self._file: Path | None = None
        self._process: subprocess.Popen[str] | None = None

    def load(self, file: Path) -> None:
        """Make a TriG file the whole dataset."""
        self._file = file
        if self._process is not None:
            self._send(self._process, "load", str(file))

    def ask(self, text: str, *, union: bool = False) -> Answer:
        """Return the answer to a query, or what the engine said in its place; of all graphs together if `union`."""
        process = self._process = self._process or self._started()
        self._send(process, "ask the union" if union else "ask", text)
        assert process.stdout is not None
        line = process.stdout.readline()
        if not line:
            self.close()
            return Refusal(f"the process ended with {process.returncode}", aborted=True)
        kind, body = json.loads(line)
        return Refusal(body) if kind == "refusal" else _READERS[kind](body)

    def close(self) -> None:
        """Stop the process, if there is one."""
        if self._process is not None:
            with self._process:
                self._process.kill()
            self._process = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _started(self) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, str(Path(__file__).with_name("embedded.py")), *([BARE] if self._bare else [])],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        if self._file is not None:
            self._send(process, "load", str(self._file))
        return process

    @staticmethod
    def _send(process: subprocess.Popen[str], verb: str, value: str) -> None:
        assert process.stdin is not None
        process.stdin.write(json.dumps([verb, value]) + "\n")
        process.stdin.flush()


class Jena:
    """ARQ over a dataset in the memory of a server."""

    def __init__(self, base: str) -> None:
        self._base = base

    def load(self, file: Path) -> None:
        """Make a TriG file the whole dataset."""
        self._send(f"{self._base}/data", "PUT", file.read_bytes(), {"Content-Type": "application/trig"})

    def ask(self, text: str, *, union: bool = False) -> Answer:
        """Return the answer to a query, or what the engine said in its place; of all graphs together if `union`."""
        form = {"query": text, **({"default-graph-uri": "urn:x-arq:UnionGraph"} if union else {})}
        accept = {"Accept": "application/sparql-results+json, application/n-triples;q=0.9"}
        try:
            kind, body = self._send(f"{self._base}/query", "POST", urlencode(form).encode(), accept)
        except urllib.error.HTTPError as error:
            return Refusal(error.read().decode(errors="replace").strip())
        try:
            return (from_n_triples if "n-triples" in kind else from_json)(body)
        except ValueError:
            return Refusal(f"the answer breaks off: {body[-200:].decode(errors='replace')}")

    def _send(self, url: str, method: str, body: bytes, headers: dict[str, str]) -> tuple[str, bytes]:
        request = urllib.request.Request(url, body, headers, method=method)
        with urllib.request.urlopen(request, timeout=SECONDS) as response:
            return response.headers.get("Content-Type", ""), response.read()


@contextmanager
def jena(folder: Path) -> Iterator[Jena]:
    """Run a server with an empty dataset in memory, which keeps terms as they are written."""
    port = free_port()
    server: list[str | Path] = ["java", packages.JAVA_MEMORY, f"-DFUSEKI_BASE={folder / 'base'}", "-jar", JAR]
    base = f"http://127.0.0.1:{port}/ds"
    server += ["--localhost", f"--port={port}", "--update", "--mem", "/ds"]
    with running(server, folder, f"{base}/query?query=ASK%7B%7D"):
        yield Jena(base)
