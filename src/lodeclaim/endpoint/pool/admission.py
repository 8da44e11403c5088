"""Lends things of which there are few, workers or threads, to clients in turn; who cannot have one is told so."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Generic, TypeVar

from lodeclaim.endpoint.errors import LodeclaimError
from lodeclaim.endpoint.pool.fair import Turns, busy
from lodeclaim.endpoint.pool.limits import Capacity

_Thing = TypeVar("_Thing")


class Admission(Generic[_Thing]):
    """Things to lend, and the clients who wait for one. Everything happens in one event loop."""

    def __init__(self, capacity: Capacity, usable: Callable[[_Thing], bool] = lambda thing: True) -> None:
        self.turns: Turns[asyncio.Future[_Thing]] = Turns(capacity)
        self._wait_seconds = capacity.wait_seconds
        self._usable = usable
        self._idle: list[_Thing] = []
        self._named: dict[str, Callable[[LodeclaimError], bool]] = {}

    def add(self, thing: _Thing) -> None:
        """Take a thing, new or back from a client; whoever waits may have it."""
        self._idle.append(thing)
        self._lend()

    def withdraw(self, unwanted: Callable[[_Thing], bool]) -> list[_Thing]:
        """Return the things to be lent no more, of those that nobody has."""
        gone = [thing for thing in self._idle if unwanted(thing)]
        self._idle = [thing for thing in self._idle if not unwanted(thing)]
        return gone

    def waits(self, name: str) -> bool:
        """Return whether somebody waits under a name."""
        return name in self._named

    def refuse(self, name: str, reason: LodeclaimError) -> bool:
        """Have who waits under a name wait no more, with an error; return whether there was one."""
        return name in self._named and self._named[name](reason)

    async def borrow(self, client: str, name: str = "") -> _Thing:
        """Return a thing once it is the client's turn, to `finish` with; who gives a name can be refused by it.

        Raises BusyError where there is no room, and what it is refused with.
        """
        while self._idle and self.turns.start(client):
            thing = self._idle.pop()  # used last, it has most at hand: what of the graph it touched is its own copy
            if self._usable(thing):
                return thing
            self.turns.finish(client)
        loop = asyncio.get_running_loop()
        waiter: asyncio.Future[_Thing] = loop.create_future()
        self.turns.wait(client, waiter)

        def give_up(reason: LodeclaimError) -> bool:
            if waiter.done():
                return False
            self.turns.leave(client, waiter)
            waiter.set_exception(reason)
            return True

        timer = loop.call_later(
            self._wait_seconds, give_up, busy(f"none became free within {self._wait_seconds:g} s")
        )
        if name:
            self._named[name] = give_up
        try:
            return await asyncio.shield(waiter)
        except asyncio.CancelledError:
            if not waiter.done():
                self.turns.leave(client, waiter)
            elif waiter.exception() is None:
                self.turns.finish(client)
                self.add(waiter.result())
            raise
        finally:
            timer.cancel()
            self._named.pop(name, None)

    def finish(self, client: str, seconds: float = 0.0) -> None:
        """Note that a client has one thing less, which it had for so long; `add` it again, unless it is gone."""
        self.turns.finish(client, seconds)
        self._lend()

    def _lend(self) -> None:
        while self._idle and self.turns.waiting:
            thing = self._idle.pop()
            if not self._usable(thing):
                continue
            waiter = self.turns.next()
            if waiter is None:
                self._idle.append(thing)
                return
            waiter.set_result(thing)
