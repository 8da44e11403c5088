"""Requests as other people's programs send them: spellings, empty fields, slashes, preflights, large VALUES."""

from __future__ import annotations

import json
import resource
from contextlib import ExitStack, closing
from pathlib import Path
from urllib.parse import quote, urlencode

import pyoxigraph as ox
import pytest

from lodeclaim.endpoint.web.connection import KEEP_ALIVE_SECONDS
from support import servers, tiny, wsgi
from support.paths import TINY
from support.servers import FORM

# It starts a process for each test.
pytestmark = pytest.mark.slow

SELECT = tiny.LOOKUP
CONSTRUCT = "CONSTRUCT WHERE { ?s ?p ?o }"
ASK = "ASK { ?s ?p ?o }"
FOUND = [binding["s"] for binding in tiny.FOUND]


@pytest.fixture(scope="module", params=["serve", "flask"])
def server(request):
    """The gateway, and Flask alone: they take alike."""
    if request.param == "serve":
        yield request.getfixturevalue("tiny")
        return
    with wsgi.in_process(TINY) as application:
        yield application


def get(server, path="/sparql", accept=None, **parameters):
    """Return the response to a GET; a parameter given as a list comes several times."""
    query = urlencode(parameters, doseq=True)
    return server.request("GET", f"{path}?{query}" if query else path, {"Accept": accept} if accept else {})


def media_type(response) -> str:
    assert response.status == 200, response.body
    return response.headers["content-type"].partition(";")[0]


# Formats


@pytest.mark.parametrize(
    ("query", "wanted", "expected"),
    [
        *((CONSTRUCT, name, "application/rdf+xml") for name in ("xml", "rdf", "rdfxml", "RDF+XML", "rdf_xml")),
        *((CONSTRUCT, name, "application/ld+json") for name in ("json", "json-ld", "JSON-LD", "ld+json", "jsonld")),
        *((CONSTRUCT, name, "text/turtle") for name in ("n3", "turtle", "ttl", "x-turtle", "rdf+n3")),
        *((CONSTRUCT, name, "application/n-triples") for name in ("n-triples", "nt", "ntriples", "N-Triples")),
        *((CONSTRUCT, name, "application/n-quads") for name in ("n-quads", "nq", "nquads", "x-nquads")),
        *((CONSTRUCT, name, "application/trig") for name in ("trig", "x-trig")),
        *((CONSTRUCT, name, name) for name in ("text/n3", "text/rdf+n3", "application/x-turtle", "text/plain")),
        *((SELECT, name, "application/sparql-results+json") for name in ("json", "srj", "sparql-results+json")),
        *((SELECT, name, "application/sparql-results+xml") for name in ("xml", "srx", "sparql-results+xml", "XML")),
        *((SELECT, name, "text/tab-separated-values") for name in ("tsv", "tab-separated-values")),
        (ASK, "xml", "application/sparql-results+xml"),
    ],
)
@pytest.mark.parametrize("parameter", ["format", "output", "results"])
def test_a_format_has_the_names_that_clients_give_it(server, query, wanted, expected, parameter):
    response = get(server, query=query, **{parameter: wanted})
    assert media_type(response) == expected


@pytest.mark.parametrize("query", [SELECT, ASK, CONSTRUCT])
@pytest.mark.parametrize("wanted", ["csv", "turtle", "auto", "html5", ""])
def test_a_format_that_does_not_fit_the_query_leaves_the_choice_to_accept(server, query, wanted):
    accept = "application/sparql-results+xml, application/n-triples;q=0.9"
    response = get(server, accept=accept, query=query, format=wanted)
    if wanted == "html5":  # nobody's name for a format
        assert response.status == 406
        assert "Ask for one of" in response.json["detail"]
        return
    fitting = {("csv", SELECT): "text/csv", ("turtle", CONSTRUCT): "text/turtle"}
    otherwise = "application/n-triples" if query == CONSTRUCT else "application/sparql-results+xml"
    assert media_type(response) == fitting.get((wanted, query), otherwise)


