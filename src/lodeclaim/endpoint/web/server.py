"""Runs the service: listens on one address until it is told to stop, and loads a new graph when it is told to."""

from __future__ import annotations

import asyncio
import gc
import signal
import socket
import sys
from collections.abc import Callable, Coroutine
from dataclasses import replace
from functools import partial
from typing import Any, cast

import uvicorn
from a2wsgi import WSGIMiddleware

from lodeclaim.endpoint.engines.dataset import Source
from lodeclaim.endpoint.engines.upstream import RemoteStore
from lodeclaim.endpoint.errors import UsageError
from lodeclaim.endpoint.pool.limits import Capacity
from lodeclaim.endpoint.pool.relay import QuietServer
from lodeclaim.endpoint.web import description
from lodeclaim.endpoint.web.app import application
from lodeclaim.endpoint.web.connection import KEEP_ALIVE_SECONDS, Connection, Heard, room
from lodeclaim.endpoint.web.exchange import Exchange
from lodeclaim.endpoint.web.gateway import Gateway
from lodeclaim.endpoint.web.observe import AccessLog, Outlet
from lodeclaim.endpoint.web.operations import Operations
from lodeclaim.endpoint.web.page_server import THREADS, Pages, handing_on
from lodeclaim.endpoint.web.running import Running, running
from lodeclaim.endpoint.web.settings import LogQueries, Place, Settings

LOG_SECONDS = 2.0
"""How long the end waits for a reader of the log."""


def serve(
    source: Source,
    settings: Settings,
    capacity: Capacity,
    place: Place,
    log_queries: LogQueries | None = None,
    ready: Callable[[str], object] = lambda url: None,
) -> None:
    """Answer HTTP requests from a graph file, a folder or another store until SIGINT or SIGTERM, then return.

    SIGHUP loads the source anew; requests that are being answered end on what they began with. `ready` is called with
    the URL as soon as connections are taken. With `log_queries` requests are logged to standard error. Must be called
    from the main thread. Raises UsageError where the address or the source cannot be had, SourceError where the
    source is malformed.
    """
    with listen(place.host, place.port) as listener:
        _loop_runner()(_serve(source, settings, capacity, place, log_queries, ready, listener))


def _loop_runner() -> Callable[[Coroutine[Any, Any, None]], None]:
    """Return what runs a coroutine: uvloop or, where that is not installed, the event loop of Python."""
    try:
        import uvloop
    except ModuleNotFoundError:
        return asyncio.run
    return uvloop.run


async def _serve(
    source: Source,
    settings: Settings,
    capacity: Capacity,
    place: Place,
    log_queries: LogQueries | None,
    ready: Callable[[str], object],
    listener: socket.socket,
) -> None:
    outlet = Outlet(sys.stderr)
    url = address_of(place.host, listener)
    is_embedded = not isinstance(source, RemoteStore)
    settings = replace(settings, public_url=settings.public_url or url, is_embedded=is_embedded)
    try:
        say = partial(_say, outlet)
        async with running(source, settings, capacity, place.private_services, say) as service:
            await _answer(service, capacity, place, log_queries, lambda: ready(url), listener, outlet)
    finally:
        outlet.drain(LOG_SECONDS)


def _say(outlet: Outlet, words: str) -> None:
    outlet.write(f"lodeclaim: {words}\n")


async def _answer(
    service: Running,
    capacity: Capacity,
    place: Place,
    log_queries: LogQueries | None,
    ready: Callable[[], object],
    listener: socket.socket,
    outlet: Outlet,
) -> None:
    served, settings = service.served, service.settings
    announced = description.Service(
        settings.public_url or "", settings.limits, settings.union_default_graph, settings.is_embedded
    )
    log = AccessLog(outlet if log_queries else None, log_queries or "none")

    def done(exchange: Exchange) -> None:
        service.metrics.count(exchange)
        log.write(exchange)

    rules = Operations(
        settings, lambda format: description.service_description(served.description, announced, format)
    )
    app = application(service.engine, settings, lambda: served.description, lambda: served.now.files)
    app.config["USE_X_SENDFILE"] = True
    pages = WSGIMiddleware(handing_on(app, outlet), workers=THREADS)  # type: ignore[arg-type]
    gateway = Gateway(
        service.pool,
        Pages(cast(Any, pages), settings.cache_bytes // 4, rules.max_body, lambda: served.version),
        rules,
        settings.cache_bytes,
        service.metrics.text,
        service.health,
        done,
    )
    server = AnnouncedServer(_config(Heard(gateway), place, settings, capacity), ready)
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, server.stop)
    loop.add_signal_handler(signal.SIGHUP, served.reload)
    gc.collect()
    gc.freeze()  # what is here now stays: no answer waits while the collector walks it again
    outlet.drain(LOG_SECONDS)
    await server.serve(sockets=[listener])


class AnnouncedServer(QuietServer):
    """Says when it takes connections."""

    def __init__(self, config: uvicorn.Config, started: Callable[[], object]) -> None:
        super().__init__(config)
        self._started = started

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start as every server, and say so."""
        await super().startup(sockets)
        self._started()

    def stop(self) -> None:
        """End when the answers that are under way have ended."""
        # A second signal does not wait for the answers that are under way.
        self.force_exit = self.should_exit
        self.should_exit = True


def _config(app: Heard, place: Place, settings: Settings, capacity: Capacity) -> uvicorn.Config:
    options: dict[str, Any] = {
        "loop": "none",
        "http": "httptools",
        "ws": "none",
        "lifespan": "off",
        "interface": "asgi3",
        "access_log": False,
        "log_config": None,
        "log_level": "critical",  # the gateway logs; a response broken off on purpose is no error of the server
        "server_header": False,
        "date_header": True,
        "proxy_headers": bool(place.trusted_proxies),
        "forwarded_allow_ips": list(place.trusted_proxies),
        "timeout_keep_alive": int(2 * KEEP_ALIVE_SECONDS),  # the connection before it knows when a request begins
        "timeout_graceful_shutdown": int(settings.limits.seconds) + 5,
        "backlog": 2048,
    }
    behind = uvicorn.Config(app, **options)
    behind.load()  # which finds out what speaks HTTP
    open: set[Connection] = set()
    most = room(capacity)

    def connection(**named: Any) -> Connection:  # noqa: ANN401 - what uvicorn gives to its own
        return Connection(behind.http_protocol_class(**named), open, most)

    return uvicorn.Config(app, **{**options, "http": connection})


def address_of(host: str, listener: socket.socket) -> str:
    """Return the URL of what answers at a socket."""
    name = f"[{host}]" if ":" in host else host
    return f"http://{name}:{listener.getsockname()[1]}/"


def listen(host: str, port: int) -> socket.socket:
    """Return a socket that listens there; raises UsageError where it cannot be."""
    where = f"{host} port {port}"
    if not 0 <= port <= 65535:
        raise UsageError(where, "no such port", "Choose one up to 65535 with --port")
    try:
        return socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET)
    except socket.gaierror as error:
        raise UsageError(where, f"no such host ({error.strerror})", "Choose another with --host") from error
    except OSError as error:
        remedy = "Choose another with --port or --host"
        raise UsageError(where, f"it cannot be listened on ({error.strerror})", remedy) from error
