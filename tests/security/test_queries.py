"""S1 to S6: queries that are too deep, too slow or too large."""

from __future__ import annotations

import http.client
import time
from concurrent.futures import ThreadPoolExecutor
from xml.etree import ElementTree

import pytest

from support import hostile, servers
from support.tiny import FOUND, LOOKUP

SHAPES = {
    "group": ("{", "}"),
    "parenthesis": ("FILTER(" + "(", ")" + ")"),
    "collection": ("?s ?p (", ")"),
    "function": ("BIND(" + "CONCAT(", ")" + " AS ?x)"),
    "optional": ("OPTIONAL {", "}"),
    "union": ("{} UNION {", "}"),
    "exists": ("FILTER EXISTS {", "}"),
    "blank node": ("?s ?p [ ?p ", "]"),
    "not": ("FILTER(" + "!", ")"),
    "path": ("?s (", ") ?o"),
    "sum": ("FILTER(1 +", "1)"),
    "triple term": ("<<", ">>"),
    "subquery": ("{ SELECT * {", "} }"),
    "minus": ("MINUS {", "}"),
}


@pytest.mark.parametrize("depth", [100, 1_000, 20_000])
@pytest.mark.parametrize("shape", SHAPES)
def test_s1_nesting_of_any_depth_is_a_clean_refusal(attacked, shape, depth):
    left, right = SHAPES[shape]
    response = attacked.ask("ASK {" + left * depth + " ?a " + right * depth + "}")
    assert response.status in {400, 413}
    assert response.media_type == servers.PROBLEM


def test_s2_what_is_slow_to_parse_is_refused_by_its_depth(attacked):
    response = attacked.ask("ASK { ?s ?p " + "(" * 200 + "1" + ")" * 200 + " }")
    assert response.status == 400
    assert "nesting" in response.json["detail"]


def test_s2_time_to_parse_counts(attacked):
    began = time.monotonic()
    response = attacked.ask(hostile.SLOW_TO_PARSE, timeout="0.1")
    assert (response.status, response.problem) == (504, "time-exceeded")
    assert time.monotonic() - began < 1


@pytest.mark.parametrize("text", [hostile.RUNAWAY, hostile.SILENT], ids=["count", "search"])
def test_s3_a_product_ends_in_time_and_leaves_no_work_behind(attacked, text):
    began = time.monotonic()
    response = attacked.ask(text, timeout="0.5")
    assert (response.status, response.problem) == (504, "time-exceeded")
    assert time.monotonic() - began < 5
    assert is_at_rest(attacked)


def test_s3_a_client_cannot_raise_the_limit(attacked):
    began = time.monotonic()
    assert attacked.ask(hostile.RUNAWAY, timeout="9999").status == 504
    assert time.monotonic() - began < 20
    assert attacked.ask(LOOKUP, timeout="9999").rows == FOUND


@pytest.mark.parametrize("wrong", ["-1", "nan", "inf", "soon", "1_0"])
def test_s3_a_limit_that_is_none_is_a_bad_request(attacked, wrong):
    assert attacked.ask(LOOKUP, timeout=wrong).status == 400


@pytest.mark.parametrize("text", hostile.BOMBS.values(), ids=hostile.BOMBS)
def test_s4_a_memory_bomb_takes_its_own_worker_only(attacked, text):
    resident = servers.resident_bytes(attacked.process)
    response = attacked.ask(text)
    assert (response.status, response.problem) in {(507, "memory-exceeded"), (504, "time-exceeded")}
    assert servers.resident_bytes(attacked.process) - resident < 50 * 2**20


def test_s4_memory_is_the_limit_where_time_is_not(attacked):
    assert attacked.ask(hostile.BOMBS["concat"]).problem == "memory-exceeded"


# S5. The limit of 30,000 rows is behind the first MiB of each format where a row is long, and before it where short.

