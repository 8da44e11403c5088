"""SERVICE: what is asked, through which address, and what is never asked."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from lodeclaim.endpoint.errors import QueryError
from lodeclaim.endpoint.pool.relay import is_public
from lodeclaim.endpoint.sparql import guard
from support import servers
from support.paths import TINY

ROWS = {"head": {"vars": ["x"]}, "results": {"bindings": [{"x": {"type": "literal", "value": "from afar"}}]}}


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("93.184.216.34", True),
        ("2606:2800:220:1:248:1893:25c8:1946", True),
        ("127.0.0.1", False),
        ("127.8.8.8", False),
        ("0.0.0.0", False),
        ("10.0.0.1", False),
        ("172.16.0.1", False),
        ("192.168.1.1", False),
        ("169.254.169.254", False),
        ("100.64.0.1", False),
        ("192.0.2.1", False),
        ("224.0.0.1", False),
        ("255.255.255.255", False),
        ("::1", False),
        ("::", False),
        ("fe80::1", False),
        ("fe80::1%eth0", False),
        ("fc00::1", False),
        ("ff02::1", False),
        ("2001:db8::1", False),
        ("::ffff:127.0.0.1", False),
        ("::ffff:10.0.0.1", False),
        ("2002:7f00:1::", False),  # 6to4 of 127.0.0.1
        ("64:ff9b::7f00:1", False),  # NAT64 of 127.0.0.1
        ("64:ff9b::a9fe:a9fe", False),  # NAT64 of 169.254.169.254
    ],
)
def test_which_addresses_are_public(address, public):
    assert is_public(address) is public


@pytest.mark.parametrize(
    ("iri", "allowed"),
    [
        ("https://a.example/sparql", True),
        ("https://a.example/sparql?x=y", True),
        ("https://a.example", True),
        ("https://a.example.evil.example/sparql", False),
        ("https://a.example@evil.example/sparql", False),
        ("https://a.example:8443/sparql", False),
        ("http://a.example/sparql", False),
        ("https://b.example/sparql", False),
        ("https://A.example/sparql", False),
        ("https://a\\u002Eexample/sparql", False),
    ],
)
def test_a_prefix_allows_what_begins_with_it_and_no_longer_name(iri, allowed):
    limits = guard.TextLimits(services=("https://a.example",))
    query = f"SELECT * {{ SERVICE SILENT <{iri}> {{ ?s ?p ?o }} }}"
    if allowed:
        assert [token.text for token in guard.check(query, limits).services] == [f"<{iri}>"]
        assert guard.check(query, limits).volatile
        return
    with pytest.raises(QueryError, match="allowed") as refusal:
        guard.check(query, limits)
    assert refusal.value.kind == "service-refused"


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * { VALUES ?x { <https://a.example/> } SERVICE ?x { ?s ?p ?o } }",
        "PREFIX a: <https://a.example/> SELECT * { SERVICE a:sparql { ?s ?p ?o } }",
        "SELECT * { SERVICE { ?s ?p ?o } }",
        "SELECT * { SERVICE",
    ],
)
def test_a_service_is_named_by_an_iri_in_full(query):
    with pytest.raises(QueryError):
        guard.check(query, guard.TextLimits(services=("https://a.example/",)))


class Elsewhere(BaseHTTPRequestHandler):
    """Another endpoint, which remembers what it was asked."""

    asked: list[tuple[str, str, bytes]]

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.asked.append((self.path, self.headers.get("Host", ""), body))
        port = self.server.server_address[1]
        answers = {
            "/good": (200, {}, json.dumps(ROWS).encode()),
            "/here": (302, {"Location": "/good"}, b""),
            "/away": (302, {"Location": f"http://localhost:{port}/secret"}, b""),
            "/round": (302, {"Location": "/round"}, b""),
            "/page": (200, {"Content-Type": "text/html"}, b"<html>"),
            "/broken": (500, {}, b"sorry"),
        }
        status, headers, body = answers[self.path.partition("?")[0]]
        self.send_response(status)
        for name, value in {"Content-Type": "application/sparql-results+json", **headers}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def elsewhere() -> Iterator[tuple[str, list[tuple[str, str, bytes]]]]:
    asked: list[tuple[str, str, bytes]] = []
    handler = type("Handler", (Elsewhere,), {"asked": asked})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as service:
        thread = threading.Thread(target=service.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{service.server_address[1]}", asked
        service.shutdown()
        thread.join()


@pytest.fixture(scope="module")
def federation():
    with elsewhere() as (url, asked):
        options = ("--log", "off", "--allow-service", url + "/", "--private-services")
        with servers.serve(TINY, *options) as server:
            yield server, url, asked


def ask(federation, path: str, silent: str = "") -> servers.Response:
    server, url, asked = federation
    asked.clear()
    return server.ask(f"SELECT * {{ SERVICE {silent} <{url}{path}> {{ ?x ?y ?z }} }}")


def test_an_allowed_service_is_asked_and_the_query_is_its_own(federation):
    answer = ask(federation, "/good?a=b%20c")
    assert answer.rows == [{"x": "from afar"}]
    assert answer.headers["cache-control"] == "no-store"
    ((path, host, body),) = federation[2]
    assert path == "/good?a=b%20c"
    assert host == federation[1].removeprefix("http://")
    assert b"SERVICE" not in body


def test_a_redirect_within_the_allowed_is_followed(federation):
    assert ask(federation, "/here").rows == [{"x": "from afar"}]


@pytest.mark.parametrize("path", ["/away", "/round", "/page", "/broken"])
def test_what_gives_no_answer_is_said_so_without_the_relays_address(federation, path):
    answer = ask(federation, path)
    assert (answer.status, answer.problem) == (502, "service-failed")
    assert "iri=" not in answer.text
    assert "/secret" not in [asked for asked, _, _ in federation[2]]
    assert len(federation[2]) <= 4
    assert ask(federation, path, "SILENT").rows == [{}]
    assert federation[0].ask("ASK { }").json["boolean"] is True


def test_an_address_that_is_not_public_is_not_connected_to():
    with elsewhere() as (url, asked):
        allowed = (url + "/", url.replace("127.0.0.1", "localhost") + "/")
        options = [option for one in allowed for option in ("--allow-service", one)]
        with servers.serve(TINY, "--log", "off", *options) as server:
            for service in allowed:
                answer = server.ask(f"SELECT * {{ SERVICE <{service}good> {{ ?x ?y ?z }} }}")
                assert (answer.status, answer.problem) == (502, "service-failed")
                assert "no public address" in answer.text
        assert asked == []


def test_services_are_off_unless_allowed(tiny):
    answer = tiny.ask("SELECT * { SERVICE <http://127.0.0.1:9/> { ?x ?y ?z } }")
    assert (answer.status, answer.problem) == (403, "service-refused")
