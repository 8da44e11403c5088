"""Faults of the connection: heads, trailers, upgrades and what a client does not read."""

from __future__ import annotations

import json
import re
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote, urlencode

import pytest

from lodeclaim.endpoint.sparql.formats import offered
from lodeclaim.endpoint.sparql.guard import Form
from lodeclaim.endpoint.web import protocol
from lodeclaim.endpoint.web.negotiation import choose, prefers_page
from support import servers
from support.paths import TINY
from support.tiny import FOUND, LOOKUP

QUERY = "application/sparql-query"
GET = "/sparql?" + urlencode({"query": LOOKUP})
HEALTH = b"GET /health HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"


def head(line: str, *fields: str) -> bytes:
    """Return the head of a request to a host."""
    return "\r\n".join([line, "Host: x", *fields, "", ""]).encode("latin-1")


def answers(server: servers.Server, *parts: bytes, pause: float = 0.0) -> list[tuple[int, bytes]]:
    """Return the status and body of each response to bytes that are sent as they are, until the server closes."""
    found = []
    with socket.create_connection(server.place, 8) as connection, connection.makefile("rb") as stream:
        try:
            for part in parts:
                connection.sendall(part)
                time.sleep(pause)
        except ConnectionError:
            pass
        try:
            while line := stream.readline():
                lines = iter(stream.readline, b"\r\n")
                fields = dict(field.lower().strip().split(b": ", 1) for field in lines)
                found.append((int(line.split()[1]), stream.read(int(fields.get(b"content-length", 0)))))
        except ConnectionError:
            pass
    return found


def statuses(server: servers.Server, *parts: bytes, pause: float = 0.0) -> list[int]:
    """Return the status of each response."""
    return [status for status, _ in answers(server, *parts, pause=pause)]


def rows(body: bytes) -> list[dict[str, str]]:
    """Return the solutions in a body."""
    return [{name: term["value"] for name, term in row.items()} for row in json.loads(body)["results"]["bindings"]]


# 1.2


COSTLY = {
    "ranges": "a/b," * 40_000,
    "parameters": "a/b" + ";a=b" * 40_000,
    "one token": "a" * 160_000,
    "pairs": "a/b" + ';a="b,"' * 20_000,
    "open quotes": '"\\' * 80_000,
    "qualities": "a/b;q=0.5, " * 14_000,
}


@pytest.mark.parametrize("length", [3_900, 8_000, 30_000, 160_000])
@pytest.mark.parametrize("what", COSTLY)
def test_fault_1_02_a_costly_accept_costs_nothing(attacked, what, length):
    used = servers.cpu_seconds(attacked.process)
    for path in (GET, "/nowhere", "/"):
        for name in ("Accept", "Accept-Encoding", "If-None-Match", "Content-Type"):
            field = f"{name}: {COSTLY[what][:length]}"
            (status,) = statuses(attacked, head(f"GET {path} HTTP/1.1", field, "Connection: close"))
            assert status in {200, 404, 406, 431}, (path, name)
            assert status == 431 or length < 10_000
    assert servers.cpu_seconds(attacked.process) - used < 1


@pytest.mark.parametrize("what", COSTLY)
def test_fault_1_02_the_work_grows_with_the_length_alone(what):
    began = time.process_time()
    prefers_page(COSTLY[what], None)
    protocol.tags({"if-none-match": COSTLY[what]})
    protocol.takes_gzip(COSTLY[what])
    protocol.wants_page(COSTLY[what], None)
    choose(offered(Form.SELECT), COSTLY[what] + ", */*", None)
    assert time.process_time() - began < 2


def test_fault_1_02_a_head_is_bounded_beside_its_url(attacked):
    for fields in ([f"X-{number}: {'a' * 900}" for number in range(40)], ["X: " + "a" * 34_000], ["X: y"] * 5_000):
        ((status, body),) = answers(attacked, head(f"GET {GET} HTTP/1.1", *fields))
        assert (status, json.loads(body)["status"]) == (431, 431)
        assert "Send fewer" in json.loads(body)["detail"]
    long_url = f"{GET}&x={'a' * 30_000}"
    fields = [f"X-{number}: {'a' * 900}" for number in range(30)]
    assert statuses(attacked, head(f"GET {long_url} HTTP/1.1", *fields, "Connection: close")) == [200]


