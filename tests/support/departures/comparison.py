"""When two answers to one query are the same, as SPARQL 1.1 has it, and in what they differ otherwise.

Solutions are a bag and graphs are sets; blank nodes are equal up to one renaming. Whether the rows of an answer stand
in the order that ORDER BY asks for is asked of each answer by itself, since most pairs of terms have none.
"""

from __future__ import annotations

import math
import re
import struct
from collections import Counter
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction

from support.departures.answers import XSD, Answer, Refusal, Row, Table, Term
from support.renaming import paired

_INTEGERS = {
    f"{XSD}{name}"
    for name in (
        *("integer", "long", "int", "short", "byte"),
        *("nonNegativeInteger", "positiveInteger", "unsignedLong", "unsignedInt", "unsignedShort", "unsignedByte"),
        *("nonPositiveInteger", "negativeInteger"),
    )
}
_EXACT = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)")
_FLOATING = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?|[+-]?INF|NaN")
_MOMENT = re.compile(r"(-?[0-9]{4,}-[0-9]{2}-[0-9]{2}T[0-9:]{8}?)(\.[0-9]+)?(Z|[+-][0-9]{2}:[0-9]{2})?")

Identity = Callable[[Term], Hashable]


@dataclass(frozen=True)
class Difference:
    """In what two answers differ; `kind` is the first of these that they differ in.

    `refusal`: one refuses; `columns`; `answer`: the solutions have other values; `datatype`: equal numbers of other
    datatypes; `spelling`: equal values written in another way.
    """

    kind: str
    only_left: list[str] = field(default_factory=list)
    only_right: list[str] = field(default_factory=list)


def difference(left: Answer, right: Answer) -> Difference | None:
    """Return in what two answers differ, or None where they are the same."""
    if isinstance(left, Refusal) or isinstance(right, Refusal):
        both = isinstance(left, Refusal) and isinstance(right, Refusal)
        return None if both else Difference("refusal", [_brief(left)], [_brief(right)])
    if isinstance(left, bool) or isinstance(right, bool):
        return None if left is right else Difference("answer", [str(left)], [str(right)])
    if sorted(left.columns) != sorted(right.columns):
        return Difference("columns", [" ".join(left.columns)], [" ".join(right.columns)])
    found = None
    for kind, identity in (("spelling", _written), ("datatype", by_spelling), ("answer", by_value)):
        remains = _unpaired(left, right, identity)
        if remains is None:
            break
        found = Difference(kind, *remains)
    return found


def by_spelling(term: Term) -> Hashable:
    """Return a term with its value in place of its spelling, if it has a value; datatypes tell terms apart."""
    return (term.datatype, by_value(term))


def by_value(term: Term) -> Hashable:
    """Return what is equal for terms of equal value: numbers of exact datatypes, floating ones, truths, moments."""
    if term.kind != "literal" or not term.datatype:
        return term._replace(language=term.language.lower())
    number = exact(term)
    if number is not None:
        return ("exact", number)
    if term.datatype in (f"{XSD}double", f"{XSD}float") and _FLOATING.fullmatch(term.value):
        return ("floating", repr(floating(term)))
    if term.datatype == f"{XSD}boolean" and term.value in ("0", "1", "false", "true"):
        return ("truth", term.value in ("1", "true"))
    if term.datatype == f"{XSD}dateTime" and (found := _MOMENT.fullmatch(term.value)):
        fraction, zone = (found[2] or "").rstrip("0").rstrip("."), found[3] or ""
        return ("moment", found[1] + fraction + re.sub(r"[+-]00:00", "Z", zone))
    return term


def floating(term: Term) -> float:
    """Return the number that a double is, or the one nearest to it among those that a float can be."""
    number = float(term.value)
    try:
        return struct.unpack("f", struct.pack("f", number))[0] if term.datatype == f"{XSD}float" else number
    except OverflowError:
        return math.copysign(math.inf, number)


def exact(term: Term) -> Fraction | None:
    """Return the number that an integer or a decimal is."""
    if term.datatype in _INTEGERS and re.fullmatch(r"[+-]?[0-9]+", term.value):
        return Fraction(int(term.value))
    if term.datatype == f"{XSD}decimal" and _EXACT.fullmatch(term.value):
        return Fraction(Decimal(term.value))
    return None


def _written(term: Term) -> Hashable:
    return term


def _brief(answer: Answer) -> str:
    if isinstance(answer, Refusal):
        return ("aborted: " if answer.aborted else "refused: ") + answer.words
    return str(answer) if isinstance(answer, bool) else f"{len(answer.rows)} rows"


Keyed = tuple[Hashable, ...]


@dataclass(frozen=True)
class _Blank:
    label: str


def _unpaired(left: Table, right: Table, identity: Identity) -> tuple[list[str], list[str]] | None:
    """Return the rows that have no partner in the other table, or None where each has one."""
    places = [right.columns.index(name) for name in left.columns]
    lefts = [(_key(row, identity), row) for row in left.rows]
    rights = [(_key(row, identity), row) for row in (tuple(row[place] for place in places) for row in right.rows)]
    if _same([key for key, _ in lefts], [key for key, _ in rights]):
        return None
    # Labels say nothing, so that what is left over is found without them.
    mine, others = Counter(_anonymous(k) for k, _ in lefts), Counter(_anonymous(k) for k, _ in rights)
    return _beyond(lefts, others), _beyond(rights, mine)


def _beyond(rows: Sequence[tuple[Keyed, Row]], others: Counter[Keyed]) -> list[str]:
    left, shown = Counter(others), []
    for key, row in rows:
        if left[_anonymous(key)] > 0:
            left[_anonymous(key)] -= 1
        else:
            shown.append(" | ".join("-" if term is None else str(term) for term in row))
    return sorted(shown)


def _key(row: Row, identity: Identity) -> Keyed:
    return tuple(
        None if term is None else _Blank(term.value) if term.kind == "blank" else identity(term) for term in row
    )


def _anonymous(key: Keyed) -> Keyed:
    return tuple("_:" if isinstance(cell, _Blank) else cell for cell in key)


def _same(left: Sequence[Keyed], right: Sequence[Keyed]) -> bool:
    ground = Counter(key for key in left if key == _anonymous(key))
    if len(left) != len(right) or ground != Counter(key for key in right if key == _anonymous(key)):
        return False
    others = [key for key in right if key != _anonymous(key)]
    return paired([key for key in left if key not in ground], others, _Blank)
