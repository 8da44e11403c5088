"""A store that does whatever a test wants: it reads requests, and answers with bytes as they are given."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from urllib.parse import parse_qs

JSON, XML, TRIPLES = "application/sparql-results+json", "application/sparql-results+xml", "application/n-triples"
ROW = b'{"x":{"type":"literal","value":"fine"}}'
HEAD = b'{"head":{"vars":["x"]},"results":{"bindings":['
TRIPLE = b"<x:a> <x:b> <x:c> .\n"


@dataclass(frozen=True)
class Request:
    """A request as it came: header names are in lower case, the body is a form."""

    line: str
    headers: dict[str, str]
    form: dict[str, list[str]]

    @property
    def query(self) -> str:
        """The text of the query that is asked."""
        return self.form["query"][0]


Behaviour = Callable[[socket.socket, Request], object]


def head(media_type: str | None = JSON, status: str = "200 OK", **headers: str) -> bytes:
    """Return the head of a response."""
    lines = [f"HTTP/1.1 {status}", *([f"Content-Type: {media_type}"] if media_type else [])]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "", ""]).encode()


def whole(body: bytes, media_type: str | None = JSON, status: str = "200 OK", **headers: str) -> bytes:
    """Return a response that says how long it is."""
    return head(media_type, status, Content_Length=str(len(body)), **headers) + body


def chunked(*parts: bytes, media_type: str = JSON, ended: bool = True) -> bytes:
    """Return a response in chunks, the last one there or not."""
    chunks = b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in parts)
    return head(media_type, Transfer_Encoding="chunked") + chunks + (b"0\r\n\r\n" if ended else b"")


def says(answer: bytes) -> Behaviour:
    """Return what answers so, and closes the connection."""
    return lambda connection, request: connection.sendall(answer)


def well_behaved(connection: socket.socket, request: Request) -> None:
    """Answer as a store does that is well: one row, true, or one triple."""
    if TRIPLES in request.headers["accept"]:
        connection.sendall(whole(TRIPLE, TRIPLES))
    elif "ASK" in request.query:
        connection.sendall(whole(b'{"head":{},"boolean":true}'))
    else:
        connection.sendall(whole(HEAD + ROW + b"]}}"))


class Upstream:
    """Such a store on loopback, at a port that stays the same while it is down."""

    def __init__(self) -> None:
        self.behaviour: Behaviour = well_behaved
        self.requests: list[Request] = []
        self._listener: socket.socket | None = None
        self._port = 0
        self.up()

    @property
    def url(self) -> str:
        """Where it takes queries."""
        return f"http://127.0.0.1:{self._port}/query"

    def up(self) -> None:
        """Listen."""
        self._listener = socket.create_server(("127.0.0.1", self._port))
        self._port = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, args=[self._listener], daemon=True).start()

    def down(self) -> None:
        """Listen no more."""
        assert self._listener is not None
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _accept(self, listener: socket.socket) -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            threading.Thread(target=self._answer, args=[connection], daemon=True).start()

    def _answer(self, connection: socket.socket) -> None:
        # A client that has had enough breaks the connection.
        with connection, contextlib.suppress(OSError):
            if (request := _read(connection)) is not None:
                self.requests.append(request)
                self.behaviour(connection, request)
                connection.shutdown(socket.SHUT_WR)


@contextlib.contextmanager
def running() -> Iterator[Upstream]:
    """Run such a store until the block is left."""
    upstream = Upstream()
    try:
        yield upstream
    finally:
        upstream.down()


def _read(connection: socket.socket) -> Request | None:
    received = b""
    while b"\r\n\r\n" not in received:
        if not (part := connection.recv(1 << 16)):
            return None
        received += part
    top, _, body = received.partition(b"\r\n\r\n")
    line, *lines = top.decode().split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (text.partition(":") for text in lines)}
    while len(body) < int(headers.get("content-length", 0)):
        body += connection.recv(1 << 16)
    return Request(line, headers, parse_qs(body.decode(), keep_blank_values=True))
