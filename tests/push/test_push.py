"""Pushing into a store: what is there afterwards, and what is said of it, however the store behaves."""

from __future__ import annotations

import base64
import hashlib
import re
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pyoxigraph as ox
import pytest
import rdflib
from click.testing import CliRunner
from rdflib.namespace import XSD

from lodeclaim.cli import main
from lodeclaim.endpoint.errors import StoreError, UsageError
from lodeclaim.push import client, load, run, verify, ways
from support.faulty import HTML, Drop, Request, Response, Server

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")  # rdflib 7.6 uses what it deprecates

ONE, TWO, THREE = (f"https://w3id.org/lodeclaim/graph/{name}" for name in ("one", "two", "three"))
TEXT = r"""
PREFIX ex: <http://example.org/>
PREFIX graph: <https://w3id.org/lodeclaim/graph/>
PREFIX xsd: <http://www.w3.org/2001/XMLSchema#>
graph:one { ex:a ex:p "\"å\"\n\\ <&> —"@en , "2026-02-04"^^xsd:date , ex:b , true . ex:b ex:q "plain" }
graph:two { ex:c ex:number "01"^^xsd:integer , 7 , 1.50 ; ex:p "Bonn"@de . }
graph:three { ex:d ex:part [ ex:p ex:e ; ex:q [ ex:p "deep" ] ] . }
"""
SIZES = {ONE: 5, TWO: 4, THREE: 4}
TWO_AT_A_TIME = load.Size(triples=2)


@pytest.fixture
def server():
    with Server() as running:
        yield running


@pytest.fixture
def file(tmp_path) -> Path:
    path = tmp_path / "small.trig"
    path.write_text(TEXT, encoding="utf-8")
    return path


def loads(text: str = TEXT) -> list[load.Load]:
    return load.loads(ox.parse(text, format=ox.RdfFormat.TRIG))


def push(
    server: Server,
    *,
    by: str = "gsp",
    text: str = TEXT,
    given: client.Credentials | None = None,
    seconds: float = 10.0,
    size: load.Size = TWO_AT_A_TIME,
    said: list[str] | None = None,
    waits: list[float] | None = None,
    progress=lambda graph, triples: None,
    **plan,
) -> run.Report:
    """Push to the endpoints of a server without ever waiting."""
    known = {"gsp": [ways.GraphStore(server.url + "/store")], "update": [ways.Update(server.url + "/update")]}
    chosen = known["gsp"] + known["update"] if by == "either" else known[by]
    waits = [] if waits is None else waits
    with client.Client(given, seconds, wait=waits.append) as http:
        return run.push(
            run.Plan(loads(text), chosen, size=size, **plan),
            http,
            verify.StoreContents(http, server.url + "/query"),
            progress,
            (said if said is not None else []).append,
        )


def statuses(report: run.Report) -> dict[str, str]:
    return {state.graph: state.status for state in report.states}


ALL_COMPLETE = {ONE: "complete", TWO: "complete", THREE: "complete"}


def lodeclaim(*arguments: object):
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


# What is there afterwards.


@pytest.mark.parametrize("by", ["gsp", "update"])
@pytest.mark.parametrize("replace", [False, True])
def test_every_triple_is_there_and_pushing_again_changes_nothing(server, by, replace) -> None:
    report = push(server, by=by, replace=replace)
    assert report.good
    assert statuses(report) == ALL_COMPLETE
    there = {graph: server.holds(graph) for graph in SIZES}
    assert {graph: len(triples) for graph, triples in there.items()} == SIZES
    wanted = {f"{s.n3()} {p.n3()} {o.n3()}" for s, p, o in rdflib.Graph().parse(data=ONE_AS_TURTLE, format="turtle")}
    assert {f"{s.n3()} {p.n3()} {o.n3()}" for s, p, o in there[ONE]} == wanted
    again = push(server, by=by, replace=replace)
    assert again.good
    assert {graph: server.holds(graph) for graph in SIZES} == there


ONE_AS_TURTLE = r"""
PREFIX ex: <http://example.org/>
ex:a ex:p "\"å\"\n\\ <&> —"@en , "2026-02-04"^^<http://www.w3.org/2001/XMLSchema#date> , ex:b , true .
ex:b ex:q "plain" .
"""


