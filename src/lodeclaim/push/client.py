"""HTTP to a store: credentials as it asks for them, bounded time, another try for what may pass, errors in words."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from lodeclaim import __version__
from lodeclaim.endpoint.errors import StoreError, UsageError

PASSING = frozenset({429, 500, 502, 503, 504})
"""Answers that may be others a moment later. All that is sent may be sent twice: see `load.skolemize`."""

MAX_ANSWER_BYTES = 512 * 1024**2
_LONGEST_WAIT = 30.0


@dataclass(frozen=True)
class Credentials:
    """What proves to a store who we are: a name and a password, or a token. Never printed."""

    user: str = ""
    password: str = field(default="", repr=False)
    token: str = field(default="", repr=False)


def credentials(file: Path) -> Credentials:
    """Return what an --auth-file holds: one line, `user:password` or `Bearer TOKEN`. Raises UsageError for others."""
    try:
        text = file.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(str(file), "it cannot be read", "Give --auth-file a text file") from error
    if len(text.splitlines()) == 1:
        if token := re.fullmatch(r"bearer\s+(\S+)", text, re.IGNORECASE):
            return Credentials(token=token[1])
        user, colon, password = text.partition(":")
        if colon and user:
            return Credentials(user, password)
    # What was found is not said: it may be a password.
    raise UsageError(str(file), "it holds no credentials", "Write one line into it, user:password or Bearer TOKEN")


def check_url(option: str, url: str) -> str:
    """Return the URL; raises UsageError for one that is not of the web, or that carries a password."""
    try:
        parsed = httpx.URL(url)
    except httpx.InvalidURL as error:
        raise UsageError(option, f"no URL ({error})", "Give one that begins with http:// or https://") from error
    if parsed.userinfo:
        raise UsageError(option, "the URL holds a user name or password", "Write them into a file for --auth-file")
    if parsed.scheme not in ("http", "https") or not parsed.host or parsed.fragment:
        raise UsageError(option, f"{url} is no URL of a store", "Give one that begins with http:// or https://")
    return url


class AskedFor(httpx.Auth):
    """Gives user and password only to a server that asks for them, in the scheme it asks for."""

    def __init__(self, given: Credentials) -> None:
        self._basic = httpx.BasicAuth(given.user, given.password)
        self._digest = httpx.DigestAuth(given.user, given.password)
        self._chosen: httpx.Auth | None = None

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """See httpx."""
        if self._chosen is not None:
            yield from self._chosen.auth_flow(request)
            return
        response = yield request
        if response.status_code != 401:
            return
        asked = [challenge.split(" ", 1)[0].lower() for challenge in response.headers.get_list("www-authenticate")]
        if "digest" in asked:
            self._chosen = self._digest
            flow = self._digest.auth_flow(request)
            next(flow)
            yield flow.send(response)
        elif "basic" in asked:
            self._chosen = self._basic
            yield from self._basic.auth_flow(request)


class _Bearer(httpx.Auth):
    def __init__(self, token: str) -> None:
        self._token = token

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        request.headers["Authorization"] = f"Bearer {self._token}"
        yield request


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
        auth = None if given is None else _Bearer(given.token) if given.token else AskedFor(given)
        self._client = httpx.Client(auth=auth, timeout=seconds, headers={"User-Agent": f"lodeclaim/{__version__}"})
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
                media_type = response.headers.get("content-type", "").partition(";")[0].strip().lower()
                return Reply(media_type, body)
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
    400: ("store-refused", "See what the store says of it; its log may say more"),
    401: ("credentials", "Give --auth-file a file with user:password or Bearer TOKEN that the store knows"),
    403: ("credentials", "Give --auth-file the credentials of a user who may write, or allow it in the store"),
    404: ("no-protocol", "Check the URL, or choose the other way with --by"),
    405: ("no-protocol", "Check the URL, or choose the other way with --by"),
    413: ("too-large", "Send less at a time with --chunk-triples and --chunk-bytes"),
    415: ("no-protocol", "Check the URL, or choose the other way with --by"),
    501: ("no-protocol", "Check the URL, or choose the other way with --by"),
}


def _refused(where: str, method: str, response: httpx.Response, body: bytes) -> StoreError:
    status = f"{response.status_code} {response.reason_phrase}".strip()
    found = f"the store answers {status} to {method}{_said(response, body)}"
    if response.is_redirect:
        target = response.headers.get("location", "nowhere")
        return StoreError(where, f"{found}, redirecting to {target}", "Give the URL that it redirects to", "redirect")
    kind, remedy = _REMEDIES.get(response.status_code, ("store-failed", "See the store's log, then push again"))
    return StoreError(where, found, remedy, kind)


def _said(response: httpx.Response, body: bytes) -> str:
    """Return the store's own words where they are words: pages for browsers are left out."""
    if "html" in response.headers.get("content-type", "").lower():
        return ""
    words = " ".join(body[:2_000].decode("utf-8", "replace").split())
    return f" ({words[:200]}{'…' if len(words) > 200 else ''})" if words.isprintable() and words else ""
