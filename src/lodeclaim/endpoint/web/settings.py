"""What the operator decides about the service."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from lodeclaim.corpus import Text
from lodeclaim.endpoint.pool.limits import Limits

LOOPBACK = "127.0.0.1"

LogQueries = Literal["text", "hash", "none"]


@dataclass(frozen=True)
class Place:
    """Where to listen, and whom to believe about it."""

    host: str = LOOPBACK
    port: int = 8000
    """0 takes any free one."""

    trusted_proxies: tuple[str, ...] = ()
    """Addresses or networks whose X-Forwarded-For says who the client is."""

    private_services: bool = False
    """Whether a service that is allowed may have an address that is not public."""


@dataclass(frozen=True)
class Settings:
    """What the operator decides."""

    public_url: str | None = None
    """Where the world finds the service; never taken from a request, whose Host header anyone can write."""

    limits: Limits = field(default_factory=Limits)
    """What one query may use."""

    union_default_graph: bool = True
    """Whether the default graph is the union of the named graphs, unless a request says otherwise."""

    cache_bytes: int = 64 * 1024**2
    """Room for answers that need not be worked out again."""

    max_url_bytes: int = 32_768
    """Length of a URL's parameters; longer queries go by POST."""

    texts: Mapping[str, Text] = field(default_factory=dict)
    """The article texts that are at hand, by digest: with them a page shows the words of a passage."""

    graph_file: Path | None = None
    """The built graph that is served, where it is a file: it can then be downloaded."""

    shapes: tuple[Path, ...] = ()
    """The files of the shapes, where they are at hand."""
