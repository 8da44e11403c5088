"""S10 to S22, S24 to S26: requests that are too long, too slow, malformed, or mean something else.

Rows of the checklist that have no test here, and why: S12 (markup in pages) and S27 (a page without a network) belong
to the tests of the pages; S22 (tokens) has no subject, since nothing takes one; and S28 (shapes on user input) has
none, since no request is validated.
"""

from __future__ import annotations

import gzip
import json
import re
import socket
import time
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import quote, urlencode

import pytest

from support import servers
from support.tiny import EX, FOUND, LOOKUP

QUERY, UPDATE = "application/sparql-query", "application/sparql-update"
FORM = servers.FORM
GET = "/sparql?" + urlencode({"query": LOOKUP})


def raw(server: servers.Server, *parts: bytes, pause: float = 0.0, timeout: float = 60) -> bytes:
    """Return all that comes back for bytes that are sent as they are, part by part, until the server closes."""
    with socket.create_connection(server.place, timeout) as connection:
        received = b""
        try:
            for part in parts:
                connection.sendall(part)
                time.sleep(pause)
            while piece := connection.recv(1 << 16):
                received += piece
        except ConnectionError:
            pass
        return received


def request(line: str, *headers: str, body: bytes = b"") -> bytes:
    """Return the bytes of a request."""
    lines = [line, "Host: x", "Connection: close", *headers, "", ""]
    return "\r\n".join(lines).encode("latin-1") + body


def status(response: bytes) -> int:
    """Return the status of a response."""
    return int(response.split(b" ", 2)[1])


# S10


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "br", "zstd", "gzip, gzip", "nonsense"])
def test_s10_a_compressed_body_is_never_opened(attacked, encoding):
    bomb = gzip.compress(b"0" * 10_000_000)
    resident = servers.resident_bytes(attacked.process)
    headers = {"Content-Type": QUERY, "Content-Encoding": encoding}
    assert attacked.request("POST", "/sparql", headers, bomb).status == 415
    chunked = b"%x\r\n%s\r\n0\r\n\r\n" % (len(bomb), bomb)
    head = request("POST /sparql HTTP/1.1", f"Content-Type: {QUERY}", "Content-Encoding: " + encoding)
    head = head.replace(b"Connection: close\r\n", b"Connection: close\r\nTransfer-Encoding: chunked\r\n")
    assert status(raw(attacked, head + chunked)) == 415
    assert servers.resident_bytes(attacked.process) - resident < 10 * 2**20


# S11


def test_s11_a_long_query_is_too_large_and_told_so(attacked):
    for kind, body in [(QUERY, "ASK {} #" + "a" * 2**21), (FORM, urlencode({"query": "ASK {} #" + "é" * 2**20}))]:
        response = attacked.request("POST", "/sparql", {"Content-Type": kind}, body)
        assert (response.status, response.media_type) == (413, servers.PROBLEM)


def test_s11_an_announced_length_is_judged_before_it_comes(attacked):
    head = request("POST /sparql HTTP/1.1", f"Content-Type: {QUERY}", "Content-Length: 99999999999")
    assert status(raw(attacked, head)) == 413


def test_s11_a_body_without_end_is_broken_off(attacked):
    resident = servers.resident_bytes(attacked.process)
    piece = b"10000\r\n" + b"a" * 0x10000 + b"\r\n"
    with socket.create_connection(attacked.place, 60) as connection:
        lines = (f"Content-Type: {QUERY}", "Transfer-Encoding: chunked")
        connection.sendall(request("POST /sparql HTTP/1.1", *lines).replace(b"Connection: close\r\n", b""))
        for _ in range(80):
            connection.sendall(piece)
        assert status(connection.recv(1 << 16)) == 413
    assert servers.resident_bytes(attacked.process) - resident < 20 * 2**20


def test_s11_a_body_of_many_tiny_pieces_costs_no_more_than_its_length(attacked):
    head = request("POST /sparql HTTP/1.1", f"Content-Type: {QUERY}", "Transfer-Encoding: chunked")
    used = servers.cpu_seconds(attacked.process)
    text = LOOKUP + " #" + "a" * 60_000
    pieces = b"".join(b"1\r\n%c\r\n" % byte for byte in text.encode()) + b"0\r\n\r\n"
    response = raw(attacked, head, *[pieces[i : i + 3000] for i in range(0, len(pieces), 3000)])
    assert status(response) == 200
    assert servers.cpu_seconds(attacked.process) - used < 5


