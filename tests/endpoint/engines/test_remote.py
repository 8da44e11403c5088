"""In front of a store that fails in every way: a clear problem in bounded time, and the next answer is right."""

from __future__ import annotations

import contextlib
import gzip
import http.client
import itertools
import re
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from lodeclaim.cli import main
from lodeclaim.endpoint.engines.engine import Query, Term
from lodeclaim.endpoint.engines.names import Names
from lodeclaim.endpoint.engines.remote import RemoteEngine
from lodeclaim.endpoint.engines.upstream import RemoteStore
from lodeclaim.endpoint.errors import EngineError, QueryError
from lodeclaim.endpoint.sparql.formats import offered
from lodeclaim.namespaces import BASE, PREFIXES
from support import servers, upstreams
from support.servers import Server, eventually
from support.upstreams import HEAD, JSON, ROW, TRIPLE, TRIPLES, XML, Request, Upstream, chunked, head, says, whole

SECONDS, ROWS, MIB = 2, 20_000, 8
BOUND = 10 * SECONDS
ASKED = "SELECT ?x { ?x ?p ?o }"
TRIPLES_ASKED = "CONSTRUCT { ?s ?p ?o } { ?s ?p ?o }"
LONG_ROW = b'{"x":{"type":"literal","value":"' + b"x" * 400 + b'"}}'
LONG_TRIPLE = b'<x:a> <x:b> "' + b"x" * 400 + b'" .\n'


@pytest.fixture(scope="module")
def store() -> Iterator[Upstream]:
    with upstreams.running() as running:
        yield running


@pytest.fixture(scope="module")
def front(store) -> Iterator[Server]:
    options = ("--timeout", SECONDS, "--max-rows", ROWS, "--max-mib", MIB, "--memory-mib", 200, "--workers", 3)
    with servers.serve(store.url, "--log", "text", *map(str, options)) as running:
        yield running


@pytest.fixture(autouse=True)
def mended(store) -> Iterator[None]:
    yield
    store.behaviour = upstreams.well_behaved


def check_well(front: Server, store: Upstream) -> None:
    """Fail unless the server answers rightly, now that its store does, whichever worker is asked."""
    store.behaviour = upstreams.well_behaved
    for _ in range(4):
        assert front.ask(ASKED).rows == [{"x": "fine"}]
        assert front.ask("ASK { }").json["boolean"] is True
        assert front.ask(TRIPLES_ASKED, TRIPLES).body == TRIPLE


def slowly(*parts: bytes, every: float = 0.05):
    """Return what sends parts, the last of them again and again, and never ends."""

    def behave(connection: socket.socket, request: Request) -> None:
        for part in itertools.chain(parts, itertools.repeat(parts[-1])):
            connection.sendall(part)
            time.sleep(every)

    return behave


def silent(connection: socket.socket, request: Request) -> None:
    connection.recv(1)


RESULT = HEAD + ROW + b"]}}"
ENDLESS = head(JSON, Transfer_Encoding="chunked")


def chunk(part: bytes) -> bytes:
    return b"%x\r\n%s\r\n" % (len(part), part)


