"""What a request says that Flask has been handed: as the plain values that the protocol works with."""

from __future__ import annotations

from urllib.parse import unquote, urlsplit

from flask import request
from werkzeug.exceptions import RequestEntityTooLarge

from lodeclaim.endpoint.pool.blocking import CLIENT
from lodeclaim.endpoint.web.exchange import client_of
from lodeclaim.endpoint.web.protocol import Received

UNKNOWN = "http://localhost"
"""The address of a service that nobody has told its own."""


def root(prefix: str) -> str:
    """Return where the service below a prefix is found as far as it can know; the Host header is not believed.

    What a server puts into SERVER_NAME is not either: some take it from that header.
    """
    return f"{UNKNOWN}{request.script_root}{prefix}/"


def sent_path(prefix: str) -> str:
    """Return the path below a prefix as it was sent, percent-encoded and without its first slash.

    WSGI decodes it, so that `%2F` and `/` are the same there. Servers tell what was sent under two names, or not at
    all; what does not fit is not believed. Empty where nobody knows.
    """
    told = request.environ.get("REQUEST_URI") or request.environ.get("RAW_URI") or ""
    path = told.partition("?")[0] if told.startswith("/") else urlsplit(told).path
    if unquote(path, errors="replace") != request.script_root + request.path:
        return ""
    return path.split("/", (request.script_root + prefix).count("/") + 1)[-1]


def received(max_body: int) -> Received:
    """Return the request that is being answered; raise RequestEntityTooLarge for a body that is too long."""
    too_large = RequestEntityTooLarge(f"Body: over {max_body} bytes. Ask in several queries.")
    body = b""
    if request.method == "POST":
        if (request.content_length or 0) > max_body:
            raise too_large
        try:
            body = request.get_data()
        except RequestEntityTooLarge:
            raise too_large from None
    headers = {name.lower(): value for name, value in request.headers.items()}
    return Received(request.method, request.query_string, headers, body)


def client() -> str:
    """Return what stands for the client whose request is being answered."""
    return client_of(request.remote_addr or "")


def ask_for_client() -> None:
    """Let the pages ask on behalf of the client whose request is being answered."""
    CLIENT.set(client())
