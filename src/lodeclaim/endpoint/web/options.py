"""What an operator may decide, by name: for the command line, for Python, and for the environment of a process."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from types import NoneType
from typing import TYPE_CHECKING, Any, NoReturn
from urllib.parse import urlsplit

from lodeclaim.endpoint import stores
from lodeclaim.endpoint.engines.upstream import RemoteStore
from lodeclaim.endpoint.errors import UsageError
from lodeclaim.endpoint.pool.limits import Capacity, Limits
from lodeclaim.endpoint.prefixes import is_iri
from lodeclaim.endpoint.sparql import guard
from lodeclaim.endpoint.web.settings import Settings, View

if TYPE_CHECKING:
    from lodeclaim.endpoint.engines.dataset import Source

PREFIX = "LODECLAIM_"
"""What the names of the variables begin with: `LODECLAIM_MAX_ROWS`."""

MIB = 1024**2

_LIMITS, _CAPACITY = Limits(), Capacity()
_TRUTH = {"1": True, "true": True, "yes": True, "on": True, "0": False, "false": False, "no": False, "off": False}


@dataclass(frozen=True)
class Options:
    """The options of a service."""

    graph: Path | None = None
    """The TriG or N-Quads file that is served."""

    data_dir: Path | None = None
    """A folder with a store on disk, that is served instead."""

    store: str | None = None
    """The URL of a SPARQL 1.1 store that is asked instead."""

    store_auth_file: Path | None = None
    """Holds `user:password` or `Bearer TOKEN` for it."""

    public_url: str | None = None
    """Where the world finds the service."""

    timeout: float = _LIMITS.seconds
    """Seconds that a query may take."""

    max_rows: int = _LIMITS.rows
    """Rows or triples of one answer."""

    max_mib: int = _LIMITS.result_bytes // MIB
    """MiB of one answer."""

    memory_mib: int = _LIMITS.memory_bytes // MIB
    """MiB for one query."""

    workers: int = _CAPACITY.workers
    """Queries at a time, in each process."""

    per_client: int = 0
    """Queries of one address at a time; 0 stands for half of the workers."""

    cache_mib: int = 64
    """MiB for answers kept; 0 keeps none."""

    allow_service: tuple[str, ...] = ()
    """What the IRIs of services begin with that SERVICE may ask."""

    private_services: bool = False
    """Whether those may have addresses that are not public."""

    union_default_graph: bool = True
    """Whether the default graph is the union of the named graphs."""

    base_iri: str | None = None
    """What the IRIs begin with that answer under their own paths, if not what the data says (`void:uriSpace`)."""

    profiles: tuple[Path, ...] = ()
    """Turtle files that say what a page shows of the resources of a class."""

    views: Mapping[str, View] = field(default_factory=dict)
    """What profiles may mention by name."""

    spelling: Callable[[str], str] = str
    """How the names are written in an error."""

    @classmethod
    def gathered(cls, environment: Mapping[str, str], given: Mapping[str, Any]) -> Options:
        """Return the options given, and for others what the variables of an environment say.

        Raises UsageError for a name that there is not, and for a variable that cannot be read.
        """
        kinds = {field.name: _KINDS[str(field.type)] for field in fields(cls) if field.name not in _OF_SERVE}
        if unknown := sorted(set(given) - set(kinds)):
            raise UsageError(unknown[0], "no option is called so", f"There are {', '.join(kinds)}")
        found: dict[str, Any] = {}
        for name, kind in kinds.items():
            variable = PREFIX + name.upper()
            if name in given:
                found[name] = kind.taken(name, given[name])
            elif environment.get(variable):
                found[name] = kind.taken(variable, environment[variable])
        return cls(**found)

    def source(self) -> Source | None:
        """Return what is served, and None where nobody has said; raise UsageError where several things are."""
        sources = {"data_dir": self.data_dir, "store": self.store, "graph": self.graph}
        named = [self.spelling(name) for name, value in sources.items() if value]
        if len(named) > 1:
            raise UsageError(" and ".join(named), "given together", "Give one of them: it says what is served")
        return self._remote() or self.data_dir or self.graph

    def settings(self, **more: Any) -> Settings:  # noqa: ANN401 - whatever Settings has besides
        """Return the settings; raise UsageError for a number or an address that cannot be."""
        self._check_numbers()
        for address in self.allow_service:
            self._check_address("allow_service", address)
        if self.public_url:
            self._check_address("public_url", self.public_url)
        limits = Limits(
            guard.TextLimits(services=self.allow_service),
            seconds=self.timeout,
            rows=self.max_rows,
            result_bytes=self.max_mib * MIB,
            memory_bytes=self.memory_mib * MIB,
        )
        if self.base_iri and not is_iri(self.base_iri):
            remedy = "Give one in full, as https://data.example.org/"
            raise UsageError(self.spelling("base_iri"), f"{self.base_iri!r} is no absolute IRI", remedy)
        return Settings(
            public_url=self.public_url,
            base_iri=self.base_iri,
            limits=limits,
            union_default_graph=self.union_default_graph,
            cache_bytes=0 if self.store else self.cache_mib * MIB,  # another store changes and tells nobody
            **more,
        )

    def capacity(self) -> Capacity:
        """Return how many queries run at a time."""
        return Capacity(workers=self.workers, per_client=self.per_client)

    def _check_numbers(self) -> None:
        for name in ("timeout", "max_rows", "max_mib", "memory_mib", "workers"):
            if (number := getattr(self, name)) <= 0:
                raise UsageError(self.spelling(name), f"{number:g} is not above 0", "Give a positive number")
        for name in ("per_client", "cache_mib"):
            if (number := getattr(self, name)) < 0:
                raise UsageError(self.spelling(name), f"{number} is below 0", "Give 0 or a positive number")

    def _check_address(self, name: str, address: str) -> None:
        if not _is_address(address):
            remedy = "Give one in full, as https://data.example.org/"
            raise UsageError(self.spelling(name), f"{address!r} is no http address", remedy)

    def _remote(self) -> RemoteStore | None:
        """Return the store that is to be asked, if one is; raise UsageError where it cannot be, or not so."""
        name, auth = self.spelling("store"), self.spelling("store_auth_file")
        if self.store is None:
            if self.store_auth_file is not None:
                raise UsageError(auth, f"given without {name}", f"Say with {name} whom it is for")
            return None
        decided = {"allow_service": bool(self.allow_service), "union_default_graph": not self.union_default_graph}
        for other in (other for other, is_given in decided.items() if is_given):
            remedy = "Leave it out: the store decides about that itself"
            raise UsageError(self.spelling(other), f"given with {name}", remedy)
        stores.check_url(name, self.store, auth)
        line = stores.line_of(self.store_auth_file, auth) if self.store_auth_file else None
        return RemoteStore(self.store, line)


def _is_address(address: str) -> bool:
    try:
        parts = urlsplit(address)
        return parts.scheme in {"http", "https"} and bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:
        return False


@dataclass(frozen=True)
class _Kind:
    """What an option takes: values of these types, and text that can be read as one."""

    words: str
    types: tuple[type, ...]
    read: Callable[[str], Any]

    def taken(self, name: str, value: object) -> Any:  # noqa: ANN401 - whatever the option is
        """Return the value of an option; raise UsageError for what is none."""
        try:
            if isinstance(value, str):
                return self.read(value)
            if isinstance(value, list):
                value = tuple(value)
            if isinstance(value, self.types) and (not isinstance(value, bool) or bool in self.types):
                return value
        except (KeyError, ValueError):
            pass
        raise UsageError(name, f"{value!r} cannot be read", f"Give {self.words}")


def _no_value(text: str) -> NoReturn:
    raise ValueError(text)


_KINDS = {
    "Path | None": _Kind("a path", (Path, NoneType), Path),
    "str | None": _Kind("text", (NoneType,), str),
    "float": _Kind("a number", (int, float), float),
    "int": _Kind("a whole number", (int,), int),
    "tuple[Path, ...]": _Kind("a list of paths", (tuple,), lambda text: tuple(map(Path, text.split(os.pathsep)))),
    "Mapping[str, View]": _Kind("functions by name", (Mapping,), lambda text: _no_value(text)),
    "tuple[str, ...]": _Kind("a list of addresses", (tuple,), lambda text: tuple(text.split())),
    "bool": _Kind("true or false", (bool,), lambda text: _TRUTH[text.lower()]),
}
"""By the type of the option."""

_OF_SERVE = frozenset(["spelling", "cache_mib"])
"""What is no option of an application: it keeps no answers."""
