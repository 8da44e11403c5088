"""What the web process and its workers say: every value arrives as it was, and nothing that arrives is run."""

from __future__ import annotations

import json
import pickle
import socket

import pytest

from lodeclaim.endpoint.engines.engine import Table, Term
from lodeclaim.endpoint.errors import EngineError, QueryError
from lodeclaim.endpoint.pool import wire
from lodeclaim.endpoint.sparql.tokens import Position, QueryTextError

TEXTS = ["", "ASK {}", "é😀\u2028\x00\x1b[31m", '"}]\\', "\n\r\n", "\ud800"]


@pytest.fixture
def pair():
    ours, theirs = socket.socketpair()
    ours.settimeout(10)
    with ours, theirs:
        yield ours, theirs


@pytest.mark.parametrize("text", TEXTS)
def test_a_job_arrives_as_it_was(text):
    job = wire.Job(
        text,
        {"SELECT": "text/csv"},
        default_graphs=("http://a/", text),
        named_graphs=(),
        union_default_graph=False,
        prefixes={"ex": "http://a/"},
        bindings={"x": Term(text, "literal", language="en"), "y": Term("http://a/", "iri")},
        gzip=True,
        if_none_match=('"a"', text),
        seconds=0.25,
        first=3,
    )
    assert wire.Job.from_payload(job.payload()) == job


def test_no_dataset_and_an_empty_dataset_differ():
    job = wire.Job("ASK {}", {}, default_graphs=None, named_graphs=())
    found = wire.Job.from_payload(job.payload())
    assert (found.default_graphs, found.named_graphs) == (None, ())


@pytest.mark.parametrize("more", [True, False])
def test_a_table_arrives_as_it_was(more):
    rows = [(Term(text, "literal", "http://a/", None), None, Term("b", "blank")) for text in TEXTS]
    table = Table(("a", "", "é"), rows, more)
    assert wire.table_from(wire.table(table)) == table
    assert wire.table_from(wire.table(Table((), [()]))) == Table((), [()])


def test_frames_arrive_one_by_one(pair):
    ours, theirs = pair
    jobs = ours.makefile("rb")
    payloads = [b"", b"x" * 70_000, b'{"kind": "END"}', bytes(range(256))]
    theirs.sendall(b"".join(wire.frame(wire.BODY, payload) for payload in payloads[:1] + payloads[2:]))
    assert [wire.receive(jobs) for _ in range(3)] == [(b"B", payload) for payload in payloads[:1] + payloads[2:]]
    theirs.sendall(wire.frame(wire.BODY, payloads[1]))
    assert wire.receive(jobs) == (b"B", payloads[1])
    theirs.close()
    assert wire.receive(jobs) is None


@pytest.mark.parametrize("length", [1, 4, 5, 8])
def test_a_frame_that_breaks_off_is_none(pair, length):
    ours, theirs = pair
    theirs.sendall(wire.frame(wire.END, b"whole")[:length])
    theirs.close()
    assert wire.receive(ours.makefile("rb")) is None


def test_what_is_longer_than_a_job_is_none(pair):
    ours, theirs = pair
    theirs.sendall(wire.HEADER.pack(wire.JOB, wire.MAX_JOB_BYTES + 1))
    assert wire.receive(ours.makefile("rb")) is None
    with pytest.raises(QueryError, match="more than 4,194,304"):
        wire.Job("ASK {}", {}, if_none_match=("x" * wire.MAX_JOB_BYTES,)).payload()


@pytest.mark.parametrize("text", ["x" * 1_000_000, "\U0001f600" * 100_000])
def test_a_failure_of_any_words_fits_a_frame(text):
    assert len(wire.failure(EngineError(text, text, text), text)) < wire.MAX_BYTES


ERRORS = [
    QueryError("update", "read-only", "Send a query", "update-refused"),
    EngineError("query", "too long", "Ask for less", "time-exceeded"),
]


@pytest.mark.parametrize("error", ERRORS)
def test_an_error_arrives_as_it_was(error):
    found = wire.error_from(wire.failure(error, "ASK {}"))
    assert type(found) is type(error)
    assert (found.where, found.found, found.remedy, found.kind) == (
        error.where,
        error.found,
        error.remedy,
        error.kind,
    )


def test_an_error_arrives_with_its_place_and_what_stands_there():
    text = "ASK {\n  SERVICE <x:> {} }"
    found = wire.error_from(wire.failure(QueryTextError(Position(2, 3), "off", "Do not", "service-refused"), text))
    assert isinstance(found, QueryTextError)
    assert (found.position, found.words, found.kind) == (Position(2, 3), "SERVICE", "service-refused")


class Trap:
    """Ends the test run where it is unpickled."""

    def __reduce__(self):
        return (pytest.exit, ("unpickled",))


@pytest.mark.parametrize("read", [wire.error_from, wire.table_from, wire.Job.from_payload])
def test_a_payload_is_data_and_never_code(read):
    with pytest.raises((ValueError, UnicodeDecodeError)):
        read(pickle.dumps(Trap()))


def test_an_error_holds_words_whatever_a_worker_says():
    fields = {"query": 1, "kind": ["x"], "where": {"a": 1}, "found": None, "remedy": 3, "place": [1.5, "2", None]}
    found = wire.error_from(json.dumps(fields).encode())
    assert isinstance(found, QueryTextError)
    assert (found.position, found.kind) == (Position(1, 2), "['x']")
