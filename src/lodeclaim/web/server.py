"""Runs the service: listens on one address until it is told to stop, and loads a new graph when it is told to."""

from __future__ import annotations

import asyncio
import contextlib
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

from lodeclaim.errors import LodeclaimError, UsageError
from lodeclaim.query.blocking import BlockingEngine
from lodeclaim.query.dataset import Source
from lodeclaim.query.limits import Capacity
from lodeclaim.query.pool import Pool
from lodeclaim.query.relay import QuietServer, Relay
from lodeclaim.query.upstream import Store
from lodeclaim.query.walls import WITHOUT
from lodeclaim.web import description
from lodeclaim.web.app import create_app
from lodeclaim.web.exchange import Exchange
from lodeclaim.web.gateway import Gateway
from lodeclaim.web.health import Health
from lodeclaim.web.observe import AccessLog, Metrics
from lodeclaim.web.peer import PeerConnection, room
from lodeclaim.web.settings import LogQueries, Place, Settings
from lodeclaim.web.threads import THREADS, Pages

RETRY_SECONDS = 30.0
"""How often a store that did not answer at the start is asked what it holds."""


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
    with _listen(place.host, place.port) as listener:
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
    loop = asyncio.get_running_loop()
    async with contextlib.AsyncExitStack() as stack:
        limits = settings.limits
        if limits.text.services:
            address = await stack.enter_async_context(Relay(limits, place.private_services).running())
            limits = replace(limits, relay=address)
        pool = Pool(source, limits, capacity)
        stack.push_async_callback(pool.close)
        await pool.start()
        for name, reason in pool.missing.items():
            advice = "Run it on Linux, or in a container, before you let strangers in"
            print(f"lodeclaim: {WITHOUT[name]} here: {reason}. {advice}", file=sys.stderr)
        engine = BlockingEngine(pool, loop)
        told = [description.Description()]
        try:
            await _describe(told, engine, source)
        except LodeclaimError as error:
            print(f"lodeclaim: {source} is not described yet: {error}", file=sys.stderr)
            stack.callback(loop.create_task(_describe_later(told, engine, source)).cancel)
        url = _url(place.host, listener)
        root = settings.public_url or url
        settings = replace(settings, limits=limits, public_url=root)
        service = description.Service(root, limits, settings.union_default_graph)
        metrics = Metrics(pool)
        pool.on_end = metrics.ended
        log = AccessLog(sys.stderr if log_queries else None, log_queries or "none")

        def done(exchange: Exchange) -> None:
            metrics.count(exchange)
            log.write(exchange)

        pages = WSGIMiddleware(create_app(engine, settings, lambda: told[0]), workers=THREADS)  # type: ignore[arg-type]
        gateway = Gateway(
            pool,
            Pages(cast(Any, pages), settings.cache_bytes // 4, lambda: pool.version),
            settings,
            describe=lambda format: description.service_description(told[0], service, format),
            metrics=metrics.text,
            health=Health(pool, isinstance(source, Store)),
            done=done,
        )

        async def reload() -> None:
            try:
                await pool.start()
                await _describe(told, engine, source)
                print(f"lodeclaim: loaded {source} anew {pool.version[:12]}", file=sys.stderr)
            except LodeclaimError as error:
                print(f"lodeclaim: {error} What was served is served on.", file=sys.stderr)

        server = _Server(_config(gateway, place, settings, capacity), lambda: ready(url))
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, server.stop)
        loop.add_signal_handler(signal.SIGHUP, lambda: loop.create_task(reload()))
        gc.collect()
        gc.freeze()  # what is here now stays: no answer waits while the collector walks it again
        await server.serve(sockets=[listener])


async def _describe(told: list[description.Description], engine: BlockingEngine, source: Source) -> None:
    """Read what the dataset says of itself; raises as the engine does, and then what was known before stays."""
    told[0] = await asyncio.to_thread(description.read, engine)
    if not told[0].is_union:
        found = "its default graph is not the union of its named graphs, so that queries which name none find little"
        print(f"lodeclaim: {source}: {found}. Configure the store: see docs/endpoint.md", file=sys.stderr)


async def _describe_later(told: list[description.Description], engine: BlockingEngine, source: Source) -> None:
    """Read it as soon as the engine answers."""
    while True:
        await asyncio.sleep(RETRY_SECONDS)
        with contextlib.suppress(LodeclaimError):
            await _describe(told, engine, source)
            return


class _Server(QuietServer):
    """Says when it takes connections."""

    def __init__(self, config: uvicorn.Config, started: Callable[[], object]) -> None:
        super().__init__(config)
        self._started = started

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._started()

    def stop(self) -> None:
        # A second signal does not wait for the answers that are under way.
        self.force_exit = self.should_exit
        self.should_exit = True


def _config(gateway: Gateway, place: Place, settings: Settings, capacity: Capacity) -> uvicorn.Config:
    options: dict[str, Any] = {
        "loop": "none",
        "http": partial(PeerConnection, most=room(capacity)),
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
        "timeout_keep_alive": 15,
        "timeout_graceful_shutdown": int(settings.limits.seconds) + 5,
        "backlog": 2048,
    }
    return uvicorn.Config(gateway, **options)


def _url(host: str, listener: socket.socket) -> str:
    name = f"[{host}]" if ":" in host else host
    return f"http://{name}:{listener.getsockname()[1]}/"


def _listen(host: str, port: int) -> socket.socket:
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
