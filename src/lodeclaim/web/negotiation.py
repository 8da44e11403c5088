"""Which format a client gets: the formats on offer, `?format=` and Accept -> one format."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from werkzeug.datastructures import MIMEAccept
from werkzeug.exceptions import NotAcceptable
from werkzeug.http import parse_accept_header

from lodeclaim.query.formats import GRAPHS, HTML, Format

DESCRIPTIONS = (*GRAPHS, HTML)
"""The formats of the description of a resource: Turtle for a client that does not say."""


def choose(offers: Sequence[Format], accept: str | None, wanted: str | None) -> Format:
    """Return the format to answer in, labelled with the media type that the client asked for.

    `wanted`, the value of `?format=`, is a name, an extension or a media type, and wins. Otherwise Accept
    decides as RFC 9110, section 12.5.1, has it: the most specific range that matches an offer gives its
    quality, and 0 forbids it. Of equals the one asked for more specifically wins, then the first on offer,
    which also meets a missing or empty Accept.

    Raises NotAcceptable, naming what is on offer, where nothing fits.
    """
    typed = [*offers, *(replace(offer, media_type=alias) for offer in offers for alias in offer.aliases)]
    if wanted:
        # An unescaped `+` in a URL arrives as a space, and no name or media type holds one.
        name = wanted.strip().replace(" ", "+").lower()
        for offer in typed:
            if name in (offer.name, offer.extension, offer.media_type):
                return offer
        raise _not_acceptable(offers, f"?format={wanted}")
    # Parameters such as charset and profile choose nothing here, and would keep werkzeug from a match.
    ranges = [(item.partition(";")[0].strip(), q) for item, q in parse_accept_header(accept, MIMEAccept)]
    if not ranges:
        return offers[0]
    best = MIMEAccept(ranges).best_match([offer.media_type for offer in typed])
    for offer in typed:
        if offer.media_type == best:
            return offer
    raise _not_acceptable(offers, f"Accept: {accept}")


def _not_acceptable(offers: Sequence[Format], asked: str) -> NotAcceptable:
    names = ", ".join(f"{offer.name} ({offer.media_type})" for offer in offers)
    return NotAcceptable(f"{asked}: no such answer to this query. Ask for one of {names}.")


def prefers_page(accept: str | None, wanted: str | None) -> bool:
    """Return whether a client would rather read a page than a document for programs.

    It must say so: no `?format=` but html, and an Accept that ranks text/html above the JSON of problems.
    """
    if wanted:
        return wanted.strip().lower() in (HTML.name, HTML.media_type)
    accepted = parse_accept_header(accept, MIMEAccept)
    return accepted.best_match(["application/problem+json", "application/json", HTML.media_type]) == HTML.media_type