def test_fault_1_02_lines_of_one_field_are_bounded_together(attacked):
    for line in ("Accept: " + "a/b, " * 50, "Accept: " + "a/b;x=" + "y" * 2_000):
        assert statuses(attacked, head(f"GET {GET} HTTP/1.1", *[line] * 3)) == [431]


def test_fault_1_02_an_endless_head_is_told_so(attacked):
    resident = servers.resident_bytes(attacked.process)
    for start in (b"X: ", b"X: y\r\nY: "):
        assert statuses(attacked, head("GET / HTTP/1.1")[:-2] + start, b"a" * 2**20) == [431]
    assert statuses(attacked, b"GET /?", b"a" * 2**20) == [414]
    assert servers.resident_bytes(attacked.process) - resident < 10 * 2**20


def test_fault_1_02_no_cache_keeps_a_long_text(attacked):
    resident = servers.resident_bytes(attacked.process)
    with_form = {"Content-Type": servers.FORM}
    for number in range(200):
        body = urlencode({"query": "ASK {}", "format": f"{number}-" + "a" * 300_000})
        assert attacked.request("POST", "/sparql", with_form, body).status == 406
    assert servers.resident_bytes(attacked.process) - resident < 25 * 2**20


# 1.4


PROGRAM = """
import lodeclaim.endpoint.web.exchange as exchange
exchange.SEND_SECONDS = {parts}
import lodeclaim.endpoint.web.transport as transport
transport.SEND_SECONDS, transport.LINGER_SECONDS = {send}, {linger}
from lodeclaim.cli import main
main()
"""
LONG = "a" * 90_000


@pytest.fixture(scope="module")
def hasty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[servers.Server]:
    """A server that waits a second for a client that does not read."""
    graph = tmp_path_factory.mktemp("hasty") / "graph.trig"
    shutil.copy(TINY, graph)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(servers, "PROGRAM", PROGRAM.format(parts=30, send=1.5, linger=1.5))
        with servers.serve(graph, "--workers", "4") as server:
            yield server


def large(numbers: int, *fields: str) -> bytes:
    """Return a request for some times 90 kB."""
    values = " ".join(map(str, range(numbers)))
    body = f'SELECT * {{ VALUES ?x {{ "{LONG}" }} VALUES ?y {{ {values} }} }}'.encode()
    lines = (f"Content-Type: {QUERY}", f"Content-Length: {len(body)}", *fields)
    return head("POST /sparql HTTP/1.1", *lines) + body


def unread(server: servers.Server, sent: bytes, source: str) -> socket.socket:
    """Return a connection over which much is asked, and of which nothing is read."""
    connection = socket.socket()
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
    connection.settimeout(8)
    connection.bind((source, 0))
    connection.connect(server.place)
    connection.sendall(sent)
    return connection


def open_files(server: servers.Server) -> int:
    """Return how many files and connections a server holds."""
    return len(list(Path(f"/proc/{server.process}/fd").iterdir()))


def files_at_rest(server: servers.Server) -> int:
    """Return the same, when what was asked before has had time to be closed."""
    time.sleep(0.5)
    return open_files(server)


def running(server: servers.Server) -> int:
    """Return how many queries a server says that it works on."""
    found = re.search(r"^lodeclaim_queries_running (\S+)$", server.request("GET", "/metrics").text, re.MULTILINE)
    assert found
    return int(float(found[1]))


UNREAD = {
    "long answer": large(200),
    "long answer, closed": large(200, "Connection: close"),
    "whole answer, closed": large(10, "Connection: close"),
    "whole answers, pipelined": large(10) * 10,
}


@pytest.mark.parametrize("what", UNREAD)
def test_fault_1_04_what_is_not_read_is_not_kept(hasty, what):
    assert hasty.ask(LOOKUP).rows == FOUND
    files, resident = files_at_rest(hasty), servers.resident_bytes(hasty.process)
    connections = [unread(hasty, UNREAD[what], f"127.0.0.{number}") for number in (2, 3, 4)]
    time.sleep(0.3)
    try:
        assert hasty.ask(LOOKUP, source="127.0.0.9").rows == FOUND
        assert servers.eventually(lambda: open_files(hasty) <= files, 7)
        assert servers.resident_bytes(hasty.process) - resident < 30 * 2**20
        assert servers.eventually(lambda: running(hasty) == 0, 5)
    finally:
        for connection in connections:
            connection.close()