# What the store does; the problem that the client gets; what that says.
FAILURES = {
    "hangs up": (says(b""), "store-failed", "broke off"),
    "gives no answer": (silent, "time-exceeded", "longer than"),
    "half a head": (says(b"HTTP/1.1 200 OK\r\nContent-"), "store-failed", "broke off"),
    "half a head, and waits": (slowly(b"HTTP/1.1 200 OK\r\nX: ", b"x"), "time-exceeded", "longer than"),
    "endless head": (slowly(b"HTTP/1.1 200 OK\r\nX: ", b"x" * 9999, every=0), "store-failed", "broke off"),
    "no HTTP": (says(b"220 mail.example ESMTP\r\n"), "store-failed", "broke off"),
    "HTML": (says(whole(b"<html></html>", "text/html")), "store-failed", "answers in text/html"),
    "CSV": (says(whole(b"x\r\nfine\r\n", "text/csv")), "store-failed", "answers in text/csv"),
    "triples": (says(whole(TRIPLE, TRIPLES)), "store-failed", "answers in application/n-triples"),
    "no media type": (says(whole(RESULT, None)), "store-failed", "no format"),
    "HTML called JSON": (says(whole(b"<html></html>")), "store-failed", "cannot be read"),
    "JSON called XML": (says(whole(RESULT, XML)), "store-failed", "cannot be read"),
    "nothing called JSON": (says(whole(b"")), "store-failed", "cannot be read"),
    "other JSON": (says(whole(b'{"head":{"vars":["x"]}}')), "store-failed", "cannot be read"),
    "truth value": (says(whole(b'{"head":{},"boolean":true}')), "store-failed", "as SELECT asks"),
    "other columns": (says(whole(RESULT.replace(b"x", b"y"))), "store-failed", "columns y, and x"),
    "no columns": (says(whole(b'{"head":{"vars":[]},"results":{"bindings":[]}}')), "store-failed", "columns"),
    "undeclared variable": (says(whole(HEAD + b'{"y":{"type":"uri","value":"x:y"}}]}}')), "store-failed", "y"),
    "no IRI": (says(whole(HEAD + b'{"x":{"type":"uri","value":"<>"}}]}}')), "store-failed", "cannot be read"),
    "cut off": (says(head(JSON) + RESULT[:-8]), "store-failed", "cannot be read"),
    "cut off, of known length": (says(whole(RESULT)[:-8]), "store-failed", "broke off"),
    "cut off in chunks": (says(chunked(RESULT[:-8], ended=False)), "store-failed", "broke off"),
    "cut off in whole chunks": (says(chunked(RESULT[:-8])), "store-failed", "cannot be read"),
    "last chunk missing": (says(chunked(RESULT, ended=False)), "store-failed", "broke off"),
    "bad chunk": (says(ENDLESS + b"zz\r\n"), "store-failed", "broke off"),
    "shorter than it says": (says(whole(RESULT + b"  ")[:-1]), "store-failed", "broke off"),
    "two results": (says(whole(RESULT + RESULT)), "store-failed", "cannot be read"),
    "slow in the middle": (slowly(ENDLESS + chunk(HEAD + ROW), chunk(b" ")), "time-exceeded", "longer than"),
    "slow at the end": (slowly(ENDLESS + chunk(RESULT), chunk(b" ")), "time-exceeded", "longer than"),
    "endless space": (slowly(ENDLESS + chunk(HEAD), chunk(b" " * 60_000), every=0), "time-exceeded", "longer"),
    "compressed": (says(whole(gzip.compress(RESULT), Content_Encoding="gzip")), "store-failed", "compresses"),
    "cut at its own limit": (says(whole(RESULT, X_SPARQL_MaxRows="1")), "store-failed", "cut its answer off"),
    "cut at its own time": (says(whole(RESULT, X_SQL_State="S1TAT")), "store-failed", "cut its answer off"),
    "too many rows": (slowly(ENDLESS + chunk(HEAD + ROW), chunk(b"," + ROW) * 500, every=0), "result-too-large", ""),
    "201": (says(whole(RESULT, status="201 Created")), "store-failed", "status 201"),
    "204": (says(head(None, "204 No Content")), "store-failed", "status 204"),
    "206": (says(whole(RESULT, status="206 Partial Content")), "store-failed", "status 206"),
    "400": (says(whole(b"Line 7:\n no\x00 such", "text/plain", "400 No")), "query-refused", "Line 7: no such"),
    "401": (says(whole(b"", status="401 No")), "store-failed", "does not let us in"),
    "403": (says(whole(b"", status="403 No")), "store-failed", "does not let us in"),
    "404": (says(whole(b"", status="404 No")), "store-failed", "takes no queries"),
    "405": (says(whole(b"", status="405 No")), "store-failed", "takes no queries"),
    "429": (says(whole(b"", status="429 No")), "time-exceeded", "not ready in time"),
    "500": (says(whole(b"SR319: out of luck", status="500 No")), "store-failed", "SR319: out of luck"),
    "500 without end": (slowly(head(None, "500 No"), b"no " * 9999, every=0), "store-failed", "no no no"),
    "500 broken off": (says(whole(b"no" * 99, status="500 No")[:-3]), "store-failed", "broke off"),
    "503": (says(whole(b"", status="503 No")), "time-exceeded", "not ready in time"),
    "999": (says(whole(b"", status="999 What")), "store-failed", "status 999"),
}
STATUS = {"store-failed": 502, "time-exceeded": 504, "result-too-large": 422, "query-refused": 400}


