"""S7 to S9: whatever a request names, the server connects to nothing and opens nothing."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from urllib.parse import quote, urlencode

import pytest

from support import servers
from support.tiny import FOUND, LOOKUP

QUERY, UPDATE = "application/sparql-query", "application/sparql-update"


class Canary:
    """Listens on both loopback addresses and counts who comes."""

    def __init__(self) -> None:
        self.hits = 0
        self._sockets = [socket.create_server(("127.0.0.1", 0))]
        self.port = self._sockets[0].getsockname()[1]
        if socket.has_dualstack_ipv6():
            self._sockets.append(socket.create_server(("::1", self.port), family=socket.AF_INET6))
        for listener in self._sockets:
            threading.Thread(target=self._count, args=(listener,), daemon=True).start()

    def _count(self, listener: socket.socket) -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            self.hits += 1
            connection.close()

    def close(self) -> None:
        for listener in self._sockets:
            listener.shutdown(socket.SHUT_RDWR)
            listener.close()


@pytest.fixture(scope="module")
def watched() -> Iterator[Canary]:
    """A canary for all tests, which must have been left alone in the end."""
    canary = Canary()
    yield canary
    time.sleep(0.5)  # for what comes late
    canary.close()
    assert canary.hits == 0


@pytest.fixture
def listening(watched: Canary) -> Iterator[Canary]:
    """The canary, which nobody has visited when a test is over."""
    yield watched
    assert watched.hits == 0


def test_the_canary_sings():
    listening = Canary()
    for host in ("127.0.0.1", "localhost"):
        socket.create_connection((host, listening.port), 10).close()
    assert servers.eventually(lambda: listening.hits == 2)
    listening.close()


HOSTS = ["127.0.0.1", "[::1]", "[::ffff:127.0.0.1]", "2130706433", "0x7f.1", "localhost", "0.0.0.0", "127.1"]
SERVICES = [
    "ASK {{ SERVICE <{url}> {{ ?s ?p ?o }} }}",
    "ASK {{ SERVICE SILENT <{url}> {{ ?s ?p ?o }} }}",
    "ASK {{ sErViCe#\n<{url}>{{}} }}",
    "PREFIX e: <{url}> ASK {{ SERVICE e:x {{}} }}",
    "PREFIX : <{url}> ASK {{ SERVICE:x {{}} }}",
    "SELECT * {{ VALUES ?s {{ <{url}> }} SERVICE ?s {{ ?a ?b ?c }} }}",
    "SELECT * {{ OPTIONAL {{ {{ SELECT * {{ SERVICE <{url}> {{}} }} }} }} }}",
    "ASK {{ FILTER EXISTS {{ SERVICE <{url}> {{}} }} }}",
    "CONSTRUCT {{ ?s ?p ?o }} {{ SERVICE <{url}> {{ ?s ?p ?o }} }}",
    "BASE <{url}> ASK {{ SERVICE <x> {{}} }}",
]


@pytest.mark.parametrize("host", HOSTS)
def test_s7_service_reaches_nothing(attacked, listening, host):
    for service in SERVICES:
        response = attacked.ask(service.format(url=f"http://{host}:{listening.port}/"))
        assert response.status in {400, 403}, service
        assert "SERVICE" in response.json["detail"] or response.status == 400
    metadata = attacked.ask("ASK { SERVICE <http://169.254.169.254/latest/> {} }")
    assert (metadata.status, metadata.problem) == (403, "service-refused")


def test_s7_a_word_that_only_looks_like_service_is_harmless(attacked):
    text = "PREFIX SERVICE: <x:> SELECT ?SERVICE { BIND('SERVICE <http://127.0.0.1/> {}' AS ?SERVICE) }"
    assert attacked.ask(text).rows == [{"SERVICE": "SERVICE <http://127.0.0.1/> {}"}]


FILES = ["file:///etc/passwd", "file:/etc/hostname", "http://127.0.0.1:{port}/x.ttl", "http://[::1]:{port}/x.ttl"]


@pytest.mark.parametrize("place", FILES)
@pytest.mark.parametrize("clause", ["FROM", "FROM NAMED"])
def test_s8_a_dataset_is_never_fetched(attacked, listening, clause, place):
    iri = place.format(port=listening.port)
    pattern = "?s ?p ?o" if clause == "FROM" else "GRAPH ?g { ?s ?p ?o }"
    assert attacked.ask(f"SELECT * {clause} <{iri}> {{ {pattern} }}").rows == []
    for name in ("default-graph-uri", "named-graph-uri"):
        assert attacked.ask("SELECT * { ?s ?p ?o }", **{name: iri}).rows == []
    response = attacked.request("GET", "/store?" + urlencode({"graph": iri}))
    assert response.status == 404
    assert "root:" not in response.text


LOADS = ["LOAD <{0}>", "LOAD SILENT <{0}> INTO GRAPH <x:g>", "CLEAR ALL ; LOAD <{0}>"]


@pytest.mark.parametrize("load", LOADS)
def test_s8_load_is_refused_however_it_is_sent(attacked, listening, load):
    for place in (f"http://127.0.0.1:{listening.port}/x.jsonld", "file:///etc/passwd"):
        text = load.format(place)
        form = {"Content-Type": servers.FORM}
        attempts = [
            attacked.request("POST", "/sparql", form, urlencode({"update": text})),
            attacked.request("POST", "/sparql", form, urlencode({"query": text})),
            attacked.request("POST", "/sparql", {"Content-Type": UPDATE}, text),
            attacked.request("POST", "/sparql", {"Content-Type": QUERY}, text),
            attacked.request("GET", "/sparql?query=" + quote(text)),
            attacked.request("GET", "/sparql?update=" + quote(text)),
            attacked.request("POST", "/sparql?update=" + quote(text), form, "query=ASK{}"),
        ]
        assert {response.status for response in attempts} <= {400, 403}
        assert "root:" not in "".join(response.text for response in attempts)


CONTEXT = '{"@context": "http://127.0.0.1:%d/c", "@id": "x:s", "x:p": "o"}'
XML = (
    '<!DOCTYPE r [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">'
    '<!ENTITY x SYSTEM "http://127.0.0.1:%d/x">]><rdf:RDF '
    'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">&b;&x;</rdf:RDF>'
)


@pytest.mark.parametrize("method", ["PUT", "POST", "PATCH", "DELETE"])
@pytest.mark.parametrize(("media_type", "body"), [("application/ld+json", CONTEXT), ("application/rdf+xml", XML)])
@pytest.mark.parametrize("path", ["/store?default", "/store?graph=x:g", "/store/new", "/sparql"])
def test_s8_s9_no_document_is_taken_so_none_is_parsed(attacked, listening, method, media_type, body, path):
    response = attacked.request(method, path, {"Content-Type": media_type}, body % listening.port)
    assert response.status in ({405} if path != "/sparql" or method != "POST" else {415})


def test_the_answer_to_a_lookup_is_what_it_was(attacked):
    assert attacked.ask(LOOKUP).rows == FOUND
