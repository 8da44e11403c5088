"""Regular expressions and replacement strings: those of XPath -> those of the engine (XPath Functions, 7.6); #1471.

The engine's own run in linear time, so that no other reads them. A translation is a linear scan.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import pyoxigraph as ox

from lodeclaim.endpoint.engines.departures.rewriting import Draft, Edit, string
from lodeclaim.endpoint.sparql.tokens import QueryTextError
from lodeclaim.endpoint.vocabularies import XSD

_REPLACEMENT = ox.NamedNode("urn:lodeclaim:replacement")
_PATTERN = ox.NamedNode("urn:lodeclaim:pattern")
_FLAGS = ox.NamedNode("urn:lodeclaim:flags")

_PLAIN = re.compile(r"[^\\\[&~#]*")
"""A pattern in which both say the same, unless a flag says that white space is none."""

_UNSUPPORTED = re.compile(r"(?<!\\)(?:\\{4})*(\\\\(?:[1-9]|[pP]\{Is[^}]*\}?))")
"""In a string as it is written, with each backslash twice."""

_MOST_GROUPS = 9
"""How many groups a pattern is taken to have that is only known when it is computed."""

_START = (
    r"_:A-Za-z\u{C0}-\u{D6}\u{D8}-\u{F6}\u{F8}-\u{2FF}\u{370}-\u{37D}\u{37F}-\u{1FFF}\u{200C}\u{200D}\u{2070}-\u{218F}"
    r"\u{2C00}-\u{2FEF}\u{3001}-\u{D7FF}\u{F900}-\u{FDCF}\u{FDF0}-\u{FFFD}\u{10000}-\u{EFFFF}"
)
_CLASSES = {
    "s": r"\x20\t\n\r",
    "w": r"^\p{P}\p{Z}\p{C}",
    "i": _START,
    "c": _START + r"\-.0-9\u{B7}\u{300}-\u{36F}\u{203F}\u{2040}",
}
"""What XML Schema's escapes stand for (XML Schema 2, appendix F), as the inside of a class."""


def replacements(draft: Draft) -> Iterator[Edit]:
    """Translate what REPLACE puts in: `$1x` is the group "1x" to the engine, and a backslash escapes nothing."""
    for call in draft.calls("REPLACE"):
        if len(call.arguments) not in {3, 4}:
            continue
        _, pattern, replacement, *_ = call.arguments
        if replacement.constant and not {"$", "\\"} & set(replacement.constant.text):
            continue
        draft.functions[_REPLACEMENT] = _replacement
        groups = _groups(string(pattern.constant.text)) if pattern.constant else _MOST_GROUPS
        yield from replacement.around(f"{_REPLACEMENT}(", f", {groups})")


def patterns(draft: Draft) -> Iterator[Edit]:
    """Translate patterns of REGEX and REPLACE: escapes, class subtraction, `&&`, and the flag x.

    Raises QueryTextError for a back-reference, which no linear time allows.
    """
    for call in draft.calls("REGEX", "REPLACE"):
        arguments = call.arguments
        if len(arguments) < 2:
            continue
        pattern, flags = arguments[1], arguments[3 if call.name.word == "REPLACE" else 2 :]
        is_plain = pattern.constant is not None and _PLAIN.fullmatch(pattern.constant.text) is not None
        if is_plain and (not flags or (flags[0].constant and "x" not in flags[0].constant.text)):
            continue
        if pattern.constant and (found := _UNSUPPORTED.search(pattern.constant.text)):
            what = f"the pattern has `{found[1]}`, a back-reference or a block of Unicode, which the engine has not"
            remedy = "Compare parts with SUBSTR or STRAFTER; write a block as a range, as in [\\u0400-\\u04FF]"
            raise QueryTextError(pattern.constant.position, what, remedy, "query-unsupported")
        draft.functions[_PATTERN], draft.functions[_FLAGS] = _pattern, _flags
        # Flags that are computed are not looked into: a copy of them could be long.
        told = flags[0].constant if flags else None
        yield from pattern.around(f"{_PATTERN}(", f", {told.text})" if told else ")")
        if told:
            yield from flags[0].around(f"{_FLAGS}(", ")")


def _groups(pattern: str) -> int:
    return len(re.findall(r"\((?!\?)", re.sub(r"\\.|\[(?:\\.|[^\]\\])*\]", "", pattern, flags=re.DOTALL)))


def _replacement(text: ox.Literal, groups: ox.Literal) -> ox.Literal | None:
    """Return a replacement string of XPath as the engine has them; None, an error, where it is none."""
    if not _is_string(text):
        return None
    parts = re.findall(r"\\[\\$]|\$[0-9]+|[^\\$]+|.", text.value, re.DOTALL)
    if "\\" in parts or "$" in parts:
        return None
    return ox.Literal("".join(_reference(part, int(groups.value)) for part in parts))


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


def _flags(flags: ox.Literal) -> ox.Literal:
    return ox.Literal(flags.value.replace("x", ""))


def _pattern(pattern: ox.Literal, flags: ox.Literal | None = None) -> ox.Literal | None:
    """Return a pattern of XPath as the engine has them; None, an error, where there is no such."""
    if not _is_string(pattern) or (flags is not None and not _is_string(flags)):
        return None
    told = "" if flags is None else flags.value
    if "q" in told:
        return pattern
    found = translated(pattern.value, without_space="x" in told)
    return None if found is None else ox.Literal(found)


def translated(pattern: str, *, without_space: bool = False) -> str | None:
    """Return a pattern as the engine has them, None for a back-reference or a block, which it has not."""
    parts: list[str] = []
    begins: list[int] = []
    depth, at = 0, 0
    while at < len(pattern):
        sign, after = pattern[at], pattern[at + 1 : at + 2]
        at += 1
        if sign == "\\":
            at += 1
            if after.isdigit() or (after in {"p", "P"} and pattern.startswith("{Is", at)):
                return None
            inside = _CLASSES.get(after.lower()) if after else None
            parts.append("\\" + after if inside is None else _written_class(inside, after.isupper(), depth > 0))
        elif sign == "[":
            if depth and parts[-1] == "-":  # a subtraction, from all before it
                is_negated = parts[begins[-1] + 1] == "^"
                if is_negated:
                    parts[begins[-1]] = "[["
                    parts[-1] = "]-"
                parts[-1] += "-"
            begins.append(len(parts))
            parts.append(sign)
            depth += 1
        elif sign == "]" and depth:
            depth -= 1
            begins.pop()
            parts.append(sign)
        elif depth and sign in {"&", "~"}:
            parts.append("\\" + sign)
        elif without_space and not depth and sign in " \t\n\r":
            continue
        else:
            parts.append(sign)
    return "".join(parts)


def _written_class(inside: str, is_negated: bool, within: bool) -> str:
    plain = inside.removeprefix("^")
    negated = is_negated is not (plain != inside)
    return plain if within and not negated else f"[{'^' if negated else ''}{plain}]"
