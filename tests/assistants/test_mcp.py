"""What assistants are answered: by the client of the `mcp` package, over standard input and output and over HTTP."""

from __future__ import annotations

import asyncio
import contextlib
import json
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from http.client import HTTPConnection
from typing import Any

import pytest
from click.testing import CliRunner
from mcp import Client, StdioServerParameters, stdio_client

from lodeclaim.assistants import answers
from lodeclaim.cli import main
from support import servers
from support.paths import GRAPH

SECONDS = 2
COMMAND = [sys.executable, "-c", servers.PROGRAM, "mcp", "--graph", str(GRAPH), "--timeout", str(SECONDS)]
RUNAWAY = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
CLAIM = "ASK { ?claim a lc:Claim }"

Call = tuple[str, dict[str, Any]]


@dataclass(frozen=True)
class Told:
    """What a tool answered."""

    found: Any
    is_error: bool

    @property
    def problem(self) -> str:
        """The last part of the type of a problem."""
        assert self.is_error, self.found
        return self.found["type"].rpartition("/")[2]


@contextlib.contextmanager
def served(*options: str) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """The URL and the process of a server over HTTP."""
    command = [*COMMAND, "--http", "--port", "0", *options]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        line = process.stdout.readline()
        assert line.startswith("Lodeclaim at http://127.0.0.1:"), line or process.stderr.read()
        yield line.split()[-1], process
    finally:
        process.terminate()
        _, errors = process.communicate(timeout=servers.TIMEOUT)
        assert "Traceback" not in errors, errors  # a worker without memory says so


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with served() as (url, _):
        yield url


def client(way: str, url: str) -> Client:
    if way == "http":
        return Client(url)
    return Client(stdio_client(StdioServerParameters(command=COMMAND[0], args=COMMAND[1:])))


def told(result: Any) -> Told:
    (content,) = result.content
    found = json.loads(content.text)
    assert result.structured_content == found
    return Told(found, result.is_error)


def asked(way: str, url: str, *calls: Call) -> list[Told]:
    """Return what the tools answer in one session, one after the other."""

    async def ask() -> list[Told]:
        async with client(way, url) as session:
            return [told(await session.call_tool(name, arguments)) for name, arguments in calls]

    return asyncio.run(asyncio.wait_for(ask(), servers.TIMEOUT))


@pytest.fixture
def ask(url):
    """Ask one tool over HTTP."""
    return lambda tool, /, **arguments: asked("http", url, (tool, arguments))[0]


WAYS = pytest.mark.parametrize("way", ["stdio", "http"])


# What there is.


@WAYS
def test_tools_are_there_and_read_only(way, url) -> None:
    async def tools() -> list[Any]:
        async with client(way, url) as session:
            return (await session.list_tools()).tools

    found = asyncio.run(tools())
    assert {tool.name for tool in found} == {"list_queries", "run_query", "find", "compare", "why", "sparql"}
    assert all(tool.annotations.read_only_hint and not tool.annotations.open_world_hint for tool in found)
    assert all(tool.description for tool in found)


def test_catalogue_tells_questions_and_parameters(ask) -> None:
    found = ask("list_queries").found
    queries = {query["name"]: query for query in found["queries"]}
    assert queries["china-processing-share"]["asks"].startswith("What share of rare-earth processing does China hold")
    (parameter,) = queries["answers-to-a-question"]["parameters"].items()
    assert parameter[0] == "question"
    assert "lc:Question" in parameter[1]["takes"]
    group = ask("list_queries", group="minerals and shares").found["queries"]
    assert {query["group"] for query in group} == {"Minerals and shares"}
    assert len(group) < len(queries)


# What the articles say, with the claims.


@WAYS
def test_stored_query_has_for_each_row_its_claim_with_document_and_passage(way, url) -> None:
    """The Export-Import Bank's loan of ten billion dollars is in three articles."""
    (answer,) = asked(way, url, ("run_query", {"name": "answers-to-a-question",
                                               "parameters": {"question": "project-vault-loan"}}))  # fmt: skip
    assert not answer.is_error
    assert {row["values"]["answer"] for row in answer.found["rows"]} == {"$10 billion"}
    assert all(len(row["claims"]) == 1 for row in answer.found["rows"])
    named = [answer.found["claims"][name] for row in answer.found["rows"] for name in row["claims"]]
    assert {claim["document"] for claim in named} == {
        "document:news18-ministerial", "document:qazinform-ministerial", "document:unnamed-alliance"
    }  # fmt: skip
    assert not answer.found["more"]