def test_what_fits_neither_the_parameter_nor_accept_is_refused(server):
    assert get(server, accept="text/csv", query=CONSTRUCT, format="csv").status == 406
    assert get(server, accept="text/turtle", query=SELECT, format="turtle").status == 406


def test_rdf_has_the_media_types_of_before(server):
    count = len(list(ox.parse(path=str(TINY), format=ox.RdfFormat.TRIG)))
    for accept in ("text/n3", "text/rdf+n3", "application/x-turtle"):
        response = get(server, accept=f"{accept}, */*;q=0.1", query=CONSTRUCT)
        assert media_type(response) == accept
        assert len(list(ox.parse(response.body, format=ox.RdfFormat.TURTLE))) == count
    lines = get(server, accept="text/plain, */*;q=0.1", query=CONSTRUCT)  # as rdflib asks for N-Triples
    assert media_type(lines) == "text/plain"
    assert len(list(ox.parse(lines.body, format=ox.RdfFormat.N_TRIPLES))) == count
    browser = get(server, accept="application/json, text/plain, */*", query=CONSTRUCT)  # as axios asks for anything
    assert media_type(browser) == "application/json"
    assert json.loads(browser.body)


def test_a_page_is_given_to_who_names_a_format_only_as_html(server):
    browser = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
    assert media_type(get(server, accept=browser, query=CONSTRUCT, format="turtle")) == "text/turtle"
    assert media_type(get(server, accept=browser, query=SELECT, format="csv")) == "text/csv"
    assert media_type(get(server, query=SELECT, format="html")) == "text/html"
    assert media_type(get(server, accept=browser, query=CONSTRUCT, format="auto")) == "text/html"


# Parameters


@pytest.mark.parametrize(
    "empty",
    [
        {"default-graph-uri": ""},
        {"named-graph-uri": ""},
        {"default-graph-uri": ["", ""], "named-graph-uri": "", "union-default-graph": ""},
        {"timeout": ""},
        {"timeout": "0"},
        {"format": "", "output": "", "timeout": ""},
    ],
    ids=str,
)
def test_a_field_that_is_left_empty_is_as_none(server, empty):
    response = get(server, query=SELECT, **empty)
    assert [row["s"]["value"] for row in response.json["results"]["bindings"]] == FOUND
    posted = server.request(
        "POST", "/sparql", {"Content-Type": FORM}, urlencode({"query": SELECT, **empty}, doseq=True)
    )
    assert posted.json == response.json


def test_an_empty_graph_beside_a_real_one_is_no_graph(server):
    named = {"default-graph-uri": ["", tiny.EX + "first"]}
    assert get(server, query=ASK, **named).json["boolean"] is True
    assert get(server, query=ASK, **{"default-graph-uri": ["", tiny.EX + "nothing"]}).json["boolean"] is False


def test_an_id_that_is_left_empty_is_given_one(server):
    response = server.request("GET", f"/sparql?query={quote(SELECT)}", {"Query-Id": ""})
    assert response.status == 200
    assert len(response.headers["query-id"]) >= 20


# Slashes


@pytest.mark.parametrize("path", ["/sparql/", "//sparql", "//sparql/", "///sparql//"])
def test_a_slash_too_many_changes_no_answer(server, path):
    expected = get(server, query=SELECT)
    assert get(server, path, query=SELECT).body == expected.body
    posted = server.request("POST", path, {"Content-Type": "application/sparql-query"}, SELECT)
    assert posted.body == expected.body
    assert media_type(get(server, path)) == "text/turtle"  # the service description
    assert get(server, path, query="SELECT").status == 400


@pytest.mark.parametrize(("path", "status"), [("/health/", 200), ("//health", 200), ("/metrics/", 200)])
def test_other_operations_take_it_too(server, path, status):
    assert server.request("GET", path, {}).status == status