@pytest.mark.parametrize("by", ["gsp", "update"])
def test_replace_takes_away_what_was_there_and_without_it_that_stays(server, by) -> None:
    old = (rdflib.URIRef("http://example.org/old"), rdflib.URIRef("http://example.org/p"), rdflib.Literal("old"))
    elsewhere = rdflib.URIRef("http://example.org/theirs")
    server.data.graph(rdflib.URIRef(ONE)).add(old)
    server.data.graph(elsewhere).add(old)
    said: list[str] = []
    added = push(server, by=by, said=said)
    assert added.good
    assert {state.graph: state.others for state in added.states} == {ONE: 1, TWO: 0, THREE: 0}
    assert old in server.holds(ONE)
    assert said == ["1 of the graphs hold something already: it is added to."]
    replaced = push(server, by=by, replace=True)
    assert replaced.good
    assert {state.others for state in replaced.states} == {0}
    assert len(server.holds(ONE)) == SIZES[ONE]
    assert server.holds(str(elsewhere)) == {old}


def test_a_graph_that_keeps_what_was_to_be_replaced_is_not_good(server) -> None:
    old = (rdflib.URIRef("http://example.org/old"), rdflib.URIRef("http://example.org/p"), rdflib.Literal("old"))
    server.data.graph(rdflib.URIRef(ONE)).add(old)

    def adds_instead(request: Request) -> Response | None:
        if request.method == "PUT":
            return server.answer(Request(1, "POST", request.path, request.graph, request.headers, request.body))
        return None

    server.behave = adds_instead
    report = push(server, replace=True)
    assert not report.good
    assert [state.graph for state in report.faulty] == [ONE]
    assert "1 others" in str(report.faulty[0])


def test_graphs_of_an_earlier_version_are_named(server) -> None:
    gone = "https://w3id.org/lodeclaim/graph/derived/gone"
    node = rdflib.URIRef("http://example.org/a")
    server.data.graph(rdflib.URIRef(gone)).add((node, node, node))
    assert push(server).left == (gone,)


def test_blank_nodes_get_names_that_depend_on_what_is_said_with_them() -> None:
    def names(text: str) -> set[str]:
        return {
            term.value
            for each in loads(text)
            for triple in each.triples
            for term in (triple.subject, triple.object)
            if isinstance(term, ox.NamedNode) and term.value.startswith(load.GENID)
        }

    assert len(names(TEXT)) == 2
    other_labels = (
        TEXT.replace("[ ex:p ex:e ; ex:q [", "_:x . _:x ex:p ex:e ; ex:q _:y . _:y")
        .replace('_:y ex:p "deep" ] ]', '_:y ex:p "deep"')
        .replace("_:y ex:p", "_:y ex:p", 1)
    )
    assert names(other_labels) == names(TEXT)
    assert not names(TEXT.replace("deep", "deeper")) & names(TEXT)
    assert names(TEXT.replace("Bonn", "Berlin")) == names(TEXT)


@pytest.mark.parametrize("size", [load.Size(2, 10_000), load.Size(100, 150), load.Size(100, 1)])
def test_requests_are_bounded_and_the_first_one_replaces(server, size) -> None:
    assert push(server, size=size, replace=True).good
    for graph, triples in SIZES.items():
        sent = [request for request in server.writes if request.graph == graph]
        assert [request.method for request in sent] == ["PUT"] + ["POST"] * (len(sent) - 1)
        assert len(sent) > 1
        lines = [request.body.count(b" .\n") for request in sent]
        assert sum(lines) == triples
        for request, count in zip(sent, lines, strict=True):
            assert count <= size.triples
            assert len(request.body) <= size.body_bytes or count == 1


def test_dry_run_sends_nothing(server, file) -> None:
    result = lodeclaim("push", server.url + "/all", "--graph", file, "--dry-run", "--chunk-triples", 2)
    assert result.exit_code == 0, result.output
    assert server.requests == []
    assert re.search(rf"{ONE}  5 triples, \d+ bytes in 3 request\(s\)", result.output)
    assert "3 graphs, 13 triples in 7 requests" in result.output
    assert "Nothing was sent" in result.output


