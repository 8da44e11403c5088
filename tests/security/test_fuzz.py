"""S24, by chance: requests of all kinds for a bounded time. No failure of the server, no hang, and nothing grows.

LODECLAIM_FUZZ_SECONDS sets the time, LODECLAIM_FUZZ_SEED repeats a run.
"""

from __future__ import annotations

import http.client
import os
import time
from collections import Counter
from random import Random
from urllib.parse import quote, urlencode

from support import servers
from support.grammar import Grammar
from support.tiny import FOUND, LOOKUP

SECONDS = float(os.environ.get("LODECLAIM_FUZZ_SECONDS", "15"))
SEED = int(os.environ.get("LODECLAIM_FUZZ_SEED", "5"))

METHODS = ["GET"] * 20 + ["POST"] * 20 + ["HEAD", "OPTIONS", "PUT", "PATCH", "DELETE", "TRACE", "QUERY", "MKCOL"]
PATHS = ["/sparql"] * 40 + [
    "/store",
    "/store/x",
    "/running/x",
    "/health",
    "/sparql/",
    "/",
    "/.well-known/void",
    "/%00",
]
TYPES = [servers.FORM] * 12 + ["application/sparql-query"] * 6
TYPES += ["application/sparql-update", "text/plain", "", "application/sparql-query; charset=utf-16", "a/b;;=;\u00e9"]
ACCEPTS = ["", "*/*", "text/csv", "application/sparql-results+xml", "text/turtle", "application/ld+json"]
ACCEPTS += ["text/html", "q=1", ",;,", "*/*;q=nan", "text/*;q=9", "\u00e9", "application/n-quads, */*;q=0"]
PARAMETERS = ["default-graph-uri", "named-graph-uri", "format", "timeout", "union-default-graph", "update", "graph"]
ARGUMENTS = [
    "",
    "x:y",
    "a b",
    "json",
    "0.5",
    "true",
    "\u0000",
    "\r\nX: y",
    "%",
    "\u00e9" * 50,
    "http://example.org/first",
]
HEADERS = {
    "Accept-Encoding": ["gzip", "gzip;q=0", "*", "br", ",", "gzip;q=x"],
    "If-None-Match": ["*", '"x"', "W/", '"', ",,"],
    "Query-Id": ["x", "a" * 30, "a" * 30 + "!", "\u00e9"],
    "Content-Encoding": ["gzip", "identity"],
    "Origin": ["null", "http://evil.example"],
    "Range": ["bytes=0-1"],
    "Expect": ["100-continue", "nonsense"],
    "Connection": ["close", "upgrade", "keep-alive"],
    "Upgrade": ["h2c", "websocket"],
}


def some_request(random: Random, grammar: Grammar) -> tuple[str, str, dict[str, str], bytes | None]:
    """Return a method, a target, headers and a body."""
    pick = random.choice
    method, path = pick(METHODS), pick(PATHS)
    text = grammar.query()
    fields = [(pick(PARAMETERS), pick(ARGUMENTS)) for _ in range(random.choice([0, 0, 0, 1, 3]))]
    headers = {"Accept": pick(ACCEPTS)}
    for name in random.sample(sorted(HEADERS), random.choice([0, 0, 1, 2])):
        headers[name] = pick(HEADERS[name])
    body: bytes | None = None
    if method in {"POST", "PUT", "PATCH", "QUERY"}:
        headers["Content-Type"] = pick(TYPES)
        form = urlencode([("query", text), *fields])
        body = pick([form, text]).encode() if headers["Content-Type"] != servers.FORM else form.encode()
        if random.random() < 0.1:
            body = bytes(random.randrange(256) for _ in range(random.randrange(200)))
        path += "?" + urlencode(fields) if random.random() < 0.3 else ""
    elif path == "/sparql" or random.random() < 0.3:
        path += "?" + urlencode([("query", text), *fields])
    if random.random() < 0.03:
        path += quote(bytes(random.randrange(256) for _ in range(20)), safe="%")
    return method, path, headers, body


def test_no_request_makes_the_server_fail_hang_or_grow(attacked):
    random, grammar = Random(SEED), Grammar(SEED)
    statuses: Counter[int] = Counter()
    forms: Counter[str] = Counter()
    end = time.monotonic() + SECONDS
    resident = 0
    while time.monotonic() < end:
        method, path, headers, body = some_request(random, grammar)
        try:
            response = attacked.request(method, path, headers, body, f"127.0.0.{random.randint(2, 6)}", timeout=40)
        except http.client.IncompleteRead:
            statuses[-1] += 1  # a long answer, broken off at a limit
            continue
        told = f"{method} {path[:3000]} {headers} {body!r:.3000}\n{response}"
        assert response.status not in {500, 502}, told
        assert response.status < 500 or response.problem in {"time-exceeded", "memory-exceeded", "busy"}, told
        assert response.headers.get("x-content-type-options") == "nosniff" or response.media_type == "text/plain", (
            told
        )
        statuses[response.status] += 1
        forms[response.media_type] += 1
        if sum(statuses.values()) == 300:
            resident = servers.resident_bytes(attacked.process)
        if sum(statuses.values()) % 100 == 0:
            assert attacked.ask(LOOKUP).rows == FOUND
    print(dict(sorted(statuses.items())), dict(forms))
    assert servers.resident_bytes(attacked.process) < max(resident, 1) + 150 * 2**20
    assert statuses[200] > statuses.total() / 20  # well-formed queries came through
    assert statuses[400] > statuses.total() / 20  # and others did not


def test_the_grammar_gives_the_same_for_the_same_seed_and_much_that_is_different():
    one, two = Grammar(1), Grammar(1)
    texts = [one.query() for _ in range(200)]
    assert texts == [two.query() for _ in range(200)]
    assert len(set(texts)) > 150
