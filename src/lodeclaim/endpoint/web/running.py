"""A service while it runs: a pool over one source, what it says of itself, and what its operator sees of it."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, replace

from lodeclaim.endpoint import profiles
from lodeclaim.endpoint.engines.dataset import Source
from lodeclaim.endpoint.engines.upstream import RemoteStore
from lodeclaim.endpoint.pool.blocking import BlockingEngine
from lodeclaim.endpoint.pool.limits import Capacity
from lodeclaim.endpoint.pool.pool import Pool
from lodeclaim.endpoint.pool.relay import Relay
from lodeclaim.endpoint.pool.walls import WITHOUT
from lodeclaim.endpoint.web.health import Health
from lodeclaim.endpoint.web.observe import Metrics
from lodeclaim.endpoint.web.served import Served
from lodeclaim.endpoint.web.settings import Settings


@dataclass(frozen=True)
class Running:
    """What belongs to one event loop."""

    settings: Settings
    pool: Pool
    engine: BlockingEngine
    served: Served
    health: Health
    metrics: Metrics


@contextlib.asynccontextmanager
async def running(
    source: Source,
    settings: Settings,
    capacity: Capacity,
    private_services: bool,
    say: Callable[[str], object],
    process: str | None = None,
) -> AsyncIterator[Running]:
    """Load a source, and answer from it while inside; what there is to tell the operator is said in whole sentences.

    `process` names the process in the metrics, where there are several. Raises UsageError where the source cannot be
    had, SourceError where it is malformed.
    """
    async with contextlib.AsyncExitStack() as stack:
        limits = settings.limits
        if settings.public_url:
            limits = replace(limits, base=settings.public_url)
        if limits.text.services:
            address = await stack.enter_async_context(Relay(limits, private_services).running())
            limits = replace(limits, relay=address)
        pool = Pool(source, limits, capacity, profiles.fields(settings.profiles))
        stack.push_async_callback(pool.close)
        engine = BlockingEngine(pool, asyncio.get_running_loop())
        served = Served(pool, engine, source, settings.exporter, say)
        await served.start()
        for name, reason in pool.missing.items():
            say(f"{WITHOUT[name]} here: {reason}. Run it on Linux, or in a container, before you let strangers in")
        metrics = Metrics(pool, process)
        pool.on_end = metrics.ended
        stack.callback(asyncio.get_running_loop().create_task(served.follow()).cancel)
        health = Health(pool, isinstance(source, RemoteStore))
        yield Running(replace(settings, limits=limits), pool, engine, served, health, metrics)