@pytest.mark.corpus
def test_passages_of_a_row_are_where_the_article_says_it(ask, corpus) -> None:
    (text,) = [t for t in (f.read_bytes().decode() for f in corpus.glob("*.txt")) if "niche metals" in t]
    found = ask("run_query", name="china-processing-share").found
    (row,) = [row for row in found["rows"] if row["values"]["minerals"] == "niche metals"]
    assert row["values"]["share"] == "over 90%"
    (name,) = row["claims"]
    (passage,) = found["claims"][name]["passages"]
    assert passage["start"] <= text.index("over 90%") < passage["end"]
    assert "words" not in passage, "no texts were given"


@pytest.mark.corpus
def test_with_the_texts_passages_have_their_words(corpus) -> None:
    with served("--corpus", str(corpus)) as (url, _):
        (answer,) = asked("http", url, ("run_query", {"name": "china-processing-share"}))
    passages = [passage for claim in answer.found["claims"].values() for passage in claim["passages"]]
    assert any("over 90%" in passage["words"] for passage in passages)


@WAYS
def test_comparison_and_the_chain_behind_it(way, url) -> None:
    """Rubio counts 54 countries; News18 paraphrases him with 55."""
    (compared,) = asked(way, url, ("compare", {"question": "ministerial-country-count"}))
    (report,) = compared.found["questions"]
    (contradiction,) = [relation for relation in report["relations"] if relation["finding"] == "contradicts"]
    (fifty_five,) = [answer for answer in report["answers"] if answer["answers"] == ["55 countries"]]
    (giver,) = fifty_five["givers"]
    (claim,) = [compared.found["claims"][name] for name in giver["claims"]]
    assert (claim["document"], claim["who"]) == ("document:news18-ministerial", "Marco Rubio")
    (why,) = asked(way, url, ("why", {"node": contradiction["node"]}))
    documents = {claim["document"] for claim in why.found["claims"].values()}
    assert {"document:unnamed-alliance", "document:news18-ministerial"} <= documents
    assert set(giver["claims"]) <= why.found["claims"].keys()
    assert any("[relations between positions, policy rounding]" in line for line in why.found["lines"])


def test_find_gives_the_names_of_things(ask) -> None:
    found = ask("find", words="Qazinform").found
    assert "actor:qazinform" in [row["values"]["node"] for row in found["rows"]]


def test_sparql_answers_each_form(ask) -> None:
    """Congo produces over 74 per cent of the world's cobalt."""
    query = "SELECT ?answer { ?claim lc:question question:congo-cobalt-production-share ; lc:answer ?answer }"
    found = ask("sparql", query=query).found
    (row,) = found["rows"]
    assert row["values"] == {"answer": "over 74 percent"}
    assert found["claims"][row["claims"][0]]["document"] == "document:azad-hind-preview"
    assert ask("sparql", query=CLAIM).found["answer"] is True
    triples = ask("sparql", query="CONSTRUCT { mineral:cobalt a ?c } WHERE { mineral:cobalt a ?c }").found
    assert "<https://w3id.org/lodeclaim/id/mineral/cobalt>" in triples["triples"]
    assert triples["more"] is False


# Bounds.


def test_answer_with_more_rows_says_so(ask) -> None:
    found = ask("sparql", query="SELECT ?claim ?gloss { ?claim lc:gloss ?gloss }").found
    assert found["more"] is True
    assert "LIMIT" in found["to_see_more"]
    assert 0 < len(found["rows"]) <= answers.MAX_ROWS
    assert len(found["claims"]) == answers.MAX_CLAIMS
    assert len(found["claims"]) + found["more_claims"] == len({c for row in found["rows"] for c in row["claims"]})


def test_long_values_are_cut_and_long_answers_end(ask) -> None:
    long = "x" * (2 * answers.MAX_CELL)
    (row,) = ask("sparql", query=f"SELECT ?x {{ VALUES ?x {{ '{long}' }} }}").found["rows"]
    assert row["values"]["x"] == long[: answers.MAX_CELL - 1] + "…"
    for query in (
        "SELECT * { ?s ?p ?o . ?o rdfs:label ?l . ?s rdfs:label ?m . ?o a ?t }",
        "CONSTRUCT WHERE { ?s ?p ?o }",
    ):
        found = ask("sparql", query=query).found
        assert found["more"] is True
        shown = found.get("rows") or found["triples"]
        assert len(json.dumps(shown, ensure_ascii=False)) < 1.2 * answers.MAX_CHARACTERS


def test_comparison_of_very_many_questions_names_those_left_out(ask) -> None:
    found = ask("compare", question="the").found
    assert found["more"] is True
    assert found["not_shown"][0].startswith("question:")
    assert len(json.dumps(found["questions"], ensure_ascii=False)) < 1.2 * answers.MAX_CHARACTERS


# What goes wrong.


