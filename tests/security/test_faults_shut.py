"""Faults found from outside, each with its siblings: nothing of RDF 1.2, nothing fetched, nothing cut off."""

from __future__ import annotations

import os
import re
import resource
import shutil
import signal
import socketserver
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import parse_qs, urlencode, urlsplit

import pyoxigraph as ox
import pytest
import rdflib

from lodeclaim import catalogue, checksums, description, exports, graph, validation
from lodeclaim.endpoint import rdf
from lodeclaim.endpoint.checksums import beside
from lodeclaim.endpoint.engines import dataset, holds
from lodeclaim.endpoint.engines.update import check_well_formed
from lodeclaim.endpoint.errors import QueryError, SourceError
from lodeclaim.endpoint.sparql import guard, services
from lodeclaim.namespaces import BASE, PREFIXES
from lodeclaim.reasoning import rules
from lodeclaim.resources import Source
from support import servers
from support.paths import ROOT, TESTS, TINY
from support.tiny import FOUND, LOOKUP

OTHER = "127.0.0.9"
PREFIX = "PREFIX : <http://example.org/> PREFIX ltr: <http://example.org/ltr> "

LATER = {
    "annotation in a template": ("CONSTRUCT { ?s ?p ?o {| :a :b |} } WHERE { ?s ?p ?o }", "annotation syntax"),
    "annotation, glued": ("CONSTRUCT { ?s ?p ?o{|:a :b|} } WHERE { ?s ?p ?o }", "annotation syntax"),
    "annotation in a pattern": ("SELECT * { ?s ?p ?o {| :a 'x' |} }", "annotation syntax"),
    "annotation in CONSTRUCT WHERE": ("CONSTRUCT WHERE { :s :p :o {| :a :b |} }", "annotation syntax"),
    "annotation in EXISTS": ("ASK { FILTER EXISTS { ?s ?p ?o {|:a :b|} } }", "annotation syntax"),
    "reifier": ("SELECT * { ?s ?p ?o ~ :r }", "reifier"),
    "reifier without a name": ("CONSTRUCT { ?s ?p ?o ~ } WHERE { ?s ?p ?o }", "reifier"),
    "reifier, glued": ("SELECT * { ?s ?p ?o~:r {| :a :b |} }", "reifier"),
    "reified triple": ("SELECT * { << :s :p :o >> ?p ?o }", "RDF 1.2"),
    "triple term": ("SELECT * { VALUES ?x { <<( :s :p :o )>> } }", "RDF 1.2"),
    "triple term in an expression": ("SELECT (<<( :s :p :o )>> AS ?x) { }", "RDF 1.2"),
    "base direction": ("SELECT * { VALUES ?x { 'x'@en--ltr } }", "base direction"),
    "base direction, then a name": ("SELECT * { VALUES ?x { 'x'@en--ltr:foo } }", "base direction"),
    "version": ("VERSION '1.2' SELECT * { ?s ?p ?o }", "SPARQL 1.2"),
} | {
    call: (f"SELECT ({call} AS ?x) {{ ?s ?p ?o }}", "SPARQL 1.2")
    for call in (
        "TRIPLE(?s, ?p, ?o)",
        "SUBJECT(?o)",
        "PREDICATE(?o)",
        "OBJECT(?o)",
        "isTRIPLE(?o)",
        "LANGDIR(?o)",
        "hasLANG(?o)",
        "hasLANGDIR(?o)",
        "STRLANGDIR('x', 'en', 'ltr')",
    )
}


@pytest.mark.parametrize(("query", "cause"), LATER.values(), ids=LATER)
def test_fault_1_13_forms_of_sparql_1_2_are_refused_with_the_cause(tiny, query, cause):
    text = query if query.startswith("VERSION") else PREFIX + query
    answer = tiny.ask(text)
    assert (answer.status, answer.problem) == (400, "query-refused"), answer
    assert cause in answer.json["detail"]
    assert tiny.ask(LOOKUP, source=OTHER).rows == FOUND


UPDATES = {
    "annotation": ("INSERT DATA { :s :p :o {| :a :b |} }", "annotation syntax"),
    "annotation in a template": ("INSERT { ?s ?p ?o {|:a ?o|} } WHERE { ?s ?p ?o }", "annotation syntax"),
    "reifier": ("INSERT DATA { :s :p :o ~ :r }", "reifier"),
    "triple term": ("INSERT DATA { :s :p <<( :a :b :c )>> }", "RDF 1.2"),
    "base direction": ("INSERT DATA { :s :p 'x'@ar--rtl }", "base direction"),
}