@pytest.mark.parametrize("case", FAILURES)
def test_failure_is_a_clear_problem(front, store, case) -> None:
    store.behaviour, problem, words = FAILURES[case]
    began = time.monotonic()
    response = front.ask(ASKED)
    assert time.monotonic() - began < BOUND
    assert (response.status, response.problem) == (STATUS[problem], problem), response
    assert words in response.json["detail"]
    assert response.json["hint"]
    assert response.headers["cache-control"] == "no-store"
    check_well(front, store)


# The same for triples, which have no end of their own.
TRIPLE_FAILURES = {
    "rows": (says(whole(RESULT)), "answers in"),
    "RDF/XML": (says(whole(b"<rdf:RDF/>", "application/rdf+xml")), "answers in application/rdf+xml"),
    "HTML called triples": (says(whole(b"<html></html>", TRIPLES)), "cannot be read"),
    "cut off in a line": (says(whole(TRIPLE * 2, TRIPLES)[:-4]), "broke off"),
    "cut off behind a line": (says(whole(TRIPLE * 2, TRIPLES)[: -len(TRIPLE)]), "broke off"),
    "cut off in a line, in chunks": (says(chunked(TRIPLE, TRIPLE[:9], media_type=TRIPLES, ended=False)), "broke off"),
    "cut off behind a line, in chunks": (says(chunked(TRIPLE, media_type=TRIPLES, ended=False)), "broke off"),
    "half a line": (says(whole(TRIPLE + TRIPLE[:9], TRIPLES)), "cannot be read"),
    "without length": (says(head(TRIPLES) + TRIPLE), "without saying where they end"),
    "Turtle without length": (says(head("text/turtle") + TRIPLE), "without saying where they end"),
    "compressed": (says(whole(gzip.compress(TRIPLE), TRIPLES, Content_Encoding="gzip")), "compresses"),
}  # fmt: skip


@pytest.mark.parametrize("case", TRIPLE_FAILURES)
def test_failure_in_triples_is_a_clear_problem(front, store, case) -> None:
    store.behaviour, words = TRIPLE_FAILURES[case]
    response = front.ask(TRIPLES_ASKED, TRIPLES)
    assert (response.status, response.problem) == (502, "store-failed"), response
    assert words in response.json["detail"]
    check_well(front, store)


def test_store_that_is_down_and_comes_back(front, store) -> None:
    store.down()
    try:
        for _ in range(3):
            response = front.ask(ASKED)
            assert (response.status, response.problem) == (502, "store-failed")
            assert "cannot be reached" in response.json["detail"]
        page = front.request("GET", "/id/actor/marco-rubio", {"Accept": "text/html"})
        assert (page.status, page.media_type) == (502, "text/html")
        assert "cannot be reached" in page.text
    finally:
        store.up()
    check_well(front, store)


def test_store_that_accepts_no_connection() -> None:
    with socket.socket() as full, contextlib.ExitStack() as stack:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        for _ in range(3):  # fill the queue of those that wait: the next one is not even refused
            waiting = stack.enter_context(socket.socket())
            waiting.setblocking(False)
            waiting.connect_ex(full.getsockname())
        with servers.serve(f"http://127.0.0.1:{full.getsockname()[1]}/", "--timeout", str(SECONDS)) as front:
            response = front.ask(ASKED)
            assert (response.status, response.problem) == (504, "time-exceeded")
            state = front.request("GET", "/health")
            assert (state.status, state.json["status"]) == (503, "failing")


