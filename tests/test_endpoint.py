"""The endpoint: SPARQL 1.1 Protocol, HTTP semantics (RFC 9110) and problem details (RFC 9457)."""

from __future__ import annotations

import json
import re
import signal
import socket
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from urllib.error import HTTPError
from urllib.parse import quote, urlencode
from urllib.request import Request, urlopen

import pytest

from lodeclaim.errors import EngineError, UsageError
from lodeclaim.query.engine import EmbeddedEngine
from lodeclaim.web.app import create_app
from lodeclaim.web.server import serve
from lodeclaim.web.settings import Settings

TINY = Path(__file__).parent / "fixtures" / "tiny.trig"
EX = "http://example.org/"
FORM = "application/x-www-form-urlencoded"

SELECT = "SELECT ?s { ?s <http://example.org/share> ?o } ORDER BY ?s"
QUERIES = {
    "SELECT": SELECT,
    "ASK": "ASK { ?s ?p ?o }",
    "CONSTRUCT": "CONSTRUCT WHERE { ?s ?p ?o }",
    "DESCRIBE": "DESCRIBE <http://example.org/cobalt>",
}


@pytest.fixture(scope="module")
def client():
    return create_app(EmbeddedEngine.from_file(TINY), Settings(max_query_bytes=2_000)).test_client()


def subjects(response):
    """Return the local names in the JSON results of SELECT."""
    assert response.status_code == 200, response.get_data(as_text=True)
    return [row["s"]["value"].removeprefix(EX) for row in json.loads(response.data)["results"]["bindings"]]


def problem(response, status):
    """Return the problem details of a response that must have `status`."""
    assert response.status_code == status, response.get_data(as_text=True)
    assert response.content_type == "application/problem+json"
    details = json.loads(response.data)
    assert details["status"] == status
    assert details["type"]
    assert details["title"]
    assert details["detail"]
    return details


def test_query_by_get(client):
    assert subjects(client.get("/sparql", query_string={"query": SELECT})) == ["cobalt", "nickel"]


def test_query_by_form(client):
    assert subjects(client.post("/sparql", data={"query": SELECT})) == ["cobalt", "nickel"]


@pytest.mark.parametrize("content_type", ["application/sparql-query", "application/sparql-query; charset=UTF-8"])
def test_query_by_direct_post(client, content_type):
    response = client.post("/sparql", data=SELECT.encode(), content_type=content_type)
    assert subjects(response) == ["cobalt", "nickel"]


def test_head_is_get_without_its_body(client):
    get = client.get("/sparql", query_string={"query": SELECT})
    head = client.head("/sparql", query_string={"query": SELECT})
    assert (head.status_code, head.data) == (200, b"")
    assert head.headers["Content-Type"] == get.headers["Content-Type"]
    assert head.headers["Content-Length"] == str(len(get.data))


def allowed(response) -> set[str]:
    return {method.strip() for method in response.headers["Allow"].split(",")}


def test_options_says_what_is_allowed_and_to_whom(client):
    response = client.options("/sparql", headers={"Origin": "http://evil.example"})
    assert response.status_code == 200
    assert allowed(response) == {"GET", "HEAD", "POST", "OPTIONS"}
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    assert "Content-Type" in response.headers["Access-Control-Allow-Headers"]
    assert "Access-Control-Allow-Credentials" not in response.headers


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH"])
def test_other_methods_are_not_allowed(client, method):
    response = client.open("/sparql", method=method, query_string={"query": SELECT})
    problem(response, 405)
    assert allowed(response) == {"GET", "HEAD", "POST", "OPTIONS"}
    assert response.headers["Access-Control-Allow-Origin"] == "*"


def test_every_answer_is_shared_varies_and_is_not_sniffed(client):
    for response in (client.get("/sparql", query_string={"query": SELECT}), client.get("/sparql")):
        assert response.headers["Access-Control-Allow-Origin"] == "*"
        assert response.headers["Vary"] == "Accept"
        assert response.headers["X-Content-Type-Options"] == "nosniff"


