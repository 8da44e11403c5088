"""The bytes of a stranger -> requests, each bounded and framed in one way, as the server behind is to read them.

- The head of a request, a line of its chunks and its trailers are bounded in length.
- A request that asks for another protocol is read on as if it had not asked (RFC 9110, section 7.8).
- Trailers are counted, and are no fields of the request.
"""

from __future__ import annotations

import re
from typing import NamedTuple

import httptools
from werkzeug.exceptions import BadRequest, HTTPException, RequestHeaderFieldsTooLarge, RequestURITooLarge

MAX_URL_BYTES = 1 << 18
"""Longer than any that the application refuses with more words."""

MAX_HEADER_BYTES = 32_768
"""All fields of a head together, and of a trailer, counted as HTTP/2 does (RFC 9113, section 6.5.2)."""

MAX_ELEMENTS = 100
MAX_FIELD_BYTES = {
    b"accept": 4_096,
    b"accept-encoding": 4_096,
    b"access-control-request-headers": 4_096,
    b"content-type": 8_192,
    b"if-match": 4_096,
    b"if-none-match": 4_096,
    b"if-range": 4_096,
    b"query-id": 4_096,
    b"range": 4_096,
}
"""The fields that are parsed, which costs time: how long all lines of one may be together."""

PIECE = 1 << 14
"""How much is read at once."""

_FIELD_OVERHEAD = 32
_HOST = re.compile(rb"(?:\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._~!$&'()*+,;=%-]*)(?::[0-9]*)?")
_OF_AN_UPGRADE = frozenset([b"upgrade", b"http2-settings"])

_MAX_PARSED_URL = 65_535
"""What httptools can parse. A URL that is cut here is still too long for the application, which answers 414."""


class Part(NamedTuple):
    """A part of a request, to be handed on as it is."""

    content: bytes
    begins: bool = False
    ends: bool = False


