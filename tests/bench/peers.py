"""The servers that are compared, each in a process of its own, on loopback, over the same data."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
import venv
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")
PEERS = {"oxigraph": "oxigraph==0.5.13", "rdflib-endpoint": "rdflib-endpoint[web]==0.6.3"}
FASTER = ("uvloop", "httptools")
"""What uvicorn uses where it is there; ours has both, so rdflib-endpoint gets them too."""

EXECUTABLE = Path(sys.executable).parent / "lodeclaim"


@dataclass
class Server:
    """A running server: its name in the tables, the URL of its query endpoint, its first process."""

    name: str
    url: str
    process: subprocess.Popen[bytes]

    @property
    def pids(self) -> list[int]:
        """The process and all its descendants."""
        found = [self.process.pid]
        for pid in found:
            for children in Path(f"/proc/{pid}/task").glob("*/children"):
                found += [int(child) for child in _read(children).split()]
        return found

    def cpu_seconds(self) -> float:
        """Return the processor time of its processes, also of those that have ended."""
        fields = [_read(Path(f"/proc/{pid}/stat")).rpartition(")")[2].split() for pid in self.pids]
        return sum(sum(map(int, field[11:15])) for field in fields if field) / TICKS

    def megabytes(self) -> list[float]:
        """Return the memory of each process that is not shared with others, the first one's first."""
        return [_private(pid) / 1024 for pid in self.pids]

    def settle(self, seconds: float = 20) -> None:
        """Wait until the server is idle: queries that nobody waits for any more may be running on."""
        until = time.monotonic() + seconds
        before = self.cpu_seconds()
        while time.monotonic() < until:
            time.sleep(0.2)
            now = self.cpu_seconds()
            if now - before < 0.03:
                return
            before = now


def _read(path: Path) -> str:
    try:
        return path.read_text()
    except OSError:  # a process that has just ended
        return ""


def _private(pid: int) -> int:
    rollup = _read(Path(f"/proc/{pid}/smaps_rollup")).splitlines()
    return sum(int(line.split()[1]) for line in rollup if line.startswith(("Private_Clean", "Private_Dirty")))


def installed(peer: str, folder: Path) -> Path:
    """Return the executable of a peer in a virtual environment of its own, which is made where it is missing."""
    place = folder / "venv" / peer
    executable = place / "bin" / peer
    if not executable.exists():
        venv.create(place, with_pip=True)
        more = FASTER if peer == "rdflib-endpoint" else ()
        subprocess.run([place / "bin" / "pip", "install", "--quiet", PEERS[peer], *more], check=True)
    return executable


def lodeclaim(data: Path, folder: Path, options: list[str]) -> Server:
    """Start ours on a TriG file, with its default options and these."""
    log = (folder / "lodeclaim.log").open("wb")
    port = free_port()
    command = [EXECUTABLE, "serve", "--graph", data, "--port", str(port), *options]
    return Server("lodeclaim", f"http://127.0.0.1:{port}/sparql", subprocess.Popen(command, stdout=log, stderr=log))


def oxigraph_memory(data: Path, folder: Path, executable: Path) -> Server:
    """Start the native server in memory, and load the file over HTTP: its command line has no other way."""
    port = free_port()
    log = (folder / "oxigraph-memory.log").open("wb")
    command = [executable, "serve", "--union-default-graph", "--bind", f"127.0.0.1:{port}"]
    server = Server("oxigraph", f"http://127.0.0.1:{port}/query", subprocess.Popen(command, stdout=log, stderr=log))
    await_answer(server)
    with data.open("rb") as body:
        headers = {"Content-Type": "application/trig", "Content-Length": str(data.stat().st_size)}
        request = urllib.request.Request(f"http://127.0.0.1:{port}/store", body, headers)
        urllib.request.urlopen(request, timeout=600).close()
    return server


def oxigraph_disk(data: Path, folder: Path, executable: Path) -> Server:
    """Start the native server, read-only, on a store on disk."""
    store = folder / f"{data.stem}.oxigraph"
    log = (folder / "oxigraph-disk.log").open("wb")
    if not store.exists():
        begun = store.with_suffix(".begun")
        shutil.rmtree(begun, ignore_errors=True)
        subprocess.run([executable, "load", "--location", begun, "--file", data], check=True, stdout=log, stderr=log)
        begun.rename(store)
    port = free_port()
    command = [
        *(executable, "serve-read-only", "--union-default-graph"),
        *("--location", store, "--bind", f"127.0.0.1:{port}"),
    ]
    process = subprocess.Popen(command, stdout=log, stderr=log)
    return Server("oxigraph on disk", f"http://127.0.0.1:{port}/query", process)


def rdflib_endpoint(data: Path, folder: Path, executable: Path) -> Server:
    """Start rdflib-endpoint with rdflib's own store, as its documentation does."""
    port = free_port()
    log = (folder / "rdflib-endpoint.log").open("wb")
    command = [executable, "serve", "--host", "127.0.0.1", "--port", str(port), data]
    process = subprocess.Popen(command, stdout=log, stderr=log)
    return Server("rdflib-endpoint", f"http://127.0.0.1:{port}/", process)


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def await_answer(server: Server, seconds: float = 300) -> None:
    """Wait until a server answers a query; raise SystemExit where it ends or takes too long."""
    until = time.monotonic() + seconds
    while time.monotonic() < until and server.process.poll() is None:
        try:
            urllib.request.urlopen(f"{server.url}?query=ASK%20%7B%7D", timeout=5).close()
        except urllib.error.HTTPError as error:
            raise SystemExit(f"{server.name}: {error}. See its log.") from error
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise SystemExit(f"{server.name}: no answer within {seconds:.0f} s, or it has ended. See its log.")


@contextmanager
def running(starts: list[Callable[[], Server]]) -> Iterator[list[Server]]:
    """Start the servers, give them when all answer, and end them."""
    started: list[Server] = []
    try:
        for start in starts:
            started.append(start())
            await_answer(started[-1])
        yield started
    finally:
        for server in started:
            server.process.terminate()
        for server in started:
            try:
                server.process.wait(20)
            except subprocess.TimeoutExpired:
                server.process.kill()
                server.process.wait()
