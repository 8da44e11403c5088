"""The endpoint: SPARQL 1.1 Protocol, HTTP semantics (RFC 9110) and problem details (RFC 9457), over real HTTP."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys
from functools import partialmethod
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import quote, urlencode

import pytest
from click.testing import CliRunner

from lodeclaim.cli import main
from lodeclaim.endpoint.engines import dataset
from lodeclaim.endpoint.errors import EngineError, UsageError
from lodeclaim.endpoint.pool.limits import Capacity
from lodeclaim.endpoint.web.server import serve
from lodeclaim.endpoint.web.settings import Place, Settings
from support import pages, servers
from support.paths import TINY

# It starts a process for each test.
pytestmark = pytest.mark.slow

EX = "http://example.org/"
FORM = servers.FORM

SELECT = "SELECT ?s { ?s <http://example.org/share> ?o } ORDER BY ?s"
QUERIES = {
    "SELECT": SELECT,
    "ASK": "ASK { ?s ?p ?o }",
    "CONSTRUCT": "CONSTRUCT WHERE { ?s ?p ?o }",
    "DESCRIBE": "DESCRIBE <http://example.org/cobalt>",
}


class Client:
    """Asks a live server as Flask's test client asks an app."""

    def __init__(self, server: servers.Server) -> None:
        self._server = server

    def open(self, path, method, query_string="", data=b"", content_type=None, headers=None):
        """Return the response; a mapping as `data` is sent as a form, and so is its content type."""
        query = query_string if isinstance(query_string, str) else urlencode(query_string)
        if isinstance(data, dict):
            data, content_type = urlencode(data), FORM
        found = {**({"Content-Type": content_type} if content_type else {}), **(headers or {})}
        url = path + ("?" + query if query else "")
        response = self._server.request(method, url, found, data or (b"" if method == "POST" else None))
        return SimpleNamespace(
            status_code=response.status,
            headers={name.title(): value for name, value in response.headers.items()},
            content_type=response.headers.get("content-type"),
            data=response.body,
            text=response.body.decode(errors="replace"),
        )

    get = partialmethod(open, method="GET")
    head = partialmethod(open, method="HEAD")
    options = partialmethod(open, method="OPTIONS")
    post = partialmethod(open, method="POST")


@pytest.fixture(scope="module", params=["memory", "disk"])
def client(request, tmp_path_factory):
    """A server over the same graph, in memory and on disk: it answers alike."""
    if request.param == "memory":
        yield Client(request.getfixturevalue("tiny"))
        return
    folder = tmp_path_factory.mktemp("store")
    dataset.store(folder, TINY)
    with servers.serve(folder, "--log", "off") as server:
        yield Client(server)


def subjects(response):
    """Return the local names in the JSON results of SELECT."""
    assert response.status_code == 200, response.text
    return [row["s"]["value"].removeprefix(EX) for row in json.loads(response.data)["results"]["bindings"]]


def problem(response, status):
    """Return the problem details of a response that must have `status`."""
    assert response.status_code == status, response.text
    assert response.content_type == "application/problem+json"
    details = json.loads(response.data)
    assert details["status"] == status
    assert details["type"]
    assert details["title"]
    assert details["detail"]
    assert "hint" not in details or details["hint"] in details["detail"]
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
        assert response.headers["Vary"] == "Accept, Accept-Encoding"
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

PAGE = "text/html; charset=utf-8"

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
    ("text/*;q=0.3, text/csv;q=0.1, text/turtle;q=0.2, */*;q=0.05", TSV, TEXT_XML, "text/n3; charset=utf-8"),
    ("*/*;q=0", None, None, None),
    ("text/html", PAGE, PAGE, PAGE),
    ("*/*, text/csv, application/trig", CSV, JSON, TRIG),
    ("text/html, */*;q=0.8", PAGE, PAGE, PAGE),
    ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", PAGE, PAGE, PAGE),
    (f"text/html;q=0.5, {XML}, text/turtle", XML, XML, TURTLE),
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
        assert "Ask for one of" in problem(response, 406)["detail"]
    else:
        assert (response.status_code, response.content_type) == (200, expected)


def test_accept_may_come_in_several_lines(client, tiny):
    connection = tiny.connect()
    connection.putrequest("GET", "/sparql?" + urlencode({"query": SELECT}))
    connection.putheader("Accept", f"{XML};q=0.5")
    connection.putheader("Accept", "text/csv")
    connection.endheaders()
    response = servers.read(connection)
    connection.close()
    assert (response.status, response.headers["content-type"]) == (200, CSV)


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
    assert "query=" in problem(client.post("/sparql", data={"format": "csv"}), 400)["detail"]
    problem(client.post("/sparql", data="", content_type="application/sparql-query"), 400)
    problem(client.get("/sparql?query="), 400)