def test_fault_1_04_a_closed_connection_does_not_wait_for_its_client(tmp_path, monkeypatch):
    graph = tmp_path / "graph.trig"
    shutil.copy(TINY, graph)
    monkeypatch.setattr(servers, "PROGRAM", PROGRAM.format(parts=1, send=99, linger=1.5))
    with servers.serve(graph) as server:
        assert server.ask(LOOKUP).rows == FOUND
        files = files_at_rest(server)
        with unread(server, large(200), "127.0.0.2"):
            assert servers.eventually(lambda: open_files(server) > files, 2)
            assert servers.eventually(lambda: open_files(server) <= files, 6)
        assert server.ask(LOOKUP, source="127.0.0.9").rows == FOUND


def test_fault_1_04_a_slow_reader_gets_all(hasty):
    received, began = b"", time.monotonic()
    with unread(hasty, large(10, "Connection: close"), "127.0.0.5") as connection:
        while piece := connection.recv(1 << 14):
            received += piece
            time.sleep(0.015)
    assert time.monotonic() - began > 2
    assert len(received) > 900_000
    assert received.endswith(b"]}}")


# 1.8


UPGRADES = [
    ("Connection: Upgrade, HTTP2-Settings", "Upgrade: h2c", "HTTP2-Settings: AAMAAABkAAQAAP__"),
    ("Connection: upgrade", "Upgrade: websocket"),
    ("Upgrade: x", "Connection: keep-alive", "Connection: Upgrade"),
]
FRAMINGS = {
    "length": ([f"Content-Length: {len(LOOKUP)}"], LOOKUP.encode()),
    "chunks": (
        ["Transfer-Encoding: chunked"],
        b"%x\r\n%s\r\n%x\r\n%s\r\n0\r\nX-T: y\r\n\r\n"
        % (20, LOOKUP[:20].encode(), len(LOOKUP) - 20, LOOKUP[20:].encode()),
    ),
}


@pytest.mark.parametrize("pieces", ["whole", "head and body", "bytes"])
@pytest.mark.parametrize("framing", FRAMINGS)
@pytest.mark.parametrize("upgrade", UPGRADES)
def test_fault_1_08_an_upgrade_is_ignored(attacked, upgrade, framing, pieces):
    fields, body = FRAMINGS[framing]
    asked = head("POST /sparql HTTP/1.1", f"Content-Type: {QUERY}", *upgrade, *fields)
    plain = head(f"GET {GET} HTTP/1.1", *upgrade)
    everything = asked + body + plain + asked + body + HEALTH
    match pieces:
        case "whole":
            parts = [everything]
        case "head and body":
            parts = [asked, body + plain + asked, body[:30], body[30:] + HEALTH]
        case _:
            parts = [bytes([byte]) for byte in everything]
    found = answers(attacked, *parts, pause=0.02 if pieces == "head and body" else 0)
    assert [status for status, _ in found] == [200, 200, 200, 200]
    assert [rows(body) for _, body in found[:3]] == [FOUND] * 3
    assert json.loads(found[3][1])["status"] == "ok"


@pytest.mark.parametrize("upgrade", UPGRADES)
def test_fault_1_08_a_body_never_becomes_a_request(attacked, upgrade):
    inner = b"GET /health HTTP/1.1\r\nHost: x\r\n\r\n"
    fields = [f"Content-Type: {QUERY}", *upgrade]
    for more, body in (
        ([f"Content-Length: {len(inner)}"], inner),
        (["Transfer-Encoding: chunked"], b"%x\r\n%s\r\n0\r\n\r\n" % (len(inner), inner)),
    ):
        assert statuses(attacked, head("POST /sparql HTTP/1.1", *fields, *more) + body + HEALTH) == [400, 200]
    for more in (
        ["Transfer-Encoding: chunked", "Content-Length: 3"],
        ["Content-Length: 3", "Transfer-Encoding: chunked"],
        ["Content-Length: 3", "Content-Length: 5"],
        ["Transfer-Encoding: gzip"],
        ["Transfer-Encoding: chunked, gzip"],
        ["Content-Length: -1"],
    ):
        assert statuses(attacked, head("POST /sparql HTTP/1.1", *fields, *more) + inner) == [400]
    assert statuses(attacked, b"CONNECT /a HTTP/1.1\r\nHost: x\r\n\r\n" + inner) == [400]
    assert statuses(attacked, b"CONNECT a:1 HTTP/1.1\r\nHost: x\r\n\r\n" + inner) == [400]


