"""A dataset of somebody else's, with a profile of its own; and its service in an application of somebody else's."""

from __future__ import annotations

import re
from collections import deque
from html import unescape
from itertools import combinations

import pyoxigraph as ox
import pytest
from flask import Flask
from werkzeug.middleware.dispatcher import DispatcherMiddleware

from lodeclaim.endpoint import create_app, create_blueprints
from lodeclaim.endpoint.engines.engine import Query, Term
from lodeclaim.endpoint.errors import UsageError
from lodeclaim.endpoint.web import factory
from support.paths import ROOT, TESTS

FOREIGN = TESTS / "fixtures" / "foreign"
STARS = FOREIGN / "stars.trig"
BROWSER = {"Accept": "text/html,*/*;q=0.5"}
PARTS = ("protocol", "linked_data", "catalogue")


def sightings(engine, path, parameters):
    """A view: it may ask the engine, and knows which page it is for."""
    (row,) = engine.select(Query("SELECT (COUNT(*) AS ?n) { ?s a <https://stars.example.org/terms#Star> }")).rows
    yield {
        "item": Term(parameters["resource"], "iri"),
        "itemLabel": Term(f"seen among {row[0].value}, at {path}", "literal"),
        "quoted": Term("<script>alert(1)</script>", "literal"),
        "before": Term("they say ", "literal"),
    }