def test_command_loads_proves_and_says_so(server, file) -> None:
    result = lodeclaim("push", server.url + "/all", "--graph", file)
    assert result.exit_code == 0, result.output
    assert "3 graphs with 13 triples are there by Graph Store Protocol, compared one by one" in result.stdout
    assert result.stderr == ""


# Two ways.


@pytest.mark.parametrize("status", [404, 405, 415, 501])
def test_store_without_graph_store_protocol_is_written_by_update(server, status) -> None:
    server.behave = lambda request: Response(status) if request.path == "/store" else None
    said: list[str] = []
    report = push(server, by="either", said=said)
    assert report.good
    assert report.way == "SPARQL Update"
    assert len([request for request in server.writes if request.path == "/store"]) == 1
    (message,) = said
    assert "/store" in message
    assert str(status) in message
    assert "trying SPARQL Update" in message


@pytest.mark.parametrize("status", [404, 405])
def test_the_only_way_that_is_not_spoken_is_an_error(server, status) -> None:
    server.behave = lambda request: Response(status) if request.number else None
    report = push(server)
    assert_refused(report, server, "/store", "--by")
    assert report.failure.kind == "no-protocol"


def test_the_way_is_not_changed_once_something_is_there(server) -> None:
    server.behave = lambda request: Response(405) if request.number == 3 else None
    report = push(server, by="either")
    assert report.failure.kind == "no-protocol"
    assert {request.path for request in server.writes} == {"/store"}
    assert [(state.graph, state.held) for state in report.states] == [(ONE, 4), (THREE, 0), (TWO, 0)]


# Credentials.


def basic(request: Request) -> Response | None:
    if request.headers.get("authorization") == "Basic " + base64.b64encode(b"ann:se:cret").decode():
        return None
    return Response(401, {"WWW-Authenticate": 'Basic realm="store"'})


def digest(request: Request) -> Response | None:
    given = dict(re.findall(r'(\w+)="?([^",]*)', request.headers.get("authorization", "")))
    if given.get("nonce") == "n0nce":
        one = hashlib.md5(b"ann:store:se:cret").hexdigest()
        two = hashlib.md5(f"{request.method}:{given['uri']}".encode()).hexdigest()
        parts = (one, "n0nce", given["nc"], given["cnonce"], "auth", two)
        if given["response"] == hashlib.md5(":".join(parts).encode()).hexdigest():
            return None
    return Response(401, {"WWW-Authenticate": 'Digest realm="store", nonce="n0nce", qop="auth", algorithm=MD5'})


def bearer(request: Request) -> Response | None:
    return None if request.headers.get("authorization") == "Bearer t0ken" else Response(401)


@pytest.mark.parametrize(
    ("asks", "line"),
    [(basic, "ann:se:cret"), (digest, "ann:se:cret"), (bearer, "Bearer t0ken")],
    ids=lambda v: getattr(v, "__name__", v),
)
def test_credentials_are_given_as_the_store_asks(server, asks, line, file, tmp_path) -> None:
    server.behave = asks
    secret = tmp_path / "secret.txt"
    secret.write_text(line + "\n", encoding="utf-8")
    result = lodeclaim("push", server.url + "/all", "--graph", file, "--auth-file", secret)
    assert result.exit_code == 0, result.output
    assert {graph: len(server.holds(graph)) for graph in SIZES} == SIZES
    # Asked once, and given with every request from then on.
    assert len([request for request in server.requests if "authorization" not in request.headers]) <= 1


def test_password_is_not_sent_to_a_store_that_does_not_ask(server) -> None:
    assert push(server, given=client.Credentials("ann", "se:cret")).good
    assert not [request for request in server.requests if "authorization" in request.headers]


@pytest.mark.parametrize("asks", [basic, digest])
@pytest.mark.parametrize("line", ["ann:wrong-password", None])
def test_wrong_or_no_credentials_are_refused_in_words_without_the_password(
    server, asks, line, file, tmp_path
) -> None:
    server.behave = asks
    secret = tmp_path / "secret.txt"
    secret.write_text(line or "", encoding="utf-8")
    options = ["--auth-file", secret] if line else []
    result = lodeclaim("push", server.url + "/all", "--graph", file, *options)
    assert result.exit_code == 1
    assert "401" in result.stderr
    assert "Nothing was sent" in result.stderr
    assert "--auth-file" in result.stderr
    assert ONE in result.stderr
    assert "wrong-password" not in result.output
    assert server.writes == []
    assert len(server.requests) <= 2, "a refusal is not asked for again and again"


