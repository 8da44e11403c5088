"""The SPARQL 1.1 Protocol, query half, as values: what came over HTTP -> parameters -> a job for a worker.

Updates are refused with 403 where they are well-formed: the request is understood (RFC 9110, section 15.5.4), and no
other syntax, media type or credential would change the verdict, as 400, 415 and 401 would promise.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache, wraps
from typing import NamedTuple, ParamSpec, TypeVar, cast
from urllib.parse import parse_qsl

from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import (
    BadRequest,
    NotAcceptable,
    RequestURITooLarge,
    UnsupportedMediaType,
)

from lodeclaim.endpoint.errors import QueryError
from lodeclaim.endpoint.pool.limits import Limits
from lodeclaim.endpoint.pool.wire import Job
from lodeclaim.endpoint.sparql.formats import HTML, offered
from lodeclaim.endpoint.sparql.guard import Form
from lodeclaim.endpoint.web.negotiation import choose, is_format, of_form, options, spelling
from lodeclaim.endpoint.web.settings import Settings

PATH = "/sparql"
FORM = "application/x-www-form-urlencoded"
QUERY = "application/sparql-query"
UPDATE = "application/sparql-update"

METHODS = ("GET", "HEAD", "POST", "OPTIONS")
MAX_PARAMETERS = 1_000
QUERY_ID = re.compile(r"[A-Za-z0-9_-]{20,64}")

_KEPT_TEXTS, _KEPT_LENGTH = 500, 1_000
_TAG = re.compile(r'(?:W/)?"([^"]*)"|([^\s,"]+)')
_NUMBER = re.compile(r"[0-9]{1,20}(\.[0-9]{0,20})?(e[+-]?[0-9]{1,3})?|\.[0-9]{1,20}", re.IGNORECASE)

Parameters = MultiDict[str, str]

Headers = list[tuple[bytes, bytes]]
"""The fields of a head, as they are sent; names in lower case."""

DATASET = ("default-graph-uri", "named-graph-uri", "union-default-graph")
"""The parameters that say what a query is asked of."""

FORMAT = ("format", "output", "results")
"""What clients call the parameter that says in which format they want an answer; SPARQLWrapper sends all three."""

T = TypeVar("T")
Texts = ParamSpec("Texts")


@dataclass(frozen=True)
class Received:
    """A request, as far as the protocol cares; header names in lower case."""

    method: str
    query_string: bytes
    headers: Mapping[str, str]
    body: bytes = b""


def max_body(settings: Settings) -> int:
    """Return how many bytes a body may have: percent-encoding triples a query, and parameters stand beside it."""
    return 3 * settings.limits.text.max_bytes + settings.max_url_bytes


def parameters(received: Received, max_url_bytes: int) -> Parameters:
    """Return the parameters of the URL and of the body together; a direct POST is a `query` or an `update`.

    Raises the HTTPException that says what cannot be understood: 400, 414 or 415.
    """
    if len(received.query_string) > max_url_bytes:
        raise RequestURITooLarge(f"URL: over {max_url_bytes} bytes. Send the query by POST.")
    found = _decoded(received.query_string)
    if received.method != "POST":
        return found
    media_type, given = options(received.headers.get("content-type", ""))
    encoding = received.headers.get("content-encoding")
    if media_type not in {FORM, QUERY, UPDATE} or encoding:
        named = encoding or media_type or "none"
        raise UnsupportedMediaType(f"Content-Type: {named}. Send {QUERY} or {FORM}, uncompressed.")
    if given.get("charset", "utf-8") not in {"utf-8", "utf8"}:
        raise UnsupportedMediaType("charset: SPARQL 1.1 Protocol allows only utf-8. Encode the body so.")
    if media_type == FORM:
        found.update(_decoded(received.body))
    else:
        found.add("query" if media_type == QUERY else "update", _text(received.body))
    return found


def _decoded(encoded: bytes) -> Parameters:
    # Not werkzeug's own parsing: it replaces what is not UTF-8, and the query would be another.
    try:
        text = encoded.decode()
        return MultiDict(parse_qsl(text, keep_blank_values=True, errors="strict", max_num_fields=MAX_PARAMETERS))
    except UnicodeDecodeError as error:
        raise BadRequest("Parameters: not UTF-8. Percent-encode the bytes of UTF-8.") from error
    except ValueError as error:
        raise BadRequest(f"Parameters: more than {MAX_PARAMETERS}. Send fewer.") from error


def _text(body: bytes) -> str:
    try:
        return body.decode()
    except UnicodeDecodeError as error:
        raise BadRequest(f"Body: byte {error.start} is not UTF-8. Encode the query as UTF-8.") from error


def _kept(function: Callable[Texts, T]) -> Callable[Texts, T]:
    """Keep what a function says of short texts; of long ones it is asked anew, since a key may not cost more."""
    keeping = cast(Callable[Texts, T], lru_cache(maxsize=_KEPT_TEXTS)(function))

    @wraps(function)
    def ask(*texts: Texts.args, **named: Texts.kwargs) -> T:
        length = sum(len(text) for text in texts if isinstance(text, str))
        return (keeping if length <= _KEPT_LENGTH else function)(*texts, **named)

    return ask


@_kept
def formats(accept: str | None, wanted: str | None) -> Mapping[str, str]:
    """Return, for each query form that a client takes an answer to, the media type that it asked for."""
    found = {}
    for form in Form:
        try:
            found[str(form)] = choose(offered(form), accept, of_form(form, wanted)).media_type
        except NotAcceptable:
            continue
    return found


@_kept
def wants_page(accept: str | None, wanted: str | None) -> bool:
    """Return whether a client would rather read a page, as browsers do."""
    if name := spelling(wanted):
        return name in HTML.spellings
    try:
        return choose((*offered(Form.SELECT), HTML), accept, None).name == HTML.name
    except NotAcceptable:
        return False


class Dataset(NamedTuple):
    """What a query is asked of: see `Query`."""

    default_graphs: tuple[str, ...] | None
    named_graphs: tuple[str, ...] | None
    union_default_graph: bool


def dataset(found: Parameters, union_default_graph: bool) -> Dataset:
    """Return what a request asks of, with the operator's choice of default graph; raises BadRequest for no switch."""
    default, named, union = DATASET
    return Dataset(
        tuple(filter(None, found.getlist(default))) or None,  # forms send a field that is left empty, too
        tuple(filter(None, found.getlist(named))) or None,
        _switch(found, union, union_default_graph),
    )


