"""Requests as they are read before the server that speaks HTTP: bounded, and framed in one way."""

from __future__ import annotations

import random
import re

import pytest
from werkzeug.exceptions import HTTPException

from lodeclaim.endpoint.web.reader import RequestReader

GET = b"GET /a?b=c HTTP/1.1\r\nHost: x\r\nAccept: text/csv\r\n\r\n"
POST = b"POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello"
CHUNKED = b"POST /a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
UPGRADE = POST.replace(b"Content-", b"Connection: Upgrade, close\r\nUpgrade: h2c\r\nContent-")


def read(*pieces: bytes) -> tuple[bytes, list[tuple[bool, bool]]]:
    """What is handed on of some pieces, and where requests begin and end in it."""
    reader, parts = RequestReader(), []
    for piece in pieces:
        reader.feed(piece)
        parts += reader.take()
    return b"".join(part.content for part in parts), [
        (part.begins, part.ends) for part in parts if part.begins or part.ends
    ]


def test_requests_are_handed_on_as_they_are() -> None:
    content, marks = read(GET + POST + GET)
    assert content == GET + POST + GET
    assert marks == [(True, True), (True, False), (False, True), (True, True)]


def test_chunks_are_framed_anew_and_trailers_and_extensions_are_left_out() -> None:
    content, _ = read(CHUNKED + b"3;x=y\r\nhel\r\n2\r\nlo\r\n0\r\nX-Forwarded-For: evil\r\n\r\n" + GET)
    assert content == CHUNKED + b"3\r\nhel\r\n2\r\nlo\r\n0\r\n\r\n" + GET


def test_a_wish_for_another_protocol_is_left_out() -> None:
    content, marks = read(UPGRADE)
    assert content == POST.replace(b"Content-", b"Connection: close\r\nContent-")
    assert marks == [(True, False), (False, True)]


def test_it_makes_no_difference_where_the_bytes_are_divided() -> None:
    dice = random.Random(20261130)
    plain = UPGRADE.replace(b"Upgrade, close", b"Upgrade")
    sent = GET + plain + CHUNKED + b"5\r\nhello\r\n0\r\nA: b\r\n\r\n" + POST + GET
    for _ in range(200):
        cuts = sorted(dice.sample(range(1, len(sent)), dice.randint(1, 40)))
        pieces = [sent[start:end] for start, end in zip([0, *cuts], [*cuts, len(sent)], strict=True)]
        content, marks = read(*pieces)
        assert [sum(begins for begins, _ in marks), sum(ends for _, ends in marks)] == [5, 5]
        # A chunk that comes in pieces is handed on in pieces: whoever reads it finds the same.
        chunks = re.sub(rb"\r\n[1-5]\r\n", b"", content.partition(b"chunked\r\n\r\n")[2].partition(b"0\r\n\r\n")[0])
        assert re.sub(rb"^[1-5]\r\n|\r\n$", b"", chunks) == b"hello"
        assert content.startswith(GET + POST)
        assert content.endswith(POST + GET)


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (b"nonsense\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n", 400),
        (b"CONNECT x:1 HTTP/1.1\r\nHost: x\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n", 400),
        (CHUNKED + b"zz\r\n", 400),
        (b"GET / HTTP/1.1\r\nHost: x\r\nX: " + b"a" * 33_000, 431),
        (b"GET / HTTP/1.1\r\nHost: x\r\nAccept: " + b"a/b," * 101 + b"\r\n\r\n", 431),
        (CHUNKED + b"0\r\nX: " + b"a" * 70_000, 431),
        (b"GET /?" + b"a" * 300_000, 414),
    ],
)
def test_what_is_not_or_too_much_of_http_is_refused(sent, status) -> None:
    with pytest.raises(HTTPException) as told:
        read(*(sent[at : at + 16_384] for at in range(0, len(sent), 16_384)))
    assert told.value.code == status
