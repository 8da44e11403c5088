"""The only way out: SERVICE requests go through here, and the address behind a name is checked before it is used.

The embedded engine would connect to whatever an IRI resolves or redirects to. So a worker's query is rewritten to ask
this relay, on loopback and behind an unguessable path; and the relay asks the service. It runs only where the
operator allows services.
"""

from __future__ import annotations

import asyncio
import ipaddress
import secrets
import socket
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator, Mapping, MutableMapping
from contextlib import asynccontextmanager, contextmanager
from typing import Any
from urllib.parse import parse_qs, urljoin

import httpcore
import uvicorn

from lodeclaim.endpoint.pool.limits import Limits
from lodeclaim.endpoint.sparql.services import is_allowed

MAX_REDIRECTS = 3
MAX_ANSWER_BYTES = 64 * 1024**2

Message = MutableMapping[str, Any]
Scope = Message
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

_HEADERS: Mapping[bytes | str, bytes | str] = {
    "content-type": "application/sparql-query",
    "accept": "application/sparql-results+json, application/sparql-results+xml;q=0.9",
    "accept-encoding": "identity",
}


def is_public(address: str) -> bool:
    """Return whether an IP address belongs to the public internet, whichever way it is wrapped in another."""
    parsed = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(parsed, ipaddress.IPv6Address):
        inner = [parsed.ipv4_mapped, parsed.sixtofour, *(parsed.teredo or ())]
        if parsed in _NAT64:
            inner.append(ipaddress.IPv4Address(int(parsed) & 0xFFFFFFFF))
        if any(wrapped is not None and not _is_public(wrapped) for wrapped in inner):
            return False
    return _is_public(parsed)


def _is_public(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    return address.is_global and not address.is_multicast


_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")


class _CheckedNetwork(httpcore.AnyIOBackend):
    """Connects to an address only after it was checked: to that very one, not to what is resolved a second time."""

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        try:
            found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except OSError as error:
            raise httpcore.ConnectError(f"{host}: no such host") from error
        addresses = {str(entry[4][0]) for entry in found}
        if refused := sorted(address for address in addresses if not is_public(address)):
            raise httpcore.ConnectError(f"{host}: {refused[0]} is no public address")
        address = str(found[0][4][0])
        return await super().connect_tcp(address, port, timeout, local_address, socket_options)


class QuietServer(uvicorn.Server):
    """A server that leaves signals to whoever runs it."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Capture none."""
        yield


class Relay:
    """An ASGI application that passes a worker's query on to an allowed service, and its results back."""

    def __init__(self, limits: Limits, private_addresses: bool = False) -> None:
        self._allowed = limits.text.services
        self._timeout = dict.fromkeys(("connect", "read", "write", "pool"), limits.seconds)
        self._path = f"/{secrets.token_urlsafe(24)}"
        network = httpcore.AnyIOBackend() if private_addresses else _CheckedNetwork()
        self._connections = httpcore.AsyncConnectionPool(ssl.create_default_context(), network_backend=network)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request of a worker (ASGI 3.0)."""
        query = await _body(receive)
        wanted = parse_qs(scope["query_string"].decode()).get("iri", [""])[0]
        if scope["path"] != self._path:
            await _respond(send, 404, "text/plain", b"")
            return
        try:
            await _respond(send, *await self._ask(wanted, query))
        except (httpcore.NetworkError, httpcore.ProtocolError, httpcore.TimeoutException, ValueError) as error:
            await _respond(send, 502, "text/plain", str(error).encode())

    async def _ask(self, iri: str, query: bytes) -> tuple[int, str, bytes]:
        for _ in range(MAX_REDIRECTS + 1):
            if not is_allowed(iri, self._allowed):
                raise ValueError(f"{iri}: not an allowed service")
            request = self._connections.stream(
                "POST", iri, headers=_HEADERS, content=query, extensions={"timeout": self._timeout}
            )
            async with request as response:
                headers = {name.lower(): value for name, value in response.headers}
                if response.status in {301, 302, 303, 307, 308} and b"location" in headers:
                    iri = urljoin(iri, headers[b"location"].decode("ascii", "replace"))
                    continue
                body = bytearray()
                async for part in response.aiter_stream():
                    body += part
                    if len(body) > MAX_ANSWER_BYTES:
                        raise ValueError(f"{iri}: more than {MAX_ANSWER_BYTES} bytes")
                return response.status, headers.get(b"content-type", b"").decode("latin-1"), bytes(body)
        raise ValueError(f"{iri}: more than {MAX_REDIRECTS} redirects")

    @asynccontextmanager
    async def running(self) -> AsyncIterator[str]:
        """Listen on a free port of the loopback address while inside; give the address to rewrite queries to."""
        with socket.create_server(("127.0.0.1", 0)) as listener:
            config = uvicorn.Config(self, loop="none", lifespan="off", log_config=None, access_log=False, ws="none")
            server = QuietServer(config)
            task = asyncio.create_task(server.serve(sockets=[listener]))
            try:
                yield f"http://127.0.0.1:{listener.getsockname()[1]}{self._path}"
            finally:
                server.should_exit = server.force_exit = True
                await task
                await self._connections.aclose()


async def _body(receive: Receive) -> bytes:
    parts = []
    while True:
        message = await receive()
        parts.append(message.get("body", b""))
        if not message.get("more_body"):
            return b"".join(parts)


async def _respond(send: Send, status: int, media_type: str, body: bytes) -> None:
    headers = [(b"content-type", media_type.encode("latin-1", "replace"))]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
