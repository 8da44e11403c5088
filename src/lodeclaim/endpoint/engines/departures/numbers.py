"""The numbers that literals are, of any size, and how XPath converts them (XPath Functions, 6.2, 17.1.3)."""

from __future__ import annotations

import math
import re
import struct
from collections.abc import Callable, Mapping
from decimal import Decimal

import pyoxigraph as ox

from lodeclaim.endpoint.sparql.tokens import Token
from lodeclaim.endpoint.vocabularies import INTEGERS, XSD

_SPACE = " \t\n\r"
_INTEGER = re.compile(r"[+-]?[0-9]+")
_DECIMAL = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)")
_FLOATING = re.compile(rf"{_DECIMAL.pattern}(?:[eE][+-]?[0-9]+)?|[+-]?INF|NaN")

Number = Decimal | float
"""A Decimal for what is exact, of xsd:integer and xsd:decimal; a float for xsd:double and xsd:float."""


def number(term: object) -> Number | None:
    """Return the number that a term is; None for an ill-typed literal and for anything else."""
    if not isinstance(term, ox.Literal) or term.language is not None:
        return None
    read = _READERS.get(term.datatype.value)
    return read(term.value) if read else None


def is_numeric(datatype: str) -> bool:
    """Return whether a datatype is one of numbers."""
    return datatype in _READERS


def exact(written: str) -> Decimal | None:
    """Return the number that a decimal or an integer is written as; None for none."""
    return Decimal(found[0]) if (found := _DECIMAL.fullmatch(written.strip(_SPACE))) else None


def double(written: str) -> float | None:
    """Return the number that a double is written as; None for none."""
    found = _FLOATING.fullmatch(written.strip(_SPACE))
    return float(found[0].replace("INF", "inf")) if found else None


def single(value: Number) -> float:
    """Return the number nearest to another that a float can be."""
    near = float(value)
    if math.isfinite(near) and isinstance(value, Decimal) and Decimal(near) != value:
        # Rounded to odd, a double has digits enough that the second rounding does no harm.
        (bits,) = struct.unpack("q", struct.pack("d", near))
        if not bits & 1:
            near = struct.unpack("d", struct.pack("q", bits + (1 if abs(Decimal(near)) < abs(value) else -1)))[0]
    try:
        return float(struct.unpack("f", struct.pack("f", near))[0])
    except OverflowError:
        return math.copysign(math.inf, near)


def is_beyond(token: Token) -> bool:
    """Return whether a token may be a number that the engine has for none: it has 64 bits, or 18 places."""
    whole, _, rest = token.text.partition(".")
    return token.kind == "number" and (whole.isdigit() or not whole) and (len(whole) > 18 or len(rest) > 18)


def compared(left: object, right: object) -> tuple[Number, Number] | None:
    """Return two numbers in the type in which XPath compares them; None where one of the terms is no number."""
    values = number(left), number(right)
    if values[0] is None or values[1] is None:
        return None
    datatypes = {term.datatype.value for term in (left, right) if isinstance(term, ox.Literal)}
    if XSD.double in datatypes:
        return float(values[0]), float(values[1])
    return (single(values[0]), single(values[1])) if XSD.float in datatypes else values  # type: ignore[return-value]


def _float(written: str) -> float | None:
    near = double(written)
    if near is None or not math.isfinite(near):
        return near
    return single(Decimal(written.strip(_SPACE)))


def _integer(written: str) -> Decimal | None:
    return Decimal(written) if _INTEGER.fullmatch(written) else None


_READERS: Mapping[str, Callable[[str], Number | None]] = {
    **dict.fromkeys(INTEGERS, _integer),
    XSD.decimal: exact,
    XSD.double: double,
    XSD.float: _float,
}
