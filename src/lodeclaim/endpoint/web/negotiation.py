"""Which format a client gets: the formats on offer, `?format=` and Accept -> one format."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from werkzeug.exceptions import NotAcceptable

from lodeclaim.endpoint.sparql.formats import ALL, GRAPHS, HTML, RESULTS, Format, labelled, named, offered
from lodeclaim.endpoint.sparql.guard import Form

DESCRIPTIONS = (*GRAPHS, HTML)
"""The formats of the description of a resource: Turtle for a client that does not say."""

_TOLD = 200
_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"?', re.DOTALL)
_QUALITY = re.compile(r"(?:0|1)(?:\.[0-9]+)?")


def choose(offers: Sequence[Format], accept: str | None, wanted: str | None) -> Format:
    """Return the format to answer in, labelled with the media type that the client asked for.

    `wanted`, the value of `?format=`, is one of a format's spellings, and wins. Otherwise, and for `auto`, Accept
    decides as RFC 9110, section 12.5.1, has it: the most specific range that matches an offer gives its
    quality, and 0 forbids it. Of equals the one asked for more specifically wins, then the first on offer,
    which also meets a missing or empty Accept.

    Raises NotAcceptable, naming what is on offer, where nothing fits.
    """
    if name := spelling(wanted):
        if (offer := named(offers, name)) is None:
            raise _not_acceptable(offers, f"?format={name[:_TOLD]}")
        return offer
    ranges = _ranges(accept)
    if not ranges:
        return offers[0]
    aliases = [alias for offer in offers for alias in offer.aliases]
    # Programs that take JSON name text/plain beside it, and mean anything.
    aliases.sort(key=lambda alias: alias.startswith("text/"))
    best = _best([*(offer.media_type for offer in offers), *aliases], ranges)
    if best is None or (offer := labelled(offers, best)) is None:
        raise _not_acceptable(offers, f"Accept: {(accept or '')[:_TOLD]}")
    return offer


def spelling(wanted: str | None) -> str:
    """Return what `?format=` names, in lower case; empty where it leaves the choice to Accept."""
    # An unescaped `+` in a URL arrives as a space, and no name or media type holds one.
    name = (wanted or "").strip().replace(" ", "+").lower()
    return "" if name == "auto" else name


def of_form(form: Form, wanted: str | None) -> str | None:
    """Return a `?format=` for the answer to a query form; None where it names one that fits other forms alone.

    Clients send the same for every query, and say the rest in Accept.
    """
    name = spelling(wanted)
    return None if named((*RESULTS, *GRAPHS), name) and not named(offered(form), name) else wanted


def is_format(wanted: str) -> bool:
    """Return whether a value of `?format=` names a format that there is for any query."""
    return named(ALL, spelling(wanted)) is not None


def _not_acceptable(offers: Sequence[Format], asked: str) -> NotAcceptable:
    names = ", ".join(f"{offer.name} ({offer.media_type})" for offer in offers)
    return NotAcceptable(f"{asked}: no such answer to this query. Ask for one of {names}.")


def prefers_page(accept: str | None, wanted: str | None) -> bool:
    """Return whether a client would rather read a page than a document for programs.

    It must say so: no `?format=` but html, and an Accept that ranks text/html above the JSON of problems.
    """
    if name := spelling(wanted):
        return name in HTML.spellings
    media_types = ("application/problem+json", "application/json", HTML.media_type)
    return _best(media_types, _ranges(accept)) == HTML.media_type


def options(field: str) -> tuple[str, dict[str, str]]:
    """Return the value of a header field, and the parameters behind it by their names; in lower case.

    The time grows with the length alone, whatever stands in it (that of werkzeug's parser with its square).
    """
    value, *given = _plain(field).lower().split(";")
    pairs = (option.partition("=") for option in given)
    return value.strip(), {name.strip(): text.strip() for name, _, text in pairs}


def _plain(field: str) -> str:
    """Return a field without quotation marks, and without what would divide it within them."""
    return _QUOTED.sub(lambda quoted: re.sub(r'[,;"\\]', " ", quoted[1]), field)


def _ranges(accept: str | None) -> Mapping[str, float]:
    """Return the media ranges of Accept with their quality; those whose quality is none are passed over.

    Parameters such as charset and profile choose nothing here.
    """
    found: dict[str, float] = {}
    for element in _plain(accept or "").split(","):
        name, given = options(element)
        quality = given.get("q", "1")
        if name and _QUALITY.fullmatch(quality) and float(quality) <= 1:
            found[name] = max(float(quality), found.get(name, 0))
    return found


def _best(media_types: Iterable[str], ranges: Mapping[str, float]) -> str | None:
    """Return the media type that is asked for most, and None where none of them is."""
    best, found = (0.0, 0), None
    for media_type in media_types:
        names = ("*/*", media_type.partition("/")[0] + "/*", media_type)
        specificity = max((rank for rank, name in enumerate(names) if name in ranges), default=None)
        if specificity is None or ranges[names[specificity]] == 0:
            continue
        if (quality := (ranges[names[specificity]], specificity)) > best:
            best, found = quality, media_type
    return found
