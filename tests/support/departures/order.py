"""The order that SPARQL 1.1 Query, section 15.1, determines: of which pairs of terms one stands before the other."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

from support.departures.answers import XSD, Row, Table, Term
from support.departures.comparison import exact

Key = tuple[str, bool]
"""A column, and whether it goes down."""

_KINDS = {"blank": 1, "iri": 2, "literal": 3}
_MOMENT = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})T([0-9]{2}):([0-9]{2}):([0-9]{2})(\.[0-9]+)?(.*)")


def misplaced(table: Table, keys: Sequence[Key]) -> tuple[Row, Row] | None:
    """Return two rows of which the first stands first and should stand behind, or None where there are none."""
    places = [(table.columns.index(name), down) for name, down in keys]
    for index, later in enumerate(table.rows):
        for earlier in table.rows[:index]:
            if _before(later, earlier, places):
                return earlier, later
    return None


def _before(row: Row, other: Row, places: Sequence[tuple[int, bool]]) -> bool:
    for place, down in places:
        sign = compared(row[place], other[place])
        if sign is None:
            return False
        if sign:
            return (sign > 0) is down
    return False


def compared(left: Term | None, right: Term | None) -> int | None:
    """Return whether a term stands before (-1), with (0) or behind (1) another, or None where neither is said."""
    kinds = [0 if term is None else _KINDS[term.kind] for term in (left, right)]
    if kinds[0] != kinds[1]:
        return -1 if kinds[0] < kinds[1] else 1
    if left is None or right is None:
        return 0
    if left.kind == "blank":
        return None if left != right else 0
    if left.kind == "iri" or not (left.datatype or right.datatype or left.language or right.language):
        return _sign(left.value, right.value)
    if left == right and "NaN" not in left.value:
        return 0
    return _by_value(left, right)


def _by_value(left: Term, right: Term) -> int | None:
    numbers = [_number(term) for term in (left, right)]
    if numbers[0] is not None and numbers[1] is not None:
        return _sign(numbers[0], numbers[1])
    if left.datatype == right.datatype == f"{XSD}boolean":
        truths = [{"0": 0, "false": 0, "1": 1, "true": 1}.get(term.value) for term in (left, right)]
        return None if None in truths else _sign(*truths)
    if left.datatype == right.datatype == f"{XSD}dateTime":
        return _moments(left.value, right.value)
    return None


def _number(term: Term) -> Fraction | float | None:
    number = exact(term)
    if number is not None or term.datatype not in (f"{XSD}double", f"{XSD}float"):
        return number
    try:
        value = float(term.value.replace("INF", "inf"))
    except ValueError:
        return None
    return None if value != value else value if value in (float("inf"), float("-inf")) else Fraction(value)


def _moments(left: str, right: str) -> int | None:
    """Compare two dateTimes; one without a zone is compared with one that has a zone where no zone could matter."""
    found, other = _span(left), _span(right)
    if found is None or other is None:
        return None
    (early, late), (other_early, other_late) = found, other
    if early == other_early and late == other_late and (early == late) == (other_early == other_late):
        return 0
    if (early == late) is (other_early == other_late):
        return _sign(early, other_early)
    return -1 if late < other_early else 1 if early > other_late else None


def _span(text: str) -> tuple[Decimal, Decimal] | None:
    found = _MOMENT.fullmatch(text)
    if not found:
        return None
    year, month, day, hour, minute, second = (int(found[place]) for place in range(1, 7))
    try:
        moment = datetime(year, month, day, tzinfo=UTC) + timedelta(hours=hour, minutes=minute, seconds=second)
    except ValueError:
        return None
    seconds = Decimal(int(moment.timestamp())) + Decimal(found[7] or 0)
    if not found[8]:
        return seconds - 14 * 3600, seconds + 14 * 3600
    offset = datetime.fromisoformat(f"2000-01-01T00:00:00{found[8]}").utcoffset() or timedelta()
    return (seconds - int(offset.total_seconds()),) * 2


def _sign(left: Any, right: Any) -> int:
    return int(left > right) - int(left < right)
