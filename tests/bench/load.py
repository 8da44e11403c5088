"""Puts load on a server and reports what came of it: many requests with wrk, one large answer with curl."""

from __future__ import annotations

import json
import os
import subprocess
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from urllib.parse import quote, urlsplit

import pyoxigraph as ox
from peers import Server

HERE = Path(__file__).parent
QUERIES = HERE / "queries"
VARIED = "<urn:varied>"
JSON = "application/sparql-results+json"


@dataclass(frozen=True)
class Rate:
    """What wrk saw: requests a second, milliseconds at which half and 99 of 100 answers were there, failed requests.

    And what the server spent: milliseconds of processor time a request, which other load on the machine changes less.
    """

    rate: float
    p50: float
    p99: float
    errors: int
    cpu: float


@dataclass(frozen=True)
class Download:
    """One answer: seconds to its first byte, to its last, and of the processor; bytes; megabytes while it came."""

    first: float
    total: float
    cpu: float
    bytes: int
    parent: float
    workers: float


def middle(found: list[Rate]) -> Rate:
    """Return the medians."""
    return Rate(
        median(one.rate for one in found),
        median(one.p50 for one in found),
        median(one.p99 for one in found),
        sum(one.errors for one in found),
        median(one.cpu for one in found),
    )


def texts(name: str, store: ox.Store) -> list[str]:
    """Return the texts of a query, one for each IRI that it is asked about."""
    text = (QUERIES / f"{name}.rq").read_text()
    if VARIED not in text:
        return [text]
    rows = store.query((QUERIES / f"{name}.varied.rq").read_text(), use_default_graph_as_union=True)
    return [text.replace(VARIED, str(row[0])) for row in rows]  # type: ignore[union-attr]


def wrk(server: Server, asked: list[str], connections: int, seconds: int, salt: str = "", etag: str = "") -> Rate:
    """Ask the texts in turn on so many connections; with a salt no text comes twice."""
    paths = Path(os.environ.get("TMPDIR", "/tmp")) / f"lodeclaim-bench-{os.getpid()}.paths"
    path = urlsplit(server.url).path
    paths.write_text("".join(f"{path}?query={quote(text, safe='')}\n" for text in asked))
    command = [
        *("wrk", "--threads", "1", "--connections", str(connections), "--duration", f"{seconds}s"),
        *("--timeout", "60s", "--script", str(HERE / "varied.lua"), server.url, "--", str(paths), salt, etag),
    ]
    before = server.cpu_seconds()
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=seconds + 120)
    finally:
        paths.unlink()
    line = next(line for line in done.stdout.splitlines() if line.startswith("RESULT "))
    told = json.loads(line.removeprefix("RESULT "))
    cpu = (server.cpu_seconds() - before) * 1_000 / max(1, told["requests"])
    return Rate(told["requests"] / told["seconds"], told["p50"], told["p99"], told["errors"], cpu)


def entity_tag(server: Server, text: str) -> str:
    """Return the ETag of an answer."""
    command = ["curl", "--silent", "--dump-header", "-", "--output", "/dev/null", *_get(server, text)]
    heads = subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()
    return next(line.partition(":")[2].strip() for line in heads if line.lower().startswith("etag:"))


def download(server: Server, text: str) -> Download:
    """Fetch one answer whole; raise SystemExit where it is an error or breaks off."""
    parents: list[float] = []
    workers: list[float] = []
    over = threading.Event()

    def watch() -> None:
        while not over.wait(0.1):
            first, *others = server.megabytes()
            parents.append(first)
            workers.append(max(others, default=0))

    watcher = threading.Thread(target=watch)
    watcher.start()
    before = server.cpu_seconds()
    told = "%{time_starttransfer} %{time_total} %{size_download}"
    command = ["curl", "--silent", "--show-error", "--fail", "--output", "/dev/null", "--write-out", told]
    try:
        done = subprocess.run([*command, *_get(server, text)], capture_output=True, text=True, timeout=300)
    finally:
        over.set()
        watcher.join()
    if done.returncode:
        raise SystemExit(f"{server.name}: {done.stderr.strip()}, for\n{text}")
    first, total, size = done.stdout.split()
    cpu = server.cpu_seconds() - before
    return Download(float(first), float(total), cpu, int(size), max(parents, default=0), max(workers, default=0))


def _get(server: Server, text: str) -> list[str]:
    return ["--header", f"Accept: {JSON}", "--get", "--data-urlencode", f"query={text}", server.url]


def load_average() -> str:
    """Return how busy the machine is, and when."""
    return f"{time.strftime('%H:%M:%S')}, load average {os.getloadavg()[0]:.1f}"
