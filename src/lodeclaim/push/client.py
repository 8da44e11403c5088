"""Requests to a store that may be repeated: bounded time, another try for what may pass, errors in words."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import httpx

from lodeclaim.endpoint import stores
from lodeclaim.endpoint.errors import StoreError
from lodeclaim.endpoint.stores import Credentials, Verdict, plain

PASSING = frozenset({429, 500, 502, 503, 504})
"""Answers that may be others a moment later. All that is sent may be sent twice: see `load.skolemize`."""

MAX_ANSWER_BYTES = 512 * 1024**2
_LONGEST_WAIT = 30.0


@dataclass(frozen=True)
class Reply:
    """What a store answered, with success."""

    media_type: str
    body: bytes


class Client:
    """Sends requests to stores; to be used in a `with`."""

    def __init__(
        self,
        given: Credentials | None = None,
        seconds: float = 60.0,
        attempts: int = 4,
        wait: Callable[[float], object] = time.sleep,
    ) -> None:
        self._client = stores.connections(given, seconds, at_once=False)
        self._seconds = seconds
        self._attempts = attempts
        self._wait = wait

    def __enter__(self) -> Client:
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()

    def send(self, method: str, url: httpx.URL, content: bytes, headers: Mapping[str, str], about: str) -> Reply:
        """Send a request that may be repeated, and return the answer; `about` says which graph it is for.

        Raises StoreError for any but a success, after the last attempt where another could have gone better.
        """
        for attempt in range(1, self._attempts + 1):
            last = attempt == self._attempts
            where = f"{url.copy_with(query=None)}, {about}"
            try:
                response, body = self._exchange(method, url, content, headers)
            except httpx.TransportError as error:
                if last or isinstance(error, httpx.UnsupportedProtocol):
                    raise _lost(where, error, self._seconds, attempt) from error
                self._wait(_pause(attempt))
                continue
            if response.is_success:
                return Reply(stores.media_type(response), body)
            if last or response.status_code not in PASSING:
                raise _refused(where, method, response, body)
            self._wait(_pause(attempt, response.headers.get("retry-after", "")))
        raise AssertionError("there is at least one attempt")

    def _exchange(
        self, method: str, url: httpx.URL, content: bytes, headers: Mapping[str, str]
    ) -> tuple[httpx.Response, bytes]:
        # The time-out of the client is that of one read; an answer that drips is bounded here.
        deadline = time.monotonic() + self._seconds
        body = bytearray()
        with self._client.stream(method, url, content=content, headers=headers) as response:
            for part in response.iter_bytes():
                body += part
                if time.monotonic() > deadline:
                    raise httpx.ReadTimeout("the answer did not end in time")
                if len(body) > MAX_ANSWER_BYTES:
                    raise httpx.DecodingError(f"the answer is over {MAX_ANSWER_BYTES:,} bytes")
        return response, bytes(body)


def _pause(attempt: int, retry_after: str = "") -> float:
    asked = float(retry_after) if retry_after.isascii() and retry_after.isdigit() else 0.0
    return min(max(asked, 0.5 * 2.0 ** (attempt - 1)), _LONGEST_WAIT)


def _lost(where: str, error: httpx.TransportError, seconds: float, attempts: int) -> StoreError:
    tried = f" (tried {attempts} times)" if attempts > 1 else ""
    match error:
        case httpx.ConnectTimeout() | httpx.ConnectError():
            return StoreError(
                where,
                f"no connection to the store{tried}: {error}",
                "Check that it runs, and the URL's host and port",
                "store-down",
            )
        case httpx.TimeoutException():
            return StoreError(
                where,
                f"no whole answer within {seconds:g} s{tried}",
                "Give it longer with --timeout, or less at a time with --chunk-triples",
                "store-slow",
            )
    return StoreError(
        where,
        f"the connection broke off{tried}: {error or type(error).__name__}",
        "See the store's log, then push again: what is there already is not doubled",
        "store-broke-off",
    )


_REMEDIES = {
    Verdict.REFUSED: ("store-refused", "See what the store says of it; its log may say more"),
    Verdict.CREDENTIALS: (
        "credentials",
        "Give --auth-file a file with the user:password or Bearer TOKEN of somebody who may write there",
    ),
    Verdict.NO_PROTOCOL: ("no-protocol", "Check the URL, or choose the other way with --by"),
    Verdict.TOO_LARGE: ("too-large", "Send less at a time with --chunk-triples and --chunk-bytes"),
}


def _refused(where: str, method: str, response: httpx.Response, body: bytes) -> StoreError:
    status = f"{response.status_code} {response.reason_phrase}".strip()
    found = f"the store answers {status} to {method}{_said(response, body)}"
    if response.is_redirect:
        target = response.headers.get("location", "nowhere")
        return StoreError(where, f"{found}, redirecting to {target}", "Give the URL that it redirects to", "redirect")
    kind, remedy = _REMEDIES.get(
        stores.verdict(response.status_code), ("store-failed", "See the store's log, then push again")
    )
    return StoreError(where, found, remedy, kind)


def _said(response: httpx.Response, body: bytes) -> str:
    """Return the store's own words where they are words: pages for browsers are left out."""
    if "html" in response.headers.get("content-type", "").lower():
        return ""
    words = plain(body[:2_000].decode("utf-8", "replace"), 200)
    return f" ({words})" if words else ""
