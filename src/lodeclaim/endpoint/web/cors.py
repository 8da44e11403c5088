"""Requests from pages of other sites: the headers by which a browser lets them through (the Fetch standard, 3.2).

Nothing here depends on who asks: there are no cookies and no sessions, so that any site may ask, and read the answer.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

MAX_AGE_SECONDS = 86_400
"""How long a browser may remember what is allowed."""

ASKED = "access-control-request-headers"
"""The header in which a browser names those that a page wants to send."""

_EXPOSED = "Content-Disposition, ETag, Link, Location, Query-Hint, Query-Id, Query-Limits, Repr-Digest, Retry-After"
_ALLOWED = ("Accept", "Authorization", "Content-Type", "If-None-Match", "Query-Id")
_NAME = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")


def headers() -> dict[str, str]:
    """Return the headers of a response that a page of any site may read."""
    return {"access-control-allow-origin": "*", "access-control-expose-headers": _EXPOSED}


def preflight(methods: Iterable[str], asked: str | None) -> dict[str, str]:
    """Return the further headers of the answer to OPTIONS: what may be sent, by the methods of the path.

    `asked` is what the request names in `ASKED`: any header may be sent, and is ignored where it means nothing here.
    A wildcard would not do: it stands for all but Authorization, and older browsers do not know it.
    """
    names = {name.lower(): name for name in _ALLOWED}
    for name in map(str.strip, (asked or "").split(",")):
        if _NAME.fullmatch(name):
            names.setdefault(name.lower(), name)
    return {
        "access-control-allow-methods": ", ".join(methods),
        "access-control-allow-headers": ", ".join(names.values()),
        "access-control-max-age": str(MAX_AGE_SECONDS),
    }