@pytest.mark.parametrize("accept", [None, "text/turtle", "*/*"])
def test_a_get_without_a_query_is_the_description(client, accept):
    response = client.get("/sparql", headers={"Accept": accept} if accept else {})
    assert (response.status_code, response.content_type) == (200, TURTLE)
    assert "http://www.w3.org/ns/sparql-service-description#" in response.text


def test_two_queries_are_a_bad_request(client):
    twice = urlencode([("query", "ASK {}"), ("query", "ASK {}")])
    assert "more than once" in problem(client.get("/sparql", query_string=twice), 400)["detail"]
    problem(client.post("/sparql", data=twice, content_type=FORM), 400)
    problem(client.post("/sparql?query=ASK{}", data={"query": "ASK {}"}), 400)
    direct = client.post("/sparql?query=ASK{}", data="ASK {}", content_type="application/sparql-query")
    problem(direct, 400)


def test_a_malformed_query_says_where(client):
    details = problem(client.get("/sparql", query_string={"query": "SELECT *\n{ ?s ?p }"}), 400)
    assert (details["line"], details["column"]) == (2, 6)
    assert "object" in details["detail"]
    assert details["hint"]
    details = problem(client.get("/sparql", query_string={"query": "SELECT * { ?s ?p ?o } LIMIT x"}), 400)
    assert (details["line"], details["column"], details["text"]) == (1, 23, "LIMIT")


def test_a_service_is_forbidden_at_its_place(client):
    details = problem(client.get("/sparql", query_string={"query": "ASK {\n  SERVICE <http://a/> {} }"}), 403)
    assert (details["line"], details["column"], details["text"]) == (2, 3, "SERVICE")
    assert details["type"].endswith("/service-refused")
    assert "SERVICE" in details["detail"]


def test_a_prefix_that_we_know_is_named_where_it_is_missing(client):
    details = problem(client.get("/sparql", query_string={"query": "ASK { ?s rdfs:label ?o }"}), 400)
    assert (details["line"], details["column"]) == (1, 10)
    assert "PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>" in details["hint"]


def test_deep_nesting_is_a_bad_request_and_the_next_query_is_answered(client):
    query = "ASK " + "{" * 900 + "}" * 900
    assert "nesting" in problem(client.post("/sparql", data={"query": query}), 400)["detail"]
    assert client.get("/health").status_code == 200


UPDATE = "INSERT DATA { <http://a/> <http://b/> <http://c/> }"
UPDATE_TYPE = "application/sparql-update"


def test_updates_are_forbidden(client):
    responses = [
        client.post("/sparql", data=UPDATE, content_type=UPDATE_TYPE),
        client.post("/sparql", data={"update": UPDATE}),
    ]
    for response in responses:
        details = problem(response, 403)
        assert "read-only" in details["detail"]
        assert details["type"].endswith("/update-refused")
    assert "read-only" in problem(client.post("/sparql", data={"query": UPDATE}), 400)["detail"]
    direct = client.post("/sparql", data=UPDATE, content_type="application/sparql-query")
    assert "read-only" in problem(direct, 400)["detail"]


def test_a_malformed_update_is_a_bad_request(client):
    for response in (
        client.post("/sparql", data="INSERT DATA { ?s ?p }", content_type=UPDATE_TYPE),
        client.post("/sparql", data={"update": "INSERT GARBAGE"}),
        client.post("/sparql", data={"update": "ASK {}"}),
    ):
        problem(response, 400)


def test_an_update_by_get_is_refused_in_any_case(client):
    # SPARQL 1.1 Protocol, section 2.2: an update is a POST.
    assert client.get("/sparql", query_string={"update": UPDATE}).status_code in {400, 403, 405}


def test_a_query_beside_an_update_is_a_bad_request(client):
    problem(client.post("/sparql", data={"query": "ASK {}", "update": UPDATE}), 400)
    problem(client.post("/sparql?query=ASK{}", data=UPDATE, content_type=UPDATE_TYPE), 400)
    problem(client.get("/sparql", query_string={"query": "ASK {}", "update": UPDATE}), 400)


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


def test_what_is_remembered_of_one_request_answers_no_other_that_is_wrong(client):
    url = "/sparql?" + urlencode({"query": "ASK { ?remembered ?p ?o }"})
    for _ in range(2):
        assert client.get(url).status_code == 200
    problem(client.post(url), 415)  # a POST without a type
    form = {"data": urlencode({"query": "ASK { ?remembered ?p ?o }"}), "content_type": FORM}
    for _ in range(2):
        assert client.post("/sparql", **form).status_code == 200
    problem(client.post("/sparql", **form, headers={"Content-Encoding": "gzip"}), 415)