def test_answer_that_ends_in_the_middle_of_its_transfer_is_broken_off(front, store) -> None:
    rows = b",".join([LONG_ROW] * 5_000)
    long = {
        ASKED: chunked(HEAD + rows, ended=False),
        TRIPLES_ASKED: chunked(LONG_TRIPLE * 5_000, media_type=TRIPLES, ended=False),
        TRIPLES_ASKED + "#": whole(LONG_TRIPLE * 5_000 + b" ", TRIPLES)[:-1],
    }
    for query, answer in long.items():
        store.behaviour = says(answer)
        with pytest.raises(http.client.IncompleteRead) as broken:
            front.ask(query, TRIPLES if "CONSTRUCT" in query else None)
        assert len(broken.value.partial) >= 1 << 20
        check_well(front, store)


def test_limits_hold_behind_the_beginning(front, store) -> None:
    store.behaviour = slowly(ENDLESS + chunk(HEAD + LONG_ROW), chunk(b"," + LONG_ROW) * 100, every=0)
    with pytest.raises(http.client.IncompleteRead) as broken:
        front.ask(ASKED)
    assert 1 << 20 <= len(broken.value.partial) < (MIB + 1) << 20
    start = head(TRIPLES, Transfer_Encoding="chunked")
    store.behaviour = slowly(start + chunk(LONG_TRIPLE), chunk(LONG_TRIPLE) * 100, every=0)
    with pytest.raises(http.client.IncompleteRead) as broken:
        front.ask(TRIPLES_ASKED, TRIPLES)
    assert broken.value.partial.count(b"\n") <= ROWS
    check_well(front, store)


def test_endless_value_is_bounded_by_memory_or_time(front, store) -> None:
    for start in (HEAD + b'{"x":{"type":"literal","value":"', b'{"head":{"vars":["'):
        store.behaviour = slowly(ENDLESS + chunk(start), chunk(b"x" * 60_000), every=0)
        assert front.ask(ASKED).problem in {"store-failed", "memory-exceeded", "time-exceeded"}
        check_well(front, store)


def test_slow_stores_take_no_more_workers_than_their_clients_may(front, store) -> None:
    """Who waits for the store is told in time, and the cancelled queries hold nothing."""
    store.behaviour = silent
    for _ in range(4):
        assert front.ask(ASKED).status == 504
    check_well(front, store)
    assert eventually(lambda: len(front.workers()) == 3)


def test_whole_answers_of_all_kinds_are_taken(front, store) -> None:
    xml = (
        b'<sparql xmlns="http://www.w3.org/2005/sparql-results#"><head><variable name="x"/></head><results>'
        b'<result><binding name="x"><literal>fine</literal></binding></result></results></sparql>'
    )
    for answer in (
        chunked(RESULT[:9], RESULT[9:]),
        whole(RESULT, f"{JSON}; charset=utf-8"),
        whole(RESULT, "application/json"),
        head(JSON) + RESULT,  # its end shows
        whole(RESULT + b"\n \n"),
        whole(xml, XML),
    ):
        store.behaviour = says(answer)
        assert front.ask(ASKED).rows == [{"x": "fine"}]
        assert front.ask(ASKED, "text/csv").text == "x\r\nfine\r\n"
    for media_type in (TRIPLES, "text/plain", "text/turtle; charset=utf-8", "application/x-turtle"):
        store.behaviour = says(chunked(TRIPLE, media_type=media_type))
        assert front.ask(TRIPLES_ASKED, TRIPLES).body == TRIPLE
    store.behaviour = says(whole(RESULT))
    assert (front.ask("ASK { }").status, front.ask("ASK { }").problem) == (502, "store-failed")


