"""What every engine has in common: what it offers when it runs, where it is installed, and how it is watched."""

from __future__ import annotations

import os
import shlex
import shutil
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

READY_WITHIN = 90
"""Seconds that a server may take to answer; beside other work a JVM needs some twenty."""

LOADED_WITHIN = 300

JAVA_OPTIONS = "-XX:+UseSerialGC -XX:TieredStopAtLevel=1"
"""For a JVM that runs a minute or two: its best compiler takes more processor time than it saves."""


class StoreError(Exception):
    """A store could not be installed, started or loaded; the message ends with what it printed."""


@dataclass(frozen=True)
class Auth:
    """What a store wants to see before it lets anybody write."""

    scheme: str
    """`basic` or `digest`."""
    user: str
    password: str


@dataclass(frozen=True)
class Store:
    """A store that runs: where it is asked, and where it is written to."""

    query_url: str
    """SPARQL 1.1 Protocol, by GET and POST; reading needs no credentials."""
    graph_store_url: str | None
    """SPARQL 1.1 Graph Store HTTP Protocol with indirect graphs: `?graph=<IRI>`; None where it is not offered."""
    update_url: str | None
    """SPARQL 1.1 Update by POST; None for a store that only reads."""
    auth: Auth | None = None
    """Needed for both ways of writing."""


class Engine(Protocol):
    """One kind of store."""

    name: str
    version: str
    """As the documentation prints it: the pinned one, or what the distribution has."""
    loader: str
    """What its own way to load a file is called, for the matrix."""
    command: str
    """How `lodeclaim.trig` is loaded, as the documentation prints it; the test runs these words."""

    def missing(self) -> str | None:
        """Return why it cannot be started here, or None if it can."""
        ...

    def install(self) -> None:
        """Install it, quickly where that is done already; raises StoreError."""
        ...

    def serve(self, folder: Path, graph: Path | None = None) -> AbstractContextManager[Store]:
        """Start it with a TriG file bulk-loaded, or empty, its data in a folder of its own, and stop it in the end.

        Raises StoreError where it does not load the file or does not answer in time.
        """
        ...


def cache() -> Path:
    """Return the folder for what is downloaded, which outlives the checkout."""
    default = Path.home() / ".cache" / "lodeclaim" / "stores"
    return Path(os.environ.get("LODECLAIM_STORES") or default)


def free_port() -> int:
    """Return a port of loopback that is free now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def run(command: Sequence[str | Path], cwd: Path | None = None, within: float = LOADED_WITHIN) -> str:
    """Run a command to its end and return what it printed; raises StoreError where it fails or takes too long."""
    words = [str(word) for word in command]
    try:
        done = subprocess.run(
            words,
            cwd=cwd,
            env=_environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=within,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise StoreError(f"{words[0]}: {error}") from error
    printed = done.stdout.decode(errors="replace")
    if done.returncode:
        raise StoreError(f"{' '.join(words)} ended with {done.returncode}: {printed[-2000:]}")
    return printed


def _environment() -> dict[str, str]:
    return {**os.environ, "JDK_JAVA_OPTIONS": JAVA_OPTIONS}


def load(graph: Path, command: str, folder: Path, here: Mapping[str, str | Path]) -> str:
    """Run a documented command in a folder that has the graph as `lodeclaim.trig`, and return what it printed.

    `here` gives what stands on this machine in place of some of its words. Raises StoreError as `run` does.
    """
    shutil.copy(graph, folder / "lodeclaim.trig")
    return run([here.get(word, word) for word in shlex.split(command)], folder)


@contextmanager
def running(command: Sequence[str | Path], folder: Path, ready: str) -> Iterator[None]:
    """Keep a server running until the block ends; it has begun when the URL `ready` answers with success.

    Raises StoreError, with the end of what the server printed, where it ends or stays silent.
    """
    log = folder / "server.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [str(word) for word in command],
            cwd=folder,
            env=_environment(),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        _wait(process, ready, log)
        yield
    finally:
        _stop(process)


def _wait(process: subprocess.Popen[bytes], ready: str, log: Path) -> None:
    end = time.monotonic() + READY_WITHIN
    while time.monotonic() < end:
        if process.poll() is not None:
            break
        try:
            with urllib.request.urlopen(ready, timeout=5):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
    state = "runs but gives no answer" if process.poll() is None else f"ended with {process.returncode}"
    raise StoreError(f"the server {state}: {log.read_text(encoding='utf-8', errors='replace')[-2000:]}")


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(timeout=20)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def send(url: str, method: str, content: bytes, content_type: str) -> None:
    """Send a body to a URL; raises StoreError with what the server said where it does not take it."""
    request = urllib.request.Request(url, data=content, method=method, headers={"Content-Type": content_type})
    try:
        with urllib.request.urlopen(request, timeout=LOADED_WITHIN):
            return
    except urllib.error.HTTPError as error:
        raise StoreError(f"{method} {url}: {error.code} {error.read()[-2000:].decode(errors='replace')}") from error
    except OSError as error:
        raise StoreError(f"{method} {url}: {error}") from error