class RequestReader:
    """Reads HTTP/1.1 (RFC 9112)."""

    def __init__(self) -> None:
        self._parser = _parser(self)
        self._parts: list[Part] = []
        self._url = bytearray()
        self._headers: list[tuple[bytes, bytes]] = []
        self._in_body = False
        self.in_head = False
        """Whether a head has begun, and is not whole yet."""

        self._is_chunked = False
        self._field_bytes = 0
        self._unused = 0
        """Bytes since the last that led to something: the end of a head or a message, or a part of a body."""

    def take(self) -> list[Part]:
        """Return what has been read, also before an error."""
        parts, self._parts = self._parts, []
        return parts

    def feed(self, piece: bytes) -> None:
        """Read a piece, of PIECE bytes at most; raise the HTTPException for what is not, or too much, of HTTP."""
        try:
            self._feed(memoryview(piece))
        except httptools.HttpParserError as error:
            cause = error.__context__
            malformed = BadRequest("Request: not HTTP/1.1 (RFC 9112). Have a client library write it.")
            raise (cause if isinstance(cause, HTTPException) else malformed) from error

    def _feed(self, piece: memoryview) -> None:
        self._unused += len(piece)
        while piece:
            try:
                self._parser.feed_data(piece)
                break
            except httptools.HttpParserUpgrade as pause:
                piece = piece[pause.args[0] :]
                self._ignore_upgrade()
        if self._in_body:
            self._bound(self._unused)
        else:
            self._bound(self._unused - len(self._url))
            if len(self._url) > MAX_URL_BYTES:
                raise RequestURITooLarge(f"URL: over {MAX_URL_BYTES} bytes. Send the query by POST.")

    def _ignore_upgrade(self) -> None:
        """Go on behind a head at which the parser stops, with one that has read a head of the same framing."""
        connection = b"keep-alive" if self._parser.should_keep_alive() else b"close"
        framing = [line for line in self._headers if line[0].lower() in {b"content-length", b"transfer-encoding"}]
        lines = [b"%s: %s\r\n" % line for line in (*framing, (b"connection", connection))]
        self._parser = _parser(self)
        self._parser.feed_data(b"POST / HTTP/1.1\r\n" + b"".join(lines) + b"\r\n")

    def on_message_begin(self) -> None:
        """Begin a request; called by the parser. Within a body it is the head that stands for one already read."""
        if not self._in_body:
            self.in_head = True
            self._url = bytearray()
            self._headers = []
            self._field_bytes = 0

    def on_url(self, url: bytes) -> None:
        """Take a part of the URL; called by the parser."""
        if not self._in_body:
            self._url += url

    def on_header(self, name: bytes, value: bytes) -> None:
        """Take a field; called by the parser."""
        self._field_bytes += len(name) + len(value) + _FIELD_OVERHEAD
        self._bound(self._field_bytes)
        if not self._in_body:
            self._headers.append((name, value))

    def on_headers_complete(self) -> None:
        """Take a whole head; called by the parser."""
        if self._in_body:
            return
        self._check_head()
        url = bytes(self._url[:_MAX_PARSED_URL])
        httptools.parse_url(url)  # raises as the parser does
        encodings = [value.lower() for name, value in self._headers if name.lower() == b"transfer-encoding"]
        self._is_chunked = bool(encodings)
        version = self._parser.get_http_version().encode()
        lines = [b"%s %s HTTP/%s" % (self._parser.get_method(), url, version), *self._fields(), b"", b""]
        self._parts.append(Part(b"\r\n".join(lines), begins=True))
        self._in_body, self.in_head = True, False
        self._field_bytes = self._unused = 0

    def _fields(self) -> list[bytes]:
        """Return the lines of the fields, without a wish for another protocol."""
        lines = []
        for name, value in self._headers:
            if name.lower() in _OF_AN_UPGRADE:
                continue
            if name.lower() == b"connection":
                tokens = (token.strip() for token in value.split(b","))
                value = b", ".join(token for token in tokens if token.lower() not in _OF_AN_UPGRADE)
                if not value:
                    continue
            lines.append(name + b": " + value)
        return lines

    def _check_head(self) -> None:
        if self._parser.get_method() == b"CONNECT":
            raise BadRequest("CONNECT: this is no proxy. Use GET or POST.")
        hosts = [value for name, value in self._headers if name.lower() == b"host"]
        needed = self._parser.get_http_version() != "1.0"
        if len(hosts) > 1 or (needed and not hosts) or not all(map(_HOST.fullmatch, hosts)):
            raise BadRequest("Host: not exactly one that is a name or an address (RFC 9112, section 3.2). Send one.")
        fields: dict[bytes, bytes] = {}
        for written, value in self._headers:
            name = written.lower()
            if name in MAX_FIELD_BYTES:
                fields[name] = fields[name] + b"," + value if name in fields else value
        for name, value in fields.items():
            if len(value) > MAX_FIELD_BYTES[name] or value.count(b",") >= MAX_ELEMENTS:
                found = f"{name.decode().title()}: over {MAX_FIELD_BYTES[name]} bytes or {MAX_ELEMENTS} elements"
                raise RequestHeaderFieldsTooLarge(f"{found}. Send a shorter one.")

    def on_body(self, body: bytes) -> None:
        """Take a part of a body; called by the parser."""
        self._unused = 0
        self._parts.append(Part(b"%x\r\n%s\r\n" % (len(body), body) if self._is_chunked else body))

    def on_message_complete(self) -> None:
        """Note that a request is whole; called by the parser, too early where it stops at an upgrade."""
        if self._parser.should_upgrade():
            return
        if self._parts and self._parts[-1].begins and not self._is_chunked:
            self._parts[-1] = Part(self._parts[-1].content, begins=True, ends=True)
        else:
            self._parts.append(Part(b"0\r\n\r\n" if self._is_chunked else b"", ends=True))
        self._in_body = False
        self._unused = 0
        self._url = bytearray()

    def _bound(self, length: int) -> None:
        if length > MAX_HEADER_BYTES:
            told = "Trailer or line of a chunk" if self._in_body else "Headers"
            raise RequestHeaderFieldsTooLarge(f"{told}: over {MAX_HEADER_BYTES} bytes. Send fewer or shorter ones.")


def _parser(reader: RequestReader) -> httptools.HttpRequestParser:
    parser = httptools.HttpRequestParser(reader)
    # What follows a request that ends the connection is not believed, but must not spoil it either.
    parser.set_dangerous_leniencies(lenient_data_after_close=True)
    return parser