@WAYS
def test_errors_are_those_of_the_endpoint(way, url) -> None:
    runaway, service, update, broken, name, parameter, question, node = asked(
        way,
        url,
        ("sparql", {"query": RUNAWAY}),
        ("sparql", {"query": "SELECT * { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }"}),
        ("sparql", {"query": "INSERT DATA { lc:a lc:b lc:c }"}),
        ("sparql", {"query": "SELECT * { ?s ?p"}),
        ("run_query", {"name": "china-procesing-share"}),
        ("run_query", {"name": "answers-to-a-question", "parameters": {"question": "project-vault-lone"}}),
        ("compare", {"question": "zinc"}),
        ("why", {"node": "ministerial-contry-count"}),
    )
    assert runaway.problem == "time-exceeded"
    assert f"{SECONDS} s" in runaway.found["detail"]
    assert (service.problem, service.found["status"]) == ("service-refused", 403)
    assert update.problem == "query-refused"
    assert "INSERT" in update.found["detail"]
    assert (broken.problem, broken.found["line"]) == ("query-refused", 1)
    assert "Did you mean china-processing-share" in name.found["hint"]
    assert (parameter.problem, parameter.found["parameter"]) == ("parameter-refused", "question")
    assert "question:project-vault-loan" in parameter.found["hint"]
    assert (question.found["status"], question.is_error) == (400, True)
    assert "Nearest: question:ministerial-country-count" in node.found["hint"]


def test_a_query_that_fills_the_memory_is_one_error(url) -> None:
    doubled = "".join(f" BIND(CONCAT(?x{i}, ?x{i}) AS ?x{i + 1})" for i in range(40))
    query = f"SELECT (STRLEN(?x40) AS ?n) {{ BIND('0123456789' AS ?x0) {doubled} }}"
    bomb, after = asked("http", url, ("sparql", {"query": query}), ("sparql", {"query": CLAIM}))
    assert bomb.problem in {"memory-exceeded", "time-exceeded", "worker-crashed"}
    assert after.found == {"answer": True}


@WAYS
def test_two_calls_at_once_do_not_wait_for_each_other(way, url) -> None:
    async def both() -> list[Told]:
        ended: list[Told] = []
        async with client(way, url) as session:
            await session.call_tool("sparql", {"query": CLAIM})  # which starts the workers

            async def call(query: str) -> None:
                ended.append(told(await session.call_tool("sparql", {"query": query})))

            await asyncio.gather(call(RUNAWAY), call(CLAIM))
        return ended

    first, second = asyncio.run(both())
    assert first.found == {"answer": True}
    assert second.problem == "time-exceeded"


@pytest.mark.parametrize(
    "name", [str(GRAPH), "data/queries/why.rq", "../queries/why", "SELECT * { ?s ?p ?o }", "x" * 9999]
)
def test_no_file_or_text_is_a_name(ask, name) -> None:
    answer = ask("run_query", name=name)
    assert answer.problem == "query-refused"
    assert len(answer.found["detail"]) < 500


@pytest.mark.parametrize("graph", ["file:///etc/passwd", "http://127.0.0.1:9/"])
def test_nothing_is_fetched_for_from(ask, graph) -> None:
    assert ask("sparql", query=f"SELECT * FROM <{graph}> {{ ?s ?p ?o }}").found["rows"] == []


def test_page_of_another_origin_is_refused(url) -> None:
    host, port = re.fullmatch(r"http://([\d.]+):(\d+)/mcp", url).groups()
    body = json.dumps({"jsonrpc": "2.0", "id": 1, "method": "tools/list"})
    headers = {"Content-Type": "application/json", "Accept": "application/json, text/event-stream"}
    for more in ({"Origin": "https://example.org"}, {"Host": "example.org"}):
        with contextlib.closing(HTTPConnection(host, int(port), timeout=servers.TIMEOUT)) as connection:
            connection.request("POST", "/mcp", body, headers | more)
            assert connection.getresponse().status in {403, 421}, more


# The command.


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_server_that_is_stopped_ends_well(number) -> None:
    with served() as (url, process):
        asked("http", url, ("sparql", {"query": CLAIM}))
        processes = servers.children(process.pid)
        assert processes
        process.send_signal(number)
        assert process.wait(timeout=servers.TIMEOUT) == 0
    assert servers.eventually(lambda: not any(map(servers.children, processes)))


def test_place_that_is_taken_is_wrong_use(url) -> None:
    port = url.rpartition(":")[2].partition("/")[0]
    done = subprocess.run(
        [*COMMAND, "--http", "--port", port], capture_output=True, text=True, timeout=servers.TIMEOUT
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert f"127.0.0.1 port {port}" in done.stderr


@pytest.mark.parametrize("options", [("--timeout", "0"), ("--memory-mib", "-1"), ("--workers", "0")])
def test_limit_that_cannot_be_is_wrong_use(options) -> None:
    result = CliRunner().invoke(main, ["mcp", *options])
    assert (result.exit_code, result.stdout) == (2, "")
    assert options[0] in result.stderr