def test_the_graph_store_takes_it_too(server):
    plain = get(server, "/store", accept="application/n-triples", graph=tiny.EX + "first")
    assert plain.status == 200
    for path in ("/store/", "//store", "//store/"):
        assert get(server, path, accept="application/n-triples", graph=tiny.EX + "first").body == plain.body


@pytest.mark.parametrize(
    ("path", "place"),
    [
        ("/sparql/?query=x&edit", "/sparql?query=x&edit"),
        ("/queries/", "/queries"),
        ("/.well-known/void/", "/.well-known/void"),
        ("/ontology/", "/ontology"),
        ("//queries//?a=%C3%A9", "/queries?a=%C3%A9"),
    ],
)
def test_a_browser_is_sent_to_the_page(server, path, place):
    response = server.request("GET", path, {"Accept": "text/html", "Host": "evil.example"})
    assert (response.status, response.headers["location"]) == (308, place)


def test_a_slash_too_many_before_a_page_changes_nothing(server):
    for path in ("/queries", "/sparql?query=x&edit", "/ontology", "/id/nothing"):
        plain, doubled = (server.request("GET", at, {"Accept": "text/html"}) for at in (path, "/" + path))
        assert (doubled.status, doubled.body) == (plain.status, plain.body)


def test_no_page_redirects_in_a_circle(server):
    for path in ("/", "/problem", "/problem/", "/graph", "/graph/", "/queries/", "/list/", "/download/"):
        seen = set()
        response = server.request("GET", path, {"Accept": "text/html"})
        while response.status == 308:
            path = response.headers["location"]
            assert path.startswith("/"), path
            assert path not in seen, path
            seen.add(path)
            response = server.request("GET", path, {"Accept": "text/html"})
        assert response.status in {200, 400, 404}


# Cross-origin requests


PATHS = {
    "/sparql": "GET, HEAD, POST",
    "/sparql/": "GET, HEAD, POST",
    "/store": "GET, HEAD",
    "/store?default": "GET, HEAD",
    "/running/AAAAAAAAAAAAAAAAAAAAAAAA": "DELETE",
    "/health": "GET, HEAD",
    "/metrics": "GET, HEAD",
    "/": "GET, HEAD",
    "/id/mineral/cobalt": "GET, HEAD",
    "/resource?iri=http%3A%2F%2Fexample.org%2Fcobalt": "GET, HEAD",
    "/ontology": "GET, HEAD",
    "/graph": "GET, HEAD",
    "/graph/first": "GET, HEAD",
    "/queries": "GET, HEAD",
    "/api/queries/why": "GET, HEAD, POST",
    "/openapi.json": "GET, HEAD",
    "/download": "GET, HEAD",
    "/download/lodeclaim.ttl": "GET, HEAD",
    "/.well-known/void": "GET, HEAD",
    "/problem/": "GET, HEAD",
    "/endpoint": "GET, HEAD",
    "/nothing": "GET, HEAD",
}
HEADERS = "accept, authorization, cache-control, content-type, queryid, x-requested-with, X-Custom_1, traceparent"


def words(field: str) -> set[str]:
    return {word.strip().lower() for word in field.split(",")}


@pytest.mark.parametrize("path", PATHS)
def test_a_browser_may_ask_each_path_from_anywhere(server, path):
    for method in PATHS[path].split(", "):
        asked = {
            "Origin": "https://other.example",
            "Access-Control-Request-Method": method,
            "Access-Control-Request-Headers": HEADERS,
        }
        response = server.request("OPTIONS", path, asked)
        assert 200 <= response.status < 300
        assert response.headers["access-control-allow-origin"] == "*"
        assert method.lower() in words(response.headers["access-control-allow-methods"])
        assert words(HEADERS) <= words(response.headers["access-control-allow-headers"])
        assert int(response.headers["access-control-max-age"]) >= 600
        assert "access-control-allow-credentials" not in response.headers
    given = server.request(PATHS[path].split(", ")[0], path, {"Origin": "https://other.example"})
    assert given.headers["access-control-allow-origin"] == "*"
    assert {"etag", "query-id", "query-hint", "retry-after"} <= words(given.headers["access-control-expose-headers"])