@pytest.mark.parametrize(("update", "cause"), UPDATES.values(), ids=UPDATES)
def test_fault_1_13_updates_too(tiny, update, cause):
    with pytest.raises(QueryError, match=cause):
        check_well_formed(PREFIX + update)
    answer = tiny.request("POST", "/sparql", {"Content-Type": "application/sparql-update"}, PREFIX + update)
    assert (answer.status, answer.problem) == (400, "query-refused"), answer
    assert tiny.ask(LOOKUP, source=OTHER).rows == FOUND


def test_fault_1_13_a_name_that_fails_hides_no_extension():
    with pytest.raises(QueryError, match="LATERAL"):
        guard.check("PREFIX e: <http://h:> ASK { ?s ?p e:LATERAL { ?s ?p ?x } }")


HARMLESS = [
    "SELECT * { ?s :a|:b '{|' . ?s (:a|:b)|^:c ?y { ?s :a|:b|:c ?z } }",
    "SELECT * { ?s ?p '~ << {| |}' ; <http://a/~x> ?o } #~ {| << VERSION",
    r"SELECT * { { ?s :a\~b ?x } }",
    "PREFIX VERSION: <http://h/> SELECT * { ?VERSION VERSION:TRIPLE ?isTRIPLE }",
    "SELECT * { { ?s (:a|:b)* ?o } { ?s !(:a|^:b) ?o } FILTER(?s||?o) }",
    "SELECT * { ?s ?p 'x'@en-GB FILTER('x'@en - -1 || 'x'@en--1) }",
]


@pytest.mark.parametrize("query", HARMLESS)
def test_fault_1_13_sparql_1_1_that_looks_like_it_is_answered(tiny, query):
    assert tiny.ask(PREFIX + query).rows == []


SPELLINGS = [
    "/../admin",
    "/..",
    "/./../admin",
    "/x/../../admin",
    "/%2e%2e/admin",
    "/.%2E/admin",
    "/%2E./admin",
    "/..;/admin",
    "/..;x=y/admin",
    "/%2e%2e%3b/admin",
    "/..%2fadmin",
    "/..%2Fadmin",
    "/x%2f..%2f..%2fadmin",
    "/..%5cadmin",
    "/%252e%252e/admin",
    "/%25252e%25252e/admin",
    "/..%252fadmin",
    "/%u002e%u002e/admin",
    "/%c0%ae%c0%ae/admin",
    "/..%c0%afadmin",
    "/%EF%BC%8E%EF%BC%8E/admin",
    "/\uff0e\uff0e/admin",
    "/\u2025/admin",
    "/..%09/admin",
    "/.%09./admin",
    "/..%00/admin",
    "/..%20/admin",
    "/.../admin",
]
STAY = [
    "",
    "/",
    "/x.y/..z/a..b",
    "/a%20b/%C3%A9",
    "?query=/../../x&y=%252e",
    "/x;v=1.0/y",
    "/.well-known/sparql",
    "#/../x",
]


@pytest.mark.parametrize("prefix", ["http://a.example/sparql", "http://a.example/sparql/", "http://a.example/"])
@pytest.mark.parametrize("rest", SPELLINGS)
def test_fault_1_16_no_spelling_of_a_dot_segment_leaves_an_allowed_path(prefix, rest):
    iri = prefix.removesuffix("/") + rest
    with pytest.raises(QueryError, match="SERVICE") as refusal:
        guard.check(f"ASK {{ SERVICE <{iri}> {{ }} }}", guard.TextLimits(services=(prefix,)))
    assert refusal.value.kind == "service-refused"
    assert not services.is_allowed(iri, (prefix,))


@pytest.mark.parametrize("rest", STAY)
def test_fault_1_16_what_stays_below_an_allowed_path_is_asked(rest):
    iri = "http://a.example/sparql" + rest
    assert guard.check(f"ASK {{ SERVICE <{iri}> {{ }} }}", guard.TextLimits(services=("http://a.example/sparql",)))
    assert services.is_allowed(iri, ("http://a.example/sparql",))


