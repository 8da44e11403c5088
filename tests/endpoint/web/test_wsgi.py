"""The endpoint as a WSGI application: it answers as `serve` does, and its processes come and go with the server's."""

from __future__ import annotations

import http.client
import json
import os
import re
import shutil
import subprocess
import sys
import weakref
from collections import deque
from collections.abc import Iterator
from contextlib import ExitStack
from html import unescape
from pathlib import Path
from urllib.parse import quote, urlencode

import pytest
from flask import Flask
from werkzeug.middleware.dispatcher import DispatcherMiddleware

from lodeclaim.endpoint import create_app
from lodeclaim.endpoint.engines import engine
from lodeclaim.endpoint.errors import SourceError, UsageError
from lodeclaim.endpoint.sparql import guard
from support import hostile, servers, wsgi
from support.paths import GRAPH, TINY
from support.servers import FORM, Server
from support.tiny import EX, FOUND, LOOKUP
from support.w3c.exchanges import exchanges
from support.w3c.protocol import PREFIX

QUERY = "application/sparql-query"
JSON, XML, CSV = "application/sparql-results+json", "application/sparql-results+xml", "text/csv"
GET = "/sparql?" + urlencode({"query": LOOKUP})
PUBLIC = "https://data.example.org/"
LIMITS = {"LODECLAIM_TIMEOUT": "2", "LODECLAIM_MEMORY_MIB": "128", "LODECLAIM_MAX_ROWS": "30000"}
OPTIONS = (
    "--timeout",
    "2",
    "--memory-mib",
    "128",
    "--max-rows",
    "30000",
    "--public-url",
    PUBLIC,
    "--log",
    "off",
    "--cache-mib",
    "0",
)

OWN = {"date", "server", "via", "connection", "keep-alive", "transfer-encoding", "query-id"}
"""What a server says of the transfer, and what is another each time."""


@pytest.fixture(scope="module")
def ways() -> Iterator[dict[str, Server]]:
    """The gateway and the application under a WSGI server, over the same graph and with the same options."""
    with ExitStack() as stack:
        yield {
            "gateway": stack.enter_context(servers.serve(TINY, *OPTIONS)),
            "waitress": stack.enter_context(wsgi.under("waitress", TINY, LODECLAIM_PUBLIC_URL=PUBLIC, **LIMITS)),
        }


@pytest.fixture
def own(tmp_path) -> Path:
    """A graph file to change."""
    return Path(shutil.copy(TINY, tmp_path / "graph.trig"))


def form(**parameters: str) -> tuple[dict[str, str], str]:
    return {"Content-Type": FORM}, urlencode(parameters)