def test_s11_a_long_url_is_told_to_become_a_post(attacked):
    response = attacked.request("GET", GET + "&x=" + "a" * 100_000)
    assert (response.status, response.media_type) == (414, servers.PROBLEM)
    assert "POST" in response.json["detail"]


def test_s11_many_parameters_are_a_bad_request(attacked):
    many = urlencode([("query", LOOKUP), *[("default-graph-uri", "x:y")] * 100_000])
    assert attacked.request("POST", "/sparql", {"Content-Type": FORM}, many).status in {400, 413}
    fewer = urlencode([("query", LOOKUP), *[("default-graph-uri", "x:y")] * 5_000])
    assert attacked.request("POST", "/sparql", {"Content-Type": FORM}, fewer).status == 400


@pytest.mark.parametrize("head", ["one", "many", "line"])
def test_s11_headers_without_end_are_broken_off(attacked, head):
    resident = servers.resident_bytes(attacked.process)
    start = b"GET / HTTP/1.1\r\nHost: x\r\n"
    match head:
        case "one":
            parts = [start + b"X: ", *[b"a" * 2**20] * 64]
        case "many":
            parts = [start, *[b"X: y\r\n" * 2**17] * 64]
        case _:
            parts = [b"GET /", *[b"a" * 2**20] * 64]
    response = raw(attacked, *parts)
    assert response == b"" or status(response) in {400, 413, 414, 431}
    assert servers.resident_bytes(attacked.process) - resident < 20 * 2**20


def closes_in_time(server: servers.Server, start: bytes, drip: bytes) -> bool:
    """Return whether the server hangs up on a client that sends a byte now and then; its limit is ten seconds."""
    with socket.create_connection(server.place, 5) as connection:
        connection.sendall(start)
        connection.settimeout(0.5)
        end = time.monotonic() + 100
        while time.monotonic() < end:
            try:
                connection.sendall(drip)
                if not connection.recv(1 << 16):
                    return True
            except TimeoutError:
                continue
            except ConnectionError:
                return True
    return False


SLOW = {
    "nothing": (b"", b""),
    "request line": (b"GET /sp", b"a"),
    "headers": (b"GET / HTTP/1.1\r\nHost: x\r\n", b"X: y\r\n"),
    "body": (b"POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Type: application/sparql-query\r\n", b"a"),
    "second request": (request("GET /health HTTP/1.1").replace(b"Connection: close\r\n", b""), b"G"),
}
SLOW["body"] = (SLOW["body"][0] + b"Content-Length: 50000\r\nConnection: close\r\n\r\n", b"a")


def test_s11_a_client_that_sends_slowly_is_hung_up_on(attacked):
    with ThreadPoolExecutor(len(SLOW)) as pool:
        closed = pool.map(lambda what: closes_in_time(attacked, *SLOW[what]), SLOW)
        assert dict(zip(SLOW, closed, strict=True)) == dict.fromkeys(SLOW, True)


def test_s11_slow_clients_hold_nobody_up(attacked):
    idle = [socket.create_connection(attacked.place, 5) for _ in range(200)]
    for connection in idle:
        connection.sendall(b"POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Length: 99\r\n")
    assert attacked.ask(LOOKUP).rows == FOUND
    for connection in idle:
        connection.close()


# S13, S16, S17


ALL = ["/sparql", GET, "/sparql?query=no", "/nowhere", "/health", "/metrics", "/", "/store?default", "/running/x"]


@pytest.mark.parametrize("path", ALL)
def test_s13_s16_nothing_is_sniffed_and_sharing_never_comes_with_credentials(attacked, path):
    response = attacked.request("GET", path, {"Origin": "http://evil.example", "Cookie": "a=b"})
    assert response.headers["x-content-type-options"] == "nosniff"
    assert response.headers.get("access-control-allow-origin", "*") == "*"
    assert "access-control-allow-credentials" not in response.headers
    assert "set-cookie" not in response.headers
    assert "content-security-policy" in response.headers


@pytest.mark.parametrize("name", ["callback", "jsonp", "force-accept", "output"])
def test_s13_there_is_no_jsonp(attacked, name):
    response = attacked.request("GET", f"{GET}&{name}=alert")
    assert response.media_type == "application/sparql-results+json"
    assert "alert" not in response.text


