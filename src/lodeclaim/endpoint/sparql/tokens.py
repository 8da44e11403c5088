"""SPARQL 1.1 text -> tokens: the first step of the guard, which judges tokens and never searches text.

The terminals are those of SPARQL 1.1 Query, section 19.8, taken by longest match, and those that SPARQL 1.2 adds, so
that the guard can name them. Text that holds no terminal is refused here, so that no other parser gets the chance to
read it in its own way.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from lodeclaim.endpoint.errors import QueryError


@dataclass(frozen=True)
class Position:
    """A place in a query: line and column, both counted in characters from 1."""

    line: int
    column: int

    def __str__(self) -> str:
        return f"line {self.line}, column {self.column}"


class QueryTextError(QueryError):
    """A QueryError that knows its place in the text of the query, and perhaps what stands there."""

    def __init__(
        self, position: Position, found: str, remedy: str, kind: str = "query-refused", words: str = ""
    ) -> None:
        super().__init__(f"query, {position}", found, remedy, kind)
        self.position = position
        self.words = words


class Token(NamedTuple):
    """One terminal as it is written; `kind` is a group of the grammar below."""

    kind: str
    text: str
    offset: int
    source: str

    @property
    def position(self) -> Position:
        """Where the token begins; worked out only when somebody asks."""
        return position_at(self.source, self.offset)

    @property
    def word(self) -> str:
        """The keyword that it is, in capitals; empty for another token."""
        return self.text.upper() if self.kind == "word" else ""

    @property
    def end(self) -> int:
        """The offset behind the token's last character."""
        return self.offset + len(self.text)


_BASE = (
    "A-Za-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02ff\u0370-\u037d\u037f-\u1fff\u200c\u200d\u2070-\u218f"
    "\u2c00-\u2fef\u3001-\ud7ff\uf900-\ufdcf\ufdf0-\ufffd\U00010000-\U000effff"
)
_NAME = f"{_BASE}_0-9"
_MARKS = "\u00b7\u0300-\u036f\u203f\u2040"
_HEX = "[0-9A-Fa-f]"
# Surrogates are no characters: a parser that stops at one might read the string as two strings.
_CODEPOINT = rf"\\u(?![Dd][89A-Fa-f]){_HEX}{{4}}|\\U(?!0000[Dd][89A-Fa-f])(?:0010|000{_HEX}){_HEX}{{4}}"
_ESCAPE = rf"\\[tbnrf\\\"']|{_CODEPOINT}"
_PERCENT = rf"%{_HEX}{{2}}|\\[_~.\-!$&'()*+,;=/?#@%]"
# No group is repeated possessively: before 3.11.5 Python then keeps what a last round took that came to nothing
# (gh-106052). Nor does any need to be, since what stands behind can only begin where a round cannot.
_LOCAL = rf"(?:[{_NAME}:]|{_PERCENT})(?:\.*+(?:[{_NAME}{_MARKS}:\-]++|{_PERCENT}))*"
PREFIXED_NAME = rf"(?:[{_BASE}][{_NAME}{_MARKS}.\-]{{0,254}}+(?<!\.))?:(?:{_LOCAL})?"
"""The pattern of PNAME_NS and PNAME_LN; a bounded prefix keeps the time for a text linear."""

