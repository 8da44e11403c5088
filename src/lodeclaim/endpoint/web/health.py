"""Whether the service can answer: it has workers, and one of them answered a query just now."""

from __future__ import annotations

import asyncio
from time import monotonic

from lodeclaim.endpoint.errors import BusyError, LodeclaimError
from lodeclaim.endpoint.pool import wire
from lodeclaim.endpoint.pool.pool import Pool

PROBE_SECONDS = 3.0
"""How long the data may take to answer that there is nothing wrong with it."""

KEPT_SECONDS = 5.0
"""How long an answer of another store stands, so that who asks often does not ask it as often."""

KEPT_HERE_SECONDS = 0.5

CLIENT = "health"
"""On whose behalf it is asked: it waits its turn like a client."""

_FORMATS = {"ASK": "application/sparql-results+json"}
_PROBE = wire.Job("ASK { }", _FORMATS, seconds=PROBE_SECONDS)
_PROBE_HERE = wire.Job("ASK { ?s ?p ?o }", _FORMATS, seconds=PROBE_SECONDS)


class Health:
    """Tells the state of a service over a pool."""

    def __init__(self, pool: Pool, asks_store: bool) -> None:
        self._pool = pool
        self._asks_store = asks_store
        self._known: tuple[float, str] = (-KEPT_SECONDS, "")
        self._asking = asyncio.Lock()

    async def state(self) -> dict[str, str | list[str]]:
        """Return `status`, `ok` or `failing`, and `version`; over another store also what is known of that.

        Where walls around the workers are missing, `missing` names them.
        """
        async with self._asking:
            kept = KEPT_SECONDS if self._asks_store else KEPT_HERE_SECONDS
            mended = not self._asks_store and self._known[1] and self._pool.healthy
            if mended or monotonic() - self._known[0] >= kept:
                told = await self._ask()
                self._known = monotonic(), told
        wrong = self._known[1]
        state: dict[str, str | list[str]] = {"status": "failing" if wrong else "ok", "version": self._pool.version}
        if self._pool.missing:
            state["missing"] = list(self._pool.missing)
        if self._asks_store:
            state["store"] = wrong or "ok"
        return state

    async def _ask(self) -> str:
        """Ask; return what is wrong, and nothing where all is well or so much runs that there is no turn for it."""
        if self._pool.healthy and self._pool.running >= self._pool.capacity.workers:
            return ""
        job, patience = (_PROBE, 2) if self._asks_store else (_PROBE_HERE, 1)
        try:
            async with asyncio.timeout(patience * PROBE_SECONDS):
                answer = await self._pool.ask(job, CLIENT)
        except (BusyError, TimeoutError):
            return "" if self._pool.healthy else "no process can answer"
        except LodeclaimError as error:
            return error.found
        answer.close()
        return ""
