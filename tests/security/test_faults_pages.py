"""Faults that were found in what stands around the pages: caches, reloads, threads, downloads, the log.

Each test is named by the row of the list of faults that it keeps mended.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from lodeclaim.endpoint.sparql import hints
from lodeclaim.endpoint.sparql.tokens import tokenize
from lodeclaim.endpoint.web.observe import Outlet
from lodeclaim.namespaces import LC
from support import servers
from support.paths import GRAPH, TINY
from support.servers import eventually
from support.tiny import FOUND, LOOKUP

OTHER = "127.0.0.9"
COUNT = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"
PAGE = {"Accept": "text/html"}


def graph_of(path: Path, count: int, name: str = "s") -> Path:
    """Write a graph of so many triples, and put it in its place as `build` does."""
    beside = path.with_suffix(".part")
    beside.write_text("".join(f"<urn:{name}:{n}> <urn:p> <urn:o> <urn:g> .\n" for n in range(count)))
    beside.replace(path)
    return path


def count(server: servers.Server, source: str | None = None) -> int:
    return int(server.ask(COUNT, source=source).rows[0]["n"])


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


# 1.3 Caches whose keys are not counted


def test_fault_1_03_a_cache_keeps_nothing_of_what_is_beside_the_query():
    with servers.serve(TINY, "--cache-mib", "4", "--log", "off") as server:

        def ask(number: int) -> None:
            beside = f"{number:04}" + "x" * 200_000
            assert server.ask("ASK {}", x=beside).json["boolean"] is True

        for number in range(20):
            ask(number)
        before = servers.resident_bytes(server.process)
        for number in range(20, 220):
            ask(number)
        assert servers.resident_bytes(server.process) - before < 15 * 2**20
        assert server.ask(LOOKUP, source=OTHER).rows == FOUND


def test_fault_1_03_the_pages_cache_keeps_nothing_of_their_address_or_headers():
    with servers.serve(TINY, "--cache-mib", "8", "--log", "off") as server:

        def ask(number: int) -> None:
            # Each is another request for the same short document.
            path = f"/openapi.json?x={number:04}" + "x" * 30_000
            assert server.request("GET", path).status == 200

        for number in range(50):
            ask(number)
        before = servers.resident_bytes(server.process)
        for number in range(50, 450):
            ask(number)
        assert servers.resident_bytes(server.process) - before < 6 * 2**20
        assert server.ask(LOOKUP, source=OTHER).rows == FOUND


# 1.6 A thread of the pages is held by whoever reads or sends slowly


@pytest.fixture(scope="module")
def large() -> Iterator[servers.Server]:
    """A server whose downloads fill the buffers of a connection many times."""
    with servers.serve(GRAPH, "--log", "off") as server:
        assert server.request("GET", "/download/lodeclaim.nt").status == 200  # it is made now
        yield server


def opened(server: servers.Server, stack: ExitStack, source: str, request: str, body: bytes = b"") -> None:
    """Send a request on a connection that is read from only when the stack is closed."""
    connection = stack.enter_context(socket.socket())
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    connection.bind((source, 0))
    connection.connect(server.place)
    connection.sendall(f"{request} HTTP/1.1\r\nHost: x\r\n".encode() + (body or b"\r\n"))


def test_fault_1_06_downloads_that_nobody_reads_hold_no_page_up(large):
    with ExitStack() as stack:
        for source in ("127.0.0.2", "127.0.0.3", "127.0.0.4", "127.0.0.5"):
            for path in ("/download/lodeclaim.nt",) * 4 + ("/ontology?format=nt",) * 2:
                opened(large, stack, source, f"GET {path}")
        time.sleep(1)
        began = time.monotonic()
        assert large.request("GET", "/download", PAGE, source=OTHER).status == 200
        assert large.request("GET", "/nowhere", PAGE, source=OTHER).status == 404
        assert time.monotonic() - began < 5


def test_fault_1_06_bodies_that_do_not_come_hold_no_page_up(large):
    with ExitStack() as stack:
        for source in ("127.0.0.2", "127.0.0.3", "127.0.0.4", "127.0.0.5"):
            for _ in range(4):
                head = f"Content-Type: {servers.FORM}\r\nContent-Length: 1000\r\n\r\nx=".encode()
                opened(large, stack, source, "POST /api/queries/why", head)
        time.sleep(0.5)
        began = time.monotonic()
        assert large.request("GET", "/nowhere", PAGE, source=OTHER).status == 404
        assert time.monotonic() - began < 3


def test_fault_1_06_a_body_for_a_page_is_bounded_as_one_for_a_query():
    with servers.serve(TINY, "--log", "off") as server:
        body = "x=" + "y" * 2**22
        for path in ("/sparql", "/api/queries/x", "/nowhere"):
            refused = server.request("POST", path, {"Content-Type": servers.FORM}, body, timeout=10)
            assert (path, refused.status) == (path, 413)
        assert server.request("GET", "/queries", PAGE, source=OTHER).status == 200


def test_fault_1_06_a_file_is_sent_whole_in_part_or_not_at_all(large):
    path = "/download/lodeclaim.nt"
    whole = large.request("GET", path)
    size = len(whole.body)
    assert whole.headers["content-length"] == str(size)
    assert "x-sendfile" not in whole.headers
    part = large.request("GET", path, {"Range": "bytes=300000-600000"})
    assert (part.status, part.headers["content-range"]) == (206, f"bytes 300000-600000/{size}")
    assert part.body == whole.body[300_000:600_001]
    assert large.request("GET", path, {"Range": "bytes=-10"}).body == whole.body[-10:]
    beyond = large.request("GET", path, {"Range": f"bytes={size}-"})
    assert (beyond.status, "x-sendfile" in beyond.headers) == (416, False)
    head = large.request("HEAD", path)
    assert (head.status, head.body, head.headers["content-length"]) == (200, b"", str(size))
    same = large.request("GET", path, {"If-None-Match": whole.headers["etag"]})
    assert (same.status, same.body) == (304, b"")
    style = large.request("GET", "/static/style.css", {"Accept-Encoding": "gzip"})
    assert (style.status, style.headers["content-length"]) == (200, str(len(style.body)))


def test_fault_1_06_head_tells_of_the_page_that_get_sends(large):
    for headers in ({}, {"Accept-Encoding": "gzip"}):
        for path in ("/queries", "/sparql?query=ASK%7B%7D"):
            got = large.request("GET", path, PAGE | headers)
            head = large.request("HEAD", path, PAGE | headers)
            assert (head.status, head.body) == (200, b"")
            names = ("content-length", "content-encoding", "content-type")
            if path == "/queries":
                assert [head.headers.get(name) for name in names] == [got.headers.get(name) for name in names]


# 1.10, 1.11 Everything that is served comes from one loaded generation


def read_now(server: servers.Server, name: str) -> bool:
    """Return whether a process of the server reads a file of that name."""
    for process in servers.children(server.process):
        with contextlib.suppress(OSError):
            if any(file.readlink().name == name for file in Path(f"/proc/{process}/fd").iterdir()):
                return True
    return False


def test_fault_1_10_of_two_reloads_the_last_wins(tmp_path):
    graph = graph_of(tmp_path / "graph.nq", 1)
    with servers.serve(graph, "--log", "off") as server:
        graph_of(graph, 150_000)  # takes a while
        server.reload()
        assert eventually(lambda: read_now(server, "graph.nq"))
        graph_of(graph, 3)
        server.reload()
        assert eventually(lambda: server.log.read_text().count("loaded") == 2, 40)
        assert server.request("GET", "/health").json["version"] == digest(graph)
        assert (count(server, OTHER), count(server)) == (3, 3)
        assert server.request("GET", "/download/lodeclaim.nq", source=OTHER).body.count(b"\n") == 3


def test_fault_1_10_a_file_that_is_replaced_is_not_one_graph_by_name_and_another_by_content(tmp_path):
    graph = graph_of(tmp_path / "graph.nq", 1)
    with servers.serve(graph, "--log", "off") as server:
        versions = {digest(graph_of(graph, 150_000)): 150_000}
        server.reload()
        assert eventually(lambda: read_now(server, "graph.nq"))
        versions[digest(graph_of(graph, 3))] = 3
        assert eventually(lambda: "loaded" in server.log.read_text(), 40)
        assert versions[server.request("GET", "/health").json["version"]] == count(server, OTHER)


def test_fault_1_10_the_digest_is_that_of_the_bytes_that_were_loaded(tmp_path):
    """Between loading and digest there is no moment: the file is gone as soon as it is open."""
    fifo = tmp_path / "graph.nq"
    os.mkfifo(fifo)
    program = f"""