REQUESTS = {
    "a query by GET": ("GET", GET, {}, None),
    "a query by HEAD": ("HEAD", GET, {}, None),
    "a query in a form": ("POST", "/sparql", *form(query=LOOKUP)),
    "a query as it is": ("POST", "/sparql", {"Content-Type": QUERY}, LOOKUP),
    "in XML": ("GET", GET, {"Accept": XML}, None),
    "in CSV, by its name": ("GET", f"{GET}&format=csv", {}, None),
    "compressed": ("GET", GET, {"Accept": JSON, "Accept-Encoding": "gzip"}, None),
    "a format that there is not": ("GET", GET, {"Accept": "image/png"}, None),
    "a graph": ("GET", "/sparql?" + urlencode({"query": "CONSTRUCT WHERE { ?s ?p ?o }"}), {}, None),
    "a truth value": ("GET", "/sparql?" + urlencode({"query": "ASK { }"}), {}, None),
    "nothing": ("GET", "/sparql", {}, None),
    "nothing, as N-Triples": ("GET", "/sparql", {"Accept": "application/n-triples"}, None),
    "an empty body": ("POST", "/sparql", {"Content-Type": FORM}, ""),
    "no type": ("POST", "/sparql", {}, LOOKUP),
    "another type": ("POST", "/sparql", {"Content-Type": "application/json"}, "{}"),
    "another charset": ("POST", "/sparql", {"Content-Type": f"{QUERY}; charset=latin-1"}, LOOKUP),
    "a compressed body": ("POST", "/sparql", {"Content-Type": QUERY, "Content-Encoding": "gzip"}, b"x" * 99),
    "a body that is not UTF-8": ("POST", "/sparql", {"Content-Type": QUERY}, b"ASK { \xff }"),
    "two queries": ("GET", f"{GET}&query=ASK%7B%7D", {}, None),
    "a query and an update": ("POST", "/sparql", *form(query=LOOKUP, update="CLEAR ALL")),
    "an update": ("POST", "/sparql", *form(update=f"INSERT DATA {{ <{EX}a> <{EX}b> 1 }}")),
    "a malformed update": ("POST", "/sparql", *form(update="INSERT NOTHING")),
    "a malformed query": ("GET", "/sparql?query=" + quote("SELECT *\n{ ?s ?p"), {}, None),
    "an unknown prefix": ("GET", "/sparql?query=" + quote("ASK { ?s ex:p ?o }"), {}, None),
    "federation": ("GET", "/sparql?query=" + quote("ASK { SERVICE <http://x/> { } }"), {}, None),
    "nesting": ("POST", "/sparql", *form(query="ASK {" + "{" * 999 + "}" * 999 + "}")),
    "too long": ("POST", "/sparql", *form(query="ASK {} #" + "a" * 2**20)),
    "too long by far": ("POST", "/sparql", {"Content-Type": QUERY}, "a" * 2**22),
    "a long address": ("GET", GET + "&x=" + "a" * 40_000, {}, None),
    "many parameters": ("POST", "/sparql", {"Content-Type": FORM}, "&".join(["x=y"] * 5_000)),
    "a memory bomb": ("POST", "/sparql", *form(query=hostile.BOMBS["concat"])),
    "out of time": ("POST", "/sparql", *form(query=hostile.RUNAWAY, timeout="0.2")),
    "a time that is none": ("GET", f"{GET}&timeout=soon", {}, None),
    "too many rows": (
        "POST",
        "/sparql",
        *form(query=f"SELECT ?v0 {{ {hostile.product(5)} }} LIMIT 40000", format="csv"),
    ),
    "a graph that is none": ("GET", f"{GET}&default-graph-uri=x", {}, None),
    "another default graph": ("GET", f"{GET}&union-default-graph=false", {}, None),
    "a switch that is none": ("GET", f"{GET}&union-default-graph=maybe", {}, None),
    "an id": ("GET", GET, {"Query-Id": "A" * 24}, None),
    "an id that is none": ("GET", GET, {"Query-Id": "short"}, None),
    "a line feed in a value": ("GET", f"{GET}&format=x%0d%0aSet-Cookie:a", {}, None),
    "PUT": ("PUT", "/sparql", {}, "x"),
    "DELETE of a store": ("DELETE", "/store?default", {}, None),
    "OPTIONS": ("OPTIONS", "/sparql", {"Origin": "https://x.example"}, None),
    "OPTIONS of a store": ("OPTIONS", "/store", {}, None),
    "the default graph": ("GET", "/store?default", {"Accept": "application/n-triples"}, None),
    "HEAD of a graph": ("HEAD", "/store?default", {}, None),
    "a graph by its name": ("GET", f"/store?graph={quote(EX + 'first')}", {}, None),
    "a graph that is not there": ("GET", f"/store?graph={quote(EX + 'none')}", {}, None),
    "a graph by its address": ("GET", "/store/a%20b", {}, None),
    "no graph": ("GET", "/store", {}, None),
    "two graphs": ("GET", "/store?default&graph=x:y", {}, None),
    "to cancel what is not there": ("DELETE", "/running/" + "A" * 24, {}, None),
    "to see what runs": ("GET", "/running/" + "A" * 24, {}, None),
    "the state": ("GET", "/health", {}, None),
    "to change the state": ("POST", "/health", {}, "x"),
    "to change the metrics": ("POST", "/metrics", {}, "x"),
    "a graph without a name": ("GET", "/store/", {}, None),
    "a graph with an empty part": ("GET", "/store//x", {}, None),
    "no id": ("DELETE", "/running/", {}, None),
    "a line feed in an id": ("DELETE", "/running/a%0ab", {}, None),
    "a method of others": ("PROPFIND", "/sparql", {}, None),
    "an id that is none, for a page of the service": ("GET", "/sparql", {"Query-Id": "short"}, None),
} | {
    f"W3C: {case.name} {number}": (step.method, "/sparql" + step.path.removeprefix(PREFIX), step.headers, step.body)
    for case in exchanges("protocol/manifest.ttl")
    for number, step in enumerate(case.steps)
}


@pytest.mark.parametrize(("method", "path", "headers", "body"), REQUESTS.values(), ids=REQUESTS)
def test_both_ways_answer_alike(ways, method, path, headers, body) -> None:
    answers = [ways[way].request(method, path, headers, body) for way in ("gateway", "waitress")]
    first, second = (
        (answer.status, {name: value for name, value in answer.headers.items() if name not in OWN}, answer.body)
        for answer in answers
    )
    assert first == second
    assert first[0] < 500 or first[0] in {504, 507}, first
    assert len({"query-id" in answer.headers for answer in answers}) == 1


