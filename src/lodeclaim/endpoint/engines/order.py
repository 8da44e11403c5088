"""The order of terms that ORDER BY asks for (SPARQL 1.1 Query, section 15.1), as texts that sort as they do.

The standard says: unbound, blank nodes, IRIs, literals; and of literals what `<` says, which compares numbers with
numbers, strings, booleans and dateTimes with their own kind. Where it leaves the order open a total one is kept:
strings with and without a language by the alphabet, numbers, truth values, points in time (without a zone as in UTC),
durations, others.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Callable, Mapping
from decimal import Decimal, InvalidOperation

import pyoxigraph as ox

from lodeclaim.endpoint.vocabularies import INTEGERS, XSD

_MOMENT = re.compile(
    r"(?:(-?[0-9]{4,})-([0-9]{2})-([0-9]{2}))?T?(?:([0-9]{2}):([0-9]{2}):([0-9]{2}(?:\.[0-9]+)?))?"
    r"(?:Z|([+-])([0-9]{2}):([0-9]{2}))?"
)
_DURATION = re.compile(
    r"(-?)P(?:([0-9]+)Y)?(?:([0-9]+)M)?(?:([0-9]+)D)?(?:T(?:([0-9]+)H)?(?:([0-9]+)M)?(?:([0-9]+(?:\.[0-9]+)?)S)?)?"
)
_MONTH_SECONDS = 2_629_746
"""A twelfth of the mean year of the Gregorian calendar."""

_OPPOSITE = str.maketrans("0123456789", "9876543210")
_ZERO_EXPONENT = 50_000_000
_LARGEST = "c"
"""Stands behind all numbers: for infinity, and for what is none."""


def key(term: ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple) -> str:
    """Return the text that stands for a term: of two, the one whose text is less by code points comes first."""
    match term:
        case ox.Literal():
            return "3" + _of_literal(term)
        case ox.NamedNode():
            return "2" + term.value
        case _:  # of blank nodes no order is asked for
            return "1"


def _of_literal(term: ox.Literal) -> str:
    if term.language is not None:
        return f"A{term.value}\0{term.language.lower()}"
    datatype = term.datatype.value
    if datatype == XSD.string:
        return "A" + term.value
    read = _READERS.get(datatype)
    if read is not None and (text := read(term.value)) is not None:
        return text
    return f"z{datatype}\0{term.value}"


def _integer(written: str) -> str | None:
    if written.isascii() and written.isdigit() and written[0] != "0":
        return f"ab{_ZERO_EXPONENT + len(written) - 1}{written.rstrip('0')}"  # as _number has it, and faster
    return _decimal(written)


def _decimal(written: str) -> str | None:
    try:
        return "a" + _number(Decimal(written))
    except InvalidOperation:
        return None


def _double(written: str) -> str | None:
    return _floating(float, written)


def _float(written: str) -> str | None:
    return _floating(lambda text: struct.unpack("f", struct.pack("f", float(text)))[0], written)


def _floating(read: Callable[[str], float], written: str) -> str | None:
    try:
        value = read(written.strip().replace("INF", "inf"))
    except (ValueError, OverflowError):
        return None
    return "a" + (_LARGEST + "~" if value != value else _number(Decimal(value)))


def _number(value: Decimal) -> str:
    """Return the text of a number: its sign, its exponent and its digits, those of a negative one upside down."""
    if value.is_infinite():
        return _LARGEST if value > 0 else "0"
    if not value:
        return "a"
    digits = "".join(map(str, value.as_tuple().digits)).rstrip("0")
    text = f"{_ZERO_EXPONENT + value.adjusted()}{digits}"
    return "b" + text if value > 0 else "1" + text.translate(_OPPOSITE) + "~"


def _truth(written: str) -> str | None:
    return {"false": "c0", "0": "c0", "true": "c1", "1": "c1"}.get(written)


def _moment(kind: str) -> Callable[[str], str | None]:
    def read(written: str) -> str | None:
        if not (found := _MOMENT.fullmatch(written)):
            return None
        year, month, day, hour, minute, second, sign, *zone = found.groups()
        seconds = Decimal(second or 0) + 60 * int(minute or 0) + 3600 * int(hour or 0)
        if sign:
            seconds -= int(sign + "60") * (60 * int(zone[0]) + int(zone[1]))
        if year:
            seconds += 86_400 * _days(int(year), int(month), int(day))
        return f"{kind}{_number(seconds)}"

    return read


def _days(year: int, month: int, day: int) -> int:
    """Return the days since 1 March 0000 of the proleptic Gregorian calendar."""
    year, month = (year, month - 3) if month > 2 else (year - 1, month + 9)
    return 365 * year + year // 4 - year // 100 + year // 400 + (153 * month + 2) // 5 + day - 1


def _duration(written: str) -> str | None:
    if not (found := _DURATION.fullmatch(written)):
        return None
    years, months, days, hours, minutes, seconds = (Decimal(part or 0) for part in found.groups()[1:])
    total = (12 * years + months) * _MONTH_SECONDS + 86_400 * days + 3600 * hours + 60 * minutes + seconds
    return "g" + _number(-total if found[1] else total)


def _year(written: str) -> str | None:
    found = re.fullmatch(r"(-?[0-9]{4,})(?:Z|[+-][0-9]{2}:[0-9]{2})?", written)
    return "h" + _number(Decimal(found[1])) if found else None


_READERS: Mapping[str, Callable[[str], str | None]] = {
    **dict.fromkeys(INTEGERS, _integer),
    XSD.decimal: _decimal,
    XSD.double: _double,
    XSD.float: _float,
    XSD.boolean: _truth,
    XSD.dateTime: _moment("d"),
    XSD.dateTimeStamp: _moment("d"),
    XSD.date: _moment("e"),
    XSD.time: _moment("f"),
    XSD.duration: _duration,
    XSD.dayTimeDuration: _duration,
    XSD.yearMonthDuration: _duration,
    XSD.gYear: _year,
}
