"""What those have in common who ask or fill a SPARQL store over HTTP: who asks, where, and what an answer means.

Nothing is sent anywhere but to the store's own address: no redirect is followed, no proxy taken from the environment.
"""

from __future__ import annotations

import re
import ssl
from base64 import b64encode
from collections.abc import Generator
from dataclasses import dataclass, field
from enum import Enum
from http import HTTPStatus
from pathlib import Path

import httpx
import pyoxigraph as ox

from lodeclaim.endpoint import shipped
from lodeclaim.endpoint.errors import UsageError

RESULTS = {
    "application/sparql-results+json": ox.QueryResultsFormat.JSON,
    "application/json": ox.QueryResultsFormat.JSON,
    "application/sparql-results+xml": ox.QueryResultsFormat.XML,
}
"""The formats of solutions that are understood, by the media types that stores give them."""

_TOKEN = re.compile(r"bearer\s+([!-~]+)", re.IGNORECASE)
_PASSWORD = re.compile(r"(?!bearer\s)([^:\x00-\x1f]+):([^\x00-\x1f]*)", re.IGNORECASE)


class Verdict(Enum):
    """What the status of an answer means, whatever was asked."""

    SUCCESS = "success"
    REFUSED = "refused"
    """The store understands the request, and finds it malformed."""

    CREDENTIALS = "credentials"
    NO_PROTOCOL = "no-protocol"
    """There is nothing at this address that takes such a request."""

    TOO_LARGE = "too-large"
    LATER = "later"
    """It may go better a moment later."""

    REDIRECT = "redirect"
    FAILED = "failed"


_VERDICTS: dict[int, Verdict] = {
    HTTPStatus.BAD_REQUEST: Verdict.REFUSED,
    HTTPStatus.UNAUTHORIZED: Verdict.CREDENTIALS,
    HTTPStatus.FORBIDDEN: Verdict.CREDENTIALS,
    HTTPStatus.NOT_FOUND: Verdict.NO_PROTOCOL,
    HTTPStatus.METHOD_NOT_ALLOWED: Verdict.NO_PROTOCOL,
    HTTPStatus.GONE: Verdict.NO_PROTOCOL,
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE: Verdict.NO_PROTOCOL,
    HTTPStatus.NOT_IMPLEMENTED: Verdict.NO_PROTOCOL,
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: Verdict.TOO_LARGE,
    HTTPStatus.REQUEST_TIMEOUT: Verdict.LATER,
    HTTPStatus.TOO_MANY_REQUESTS: Verdict.LATER,
    HTTPStatus.SERVICE_UNAVAILABLE: Verdict.LATER,
    HTTPStatus.GATEWAY_TIMEOUT: Verdict.LATER,
}


def verdict(status: int) -> Verdict:
    """Return what the status of an answer means."""
    if 200 <= status < 300:
        return Verdict.SUCCESS
    if 300 <= status < 400:
        return Verdict.REDIRECT
    return _VERDICTS.get(status, Verdict.FAILED)


@dataclass(frozen=True)
class Credentials:
    """What proves to a store who we are: a name and a password, or a token. Never printed."""

    user: str = ""
    password: str = field(default="", repr=False)
    token: str = field(default="", repr=False)

    @classmethod
    def of(cls, line: str) -> Credentials | None:
        """Return those that a line holds, `user:password` or `Bearer TOKEN`; None where it holds none."""
        if token := _TOKEN.fullmatch(line):
            return cls(token=token[1])
        password = _PASSWORD.fullmatch(line)
        return cls(password[1], password[2]) if password else None

    @property
    def header(self) -> str:
        """The value of Authorization that gives them at once."""
        if self.token:
            return f"Bearer {self.token}"
        return f"Basic {b64encode(f'{self.user}:{self.password}'.encode()).decode()}"

    def out_of(self, text: str) -> str:
        """Return a text without them, should a store repeat what it was told."""
        pair = f"{self.user}:{self.password}" if self.user else ""
        secrets = (self.header.partition(" ")[2], pair, self.password, self.token)
        for secret in sorted(filter(None, secrets), key=len, reverse=True):
            text = text.replace(secret, "...")
        return text


_MAX_CHARACTERS = 65_536
"""Of a file of credentials no more is read."""


def line_of(file: Path, option: str) -> str:
    """Return the line of credentials in a file, as it is; raise UsageError, naming the option, for another file."""
    # What the shell has opened, as in <(pass show store), may be a pipe; another pipe would be waited for.
    if file.exists() and not file.is_file() and file.parent != Path("/dev/fd") and file != Path("/dev/stdin"):
        raise UsageError(str(file), "it is no file", f"Give {option} a text file")
    try:
        with file.open(encoding="utf-8") as stream:
            line = stream.read(_MAX_CHARACTERS).strip()
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(str(file), f"it cannot be read ({error})", f"Give {option} a text file") from error
    if Credentials.of(line) is None:
        # What was found is not said: it may be a password.
        raise UsageError(
            str(file), "it holds no credentials", "Write one line into it, user:password or Bearer TOKEN"
        )
    return line


def check_url(option: str, url: str, credentials: str = "--auth-file") -> str:
    """Return the URL; raise UsageError for one that is not of the web, or that holds what belongs into a file.

    The options are named as `option`, that of the URL, and `credentials`, that of such a file.
    """
    remedy = "Give one in full, as http://127.0.0.1:3030/ds/query"
    try:
        parsed = httpx.URL(url)
    except (httpx.InvalidURL, UnicodeEncodeError) as error:
        raise UsageError(option, f"{url!r} is no address of a store ({error})", remedy) from error
    if parsed.userinfo:
        found = "the URL holds a user name or password, which everybody here can see"
        raise UsageError(
            option, found, f"Write them into a file that only you can read, and give that with {credentials}"
        )
    has_port = parsed.port is None or 0 < parsed.port < 1 << 16
    if parsed.scheme not in ("http", "https") or not parsed.host or parsed.fragment or not has_port:
        raise UsageError(option, f"{url!r} is no address of a store", remedy)
    return url


def connections(credentials: Credentials | None, seconds: httpx.Timeout | float, at_once: bool) -> httpx.Client:
    """Return a client for one store.

    `at_once` gives user and password with the first request, else where the store asks for them, in its scheme; a
    token is always given.
    """
    headers = {"user-agent": f"lodeclaim/{shipped.version()}"}
    auth: httpx.Auth | None = None
    if credentials and (at_once or credentials.token):
        headers["authorization"] = credentials.header
    elif credentials:
        auth = _AskedFor(credentials)
    return httpx.Client(
        headers=headers,
        auth=auth,
        timeout=seconds,
        verify=ssl.create_default_context(),
        follow_redirects=False,
        trust_env=False,
    )


class _AskedFor(httpx.Auth):
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


def media_type(response: httpx.Response) -> str:
    """Return the media type of an answer, in lower case and without parameters; empty where it tells none."""
    told: str = response.headers.get("content-type", "")
    return told.partition(";")[0].strip().lower()


def plain(text: str, most: int = 300) -> str:
    """Return a text of somebody else's in one line, cut to what a message can hold."""
    return re.sub(r"[^!-~\u00a1-\U0010ffff]+", " ", text).strip()[:most]