def test_health_tells_of_the_store(front, store) -> None:
    assert eventually(lambda: front.request("GET", "/health").json["store"] == "ok")
    store.behaviour = says(whole(b"", status="401 No"))
    assert eventually(lambda: front.request("GET", "/health").status == 503)
    assert "does not let us in" in front.request("GET", "/health").json["store"]
    store.behaviour = upstreams.well_behaved
    assert eventually(lambda: front.request("GET", "/health").json == {"status": "ok", "version": "", "store": "ok"})


def test_front_may_start_before_its_store() -> None:
    with upstreams.running() as late:
        late.down()
        with servers.serve(late.url) as front:
            assert "is not described yet: the store behind this endpoint" in front.log.read_text()
            assert b"maximumSeconds" in front.request("GET", "/sparql", {"Accept": "text/turtle"}).body
            assert front.ask(ASKED).status == 502
            late.up()
            assert front.ask(ASKED).rows == [{"x": "fine"}]


# What the store is told, and nobody else


@pytest.mark.parametrize(
    ("credentials", "sent", "secrets"),
    [
        ("reader:s3cr3t:word", "Basic cmVhZGVyOnMzY3IzdDp3b3Jk", ["s3cr3t", "cmVhZGVyOnMzY3IzdDp3b3Jk"]),
        ("Bearer t0ps3cr3t.token", "Bearer t0ps3cr3t.token", ["t0ps3cr3t"]),
    ],
    ids=["password", "token"],  # by itself pytest would write them into the environment
)
def test_credentials_go_to_the_store_and_nowhere_else(tmp_path, credentials, sent, secrets) -> None:
    file = tmp_path / "auth"
    file.write_text(credentials + "\n", encoding="utf-8")

    def repeating(status: str, **headers: str):
        def behave(connection: socket.socket, request: Request) -> None:
            words = f"you said {request.headers['authorization']}, that is {credentials}"
            connection.sendall(whole(words.encode(), "text/plain", status, **headers))

        return behave

    with (
        upstreams.running() as store,
        upstreams.running() as elsewhere,
        servers.serve(store.url, "--store-auth-file", str(file), "--log", "text") as front,
    ):
        said = [front.ask(ASKED).text]
        for status in ("200 OK", "302 Found", "307 Temporary Redirect", "400 No", "401 No", "500 No"):
            store.behaviour = repeating(status, Location=elsewhere.url)
            said += [str(front.ask(query)) for query in (ASKED, TRIPLES_ASKED)]
            said += [str(front.request("GET", path, {"Accept": "text/html"})) for path in ("/id/x", "/queries")]
        store.behaviour = says(b"")
        front.reload()
        assert eventually(lambda: "is served on" in front.log.read_text())
        said += [str(front.request("GET", path)) for path in ("/health", "/metrics", "/.well-known/void")]
        for process in (front.process, *front.processes(), *front.workers()):
            said += [Path(f"/proc/{process}/{name}").read_text(errors="replace") for name in ("cmdline", "environ")]
        said.append(front.log.read_text())
        assert {request.headers["authorization"] for request in store.requests} == {sent}
        assert {request.line for request in store.requests} == {"POST /query HTTP/1.1"}
        assert elsewhere.requests == []
        assert not [words for words in said if any(secret in words for secret in secrets)]
        assert "you said" in "".join(said)


