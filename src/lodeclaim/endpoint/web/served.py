"""What is served now: one dataset with its description and its files.

These two are replaced together, once the queries are answered from the new dataset: that is asked to describe itself.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from time import monotonic

from lodeclaim.endpoint.engines.dataset import CURRENT, Source
from lodeclaim.endpoint.engines.engine import Engine
from lodeclaim.endpoint.engines.upstream import RemoteStore
from lodeclaim.endpoint.errors import LodeclaimError, SourceError
from lodeclaim.endpoint.pool.pool import Pool
from lodeclaim.endpoint.rdf import is_empty
from lodeclaim.endpoint.web import description
from lodeclaim.endpoint.web.description import Description
from lodeclaim.endpoint.web.pages.downloads import Conversions
from lodeclaim.endpoint.web.settings import Exporter

WATCH_SECONDS = 2.0
"""How often a process that is told nothing looks whether its source is another."""

RETRY_SECONDS = 30.0
"""How often a store that did not answer is asked again what it holds."""


@dataclass(frozen=True)
class Loaded:
    """A dataset as it was loaded."""

    number: int = 0
    """How many were loaded before."""

    description: Description | None = None
    """What it says of itself; None while that is not known."""

    files: Conversions | None = None
    """The graph file that was loaded, and what is made of it; None where there is none, or no room for a copy."""


class Served:
    """Loads a source into a pool: once at the start, and anew whenever that was asked for, one at a time."""

    def __init__(
        self, pool: Pool, engine: Engine, source: Source, exporter: Exporter | None, say: Callable[[str], object]
    ) -> None:
        self.now = Loaded()
        self._pool = pool
        self._engine = engine
        self._source = source
        self._exporter = exporter
        self._say = say
        self._asked = asyncio.Event()
        self._loaded: tuple[int, int, int] | None = None

    @property
    def version(self) -> str:
        """What stays the same as long as everything that is served does."""
        return f"{self._pool.version} {self.now.number} {self.now.description is not None}"

    @property
    def description(self) -> Description:
        """What the dataset says of itself; nothing while that is not known."""
        return self.now.description or Description()

    async def start(self) -> None:
        """Load the source.

        Raises UsageError or SourceError where it cannot be loaded, EngineError where the process ends that does it,
        OSError where the system has no process or descriptor left.
        """
        await self._load_anew()

    def reload(self) -> None:
        """Have the source loaded anew: once more where that is under way, since it may have been read by then."""
        self._asked.set()

    async def follow(self) -> None:
        """Do what `reload` asks for, and ask again what a store holds that did not tell; never returns."""
        while True:
            try:
                async with asyncio.timeout(RETRY_SECONDS if self.now.description is None else None):
                    await self._asked.wait()
            except TimeoutError:
                with contextlib.suppress(LodeclaimError):
                    self.now = replace(self.now, description=await self._told())
                continue
            self._asked.clear()
            try:
                await self._load_anew()
                self._say(f"loaded {self._source} anew {self._pool.version[:12]}")
            except (LodeclaimError, OSError) as error:
                self._say(f"{error}. What was served is served on.")

    async def watch(self) -> None:
        """Reload whenever the source has become another than what is served; never returns.

        One that could not be loaded is tried again after a time, unless it has changed before.
        """
        tried, since = self._loaded, 0.0
        while True:
            await asyncio.sleep(WATCH_SECONDS)
            now = self._signature()
            if now is None or now == self._loaded:
                continue
            if now != tried or monotonic() - since > RETRY_SECONDS:
                tried, since = now, monotonic()
                self.reload()

    async def _load_anew(self) -> None:
        signature = self._signature()
        files = await self._copied()
        if self.now.number and files is not None and await asyncio.to_thread(is_empty, files.graph):
            remedy = "Start the server anew if that is meant"
            raise SourceError(str(self._source), "it holds no statement", remedy)
        await self._load(files)
        self._loaded = signature

    def _signature(self) -> tuple[int, int, int] | None:
        """Return what changes with a file that is replaced or written to, and None where there is none."""
        if not isinstance(self._source, Path):
            return None
        try:
            status = (self._source / CURRENT if self._source.is_dir() else self._source).stat()
        except OSError:
            return None
        return status.st_mtime_ns, status.st_size, status.st_ino

    async def _copied(self) -> Conversions | None:
        """Return the graph file as it is now; None where the source is no file, or there is no room for a copy."""
        if not isinstance(self._source, Path) or self._source.is_dir():
            return None
        try:
            return await asyncio.to_thread(Conversions, self._source, self._exporter)
        except OSError as error:
            self._say(f"nothing can be downloaded: there is no room for a copy of {self._source} ({error})")
            return None

    async def _load(self, files: Conversions | None) -> None:
        try:
            await self._pool.start(files.graph if files else self._source)
        except LodeclaimError as error:
            if files is None:
                raise
            # The copy is nobody's business.
            where, found = (said.replace(str(files.graph), str(self._source)) for said in (error.where, error.found))
            raise type(error)(where, found, error.remedy) from error
        told: Description | None = None
        try:
            told = await self._told()
        except LodeclaimError as error:
            if self.now.number and isinstance(self._source, RemoteStore):
                raise  # the data is where it was, so that what was known of it is better than nothing
            self._say(f"{self._source} is not described yet: {error}")
        self.now = Loaded(self.now.number + 1, told, files)

    async def _told(self) -> Description:
        """Return what the dataset says of itself; raises as the engine does."""
        told = await asyncio.to_thread(description.read, self._engine)
        if not told.is_union:
            found = (
                "its default graph is not the union of its named graphs, so that queries which name none find little"
            )
            self._say(f"{self._source}: {found}. Configure the store: see docs/endpoint.md")
        if told.union == 0:
            self._say(f"{self._source} holds no statement: every query finds nothing")
        return told
