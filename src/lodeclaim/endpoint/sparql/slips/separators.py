"""The signs between triples: `;` and `,` where a new subject begins, a dot where the old one goes on, or no sign."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from lodeclaim.endpoint.sparql.slips.looks import error
from lodeclaim.endpoint.sparql.structure import closing
from lodeclaim.endpoint.sparql.tokens import QueryTextError, Token

_SEPARATORS = frozenset([".", ";", ","])
_OPENING = frozenset(["^", "!"])
_REPEATING = frozenset(["*", "+", "?"])
_PROPERTIES = frozenset(["iri", "name", "variable"])


def parts(tokens: Sequence[Token], at: int, end: int) -> list[tuple[int, int]]:
    """Return where the terms and paths begin and end that stand from an index on, up to a separator or a clause."""
    found = []
    while at < end and not _ends(tokens[at]):
        behind = _behind(tokens, at, end)
        found.append((at, behind))
        at = behind
    return found


def _ends(token: Token) -> bool:
    return token.text in _SEPARATORS | {"{", "}"} or (
        token.kind == "word" and token.word not in {"TRUE", "FALSE", "A"}
    )


def _behind(tokens: Sequence[Token], at: int, end: int) -> int:
    """Return the index behind the term or path that begins at another."""
    while at < end - 1 and tokens[at].text in _OPENING:
        at += 1
    first = tokens[at]
    at = closing(tokens, at) + 1 if first.text in {"[", "("} else at + 1
    if first.text in {"+", "-"} and at < end and tokens[at].kind == "number":
        return at + 1
    if first.kind == "string" and at < end:
        return at + {"language": 1}.get(tokens[at].kind, 2 * (tokens[at].text == "^^"))
    if first.kind in {"string", "number", "variable", "blank"}:
        return at
    while at < end and tokens[at].text in _REPEATING:
        at += 1
    if at < end - 1 and tokens[at].text in {"/", "|"}:
        return _behind(tokens, at + 1, end)
    return at


def misplaced(tokens: Sequence[Token], subject: int, start: int, end: int) -> QueryTextError | None:
    """Return the error for a separator that is not the one that is meant; None where it cannot be known.

    What is said of a subject cannot be read as it stands. The part that is wrong starts at an index, behind a
    separator, or at the property that comes first.
    """
    written = parts(tokens, start, end)
    separator = tokens[start - 1]
    for number, (left, right) in enumerate(pairwise([(subject, subject + 1), *written])):
        if left[1] == right[0] and _quoted(tokens, left) == _quoted(tokens, right):
            twice = _quoted(tokens, right)
            if number >= 2 and _is_triple(tokens, written[number:]):
                found = f"{twice} stands twice: as an object, and where a new triple begins"
                return error(tokens[right[0]], found, "Write `.` between the two")
            return error(tokens[right[0]], f"{twice} stands twice", "Remove one")
    if len(written) >= 2 and separator.text in {";", ","}:
        is_subject = _is_same(tokens, subject, start)
        if _is_triple(tokens, written) and (len(written) == 3 or is_subject):
            begins = f"`{separator.text}` goes on with the {'subject' if separator.text == ';' else 'property'}"
            found = f"{begins}, and {_quoted(tokens, written[0])} begins a new triple"
            return error(separator, found, _instead(".", tokens, start - 1))
        if separator.text == "," and len(written) == 2 and _is_property(tokens, written[0]):
            found = f"`,` goes on with the property, and {_quoted(tokens, written[0])} is another property"
            return error(separator, found, _instead(";", tokens, start - 1))
    # What is whole: property and object, or the object alone.
    whole = 1 if separator.text == "," else 2
    return None if len(written) <= whole else _missing(tokens, subject, written[whole:])


def _missing(tokens: Sequence[Token], subject: int, rest: Sequence[tuple[int, int]]) -> QueryTextError | None:
    """Return the error for a separator that does not stand before these parts."""
    first = rest[0]
    token, before = tokens[first[0]], f"behind `{tokens[first[0] - 1].text[:40]}`"
    stands = f"{_quoted(tokens, first)} stands behind a triple, and nothing parts them"
    goes_on = _is_property(tokens, first) and not _is_same(tokens, subject, first[0])
    if len(rest) == 1:
        return error(token, stands, f"Write `,` {before} for one more object, or remove it")
    if _is_triple(tokens, rest) and not (goes_on and len(rest) % 2 == 0 and len(rest) % 3):
        return error(token, stands, f"End the triple before it with a dot: write `.` {before}")
    if goes_on and len(rest) % 2 == 0:
        return error(token, stands, f"Write `;` {before}: it goes on with the subject `{tokens[subject].text[:40]}`")
    return None


def ended_early(tokens: Sequence[Token], subject: int, start: int, end: int) -> QueryTextError | None:
    """Return the error for a dot behind which the subject goes on: what starts at an index is property and object."""
    written, dot = parts(tokens, start, end), tokens[start - 1]
    is_given = tokens[start].text == "a" or tokens[start].kind in {"iri", "name"} or tokens[start].text in _OPENING
    if dot.text != "." or len(written) != 2 or not is_given:
        return None
    named = f"`{tokens[subject].text[:40]}`" if tokens[subject].text not in {"[", "("} else "the subject"
    found = f"`.` ends what is said of {named}, and {_quoted(tokens, written[0])} goes on with it"
    return error(dot, found, _instead(";", tokens, start - 1))


def _is_triple(tokens: Sequence[Token], written: Sequence[tuple[int, int]]) -> bool:
    if len(written) < 3:
        return False
    first = tokens[written[0][0]]
    is_node = written[0][1] == written[0][0] + 1 and first.kind in {"iri", "name", "variable", "blank"}
    return (is_node or first.text in {"[", "("}) and _is_property(tokens, written[1])


def _is_property(tokens: Sequence[Token], part: tuple[int, int]) -> bool:
    first = tokens[part[0]]
    return first.kind in _PROPERTIES or first.text in _OPENING | {"a", "("}


def _is_same(tokens: Sequence[Token], subject: int, at: int) -> bool:
    return tokens[at].text == tokens[subject].text and tokens[at].kind in _PROPERTIES


def _instead(sign: str, tokens: Sequence[Token], at: int) -> str:
    return f"Write `{sign}` for the `{tokens[at].text}` behind `{tokens[at - 1].text[:40]}`"


def _quoted(tokens: Sequence[Token], part: tuple[int, int]) -> str:
    text = "".join(token.text for token in tokens[part[0] : part[1]])
    return f"`{text[:40]}`"
