"""The process that workers are forked from: single-threaded, it loads the graph once and then only forks and reaps.

The pool starts it as `python -m lodeclaim.endpoint.pool.zygote FD` and speaks to it over the socket FD in lines. The
first is its configuration in JSON. Then `fork N`, with a socket attached, makes worker N, and `kill N` ends it. It
answers `ready JSON` or `failed JSON` once, and `gone N STATUS` for each worker that has ended, with `memory` behind
it where that had none left. When the pool is gone, so is everything here.
"""

from __future__ import annotations

import gc
import json
import os
import signal
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NoReturn

from lodeclaim.endpoint.engines import dataset
from lodeclaim.endpoint.engines.apart import apart
from lodeclaim.endpoint.engines.engine import Query
from lodeclaim.endpoint.engines.fulltext import Field
from lodeclaim.endpoint.engines.oxigraph import NO_MEMORY
from lodeclaim.endpoint.engines.upstream import RemoteStore
from lodeclaim.endpoint.errors import LodeclaimError, SourceError
from lodeclaim.endpoint.pool import walls
from lodeclaim.endpoint.pool.limits import Limits
from lodeclaim.endpoint.pool.worker import Worker, needs_sockets
from lodeclaim.endpoint.sparql.guard import TextLimits

MAX_LINE = 4096

_MAX_WORDS = 1 << 16
PROBE = "SELECT * { GRAPH ?g { ?s ?p ?o } } LIMIT 1"
PROBE_SECONDS = 60


class Zygote:
    """Forks workers on request, and tells of their end."""

    def __init__(self, control: socket.socket, data: dataset.Dataset, limits: Limits) -> None:
        self._control = control
        self._data = data
        self._limits = limits
        self._workers: dict[int, tuple[int, int]] = {}  # process id to number and the pipe of its standard error
        self._sockets: list[int] = []  # came with requests that are not read yet

    def run(self) -> NoReturn:
        """Serve the pool until it closes the socket; then end, and all workers with it."""
        signal.signal(signal.SIGCHLD, self._reap)
        text = b""
        while True:
            received, descriptors, _, _ = socket.recv_fds(self._control, MAX_LINE, 64)
            if not received:
                self._end()
            self._sockets += descriptors
            *lines, text = (text + received).split(b"\n")
            for line in lines:
                word, number = line.split()
                if word == b"fork":
                    self._fork(int(number), self._sockets.pop(0))
                else:
                    self._kill(int(number))

    def _fork(self, number: int, descriptor: int) -> None:
        # A worker must be in the table before its end can be noticed.
        with _undisturbed():
            zygote = os.getpid()
            pipe: tuple[int, ...] = ()
            try:
                # Not a file, which a worker may not write.
                words, said = pipe = os.pipe()
                process = os.fork()
            except OSError:  # no descriptor, memory or process to be had now: the pool asks again
                for end in (descriptor, *pipe):
                    os.close(end)
                self.say(f"gone {number} 1")
                return
            if process == 0:
                # While a worker held another's socket, nobody would see that other one's end.
                os.dup2(said, sys.stderr.fileno())
                others = (other for _, other in self._workers.values())
                for other in (*self._sockets, self._control.detach(), *others, words, said):
                    os.close(other)
                _become_worker(zygote, descriptor, self._data, self._limits)
            os.close(descriptor)
            os.close(said)
            self._workers[process] = number, words

    def _kill(self, number: int) -> None:
        # Only what is not reaped yet is in the table, so that no other process can have the id by now.
        with _undisturbed():
            for process, (known, _) in self._workers.items():
                if known == number:
                    os.kill(process, signal.SIGKILL)

    def _reap(self, *_: object) -> None:
        while True:
            try:
                process, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if process == 0:
                return
            if process in self._workers:
                number, words = self._workers.pop(process)
                cause = " memory" if _told(words, NO_MEMORY) else ""
                self.say(f"gone {number} {os.waitstatus_to_exitcode(status)}{cause}")

    def say(self, line: str) -> None:
        """Tell the pool, if it is still there."""
        try:
            self._control.sendall(line.encode() + b"\n")
        except OSError:  # the pool is gone, which the next read will tell
            return

    def _end(self) -> NoReturn:
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        for process in self._workers:
            os.kill(process, signal.SIGKILL)
        os._exit(0)


def _told(words: int, sought: bytes) -> bool:
    """Return whether a worker said something before it ended; nothing of that is told on: it may hold anything."""
    os.set_blocking(words, False)
    told = b""
    with suppress(OSError):  # it said nothing
        told = os.read(words, _MAX_WORDS)
    os.close(words)
    return sought in told


@contextmanager
def _undisturbed() -> Iterator[None]:
    """Put off the notice that a worker has ended, which changes the table."""
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGCHLD})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGCHLD})


def _become_worker(zygote: int, descriptor: int, data: dataset.Dataset, limits: Limits) -> NoReturn:
    """Run the worker in a process just forked, and end it without the parent's exit handlers."""
    status = 1
    try:
        walls.end_with(zygote)  # which could end no worker itself when it is killed
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGCHLD})
        with socket.socket(fileno=descriptor) as connection:
            Worker(connection, data, limits).run()
        status = 0
    finally:
        os._exit(status)


def main(descriptor: int) -> None:
    """Load what the first line on the socket asks for, and serve forks."""
    # What a terminal or a supervisor sends reaches the whole group: it is the pool that decides.
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    control = socket.socket(fileno=descriptor)
    config = json.loads(_first_line(control))
    text = TextLimits(**{**config["limits"].pop("text"), "services": tuple(config["services"])})
    try:
        store, path = config["store"], config["path"]
        fields = [Field(**field) for field in config["fields"]]
        opened = dataset.opened(Path(path) if store is None else RemoteStore(**store), fields)
        if path is not None and Path(path).is_dir():
            _probe(path, opened)
    except LodeclaimError as error:
        words = {"where": error.where, "found": error.found, "remedy": error.remedy, "status": error.exit_status}
        control.sendall(f"failed {json.dumps(words)}\n".encode())
        return
    # What is here now is shared with all workers: the collector must not touch, and so copy, its pages.
    gc.collect()
    gc.freeze()
    limits = Limits(text=text, **config["limits"])
    missing = walls.missing(limits.memory_bytes, needs_sockets(opened, limits))
    zygote = Zygote(control, opened, limits)
    zygote.say(f"ready {json.dumps({'version': opened.version, 'missing': missing})}")
    zygote.run()


def _probe(path: str, data: dataset.Dataset) -> None:
    """Raise SourceError where a process like a worker cannot open a store on disk and ask it for one row."""

    def tried() -> str:
        try:
            data.open().select(Query(PROBE), 1)
        except Exception as error:  # whatever a broken store does: this is a child process
            return str(error) or type(error).__name__
        return ""

    found = apart(tried, PROBE_SECONDS)
    if found != "":
        reason = "the process that tried ended" if found is None else found
        remedy = "Write it again with lodeclaim build --data-dir"
        raise SourceError(path, f"the store cannot be asked ({reason})", remedy)


def _first_line(control: socket.socket) -> bytes:
    line = b""
    while not line.endswith(b"\n"):
        line += control.recv(1)
    return line


if __name__ == "__main__":
    main(int(sys.argv[1]))