def test_an_entity_tag_of_one_way_is_known_to_the_other(ways) -> None:
    tag = ways["gateway"].request("GET", GET).headers["etag"]
    answer = ways["waitress"].request("GET", GET, {"If-None-Match": tag})
    assert (answer.status, answer.body) == (304, b"")
    assert "content-type" not in answer.headers


# Servers.


@pytest.mark.parametrize("name", ["waitress", "gunicorn", "gunicorn, preloaded", "flask"])
def test_the_application_answers_and_leaves_nothing_behind(name, own) -> None:
    with wsgi.under(name, own) as server:
        assert server.ask(LOOKUP).rows == FOUND
        page = server.request("GET", GET, {"Accept": "text/html"})
        assert (page.status, page.media_type) == (200, "text/html")
        assert "cobalt" in page.text
        assert len(zygotes(server)) >= 1


def zygotes(server: Server) -> list[int]:
    """The processes that hold the graph, below a server."""
    return [
        process
        for process in wsgi.descendants(server.process)
        if b"pool.zygote" in Path(f"/proc/{process}/cmdline").read_bytes() and servers.children(process)
    ]


@pytest.mark.parametrize("name", ["waitress", "gunicorn", "gunicorn, preloaded"])
def test_what_a_killed_server_has_started_ends(name, own) -> None:
    with wsgi.under(name, own) as server:
        for _ in range(8):
            assert server.ask(LOOKUP).rows == FOUND
        below = wsgi.descendants(server.process)
        held = zygotes(server)
        assert held
        parents = {parent(zygote) for zygote in held}
        for process in parents:
            wsgi.kill(process)
        assert servers.eventually(lambda: not any(map(wsgi.is_running, held)))
        if name == "waitress":
            assert servers.eventually(lambda: not any(map(wsgi.is_running, below)))
        else:  # gunicorn starts others in their place
            assert servers.eventually(lambda: server.ask(LOOKUP).rows == FOUND)


def parent(process: int) -> int:
    return int(Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[1])


@pytest.mark.parametrize("name", ["waitress", "gunicorn"])
def test_an_answer_that_fails_in_its_middle_shows_so(name, own) -> None:
    text = f'SELECT * {{ VALUES ?x {{ "{"a" * 900}" }} {hostile.product(5)} }} LIMIT 40000'
    with wsgi.under(name, own, **LIMITS) as server:
        with pytest.raises((http.client.IncompleteRead, ConnectionError)):
            server.ask(text, CSV)
        assert server.ask(LOOKUP).rows == FOUND


@pytest.mark.parametrize(("name", "processes"), [("waitress", 1), ("gunicorn", 2)])
def test_each_process_serves_the_new_graph_when_the_file_is_another(name, processes, own) -> None:
    with wsgi.under(name, own) as server:
        answered(server, processes, FOUND)  # or one would load the file only after it has changed
        other = own.with_suffix(".new")
        other.write_text(f"<{EX}only> <{EX}share> 1 .")
        other.replace(own)
        expected = [{"s": EX + "only"}]
        assert servers.eventually(lambda: all(server.ask(LOOKUP).rows == expected for _ in range(30)))
        before = answered(server, processes, expected)
        assert servers.eventually(
            lambda: all(count > before[process] for process, count in answered(server, processes, expected).items())
        )


def answered(server: Server, processes: int, rows: list[dict[str, str]]) -> dict[str, int]:
    """Ask until so many processes have told how many queries each has answered, always with the same rows."""
    counts: dict[str, int] = {}

    def tell() -> bool:
        assert server.ask(LOOKUP).rows == rows
        told = re.findall(REQUESTS, server.request("GET", "/metrics").text)
        counts.update((process, int(count)) for process, count in told)
        return len(counts) == processes

    assert servers.eventually(tell)
    return counts


REQUESTS = r'lodeclaim_requests_total\{path="/sparql",process="(\d+)",status="200"\} (\d+)'


def test_a_query_is_cancelled_by_its_id_where_there_is_one_process(own) -> None:
    with wsgi.under("waitress", own) as server:
        given = "B" * 24
        command = [sys.executable, "-c", RUN, server.url, given]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as asking:
            assert servers.eventually(lambda: server.request("DELETE", f"/running/{given}").status == 204)
            assert json.loads(asking.communicate(timeout=60)[0])["type"].endswith("query-cancelled")