def test_long_queries_are_too_large(client):
    query = "ASK {} #" + "a" * 1_000_000
    for data, content_type in [(query, "application/sparql-query"), (urlencode({"query": query}), FORM)]:
        problem(client.post("/sparql", data=data, content_type=content_type), 413)
    problem(client.post("/sparql", data=query * 50, content_type="application/sparql-query"), 413)
    exact = "ASK {} #" + "é" * 499_996
    assert client.post("/sparql", data={"query": exact}).status_code == 200
    problem(client.post("/sparql", data={"query": exact + "a"}), 413)


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


def test_an_unexpected_failure_of_a_page_gives_nothing_away(caplog):
    def describe():
        raise ZeroDivisionError("secret")

    app = pages.app(failing(None), describe).test_client()
    response = app.get("/.well-known/void")
    assert (response.status_code, response.content_type) == (500, "application/problem+json")
    assert "secret" not in response.text
    assert "secret" in caplog.text


def test_an_engine_that_fails_is_a_server_error():
    app = pages.client(failing(EngineError("query", "too hard", "Simplify it")))
    response = app.get("/.well-known/void")
    assert (response.status_code, response.content_type) == (500, "application/problem+json")
    assert "too hard" in response.json["detail"]


# The rest


def test_health(client):
    response = client.get("/health")
    found = json.loads(response.data)
    assert (response.status_code, found["status"]) == (200, "ok")
    assert found["version"]


def test_an_unknown_path_is_a_problem(client):
    problem(client.get("/nowhere"), 404)


# The server


@pytest.mark.parametrize("stop", [signal.SIGTERM, signal.SIGINT])
def test_the_server_stops_when_told(stop):
    command = [sys.executable, "-c", servers.PROGRAM, "serve", "--graph", str(TINY), "--port", "0", "--log", "off"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout.readline().startswith("Lodeclaim at http://127.0.0.1:")
            started = [*servers.children(server.pid)]
            assert started
            server.send_signal(stop)
            output, errors = server.communicate(timeout=30)
            assert (server.returncode, output, errors) == (0, "", "")
            assert not any(Path(f"/proc/{process}").exists() for process in started)
        finally:
            server.kill()


def test_the_server_does_not_say_what_it_is(client):
    assert "Server" not in client.get("/sparql").headers


def test_a_busy_port_tells_what_to_do():
    with socket.create_server(("127.0.0.1", 0)) as busy, pytest.raises(UsageError, match="--port"):
        serve(TINY, Settings(), Capacity(), Place(port=busy.getsockname()[1]))


@pytest.mark.parametrize(
    ("host", "port", "remedy"), [("no.such.invalid", 0, "--host"), ("127.0.0.1", 70_000, "--port")]
)
def test_an_address_that_cannot_be_is_a_usage_error(host, port, remedy):
    with pytest.raises(UsageError, match=remedy):
        serve(TINY, Settings(), Capacity(), Place(host, port))


@pytest.mark.parametrize(
    ("trusted", "client"),
    [
        ((), "127.0.0.1"),
        (("--trusted-proxy", "127.0.0.0/8"), "198.51.100.7"),
        (("--trusted-proxy", "10.0.0.1"), "127.0.0.1"),
    ],
)
def test_a_forwarded_address_is_believed_from_a_trusted_proxy_only(trusted, client):
    with servers.serve(TINY, "--log", "none", *trusted) as server:
        # The proxy appends who spoke to it; what stands before may be anybody's invention.
        headers = {"X-Forwarded-For": "203.0.113.9, 198.51.100.7"}
        assert server.request("GET", "/sparql?query=ASK%7B%7D", headers).status == 200
        assert servers.eventually(lambda: server.log.read_text().count("\n") == 1)
        assert json.loads(server.log.read_text())["client"] == client


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("--allow-service", "foo"),
        ("--allow-service", "http"),
        ("--allow-service", "file:///etc/"),
        ("--public-url", "data.example.org"),
        ("--public-url", "http://[::1"),
        ("--per-client", "-1"),
        ("--cache-mib", "-1"),
        ("--timeout", "0"),
    ],
)
def test_an_option_that_cannot_work_is_refused_before_anything_is_served(option, value):
    result = CliRunner().invoke(main, ["serve", "--graph", str(TINY), "--port", "0", option, value])
    assert (result.exit_code, option in result.output) == (2, True)


@pytest.mark.parametrize(
    ("value", "hint"),
    [
        ("1" * 5_000, "is beyond 64 bits"),
        ('"""a\nb\r\nc""" FILTER(?s = <urn:x>)', "labels may have a language"),
    ],
    ids=["number", "lines"],
)
def test_a_hint_is_one_line_of_the_header(client, value, hint):
    query = f"PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#> ASK {{ ?s rdfs:label {value} }}"
    response = client.get("/sparql", query_string={"query": query})
    assert response.status_code == 200
    assert hint in response.headers["Query-Hint"]