LONG = "PREFIX : <http://example.org/a-name-that-makes-each-row-longer-than-it-would-have-to-be/> "
WIDE = LONG + "SELECT ?v0 ?v1 ?v2 ?v3 ?v4 (:padding AS ?a) (:padding AS ?b) {{ {} }} LIMIT {}"
SELECTED = ["application/sparql-results+json", "application/sparql-results+xml", "text/csv"]
SELECTED += ["text/tab-separated-values"]
BUILT = ["application/n-triples", "text/turtle", "application/rdf+xml", "application/ld+json"]


def wide(limit: int) -> str:
    return WIDE.format(hostile.product(5), limit)


def count(response: servers.Response) -> int:
    """Return the number of rows in an answer to a SELECT."""
    match response.media_type:
        case "application/sparql-results+json":
            return len(response.json["results"]["bindings"])
        case "application/sparql-results+xml":
            return len(ElementTree.fromstring(response.text).findall(".//{*}result"))
        case _:
            return len(response.text.splitlines()) - 1


def breaks_off(server: servers.Server, text: str, accept: str, **parameters: str) -> bytes:
    """Return what came of a response that HTTP must show to be broken off."""
    with pytest.raises(http.client.IncompleteRead) as broken:
        server.ask(text, accept, **parameters)
    return broken.value.partial


@pytest.mark.parametrize("accept", SELECTED)
def test_s5_the_row_limit_is_exact_behind_the_first_mebibyte(attacked, accept):
    whole = attacked.ask(wide(30_000), accept)
    assert count(whole) == 30_000
    assert len(whole.body) > 2**20
    partial = breaks_off(attacked, wide(30_001), accept)
    assert 2**20 <= len(partial) < len(whole.body) * 1.01


@pytest.mark.parametrize("accept", BUILT)
def test_s5_the_triple_limit_is_exact_behind_the_first_mebibyte(attacked, accept):
    whole = attacked.ask(hostile.triples(5) + " LIMIT 30000", accept)
    assert whole.status == 200
    if accept == "application/n-triples":
        assert whole.body.count(b"\n") == 30_000
    assert len(whole.body) > 2**20 or accept == "text/turtle"
    if len(whole.body) > 2**20:
        breaks_off(attacked, hostile.triples(5) + " LIMIT 30001", accept)
    else:
        assert attacked.ask(hostile.triples(5) + " LIMIT 30001", accept).problem == "result-too-large"


@pytest.mark.parametrize("accept", ["text/csv", "text/tab-separated-values"])
def test_s5_the_row_limit_is_a_clean_problem_before_the_first_mebibyte(attacked, accept):
    short = f"SELECT ?v0 {{ {hostile.product(5)} }} LIMIT "
    assert count(attacked.ask(short + "30000", accept)) == 30_000
    response = attacked.ask(short + "30001", accept)
    assert (response.status, response.problem) == (422, "result-too-large")
    assert "30,000" in response.json["detail"]


@pytest.mark.parametrize("accept", SELECTED)
def test_s5_a_result_cut_by_time_never_looks_complete(attacked, accept):
    # A thousandth of the rows comes through: a slow filter keeps it below the row limit.
    text = f"SELECT * {{ {hostile.product(9)} FILTER(?v0 + ?v1 + ?v2 + ?v3 + ?v4 = 44) }}"
    try:
        response = attacked.ask(text, accept)
    except http.client.IncompleteRead:
        return
    assert (response.status, response.media_type) in {(504, servers.PROBLEM), (422, servers.PROBLEM)}


@pytest.mark.parametrize("accept", SELECTED)
def test_s5_what_is_broken_off_in_json_and_xml_is_not_well_formed(attacked, accept):
    partial = breaks_off(attacked, wide(100_000), accept)
    assert not looks_complete(partial, accept)
    assert b"problem" not in partial
    assert b"more than" not in partial


def looks_complete(partial: bytes, accept: str) -> bool:
    if accept.endswith("json"):
        return partial.rstrip().endswith(b"]}}")
    return accept.endswith("xml") and partial.rstrip().endswith(b"</sparql>")