def test_s13_an_error_is_never_markup(attacked):
    evil = "<script>alert(1)</script>"
    for path in (f"/sparql?query={quote(evil)}", f"/{quote(evil)}", f"{GET}&format={quote(evil)}"):
        response = attacked.request("GET", path)
        assert response.media_type == servers.PROBLEM
        page = attacked.request("GET", path, {"Accept": "text/html"})
        assert evil not in page.text or page.media_type == servers.PROBLEM


INJECTED = "x\r\nSet-Cookie: a=b\r\n\r\n<script>"


@pytest.mark.parametrize("name", ["format", "default-graph-uri", "timeout", "union-default-graph", "nonsense"])
def test_s17_no_parameter_begins_a_header(attacked, name):
    for path in (f"{GET}&{urlencode({name: INJECTED})}", f"/store?{urlencode({'graph': INJECTED})}"):
        assert "set-cookie" not in attacked.request("GET", path).headers


def test_s17_no_name_in_a_query_begins_a_header(attacked):
    text = "PREFIX lc: <https://w3id.org/lodeclaim/ontology#> ASK { ?s lc:a\\u000d\\u000aSet-Cookie ?o }"
    assert "set-cookie" not in attacked.ask(text).headers


@pytest.mark.parametrize("path", ["/sparql", "/.well-known/void", "/"])
def test_s17_the_host_is_never_believed(attacked, path):
    evil = {"Host": "evil.example", "X-Forwarded-Host": "evil.example", "Forwarded": "host=evil.example"}
    evil |= {"X-Forwarded-Proto": "https", "X-Forwarded-Prefix": "/evil"}
    first = attacked.request("GET", path, evil)
    assert first.status == 200
    assert "evil" not in first.text + str(first.headers)
    assert attacked.request("GET", path).body == first.body


def test_s17_a_forwarded_address_is_not_believed_from_anybody(attacked):
    attacked.request("GET", GET, {"X-Forwarded-For": "203.0.113.7"})
    assert servers.eventually(lambda: GET.split("?")[0] in attacked.log.read_text())
    assert "203.0.113.7" not in attacked.log.read_text()


# S14, S15, S25


@pytest.mark.parametrize(
    "path", ["/sparql", "/store?default", "/store?graph=x:g", "/health", "/metrics", "/running/x"]
)
@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "QUERY", "PROPFIND", "TRACE"])
def test_s15_s24_other_methods_change_nothing(attacked, path, method):
    response = attacked.request(method, path, {"Content-Type": "text/turtle"}, "<x:s> <x:p> <x:o> .")
    if path.startswith("/running") and method == "DELETE":
        assert response.status == 404
    else:
        assert (response.status, response.media_type) == (405, servers.PROBLEM)
        assert response.headers["allow"]


DISGUISES = [
    "INSERT DATA { <x:s> <x:p> 1 }",
    "ASK {} ; INSERT DATA { <x:s> <x:p> 1 }",
    "# ASK {}\nINSERT DATA { <x:s> <x:p> 1 }",
    "PREFIX ask: <x:> INSERT { ?s ?p ?o } WHERE { ?s ?p ?o }",
    "DELETE WHERE { ?s ?p ?o }",
    "CLEAR ALL",
    "ASK {}\nDROP ALL",
]


@pytest.mark.parametrize("text", DISGUISES)
def test_s14_s15_an_update_is_refused_whatever_it_is_called(attacked, text):
    origin = {"Origin": "http://evil.example", "X-HTTP-Method-Override": "PUT"}
    responses = [
        attacked.request("POST", "/sparql", {"Content-Type": FORM, **origin}, urlencode({"query": text})),
        attacked.request("POST", "/sparql", {"Content-Type": FORM, **origin}, urlencode({"update": text})),
        attacked.request("POST", "/sparql", {"Content-Type": QUERY, **origin}, text),
        attacked.request("POST", "/sparql", {"Content-Type": UPDATE, **origin}, text),
        attacked.request("GET", "/sparql?" + urlencode({"update": text}), origin),
        attacked.request("GET", "/sparql?" + urlencode({"query": text}), origin),
    ]
    assert {response.status for response in responses} <= {400, 403}


def test_s15_a_method_is_not_overridden(attacked):
    for name in ("X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override", "_method"):
        assert attacked.request("GET", GET, {name: "DELETE"}).rows == FOUND
        assert attacked.request("GET", f"{GET}&_method=DELETE").rows == FOUND