def format_of(found: Parameters) -> str | None:
    """Return the format that the parameters ask for, under whichever of its names; None where none does."""
    format, *others = map(found.get, FORMAT)
    # Elsewhere the others mean other things, too.
    return format or next((other for other in others if other and is_format(other)), None)


def has_operation(found: Parameters) -> bool:
    """Return whether a request asks anything."""
    return "query" in found or "update" in found


def job(found: Parameters, received: Received, limits: Limits, union_default_graph: bool = True) -> Job:
    """Return the job that a request asks for.

    Raises BadRequest, or QueryError for a longer query than is allowed.
    """
    is_update = "update" in found
    name = "update" if is_update else "query"
    texts = found.getlist(name)
    if len(texts) != 1 or ("query" in found and is_update):
        seen = "given more than once, or beside another operation" if texts else "missing"
        raise BadRequest(f"Parameter `{name}`: {seen}. Send one SELECT, ASK, CONSTRUCT or DESCRIBE as query=...")
    if len(texts[0].encode()) > limits.text.max_bytes:
        raise QueryError("query", f"over {limits.text.max_bytes} bytes", "Ask in several queries", "query-too-large")
    return Job(
        texts[0],
        formats(received.headers.get("accept"), format_of(found)),
        *dataset(found, union_default_graph),
        gzip=takes_gzip(received.headers.get("accept-encoding", "")),
        if_none_match=tags(received.headers),
        seconds=_seconds(found.get("timeout"), limits.seconds),
        is_update=is_update,
    )


def tags(headers: Mapping[str, str]) -> tuple[str, ...]:
    """Return the entity tags of If-None-Match; weak ones count as well there (RFC 9110, section 13.1.2)."""
    found = _TAG.finditer(headers.get("if-none-match", ""))
    return tuple(f'"{tag[1] or tag[2] or ""}"' for tag in found)


@_kept
def takes_gzip(accept_encoding: str) -> bool:
    """Return whether a client takes gzip, by its Accept-Encoding."""
    for coding in accept_encoding.split(","):
        name, _, weight = coding.strip().partition(";")
        if name.strip().lower() in {"gzip", "x-gzip"}:
            return re.fullmatch(r"\s*q=0(\.0*)?\s*", weight) is None
    return False


def _switch(found: Parameters, name: str, default: bool) -> bool:
    value = (found.get(name) or str(default)).lower()
    if value not in {"true", "false"}:
        raise BadRequest(f"Parameter `{name}`: {value!r}. Write true or false.")
    return value == "true"


def _seconds(wanted: str | None, limit: float) -> float:
    """Return how long a query may take: what the client asks for, but not more than the limit, as where it says 0."""
    if not wanted:
        return limit
    # Not all that Python takes for a number: 1_000, or the digits of other scripts.
    seconds = float(wanted) if _NUMBER.fullmatch(wanted) else -1.0
    if not 0 <= seconds < float("inf"):
        raise BadRequest(f"Parameter `timeout`: {wanted[:40]!r}. Give the number of seconds, up to {limit:g}.")
    return min(seconds or limit, limit)
