"""Clients in Java: the HTTP client of its library, Jena's command and RDFConnection, RDF4J's SPARQLRepository."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest

from support import java_clients, tiny
from support.java_clients import JENA, RDF4J, java

pytestmark = pytest.mark.java

Answers = dict[tuple[str, ...], list[str]]


def answers(
    libraries: tuple[str, ...], program: str, places: list[str], questions: list[tuple[str, ...]], folder: Path
) -> Answers:
    """Return what a program got for each question: it is started once, and asks them all."""
    if reason := java_clients.missing(libraries):
        pytest.skip(reason)
    file = folder / "questions.tsv"
    file.write_text("".join("\t".join(question) + "\n" for question in questions), encoding="utf-8")
    lines = [line.split("\t") for line in java(libraries, program, *places, file).splitlines()]
    width = len(questions[0])
    found = {tuple(line[:width]): line[width:] for line in lines}
    assert list(found) == questions
    return found


WAYS = ["GET", "GET by HTTP/1.1", "form", "direct", "direct by HTTP/1.1", "chunked"]


@pytest.fixture(scope="module")
def http(url, tmp_path_factory) -> Answers:
    questions = [(way, media_type, query) for way in WAYS for query, media_type in tiny.ASKED]
    return answers((), "Http.java", [url], questions, tmp_path_factory.mktemp("http"))


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(("query", "media_type"), tiny.ASKED, ids=tiny.label)
def test_the_http_client_of_the_library(http, way, query, media_type):
    status, content_type, body = http[way, media_type, query]
    assert (status, content_type.partition(";")[0]) == ("200", media_type)
    assert tiny.answer(query, base64.b64decode(body), media_type) == tiny.ANSWERS[query]


MODES = ["asGetAlways", "asPostForm", "asPost"]


@pytest.fixture(scope="module")
def connection(url, tmp_path_factory) -> Answers:
    questions = [(mode, media_type, query) for mode in MODES for query, media_type in tiny.ASKED]
    questions += [("store", media_type, tiny.EX + "first") for media_type in tiny.DOCUMENTS]
    places = [url, url.removesuffix("/sparql") + "/store"]
    return answers(JENA, "JenaConnection.java", places, questions, tmp_path_factory.mktemp("jena"))


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize(("query", "media_type"), tiny.ASKED, ids=tiny.label)
def test_jena_connection(connection, mode, query, media_type):
    [text] = connection[mode, media_type, query]
    assert tiny.told(query, text) == tiny.ANSWERS[query]


@pytest.mark.parametrize("media_type", tiny.DOCUMENTS)
def test_jena_fetches_a_graph(connection, media_type):
    [text] = connection["store", media_type, tiny.EX + "first"]
    assert tiny.triples(text) == tiny.TRIPLES[f"DESCRIBE <{tiny.EX}cobalt>"]


PRINTED = {"SELECT": ("JSON", tiny.TABLES[0]), "ASK": ("JSON", tiny.TABLES[0])}
"""What the command is told to print of tables and truth values; of triples it prints Turtle."""


ONE_OF_EACH = {tiny.form(query): query for query in tiny.ANSWERS}


@pytest.mark.parametrize("query", ONE_OF_EACH.values(), ids=ONE_OF_EACH)
def test_jena_command(url, query):
    """It asks for the formats that Jena itself prefers."""
    if reason := java_clients.missing(JENA):
        pytest.skip(reason)
    name, media_type = PRINTED.get(tiny.form(query), ("Turtle", "text/turtle"))
    printed = java(JENA, "arq.rsparql", "--service", url, "--results", name, query)
    assert tiny.answer(query, printed.encode(), media_type) == tiny.ANSWERS[query]


ANY = [(query, "any") for query in tiny.ANSWERS]


@pytest.fixture(scope="module")
def repository(url, tmp_path_factory) -> Answers:
    questions = [(media_type, query) for query, media_type in ANY + tiny.ASKED]
    return answers(RDF4J, "Rdf4j.java", [url], questions, tmp_path_factory.mktemp("rdf4j"))


@pytest.mark.parametrize(
    ("query", "media_type"), [*((query, "any") for query in tiny.ANSWERS), *tiny.ASKED], ids=tiny.label
)
def test_rdf4j_repository(repository, query, media_type):
    [text] = repository[media_type, query]
    assert tiny.told(query, text) == tiny.ANSWERS[query]