# Dataset


@pytest.mark.parametrize(
    ("parameters", "found"),
    [
        ([], ["cobalt", "nickel"]),
        ([("union-default-graph", "true")], ["cobalt", "nickel"]),
        ([("union-default-graph", "false")], []),
        ([("default-graph-uri", EX + "first")], ["cobalt"]),
        ([("default-graph-uri", EX + "first"), ("default-graph-uri", EX + "second")], ["cobalt", "nickel"]),
        ([("named-graph-uri", EX + "first")], []),
        ([("default-graph-uri", "file:///etc/hostname")], []),
    ],
)
def test_the_dataset_comes_from_the_parameters(client, parameters, found):
    assert subjects(client.get("/sparql", query_string=urlencode([("query", SELECT), *parameters]))) == found
    form = urlencode([("query", SELECT), *parameters])
    assert subjects(client.post("/sparql", data=form, content_type=FORM)) == found
    direct = client.post(
        "/sparql", query_string=urlencode(parameters), data=SELECT, content_type="application/sparql-query"
    )
    assert subjects(direct) == found


def test_the_parameters_override_from(client):
    query = SELECT.replace("{", f"FROM <{EX}first> {{", 1)
    assert subjects(client.get("/sparql", query_string={"query": query})) == ["cobalt"]
    parameters = {"query": query, "default-graph-uri": EX + "second"}
    assert subjects(client.get("/sparql", query_string=parameters)) == ["nickel"]


@pytest.mark.parametrize("parameter", ["default-graph-uri", "named-graph-uri"])
def test_a_graph_that_is_no_iri_is_a_bad_request(client, parameter):
    problem(client.get("/sparql", query_string={"query": SELECT, parameter: "a b"}), 400)


def test_a_switch_that_is_neither_on_nor_off_is_a_bad_request(client):
    details = problem(client.get("/sparql", query_string={"query": SELECT, "union-default-graph": "2"}), 400)
    assert "true or false" in details["detail"]


# Format

JSON, XML = "application/sparql-results+json", "application/sparql-results+xml"
CSV, TSV = "text/csv; charset=utf-8", "text/tab-separated-values; charset=utf-8"
TURTLE, NT, RDF = "text/turtle; charset=utf-8", "application/n-triples", "application/rdf+xml"
TRIG, LD = "application/trig", "application/ld+json"
TEXT_XML = "text/xml; charset=utf-8"

# Accept, then what SELECT, ASK, and CONSTRUCT and DESCRIBE come in; None where nothing is acceptable.
ACCEPT = [
    (None, JSON, JSON, TURTLE),
    ("", JSON, JSON, TURTLE),
    (" ", JSON, JSON, TURTLE),
    ("*/*", JSON, JSON, TURTLE),
    ("*/*;q=0.1", JSON, JSON, TURTLE),
    (JSON, JSON, JSON, None),
    (XML, XML, XML, None),
    ("text/csv", CSV, None, None),
    ("TEXT/CSV", CSV, None, None),
    ("text/csv; charset=utf-8", CSV, None, None),
    ("text/tab-separated-values", TSV, None, None),
    ("text/*", CSV, TEXT_XML, TURTLE),
    ("application/*", JSON, JSON, NT),
    ("application/json", "application/json", "application/json", "application/json"),
    ("application/xml", "application/xml", "application/xml", "application/xml"),
    ("text/turtle", None, None, TURTLE),
    ("application/n-triples", None, None, NT),
    ("application/n-quads", None, None, "application/n-quads"),
    ("application/trig", None, None, TRIG),
    ("application/rdf+xml", None, None, RDF),
    ("application/ld+json", None, None, LD),
    ('application/ld+json;profile="http://www.w3.org/ns/json-ld#compacted"', None, None, LD),
    (f"{JSON};q=0.2, {XML};q=0.9", XML, XML, None),
    (f"{XML};q=0.5, text/turtle;q=0.4, */*;q=0.1", XML, XML, TURTLE),
    (f"{JSON}, text/csv, application/rdf+xml, text/turtle", JSON, JSON, TURTLE),
    (f"{JSON};q=0, text/turtle;q=0, */*", XML, XML, NT),
    ("text/*;q=0.3, text/csv;q=0.1, text/turtle;q=0.2, */*;q=0.05", TSV, TEXT_XML, TEXT_XML),
    ("*/*;q=0", None, None, None),
    ("text/html", None, None, None),
    ("*/*, text/csv, application/trig", CSV, JSON, TRIG),
    ("text/html, */*;q=0.8", JSON, JSON, TURTLE),
    ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",) + ("application/xml",) * 3,
    ("nonsense", None, None, None),
    ("application/sparql-results+jso", None, None, None),
    (f"nonsense, {XML}, text/turtle", XML, XML, TURTLE),
]
CASES = [
    (form, accept, expected)
    for accept, select, ask, graph in ACCEPT
    for form, expected in zip(QUERIES, (select, ask, graph, graph), strict=True)
]