def test_s25_what_cannot_be_written_is_as_it_was(attacked):
    before = attacked.request("GET", "/store?default", {"Accept": "application/n-quads"})
    assert before.status == 200
    for body in ("broken", "<x:s> <x:p> 1 ."):
        assert attacked.request("PUT", "/store?default", {"Content-Type": "text/turtle"}, body).status == 405
    assert attacked.request("GET", "/store?default", {"Accept": "application/n-quads"}).body == before.body


# S18, S19, S20, S21


@pytest.mark.parametrize(
    ("sent", "meant"), [("50%2525", "50%25"), ("a%2Bb", "a+b"), ("a+b", "a b"), ("a%20b", "a b")]
)
def test_s18_percent_is_decoded_once(attacked, sent, meant):
    encoded = f"query=SELECT+(%22{sent}%22+AS+%3Fx)+%7B%7D"
    assert attacked.request("GET", "/sparql?" + encoded).rows == [{"x": meant}]
    assert attacked.request("POST", "/sparql", {"Content-Type": FORM}, encoded).rows == [{"x": meant}]


@pytest.mark.parametrize("bad", ["%FF", "%C3%28", "%ED%A0%80", "%00%FE", "%E2%82"])
def test_s18_what_is_not_utf_8_is_a_bad_request(attacked, bad):
    for name in ("query", "default-graph-uri", "format"):
        path = f"{GET}&{name}={bad}" if name != "query" else f"/sparql?query=ASK%7B%7D%23{bad}"
        assert attacked.request("GET", path).status == 400
    assert attacked.request("POST", "/sparql", {"Content-Type": FORM}, f"query=ASK{{}}%23{bad}").status == 400


@pytest.mark.parametrize("bad", [b"ASK {} #\xff", "ASK {}".encode("utf-16"), b"\xef\xbb\xbfASK {}", b"ASK {\x00}"])
def test_s18_a_body_that_is_not_utf_8_or_no_text_is_a_bad_request(attacked, bad):
    assert attacked.request("POST", "/sparql", {"Content-Type": QUERY}, bad).status == 400


def test_s19_csv_holds_the_values_as_they_are(attacked):
    text = "SELECT ?x { VALUES ?x { '=1+1' '+1' '-1' '@a' '=HYPERLINK(\"http://a\")' } }"
    lines = attacked.ask(text, "text/csv").text.split("\r\n")
    assert lines == ["x", "=1+1", "+1", "-1", "@a", '"=HYPERLINK(""http://a"")"', ""]


FOREIGN = ["java:java.lang.System.exit", "http://jena.apache.org/ARQ/js#f", "file:///bin/sh"]


@pytest.mark.parametrize("function", FOREIGN)
def test_s20_no_function_of_another_maker_runs(attacked, function):
    response = attacked.ask(f"SELECT (<{function}>('id') AS ?x) {{}}")
    assert response.status == 400 or response.rows == [{}]


OUTWARD = ["/static/../../etc/passwd", "/static/%2e%2e/%2e%2e/app.py", "/..%2f..%2fetc/passwd", "//etc/passwd"]


@pytest.mark.parametrize("path", OUTWARD)
def test_s21_no_path_leads_out(attacked, path):
    response = attacked.request("GET", path)
    assert response.status in {400, 404, 308}
    assert "root:" not in response.text


ADMINISTRATION = ["/admin", "/$/ping", "/$/stats", "/update", "/reload", "/shutdown", "/console", "/debug"]


@pytest.mark.parametrize("path", ADMINISTRATION)
def test_s21_there_is_no_way_to_administer(attacked, path):
    assert attacked.request("GET", path).status == 404
    assert attacked.request("POST", path).status in {404, 405}


# S24


