"""Who goes next: clients take turns, none may hold all workers, and none may fill the queue.

Clients whose queries take long, or took long lately, share half of the workers, however many they are; and the last
free worker is for a client that has none. So a short query of somebody else soon finds a free one.
"""

from __future__ import annotations

from collections import OrderedDict, deque
from collections.abc import Callable
from time import monotonic
from typing import Generic, TypeVar

from lodeclaim.endpoint.errors import BusyError
from lodeclaim.endpoint.pool.limits import Capacity

LONG_SECONDS = 1.0
"""A query that runs or ran longer is a long one."""

REMEMBERED_SECONDS = 60.0
"""For so long it counts against its client."""

_Waiter = TypeVar("_Waiter")


class Turns(Generic[_Waiter]):
    """Round robin over clients. It decides only: whoever uses it starts the work and says when it is done."""

    def __init__(self, capacity: Capacity, clock: Callable[[], float] = monotonic) -> None:
        self._capacity = capacity
        self._clock = clock
        self._long: OrderedDict[str, float] = OrderedDict()  # until when a client is one of long queries
        self._running: dict[str, list[float]] = {}  # since when the queries of each client run
        self._waiting: OrderedDict[str, deque[_Waiter]] = OrderedDict()
        self.waiting = 0

    @property
    def running(self) -> int:
        """How many queries run."""
        return sum(map(len, self._running.values()))

    @property
    def is_starved(self) -> bool:
        """Whether a client waits that has nothing running and had no long query lately."""
        return any(client not in self._running and not self._is_long(client) for client in self._waiting)

    def start(self, client: str) -> bool:
        """Count one more running query of a client and return True; or False, where others of its own go first."""
        if client in self._waiting or not self._may_run(client, self._running_long()):
            return False
        self._count(client)
        return True

    def finish(self, client: str, seconds: float = 0.0) -> None:
        """Count one running query of the client less, which took so long."""
        if seconds > LONG_SECONDS:
            self._long[client] = self._clock() + REMEMBERED_SECONDS
            self._long.move_to_end(client)
        since, began = self._running[client], self._clock() - seconds
        since.remove(min(since, key=lambda one: abs(one - began)))
        if not since:
            del self._running[client]

    def wait(self, client: str, waiter: _Waiter) -> None:
        """Put a waiter behind the others of its client; raise BusyError where the queue is full."""
        mine = self._waiting.get(client, ())
        if self.waiting >= self._capacity.waiting or len(mine) >= self._capacity.waiting_per_client:
            raise busy(f"{len(mine)} queries of yours and {self.waiting} in all wait already")
        self._waiting.setdefault(client, deque()).append(waiter)
        self.waiting += 1

    def next(self) -> _Waiter | None:
        """Take the waiter whose turn it is, counted as running from now on; None where no client may start one."""
        running_long = self._running_long()
        for client, waiters in self._waiting.items():
            if self._may_run(client, running_long):
                waiter = waiters.popleft()
                self.waiting -= 1
                self._waiting.move_to_end(client)
                if not waiters:
                    del self._waiting[client]
                self._count(client)
                return waiter
        return None

    def _count(self, client: str) -> None:
        self._running.setdefault(client, []).append(self._clock())

    def _may_run(self, client: str, running_long: int) -> bool:
        mine = len(self._running.get(client, ()))
        if mine >= self._capacity.running_per_client or (mine and self.running >= self._capacity.workers - 1):
            return False
        return running_long < self._capacity.running_long or not self._is_long(client)

    def _is_long(self, client: str) -> bool:
        since = self._running.get(client)
        return client in self._long or (since is not None and self._clock() - min(since) > LONG_SECONDS)

    def _running_long(self) -> int:
        """Return how many queries run of clients whose queries take long, or took long lately."""
        while self._long and next(iter(self._long.values())) <= self._clock():
            self._long.popitem(last=False)
        return sum(len(since) for client, since in self._running.items() if self._is_long(client))

    def leave(self, client: str, waiter: _Waiter) -> None:
        """Take back a waiter that is still waiting."""
        waiters = self._waiting[client]
        waiters.remove(waiter)
        self.waiting -= 1
        if not waiters:
            del self._waiting[client]


def busy(found: str) -> BusyError:
    """Return the error for a query that there is no room for."""
    return BusyError("queue", found, "Try again after the seconds in Retry-After", retry_after=2)
