"""Where the pages of a service lie, and where in it an IRI leads: every IRI of the dataset has a page here."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import cast
from urllib.parse import quote, unquote, urlencode, urlsplit

from flask import g, request

from lodeclaim.endpoint.errors import UsageError
from lodeclaim.endpoint.prefixes import Prefixes, is_iri
from lodeclaim.endpoint.vocabularies import ENDPOINT, PROBLEMS
from lodeclaim.endpoint.web import wsgi
from lodeclaim.endpoint.web.description import ABOUT, Description
from lodeclaim.endpoint.web.nodes import preferred
from lodeclaim.endpoint.web.settings import Settings

RESOURCE = "/resource"
"""The path of the page of any IRI: `/resource?iri=`."""

_TAKEN = frozenset(
    (
        *(".well-known", "api", "download", "endpoint", "health", "list", "metrics", "openapi.json", "ontology.svg"),
        *("problem", "queries", "resource", "running", "sparql", "static", "store"),
    )
)
"""The first segments of paths at which there is something else than what the dataset calls so."""

# The characters that RFC 3986 allows in a path as they are, and % for what is encoded already.
_PATH = "/:@!$&'()*+,;=~-._"
_OWN_PARAMETERS = re.compile(r"(?:^|&)(?:format|page)=[^&]*")
"""Those of our pages, which are no part of an IRI."""

_ENCODED = re.compile(r"(?:%[89A-Fa-f][0-9A-Fa-f])+")
_WEB = re.compile(r"https?://[^\s]+", re.IGNORECASE)
# ucschar of RFC 3987, the planes beyond the first left aside.
_BEYOND_ASCII = re.compile(r"[\u00a0-\ud7ff\uf900-\ufdcf\ufdf0-\uffef]")


@dataclass
class Site:
    """The pages of one service, in whichever application they are registered."""

    describe: Callable[[], Description]
    """Gives what is known of the dataset that is served now."""

    settings: Settings
    prefix: str = ""
    """The path below which they are registered in the application."""

    parts: set[str] = field(default_factory=set)
    """The names of the blueprints that are."""

    def register(self, part: str, prefix: str | None) -> None:
        """Take note that a blueprint is registered; raise UsageError where another one lies elsewhere."""
        prefix = (prefix or "").rstrip("/")
        if self.parts and prefix != self.prefix:
            found = f"registered at {prefix or '/'}, where others of its service are at {self.prefix or '/'}"
            raise UsageError(f"blueprint {part}", found, "Give all the same url_prefix, or make another service")
        self.parts.add(part)
        self.prefix = prefix

    def below(self, path: str) -> str | None:
        """Return a path of the application without what lies before ours; None for a path of somebody else's."""
        if not self.prefix:
            return path
        return path.removeprefix(self.prefix) if path.startswith(self.prefix + "/") else None

    @property
    def known(self) -> Description:
        """What is known of the dataset now: nothing where that fails, since the page of an error needs it too."""
        try:
            return self.describe()
        except Exception:
            return Description()

    @property
    def name(self) -> str:
        """What the dataset is called."""
        about = self.known.about
        labels = (preferred(value.term for value in about.get(ABOUT[name], ())) for name in ("label", "title"))
        return next((label.value for label in labels if label), "SPARQL endpoint")

    @property
    def base_iri(self) -> str | None:
        """What the IRIs begin with that answer under their own paths."""
        return self.settings.base_iri or self.known.names.base

    @property
    def prefixes(self) -> Prefixes:
        """The prefixes of the dataset."""
        return self.known.names.prefixes


def current() -> Site:
    """Return the site whose page is being made."""
    return cast(Site, g.lodeclaim)


def has(part: str) -> bool:
    """Return whether a blueprint is registered, so that there may be links to it."""
    return part in current().parts


def base() -> str:
    """Return what the paths of all pages begin with, without a slash at the end.

    That is the path of the public URL or, where nobody has told one, the one below which the application is mounted
    with the one below which our pages are registered.
    """
    told = current().settings.public_url
    return request.script_root + current().prefix if told is None else urlsplit(told).path.rstrip("/")


