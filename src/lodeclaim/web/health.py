"""Whether the service can answer: it has workers, and where another store holds the data, that answers too."""

from __future__ import annotations

import asyncio
from time import monotonic

from lodeclaim.errors import BusyError, LodeclaimError
from lodeclaim.query import wire
from lodeclaim.query.pool import Pool

PROBE_SECONDS = 3.0
"""How long a store may take to answer that there is nothing wrong with it."""

KEPT_SECONDS = 5.0
"""How long an answer stands, so that who asks often does not ask the store as often."""

CLIENT = "health"
"""On whose behalf the store is asked: it waits its turn like a client."""

_PROBE = wire.Job("ASK { }", {"ASK": "application/sparql-results+json"}, seconds=PROBE_SECONDS)


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
        state: dict[str, str | list[str]] = {
            "status": "ok" if self._pool.healthy else "failing",
            "version": self._pool.version,
        }
        if self._pool.missing:
            state["missing"] = list(self._pool.missing)
        if self._asks_store and self._pool.healthy:
            async with self._asking:
                if monotonic() - self._known[0] >= KEPT_SECONDS:
                    told = await self._ask()
                    self._known = monotonic(), told
            state["store"] = self._known[1] or "ok"
            state["status"] = "failing" if self._known[1] else "ok"
        return state

    async def _ask(self) -> str:
        """Ask the store; return what is wrong, and nothing where all is well or so much runs that it is not asked."""
        try:
            async with asyncio.timeout(2 * PROBE_SECONDS):
                answer = await self._pool.ask(_PROBE, CLIENT)
        except (BusyError, TimeoutError):
            return ""
        except LodeclaimError as error:
            return error.found
        answer.close()
        return ""
