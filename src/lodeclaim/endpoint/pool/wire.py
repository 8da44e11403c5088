"""What the web process and its workers say to one another: frames on a stream socket.

A frame is one byte of kind, four of length (big-endian), and a payload: JSON, or bytes of a body. Nothing here can
carry code, since a worker that a query has taken over must not be able to take over its parent.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, BinaryIO

from lodeclaim.endpoint.engines.engine import Table, Term
from lodeclaim.endpoint.engines.fulltext import Hit, Hits
from lodeclaim.endpoint.errors import EngineError, LodeclaimError, QueryError
from lodeclaim.endpoint.sparql.tokens import Position, QueryTextError, excerpt

HEADER = struct.Struct(">cI")

JOB, HEAD, BODY, END, FAILURE = b"J", b"H", b"B", b"E", b"F"

LAST = b"L"
"""Comes before END or FAILURE where the worker takes no job after this one."""

READY = b"R"
"""Comes once, before the first job: the worker has opened what it is to ask."""

FROM_WORKER = frozenset([HEAD, BODY, END, FAILURE, LAST, READY])

MAX_BYTES = 1 << 17
"""Length of a payload from a worker. A body comes in parts of that length, whatever the length of its literals."""

MAX_JOB_BYTES = 1 << 22
"""Length of a job: several times what a request may hold, since JSON writes six bytes for some that are one."""

_MAX_WORDS = 2_000
"""Characters of one text in a failure."""


@dataclass(frozen=True)
class Job:
    """One query and everything a worker has to know to answer it."""

    text: str
    formats: Mapping[str, str]
    """For each query form the media type, or an alias of it, in which the client takes the answer; {} for none."""

    default_graphs: tuple[str, ...] | None = None
    named_graphs: tuple[str, ...] | None = None
    union_default_graph: bool = True
    prefixes: Mapping[str, str] = field(default_factory=dict)
    bindings: Mapping[str, Term] = field(default_factory=dict)
    gzip: bool = False
    if_none_match: tuple[str, ...] = ()
    seconds: float = 10.0
    first: int | None = None
    """Where given, a SELECT is answered by a table of so many rows at most, see `table`; `formats` are for others."""

    is_update: bool = False
    """Whether the text is an update, which is only judged: well-formed or not."""

    is_search: bool = False
    """Whether the text is words to be searched for, of which `first` hits are wanted, see `hits`."""

    def payload(self) -> bytes:
        """Return the job as JSON; raise QueryError where that is too long for a worker."""
        fields = dict(self.__dict__)
        fields["bindings"] = {name: asdict(term) for name, term in self.bindings.items()}
        payload = json.dumps(fields, separators=(",", ":")).encode()
        if len(payload) > MAX_JOB_BYTES:
            found = f"with all that comes with it {len(payload):,} bytes, more than {MAX_JOB_BYTES:,}"
            raise QueryError("query", found, "Ask in several queries")
        return payload

    @classmethod
    def from_payload(cls, payload: bytes) -> Job:
        """Return the job that `payload` made."""
        fields: dict[str, Any] = json.loads(payload)
        for name in ("default_graphs", "named_graphs", "if_none_match"):
            fields[name] = None if fields[name] is None else tuple(fields[name])
        fields["bindings"] = {name: Term(**term) for name, term in fields["bindings"].items()}
        return cls(**fields)


@dataclass(frozen=True)
class Head:
    """What is known of an answer before its first byte."""

    content_type: str
    etag: str | None
    """The strong entity tag, or None where the answer may change without the data."""

    form: str
    """The form of the query."""

    not_modified: bool = False
    """Whether the client has this answer already; then there is no body."""

    whole: bool = False
    """Whether the body is complete, so that nothing can fail any more."""

    hints: tuple[str, ...] = ()
    """What a person may have meant instead, in sentences."""


def table(found: Table) -> bytes:
    """Return a table as JSON: its columns, whether there is more, and rows of terms."""
    rows = [[None if term is None else [*vars(term).values()] for term in row] for row in found.rows]
    return json.dumps([found.columns, found.more, rows], separators=(",", ":")).encode()


def table_from(payload: bytes) -> Table:
    """Return the table that `table` made."""
    columns, more, rows = json.loads(payload)
    terms = [tuple(None if term is None else Term(*term) for term in row) for row in rows]
    return Table(tuple(columns), terms, more)


def hits(found: Hits) -> bytes:
    """Return hits as JSON."""
    return json.dumps(asdict(found), separators=(",", ":")).encode()


def hits_from(payload: bytes) -> Hits:
    """Return the hits that `hits` made."""
    fields: dict[str, Any] = json.loads(payload)
    return Hits(**{**fields, "hits": tuple(Hit(**hit) for hit in fields["hits"])})


def frame(kind: bytes, payload: bytes) -> bytes:
    """Return one frame."""
    return HEADER.pack(kind, len(payload)) + payload


def receive(stream: BinaryIO) -> tuple[bytes, bytes] | None:
    """Return the kind and payload of the next job, or None where the other side has closed or sends what is none."""
    header = stream.read(HEADER.size)
    if len(header) < HEADER.size:
        return None
    kind, length = HEADER.unpack(header)
    if length > MAX_JOB_BYTES:
        return None
    payload = stream.read(length)
    return None if len(payload) < length else (kind, payload)


def failure(error: LodeclaimError, text: str) -> bytes:
    """Return the payload that tells of an error on a query with this text."""
    place = error.position if isinstance(error, QueryTextError) else None
    fields: dict[str, Any] = {
        "query": isinstance(error, QueryError),
        "kind": getattr(error, "kind", "query-failed"),
        "where": error.where[:_MAX_WORDS],
        "found": error.found[:_MAX_WORDS],
        "remedy": error.remedy[:_MAX_WORDS],
        "place": None if place is None else [place.line, place.column, excerpt(text, place)],
    }
    return json.dumps(fields).encode()


def error_from(payload: bytes) -> LodeclaimError:
    """Return the error that `failure` told of."""
    fields = json.loads(payload)
    where, found, remedy, kind = (str(fields[name]) for name in ("where", "found", "remedy", "kind"))
    if fields["place"] is not None:
        line, column, words = fields["place"]
        return QueryTextError(Position(int(line), int(column)), found, remedy, kind, str(words))
    return (QueryError if fields["query"] else EngineError)(where, found, remedy, kind)
