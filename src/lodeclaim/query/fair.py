"""Who goes next: clients take turns, none may hold all workers, and none may fill the queue.

Clients whose queries take long share half of the workers, however many they are, so that a short query of somebody
else soon finds a free one.
"""

from __future__ import annotations

from collections import Counter, OrderedDict, deque
from collections.abc import Callable
from time import monotonic
from typing import Generic, TypeVar

from lodeclaim.errors import BusyError
from lodeclaim.query.limits import Capacity

LONG_SECONDS = 1.0
"""A query that took longer was a long one."""

REMEMBERED_SECONDS = 60.0
"""For so long it counts against its client."""

_Waiter = TypeVar("_Waiter")


class Turns(Generic[_Waiter]):
    """Round robin over clients. It decides only: whoever uses it starts the work and says when it is done."""

    def __init__(self, capacity: Capacity, clock: Callable[[], float] = monotonic) -> None:
        self._capacity = capacity
        self._clock = clock
        self._long: OrderedDict[str, float] = OrderedDict()  # until when a client is one of long queries
        self._running: Counter[str] = Counter()
        self._waiting: OrderedDict[str, deque[_Waiter]] = OrderedDict()
        self.waiting = 0

    @property
    def running(self) -> int:
        """How many queries run."""
        return self._running.total()

    def start(self, client: str) -> bool:
        """Count one more running query of a client and return True; or False, where others of its own go first."""
        if client in self._waiting or not self._may_run(client, self._running_long()):
            return False
        self._running[client] += 1
        return True

    def finish(self, client: str, seconds: float = 0.0) -> None:
        """Count one running query of the client less, which took so long."""
        if seconds > LONG_SECONDS:
            self._long[client] = self._clock() + REMEMBERED_SECONDS
            self._long.move_to_end(client)
        self._running[client] -= 1
        if not self._running[client]:
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
                self._running[client] += 1
                return waiter
        return None

    def _may_run(self, client: str, running_long: int) -> bool:
        share = self._capacity.running_per_client
        return self._running.get(client, 0) < share and (client not in self._long or running_long < share)

    def _running_long(self) -> int:
        """Return how many queries run of clients whose queries took long lately."""
        while self._long and next(iter(self._long.values())) <= self._clock():
            self._long.popitem(last=False)
        return sum(number for client, number in self._running.items() if client in self._long)

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