@pytest.mark.parametrize("content", [b"", b"no colon here", b":x", b"a:b\nc:d\n", b"\xff\xfe"])
def test_file_without_credentials_is_wrong_use(server, content, file, tmp_path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_bytes(content)
    result = lodeclaim("push", server.url + "/all", "--graph", file, "--auth-file", secret)
    assert result.exit_code == 2
    assert str(secret) in result.stderr
    assert "no colon here" not in result.output
    assert server.requests == []


def test_password_in_the_url_is_wrong_use_and_is_not_repeated(file) -> None:
    result = lodeclaim("push", "http://ann:secret@localhost/x", "--graph", file)
    assert result.exit_code == 2
    assert "--auth-file" in result.stderr
    assert "secret@" not in result.output


# Stores that refuse, and those that fail for a while.


def assert_refused(report: run.Report, server: Server, *words: str) -> None:
    """The failure names the store, a graph and what to do; nothing is taken for loaded that is not there."""
    assert not report.good
    text = str(report.failure)
    assert server.url in text
    assert "https://w3id.org/lodeclaim/graph/" in text
    for word in words:
        assert word in text
    for state in report.states:
        there = len(server.holds(state.graph))
        assert state.there == there
        assert (state.status == "complete") == (there == SIZES[state.graph])
        assert (state.status == "absent") == (there == 0)


REFUSALS = [
    (401, "--auth-file"),
    (403, "may write"),
    (413, "--chunk-triples"),
    (400, "log"),
    (500, "log"),
    (503, "log"),
    (507, "log"),
    (302, "redirects to"),
]


@pytest.mark.parametrize("by", ["gsp", "update"])
@pytest.mark.parametrize(("status", "remedy"), REFUSALS)
@pytest.mark.parametrize("begin", [1, 4])
def test_refusal_names_store_graph_and_remedy(server, by, status, remedy, begin) -> None:
    answer = Response(status, {"Content-Type": "text/plain", "Location": "/elsewhere"}, b"the disk\nis full")
    server.behave = lambda request: answer if request.number >= begin else None
    report = push(server, by=by)
    assert_refused(report, server, str(status), remedy)
    assert "the disk is full" in str(report.failure)
    assert set(statuses(report).values()) == ({"absent"} if begin == 1 else {"complete", "absent"})
    again = 4 if status in client.PASSING else 1
    assert len(server.writes) == begin - 1 + again


def test_part_of_a_graph_is_told_from_all_of_it(server) -> None:
    server.behave = lambda request: Response(507) if request.number == 2 else None
    report = push(server)
    first, *rest = report.states
    assert first.graph == ONE
    assert (first.status, first.held, first.wanted) == ("partial", 2, 5)
    assert [state.status for state in rest] == ["absent", "absent"]
    assert "2 of 5 triples" in str(first)


@pytest.mark.parametrize("status", sorted(client.PASSING))
def test_what_failed_for_a_while_is_sent_again(server, status) -> None:
    server.behave = lambda request: Response(status) if request.number in (2, 3, 6) else None
    waits: list[float] = []
    report = push(server, waits=waits, replace=True)
    assert report.good
    assert {graph: len(server.holds(graph)) for graph in SIZES} == SIZES
    assert waits == [0.5, 1.0, 0.5]


def test_retry_after_is_respected_within_reason(server) -> None:
    asked = {1: "7", 2: "86400", 3: "soon"}
    server.behave = lambda r: Response(503, {"Retry-After": asked[r.number]}) if r.number in asked else None
    waits: list[float] = []
    assert push(server, waits=waits).good
    assert waits == [7.0, 30.0, 2.0]


@pytest.mark.parametrize("by", ["gsp", "update"])
@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
def test_connection_lost_once_doubles_and_loses_nothing(server, by, after) -> None:
    def drops(request: Request) -> None:
        if request.number in (1, 4):
            raise Drop(after)

    server.behave = drops
    assert push(server, by=by, replace=True).good
    assert {graph: len(server.holds(graph)) for graph in SIZES} == SIZES


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
def test_connection_lost_for_good_is_said_and_what_is_there_is_found_out(server, after) -> None:
    def drops(request: Request) -> None:
        if request.number >= 2:
            raise Drop(after)

    server.behave = drops
    report = push(server)
    assert_refused(report, server, "broke off", "push again")
    assert report.states[0].held == (4 if after else 2)


def test_store_that_is_down_gets_nothing_and_is_named(file) -> None:
    with Server() as closed:
        url = closed.url
    with client.Client(wait=lambda seconds: None) as http, pytest.raises(StoreError) as caught:
        run.push(run.Plan(loads(), [ways.GraphStore(url)]), http, verify.StoreContents(http, url))
    assert caught.value.kind == "store-down"
    for word in (url, ONE, "no connection", "Nothing was sent", "Check that it runs"):
        assert word in str(caught.value)


@pytest.mark.parametrize("begin", [0, 3])
def test_slow_store_is_given_up_in_time(server, begin) -> None:
    def sleeps(request: Request) -> None:
        if request.number >= begin:
            server.stopping.wait(20)

    server.behave = sleeps
    if begin == 0:
        with pytest.raises(StoreError, match=r"no whole answer within 0\.3 s.*Nothing was sent.*--timeout"):
            push(server, seconds=0.3)
        assert server.writes == []
    else:
        report = push(server, seconds=0.3)
        assert report.failure.kind == "store-slow"
        assert "--timeout" in str(report.failure)
        assert [(state.graph, state.held) for state in report.states] == [(ONE, 4), (THREE, 0), (TWO, 0)]


# Stores that lie.


def test_web_page_for_every_request_is_no_store(server) -> None:
    server.behave = lambda request: HTML
    with pytest.raises(StoreError, match=r"SELECT query with text/html.*Nothing was sent.*--query-url"):
        push(server)
    assert server.writes == []


@pytest.mark.parametrize("by", ["gsp", "update"])
def test_web_page_in_answer_to_a_write_is_not_believed(server, by) -> None:
    server.behave = lambda request: HTML if request.number else None
    report = push(server, by=by)
    assert not report.good
    assert set(statuses(report).values()) == {"absent"}


@pytest.mark.parametrize(
    "answer",
    [
        HTML,
        Response(200, {"Content-Type": "application/sparql-results+json"}, b'{"head":{"vars":["count"]},"results":'),
        Response(200, {"Content-Type": "application/sparql-results+json"}, b'{"head":{},"boolean":true}'),
        Response(200, {"Content-Type": "application/sparql-results+json", "Content-Length": "500"}, b'{"head":{"v'),
        Response(500),
    ],
    ids=["page", "cut off", "truth value", "broken off", "500"],
)
def test_what_cannot_be_asked_for_afterwards_is_not_called_loaded(server, answer) -> None:
    server.behave = lambda request: answer if request.number == 0 and server.writes else None
    said: list[str] = []
    report = push(server, said=said)
    assert not report.good
    assert set(statuses(report).values()) == {"unknown"}
    assert "could not be found out" in said[-1]
    assert server.url in said[-1]


def shortens(s, p, o):
    return (s, p, rdflib.Literal(str(int(o)), datatype=o.datatype)) if str(o) == "01" else (s, p, o)


def trims(s, p, o):
    return (s, p, rdflib.Literal(str(o).strip("0"), datatype=o.datatype)) if str(o) == "1.50" else (s, p, o)


def untyped(s, p, o):
    return (s, p, rdflib.Literal(str(o))) if getattr(o, "datatype", None) == XSD.date else (s, p, o)


def untagged(s, p, o):
    return (s, p, rdflib.Literal(str(o))) if getattr(o, "language", None) == "de" else (s, p, o)


def retagged(s, p, o):
    return (s, p, rdflib.Literal(str(o), lang="de-de")) if getattr(o, "language", None) == "de" else (s, p, o)


def latin(s, p, o):
    return (s, p, rdflib.Literal(str(o).replace("å", "Ã¥"), lang=o.language)) if "å" in o else (s, p, o)


def doubled(s, p, o):
    return (s, p, rdflib.Literal("1.5", datatype=XSD.double)) if str(o) == "1.50" else (s, p, o)


def rounded(s, p, o):
    return (s, p, rdflib.Literal("2", datatype=XSD.decimal)) if str(o) == "1.50" else (s, p, o)


def widened(s, p, o):
    return (s, p, rdflib.Literal("7", datatype=XSD.decimal)) if str(o) == "7" else (s, p, o)


def numbered(s, p, o):
    return (s, p, rdflib.Literal("1", datatype=XSD.boolean)) if str(o) == "true" else (s, p, o)


INTEGER, DECIMAL, BOOLEAN = (
    f"^^<http://www.w3.org/2001/XMLSchema#{name}>" for name in ("integer", "decimal", "boolean")
)
RESPELT = {
    shortens: (TWO, f'"01"{INTEGER} was sent, "1"{INTEGER} is there'),
    trims: (TWO, f'"1.50"{DECIMAL} was sent, "1.5"{DECIMAL} is there'),
    widened: (TWO, f'"7"{INTEGER} was sent, "7"{DECIMAL} is there'),
    numbered: (ONE, f'"true"{BOOLEAN} was sent, "1"{BOOLEAN} is there'),
}
"""The same values, written otherwise, as stores in use do."""

CHANGES = {
    doubled: (TWO, f'"1.50"{DECIMAL} was sent', "#double> is there"),
    rounded: (TWO, f'"1.50"{DECIMAL} was sent', f'"2"{DECIMAL} is there'),
    untyped: (ONE, '"2026-02-04"^^<http://www.w3.org/2001/XMLSchema#date> was sent', '"2026-02-04" is there'),
    untagged: (TWO, '"Bonn"@de was sent', '"Bonn" is there'),
    retagged: (TWO, '"Bonn"@de was sent', '"Bonn"@de-de is there'),
    latin: (ONE, "@en was sent", "Ã¥"),
}


@pytest.mark.parametrize("by", ["gsp", "update"])
@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
def test_changed_literal_is_found_and_shown(server, by, change) -> None:
    server.distort = change
    graph, sent, found = CHANGES[change]
    report = push(server, by=by, replace=True)
    assert not report.good
    assert statuses(report) == {**ALL_COMPLETE, graph: "changed"}
    (state,) = report.faulty
    assert (len(state.changed), state.held, state.others) == (1, SIZES[graph] - 1, 0)
    assert sent in str(state.changed[0])
    assert found in str(state.changed[0])


@pytest.mark.parametrize("change", RESPELT, ids=lambda change: change.__name__)
def test_same_value_written_otherwise_is_told_from_a_change(server, change) -> None:
    server.distort = change
    graph, words = RESPELT[change]
    report = push(server, replace=True)
    assert report.good
    assert statuses(report) == ALL_COMPLETE
    (state,) = [state for state in report.states if state.respelt]
    assert (state.graph, state.held, state.missing, state.others) == (graph, SIZES[graph], 0, 0)
    assert words in str(state.respelt[0])
    strict = push(server, replace=True, strict=True)
    assert not strict.good
    assert [state.graph for state in strict.faulty] == [graph]


def test_number_in_text_is_no_number() -> None:
    node = ox.NamedNode("http://example.org/a")
    sent = ox.Triple(node, node, ox.Literal("01"))
    assert not verify.Change(sent, ox.Literal("1")).keeps_value
    assert not verify.Change(sent, ox.Literal("01", datatype=ox.NamedNode(str(XSD.integer)))).keeps_value
    broken = ox.Triple(node, node, ox.Literal("one", datatype=ox.NamedNode(str(XSD.integer))))
    assert not verify.Change(broken, ox.Literal("uno", datatype=ox.NamedNode(str(XSD.integer)))).keeps_value


def test_command_says_what_is_written_otherwise(server, file) -> None:
    server.distort = shortens
    result = lodeclaim("push", server.url + "/all", "--graph", file)
    assert result.exit_code == 0
    assert f"{server.url}/all, graph {TWO}: the store writes 1 literals otherwise" in result.stderr
    assert RESPELT[shortens][1] in result.stderr
    assert lodeclaim("push", server.url + "/all", "--graph", file, "--strict").exit_code == 1


def test_command_shows_the_change_and_what_it_means(server, file) -> None:
    server.distort = rounded
    result = lodeclaim("push", server.url + "/all", "--graph", file)
    assert result.exit_code == 1
    assert f"changed   {TWO}: 3 of 4 triples, 1 with another literal" in result.stdout
    assert f"complete  {ONE}: 5 of 5 triples" in result.stdout
    assert f'"1.50"{DECIMAL} was sent, "2"{DECIMAL} is there' in result.stdout
    assert f"{server.url}/all, graph {TWO}: the store changes literals" in result.stderr
    assert "2 of 3 graphs are complete" in result.stderr


def test_triple_that_is_silently_left_out_is_missed(server) -> None:
    server.distort = lambda s, p, o: None if str(o) == "plain" else (s, p, o)
    report = push(server)
    assert statuses(report) == {**ALL_COMPLETE, ONE: "partial"}
    assert report.faulty[0].held == 4


def test_counts_alone_do_not_see_a_changed_literal(server) -> None:
    server.distort = rounded
    report = push(server, compare=False)
    assert report.good, "which is why triples are compared unless somebody asks for less"
    assert {state.missing for state in report.states} == {None}


def test_graph_that_held_more_is_not_proved_by_a_count(server) -> None:
    node = rdflib.URIRef("http://example.org/old")
    server.data.graph(rdflib.URIRef(ONE)).add((node, node, node))
    report = push(server, compare=False)
    assert statuses(report) == {**ALL_COMPLETE, ONE: "unproved"}


@pytest.mark.parametrize(("rows", "status"), [(4, "complete"), (3, "unproved")])
def test_store_that_gives_few_rows_is_asked_property_by_property(server, rows, status) -> None:
    server.max_rows = rows
    report = push(server)
    assert statuses(report)[ONE] == status
    if status == "unproved":
        assert "not given back to be compared" in str(report.states[0])


# Interruptions.


def test_interruption_is_followed_by_a_look_at_what_is_there(server) -> None:
    seen: list[str] = []

    def interrupt(graph: str, triples: int) -> None:
        seen.append(graph)
        if len(seen) == 4:
            raise KeyboardInterrupt

    report = push(server, progress=interrupt)
    assert report.interrupted
    assert not report.good
    assert [(state.status, state.held) for state in report.states] == [("complete", 5), ("partial", 2), ("absent", 0)]


def test_ctrl_c_ends_with_the_list_and_status_1(server, file) -> None:
    reached = threading.Event()

    def hangs(request: Request) -> None:
        if request.number == 3:
            reached.set()
            server.stopping.wait(30)

    server.behave = hangs
    command = [sys.executable, "-m", "lodeclaim", "push", server.url + "/all", "--graph", str(file)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert reached.wait(60)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=60)
    assert process.returncode == 1, err
    assert "interrupted" in err
    assert "2 of 3 graphs are complete" in err
    assert len(re.findall(r"^(complete|absent) +https://", out, re.MULTILINE)) == 3


# Wrong use.


@pytest.mark.parametrize(
    "arguments",
    [
        ["ftp://localhost/x"],
        ["localhost:3030/x"],
        ["http://"],
        ["http://localhost/x", "--query-url", "nonsense"],
        ["http://localhost/x", "--timeout", "0"],
        ["http://localhost/x", "--chunk-triples", "-1"],
        ["http://localhost/x", "--part", "asserted", "--document", "x"],
        ["http://localhost/x", "--document", "nobody-wrote-it"],
        ["http://localhost/x", "--auth-file", "/nowhere/secret"],
        ["http://localhost/x", "--by", "ftp"],
    ],
    ids=" ".join,
)
def test_wrong_use_is_status_2(arguments, file) -> None:
    result = lodeclaim("push", *arguments, "--graph", file, "--dry-run")
    assert result.exit_code == 2, result.output
    assert "Traceback" not in result.output


def test_triple_outside_of_named_graphs_is_refused() -> None:
    with pytest.raises(UsageError, match="no named graph"):
        loads("<http://example.org/a> <http://example.org/b> <http://example.org/c> .")
