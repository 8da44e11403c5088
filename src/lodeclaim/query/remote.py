"""Any SPARQL 1.1 store as an engine: queries go out by the protocol, and what comes back is read and written anew.

Results are asked for in one format, parsed as they stream in, and written in the format that the client wants. So a
store that offers fewer formats, lies about them, or breaks off in the middle cannot pass for one that has answered.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from typing import IO, cast

import httpx
import pyoxigraph as ox

from lodeclaim.errors import EngineError, LodeclaimError, QueryError
from lodeclaim.namespaces import BASE, PREFIXES
from lodeclaim.query.binding import with_values
from lodeclaim.query.engine import Answer, Query, Result, Table, check_format, check_select, serialize, tabulate
from lodeclaim.query.formats import Format
from lodeclaim.query.guard import Form

CONNECT_SECONDS = 5.0

FAILED = "store-failed"

_RESULTS = {
    "application/sparql-results+json": ox.QueryResultsFormat.JSON,
    "application/json": ox.QueryResultsFormat.JSON,
    "application/sparql-results+xml": ox.QueryResultsFormat.XML,
}
_GRAPHS = {
    "application/n-triples": ox.RdfFormat.N_TRIPLES,
    "text/plain": ox.RdfFormat.N_TRIPLES,
    "text/turtle": ox.RdfFormat.TURTLE,
    "application/x-turtle": ox.RdfFormat.TURTLE,
}


@dataclass(frozen=True)
class Store:
    """Another store: where it takes queries, and who asks."""

    url: str
    credentials: str | None = None
    """`user:password`, or `Bearer TOKEN`; only ever sent to this address."""


class RemoteEngine:
    """Asks a store over HTTP. See `Engine`; how long it takes is for the caller to bound."""

    def __init__(self, store: Store, seconds: float | None = None) -> None:
        self._store = store
        headers, auth = {"user-agent": "lodeclaim"}, None
        if store.credentials and store.credentials.startswith("Bearer "):
            headers["authorization"] = store.credentials
        elif store.credentials:
            name, _, password = store.credentials.partition(":")
            auth = httpx.BasicAuth(name, password)
        timeout = httpx.Timeout(seconds, connect=CONNECT_SECONDS)
        self._client = httpx.Client(headers=headers, auth=auth, timeout=timeout, trust_env=False)

    def through(self, relay: str | None) -> RemoteEngine:
        """Return this engine: which services a query may name is for the store to decide, and none reaches it."""
        return self

    def query(self, query: Query, format: Format) -> Answer:
        """See `Engine.query`."""
        body = BytesIO()
        self.write(query, format, body.write)
        return Answer(format.content_type, (body.getvalue(),))

    def write(
        self, query: Query, format: Format, write: Callable[[bytes], object], max_rows: int | None = None
    ) -> None:
        """See `EmbeddedEngine.write`."""
        check_format(query, format)
        with self._result(query) as result:
            serialize(result, format, write, max_rows)

    def select(self, query: Query, first: int | None = None) -> Table:
        """See `Engine.select`."""
        check_select(query)
        with self._result(query) as result:
            return tabulate(cast(ox.QuerySolutions, result), first)

    @contextmanager
    def _result(self, query: Query) -> Iterator[Result]:
        known = _RESULTS if query.outline.form in {Form.SELECT, Form.ASK} else _GRAPHS
        parameters = _parameters(query)
        try:
            headers = {"accept": ", ".join(known)}
            with self._client.stream("POST", self._store.url, data=parameters, headers=headers) as response:
                self._check(response)
                media_type = response.headers.get("content-type", "").partition(";")[0].strip().lower()
                if media_type not in known:
                    raise self._failure(
                        f"it answers in {media_type or 'no format'}, and {', '.join(known)} were asked for"
                    )
                body = cast(IO[bytes], _Body(response.iter_bytes(1 << 16)))
                if known is _RESULTS:
                    yield ox.parse_query_results(body, format=_RESULTS[media_type])
                else:
                    yield (quad.triple for quad in ox.parse(body, format=_GRAPHS[media_type], base_iri=BASE))
        except httpx.ConnectError as error:
            raise self._failure(f"it cannot be reached ({error})") from error
        except httpx.HTTPError as error:
            raise self._failure(f"it broke off ({error or type(error).__name__})") from error
        except (OSError, RuntimeError, ValueError, SyntaxError) as error:
            raise self._failure(f"its answer cannot be read ({error})") from error

    def _check(self, response: httpx.Response) -> None:
        if response.status_code == httpx.codes.OK:
            return
        response.read()
        told = " ".join(response.text.split())[:300]
        match response.status_code:
            case httpx.codes.BAD_REQUEST:
                raise QueryError("query", f"the store refuses it ({told})", "Correct it there")
            case httpx.codes.UNAUTHORIZED | httpx.codes.FORBIDDEN:
                found, remedy = "it does not let us in", "Tell the operator: --store-auth-file names us to the store"
                raise self._failure(f"{found} (status {response.status_code})", remedy)
            case httpx.codes.SERVICE_UNAVAILABLE | httpx.codes.TOO_MANY_REQUESTS | httpx.codes.GATEWAY_TIMEOUT:
                found = f"it was not ready in time (status {response.status_code})"
                raise EngineError(self._name, found, "Ask for less, or later", "time-exceeded")
        raise self._failure(f"it fails (status {response.status_code}: {told})")

    def _failure(self, found: str, remedy: str = "Try again, and tell the operator if it stays so") -> LodeclaimError:
        return EngineError(self._name, found, remedy, FAILED)

    @property
    def _name(self) -> str:
        return "the store behind this endpoint"


def _parameters(query: Query) -> dict[str, list[str]]:
    explicit = query.default_graphs is not None or query.named_graphs is not None
    if not query.union_default_graph and not explicit and not query.outline.has_dataset:
        remedy = "Name the graphs with default-graph-uri and named-graph-uri"
        raise QueryError("union-default-graph", "the store behind this endpoint decides about it", remedy)
    # A later BASE or PREFIX of the query's own wins.
    known = PREFIXES.items() if query.known_prefixes else ()
    prologue = f"BASE <{BASE}> " + "".join(f"PREFIX {prefix}: <{iri}> " for prefix, iri in known)
    found = {"query": [prologue + with_values(query)]}
    if query.default_graphs:
        found["default-graph-uri"] = list(query.default_graphs)
    if query.named_graphs:
        found["named-graph-uri"] = list(query.named_graphs)
    return found


class _Body:
    """What pyoxigraph takes for a file: reads the parts of a response as they come."""

    def __init__(self, parts: Iterator[bytes]) -> None:
        self._parts = parts
        self._rest = b""

    def read(self, size: int = -1) -> bytes:
        if not self._rest:
            self._rest = next(self._parts, b"")
        taken = self._rest if size < 0 else self._rest[:size]
        self._rest = self._rest[len(taken) :]
        return taken
