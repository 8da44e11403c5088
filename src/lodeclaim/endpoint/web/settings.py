"""What the operator decides about the service."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from lodeclaim.endpoint.engines.engine import Engine
from lodeclaim.endpoint.pool.limits import Limits
from lodeclaim.endpoint.web.nodes import Row

LOOPBACK = "127.0.0.1"

LogQueries = Literal["text", "hash", "none"]

View = Callable[[Engine, str, Mapping[str, str]], Iterable[Row]]
"""What a host brings for a section of a page that no query can give: the engine, the path of the page and its
parameters -> rows of terms. Among the parameters is `resource`, the IRI that the page is about."""


@dataclass(frozen=True)
class Part:
    """A part of a dataset that can be had as a file: its name, what it is, and how many triples are in it."""

    name: str
    title: str
    triples: int | None = None
    about: str = ""
    formats: bool = True
    """Whether there is a file in each format, with its extension behind the name; else the name is the file's."""


@dataclass(frozen=True)
class Exporter:
    """How the parts of a dataset become files."""

    parts: Callable[[Engine], Sequence[Part]]
    """Gives the parts that there are now."""

    command: Callable[[str, Path, Path], Sequence[str]]
    """Gives the command that writes the file of a name: from the graph's own file, to a path."""


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

    is_embedded: bool = True
    """Whether the engine is ours, whose gaps are announced, and not another store."""

    cache_bytes: int = 64 * 1024**2
    """Room for answers that need not be worked out again."""

    max_url_bytes: int = 32_768
    """Length of a URL's parameters; longer queries go by POST."""

    base_iri: str | None = None
    """What the IRIs begin with that answer under their own paths, if the data is not to say so."""

    profiles: tuple[Path, ...] = ()
    """Turtle files that say what a page shows of the resources of a class."""

    views: Mapping[str, View] = field(default_factory=dict)
    """What profiles may mention by name, besides queries."""

    exporter: Exporter | None = None
    """How the parts of the dataset become files; without it, the whole is offered in each format."""

    is_derived: Callable[[str], bool] = lambda graph: False
    """Tells whether a named graph holds what was derived, and not written."""

    graph_file: Path | None = None
    """The built graph that is served, where it is a file: it can then be downloaded."""

    shapes: tuple[Path, ...] = ()
    """The files of the shapes, where they are at hand."""
