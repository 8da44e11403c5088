"""Strings as they are written in a query, and what they say."""

from __future__ import annotations

import re

_ESCAPES = {"t": "\t", "b": "\b", "n": "\n", "r": "\r", "f": "\f"}
_QUOTED = str.maketrans({**{value: f"\\{letter}" for letter, value in _ESCAPES.items()}, '"': '\\"', "\\": "\\\\"})


def string(written: str) -> str:
    """Return what a string of a query says, by how it is written."""
    quotes = 3 if written[:3] in {'"""', "'''"} else 1
    return re.sub(r"\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|(.))", _unescaped, written[quotes:-quotes])


def quoted(text: str) -> str:
    """Return a string as it is written in a query."""
    return f'"{text.translate(_QUOTED)}"'


def _unescaped(escape: re.Match[str]) -> str:
    code = escape[1] or escape[2]
    return chr(int(code, 16)) if code else _ESCAPES.get(escape[3], escape[3])
