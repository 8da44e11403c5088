"""What the type of a problem leads to."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pyoxigraph as ox
import pytest
from flask import render_template

from lodeclaim.endpoint.engines.engine import EmbeddedEngine
from lodeclaim.endpoint.web import problems
from lodeclaim.endpoint.web.problems import STATUS
from lodeclaim.namespaces import BASE
from support import pages
from support.paths import ROOT

BROWSER = {"Accept": "text/html"}


@pytest.fixture(scope="module")
def client():
    return pages.client(EmbeddedEngine(ox.Store()))


@pytest.mark.parametrize("kind", sorted(STATUS))
def test_every_kind_is_explained_to_readers_and_programs(kind, client) -> None:
    told = client.get(f"/problem/{kind}").json
    assert (told["type"], told["status"]) == (BASE + f"problem/{kind}", STATUS[kind])
    page = client.get(f"/problem/{kind}", headers=BROWSER)
    assert page.content_type == "text/html; charset=utf-8"
    for words in ("description", "remedy"):
        assert len(told[words]) > 20
        assert told[words].replace("'", "&#39;") in page.text


def test_all_are_on_one_page_with_an_anchor_each(client) -> None:
    for path in ("/problem", "/problem/"):
        page = client.get(path, headers=BROWSER).text
        assert re.findall(r'<section id="([^"]*)">', page) == sorted(STATUS)
        assert [kind["type"] for kind in client.get(path).json] == [
            f"{BASE}problem/{kind}" for kind in sorted(STATUS)
        ]


def test_nothing_is_explained_that_cannot_happen() -> None:
    explained = ox.parse(
        (ROOT / "src/lodeclaim/endpoint/web/pages/problem-kinds.ttl").read_bytes(), format=ox.RdfFormat.TURTLE
    )
    assert {quad.subject.value.removeprefix(BASE + "problem/") for quad in explained} == set(STATUS)


def test_another_kind_is_not_found(client) -> None:
    response = client.get("/problem/no-such-kind")
    assert response.status_code == 404
    assert "no-such-kind" in response.json["detail"]


@pytest.mark.parametrize("kind", sorted(STATUS))
def test_the_page_of_a_problem_links_to_its_kind(kind, client) -> None:
    details = problems.Problem(STATUS[kind], "It went wrong.", kind).details
    app = client.application
    with app.test_request_context():
        app.preprocess_request()
        page = render_template("endpoint/problem.html", problem=details)
    assert f'href="/problem/{kind}"' in page


def kinds_named(path: Path) -> set[str]:
    """The words that look like a kind among what is given to the makers of errors in a file."""
    calls = (node for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(node, ast.Call))
    made = (call for call in calls if ast.unparse(call.func).endswith(("Error", "Problem")))
    given = (value for call in made for value in [*call.args, *(keyword.value for keyword in call.keywords)])
    words = {value.value for value in given if isinstance(value, ast.Constant) and isinstance(value.value, str)}
    return {word for word in words if re.fullmatch(r"[a-z]+-[a-z]+(-[a-z]+)*", word)}


def test_every_kind_that_the_code_names_has_a_status() -> None:
    # What `push` says of a store is for its command line, and no problem of a request.
    served = (path for path in (ROOT / "src/lodeclaim").rglob("*.py") if path.parent.name != "push")
    named = set().union(*map(kinds_named, served))
    assert {"time-exceeded", "memory-exceeded", "result-too-large"} <= named
    assert named <= set(STATUS)
