"""Where an IRI is found on the web: our own go to pages of this server, others only where they are http(s)."""

from __future__ import annotations

import re
from urllib.parse import quote, urlsplit

from flask import current_app, request

from lodeclaim.namespaces import BASE, LCS, ONTOLOGY, PREFIXES

# The characters that RFC 3986 allows in a path as they are, and % for what is encoded already.
_PATH = "/:@!$&'()*+,;=~-._"
_OWN = re.compile(rf"{re.escape(BASE)}((?:id/|graph/|ontology/|ontology$|problem/)[^?#]*)")
_TERM = re.compile(rf"{re.escape(ONTOLOGY)}#([^?#]+)")
_SHAPE = re.compile(rf"{re.escape(LCS)}([^?#]+)")
_WEB = re.compile(r"https?://[^\s]+", re.IGNORECASE)
_IRI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\x00-\x20<>\"{}|^`\\\x7f]*")
_LONGEST_FIRST = sorted(PREFIXES.items(), key=lambda pair: -len(pair[1]))
# ucschar of RFC 3987, the planes beyond the first left aside.
_BEYOND_ASCII = re.compile(r"[\u00a0-\ud7ff\uf900-\ufdcf\ufdf0-\uffef]")


def base() -> str:
    """Return what the paths of the application that answers begin with, without a slash at the end.

    That is the path of the public URL or, where nobody has told one, the one below which it is mounted.
    """
    told: str | None = current_app.config["PUBLIC_URL"]
    return request.script_root if told is None else urlsplit(told).path.rstrip("/")


def href(iri: str) -> str | None:
    """Return what a link to the IRI points to, None where there must be no link (`javascript:`, `urn:` ...)."""
    if term := _TERM.fullmatch(iri):
        return f"{base()}/ontology#" + quote(term[1], safe=_PATH + "%")
    if shape := _SHAPE.fullmatch(iri):
        return f"{base()}/shapes#" + quote(shape[1], safe=_PATH + "%")
    if own := _OWN.fullmatch(iri):
        return f"{base()}/" + quote(own[1], safe=_PATH + "%")
    return iri if _WEB.fullmatch(iri) else None


def candidates(path: str) -> tuple[str, ...]:
    """Return the IRIs under our base that a request for this decoded path (no leading slash) can mean.

    A path arrives decoded, so an IRI with `é` and one with `%C3%A9` come as the same: the first is tried first.
    """
    encoded = quote(path, safe=_PATH)
    readable = "".join(char if _BEYOND_ASCII.match(char) else quote(char, safe=_PATH) for char in path)
    return tuple(dict.fromkeys(BASE + name for name in (readable, encoded)))


def is_iri(value: str) -> bool:
    """Return whether this is an absolute IRI that can stand between < and > in a query."""
    return _IRI.fullmatch(value) is not None


def short(iri: str) -> str:
    """Return the prefixed name of an IRI; without a prefix of ours for it, the IRI."""
    fitting = (pair for pair in _LONGEST_FIRST if iri.startswith(pair[1]) and iri != pair[1])
    prefix, space = next(fitting, ("", ""))
    return f"{prefix}:{iri.removeprefix(space)}" if prefix else iri