def test_fault_1_16_a_backslash_is_a_slash_to_some():
    assert services.climbs("http://a.example/sparql/..\\admin")
    assert services.climbs("http://a.example/sparql\\..\\admin")


class Elsewhere(BaseHTTPRequestHandler):
    """A service that sends those who ask below /sparql/ on, and remembers which paths were asked for."""

    asked: ClassVar[list[str]] = []

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.asked.append(self.path)
        place = parse_qs(urlsplit(self.path).query).get("to")
        self.send_response(307 if place else 200)
        if place:
            self.send_header("Location", place[0])
        body = b'{"head": {"vars": ["x"]}, "results": {"bindings": [{"x": {"type": "literal", "value": "y"}}]}}'
        self.send_header("Content-Type", "application/sparql-results+json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def test_fault_1_16_neither_a_query_nor_a_redirect_reaches_what_lies_beside():
    with ThreadingHTTPServer(("127.0.0.1", 0), Elsewhere) as service:
        thread = threading.Thread(target=service.serve_forever)
        thread.start()
        try:
            root = f"http://127.0.0.1:{service.server_address[1]}"
            allowed = ("--allow-service", root + "/sparql", "--private-services", "--log", "off")
            with servers.serve(TINY, *allowed) as server:
                for rest in ("/../admin", "/%2e%2e/admin", "/..;/admin", "/..%2fadmin", "/%252e%252e/admin"):
                    direct = server.ask(f"SELECT * {{ SERVICE <{root}/sparql{rest}> {{ ?x ?y ?z }} }}")
                    assert (direct.status, direct.problem) == (403, "service-refused"), direct
                    for location in (f"{root}/sparql{rest}", f"/sparql{rest}"):
                        iri = f"{root}/sparql?{urlencode({'to': location})}"
                        sent_on = server.ask(f"SELECT * {{ SERVICE <{iri}> {{ ?x ?y ?z }} }}")
                        assert (sent_on.status, sent_on.problem) == (502, "service-failed"), sent_on
                    assert server.ask(LOOKUP, source=OTHER).rows == FOUND
                iri = f"{root}/sparql?{urlencode({'to': '/sparql/deeper'})}"
                assert server.ask(f"SELECT * {{ SERVICE <{iri}> {{ ?x ?y ?z }} }}").rows == [{"x": "y"}]
            assert {urlsplit(path).path for path in Elsewhere.asked} == {"/sparql", "/sparql/deeper"}
        finally:
            service.shutdown()
            thread.join()


@pytest.fixture
def watched() -> Iterator[tuple[str, list[bytes]]]:
    """An address that somebody listens at, and what was heard there."""
    heard: list[bytes] = []

    class Listener(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            heard.append(self.request.recv(1 << 16))

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Listener) as listener:
        thread = threading.Thread(target=listener.serve_forever, args=(0.01,))
        thread.start()
        yield f"http://127.0.0.1:{listener.server_address[1]}/", heard
        listener.shutdown()
        thread.join()


def test_fault_1_17_the_listener_hears(watched):
    url, heard = watched
    with pytest.raises(OSError, match=r"SERVICE|payload|http|HTTP"):
        list(ox.Store().query(f"SELECT * {{ SERVICE <{url}> {{ ?s ?p ?o }} }}"))
    assert heard


OWN = [rules.Stage("urn:stage/own", "urn:graph/")]
OUTWARD = [
    "SERVICE <{url}> {{ ?entity ?property ?value }}",
    "SERVICE SILENT <{url}> {{ ?entity ?property ?value }}",
    "VALUES ?where {{ <{url}> }} SERVICE ?where {{ ?entity ?property ?value }}",
    "?entity ?property ?value OPTIONAL {{ {{ SELECT * {{ sErViCe<{url}>{{ ?entity ?property ?value }} }} }} }}",
    "?entity ?property ?value . FILTER(trueSERVICE<{url}>{{}}) ",
]


@pytest.mark.parametrize("pattern", OUTWARD)
def test_fault_1_17_no_rule_lint_query_or_stored_query_of_a_folder_asks_anybody(tmp_path, watched, pattern):
    url, heard = watched
    where = pattern.format(url=url)
    data = ox.Store()
    data.add(ox.Quad(*[ox.NamedNode(f"urn:{part}") for part in "spog"]))

    def source(text: str) -> Source:
        path = tmp_path / "outward.rq"
        path.write_text(text)
        return Source(path, Path("ontology/rules/own/outward.rq"))

    rule = source(f"# title: t\n# why: w\nCONSTRUCT {{ ?entity ?property ?value }} WHERE {{ {where} }}")
    with pytest.raises(SourceError, match=re.escape(str(tmp_path))):
        [rules.apply(read, data) for read in rules.read([rule], OWN)]
    fault = source(f"# problem: p\n# solution: s\nSELECT ?entity ?property ?value {{ {where} }}")
    with pytest.raises(SourceError, match=re.escape(str(tmp_path))):
        validation.lint(data, [fault])
    stored = source(f"# Which?\nSELECT ?entity ?property ?value {{ {where} }}")
    with pytest.raises(SourceError, match=re.escape(str(tmp_path))):
        catalogue.describe([stored])
    assert heard == []


@pytest.mark.parametrize("clause", ["FROM <{url}x.ttl>", "FROM NAMED <{url}x.ttl>"])
def test_fault_1_17_a_dataset_that_a_rule_names_is_not_fetched(tmp_path, watched, clause):
    url, heard = watched
    path = tmp_path / "from.rq"
    path.write_text(f"# title: t\n# why: w\nCONSTRUCT {{ ?s ?p ?o }} {clause.format(url=url)} WHERE {{ ?s ?p ?o }}")
    (rule,) = rules.read([Source(path, Path("ontology/rules/own/from.rq"))], OWN)
    assert rules.apply(rule, ox.Store()) == 0
    assert heard == []


def test_fault_1_17_nor_does_a_query_in_a_shape(watched):
    url, heard = watched
    data = rdflib.Graph().parse(data="<urn:a> a <urn:C> .", format="turtle")
    for outward in (f"BIND(<{url}> AS ?u) SERVICE?u {{ ?s ?p ?o }}", f"SERVICE <{url}> {{ ?s ?p ?o }}"):
        shapes = rdflib.Graph().parse(data=SHAPE.replace("...", outward), format="turtle")
        with pytest.raises(SourceError, match="SERVICE is switched off"):
            validation.shacl(data, shapes)
    harmless = rdflib.Graph().parse(data=SHAPE.replace("...", "$this a ex:C"), format="turtle")
    assert [finding.where for finding in validation.shacl(data, harmless)] == ["urn:a"]
    assert heard == []


SHAPE = """
@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
<urn:S> a sh:NodeShape ; sh:targetClass <urn:C> ;
  sh:sparql [ sh:message "m" ; sh:prefixes <urn:P> ; sh:select "SELECT $this WHERE { $this a <urn:C> . ... }" ] .
<urn:P> sh:declare [ sh:prefix "ex" ; sh:namespace "urn:"^^xsd:anyURI ] .
"""


def test_fault_1_17_a_rule_is_bound_to_sparql_1_1_as_queries_are(tmp_path):
    path = tmp_path / "later.rq"
    path.write_text("# title: t\n# why: w\nCONSTRUCT { ?s ?p ?o {| <a:b> <a:c> |} } WHERE { ?s ?p ?o }")
    with pytest.raises(SourceError, match="annotation syntax") as refusal:
        rules.read([Source(path, Path("ontology/rules/own/later.rq"))], OWN)
    assert refusal.value.where == f"{path}, query, line 3, column 22"


def graph_of(path: Path, *names: str) -> Path:
    path.write_text("".join(f"<urn:s:{name}> <urn:p> <urn:o> <urn:g> .\n" for name in names))
    return path


COUNT = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"


def test_fault_1_12_a_store_that_is_served_is_not_removed(tmp_path):
    folder = tmp_path / "data"
    served = dataset.store(folder, graph_of(tmp_path / "g.nq", "a"))
    with servers.serve(folder, "--log", "off", "--workers", "2") as server:
        assert server.ask(COUNT).rows == [{"n": "1"}]
        for names in ("ab", "abc"):
            graph_of(tmp_path / "g.nq", *names)
            command = ["build", "--data-dir", str(folder), "--graph", str(tmp_path / "g.nq")]
            assert run(*command).returncode == 0
        assert (folder / served).is_dir()
        before = server.workers()
        for worker in before:  # those that come after them must open the store again
            os.kill(worker, signal.SIGKILL)
        assert servers.eventually(lambda: len(server.workers()) == 2 and not set(before) & set(server.workers()))
        assert server.ask(COUNT, source=OTHER, union="1").rows == [{"n": "1"}]
        server.reload()
        assert servers.eventually(lambda: server.ask(COUNT).rows == [{"n": "3"}])
        # Nobody has the first in use now: the next build takes it away.
        assert servers.eventually(lambda: len(server.processes()) == 1)
        newest = dataset.store(folder, graph_of(tmp_path / "g.nq", *"abcd"))
        assert not (folder / served).exists()
        assert {path.name for path in folder.iterdir()} >= {newest, "current"}
        assert server.ask(COUNT, source=OTHER, union="2").rows == [{"n": "3"}]


def test_fault_1_12_nothing_but_old_stores_is_removed(tmp_path):
    folder = tmp_path / "data"
    old = dataset.store(folder, graph_of(tmp_path / "g.nq", "a"))
    (folder / "thesis").mkdir()
    (folder / "part-abcd1234").mkdir()  # what a build that was killed leaves
    for names in ("ab", "abc"):
        dataset.store(folder, graph_of(tmp_path / "g.nq", *names))
    found = {path.name for path in folder.iterdir()}
    assert "thesis" in found
    assert len(found) == 4, "the newest store, the one before, `current` and what is not ours"
    assert old not in found


def test_fault_1_12_a_store_that_is_being_written_is_not_removed_by_another_build(tmp_path):
    folder = tmp_path / "data"
    dataset.store(folder, graph_of(tmp_path / "g.nq", "a"))
    unfinished = folder / "part-12345678"
    unfinished.mkdir()
    done = threading.Event()

    def build() -> None:
        dataset.store(folder, graph_of(tmp_path / "other.nq", "a", "b"))
        done.set()

    with holds.alone(folder):
        other = threading.Thread(target=build)
        other.start()
        assert not done.wait(0.5)
        assert unfinished.is_dir()
    other.join()
    assert done.is_set()
    assert not unfinished.exists()


def run(*arguments: str, stdout: Any = subprocess.PIPE, **options: Any) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", servers.PROGRAM, *arguments]
    return subprocess.run(
        command, stdout=stdout, stderr=subprocess.PIPE, text=True, check=False, timeout=servers.TIMEOUT, **options
    )


FULL = Path("/dev/full")
WRITES = {
    "export": ["export", "--graph", str(TINY), "--format", "nq"],
    "context": ["export", "--graph", str(TINY), "--context"],
    "table": ["query", "--graph", str(TINY), LOOKUP],
    "csv": ["query", "--graph", str(TINY), "--format", "csv", LOOKUP],
    "json": ["query", "--graph", str(TINY), "--format", "json", LOOKUP],
    "graph": ["query", "--graph", str(TINY), "--format", "ntriples", "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }"],
    "annotate": ["annotate", str(ROOT / "README.md"), "Lodeclaim", "--key", "k"],
    "push": ["push", "--dry-run", "--graph", str(TINY), "http://127.0.0.1:9"],
    "compare": ["compare", "ministerial-country-count"],
    "help": ["--help"],
    "help of a command": ["export", "-h"],
    "version": ["--version"],
}


@pytest.mark.skipif(not FULL.exists(), reason="there is no /dev/full, which is a disk that is full")
@pytest.mark.parametrize("unbuffered", ["", "1"])
@pytest.mark.parametrize("arguments", WRITES.values(), ids=WRITES)
def test_fault_1_19_a_full_disk_is_status_1_and_says_so(arguments, unbuffered):
    with FULL.open("wb") as full:
        done = run(*arguments, stdout=full, env={**os.environ, "PYTHONUNBUFFERED": unbuffered})
    assert done.returncode == 1
    found = [line for line in done.stderr.splitlines() if "was built from other files" not in line]
    assert len(found) == 1, done.stderr
    assert found[0].startswith("lodeclaim: standard output: it cannot be written (No space left on device)")


@pytest.mark.parametrize("unbuffered", ["", "1"])
@pytest.mark.parametrize(
    "arguments", [WRITES["export"], WRITES["csv"], WRITES["help"]], ids=["export", "csv", "help"]
)
def test_fault_1_19_a_disk_that_takes_a_part_is_full_too(arguments, unbuffered, tmp_path):
    whole = run(*arguments).stdout
    taken = len(whole) // 2

    def narrow() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (taken, taken))

    with (tmp_path / "file").open("wb") as file:
        done = run(*arguments, stdout=file, preexec_fn=narrow, env={**os.environ, "PYTHONUNBUFFERED": unbuffered})
    assert (tmp_path / "file").stat().st_size <= taken
    assert (done.returncode, done.stderr.count("\n")) == (1, 1), done.stderr
    assert "standard output: it cannot be written (File too large)" in done.stderr