RUN = f"""
import sys, urllib.error, urllib.parse, urllib.request
data = urllib.parse.urlencode({{"query": {hostile.RUNAWAY!r}}}).encode()
try:
    urllib.request.urlopen(urllib.request.Request(sys.argv[1], data, {{"Query-Id": sys.argv[2]}}))
except urllib.error.HTTPError as error:
    print(error.read().decode())
"""


def test_of_several_processes_one_says_that_the_query_may_be_in_another(own) -> None:
    with wsgi.under("gunicorn", own) as server:
        assert server.request("DELETE", "/running/" + "A" * 24).status == 501
        metrics = server.request("GET", "/metrics").text
        assert any(f'process="{process}"' in metrics for process in servers.children(server.process))


# In this process.


def test_what_a_browser_asks_is_parsed_by_the_worker_alone(monkeypatch) -> None:
    """As what a program asks; only the queries of the pages themselves pass the guard here as well."""
    texts = []
    monkeypatch.setattr(engine, "check", lambda text, *rest: texts.append(text) or guard.check(text, *rest))
    with wsgi.in_process(TINY) as server:
        browser = {"Accept": "text/html", "Content-Type": FORM}
        page = server.request("POST", "/sparql", browser, urlencode({"query": LOOKUP}))
        assert (page.status, "cobalt" in page.text) == (200, True)
        refused = server.request("POST", "/sparql", browser, urlencode({"query": "SELECT * {"}))
        assert (refused.status, "Line 1" in refused.text) == (400, True)
    assert texts
    assert not {LOOKUP, "SELECT * {"} & set(texts)


def test_a_forked_process_has_a_pool_of_its_own(own) -> None:
    app = create_app(graph=own)
    backend = app.extensions["lodeclaim"]
    client = app.test_client()
    assert client.get(GET).status_code == 200
    reading, writing = os.pipe()
    if (child := os.fork()) == 0:
        try:
            answer = client.get(GET)
            os.write(writing, json.dumps([answer.status_code, len(answer.json["results"]["bindings"])]).encode())
            backend.close()
            weakref.finalize._exitfunc()  # as at the end of a process that is not broken off
        finally:
            os._exit(0)
    os.close(writing)
    assert json.loads(os.read(reading, 100)) == [200, len(FOUND)]
    os.close(reading)
    os.waitpid(child, 0)
    assert client.get(GET).status_code == 200
    with client.get("/download/lodeclaim.trig") as file:
        assert (file.status_code, b"@prefix" in file.data) == (200, True)
    backend.close()


def test_without_options_the_dataset_of_the_distribution_is_served(monkeypatch) -> None:
    monkeypatch.delenv("LODECLAIM_GRAPH", raising=False)
    app = create_app()
    client = app.test_client()
    assert client.get("/health").json["status"] == "ok"
    assert client.get("/shapes", headers={"Accept": "text/turtle"}).status_code == 200
    with client.get("/download/lodeclaim.trig") as answer:
        assert answer.data == GRAPH.read_bytes()
    app.extensions["lodeclaim"].close()


def test_a_graph_that_cannot_be_loaded_is_an_error_of_the_server(tmp_path, capfd) -> None:
    broken = tmp_path / "graph.trig"
    broken.write_text("this is no TriG")
    app = create_app(graph=broken)
    for _ in range(2):
        with app.test_client().get(GET) as answer:
            assert answer.status_code == 500
            assert str(tmp_path) not in answer.text
    with pytest.raises(SourceError, match="line 1: not TriG"):
        app.extensions["lodeclaim"].select(None)
    assert capfd.readouterr().err.count("lodeclaim: ") == 1
    assert app.test_client().options("/sparql").status_code == 200


WRONG = {
    "a name that there is not": ({"grahp": "x"}, "grahp"),
    "a file that is not there": ({"graph": Path("/nowhere/graph.trig")}, "/nowhere/graph.trig"),
    "a number that is none": ({"max_rows": 0}, "max_rows"),
    "a place that is none": ({"public_url": "bad"}, "public_url"),
    "text that is no number": ({"timeout": "soon"}, "timeout"),
    "nothing for a number": ({"workers": None}, "workers"),
    "a number for an address": ({"allow_service": 5}, "allow_service"),
    "what only `serve` has": ({"cache_mib": 5}, "cache_mib"),
    "two datasets": ({"graph": TINY, "data_dir": Path("/tmp")}, "graph"),
    "credentials without a store": ({"store_auth_file": Path("/tmp/x")}, "store_auth_file"),
}


@pytest.mark.parametrize(("options", "words"), WRONG.values(), ids=WRONG)
def test_options_that_cannot_work_are_an_error_at_once(options, words) -> None:
    with pytest.raises(UsageError, match=words):
        create_app(**options)


