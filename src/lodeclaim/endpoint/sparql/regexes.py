"""Regular expressions of XPath -> those of Rust (XPath Functions, 7.6.1; XML Schema 2, appendix F), in one scan.

Rust's grammar is another one: it takes `\\b`, `(?i)` and `a**`, which XPath does not, and reads `&&` and `--` as
operators in a class. Two things are taken although XPath 2.0 has them not: `(?:...)` and the flag q of XPath 3.0.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

FLAGS = frozenset("smixq")
_SPACE = " \t\n\r"
_ESCAPED = frozenset("nrt\\|.?*+(){}$-[]^")
_QUANTIFIER = re.compile(r"[?*+]|\{([0-9]{1,9})(?:,([0-9]{1,9})?)?\}")
_CATEGORY = re.compile(r"\{(?:L[ultmo]?|M[nce]?|N[dlo]?|P[cdseifo]?|Z[slp]?|S[mcko]?|C[cfon]?)\}")
_BLOCK = re.compile(r"\{Is[A-Za-z0-9-]+\}")

_START = (
    r"_:A-Za-z\u{C0}-\u{D6}\u{D8}-\u{F6}\u{F8}-\u{2FF}\u{370}-\u{37D}\u{37F}-\u{1FFF}\u{200C}\u{200D}\u{2070}-\u{218F}"
    r"\u{2C00}-\u{2FEF}\u{3001}-\u{D7FF}\u{F900}-\u{FDCF}\u{FDF0}-\u{FFFD}\u{10000}-\u{EFFFF}"
)
_CLASSES = {
    "s": r"\x20\t\n\r",
    "w": r"^\p{P}\p{Z}\p{C}",
    "i": _START,
    "c": _START + r"\-.0-9\u{B7}\u{300}-\u{36F}\u{203F}\u{2040}",
    "d": r"\d",
}
"""What XML Schema's escapes stand for, as the inside of a class."""


@dataclass(frozen=True)
class Regex:
    """A regular expression of XPath."""

    text: str
    """What says the same to the engine, which is Rust's."""

    groups: int
    takes_nothing: bool
    """Whether it matches the empty string."""

    lacking: str = ""
    """What the engine has not: a back-reference or a block of Unicode."""


@lru_cache(maxsize=32)
def read(pattern: str, flags: str = "") -> Regex | None:
    """Return what a pattern says, None where it, or one of the flags, is none of XPath."""
    if not FLAGS.issuperset(flags):
        return None
    if "q" in flags:
        return Regex(pattern, 0, not pattern)
    reader = _Reader("".join(_without_space(pattern)) if "x" in flags else pattern, "i" in flags)
    try:
        return reader.regex()
    except _NoneError:
        return None


class _NoneError(Exception):
    """What was read is no regular expression."""


def _without_space(pattern: str) -> Iterator[str]:
    """Yield the characters but for white space outside of classes, as the flag x has it."""
    depth, is_escaped = 0, False
    for sign in pattern:
        if sign in _SPACE and not depth:
            continue
        yield sign
        if not is_escaped:
            depth = max(0, depth + (sign == "[") - (sign == "]"))
        is_escaped = sign == "\\" and not is_escaped


@dataclass
class _Group:
    number: int
    """0 for the whole, and for a group that is not counted."""

    takes_nothing: bool = False
    """Whether one of the branches before this one does."""

    branch: bool = True
    """Whether this branch does, so far."""