from pathlib import Path
from lodeclaim.endpoint.engines import dataset, engine
data = dataset.in_memory(Path({str(fifo)!r}))
print(data.version, len(data.open().select(engine.Query("SELECT * {{ ?s ?p ?o }}")).rows))
"""
    content = b"<urn:s> <urn:p> <urn:o> <urn:g> .\n"
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True) as process:
        try:
            fifo.write_bytes(content)
            told = process.communicate(timeout=8)[0]
        finally:
            process.kill()
    assert told.split() == [hashlib.sha256(content).hexdigest(), "1"]


def test_fault_1_11_a_download_is_of_the_graph_that_is_loaded(tmp_path):
    graph = graph_of(tmp_path / "graph.nq", 2)
    with servers.serve(graph, "--log", "off") as server:

        def downloaded(extension: str) -> bytes:
            return server.request("GET", f"/download/lodeclaim.{extension}", source=OTHER).body

        old = downloaded("nt")
        graph_of(graph, 5, "new")
        assert (downloaded("nt"), downloaded("nq").count(b"\n")) == (old, 2)
        with graph.open("a") as stream:  # in place, too
            stream.write("<urn:new> <urn:p> <urn:o> <urn:g> .\n")
        assert downloaded("ttl").count(b"urn:s:") == 2
        server.reload()
        assert eventually(lambda: downloaded("nt").count(b"\n") == 6)
        assert count(server) == 6


@pytest.mark.parametrize("broken", ["<urn:s> nonsense\n", "", None], ids=["malformed", "empty", "missing"])
def test_fault_1_11_after_a_failed_reload_all_is_as_before(tmp_path, broken):
    graph = graph_of(tmp_path / "graph.nq", 2)
    with servers.serve(graph, "--log", "off") as server:
        void = server.request("GET", "/.well-known/void?format=nt").body
        graph.unlink()
        if broken is not None:
            graph.write_text(broken)
        server.reload()
        assert eventually(lambda: "served on" in server.log.read_text())
        assert str(graph) in server.log.read_text()
        for path, wanted in {"/download": 200, "/download/lodeclaim.trig": 200, "/.well-known/void": 200}.items():
            assert (path, server.request("GET", path, source=OTHER).status) == (path, wanted)
        assert server.request("GET", "/.well-known/void?format=nt").body == void
        assert count(server, OTHER) == 2
        os.kill(next(iter(server.processes())), 9)  # what is brought back is what was served
        assert eventually(lambda: server.workers() and count(server) == 2)
        graph_of(graph, 7)
        server.reload()
        assert eventually(lambda: count(server) == 7)


def test_fault_1_11_an_empty_graph_is_not_served_without_a_word(tmp_path):
    graph = tmp_path / "graph.trig"
    graph.write_text("")
    with servers.serve(graph, "--log", "off") as server:
        assert count(server) == 0
        assert eventually(lambda: "holds no statement" in server.log.read_text())


def test_fault_1_11_void_after_a_reload_is_of_the_new_graph(tmp_path):
    """Asked for again and again while the graph changes, so that an old one may not stay in the cache."""
    graph = graph_of(tmp_path / "graph.nq", 1)
    with servers.serve(graph, "--log", "off") as server:
        for number in (20, 30, 40):
            version = digest(graph_of(graph, number))
            server.reload()
            end = time.monotonic() + 20
            while server.request("GET", "/health").json["version"] != version and time.monotonic() < end:
                server.request("GET", "/.well-known/void?format=nt")
            for _ in range(20):
                server.request("GET", "/.well-known/void?format=nt")
            wanted = f'/triples> "{number}"'.replace("/triples", "void#triples").encode()
            assert eventually(
                lambda wanted=wanted: wanted in server.request("GET", "/.well-known/void?format=nt").body, 5
            )


# 1.14 Paths of the server are told to nobody


def test_fault_1_14_a_full_temporary_folder_is_the_operators_business(tmp_path, monkeypatch):
    folder = tmp_path / "secret-place"
    folder.mkdir()
    monkeypatch.setenv("TMPDIR", str(folder))
    graph = graph_of(tmp_path / "graph.nq", 2)
    with servers.serve(graph, "--log", "off") as server:
        for made in folder.iterdir():  # as root nothing is full or forbidden, but a file is no folder
            assert made.is_dir()
            (made / "made").write_text("")
        for headers in ({}, PAGE):
            answer = server.request("GET", "/download/lodeclaim.nt", headers, source=OTHER)
            assert answer.status == 500
            assert not [word for word in ("secret-place", "lodeclaim-", "graph.nq", "/tmp") if word in answer.text]
        assert eventually(lambda: "secret-place" in server.log.read_text())
        assert count(server, OTHER) == 2


def test_fault_1_14_a_graph_that_was_removed_is_served_on(tmp_path):
    graph = graph_of(tmp_path / "graph.nq", 2)
    with servers.serve(graph, "--log", "off") as server:
        graph.unlink()
        for path in ("/download/lodeclaim.nt", "/.well-known/void", "/download", "/sparql"):
            answer = server.request("GET", path, source=OTHER)
            assert (path, answer.status) == (path, 200)
            assert str(tmp_path) not in answer.text


def test_fault_1_14_no_room_for_a_copy_leaves_the_queries(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("")
    graph = graph_of(tmp_path / "graph.nq", 2)
    code = servers.PROGRAM.replace("from", f"import tempfile; tempfile.tempdir = {str(tmp_path / 'file')!r}; from", 1)
    monkeypatch.setattr(servers, "PROGRAM", code)
    with servers.serve(graph, "--log", "off") as server:
        assert eventually(lambda: "nothing can be downloaded" in server.log.read_text())
        assert count(server) == 2
        answer = server.request("GET", "/download/lodeclaim.nt", source=OTHER)
        assert (answer.status, str(tmp_path) in answer.text) == (404, False)


# 1.18 What is slow or large is bounded, and off the loop


def test_fault_1_18_a_reader_of_the_log_that_stalls_stops_nobody(tmp_path):
    command = [sys.executable, "-c", servers.PROGRAM, "serve", "--graph", str(TINY), "--port", "0", "--log", "text"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            assert process.stderr is not None
            found = re.fullmatch(r"Lodeclaim at (http://\S+/sparql)\n", process.stdout.readline())
            assert found
            server = servers.Server(found[1], process.pid, tmp_path)
            queries = [f"{LOOKUP}#{number}" + "x" * 20_000 for number in range(20)]  # of which a pipe takes three
            for query in queries:
                assert server.ask(query, source="127.0.0.2").rows == FOUND
            assert server.request("GET", "/health", source=OTHER, timeout=5).status == 200
            lines = [process.stderr.readline() for _ in range(20)]
            assert [json.loads(line)["query"] for line in lines] == queries  # and nothing is lost that has room
        finally:
            process.terminate()
            process.communicate(timeout=20)
    assert process.returncode == 0


def test_fault_1_18_a_log_that_has_no_room_says_how_much_it_lacks(tmp_path):
    reading, writing = os.pipe()
    with os.fdopen(writing, "w") as stream, os.fdopen(reading) as reader:
        outlet = Outlet(stream, max_characters=500_000)
        for number in range(100):
            outlet.write(f"{number:03} " + "x" * 9_995 + "\n")
        assert outlet._size <= 500_000
        lines = []
        while not lines or not lines[-1].startswith("{"):
            lines.append(reader.readline())
        kept = len(lines) - 1
        assert json.loads(lines[-1]) == {"dropped": 100 - kept}
        assert [line[:3] for line in lines[:-1]] == [f"{number:03}" for number in range(kept)]
        assert kept >= 49


def test_fault_1_18_hints_for_many_names_take_no_time():
    names = "\n".join(f"OPTIONAL {{ ?s lc:unknown{'Mineral' * 3}Word{number} ?o{number} }}" for number in range(400))
    text = "PREFIX lc: <https://w3id.org/lodeclaim/ontology#> SELECT * { ?s ?p ?o " + names + "}"
    terms = [f"someTermOfTheOntology{number}Mineral" for number in range(2_000)]
    tokens = list(tokenize(text))
    began = time.process_time()
    told = hints.misspelt(tokens, hints.Known({str(LC): frozenset([*terms, "unknownMineralMineralMineralWord"])}))
    assert time.process_time() - began < 1
    assert len(told) <= 11
    assert "did you mean lc:unknownMineralMineralMineralWord?" in told[0]
    assert "390" in told[-1]


@pytest.mark.parametrize("form", ["SELECT", "CONSTRUCT"])
def test_fault_1_18_a_page_holds_no_more_than_it_shows(form):
    # 200 rows with a literal of 1,000,000 characters each.
    rows = " ".join(str(number) for number in range(200))
    long = f'BIND(CONCAT(REPLACE("{"x" * 1000}", "x", "{"y" * 1000}"), STR(?n)) AS ?t)'
    pattern = f"{{ VALUES ?n {{ {rows} }} {long} }}"
    query = f"SELECT ?t {pattern}" if form == "SELECT" else f"CONSTRUCT {{ <urn:s> <urn:p> ?t }} {pattern}"
    with servers.serve(TINY, "--log", "off") as server:
        server.ask(LOOKUP, "text/html")
        before = servers.resident_bytes(server.process)
        for _ in range(2):
            page = server.ask(query, "text/html")
            assert page.status == 200
            assert "This is not the whole answer" in page.text
            assert len(page.body) < 4 * 2**20
        assert servers.resident_bytes(server.process) - before < 80 * 2**20
        assert server.ask(LOOKUP, source=OTHER).rows == FOUND


# 1.21


def test_fault_1_21_the_etag_of_a_page_outlives_a_restart():
    found: list[dict[str, str]] = []
    paths = ["/ontology", "/ontology/claims", "/ontology.svg", "/queries", "/graph", "/id/actor/qazinform"]
    formats = ["html", "turtle", "jsonld"]
    for seed in ("1", "2"):
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("PYTHONHASHSEED", seed)
            with servers.serve(GRAPH, "--log", "off", "--public-url", "https://example.org/") as server:
                found.append({})
                for path in paths:
                    for name in formats:
                        answer = server.request("GET", f"{path}?format={name}")
                        found[-1][f"{path} {name}"] = answer.headers.get("etag", str(answer.status))
    assert found[0] == found[1]
    assert found[0]["/ontology html"].startswith('"')