def test_no_query_makes_the_front_ask_anybody_else(front, store) -> None:
    with upstreams.running() as elsewhere:
        url = elsewhere.url
        asked = [
            front.ask(f"SELECT ?x FROM <{url}> {{ ?x ?p ?o }}"),
            front.ask(f"SELECT ?x FROM NAMED <{url}> {{ GRAPH ?x {{ ?s ?p ?o }} }}"),
            front.ask(f"BASE <{url}> SELECT ?x {{ ?x <a> <b> }}"),
            front.ask(ASKED, **{"default-graph-uri": url, "named-graph-uri": url}),
        ]
        assert {response.status for response in asked} == {200}
        refused = [
            front.ask(f"SELECT ?x {{ SERVICE <{url}> {{ ?x ?p ?o }} }}"),
            front.ask(f"SELECT ?x {{ SERVICE SILENT <{url}> {{ ?x ?p ?o }} }}"),
            front.ask(f"SELECT ?x {{ VALUES ?g {{ <{url}> }} SERVICE ?g {{ ?x ?p ?o }} }}"),
            front.ask(f"LOAD <{url}>"),
            front.ask(f'DEFINE get:soft "soft" SELECT ?x FROM <{url}> {{ ?x ?p ?o }}'),
        ]
        assert {response.status for response in refused} == {400, 403}
        front.request("GET", "/store?graph=" + url)
        time.sleep(0.2)
        assert elsewhere.requests == []
        assert not any("SERVICE" in request.query or "LOAD" in request.query for request in store.requests)


# What is asked


@pytest.fixture
def engine(store) -> Iterator[RemoteEngine]:
    with contextlib.closing(RemoteEngine(RemoteStore(store.url), Names(base=BASE))) as engine:
        yield engine


@pytest.fixture
def asked(engine, store):
    """Ask a query in this process, and return the form that the store received."""

    def ask(text: str, **fields: object) -> dict[str, list[str]]:
        engine.select(Query(text, **fields))
        return store.requests[-1].form

    return ask


def test_text_goes_out_with_the_base_and_prefixes_that_it_lacks(asked) -> None:
    base = f"BASE <{BASE}> "
    assert asked(ASKED)["query"] == [base + ASKED]
    assert asked(ASKED, prefixes=PREFIXES)["query"] == [base + ASKED]
    text = "PREFIX lc: <x:> SELECT ?x { ?x a lc:A ; rdfs:label ?l . ?l lc:p 'xsd:a' }"
    assert asked(text, prefixes=PREFIXES)["query"] == [f"{base}PREFIX rdfs: <{PREFIXES['rdfs']}> {text}"]
    for text in ("BASE <http://a.example/> " + ASKED, "# BASE\nbase <x:> " + ASKED):
        assert asked(text)["query"] == [text]
    assert asked("BASE <a/> " + ASKED)["query"] == [base + "BASE <a/> " + ASKED]


def test_graphs_go_out_as_parameters_and_bindings_as_values(asked) -> None:
    form = asked(ASKED, default_graphs=("x:a", "x:b"), named_graphs=("x:c",), bindings={"x": Term('"', "literal")})
    assert form["default-graph-uri"] == ["x:a", "x:b"]
    assert form["named-graph-uri"] == ["x:c"]
    assert form["query"][0].endswith('SELECT ?x { VALUES ?x { "\\"" } ?x ?p ?o }')


def test_default_graph_is_for_the_store_to_decide(front, store) -> None:
    response = front.ask(ASKED, **{"union-default-graph": "false"})
    assert (response.status, response.problem) == (400, "query-refused")
    assert "decides" in response.json["detail"]
    named = {"union-default-graph": "false", "default-graph-uri": "x:g"}
    assert front.ask(ASKED, **named).status == 200


def test_first_rows_are_taken_without_the_rest(engine, store) -> None:
    store.behaviour = slowly(ENDLESS + chunk(HEAD + ROW), chunk(b"," + ROW), every=0)
    table = engine.select(Query(ASKED), first=2)
    assert (len(table.rows), table.more) == (2, True)


def test_connection_serves_again() -> None:
    ports = set()

    def kept(connection: socket.socket, request: Request) -> None:
        for _ in range(3):
            ports.add(connection.getpeername()[1])
            connection.sendall(chunked(RESULT))
            if not connection.recv(1 << 16):
                return

    with upstreams.running() as store:
        store.behaviour = kept
        with contextlib.closing(RemoteEngine(RemoteStore(store.url))) as engine:
            for _ in range(3):
                assert engine.select(Query(ASKED)).rows == [(Term("fine", "literal"),)]
    assert len(ports) == 1