@pytest.mark.parametrize(("form", "accept", "expected"), CASES)
def test_accept_decides_the_format(client, form, accept, expected):
    headers = {} if accept is None else {"Accept": accept}
    response = client.get("/sparql", query_string={"query": QUERIES[form]}, headers=headers)
    if expected is None:
        # A client that takes nothing but HTML is told so in HTML.
        assert response.status_code == 406
        assert response.mimetype == ("text/html" if accept == "text/html" else "application/problem+json")
        assert "Ask for one of" in response.get_data(as_text=True)
    else:
        assert (response.status_code, response.content_type) == (200, expected)


@pytest.mark.parametrize(
    ("form", "wanted", "expected"),
    [
        ("SELECT", "csv", CSV),
        ("SELECT", "xml", XML),
        ("SELECT", "srj", JSON),
        ("SELECT", "text/csv", CSV),
        ("SELECT", "application/sparql-results+xml", XML),
        ("ASK", "json", JSON),
        ("CONSTRUCT", "ntriples", NT),
        ("CONSTRUCT", "ttl", TURTLE),
        ("DESCRIBE", "jsonld", LD),
        ("DESCRIBE", "application/rdf+xml", RDF),
        ("SELECT", "turtle", None),
        ("ASK", "csv", None),
        ("CONSTRUCT", "csv", None),
        ("SELECT", "nonsense", None),
    ],
)
def test_the_format_parameter_wins_over_accept(client, form, wanted, expected):
    for value in {quote(wanted, safe="+/"), quote(wanted, safe="")}:
        url = f"/sparql?query={quote(QUERIES[form])}&format={value}"
        response = client.get(url, headers={"Accept": "application/sparql-results+json, application/trig"})
        if expected is None:
            assert "Ask for one of" in problem(response, 406)["detail"]
        else:
            assert (response.status_code, response.content_type) == (200, expected)


def test_a_format_may_stand_in_the_url_of_a_post(client):
    response = client.post("/sparql?format=csv", data={"query": SELECT})
    assert response.data == b"s\r\nhttp://example.org/cobalt\r\nhttp://example.org/nickel\r\n"


# Decoding

NOTE = "SELECT ?s { ?s ?p '50%25, \"half\"' }"


def test_parameters_are_decoded_once(client):
    assert subjects(client.get("/sparql", query_string={"query": NOTE})) == ["nickel"]
    assert subjects(client.post("/sparql", data={"query": NOTE})) == ["nickel"]
    assert subjects(client.post("/sparql", data=NOTE, content_type="application/sparql-query")) == ["nickel"]
    response = client.post("/sparql", data="query=SELECT+('a%2525b+%2B'+AS+?x)+{}&format=tsv", content_type=FORM)
    assert response.data == b'?x\n"a%25b +"\n'