@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_fault_1_19_a_reader_that_has_left_is_told_of_nothing(unbuffered):
    for arguments in (WRITES["export"], WRITES["csv"], WRITES["help"]):
        read, write = os.pipe()
        os.close(read)
        done = run(*arguments, stdout=write, env={**os.environ, "PYTHONUNBUFFERED": unbuffered})
        os.close(write)
        assert (done.returncode, done.stderr) == (1, "")


@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_fault_1_19_a_slow_reader_of_a_pipe_that_does_not_wait_gets_all(unbuffered, tmp_path):
    long = graph_of(tmp_path / "long.nq", *map(str, range(10_000)))  # more than a pipe takes at once
    arguments = ["export", "--format", "nq", "--graph", str(long)]
    read, write = os.pipe()
    os.set_blocking(write, False)
    command = [sys.executable, "-c", servers.PROGRAM, *arguments]
    environment = {**os.environ, "PYTHONUNBUFFERED": unbuffered}
    with subprocess.Popen(command, stdout=write, stderr=subprocess.PIPE, env=environment) as process:
        os.close(write)
        with os.fdopen(read, "rb") as stream:
            body = stream.read()
        assert process.stderr is not None
        assert (process.wait(servers.TIMEOUT), process.stderr.read()) == (0, b"")
    assert body == exports.convert(rdf.read_quads(long), "nq")


