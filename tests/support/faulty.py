"""A small store over HTTP that does as a test tells it: a good one to begin with, then one that is not."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import rdflib

Triple = tuple[rdflib.term.Node, rdflib.term.Node, rdflib.term.Node]
FORM = "application/x-www-form-urlencoded"
RESULTS = "application/sparql-results+json"


@dataclass(frozen=True)
class Request:
    """What was asked."""

    number: int
    """Which of the requests that write this is, from 1; 0 for one that reads."""

    method: str
    path: str
    graph: str | None
    headers: dict[str, str]
    body: bytes


@dataclass(frozen=True)
class Response:
    """What is answered."""

    status: int
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""


class Drop(Exception):
    """Break the connection off, `after` having done what was asked or not."""

    def __init__(self, after: bool = False) -> None:
        self.after = after


HTML = Response(200, {"Content-Type": "text/html"}, b"<!doctype html><title>Welcome</title>")

Behave = Callable[[Request], Response | None]
"""Answers in the place of the store, or None to let it answer."""


class Server:
    """A store with /query, /update, /store and /all (which is all three); in a `with` it listens on a free port."""

    def __init__(self) -> None:
        # rdflib keeps literals as they were written, if told so; Oxigraph keeps the value of many.
        rdflib.NORMALIZE_LITERALS = False
        self.data = rdflib.Dataset()
        self.behave: Behave = lambda request: None
        self.distort: Callable[..., Triple | None] = lambda s, p, o: (s, p, o)
        self.max_rows = 1_000_000
        self.requests: list[Request] = []
        self.stopping = threading.Event()
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._http.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._http.server_address[1]}"

    def __enter__(self) -> Server:
        threading.Thread(target=self._http.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stopping.set()
        self._http.shutdown()
        self._http.server_close()
        rdflib.NORMALIZE_LITERALS = True

    @property
    def writes(self) -> list[Request]:
        """The requests that wrote, or wanted to."""
        return [request for request in self.requests if request.number]

    def holds(self, graph: str) -> set[Triple]:
        """What is in a graph."""
        return set(self.data.graph(rdflib.URIRef(graph)))

    def answer(self, request: Request) -> Response:
        """Do what a good store does."""
        kind = request.headers.get("content-type", "")
        if kind == FORM and request.path in ("/query", "/all"):
            return self._query(parse_qs(request.body.decode())["query"][0])
        if kind == "application/sparql-update; charset=utf-8" and request.path in ("/update", "/all"):
            return self._update(request.body.decode())
        if request.graph is not None and request.path in ("/store", "/all"):
            new = rdflib.Dataset()
            new.graph(rdflib.URIRef(request.graph)).parse(data=request.body, format="turtle")
            if request.method == "PUT":
                self.data.update(f"DROP SILENT GRAPH <{request.graph}>")
            self._add(new)
            return Response(204)
        return Response(404, {"Content-Type": "text/plain"}, b"there is nothing here")

    def _query(self, text: str) -> Response:
        result = json.loads(self.data.query(text).serialize(format="json"))
        rows = sorted(result["results"]["bindings"], key=lambda row: json.dumps(row, sort_keys=True))
        result["results"]["bindings"] = rows[: self.max_rows]
        return Response(200, {"Content-Type": RESULTS}, json.dumps(result).encode())

    def _update(self, text: str) -> Response:
        if text.startswith("DROP"):
            self.data.update(text)
        else:
            inserted = rdflib.Dataset()
            inserted.update(text)
            self._add(inserted)
        return Response(204)

    def _add(self, new: rdflib.Dataset) -> None:
        for s, p, o, graph in new.quads():
            if (changed := self.distort(s, p, o)) is not None:
                self.data.graph(graph).add(changed)

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        server = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("content-length", 0)))
                parsed = urlsplit(self.path)
                headers = {name.lower(): value for name, value in self.headers.items()}
                reads = headers.get("content-type") == FORM
                graph = parse_qs(parsed.query).get("graph", [None])[0]
                number = 0 if reads else len(server.writes) + 1
                request = Request(number, self.command, parsed.path, graph, headers, body)
                server.requests.append(request)
                try:
                    response = server.behave(request) or server.answer(request)
                except Drop as drop:
                    if drop.after:
                        server.answer(request)
                    self.close_connection = True
                    return
                self.send_response(response.status)
                for name, value in response.headers.items():
                    self.send_header(name, value)
                if "Content-Length" in response.headers:
                    self.close_connection = True  # less comes than was said
                else:
                    self.send_header("Content-Length", str(len(response.body)))
                self.end_headers()
                self.wfile.write(response.body)

            do_PUT = do_GET = do_DELETE = do_POST

            def log_message(self, *_: object) -> None:
                pass

        return Handler
