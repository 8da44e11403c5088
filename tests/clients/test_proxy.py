"""nginx as a caching proxy in front of the endpoint: what it keeps is right, and what is not whole looks so."""

from __future__ import annotations

import gzip
import http.client
import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import pytest

from support import servers, tiny
from support.paths import TESTS, TINY
from support.servers import Response, Server
from support.stores.store import free_port

pytestmark = pytest.mark.skipif(shutil.which("nginx") is None, reason="nginx is not here (apt-get install nginx)")

CONFIGURATION = TESTS / "clients" / "nginx.conf"
DIGITS = " ".join(map(str, range(10)))


@dataclass(frozen=True)
class Proxied:
    """An endpoint, and the same behind a cache that keeps for long, for a second, and as the endpoint says."""

    direct: Server
    long: Server
    short: Server
    obedient: Server
    graph: Path


@pytest.fixture(scope="module")
def proxied(tmp_path_factory) -> Iterator[Proxied]:
    folder = tmp_path_factory.mktemp("nginx")
    graph = folder / "graph.trig"
    shutil.copy(TINY, graph)
    with servers.serve(graph, "--trusted-proxy", "127.0.0.1", "--max-rows", "100000") as direct:
        ports = {name: str(free_port()) for name in ("LONG", "SHORT", "OBEDIENT")}
        text = CONFIGURATION.read_text(encoding="utf-8").replace("ENDPOINT", "{}:{}".format(*direct.place))
        for name, port in ports.items():
            text = text.replace(f"127.0.0.1:{name}", f"127.0.0.1:{port}")
        # A worker of another user's could not write here.
        (folder / "nginx.conf").write_text(("user root;\n" if os.geteuid() == 0 else "") + text, encoding="utf-8")
        log = folder / "nginx.log"
        with log.open("wb") as errors:
            process = subprocess.Popen(["nginx", "-p", folder, "-c", "nginx.conf"], stderr=errors)
            try:
                fronts = [Server(f"http://127.0.0.1:{port}/sparql", process.pid, log) for port in ports.values()]
                assert servers.eventually(lambda: process.poll() is not None or answers(fronts[0])), log.read_text()
                yield Proxied(direct, *fronts, graph)
            finally:
                process.send_signal(signal.SIGTERM)
                process.wait(timeout=servers.TIMEOUT)


def answers(server: Server) -> bool:
    try:
        return server.request("GET", "/health").status == 200
    except OSError:
        return False


def get(server: Server, query: str, accept: str = "text/csv", **headers: str) -> Response:
    return server.request("GET", f"/sparql?query={quote(query)}", {"Accept": accept, **headers})


def cached(response: Response) -> str | None:
    return response.headers.get("x-cache")


@pytest.mark.parametrize(("query", "media_type"), tiny.ASKED, ids=tiny.label)
def test_each_format_is_kept_by_itself(proxied, query, media_type):
    found = [get(proxied.long, query, media_type) for _ in range(2)]
    assert [cached(response) for response in found] == ["MISS", "HIT"]
    for response in found:
        assert (response.status, response.media_type) == (200, media_type)
        assert tiny.answer(query, response.body, media_type) == tiny.ANSWERS[query]


@pytest.mark.parametrize("query", tiny.ANSWERS, ids=tiny.label)
def test_what_is_sent_by_post_is_answered_anew(proxied, query):
    media_type = next(name for asked, name in tiny.ASKED if asked == query)
    for _ in range(2):
        response = proxied.long.ask(query, media_type)
        assert cached(response) is None
        assert tiny.answer(query, response.body, media_type) == tiny.ANSWERS[query]


def test_compressed_and_plain_answers_are_kept_apart(proxied):
    query = f"SELECT * {{ VALUES ?a {{ {DIGITS} }} VALUES ?b {{ {DIGITS} }} VALUES ?c {{ {DIGITS} }} }}"
    packed, plain = get(proxied.long, query, **{"Accept-Encoding": "gzip"}), get(proxied.long, query)
    again = get(proxied.long, query, **{"Accept-Encoding": "gzip"})
    assert [r.headers.get("content-encoding") for r in (packed, plain, again)] == ["gzip", None, "gzip"]
    assert gzip.decompress(packed.body) == plain.body == gzip.decompress(again.body)
    assert (len(plain.body.splitlines()), cached(again)) == (1001, "HIT")


def test_an_answer_that_is_known_is_not_sent_again(proxied):
    etag = get(proxied.long, tiny.SELECT, "text/html;q=0, text/csv").headers["etag"]
    again = get(proxied.long, tiny.SELECT, "text/html;q=0, text/csv", **{"If-None-Match": etag})
    assert (again.status, again.body, cached(again)) == (304, b"", "HIT")


def test_what_differs_each_time_is_not_kept(proxied):
    found = [get(proxied.long, "SELECT (UUID() AS ?id) { }") for _ in range(2)]
    assert [cached(response) for response in found] == ["MISS", "MISS"]
    assert found[0].body != found[1].body


def test_an_error_is_told_and_not_kept(proxied):
    for _ in range(2):
        refused = get(proxied.long, "SELECT ?a { ?a ?b }")
        assert (refused.status, refused.problem, cached(refused)) == (400, "query-refused", "MISS")


def test_an_answer_that_is_broken_off_does_not_end_and_is_not_kept(proxied):
    query = "SELECT * { " + " ".join(f"VALUES ?v{number} {{ {DIGITS} }}" for number in range(6)) + " }"
    for _ in range(2):
        with pytest.raises(http.client.IncompleteRead):
            get(proxied.long, query)


def test_a_cache_that_obeys_never_answers_by_itself(proxied):
    for _ in range(2):
        response = get(proxied.obedient, "ASK { }", "application/sparql-results+json")
        assert (response.json["boolean"], cached(response)) == (True, "MISS")


def test_the_endpoint_knows_who_asks(proxied):
    proxied.long.ask("ASK { }", source="127.0.0.77")
    assert servers.eventually(lambda: '"client": "127.0.0.77"' in proxied.direct.log.read_text())


# The last one: it puts another graph in the place of the one that the others know.
def test_a_kept_answer_is_asked_for_again_by_its_tag_until_the_graph_is_another(proxied):
    assert cached(get(proxied.short, tiny.LOOKUP)) == "MISS"
    found = ["HIT"]
    assert servers.eventually(lambda: found.append(cached(get(proxied.short, tiny.LOOKUP))) or found[-1] != "HIT")
    assert found[-1] == "REVALIDATED"
    assert get(proxied.short, tiny.LOOKUP).text.split() == ["s", *(row["s"] for row in tiny.FOUND)]
    changed = proxied.graph.with_suffix(".new.trig")
    changed.write_text(TINY.read_text(encoding="utf-8").replace("ex:nickel", "ex:gallium"), encoding="utf-8")
    changed.replace(proxied.graph)
    proxied.direct.reload()
    assert servers.eventually(lambda: "gallium" in get(proxied.short, tiny.LOOKUP).text)