class _Reader:
    def __init__(self, pattern: str, any_case: bool) -> None:
        self._pattern = pattern
        self._any_case = any_case
        self._at = 0
        self._parts: list[str] = []
        self._open = [_Group(0)]
        self._closed: set[int] = set()
        self._groups = 0
        self._lacking = ""

    def regex(self) -> Regex:
        while self._at < len(self._pattern):
            sign = self._pattern[self._at]
            self._at += 1
            if sign == "(":
                self._begin()
            elif sign == "|":
                self._parts.append(sign)
                self._end_branch()
            elif sign == ")":
                self._parts.append(sign)
                self._quantified(self._end())
            else:
                self._parts.append(self._atom(sign))
                self._quantified(takes_nothing=sign in "^$")
        if len(self._open) > 1:
            raise _NoneError
        self._end_branch()
        return Regex("".join(self._parts), self._groups, self._open[0].takes_nothing, self._lacking)

    def _begin(self) -> None:
        is_counted = not self._pattern.startswith("?:", self._at)
        self._groups += is_counted
        self._open.append(_Group(self._groups if is_counted else 0))
        self._parts.append("(" if is_counted else "(?:")
        self._at += 0 if is_counted else 2

    def _end_branch(self) -> None:
        group = self._open[-1]
        group.takes_nothing, group.branch = group.takes_nothing or group.branch, True

    def _end(self) -> bool:
        if len(self._open) == 1:
            raise _NoneError
        self._end_branch()
        group = self._open.pop()
        self._closed.add(group.number)
        return group.takes_nothing

    def _quantified(self, takes_nothing: bool) -> None:
        """Read the quantifier behind a piece, if there is one."""
        if found := _QUANTIFIER.match(self._pattern, self._at):
            self._at = found.end()
            least, most = found[1], found[2]
            if least and most and int(least) > int(most):
                raise _NoneError
            takes_nothing = takes_nothing or found[0] in "?*" or (bool(least) and not int(least))
            is_reluctant = self._pattern.startswith("?", self._at)
            self._at += is_reluctant
            self._parts.append(found[0] + "?" * is_reluctant)
        self._open[-1].branch &= takes_nothing

    def _atom(self, sign: str) -> str:
        if sign == "\\":
            return self._escape()
        if sign == "[":
            return self._class()
        if sign in "?*+{}]":
            raise _NoneError
        return "\\#" if sign == "#" else sign

    def _escape(self) -> str:
        """Return what an escape outside of a class stands for."""
        letter = self._letter()
        if letter in "123456789":
            self._reference(letter)
            return ""
        if letter in "pP":
            text = self._category(letter)
            return f"(?-i:{text})" if self._any_case and text else text
        if letter in _ESCAPED:
            return f"\\{letter}"
        return _written_class(letter, within=False)

    def _letter(self) -> str:
        letter = self._pattern[self._at : self._at + 1]
        self._at += 1
        if not letter or letter not in _ESCAPED | set("pPsSiIcCdDwW123456789"):
            raise _NoneError
        return letter

    def _reference(self, digit: str) -> None:
        if int(digit) not in self._closed:
            raise _NoneError
        self._lacking = self._lacking or f"\\{digit}"

    def _category(self, letter: str) -> str:
        if found := _CATEGORY.match(self._pattern, self._at):
            self._at = found.end()
            return f"\\{letter}{found[0]}"
        if found := _BLOCK.match(self._pattern, self._at):
            self._at = found.end()
            self._lacking = self._lacking or f"\\{letter}{found[0]}"
            return ""
        raise _NoneError

    def _class(self) -> str:
        """Return a class; what is subtracted from it ends it, and so does what is subtracted from that."""
        written, depth = [], 0
        while True:
            depth += 1
            is_negated = self._pattern.startswith("^", self._at)
            self._at += is_negated
            members, is_subtracted = self._members()
            group = f"[{'^' * is_negated}{members}]"
            written.append(f"[{group}--" if is_subtracted else group)
            if not is_subtracted:
                break
        if not self._pattern.startswith("]" * (depth - 1), self._at):
            raise _NoneError
        self._at += depth - 1
        return "".join(written) + "]" * (depth - 1)

    def _members(self) -> tuple[str, bool]:
        """Read up to the end of a class, or up to the one that is subtracted; return the members, and which it is."""
        parts: list[str] = []
        while self._at < len(self._pattern):
            sign = self._pattern[self._at]
            if sign == "]" or (parts and self._pattern.startswith("-[", self._at)):
                if not parts:
                    break
                self._at += 1 if sign == "]" else 2
                return "".join(parts), sign == "-"
            parts.append(self._member(sign))
        raise _NoneError

    def _member(self, sign: str) -> str:
        self._at += 1
        first = self._single(sign)
        if first is None:
            letter = self._pattern[self._at - 1]
            return self._category(letter) if letter in "pP" else _written_class(letter, within=True)
        ends = self._pattern[self._at : self._at + 2]
        # Elsewhere than first or last `-` stands for itself by the grammar, and for nothing by the prose.
        if sign == "-" or ends[:1] != "-" or ends[1:] in {"", "]", "[", "-"}:
            return _plain(first)
        begin = self._at
        self._at += 2
        last = self._single(ends[1])
        if last is None:  # `-` before an escape of several characters
            self._at = begin
            return _plain(first)
        if first > last:
            raise _NoneError
        return f"{_plain(first)}-{_plain(last)}"

    def _single(self, sign: str) -> str | None:
        """Return the character that stands behind `_at`, read on for an escape; None for an escape of several."""
        if sign == "[":
            raise _NoneError
        if sign != "\\":
            return sign
        letter = self._letter()
        if letter in "123456789":
            raise _NoneError
        return {"n": "\n", "r": "\r", "t": "\t"}.get(letter, letter) if letter in _ESCAPED else None


def _plain(sign: str) -> str:
    """Return a character as a member of a class, where many are operators to the engine."""
    return sign if sign.isalnum() or not sign.isascii() else f"\\x{{{ord(sign):X}}}"


def _written_class(letter: str, *, within: bool) -> str:
    inside = _CLASSES[letter.lower()]
    plain = inside.removeprefix("^")
    negated = letter.isupper() is not (plain != inside)
    return plain if within and not negated else f"[{'^' if negated else ''}{plain}]"
