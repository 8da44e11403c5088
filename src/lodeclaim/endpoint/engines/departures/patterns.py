"""REGEX and REPLACE: what XPath says of patterns, flags and replacement strings (XPath Functions, 7.6); #1471.

The engine's expressions run in linear time, so that no others read them. Constants are translated in the query, what
is computed by functions of ours.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import pyoxigraph as ox

from lodeclaim.endpoint.engines.departures.rewriting import Argument, Call, Draft, Edit
from lodeclaim.endpoint.sparql.regexes import FLAGS, Regex, read
from lodeclaim.endpoint.sparql.strings import quoted, string
from lodeclaim.endpoint.sparql.tokens import QueryTextError, Token
from lodeclaim.endpoint.vocabularies import XSD

_REPLACEMENT = ox.NamedNode("urn:lodeclaim:replacement")
_PATTERN = ox.NamedNode("urn:lodeclaim:pattern")
_REPLACED = ox.NamedNode("urn:lodeclaim:replaced-pattern")
_FLAGS = ox.NamedNode("urn:lodeclaim:flags")

_NONE = "(1 / 0)"
"""An expression that is an error."""

_LONGEST_COPY = 200
"""How long a computed pattern or computed flags may be that are written twice, so that no query grows much."""

_MOST_GROUPS = 9
"""How many groups a longer pattern is taken to have."""


def calls(draft: Draft) -> Iterator[Edit]:
    """Have REGEX and REPLACE as XPath has them, inner calls first."""
    for call in draft.calls("REGEX", "REPLACE"):
        yield from replacements(draft, call)
        yield from patterns(draft, call)


def replacements(draft: Draft, call: Call) -> Iterator[Edit]:
    """Translate what REPLACE puts in: `$1x` is the group "1x" to the engine, and a backslash escapes nothing."""
    if call.name.word != "REPLACE" or len(call.arguments) not in {3, 4}:
        return
    _, pattern, replacement, *_ = call.arguments
    written = replacement.constant
    if written and not {"$", "\\"} & set(written.text):
        return
    if written and pattern.constant:
        text = _replaced_by(string(written.text), _groups(string(pattern.constant.text)))
        yield Edit(written.offset, written.end, _NONE if text is None else quoted(text))
        return
    draft.functions[_REPLACEMENT] = _replacement
    counted = pattern.constant.text if pattern.constant else _copy(draft, pattern) or quoted("()" * _MOST_GROUPS)
    yield from replacement.around(f"{_REPLACEMENT}(", f", {counted})")


def patterns(draft: Draft, call: Call) -> Iterator[Edit]:
    """Translate a pattern; one that is none of XPath is an error, and so is one of REPLACE that matches nothing.

    Raises QueryTextError for a back-reference, which no linear time allows, and for a block of Unicode.
    """
    arguments, place = call.arguments, 3 if call.name.word == "REPLACE" else 2
    if not place <= len(arguments) <= place + 1:
        return
    pattern, flags = arguments[1], arguments[place] if len(arguments) > place else None
    if pattern.constant and (flags is None or flags.constant):
        yield from _constant(call, pattern.constant, flags.constant if flags else None)
    elif pattern.constant is None or not _is_plain(string(pattern.constant.text)):
        yield from _computed(draft, call, pattern, flags)


def _constant(call: Call, pattern: Token, flags: Token | None) -> Iterator[Edit]:
    written, told = string(pattern.text), string(flags.text) if flags else ""
    if not FLAGS.issuperset(told):  # an error to the engine too
        return
    found = read(written, told)
    if found and found.lacking:
        what = f"the pattern has `{found.lacking}`, a back-reference or a block of Unicode, which the engine has not"
        remedy = "Compare parts with SUBSTR or STRAFTER; write a block as a range, as in [\\u0400-\\u04FF]"
        raise QueryTextError(pattern.position, what, remedy, "query-unsupported")
    if found is None or (call.name.word == "REPLACE" and found.takes_nothing):
        yield Edit(pattern.offset, pattern.end, _NONE)
        return
    if found.text != written:
        yield Edit(pattern.offset, pattern.end, quoted(found.text))
    if flags and "x" in told:
        yield Edit(flags.offset, flags.end, quoted(told.replace("x", "")))


def _computed(draft: Draft, call: Call, pattern: Argument, flags: Argument | None) -> Iterator[Edit]:
    name = _REPLACED if call.name.word == "REPLACE" else _PATTERN
    draft.functions[name], draft.functions[_FLAGS] = _replaced if name == _REPLACED else _pattern, _flags
    told = _copy(draft, flags) if flags else ""
    yield from pattern.around(f"{name}(", f", {told})" if told else ")")
    if told and flags:
        yield from flags.around(f"{_FLAGS}(", ")")


def _copy(draft: Draft, argument: Argument) -> str:
    written = draft.written(argument.start, argument.end, with_ends=False)
    is_short = len(written) <= _LONGEST_COPY and all(token.text != "{" for token in argument.tokens)
    return written if is_short else ""


def _is_plain(pattern: str) -> bool:
    """Return whether a pattern is the same to the engine, whatever the flags."""
    return bool(pattern) and all(sign.isalnum() for sign in pattern)


def _groups(pattern: str) -> int:
    return len(re.findall(r"\((?!\?)", re.sub(r"\\.|\[(?:\\.|[^\]\\])*\]", "", pattern, flags=re.DOTALL)))


def _replacement(text: ox.Literal, pattern: ox.Literal) -> ox.Literal | None:
    """Return a replacement string of XPath as the engine has them; None, an error, where it is none."""
    if not _is_string(text) or not _is_string(pattern):
        return None
    found = _replaced_by(text.value, _groups(pattern.value))
    return None if found is None else ox.Literal(found)


def _replaced_by(text: str, groups: int) -> str | None:
    parts = re.findall(r"\\[\\$]|\$[0-9]+|[^\\$]+|.", text, re.DOTALL)
    return None if "\\" in parts or "$" in parts else "".join(_reference(part, groups) for part in parts)


def _reference(part: str, groups: int) -> str:
    if part[0] == "\\":
        return part[1].replace("$", "$$")
    if part[0] != "$":
        return part
    # As many digits as make the number of a group; the first one at least.
    digits = next((part[1:size] for size in range(len(part), 2, -1) if int(part[1:size]) <= groups), part[1])
    return f"${{{digits}}}{part[1 + len(digits) :]}"


def _is_string(term: object) -> bool:
    return isinstance(term, ox.Literal) and term.datatype.value == XSD.string


def _flags(flags: ox.Literal) -> ox.Literal | None:
    return ox.Literal(flags.value.replace("x", "")) if _is_string(flags) else None


def _pattern(pattern: ox.Literal, flags: ox.Literal | None = None) -> ox.Literal | None:
    """Return a pattern of XPath as the engine has them; None, an error, where there is no such."""
    found = _read(pattern, flags)
    return ox.Literal(found.text) if found else None


def _replaced(pattern: ox.Literal, flags: ox.Literal | None = None) -> ox.Literal | None:
    """Return the same for REPLACE, which takes no pattern that matches nothing (FORX0003)."""
    found = _read(pattern, flags)
    return ox.Literal(found.text) if found and not found.takes_nothing else None


def _read(pattern: ox.Literal, flags: ox.Literal | None) -> Regex | None:
    if not _is_string(pattern) or (flags is not None and not _is_string(flags)):
        return None
    found = read(pattern.value, "" if flags is None else flags.value)
    return found if found and not found.lacking else None
