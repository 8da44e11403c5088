"""The redirects of w3id.org, asked of a real Apache: a table of cases, and where they lead in the end."""

from __future__ import annotations

import http.client
import os
import shutil
import socket
import subprocess
import tempfile
import threading
import time
import urllib.request
from pathlib import Path

import pytest
from werkzeug.serving import make_server

from lodeclaim.endpoint.engines.engine import EmbeddedEngine
from lodeclaim.namespaces import BASE
from support import pages
from support.paths import ROOT

RULES = ROOT / "deploy/w3id/.htaccess"
SERVER = "https://lodeclaim.example.org"
MODULES = Path("/usr/lib/apache2/modules")

pytestmark = pytest.mark.skipif(
    shutil.which("apache2") is None or not MODULES.is_dir(),
    reason="apache2 is not here (apt-get install apache2-bin)",
)

CASES = [
    # path below /lodeclaim, Accept, status, where it leads below the server (None: nowhere)
    ("/", "text/html", 302, "/"),
    ("/ontology", "text/turtle", 303, "/ontology"),
    ("/ontology", "text/html", 303, "/ontology"),
    ("/ontology?format=jsonld", "*/*", 303, "/ontology?format=jsonld"),
    ("/ontology/claims", "application/rdf+xml", 303, "/ontology/claims"),
    ("/ontology/claims/0.2.0", "text/turtle", 303, "/ontology/claims/0.2.0"),
    ("/ontology/", "text/turtle", 404, None),
    ("/ontologies", "text/turtle", 404, None),
    ("/shapes", "text/turtle", 303, "/shapes"),
    ("/id/mineral/cobalt", "text/html", 303, "/id/mineral/cobalt"),
    ("/id/mineral/cobalt", "application/ld+json", 303, "/id/mineral/cobalt"),
    ("/id/mineral/caf%C3%A9", "text/turtle", 303, "/id/mineral/caf%c3%a9"),
    ("/id/a%20b", "text/turtle", 303, "/id/a%20b"),
    ("/id/a%23b", "text/turtle", 303, "/id/a%23b"),
    ("/id/a%25b", "text/turtle", 303, "/id/a%25b"),
    (
        "/id/question/x/position/9-approximately-1-factual",
        "*/*",
        303,
        "/id/question/x/position/9-approximately-1-factual",
    ),
    ("/id/", "text/turtle", 404, None),
    ("/graph/", "text/html", 302, "/graph/"),
    ("/graph/documents/qazinform-ministerial", "application/trig", 302, "/graph/documents/qazinform-ministerial"),
    ("/graphs", "text/html", 404, None),
    ("/download/lodeclaim.trig", "*/*", 302, "/download/lodeclaim.trig"),
    ("/download/", "*/*", 404, None),
    ("/problem/busy", "application/json", 302, "/problem/busy"),
    ("/problem/", "text/html", 302, "/problem/"),
    ("/queries", "text/html", 302, "/queries"),
    ("/.well-known/void", "text/turtle", 302, "/.well-known/void"),
    ("/sparql", "text/html", 307, "/sparql"),
    (
        "/sparql?query=ASK%20%7B%3Fs%20%3Fp%20%3Fo%7D&format=json",
        "*/*",
        307,
        "/sparql?query=ASK%20%7B%3Fs%20%3Fp%20%3Fo%7D&format=json",
    ),
    ("/sparql/", "*/*", 404, None),
    ("/anything", "text/html", 404, None),
    ("/id/..%2f..%2fetc", "*/*", 404, None),
]


def configuration(folder: Path, port: int) -> str:
    """An Apache that does what w3id.org's does for a folder, and nothing else."""
    modules = ("mpm_event", "authz_core", "dir", "rewrite")
    return "\n".join(
        (
            *(f"LoadModule {name}_module {MODULES}/mod_{name}.so" for name in modules),
            f"ServerRoot {folder}",
            "ServerName w3id.test",
            f"Listen 127.0.0.1:{port}",
            f"PidFile {folder}/apache.pid",
            f"ErrorLog {folder}/error.log",
            *(("User www-data", "Group www-data") if os.geteuid() == 0 else ()),
            f"DocumentRoot {folder}/root",
            f"<Directory {folder}/root>",
            "AllowOverride All",
            "Require all granted",
            "</Directory>",
            "",
        )
    )


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def listening(port: int, process: subprocess.Popen[bytes]) -> bool:
    for _ in range(200):
        if process.poll() is not None:
            return False
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return True
        time.sleep(0.05)
    return False