def test_options_are_taken_as_text_and_lists_too() -> None:
    app = create_app(graph=str(TINY), timeout="3", allow_service=["https://x.example/"], public_url=PUBLIC)
    answer = app.test_client().get("/sparql", headers={"Accept": "application/n-triples"})
    assert answer.status_code == 200
    assert "BasicFederatedQuery" in answer.text
    assert answer.headers["Query-Limits"].startswith("seconds=3, ")
    app.extensions["lodeclaim"].close()


def test_no_server_and_no_header_says_where_the_endpoint_is() -> None:
    app = create_app(graph=TINY)
    ask = {"Accept": "application/n-triples", "Host": "evil.example"}
    answer = app.test_client().get("/sparql", base_url="http://evil.example/", headers=ask)
    assert "evil" not in answer.text
    assert "<http://localhost/sparql>" in answer.text
    app.extensions["lodeclaim"].close()


def test_every_answer_is_counted_also_a_long_one() -> None:
    app = create_app(graph=TINY)
    client = app.test_client()
    long = f'SELECT * {{ VALUES ?x {{ "{"a" * 900}" }} {hostile.product(4)} }}'
    for path, headers in (("/sparql?" + urlencode({"query": long}), {"Accept": CSV}), ("/", {"Accept": "text/html"})):
        with client.get(path, headers=headers) as answer:
            assert len(answer.data) > 1_000
    counted = client.get("/metrics").text
    assert re.search(r'lodeclaim_requests_total\{path="/sparql",process="\d+",status="200"\} 1.0', counted)
    assert re.search(r'lodeclaim_requests_total\{path="/",process="\d+",status="200"\} 1.0', counted)
    app.extensions["lodeclaim"].close()


def test_what_is_not_given_comes_from_the_environment(monkeypatch) -> None:
    monkeypatch.setenv("LODECLAIM_GRAPH", str(TINY))
    monkeypatch.setenv("LODECLAIM_MAX_ROWS", "1")
    monkeypatch.setenv("LODECLAIM_UNION_DEFAULT_GRAPH", "false")
    app = create_app(timeout=3)
    limits = app.test_client().get(GET).headers["Query-Limits"]
    assert limits.startswith("seconds=3, rows=1, ")
    assert app.test_client().get(GET).json["results"]["bindings"] == []
    app.extensions["lodeclaim"].close()
    monkeypatch.setenv("LODECLAIM_MAX_ROWS", "many")
    with pytest.raises(UsageError, match="LODECLAIM_MAX_ROWS"):
        create_app()


# In another application.


def test_below_a_path_every_link_leads_somewhere_and_the_host_keeps_its_pages(monkeypatch) -> None:
    monkeypatch.setenv("LODECLAIM_GRAPH", str(GRAPH))
    endpoint = create_app()
    host = Flask("host")
    host.add_url_rule("/", "home", lambda: "home")
    host.wsgi_app = DispatcherMiddleware(host.wsgi_app, {"/data": endpoint})
    client = host.test_client()
    own = client.get("/")
    assert (own.text, "Content-Security-Policy" in own.headers) == ("home", False)
    assert client.get("/sparql").status_code == 404
    waiting = deque(f"/data{path}" for path in ("/", "/id/mineral/cobalt", "/download", "/queries", "/ontology"))
    seen, kinds = set(waiting), set()
    for _ in range(150):
        path = waiting.popleft()
        with client.get(path, headers={"Accept": "text/html,*/*;q=0.5"}) as answer:
            assert answer.status_code == 200, path
            text = answer.text
        kinds.add(path.split("?")[0].split("/")[2])
        for link in map(unescape, re.findall(r'(?:href|src|action)="(/[^"#]*)', text)):
            assert link.startswith("/data/"), f"{link} on {path}"
            if link not in seen and "/download/" not in link:  # each would be made
                seen.add(link)
                waiting.append(link)
    assert kinds >= {"", "sparql", "queries", "ontology", "graph", "id", "list", "download"}
    assert client.get("/data/graph", headers={"Accept": "text/html"}).status_code == 200
    endpoint.extensions["lodeclaim"].close()


@pytest.mark.parametrize("public", ["https://data.example.org/here/", "https://data.example.org/"])
def test_links_follow_the_path_of_the_public_address(public) -> None:
    app = create_app(graph=TINY, public_url=public)
    page = app.test_client().get("/", headers={"Accept": "text/html"}).text
    path = public.removeprefix("https://data.example.org")
    assert f'href="{path}sparql"' in page
    assert f'href="{path}static/style.css"' in page
    app.extensions["lodeclaim"].close()