def href(iri: str) -> str | None:
    """Return what a link to the page of an IRI points to, None where it is none and has no page."""
    path = _path(iri)
    part = "protocol" if path and path.startswith(("/endpoint", "/problem/")) else "linked_data"
    return base() + path if path and has(part) else None


def _path(iri: str) -> str | None:
    site = current()
    document, hash, fragment = iri.partition("#")
    anchor = f"#{quote(fragment, safe=_PATH + '%')}" if hash else ""
    if document + "#" == ENDPOINT:
        return "/endpoint" + anchor
    if document.startswith(PROBLEMS):
        return "/problem/" + quote(document.removeprefix(PROBLEMS), safe=_PATH + "%")
    if site.base_iri and document.startswith(site.base_iri):
        path = document.removeprefix(site.base_iri)
        # A path that began with two slashes would be another server.
        # What is encoded already, a server may take for something else on the way.
        if path and not hash and path.split("/")[0] not in {"", *_TAKEN} and not {"?", "%"} & set(path):
            return "/" + quote(path, safe=_PATH)
        if hash and (document + "#" in site.known.names.terms or path == "shapes"):
            return "/" + quote(path, safe=_PATH + "%") + anchor
    return f"{RESOURCE}?{urlencode({'iri': iri})}" if is_iri(iri) else None


def with_parameter(path: str) -> str:
    """Return a path to which a parameter can be put, `name=value`."""
    return path + ("&" if "?" in path else "?")


def with_format(path: str, format: str) -> str:
    """Return the path of a page in another format."""
    return f"{with_parameter(path)}format={format}"


def is_own(iri: str) -> bool:
    """Return whether an IRI is one of those that answer under their own paths here."""
    start = current().base_iri
    return start is not None and iri.startswith(start)


def outside(iri: str) -> str | None:
    """Return the address that an IRI is on the web, None for one that is none (`javascript:`, `urn:` ...)."""
    return iri if _WEB.fullmatch(iri) else None


def candidates(path: str, sent: str = "") -> tuple[str, ...]:
    """Return the IRIs that a request can mean, by its decoded path and by the one sent, without their first slash.

    An IRI with `é` and one with `%C3%A9` are asked for by the same bytes: the first is tried first. Where nobody
    tells what was sent, so are one with `/` and one with `%2F`.
    """
    start = current().base_iri
    if start is None:
        return ()
    written = (quote(sent, safe=_PATH + "%?"), quote(path, safe=_PATH))
    names = (name for encoded in filter(None, written) for name in (_readable(encoded), encoded))
    return tuple(dict.fromkeys(start + name for name in (*names, _readable(written[1]).rstrip("/"))))


def _readable(encoded: str) -> str:
    """Return a percent-encoded path with the characters beyond ASCII that an IRI may hold as they are."""
    return _ENCODED.sub(lambda run: "".join(map(_written, unquote(run[0], errors="replace"))), encoded)


def _written(char: str) -> str:
    return char if _BEYOND_ASCII.match(char) else quote(char, safe=_PATH)


def asked_for(path: str) -> tuple[str, ...]:
    """Return the IRIs that the request which is being answered can mean, by its decoded path (no leading slash)."""
    sent = wsgi.sent_path(current().prefix)
    query = _OWN_PARAMETERS.sub("", request.query_string.decode("latin-1"))
    return (*(candidates(path, f"{sent}?{query}")[:2] if sent and query else ()), *candidates(path, sent))


def plain_place(path: str) -> str | None:
    """Return where a page is that is asked for with a slash too many behind its path; None for any other path.

    Clients put an address and a path together. Paths of the dataset's own names stay: they may end so.
    """
    if not path.endswith("/") or path.split("/")[0] not in {*_TAKEN, "ontology"}:
        return None
    query = request.query_string.decode("latin-1")
    return f"{base()}/{quote(path.rstrip('/'), safe=_PATH)}" + (query and f"?{query}")


def short(iri: str) -> str:
    """Return an IRI as readers are shown it: with a prefix of the dataset, or in full."""
    return current().prefixes.curie(iri) or iri