def test_s5_limits_are_announced(attacked):
    response = attacked.ask(LOOKUP)
    limits = dict(item.split("=") for item in response.headers["query-limits"].split(", "))
    assert (limits["seconds"], limits["rows"], limits["memory-bytes"]) == ("2", "30000", str(128 * 2**20))
    description = attacked.request("GET", "/sparql", {"Accept": "text/turtle"}).text
    assert "endpoint:maximumRows 30000" in description


def test_s5_bytes_are_bounded_too(tmp_path):
    graph = tmp_path / "graph.nq"
    graph.write_text("")
    with servers.serve(graph, "--max-mib", "2", "--log", "off") as small:
        assert small.ask(hostile.rows(4), "text/csv").status == 200
        partial = breaks_off(small, hostile.rows(6), "text/csv")
        assert 2**20 <= len(partial) <= 2**21
        # A compressed answer counts by what it holds: two MiB of it are far below one on the wire.
        form = servers.FORM
        body = servers.urlencode({"query": hostile.rows(6)})
        zipped = small.request("POST", "/sparql", {"Content-Type": form, "Accept-Encoding": "gzip"}, body)
        assert zipped.problem == "result-too-large"
        assert small.ask("ASK {}").json["boolean"] is True


def test_s6_a_regular_expression_cannot_hang(attacked):
    text = 'SELECT (REGEX("' + "a" * 40 + '!", "^(a+)+$") AS ?x) {}'
    assert attacked.ask(text).rows == [{"x": "false"}]
    assert attacked.ask('SELECT (REPLACE("' + "a" * 40 + '", "(a|a)+$", "") AS ?x) {}').rows == [{"x": ""}]
    assert attacked.ask('ASK { FILTER(REGEX("a", "(a{999}){999}{999}")) }').status in {200, 500, 504, 507}


def is_at_rest(server: servers.Server) -> bool:
    """Return whether the processes of a server soon stop working."""

    def rest() -> bool:
        workers = server.workers()
        before = [servers.cpu_seconds(worker) for worker in workers]
        time.sleep(0.3)
        return workers == server.workers() and before == [servers.cpu_seconds(worker) for worker in workers]

    return servers.eventually(rest)


# A client that leaves


@pytest.mark.parametrize("text", [hostile.RUNAWAY, hostile.ENDLESS], ids=["silent", "streaming"])
def test_a_client_that_leaves_ends_its_query(tmp_path, text):
    graph = tmp_path / "graph.trig"
    graph.write_text("")
    with servers.serve(graph, "--timeout", "60", "--log", "off", "--workers", "4") as server:
        for number in range(8):  # twice as many as there are workers
            connection = server.connect(f"127.0.0.{number + 2}")
            connection.request("POST", "/sparql", text, {"Content-Type": "application/sparql-query"})
            time.sleep(0.3)
            if text is hostile.ENDLESS:
                assert connection.getresponse().read(1000)
            connection.close()
        assert is_at_rest(server)
        assert servers.eventually(lambda: len(server.workers()) == 4)
        with ThreadPoolExecutor(4) as pool:
            answers = pool.map(lambda _: server.ask("ASK {}").json["boolean"], range(20))
            assert all(answers)


def test_a_query_is_cancelled_by_its_id_and_by_no_other(attacked):
    query_id = "a-random-id-0123456789"
    headers = {"Content-Type": "application/sparql-query", "Query-Id": query_id}
    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(attacked.request, "POST", "/sparql", headers, hostile.RUNAWAY)
        assert attacked.request("DELETE", "/running/another-id-0123456789").status == 404
        assert servers.eventually(lambda: attacked.request("DELETE", f"/running/{query_id}").status == 204)
        response = running.result()
    assert (response.status, response.problem) == (503, "query-cancelled")
    assert attacked.request("DELETE", f"/running/{query_id}").status == 404
    refused = attacked.request("GET", f"/running/{query_id}")
    assert (refused.status, refused.headers["allow"]) == (405, "DELETE, OPTIONS")
    assert attacked.request("GET", "/sparql?query=ASK{}", {"Query-Id": "short"}).status == 400