def test_a_preflight_names_only_what_can_be_a_header(server):
    asked = {"Access-Control-Request-Headers": 'x-fine, a b, <script>, "x", x:y, x-fine', "Origin": "null"}
    response = server.request("OPTIONS", "/id/x", {**asked, "Access-Control-Request-Method": "GET"})
    named = response.headers["access-control-allow-headers"]
    assert named.count("x-fine") == 1
    assert not {"a b", "<script>", '"x"', "x:y"} & words(named)


def test_two_pages_with_other_headers_are_not_mixed_up(server):
    for name in ("x-first", "x-second"):
        asked = {"Access-Control-Request-Method": "GET", "Access-Control-Request-Headers": name}
        assert name in server.request("OPTIONS", "/queries", asked).headers["access-control-allow-headers"]


# Large VALUES


def block(size: int) -> str:
    return " ".join(f"<{tiny.EX}entity/with/a/long/name/{number}>" for number in range(size))


@pytest.mark.parametrize("size", [2_500, 10_000])
def test_values_of_federated_engines_are_taken(server, size):
    one = f"SELECT (COUNT(*) AS ?n) {{ VALUES ?x {{ {block(size)} }} }}"
    rows = " ".join(f"(<{tiny.EX}e{number}> {number})" for number in range(size))
    two = f"SELECT (COUNT(*) AS ?n) {{ {{ SELECT * {{ ?s ?p ?o }} }} }} VALUES (?x ?y) {{ {rows} }}"
    for query, expected in ((one, size), (two, 1)):
        response = server.request("POST", "/sparql", {"Content-Type": FORM}, urlencode({"query": query}))
        assert response.status == 200, response.body
        if query is one:
            assert response.json["results"]["bindings"][0]["n"]["value"] == str(expected)


@pytest.mark.parametrize(
    "query",
    [
        "ASK { VALUES ?x { " + "1 " * 60_000 + "} }",
        "ASK { VALUES ?x { 1 } " + "BIND(1 AS ?a) " * 500 + "}",
        "ASK { FILTER(1 IN (" + ", ".join(["1"] * 1_500) + ")) }",
        "ASK { VALUES ?x { " + "{ " * 60 + "?x " * 3_000 + "} " * 60 + "} }",
        "ASK { VALUES ?x { " + "?a ?b ?c . " * 1_000 + "} }",
    ],
    ids=["data", "chain", "list", "nested", "triples"],
)
def test_what_a_parser_may_nest_is_counted_as_before(server, query):
    response = server.request("POST", "/sparql", {"Content-Type": FORM}, urlencode({"query": query}))
    assert response.status == 400
    assert "more than" in response.json["detail"]


# Connections


def test_an_idle_connection_outlives_that_of_a_proxy():
    assert KEEP_ALIVE_SECONDS > 60  # the keepalive_timeout of nginx for its upstreams


def test_a_connection_that_is_idle_gives_way_to_one_that_asks():
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (256, before[1]))
    with ExitStack() as stack:
        try:
            server = stack.enter_context(servers.serve(TINY, "--workers", "2", "--log", "off"))
        finally:
            resource.setrlimit(resource.RLIMIT_NOFILE, before)
        kept = []
        for number in range(250):
            connection = stack.enter_context(closing(server.connect()))
            connection.request("GET", "/health")
            response = servers.read(connection)
            assert response.status == 200, number
            kept.append(connection)
        assert len(list(Path(f"/proc/{server.process}/fd").iterdir())) < 256