def test_connection_that_the_store_has_closed_is_opened_anew(engine, store) -> None:
    """The store closes each connection behind its answer, and does not say so before."""
    for _ in range(50):
        assert engine.select(Query(ASKED)).rows == [(Term("fine", "literal"),)]


def test_truth_value_as_old_virtuoso_gives_it(front, store) -> None:
    start = b'{"head":{"vars":["__ASK_RETVAL"]},"results":{"bindings":['
    row = (
        b'{"__ASK_RETVAL":{"type":"typed-literal","datatype":"http://www.w3.org/2001/XMLSchema#integer","value":"1"}}'
    )
    for rows, truth in ((row, True), (b"", False)):
        store.behaviour = says(whole(start + rows + b"]}}"))
        assert front.ask("ASK { ?s ?p ?o }").json["boolean"] is truth
        assert (front.ask(ASKED).status, front.ask(ASKED).problem) == (502, "store-failed")


def test_terms_of_rdf_12_are_no_values(engine, store) -> None:
    term = b'{"type":"uri","value":"x:a"}'
    triple = b'{"subject":%s,"predicate":%s,"object":%s}' % (term, term, term)
    store.behaviour = says(whole(HEAD + b'{"x":{"type":"triple","value":' + triple + b"}}]}}"))
    with pytest.raises(EngineError, match=r"RDF 1\.1"):
        engine.select(Query(ASKED))


def test_format_that_does_not_fit_is_refused_before_the_store_is_asked(engine, store) -> None:
    before = len(store.requests)
    turtle = offered(Query(TRIPLES_ASKED).outline.form)[0]
    with pytest.raises(QueryError, match="cannot hold"):
        engine.query(Query(ASKED), turtle)
    with pytest.raises(QueryError, match="SELECT"):
        engine.select(Query("ASK { }"))
    assert len(store.requests) == before


# On the command line


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--store", "localhost:3030"], "no address of a store"),
        (["--store", "ftp://127.0.0.1/"], "no address of a store"),
        (["--store", "file:///etc/passwd"], "no address of a store"),
        (["--store", "http:///query"], "no address of a store"),
        (["--store", "http://127.0.0.1:99999/"], "no address of a store"),
        (["--store", "http://me:s3cr3t@127.0.0.1/"], "--store-auth-file"),
        (["--store", "http://127.0.0.1/", "--graph", "x.trig"], "given together"),
        (["--store", "http://127.0.0.1/", "--data-dir", "x"], "given together"),
        (["--store", "http://127.0.0.1/", "--allow-service", "https://a.example/"], "--allow-service"),
        (["--store", "http://127.0.0.1/", "--no-union-default-graph"], "--no-union-default-graph"),
        (["--store", "http://127.0.0.1/", "--store-auth-file", "missing"], "cannot be read"),
        (["--store-auth-file", "missing"], "without --store"),
    ],
)
def test_wrong_use_is_refused(options, words) -> None:
    result = CliRunner().invoke(main, ["serve", "--port", "0", *options])
    assert result.exit_code == 2
    assert words in re.sub(r"\s+", " ", result.output)
    assert "s3cr3t" not in result.output


@pytest.mark.parametrize(
    "content", ["", "s3cr3t", "Bearer ", "Bearer a s3cr3t", "me:s3cr3t\nX: y", ":s3cr3t", "\xe9"]
)
def test_file_with_no_credentials_is_refused(tmp_path, content) -> None:
    file = tmp_path / "auth"
    file.write_bytes(content.encode("latin-1"))
    result = CliRunner().invoke(
        main, ["serve", "--port", "0", "--store", "http://127.0.0.1/", "--store-auth-file", str(file)]
    )
    assert result.exit_code == 2
    assert "s3cr3t" not in result.output
