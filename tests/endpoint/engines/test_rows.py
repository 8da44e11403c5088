"""Rows are counted in serialised results: exactly, whatever the values hold and wherever the parts are cut."""

from __future__ import annotations

import pyoxigraph as ox
import pytest

from lodeclaim.endpoint.engines import rows
from lodeclaim.endpoint.engines.engine import EmbeddedEngine, Query
from lodeclaim.endpoint.errors import EngineError
from lodeclaim.endpoint.sparql.formats import RESULTS, offered
from lodeclaim.endpoint.sparql.guard import Form

FORMATS = {format.name: format for format in RESULTS}

# What looks like the marks by which rows are told apart, in every format.
HOSTILE = [
    "plain",
    "",
    '"',
    '""',
    "\\",
    '\\"',
    "{",
    "}},{",
    '}},{"',
    '"}},{"x":{"type":"',
    '{"s":{"type":"uri"',
    '{"s":{"type":"',
    "{",
    's":{"type":"',
    '{"":{"":"',
    "<result>",
    "</result><result>",
    "\n",
    "\r\n",
    '"\r\n"',
    '",\n',
    "\t",
    "é😀\n",
    "a,b",
    ",",
]


def serialised(format) -> tuple[bytes, int]:
    store = ox.Store()
    for number, value in enumerate(HOSTILE):
        subject = ox.NamedNode(f"http://example.org/{number}")
        store.add(ox.Quad(subject, ox.NamedNode("http://example.org/p"), ox.Literal(value)))
    query = Query("SELECT ?s ?none ?o { ?s ?p ?o }", union_default_graph=False)
    (body,) = EmbeddedEngine(store).query(query, format).body
    return body, len(HOSTILE)


@pytest.mark.parametrize("size", [1, 2, 3, 7, 64, 100_000])
@pytest.mark.parametrize("format", FORMATS.values(), ids=FORMATS)
def test_the_limit_holds_to_the_row(format, size):
    body, count = serialised(format)
    parts = [body[i : i + size] for i in range(0, len(body), size)]
    passed: list[bytes] = []
    write = rows.counted(passed.append, format, ("s", "none", "o"), count)
    for part in parts:
        write(part)
    assert b"".join(passed) == body
    write = rows.counted(lambda part: None, format, ("s", "none", "o"), count - 1)
    with pytest.raises(EngineError, match=f"more than {count - 1} rows") as refusal:
        list(map(write, parts))
    assert refusal.value.kind == "result-too-large"


def test_triples_are_counted_one_by_one():
    assert list(rows.at_most("abc", 3)) == ["a", "b", "c"]
    with pytest.raises(EngineError, match="more than 2 triples"):
        list(rows.at_most("abc", 2))


def test_the_engine_stops_behind_the_limit():
    store = ox.Store()
    for number in range(5):
        subject = ox.NamedNode(f"http://example.org/{number}")
        store.add(ox.Quad(subject, ox.NamedNode("http://example.org/p"), ox.Literal("x"), subject))
    engine = EmbeddedEngine(store)
    for text, form in [
        ("SELECT * { ?s ?p ?o }", Form.SELECT),
        ("CONSTRUCT WHERE { ?s ?p ?o }", Form.CONSTRUCT),
    ]:
        for format in offered(form):
            engine.write(Query(text), format, lambda part: None, 5)
            with pytest.raises(EngineError, match="more than 4"):
                engine.write(Query(text), format, lambda part: None, 4)