def test_fault_1_08_one_that_waits_and_one_that_ends_the_connection_are_heard(attacked):
    length = f"Content-Length: {len(LOOKUP)}"
    fields = (f"Content-Type: {QUERY}", length, "Upgrade: h2c")
    waiting = head("POST /sparql HTTP/1.1", *fields, "Connection: Upgrade, close", "Expect: 100-continue")
    assert statuses(attacked, waiting, LOOKUP.encode(), pause=0.1) == [100, 200]
    old = head("POST /sparql HTTP/1.0", *fields, "Connection: Upgrade")
    ((status, body),) = answers(attacked, old + LOOKUP.encode() + HEALTH)
    assert (status, rows(body)) == (200, FOUND)


def test_fault_1_08_curl_may_offer_http_2(attacked):
    if shutil.which("curl") is None:
        pytest.skip("curl is not here")
    command = ["curl", "-sS", "--http2", "-H", f"Content-Type: {QUERY}", "--data-binary", LOOKUP, attacked.url]
    run = subprocess.run(command, capture_output=True, timeout=8, check=False)
    if b"not support" in run.stderr:
        pytest.skip("this curl has no HTTP/2")
    assert rows(run.stdout) == FOUND


def test_fault_1_08_what_cannot_be_read_is_refused_behind_what_can(attacked):
    for broken in (b"nonsense\r\n\r\n", head("GET / HTTP/1.1", "X: " + "a" * 40_000), b"GET / HTTP/1.1\r\n\r\n"):
        found = answers(attacked, head(f"GET {GET} HTTP/1.1") + broken + HEALTH)
        assert rows(found[0][1]) == FOUND
        assert [status for status, _ in found[1:]] in ([], [400], [431])
    chunked = head("POST /sparql HTTP/1.1", f"Content-Type: {QUERY}", "Transfer-Encoding: chunked") + b"zz\r\n\r\n"
    found = answers(attacked, head(f"GET {GET} HTTP/1.1") + chunked + HEALTH)
    assert rows(found[0][1]) == FOUND
    assert len(found) == 1
    assert statuses(attacked, chunked + HEALTH) == [400]


# 1.9


CHUNKED = head("POST /sparql HTTP/1.1", f"Content-Type: {QUERY}", "Transfer-Encoding: chunked")
CHUNK = b"%x\r\n%s\r\n" % (len(LOOKUP), LOOKUP.encode())
ENDLESS = {
    "trailers": (CHUNK + b"0\r\n", b"X: y\r\n" * 30_000),
    "one trailer": (CHUNK + b"0\r\nX: ", b"a" * 2**18),
    "name of a trailer": (CHUNK + b"0\r\n", b"a" * 2**18),
    "extension": (b"5;x=", b"a" * 2**18),
    "length": (b"", b"0" * 2**18),
}


@pytest.mark.parametrize("path", ["/sparql", "/nowhere"])
@pytest.mark.parametrize("what", ENDLESS)
def test_fault_1_09_trailers_are_counted_as_a_head_is(attacked, what, path):
    start, more = ENDLESS[what]
    resident, used = servers.resident_bytes(attacked.process), servers.cpu_seconds(attacked.process)
    found = statuses(attacked, CHUNKED.replace(b"/sparql", path.encode()) + start, *[more] * 60)
    assert found in ([431], [400]) or (path == "/nowhere" and set(found) <= {404, 405})
    assert servers.resident_bytes(attacked.process) - resident < 10 * 2**20
    assert servers.cpu_seconds(attacked.process) - used < 1


def test_fault_1_09_a_trailer_is_no_field_of_the_head(attacked):
    trailer = b"0\r\nAccept: text/csv\r\nHost: y\r\nX-Forwarded-For: 203.0.113.7\r\nQuery-Id: no\r\n\r\n"
    for parts in ([CHUNKED + CHUNK + trailer + HEALTH], [CHUNKED, CHUNK, trailer, HEALTH]):
        found = answers(attacked, *parts, pause=0.02)
        assert [status for status, _ in found] == [200, 200]
        assert rows(found[0][1]) == FOUND


# 1.15