@pytest.mark.parametrize("raw", [b"\xff", b"\xe9"])
def test_text_that_is_not_utf_8_is_a_bad_request(client, raw):
    direct = client.post("/sparql", data=b"ASK {} #" + raw, content_type="application/sparql-query")
    assert "not UTF-8" in problem(direct, 400)["detail"]
    form = client.post("/sparql", data=b"query=ASK+{}+%23" + quote(raw).encode(), content_type=FORM)
    assert "not UTF-8" in problem(form, 400)["detail"]
    url = client.get("/sparql?query=ASK{}%20%23" + quote(raw))
    assert "not UTF-8" in problem(url, 400)["detail"]


# Refusals


def test_a_missing_query_is_a_bad_request(client):
    assert "query=" in problem(client.get("/sparql"), 400)["detail"]
    problem(client.post("/sparql", data={"format": "csv"}), 400)
    problem(client.post("/sparql", data="", content_type="application/sparql-query"), 400)


def test_two_queries_are_a_bad_request(client):
    twice = urlencode([("query", "ASK {}"), ("query", "ASK {}")])
    assert "more than once" in problem(client.get("/sparql", query_string=twice), 400)["detail"]
    problem(client.post("/sparql", data=twice, content_type=FORM), 400)
    problem(client.post("/sparql?query=ASK{}", data={"query": "ASK {}"}), 400)
    direct = client.post("/sparql?query=ASK{}", data="ASK {}", content_type="application/sparql-query")
    problem(direct, 400)


def test_a_malformed_query_says_where(client):
    details = problem(client.get("/sparql", query_string={"query": "SELECT *\n{ ?s ?p }"}), 400)
    assert details["line"] == 2
    assert details["column"] > 1
    details = problem(client.get("/sparql", query_string={"query": "ASK {\n  SERVICE <http://a/> {} }"}), 400)
    assert (details["line"], details["column"]) == (2, 3)
    assert "SERVICE" in details["detail"]


def test_deep_nesting_is_a_bad_request_and_the_next_query_is_answered(client):
    query = "ASK " + "{" * 900 + "}" * 900
    assert "nesting" in problem(client.post("/sparql", data={"query": query}), 400)["detail"]
    assert client.get("/health").status_code == 200


def test_updates_are_forbidden(client):
    update = "INSERT DATA { <http://a/> <http://b/> <http://c/> }"
    responses = [
        client.post("/sparql", data=update, content_type="application/sparql-update"),
        client.post("/sparql", data={"update": update}),
        client.get("/sparql", query_string={"update": update}),
        client.post("/sparql", data={"query": "ASK {}", "update": update}),
    ]
    for response in responses:
        assert "read-only" in problem(response, 403)["detail"]
    assert "read-only" in problem(client.post("/sparql", data={"query": update}), 400)["detail"]


@pytest.mark.parametrize(
    ("content_type", "encoding"),
    [
        (None, None),
        ("text/plain", None),
        ("application/json", None),
        ("multipart/form-data; boundary=x", None),
        ("application/sparql-query; charset=utf-16", None),
        ("application/sparql-query", "gzip"),
    ],
)
def test_other_bodies_are_unsupported(client, content_type, encoding):
    headers = {"Content-Encoding": encoding} if encoding else {}
    problem(client.post("/sparql", data=b"ASK {}", content_type=content_type, headers=headers), 415)


def test_long_queries_are_too_large(client):
    query = "ASK {} #" + "a" * 2_000
    for data, content_type in [(query, "application/sparql-query"), (urlencode({"query": query}), FORM)]:
        problem(client.post("/sparql", data=data, content_type=content_type), 413)
    problem(client.post("/sparql", data=query * 50, content_type="application/sparql-query"), 413)
    exact = "ASK {} #" + "é" * 996
    assert client.post("/sparql", data={"query": exact}).status_code == 200


