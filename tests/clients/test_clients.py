"""The clients that people use: each gets the rows of a catalogue query that were written down before."""

from __future__ import annotations

import csv
import io
import json
import shutil
import subprocess
import warnings

import pytest
from rdflib import Graph
from rdflib.plugins.stores.sparqlstore import SPARQLStore
from SPARQLWrapper import CSV, GET, JSON, POST, POSTDIRECTLY, TURTLE, XML, SPARQLWrapper

from support import servers
from support.paths import ROOT, TESTS

NAME = "china-processing-share"
FILE = ROOT / "data" / "queries" / f"{NAME}.rq"
QUERY = FILE.read_text(encoding="utf-8")
CLIENTS = TESTS / "clients"
ASK = "ASK { ?s ?p ?o }"
CONSTRUCT = "CONSTRUCT WHERE { ?s a <http://www.w3.org/2002/07/owl#Ontology> }"


@pytest.fixture(scope="module")
def expected() -> list[tuple[str, ...]]:
    """The rows, sorted; the file has a column more, which says where in the documents each is found."""
    with (TESTS / "competency" / f"{NAME}.csv").open(encoding="utf-8", newline="") as file:
        return sorted((row["share"], row["minerals"], row["who"]) for row in csv.DictReader(file))


def table(text: str) -> list[tuple[str, ...]]:
    """Return the rows of a CSV result, sorted."""
    header, *rows = csv.reader(io.StringIO(text))
    assert header == ["share", "minerals", "who"]
    return sorted(map(tuple, rows))


def curl(*arguments: str, status: int = 0) -> subprocess.CompletedProcess[str]:
    """Run curl, which must end with a status."""
    if shutil.which("curl") is None:
        pytest.skip("curl is not here")
    done = subprocess.run(
        ["curl", "--silent", "--show-error", *arguments], capture_output=True, text=True, timeout=60
    )
    assert done.returncode == status, done.stderr
    return done


AS_CSV = ("--header", "Accept: text/csv")
FORMS = {
    "GET": ("--get", "--data-urlencode", f"query@{FILE}"),
    "form": ("--data-urlencode", f"query@{FILE}"),
    "direct": ("--header", "Content-Type: application/sparql-query", "--data-binary", f"@{FILE}"),
    "compressed": ("--compressed", "--data-urlencode", f"query@{FILE}"),
    "HTTP/1.0": ("--http1.0", "--data-urlencode", f"query@{FILE}"),
    "offering HTTP/2": ("--http2", "--get", "--data-urlencode", f"query@{FILE}"),
    "chunked": (
        "--header",
        "Content-Type: application/sparql-query",
        "--header",
        "Transfer-Encoding: chunked",
        "--data-binary",
        f"@{FILE}",
    ),
}


@pytest.mark.parametrize("form", FORMS)
def test_curl_in_all_forms(ours, expected, form):
    assert table(curl(*AS_CSV, *FORMS[form], ours.url).stdout) == expected


def test_curl_asks_for_the_head_alone(ours):
    head = curl("--head", "--get", "--data-urlencode", f"query@{FILE}", ours.url).stdout.lower()
    assert head.startswith("http/1.1 200")
    assert "content-type: application/sparql-results+json" in head
    assert "content-length: " in head


def test_curl_compresses_what_is_large(ours):
    arguments = ("--header", "Accept-Encoding: gzip", "--dump-header", "-", "--output", "/dev/null", *FORMS["form"])
    assert "content-encoding: gzip" in curl(*arguments, ours.url).stdout.lower()


def test_curl_asks_again_on_condition(ours, tmp_path, expected):
    etags, answer = tmp_path / "etags", tmp_path / "answer.csv"
    arguments = (*AS_CSV, "--etag-save", str(etags), "--etag-compare", str(etags), "--write-out", "%{http_code}")
    etags.touch()
    assert curl(*arguments, "--output", str(answer), *FORMS["GET"], ours.url).stdout == "200"
    assert table(answer.read_bytes().decode()) == expected
    again = tmp_path / "again.csv"
    assert curl(*arguments, "--output", str(again), *FORMS["GET"], ours.url).stdout == "304"
    assert not again.exists() or again.read_bytes() == b""


def test_curl_fails_where_an_answer_is_broken_off():
    digits = " ".join(map(str, range(10)))
    pattern = " ".join(f"VALUES ?v{number} {{ {digits} }}" for number in range(6))
    graph = TESTS / "fixtures" / "tiny.trig"
    with servers.serve(graph, "--max-rows", "100000", "--log", "off") as server:
        for accept in ("text/csv", "application/sparql-results+json"):
            arguments = ("--header", f"Accept: {accept}", "--output", "/dev/null", "--data-urlencode")
            curl(*arguments, f"query=SELECT * {{ {pattern} }}", server.url, status=18)


@pytest.mark.parametrize("method", [GET, POST])
@pytest.mark.parametrize("how", ["form", "direct"])
def test_sparqlwrapper(ours, expected, method, how):
    client = SPARQLWrapper(ours.url)
    client.setMethod(method)
    if how == "direct" and method == POST:
        client.setRequestMethod(POSTDIRECTLY)
    client.setQuery(QUERY)
    client.setReturnFormat(JSON)
    found = client.queryAndConvert()
    assert found["head"]["vars"] == ["share", "minerals", "who"]
    rows = [tuple(row[name]["value"] for name in found["head"]["vars"]) for row in found["results"]["bindings"]]
    assert sorted(rows) == expected
    client.setReturnFormat(CSV)
    assert table(client.queryAndConvert().decode()) == expected
    client.setReturnFormat(XML)
    assert len(client.queryAndConvert().getElementsByTagName("result")) == len(expected)
    client.setQuery(CONSTRUCT)
    client.setReturnFormat(TURTLE)
    assert b"w3id.org/lodeclaim/ontology" in client.queryAndConvert()


def test_rdflib_sparqlstore(ours, expected):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        graph = Graph(SPARQLStore(ours.url))
        assert sorted(tuple(map(str, row)) for row in graph.query(QUERY)) == expected
        assert graph.query(ASK).askAnswer is True
        assert len(graph.query(CONSTRUCT).graph) >= 1
        ontology = next(iter(graph.query(CONSTRUCT).graph.subjects()))
        assert list(graph.triples((ontology, None, None)))


def test_comunica(ours, expected):
    node = shutil.which("node")
    if node is None:
        pytest.skip("node is not here")
    if not (CLIENTS / "node_modules").is_dir():
        pytest.skip("Comunica is not here: npm ci --prefix tests/clients")
    command = [node, str(CLIENTS / "ask.mjs"), ours.url, QUERY]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, cwd=CLIENTS)
    assert done.returncode == 0, done.stderr
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert sorted((row["share"], row["minerals"], row["who"]) for row in rows) == expected


def test_the_lock_file_names_no_registry():
    lock = json.loads((CLIENTS / "package-lock.json").read_text(encoding="utf-8"))
    assert not [name for name, package in lock["packages"].items() if "resolved" in package]