@pytest.fixture(scope="module")
def lodeclaim(built, sources):
    """A running server of the pages, as an address."""
    shapes = tuple(source.path for source in sources.files("shapes"))
    server = make_server("127.0.0.1", 0, pages.app(EmbeddedEngine(built), shapes=shapes), threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(scope="module")
def w3id(lodeclaim):
    """The port of an Apache with the rules twice: as they are, and leading to the running server."""
    # Apache's workers are another user, who must get at the folder: one of pytest's is closed to all.
    folder = Path(tempfile.mkdtemp(prefix="w3id-"))
    port = free_port()
    rules = RULES.read_text(encoding="utf-8")
    for name, text in (("lodeclaim", rules), ("local", rules.replace(SERVER, lodeclaim))):
        (folder / "root" / name).mkdir(parents=True)
        (folder / "root" / name / ".htaccess").write_text(text, encoding="utf-8")
    folder.chmod(0o755)
    (folder / "apache.conf").write_text(configuration(folder, port), encoding="utf-8")
    process = subprocess.Popen(["apache2", "-f", str(folder / "apache.conf"), "-DFOREGROUND"], stderr=subprocess.PIPE)
    try:
        started = listening(port, process)
        log = folder / "error.log"
        assert started, process.stderr.read() + (log.read_bytes() if log.is_file() else b"")
        yield port
    finally:
        process.terminate()
        process.wait(20)
        process.stderr.close()
        shutil.rmtree(folder)


def asked(port: int, path: str, accept: str = "*/*", method: str = "GET") -> tuple[int, str | None]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    connection.request(method, path, headers={"Accept": accept})
    response = connection.getresponse()
    response.read()
    connection.close()
    return response.status, response.getheader("Location")


@pytest.mark.parametrize(("path", "accept", "status", "target"), CASES)
def test_case(path, accept, status, target, w3id) -> None:
    found, location = asked(w3id, "/lodeclaim" + path, accept)
    assert (found, location) == (status, None if target is None else SERVER + target)


def test_the_name_without_a_slash_leads_on(w3id) -> None:
    status, location = asked(w3id, "/lodeclaim")
    assert status in (301, 302)
    assert location.endswith("/lodeclaim/") or location == SERVER + "/"


def test_a_post_to_the_endpoint_stays_one(w3id) -> None:
    assert asked(w3id, "/lodeclaim/sparql", method="POST") == (307, SERVER + "/sparql")


def test_the_server_is_named_once() -> None:
    assert RULES.read_text(encoding="utf-8").count(SERVER) == 1


@pytest.mark.parametrize(
    ("path", "accept", "content_type"),
    [
        ("/id/mineral/cobalt", "text/turtle", "text/turtle; charset=utf-8"),
        ("/id/mineral/cobalt", "text/html", "text/html; charset=utf-8"),
        ("/id/mineral/cobalt", "application/ld+json", "application/ld+json"),
        ("/ontology", "text/html", "text/html; charset=utf-8"),
        ("/ontology", "application/n-triples", "application/n-triples"),
        ("/ontology/claims?format=rdfxml", "text/html", "application/rdf+xml"),
        ("/graph/vocabulary/minerals", "application/trig", "application/trig"),
        ("/problem/busy", "application/json", "application/json"),
        ("/shapes", "text/turtle", "text/turtle; charset=utf-8"),
        ("/", "text/html", "text/html; charset=utf-8"),
    ],
)
def test_what_is_asked_for_arrives_through_the_redirect(path, accept, content_type, w3id) -> None:
    request = urllib.request.Request(f"http://127.0.0.1:{w3id}/local{path}", headers={"Accept": accept})
    with urllib.request.urlopen(request, timeout=20) as response:
        assert response.headers["Content-Type"] == content_type


def test_every_kind_of_name_in_the_graph_is_led_on(w3id, built) -> None:
    iris = {quad.subject.value for quad in built if quad.subject.value.startswith(BASE)}
    paths = sorted(iri.removeprefix(BASE).partition("#")[0] for iri in iris)
    one_each = {"/".join(path.split("/")[:2]): path for path in paths}
    assert len(one_each) > 30
    for path in one_each.values():
        status, location = asked(w3id, "/lodeclaim/" + path)
        assert (status in (302, 303), location) == (True, f"{SERVER}/{path}")