RUNAWAY = f"VALUES ?x {{ {' '.join(map(str, range(50)))} }}"
RUNAWAY = f"SELECT (COUNT(*) AS ?n) {{ {' '.join(RUNAWAY.replace('x', f'x{i}') for i in range(8))} }}"


@pytest.mark.parametrize("pieces", [1, 2, 3])
def test_fault_1_15_a_query_ends_with_its_client_also_where_others_wait_behind_it(hasty, pieces):
    asked = [head(f"GET /sparql?query={quote(RUNAWAY)} HTTP/1.1"), head(f"GET {GET} HTTP/1.1"), HEALTH]
    with socket.create_connection(hasty.place, 8) as connection:
        for part in (b"".join(asked[: 4 - pieces]), *asked[4 - pieces :]):
            connection.sendall(part)
            time.sleep(0.2)
        assert running(hasty) == 1
    assert servers.eventually(lambda: running(hasty) == 0, 3)


# 1.21


HOSTS = [
    (b"", 400),
    (b"Host: x\r\nHost: x\r\n", 400),
    (b"Host: x\r\nX: y\r\nhost: y\r\n", 400),
    (b"Host: a b\r\n", 400),
    (b"Host: x/y\r\n", 400),
    (b"Host: user@x\r\n", 400),
    (b"Host: x:port\r\n", 400),
    (b"Host:\r\n", 200),
    (b"Host: x:80\r\n", 200),
    (b"Host: [::1]:8000\r\n", 200),
]


@pytest.mark.parametrize(("hosts", "expected"), HOSTS)
def test_fault_1_21_a_request_names_one_host(attacked, hosts, expected):
    request = b"GET /health HTTP/1.1\r\n" + hosts + b"Connection: close\r\n\r\n"
    ((status, body),) = answers(attacked, request)
    assert status == expected
    if status == 400:
        assert "Host" in json.loads(body)["detail"]


def test_fault_1_21_an_old_client_need_not_name_its_host(attacked):
    assert statuses(attacked, b"GET /health HTTP/1.0\r\n\r\n") == [200]
    assert statuses(attacked, b"GET /health HTTP/1.0\r\nHost: x\r\nHost: y\r\n\r\n") == [400]


REFUSED = ["1_000", "1_0.5", "\u0661\u0660", "\u0967", "\uff11", "1e", "inf", "nan", "0x1", "-1", "9" * 5_000]


@pytest.mark.parametrize("seconds", REFUSED)
def test_fault_1_21_a_time_is_written_in_plain_digits(attacked, seconds):
    response = attacked.request("GET", f"{GET}&{urlencode({'timeout': seconds})}")
    assert (response.status, response.media_type) == (400, servers.PROBLEM)


@pytest.mark.parametrize("seconds", ["1", "1.5", ".5", "2.", "1e1", "007", "99999"])
def test_fault_1_21_numbers_are_still_taken(attacked, seconds):
    assert attacked.request("GET", f"{GET}&timeout={seconds}").rows == FOUND


PAGES = ["/", "/queries", "/ontology", "/list", "/openapi.json", "/.well-known/void", GET, "/nowhere", "/health"]


@pytest.mark.parametrize("first", ["HEAD", "GET"])
@pytest.mark.parametrize("encoding", ["gzip", "identity"])
@pytest.mark.parametrize("path", PAGES)
def test_fault_1_21_head_tells_what_get_tells(attacked, path, encoding, first):
    sent = {"Accept": "text/html, */*;q=0.5", "Accept-Encoding": encoding, "Query-Id": "a" * 20}
    fresh = f"{path}{'&' if '?' in path else '?'}fresh={first}{encoding}"
    methods = ["HEAD", "GET"] if first == "HEAD" else ["GET", "HEAD"]
    found = {method: attacked.request(method, fresh, sent) for method in methods}
    told = {method: {k: v for k, v in found[method].headers.items() if k != "date"} for method in methods}
    assert found["HEAD"].status == found["GET"].status
    if path == GET:  # its page tells how long the query took
        lengths = [int(told[method].pop("content-length")) for method in methods]
        assert max(lengths) - min(lengths) < 20
    assert told["HEAD"] == told["GET"]
    assert found["HEAD"].body == b""
    assert int(told["GET"].get("content-length", len(found["GET"].body))) == len(found["GET"].body)
    assert not re.search("gzip", encoding) or path != "/" or told["HEAD"]["content-encoding"] == "gzip"
