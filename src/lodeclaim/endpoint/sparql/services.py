"""Which services SERVICE may name: those that begin as the operator allows, and stay below where they begin."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from urllib.parse import unquote

from lodeclaim.endpoint.sparql.tokens import QueryTextError, Token

REFUSED = "service-refused"
"""The kind of refusal that only the operator can lift."""

_DOT_SEGMENT = re.compile(r"[\s\0-\x1f]*\.[\s\0-\x1f.]*(?:;.*)?", re.DOTALL)
"""A segment of dots, with what servers drop from it: blanks, and parameters behind `;`."""


def named(tokens: Sequence[Token], allowed: Sequence[str]) -> Iterator[Token]:
    """Yield the IRI behind each SERVICE, which must be written in full and begin as the operator allows.

    Raises QueryTextError for any other, and for every SERVICE where none is allowed.
    """
    for index, token in enumerate(tokens):
        if token.word != "SERVICE":
            continue
        if not allowed:
            raise switched_off(token)
        after = [*tokens[index + 1 : index + 3]]
        service = next((near for near in after if near.text.upper() != "SILENT"), token)
        iri = service.text[1:-1]
        # A `\\u` could spell another IRI than the one that is judged here.
        if service.kind == "iri" and "\\" not in iri and climbs(iri):
            found, remedy = "the path of SERVICE holds `.` or `..`, or is encoded twice", "Write it without them"
            raise QueryTextError(service.position, found, remedy, REFUSED)
        if service.kind != "iri" or "\\" in iri or not is_allowed(iri, allowed):
            remedy = f"Write one of the allowed services as an IRI in full: {', '.join(allowed)}"
            raise QueryTextError(service.position, "SERVICE is not allowed there", remedy, REFUSED)
        yield service


def switched_off(token: Token) -> QueryTextError:
    """Return the error for a SERVICE where none is allowed."""
    found = "SERVICE is switched off, since nothing is fetched from elsewhere"
    return QueryTextError(token.position, found, "Ask the other endpoint itself", REFUSED)


def is_allowed(iri: str, allowed: Iterable[str]) -> bool:
    """Return whether an IRI begins with one of the prefixes and leads to nowhere above it."""
    return not climbs(iri) and any(begins(iri, prefix) for prefix in allowed)


def begins(iri: str, prefix: str) -> bool:
    """Return whether an IRI begins with a prefix, and not with a longer name of which the prefix is a part."""
    # `https://a.example` must not let `https://a.example.evil.example` or `https://a.example@evil.example` through.
    rest = iri.removeprefix(prefix)
    return iri.startswith(prefix) and (prefix[-1] in "/?#=" or not rest or rest[0] in "/?#")


def climbs(iri: str) -> bool:
    """Return whether a server might take the path of an IRI for another one, that need not begin as this does.

    It might where a segment is `.` or `..`, in whatever spelling it undoes: percent-encoded, with an encoded slash or
    a backslash beside it, with parameters, in other code points for the same signs. What is encoded twice, or as no
    UTF-8, is not judged but taken for such a one.
    """
    path = re.split(r"[?#]", iri, maxsplit=1)[0]
    try:
        plain = unicodedata.normalize("NFKC", unquote(path, errors="strict"))
    except UnicodeDecodeError:
        return True
    return "%" in plain or any(map(_DOT_SEGMENT.fullmatch, re.split(r"[/\\]", plain)))
