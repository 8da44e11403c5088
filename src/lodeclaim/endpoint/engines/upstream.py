"""Another store over HTTP: a request goes out, and what comes back is either a whole answer or an error.

Nothing is sent anywhere but to the store's own address, and what a store says about a failure is told on without what
it was told in confidence.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from http import HTTPStatus

import httpx

from lodeclaim.endpoint import stores
from lodeclaim.endpoint.errors import EngineError, LodeclaimError, QueryError
from lodeclaim.endpoint.stores import Verdict, plain

CONNECT_SECONDS = 5.0
PART_BYTES = 1 << 16
TOLD_BYTES = 4096
"""How much is read of what a store says about a failure."""

FAILED = "store-failed"
NAME = "the store behind this endpoint"

_CUT = ("x-sparql-maxrows", "x-sql-state")
"""With these headers Virtuoso says that it has cut an answer off, at its ResultSetMaxRows or at its time limit."""


@dataclass(frozen=True)
class RemoteStore:
    """Another store: where it takes queries, and who asks."""

    url: str
    credentials: str | None = field(default=None, repr=False)
    """`user:password`, or `Bearer TOKEN`; only ever sent to this address."""

    def __str__(self) -> str:
        return self.url


class Body:
    """What comes back, as pyoxigraph takes it: a file that is read part by part while it arrives."""

    def __init__(self, parts: Iterator[bytes], media_type: str, has_end: bool) -> None:
        self.media_type = media_type
        """In lower case and without parameters, empty where there is none."""

        self.has_end = has_end
        """Whether the transfer itself tells where the body ends, so that one that is cut off shows."""

        self._parts = parts
        self._rest = b""

    def read(self, size: int = -1) -> bytes:
        """Return what is there, and nothing at the end."""
        if not self._rest:
            self._rest = next(self._parts, b"")
        taken = self._rest if size < 0 else self._rest[:size]
        self._rest = self._rest[len(taken) :]
        return taken

    def finish(self) -> None:
        """Read to the end, so that the connection serves again; raise ValueError for more than white space."""
        while part := self.read():
            if part.strip():
                raise ValueError("there is more behind its end")


class Upstream:
    """The connections to a store. How long an answer takes is for the caller to bound."""

    def __init__(self, store: RemoteStore) -> None:
        self._store = store
        self._credentials = stores.Credentials.of(store.credentials) if store.credentials else None
        self._client = stores.connections(
            self._credentials, httpx.Timeout(None, connect=CONNECT_SECONDS), at_once=True
        )

    def close(self) -> None:
        """Close them."""
        self._client.close()

    @contextmanager
    def asked(self, parameters: Mapping[str, Sequence[str]], accept: str) -> Iterator[Body]:
        """Give the answer to a form that is posted.

        Raises QueryError where the store refuses the query, and EngineError where it cannot be reached, fails, or
        breaks off while its answer is read, and where what reads that finds it malformed.
        """
        try:
            with closing(self._response(parameters, accept)) as response:
                self._check(response)
                has_end = "content-length" in response.headers or "transfer-encoding" in response.headers
                yield Body(response.iter_raw(PART_BYTES), stores.media_type(response), has_end)
        except (httpx.ConnectError, httpx.ConnectTimeout) as error:
            raise failure(f"it cannot be reached ({_words(error)})") from error
        except httpx.HTTPError as error:
            raise failure(f"it broke off ({_words(error)})") from error
        except (OSError, RuntimeError, ValueError, SyntaxError) as error:
            raise failure(f"its answer cannot be read ({_words(error)})") from error

    def _response(self, parameters: Mapping[str, Sequence[str]], accept: str) -> httpx.Response:
        """Return the response, its body unread; where a connection that was kept is closed by now, ask on another."""
        # Compressed, an end that is missing would not show, and a small body could be a large one.
        form, headers = dict(parameters), {"accept": accept, "accept-encoding": "identity"}
        request = self._client.build_request("POST", self._store.url, data=form, headers=headers)
        try:
            return self._client.send(request, stream=True)
        except (httpx.RemoteProtocolError, httpx.ReadError, httpx.WriteError):
            return self._client.send(request, stream=True)

    def _check(self, response: httpx.Response) -> None:
        if response.status_code != HTTPStatus.OK:
            raise _refusal(response.status_code, self._told(response))
        if (encoding := response.headers.get("content-encoding", "identity").lower()) != "identity":
            raise failure(f"it compresses its answer ({plain(encoding)}), which it was not asked for")
        if cut := next((name for name in _CUT if name in response.headers), None):
            found = f"it has cut its answer off ({cut}: {plain(response.headers[cut])})"
            raise failure(found, "Ask for less, or tell the operator: the store has limits of its own")

    def _told(self, response: httpx.Response) -> str:
        """Return the beginning of what a store says, without the credentials should it repeat them."""
        read = b""
        for part in response.iter_raw(TOLD_BYTES):
            read += part
            if len(read) >= TOLD_BYTES:
                break
        words = read.decode("utf-8", "replace")
        return plain(self._credentials.out_of(words) if self._credentials else words)


def failure(found: str, remedy: str = "Try again, and tell the operator if it stays so") -> LodeclaimError:
    """Return the error for a store that gives no answer that could be used."""
    return EngineError(NAME, found, remedy, FAILED)


def _refusal(status: int, told: str) -> LodeclaimError:
    operator = "Tell the operator: --store must name the address where it takes queries"
    match stores.verdict(status):
        case Verdict.REFUSED:
            return QueryError("query", f"the store refuses it ({told})", "Correct it there")
        case Verdict.CREDENTIALS:
            remedy = "Tell the operator: --store-auth-file names us to the store"
            return failure(f"it does not let us in (status {status})", remedy)
        case Verdict.NO_PROTOCOL:
            return failure(f"it takes no queries at the address that we have (status {status})", operator)
        case Verdict.LATER:
            found = f"it was not ready in time (status {status})"
            return EngineError(NAME, found, "Ask for less, or later", "time-exceeded")
        case Verdict.REDIRECT:
            return failure(f"it points to another address, which we do not follow (status {status})", operator)
    return failure(f"it fails (status {status}: {told})")


def _words(error: Exception) -> str:
    return plain(str(error)) or type(error).__name__