def test_fault_1_19_output_that_was_closed_is_wrong_use():
    command = ["sh", "-c", '"$@" >&-', "sh", sys.executable, "-c", servers.PROGRAM, *WRITES["export"]]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=servers.TIMEOUT)
    assert (done.returncode, done.stderr.startswith("lodeclaim: standard output: it is closed")) == (2, True)


def described(path: Path, *names: str) -> dict[str, str]:
    """Write a graph that tells of its downloads, as `build` does with its checksums; return their digests."""
    text = (TESTS / "fixtures" / "described.trig").read_text()
    text += "".join(f"ex:things {{ <urn:s:{name}> <urn:p> <urn:o> }}\n" for name in names)
    files = "".join(
        f"graph:description {{ ex:dataset dcat:distribution ex:{extension} . "
        f"ex:{extension} dcat:downloadURL <{BASE}download/lodeclaim.{extension}> . }}\n"
        for extension in exports.FORMATS
    )
    store = ox.Store()
    store.load((text + "@prefix dcat: <http://www.w3.org/ns/dcat#> .\n" + files).encode(), ox.RdfFormat.TRIG)
    store.extend(description.statistics(store))
    quads = list(store)
    found = checksums.work_out(quads)
    rdf.write(beside(path), checksums.to_turtle(quads, found))
    rdf.write(path, graph.to_trig(quads))
    return {name: checksum.sha256.hex() for name, checksum in found.items()}