@pytest.fixture(scope="module", autouse=True)
def alone():
    """Without what the distribution brings, as where only the endpoint is at hand."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(factory, "_brought", lambda name: {})
        yield


@pytest.fixture(scope="module")
def client():
    app = create_app(graph=STARS, profiles=[FOREIGN / "stars.ttl"], views={"sightings": sightings})
    yield app.test_client()
    app.extensions["lodeclaim"].close()


def page(client, path: str, status: int = 200) -> str:
    with client.get(path, headers=BROWSER) as answer:
        assert answer.status_code == status, (path, answer.text)
        return answer.text


def test_the_front_page_is_that_of_the_dataset(client) -> None:
    home = page(client, "/")
    for expected in (
        "<h1>Near stars</h1>",
        "Some stars near the sun.",
        "Which stars are how far away?",
        "publicdomain",
    ):
        assert expected in home
    assert "critical minerals" not in home
    assert "/query/nearer-than" in home


def test_each_iri_of_the_dataset_has_a_page_and_rdf(client) -> None:
    sirius = page(client, "/star/sirius")
    assert "<h1>Sirius</h1>" in re.sub(r'<h1 lang="en">', "<h1>", sirius)
    assert 'href="/resource?iri=http%3A%2F%2Fdbpedia.org%2Fresource%2FSirius"' in sirius
    for path in ("/star/sirius", "/resource?iri=https://stars.example.org/star/sirius"):
        triples = client.get(path, headers={"Accept": "application/n-triples"}).data.splitlines()
        assert len(triples) == 4, path
    beyond = page(client, "/resource?iri=http://dbpedia.org/resource/Sirius")
    assert 'href="/star/sirius"' in beyond
    assert 'href="http://dbpedia.org/resource/Sirius" rel="noopener noreferrer nofollow"' in beyond
    used = page(client, "/resource?iri=http://www.w3.org/1999/02/22-rdf-syntax-ns%23type")
    assert "Where it is a property" in used
    assert (
        client.get("/resource?iri=http://www.w3.org/1999/02/22-rdf-syntax-ns%23type&format=nt").data.count(b"\n") == 1
    )
    urn = page(client, "/resource?iri=urn:stars:lyra")
    assert "on the web" not in urn
    assert 'href="/star/vega"' in urn


def test_a_resource_with_the_name_of_one_of_our_paths_has_a_page_too(client) -> None:
    listed = page(
        client,
        "/list?value=https://stars.example.org/terms%23Star&property=http://www.w3.org/1999/02/22-rdf-syntax-ns%23type",
    )
    link = "/resource?iri=https%3A%2F%2Fstars.example.org%2Fsparql"
    assert f'href="{link}"' in listed
    assert "A star with an unlucky name" in page(client, link)


def test_what_is_not_there_is_not_found(client) -> None:
    assert "not in the graph" in page(client, "/star/nowhere", 404)
    missing = page(client, "/resource?iri=http://example.org/none", 404)
    assert 'href="http://example.org/none"' in missing
    assert "no absolute IRI" in page(client, "/resource?iri=none", 400)


def test_a_profile_gives_the_page_of_a_class_its_sections(client) -> None:
    sirius = page(client, "/star/sirius")
    table = re.search(r"Farther stars.*?</section>", sirius, re.DOTALL)[0]
    assert re.findall(r'<th scope="col">([^<]*)', table) == ["star", "light years"]
    rows = [" ".join(re.sub("<[^>]*>", " ", row).split()) for row in re.findall("<tr>.*?</tr>", table)]
    assert rows == ["star light years", "Vega 25.5"]
    seen = re.search(r"Where it is seen.*?</section>", sirius, re.DOTALL)[0]
    assert "seen among 4, at /star/sirius" in seen
    assert "they say </span><mark>&lt;script&gt;" in seen
    assert "Farther stars" not in page(client, "/star/vega"), "nothing is farther"
    assert "Farther stars" not in page(client, "/terms")


def test_the_ontology_of_the_default_graph_has_a_page(client) -> None:
    assert "Terms on stars" in page(client, "/ontology")
    module = page(client, "/terms")
    assert 'id="distance"' in module
    assert "A body that shines by itself." in module
    turtle = client.get("/terms", headers={"Accept": "text/turtle"}).data
    assert b"Terms on stars" in turtle
    assert b"In light-years." in client.get("/ontology?format=nt").data


def test_the_catalogue_and_the_editor_are_those_of_the_dataset(client) -> None:
    assert "nearer-than" in page(client, "/queries")
    names = [row["name"]["value"] for row in client.get("/api/queries/nearer-than").json["results"]["bindings"]]
    assert names == ["Proxima Centauri", "Sirius", "Vega"]
    editor = page(client, "/sparql")
    assert "PREFIX st: &lt;https://stars.example.org/terms#&gt;" in editor
    assert "Which stars are how far away?" in editor
    terms = {term["name"] for term in client.get("/sparql/words").json["terms"]}
    assert {"st:Star", "st:distance"} <= terms
    assert client.get("/openapi.json").json["info"]["title"] == "Near stars"


def test_a_graph_and_the_whole_can_be_had(client) -> None:
    assert "2026-01-05" in page(client, "/catalogue/2026")
    assert "/catalogue/2026" in page(client, "/graph/")
    assert "/download/stars.trig" in page(client, "/download")
    with client.get("/download/stars.nt") as answer:
        lines = set(answer.data.splitlines())
    assert len(lines) == len({quad.triple for quad in ox.parse(path=str(STARS), format=ox.RdfFormat.TRIG)})
    assert client.get("/download/lodeclaim.nt").status_code == 404


def test_another_base_may_be_given() -> None:
    app = create_app(graph=STARS, base_iri="http://dbpedia.org/resource/")
    assert 'href="/resource?iri=https%3A%2F%2Fstars.example.org%2Fstar%2Fsirius"' in page(
        app.test_client(), "/Sirius"
    )
    app.extensions["lodeclaim"].close()
    with pytest.raises(UsageError, match="base_iri"):
        create_app(graph=STARS, base_iri="here")


def test_a_broken_profile_costs_its_section_alone(tmp_path, capfd) -> None:
    def broken(engine, path, parameters):
        raise ZeroDivisionError("secret")

    (tmp_path / "p.ttl").write_text("""
        @prefix e: <https://w3id.org/lodeclaim/endpoint#> . @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
        <https://stars.example.org/terms#Star> e:section
            [ rdfs:label "Fails" ; e:view "broken" ; e:template e:Entries ] ,
            [ rdfs:label "Unknown" ; e:view "nothing" ; e:template e:Table ] ,
            [ rdfs:label "Endless" ; e:query "endless.rq" ; e:template e:Table ] ,
            [ rdfs:label "Slow" ; e:query "slow.rq" ; e:template e:Table ] .
    """)
    (tmp_path / "endless.rq").write_text("SELECT ?resource { ?resource ?p ?o }")
    product = " ".join(f"?a{n} ?b{n} ?c{n} ." for n in range(9))
    (tmp_path / "slow.rq").write_text(
        f"SELECT ?resource (COUNT(*) AS ?n) {{ ?resource ?p ?o . {product} }} GROUP BY ?resource LIMIT 1"
    )
    app = create_app(
        graph=STARS, profiles=[tmp_path / "p.ttl", tmp_path / "absent.ttl"], views={"broken": broken}, timeout=1
    )
    told = capfd.readouterr().err
    for expected in ("no view is called 'nothing'", "End it with LIMIT", "absent.ttl"):
        assert expected in told
    sirius = page(app.test_client(), "/star/sirius")
    assert "This section could not be made: it failed." in sirius
    assert "secret" not in sirius
    assert "it took longer than the 1 s" in sirius
    assert "Statements" in sirius
    app.extensions["lodeclaim"].close()


# In an application of somebody else's.


def crawl(client, start: list[str], prefix: str, most: int = 120) -> set[str]:
    """Follow links, forms and files; each must be below the prefix and lead somewhere. Returns what was seen."""
    waiting, seen = deque(start), set(start)
    while waiting and len(seen) < most:
        path = waiting.popleft()
        with client.get(path, headers=BROWSER) as answer:
            assert answer.status_code == 200, (path, answer.text[:300])
            text = answer.text if answer.mimetype == "text/html" else ""
        for link in map(unescape, re.findall(r'(?:href|src|action)="(/[^"#]*)', text)):
            assert link.startswith(prefix + "/"), f"{link} on {path}"
            if link not in seen:
                seen.add(link)
                waiting.append(link)
    return seen


def hosted(prefix: str, parts=PARTS, **options) -> tuple[Flask, object]:
    """An application with a page of its own and some of our blueprints below a prefix."""
    host = Flask("host")
    host.add_url_rule("/", "home", lambda: "home")
    endpoint = create_blueprints(graph=STARS, **options)
    for part in parts:
        host.register_blueprint(getattr(endpoint, part), url_prefix=prefix)
    return host, endpoint.backend


def test_registered_as_blueprints_it_answers_below_the_prefix_and_leaves_the_host_alone() -> None:
    host, backend = hosted("/data")
    client = host.test_client()
    seen = crawl(client, ["/data/"], "/data")
    kinds = {path.split("?")[0].split("/")[2] for path in seen}
    assert kinds >= {"", "sparql", "queries", "ontology", "graph", "star", "list", "static", "resource", "download"}
    for path, status in (("/", 200), ("/nowhere", 404), ("/sparql", 404)):
        answer = client.get(path)
        ours = {"Content-Security-Policy", "Access-Control-Allow-Origin", "X-Content-Type-Options", "Vary"}
        assert answer.status_code == status
        assert not ours & set(answer.headers.keys()), path
    assert client.post("/data/sparql", data={"query": "ASK { ?s ?p ?o }"}).json["boolean"] is True
    assert (
        "<http://localhost/data/sparql>"
        in client.get("/data/sparql", headers={"Accept": "application/n-triples"}).text
    )
    assert client.get("/data/sparql?query=SELECT").json["type"].endswith("/problem/query-refused")
    assert client.post("/data/sparql", data=b"x" * 10**7, content_type="application/sparql-query").status_code == 413
    assert client.delete("/data/sparql").status_code == 405
    backend.close()


def test_mounted_by_the_dispatcher_below_a_blueprint_prefix_both_paths_count() -> None:
    host, backend = hosted("/inner")
    outer = Flask("outer")
    outer.wsgi_app = DispatcherMiddleware(outer.wsgi_app, {"/outer": host})
    crawl(outer.test_client(), ["/outer/inner/"], "/outer/inner", 40)
    backend.close()


def test_the_path_of_the_public_address_counts_for_blueprints() -> None:
    host, backend = hosted("/data", public_url="https://stars.example.org/there/")
    assert 'href="/there/sparql"' in page(host.test_client(), "/data/star/vega")
    backend.close()


@pytest.mark.parametrize("parts", [parts for size in (1, 2) for parts in combinations(PARTS, size)], ids="+".join)
def test_some_parts_alone_link_to_nothing_that_is_not_there(parts) -> None:
    host, backend = hosted("/data", parts)
    starts = {
        "protocol": ["/data/sparql", "/data/problem/"],
        "linked_data": ["/data/"],
        "catalogue": ["/data/queries"],
    }
    crawl(host.test_client(), [path for part in parts for path in starts[part]], "/data", 60)
    backend.close()


def test_two_services_are_in_one_application() -> None:
    host, first = hosted("/stars")
    second = create_blueprints(graph=TESTS / "fixtures" / "tiny.trig")
    for part in second:
        host.register_blueprint(part, url_prefix="/tiny", name=f"tiny-{part.name}")
    client = host.test_client()
    assert "Near stars" in page(client, "/stars/")
    assert "Near stars" not in page(client, "/tiny/")
    assert 'href="/tiny/sparql"' in page(client, "/tiny/")
    counts = [
        client.get(f"/{at}/sparql?query=SELECT%20(COUNT(*)%20AS%20%3Fn)%20%7B%3Fs%20%3Fp%20%3Fo%7D").json
        for at in ("stars", "tiny")
    ]
    assert counts[0] != counts[1]
    first.close()
    second.backend.close()


def test_one_service_at_two_paths_is_refused() -> None:
    host = Flask("host")
    endpoint = create_blueprints(graph=STARS)
    host.register_blueprint(endpoint.protocol, url_prefix="/one")
    with pytest.raises(UsageError, match="url_prefix"):
        host.register_blueprint(endpoint.catalogue, url_prefix="/two")


def test_the_example_of_the_documentation_works(tmp_path, monkeypatch) -> None:
    text = (ROOT / "docs/endpoint.md").read_text(encoding="utf-8")
    example = next(
        block for block in re.findall(r"```python\n(.*?)```", text, re.DOTALL) if "create_blueprints" in block
    )
    assert len(example.splitlines()) <= 32
    for name in ("stars", "books"):
        (tmp_path / f"{name}.trig").write_bytes(STARS.read_bytes())
    monkeypatch.chdir(tmp_path)
    found: dict[str, object] = {"__name__": "example"}
    exec(compile(example, "docs/endpoint.md", "exec"), found)
    client = found["host"].test_client()
    for link in re.findall(r'href="([^"]*)"', page(client, "/")):
        assert "Near stars" in page(client, link)
    found["stars"].backend.close()
    found["books"].backend.close()