def test_a_long_url_is_told_to_become_a_post(client):
    assert "POST" in problem(client.get("/sparql?query=ASK{}&x=" + "a" * 40_000), 414)["detail"]


def test_many_parameters_are_a_bad_request(client):
    many = urlencode([("query", "ASK {}"), *[("named-graph-uri", "a:b")] * 1_000])
    problem(client.get("/sparql", query_string=many), 400)


def failing(error):
    """Return an engine that fails with `error` whatever it is asked."""

    def fail(*_):
        raise error

    return SimpleNamespace(query=fail, select=fail)


def test_an_engine_that_fails_is_a_server_error():
    client = create_app(failing(EngineError("query", "too hard", "Simplify it")), Settings()).test_client()
    assert "too hard" in problem(client.get("/sparql?query=ASK{}"), 500)["detail"]


def test_an_unexpected_failure_gives_nothing_away(caplog):
    client = create_app(failing(ZeroDivisionError("secret")), Settings()).test_client()
    assert "secret" not in str(problem(client.get("/sparql?query=ASK{}"), 500))
    assert "secret" in caplog.text


# The rest


def test_health(client):
    response = client.get("/health")
    assert (response.status_code, response.json) == (200, {"status": "ok"})


def test_the_front_page_says_how_to_query_and_escapes_the_public_url():
    app = create_app(EmbeddedEngine.from_file(TINY), Settings(public_url='https://a.example/"><script>/'))
    page = app.test_client().get("/", headers={"Host": "evil.example"})
    assert (page.status_code, page.content_type) == (200, "text/html; charset=utf-8")
    assert "curl" in page.text
    assert "https://a.example/" in page.text
    assert "<script>" not in page.text
    assert "evil.example" not in page.text


def test_an_unknown_path_is_a_problem(client):
    problem(client.get("/nowhere"), 404)


# The server

PROGRAM = """
import sys
from pathlib import Path
from lodeclaim.query.engine import EmbeddedEngine
from lodeclaim.web.app import create_app
from lodeclaim.web.settings import Settings
from lodeclaim.web.server import serve

app = create_app(EmbeddedEngine.from_file(Path(sys.argv[1])), Settings())
serve(app, port=0, ready=lambda url: print(url, flush=True))
print("stopped")
"""


@pytest.mark.parametrize("stop", [signal.SIGTERM, signal.SIGINT])
def test_the_server_answers_over_http_and_stops_when_told(stop):
    command = [sys.executable, "-c", PROGRAM, str(TINY)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as server:
        try:
            url = server.stdout.readline().strip()
            assert re.fullmatch(r"http://127\.0\.0\.1:\d+/", url)
            body = urlencode({"query": NOTE}).encode()
            with urlopen(Request(url + "sparql", body, {"Accept": "text/csv"}), timeout=10) as response:
                assert response.headers["Content-Type"] == CSV
                assert "Server" not in response.headers
                assert response.read() == b"s\r\nhttp://example.org/nickel\r\n"
            with pytest.raises(HTTPError) as refusal:
                urlopen(url + "sparql?query=" + quote("ASK " + "{" * 3_000 + "}" * 3_000), timeout=10)
            assert refusal.value.code == 400
            refusal.value.close()
            server.send_signal(stop)
            output, errors = server.communicate(timeout=30)
            assert (server.returncode, output, errors) == (0, "stopped\n", "")
        finally:
            server.kill()


def test_a_busy_port_tells_what_to_do():
    with socket.create_server(("127.0.0.1", 0)) as busy, pytest.raises(UsageError, match="--port"):
        serve(create_app(failing(None), Settings()), port=busy.getsockname()[1])


@pytest.mark.parametrize(
    ("host", "port", "remedy"), [("no.such.invalid", 0, "--host"), ("127.0.0.1", 70_000, "--port")]
)
def test_an_address_that_cannot_be_is_a_usage_error(host, port, remedy):
    with pytest.raises(UsageError, match=remedy):
        serve(create_app(failing(None), Settings()), host, port)
