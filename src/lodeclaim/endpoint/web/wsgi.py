"""What a request says that Flask has been handed: as the plain values that the protocol works with."""

from __future__ import annotations

from flask import request
from werkzeug.exceptions import RequestEntityTooLarge

from lodeclaim.endpoint.pool.blocking import CLIENT
from lodeclaim.endpoint.web.exchange import client_of
from lodeclaim.endpoint.web.protocol import Received


def root() -> str:
    """Return where this application is found as the server that runs it says: never by the Host header."""
    host, port = request.environ["SERVER_NAME"], request.environ["SERVER_PORT"]
    named = f"[{host}]" if ":" in host else host
    usual = {"http": "80", "https": "443"}.get(request.scheme)
    return f"{request.scheme}://{named}{'' if port == usual else f':{port}'}{request.script_root}/"


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