def void_of(server: servers.Server) -> dict[str, str]:
    """Return the digests in VoID by the names of the files; they must be there at once, and start no process."""
    known = set(server.processes())
    started: set[int] = set()
    over = threading.Event()

    def watch() -> None:
        while not over.wait(0.002):
            started.update(set(servers.children(server.process)) - known)

    watching = threading.Thread(target=watch)
    watching.start()
    begun = time.monotonic()
    answer = server.request("GET", "/.well-known/void", {"Accept": "text/turtle"})
    took = time.monotonic() - begun
    over.set()
    watching.join()
    assert (answer.status, started) == (200, set())
    assert took < 3
    told = rdflib.Graph().parse(data=answer.body, format="turtle")
    spdx, dcat = rdflib.Namespace(PREFIXES["spdx"]), rdflib.Namespace(PREFIXES["dcat"])
    return {
        str(url).rpartition("/")[2]: str(value)
        for file, url in told.subject_objects(dcat.downloadURL)
        for checksum in told.objects(file, spdx.checksum)
        for value in told.objects(checksum, spdx.checksumValue)
    }


def test_fault_1_20_the_first_void_is_quick_and_starts_no_process_also_after_a_reload(tmp_path):
    file = tmp_path / "lodeclaim.trig"
    digests = described(file)
    assert len(digests) == len(exports.FORMATS)
    with servers.serve(file, "--log", "off") as server:
        assert void_of(server) == digests
        added = "SELECT ?s { ?s <urn:p> <urn:o> }"
        assert server.ask(added).rows == []
        changed = described(file, "one", "two")
        assert changed != digests
        server.reload()
        # The last thing that a reload does is to say so: queries are answered from the new graph a moment earlier.
        assert servers.eventually(lambda: f"loaded {file} anew" in server.log.read_text())
        assert server.ask(added).rows != []
        assert servers.eventually(lambda: len(server.processes()) == 1)
        assert void_of(server) == changed
        assert len(server.ask(added, source=OTHER).rows) == 2