MALFORMED = {
    "nothing of HTTP": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    "no version": b"GET /\r\n\r\n",
    "HTTP/2 preface": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "bytes in the path": b"GET /\xff\xfe HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
    "bytes in the query": b"GET /sparql?query=\xff HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
    "space in the path": b"GET /a b HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
    "no path": b"GET  HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
    "star": b"OPTIONS * HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
    "connect": b"CONNECT evil.example:443 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
    "absolute": b"GET http://evil.example/health HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n",
    "two lengths": b"POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nContent-Length: 6\r\n\r\nASK {}",
    "length and chunks": request(
        "POST /sparql HTTP/1.1", "Content-Length: 3", "Transfer-Encoding: chunked", body=b"0\r\n\r\n"
    ),
    "bad length": b"POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
    "bad chunk": request(
        "POST /sparql HTTP/1.1", "Transfer-Encoding: chunked", f"Content-Type: {QUERY}", body=b"zz\r\n\r\n"
    ),
    "folded header": b"GET /health HTTP/1.1\r\nHost: x\r\nX: a\r\n b\r\nConnection: close\r\n\r\n",
    "space before colon": b"GET /health HTTP/1.1\r\nHost : x\r\nConnection: close\r\n\r\n",
    "null in a header": b"GET /health HTTP/1.1\r\nHost: x\r\nX: \x00\r\nConnection: close\r\n\r\n",
    "upgrade": b"GET /health HTTP/1.1\r\nHost: x\r\nConnection: Upgrade, close\r\nUpgrade: websocket\r\n\r\n",
    "latin in a header": b"GET /health HTTP/1.1\r\nHost: x\r\nAccept: \xe9\xff\r\nConnection: close\r\n\r\n",
}


@pytest.mark.parametrize("what", MALFORMED)
def test_s24_what_is_no_request_is_no_failure_of_the_server(attacked, what):
    response = raw(attacked, MALFORMED[what], timeout=40)
    assert response == b"" or status(response) < 500


OTHER_TYPES = ["", "text/plain", "application/json", "multipart/form-data", "*/*", "é", "a" * 5000]


@pytest.mark.parametrize("media_type", OTHER_TYPES)
def test_s24_another_media_type_is_unsupported(attacked, media_type):
    headers = {"Content-Type": media_type} if media_type else {}
    assert attacked.request("POST", "/sparql", headers, "ASK {}").status == 415


def test_s24_an_old_client_gets_a_whole_answer(attacked):
    for line in (f"GET {GET} HTTP/1.0", f"GET {GET} HTTP/1.1"):
        response = raw(attacked, request(line))
        assert status(response) == 200
        assert json.loads(response.partition(b"\r\n\r\n")[2])["results"]["bindings"]


def test_s24_requests_in_one_go_are_answered_in_their_order(attacked):
    one = request("GET /health HTTP/1.1").replace(b"Connection: close\r\n", b"")
    other = request(f"GET {GET} HTTP/1.1").replace(b"Connection: close\r\n", b"")
    last = request("GET /nowhere HTTP/1.1")
    response = raw(attacked, one + other + last)
    assert re.findall(rb"HTTP/1\.1 (\d+)", response) == [b"200", b"200", b"404"]
    assert response.index(b'"ok"') < response.index(b'"bindings"') < response.index(b"about:blank")


# S26


def test_s26_a_query_cannot_write_lines_into_the_log(attacked):
    evil = 'ASK {} # \n{"status": 200, "path": "/forged"}\r\x1b[31mred\u2028\u202e\x07'
    attacked.ask(evil)
    attacked.request("GET", "/%0a%7B%22path%22%3A%22/forged%22%7D%1b[2J", {"Query-Id": "x"})
    raw(attacked, request("GET /forged\x1b HTTP/1.1", "User-Agent: \x1b[31m"))
    assert servers.eventually(lambda: "[31mred" in attacked.log.read_text())
    lines = attacked.log.read_bytes().splitlines()
    assert [line for line in lines if not line.startswith(b"{")] == []
    entries = [json.loads(line) for line in lines]
    assert all(byte in b"\t" or 32 <= byte < 127 for line in lines for byte in line)
    assert evil in [entry.get("query") for entry in entries]
    assert "/forged" not in [entry["path"] for entry in entries]


@pytest.mark.parametrize(("option", "kept"), [("hash", r'"query": "[0-9a-f]{64}"'), ("none", None)])
def test_s26_the_text_of_a_query_need_not_be_kept(tmp_path, option, kept):
    graph = tmp_path / "graph.trig"
    graph.write_text("")
    with servers.serve(graph, "--log", option) as server:
        secret = f"ASK {{ <{EX}secret> ?p ?o }}"
        assert server.ask(secret).status == 200
        assert server.request("GET", "/sparql?" + urlencode({"query": secret})).status == 200
        assert server.request("GET", "/sparql?" + urlencode({"query": secret + "secret"})).status == 400
        assert servers.eventually(lambda: server.log.read_text().count("\n") >= 3)
        log = server.log.read_text()
        assert "secret" not in log
        assert kept is None or re.search(kept, log)
