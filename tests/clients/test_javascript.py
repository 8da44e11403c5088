"""The clients of npm's, under Node.js: Comunica, fetch-sparql-endpoint and sparql-http-client."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from support import shares, tiny
from support.paths import TESTS

CLIENTS = TESTS / "clients"


def answers(client: str, url: str, questions: list[tuple[str, str, list[str]]], folder: Path) -> dict[Any, Any]:
    """Return what a client got for each question, by way and query: it is started once, and asks them all."""
    node = shutil.which("node")
    if node is None:
        pytest.skip("node is not here")
    if not (CLIENTS / "node_modules").is_dir():
        pytest.skip(f"{client} is not here: npm ci --prefix tests/clients")
    file = folder / "questions.json"
    file.write_text(json.dumps(questions), encoding="utf-8")
    command = [node, str(CLIENTS / "javascript" / f"{client}.mjs"), url, str(file)]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    return {(way, query): answer for way, query, answer in map(json.loads, done.stdout.splitlines())}


def known(query: str, answer: Any) -> object:
    """Return an answer in the shape of `tiny.ANSWERS`."""
    if tiny.form(query) == "SELECT":
        return [tuple(row) for row in answer]
    return tiny.triples(answer) if isinstance(answer, str) else answer


def every(ways: list[str]) -> list[tuple[str, str, list[str]]]:
    return [(way, query, tiny.COLUMNS) for way in ways for query in tiny.ANSWERS]


COMUNICA = ["told", "finding out", "by document"]


@pytest.fixture(scope="module")
def comunica(url, tmp_path_factory):
    return answers("comunica", url, every(COMUNICA), tmp_path_factory.mktemp("comunica"))


@pytest.mark.parametrize("way", COMUNICA)
@pytest.mark.parametrize("query", tiny.ANSWERS, ids=tiny.label)
def test_comunica(comunica, way, query):
    assert known(query, comunica[way, query]) == tiny.ANSWERS[query]


def test_comunica_over_the_catalogue(ours, catalogue_rows, tmp_path):
    [found] = answers("comunica", ours.url, [("told", shares.QUERY, shares.COLUMNS)], tmp_path).values()
    assert sorted(map(tuple, found)) == catalogue_rows


FETCHED = ["GET", "form", "direct", "XML"]


@pytest.fixture(scope="module")
def fetched(url, tmp_path_factory):
    return answers("fetch-sparql-endpoint", url, every(FETCHED), tmp_path_factory.mktemp("fetched"))


@pytest.mark.parametrize("way", FETCHED)
@pytest.mark.parametrize("query", tiny.ANSWERS, ids=tiny.label)
def test_fetch_sparql_endpoint(fetched, way, query):
    assert known(query, fetched[way, query]) == tiny.ANSWERS[query]


OPERATIONS = ["get", "postUrlencoded", "postDirect"]
PARSED = [f"{flavour} {operation}" for flavour in ("parsing", "streaming") for operation in OPERATIONS]


@pytest.fixture(scope="module")
def http_client(url, tmp_path_factory):
    raw = [(f"{media_type} {way}", query, tiny.COLUMNS) for query, media_type in tiny.ASKED for way in OPERATIONS]
    return answers("sparql-http-client", url, every(PARSED) + raw, tmp_path_factory.mktemp("http"))


@pytest.mark.parametrize("way", PARSED)
@pytest.mark.parametrize("query", tiny.ANSWERS, ids=tiny.label)
def test_sparql_http_client(http_client, way, query):
    assert known(query, http_client[way, query]) == tiny.ANSWERS[query]


@pytest.mark.parametrize("operation", OPERATIONS)
@pytest.mark.parametrize(("query", "media_type"), tiny.ASKED, ids=tiny.label)
def test_sparql_http_client_without_a_parser(http_client, operation, query, media_type):
    status, content_type, body = http_client[f"{media_type} {operation}", query]
    assert (status, content_type.partition(";")[0]) == (200, media_type)
    assert tiny.answer(query, body.encode(), media_type) == tiny.ANSWERS[query]


def test_the_lock_file_names_no_registry():
    lock = json.loads((CLIENTS / "package-lock.json").read_text(encoding="utf-8"))
    assert not [name for name, package in lock["packages"].items() if "resolved" in package]