_GRAMMAR = re.compile(
    rf"""
    (?: [ \t\r\n]++ | \#[^\r\n]*+ )*
  (?:
    (?P<iri>      <(?:[^\x00-\x20<>"{{}}|^`\\]++|{_CODEPOINT})*> )
  | (?P<string>   "{{3}}(?:"{{0,2}}(?:[^"\\]++|{_ESCAPE}))*"{{3}}
                | '{{3}}(?:'{{0,2}}(?:[^'\\]++|{_ESCAPE}))*'{{3}}
                | "(?!"")(?:[^"\\\r\n]++|{_ESCAPE})*"
                | '(?!'')(?:[^'\\\r\n]++|{_ESCAPE})*' )
  | (?P<variable> [?$][{_NAME}][{_NAME}{_MARKS}]*+ )
  | (?P<blank>    _:[{_NAME}](?:\.*+[{_NAME}{_MARKS}\-]++)* )
  | (?P<name>     {PREFIXED_NAME} )
  | (?P<number>   (?:[0-9]++(?:\.[0-9]*+)?|\.[0-9]++)[eE][+-]?[0-9]++ | [0-9]*+\.[0-9]++ | [0-9]++ )
  | (?P<language> @[A-Za-z]++(?:-[A-Za-z0-9]++)*(?:--[A-Za-z]++)? )
  | (?P<word>     [A-Za-z][A-Za-z0-9_]*+ )
  | (?P<mark>     \^\^ | && | \|\| | != | <= | >= | << | >> | \{{\| | \|\}} | [{{}}()\[\].,;=<>!|/*+\-^?~] )
  )?
    """,
    re.VERBOSE,
)

_BAD_STRING = ("a string is not closed, or holds an unknown escape", "Close it; a backslash is written twice")
_REFUSALS = {
    '"': _BAD_STRING,
    "'": _BAD_STRING,
    **dict.fromkeys("\u201c\u201d\u201e\u00ab\u00bb", ("a typographic quotation mark", 'Write "')),
    **dict.fromkeys("\u2018\u2019\u201a\u00b4`", ("a typographic quotation mark", "Write '")),
    **dict.fromkeys(
        "\u00a0\u2007\u202f\u3000", ("a space that is none to SPARQL, as text programs put it", "Write a plain space")
    ),
    **dict.fromkeys("\u2013\u2014\u2212", ("a dash that is no minus sign", "Write -")),
    "\ufeff": ("a byte-order mark, which some editors put before a text", "Save it as UTF-8 without one"),
    "≠": ("a sign that SPARQL does not know", "Write !="),
    "≤": ("a sign that SPARQL does not know", "Write <="),
    "≥": ("a sign that SPARQL does not know", "Write >="),
    "@": ("`@` without a language", 'Write it without spaces and quotation marks, as in "text"@en'),
    "_": ("`_` begins nothing here", "Write - within a language, as in @en-GB; a blank node is _:b, a variable ?x"),
    "%": ("`%` begins nothing here", "Write # for a comment; text stands in quotation marks"),
    "&": ("`&` alone", "Write && between two conditions"),
    "\\": ("a backslash outside a string, an IRI or a name", "For a path write /, as in ex:a/ex:b"),
}


def tokenize(text: str) -> Iterator[Token]:
    """Yield the tokens of `text`, without white space and comments.

    Raises QueryTextError at the first place where no terminal of SPARQL begins.
    """
    offset, match_at = 0, _GRAMMAR.match
    while (match := match_at(text, offset)) is not None:  # it always is: all of the pattern is optional
        offset = match.end()
        kind = match.lastgroup
        if kind is not None:
            written = match[kind]
            yield Token(kind, written, offset - len(written), text)
        elif offset == len(text):
            return
        else:
            unknown = (
                f"{text[offset]!r} begins nothing that SPARQL knows",
                "Remove it, or put it in a string",
            )
            raise QueryTextError(position_at(text, offset), *_REFUSALS.get(text[offset], unknown))


def excerpt(text: str, position: Position, length: int = 40) -> str:
    """Return what stands at a place: the token there, or the rest of the line, cut to `length` characters."""
    lines = text.split("\n")
    if not 0 < position.line <= len(lines):
        return ""
    rest = lines[position.line - 1][position.column - 1 :].strip()
    match = _GRAMMAR.match(rest)
    return (match[0] if match and match[0] else rest)[:length]


def position_at(text: str, offset: int) -> Position:
    """Return the place of a character by its offset."""
    return Position(text.count("\n", 0, offset) + 1, offset - text.rfind("\n", 0, offset))


def offset_of(text: str, position: Position) -> int:
    """Return the offset of the character at a place; the length of the text for one behind its end."""
    lines = text.split("\n")
    return min(len(text), sum(len(line) + 1 for line in lines[: position.line - 1]) + position.column - 1)
