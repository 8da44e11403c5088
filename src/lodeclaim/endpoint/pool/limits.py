"""What one query may use, and what one client may hold: the numbers, with their defaults, in one place."""

from __future__ import annotations

import os
from dataclasses import dataclass, field

from lodeclaim.endpoint.sparql import guard


@dataclass(frozen=True)
class Limits:
    """What one query may use."""

    text: guard.TextLimits = field(default_factory=guard.TextLimits)
    """How large it may be itself, and which services it may name."""

    seconds: float = 10.0
    """Wall clock from the start of parsing to the last byte handed to the client, who may lower it."""

    rows: int = 1_000_000
    """Solutions or triples."""

    result_bytes: int = 512 * 1024**2
    """Length of the serialised answer before compression."""

    memory_bytes: int = 1024**3
    """Address space on top of the graph."""

    base: str = "http://localhost/"
    """What relative IRIs resolve against where the data does not tell (RFC 3986, section 5.1.4)."""

    relay: str | None = None
    """The address through which SERVICE is asked, where it may be."""


def _workers() -> int:
    return (os.cpu_count() or 1) + 2


@dataclass(frozen=True)
class Capacity:
    """How many queries run and wait at a time."""

    workers: int = field(default_factory=_workers)
    """Processes that answer: a few more than processors, so that long queries leave one for short ones."""

    per_client: int = 0
    """Queries of one client address that run at a time; 0 stands for half of the workers."""

    waiting: int = 200
    """Queries that wait, of all clients together."""

    waiting_per_client: int = 50
    """Queries of one client address that wait."""

    wait_seconds: float = 10.0
    """How long one may wait before it is told to come back."""

    @property
    def running_per_client(self) -> int:
        """How many workers one client may hold; never all of them where there are several."""
        return self.per_client or max(1, self.workers // 2)

    @property
    def running_long(self) -> int:
        """How many workers all clients of long queries together may hold."""
        return max(self.running_per_client, self.workers // 2)
