"""The index of words: what it finds, what it takes for words, and where it is kept."""

from __future__ import annotations

import os
import sqlite3

import pyoxigraph as ox
import pytest

from lodeclaim.endpoint.engines import dataset, fulltext
from lodeclaim.endpoint.engines.engine import EmbeddedEngine
from lodeclaim.endpoint.engines.fulltext import Field, Index
from lodeclaim.endpoint.errors import QueryError
from lodeclaim.endpoint.rdf import node

LABEL, OTHER, COMMENT = (node(name).value for name in ("rdfs:label", "skos:altLabel", "rdfs:comment"))
PORT = "urn:class:port"
DATA = """
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .

<urn:class:port> rdfs:label "port"@en .
<urn:class:dry-port> rdfs:subClassOf <urn:class:port> .
<urn:a> a <urn:class:port> ; rdfs:label "Hafen von Brügge"@de , "Port of Bruges"@en ; skos:altLabel "ZB1" .
<urn:b> a <urn:class:dry-port> ; rdfs:label "Inland terminal"@en ;
    rdfs:comment "It handles refined cobalt and a port's rail." .
<urn:c> a <urn:class:ship> ; rdfs:label "Port Bruges Star" .
_:d a <urn:class:port> ; rdfs:label "a port without a name" .
"""
FIELDS = (Field(PORT, LABEL, True), Field(PORT, OTHER, True), Field(PORT, COMMENT, False))


@pytest.fixture(scope="module")
def store() -> ox.Store:
    held = ox.Store()
    held.load(DATA.encode(), format=ox.RdfFormat.TURTLE)
    return held


@pytest.fixture(scope="module")
def index(store) -> Index:
    return Index.of(store, FIELDS)


def iris(index: Index, words: str, first: int = 10) -> list[str]:
    return [hit.iri for hit in index.search(words, first).hits]


@pytest.mark.parametrize(
    ("words", "expected"),
    {
        "port": ["urn:a", "urn:b"],  # a name before a text, and no ship
        "PORT": ["urn:a", "urn:b"],
        "brugge": ["urn:a"],  # accents do not count
        "zb1": ["urn:a"],  # another name
        "refining cobalt": ["urn:b"],  # by the stem
        "inl": ["urn:b"],  # the last word may be a beginning
    }.items(),
)
def test_words_find_what_has_all_of_them(index, words, expected) -> None:
    assert (iris(index, words), index.search(words, 9).all_words) == (expected, True)


def test_only_the_last_word_may_be_a_beginning(index) -> None:
    found = index.search("inl term", 9)
    assert ([hit.iri for hit in found.hits], found.all_words) == (["urn:b"], False)


def test_what_is_called_just_so_comes_first(store) -> None:
    everything = Index.of(store, [])
    assert iris(everything, "port")[0] == PORT
    assert iris(everything, "port bruges star")[0] == "urn:c"


def test_where_nothing_has_all_words_hits_have_some(index) -> None:
    found = index.search("cobalt zebra", 9)
    assert ([hit.iri for hit in found.hits], found.all_words) == (["urn:b"], False)
    assert index.search("zebra", 9) == fulltext.Hits(())


def test_a_hit_says_what_it_is_and_where_the_words_are(index) -> None:
    (hit,) = index.search("cobalt", 9).hits
    assert (hit.kind, hit.label) == ("port", "Inland terminal")
    assert "refined cobalt" in hit.excerpt
    assert index.search("zb1", 9).hits[0].label == "Port of Bruges"  # English before other languages


def test_hits_are_bounded_and_tell_of_more(index) -> None:
    found = index.search("port", 1)
    assert ([hit.iri for hit in found.hits], found.more) == (["urn:a"], True)


@pytest.mark.parametrize(
    "words",
    [
        'port" OR "x',
        "port AND NOT bruges",
        "names : port",
        "NEAR(port bruges)",
        "{names}: port*",
        "^port -bruges",
        "port\0bruges",
        "'; DROP TABLE entries; --",
        '"""port"""',
        "port_bruges*",
        "\ud800port",
    ],
)
def test_nothing_that_is_typed_is_syntax(index, words) -> None:
    index.search(words, 5)
    assert iris(index, "port") == ["urn:a", "urn:b"]


@pytest.mark.parametrize(
    ("words", "found"), [("", "no word"), (' "*" ', "no word"), ("a " * 17, "17 words"), ("a" * 1_001, "characters")]
)
def test_what_holds_no_words_or_too_many_is_refused(index, store, words, found) -> None:
    for search in (index.search, EmbeddedEngine(store).search):
        with pytest.raises(QueryError, match=found):
            search(words, 5)


def test_what_the_profiles_name_is_searched_and_else_the_usual_names(store) -> None:
    other = Index.of(store, [Field("urn:class:none", LABEL, True)])
    assert set(iris(other, "port")) >= {"urn:a", "urn:b", "urn:c", PORT}


def test_an_engine_without_index_finds_labels_and_says_so(store) -> None:
    found = EmbeddedEngine(store).search("BRUGES port", 9)
    assert ({hit.iri for hit in found.hits}, found.is_indexed) == ({"urn:a", "urn:c"}, False)
    assert EmbeddedEngine(store).search("cobalt", 9).hits == ()
    assert EmbeddedEngine(store).search("port", 1).more


def test_a_store_on_disk_has_its_index_in_a_file(tmp_path) -> None:
    graph = tmp_path / "graph.ttl"
    graph.write_text(DATA, encoding="utf-8")
    version = dataset.store(tmp_path / "data", graph, FIELDS)
    assert [hit.iri for hit in dataset.on_disk(tmp_path / "data").open().search("cobalt", 5).hits] == ["urn:b"]
    (tmp_path / "data" / version / dataset.INDEX).unlink()  # as a version of ours without an index leaves it
    assert not dataset.on_disk(tmp_path / "data").open().search("port", 5).is_indexed
    dataset.store(tmp_path / "data", graph, FIELDS)
    assert dataset.on_disk(tmp_path / "data").open().search("port", 5).is_indexed


def test_processes_forked_later_share_an_index_in_memory(tmp_path) -> None:
    graph = tmp_path / "graph.ttl"
    graph.write_text(DATA, encoding="utf-8")
    engine = dataset.in_memory(graph, FIELDS).open()
    reader, writer = os.pipe()
    if (child := os.fork()) == 0:
        os.write(writer, engine.search("cobalt", 5).hits[0].iri.encode())
        os._exit(0)
    os.waitpid(child, 0)
    assert os.read(reader, 100) == b"urn:b"
    assert engine.search("port", 1).hits[0].iri == "urn:a"


def test_a_file_that_is_no_index_is_none(tmp_path) -> None:
    (tmp_path / "x").write_text("no database")
    assert Index.opened(tmp_path / "x") is None
    assert Index.opened(tmp_path / "missing") is None


def test_a_sqlite_without_fts5_gives_no_index(store, monkeypatch) -> None:
    monkeypatch.setattr(fulltext, "_SCHEMA", fulltext._SCHEMA.replace("fts5", "fts_none"))
    assert Index.of(store, FIELDS) is None
    assert sqlite3.sqlite_version_info >= (3, 9)