READERS = {
    "serve": ["serve", "--port", "0", "--graph", "{}"],
    "query": ["query", "ASK { }", "--graph", "{}"],
    "export": ["export", "--graph", "{}"],
    "compare": ["compare", "--graph", "{}"],
    "push": ["push", "--dry-run", "http://127.0.0.1:9", "--graph", "{}"],
    "build": ["build", "--data-dir", "{}.data", "--graph", "{}"],
    "annotate": ["annotate", "{}", "words", "--key", "k"],
    "query file": ["query", "{}"],
}


@pytest.mark.parametrize(
    ("kind", "arguments"),
    [("pipe", arguments) for arguments in READERS.values()]
    + [(kind, READERS[name]) for kind in ("device", "folder") for name in ("export", "build", "annotate")],
)
def test_fault_1_21_what_is_no_file_is_wrong_use_and_is_not_waited_for(arguments, kind, tmp_path):
    path = tmp_path / "input.rq"
    if kind == "pipe":
        os.mkfifo(path)
    elif kind == "folder":
        path.mkdir()
    else:
        path = Path("/dev/zero")
    done = run(*(part.replace("{}.data", str(tmp_path / "data")).replace("{}", str(path)) for part in arguments))
    assert done.returncode == 2, done
    assert f"lodeclaim: {path}: " in done.stderr
    assert "Traceback" not in done.stderr
    if "--graph" in arguments:
        assert f"it is a {kind}" in done.stderr


def test_fault_1_21_a_pipe_among_the_sources_or_texts_is_not_waited_for(tmp_path):
    folder = tmp_path / "mine" / "data" / "documents"
    folder.mkdir(parents=True)
    os.mkfifo(folder / "pipe.ttl")
    os.mkfifo(tmp_path / "text.txt")
    for arguments in (["build", "--extra", str(tmp_path / "mine")], ["check", "--corpus", str(tmp_path)]):
        done = run(*arguments)
        assert (done.returncode, "it is no file" in done.stderr) == (1, True), done


def test_fault_1_21_a_graph_that_becomes_a_pipe_leaves_the_one_that_is_served(tmp_path):
    shutil.copy(TINY, tmp_path / "graph.trig")
    with servers.serve(tmp_path / "graph.trig") as server:
        assert server.ask(LOOKUP).rows == FOUND
        (tmp_path / "graph.trig").unlink()
        os.mkfifo(tmp_path / "graph.trig")
        server.reload()
        assert servers.eventually(lambda: "it is a pipe" in server.log.read_text())
        assert server.ask(LOOKUP, source=OTHER).rows == FOUND


@pytest.mark.parametrize("place", ["pipe", "link"])
def test_fault_1_21_what_is_no_file_is_not_replaced_by_one(place, tmp_path):
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "link").symlink_to(tmp_path / "pipe")
    done = run(*WRITES["export"], "--output", str(tmp_path / place))
    assert (done.returncode, "it is there and no file" in done.stderr) == (2, True)
    assert (tmp_path / "pipe").is_fifo()
    assert (tmp_path / "link").is_symlink()
