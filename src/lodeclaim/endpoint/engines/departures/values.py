"""Functions that give other values: casts, and what is a number."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from decimal import Decimal, localcontext

import pyoxigraph as ox

from lodeclaim.endpoint.engines.departures.numbers import exact, is_beyond, number
from lodeclaim.endpoint.engines.departures.rewriting import Call, Draft, Edit
from lodeclaim.endpoint.sparql.strings import quoted
from lodeclaim.endpoint.vocabularies import XSD

_CASTABLE = ox.NamedNode("urn:lodeclaim:castable")
_IS_NUMERIC = ox.NamedNode("urn:lodeclaim:is-numeric")
_DIGITS = 18
"""Behind the point, which is what the engine's decimals have."""

_LARGEST = Decimal(2**127) / 10**_DIGITS
_FLOATING = {XSD.double, XSD.float}
_PLAIN = (Decimal("0.000001"), Decimal(1_000_000))
"""From the first up to the second a double is written without an exponent."""

_BEFORE_OPERAND = frozenset(["(", ",", "=", "!=", "<", ">", "<=", ">=", "&&", "||"])
_SPACE = " \t\n\r"
_NO_NUMBER = re.compile(r"[+-]?(?:inf|infinity|nan)", re.IGNORECASE)
"""What the engine reads as a double, whatever its letters."""

_SPECIAL = {"INF", "+INF", "-INF", "NaN"}


def casts(draft: Draft) -> Iterator[Edit]:
    """Have casts as XPath has them (Functions, 17.1), white space around a string included; #1817.

    The engine computes with the double of a power of ten, and writes no exponent.
    """
    for index, token in enumerate(draft.tokens[:-1]):
        if token.kind not in {"iri", "name"} or draft.tokens[index + 1].text != "(" or draft.is_foreign(token.offset):
            continue
        prefix, _, local = token.text.partition(":")
        name = token.text[1:-1] if token.kind == "iri" else draft.namespaces.get(prefix, "") + local
        if name not in _CASTS.keys() | _PREPARED or (argument := Call(draft.tokens, index).argument) is None:
            continue
        if name in _CASTS:
            draft.functions[ox.NamedNode(name)] = _CASTS[name]
        else:
            draft.functions[_CASTABLE] = _castable
            yield from argument.around(f"{_CASTABLE}(", ")")


def numerics(draft: Draft) -> Iterator[Edit]:
    """Have isNUMERIC true of integers and decimals of any length (SPARQL 17.4.2.4)."""
    for call in draft.calls("ISNUMERIC"):
        if (argument := call.argument) is None or call.is_distinct:
            continue
        draft.functions[_IS_NUMERIC] = _is_numeric
        if len(argument.tokens) == 1:  # called only for literals that are no numbers to the engine
            name = argument.tokens[0].text
            yield Edit(call.start, call.name.end, f"IF({call.name.text}")
            yield Edit(call.end - 1, call.end, f"), true, IF(isLITERAL({name}), {_IS_NUMERIC}({name}), false))")
        else:
            yield Edit(call.start, call.name.end, str(_IS_NUMERIC))


def negatives(draft: Draft) -> Iterator[Edit]:
    """Write a negative number beyond the engine's as a literal, which it is (SPARQL 19.8 [149], [150]).

    The engine negates the positive one, and finds that it is none.
    """
    for before, sign, written in zip(draft.tokens, draft.tokens[1:], draft.tokens[2:], strict=False):
        is_one = sign.text == "-" and sign.end == written.offset and is_beyond(written)
        if is_one and before.text in _BEFORE_OPERAND and not draft.is_foreign(sign.offset):
            datatype = XSD.decimal if "." in written.text else XSD.integer
            yield Edit(sign.offset, written.end, f"{quoted('-' + written.text)}^^<{datatype}>")


def _is_numeric(term: object) -> ox.Literal:
    return ox.Literal(number(term) is not None)


def _castable(term: ox.Literal) -> ox.Literal | None:
    """Return what the engine casts as XPath would cast a term; None where there is nothing to cast.

    It reads a string as the nearest double, and makes a decimal one by way of others. It takes no white space.
    """
    if not isinstance(term, ox.Literal) or term.language is not None:
        return None
    if term.datatype.value == XSD.string:
        text = term.value.strip(_SPACE)
        return None if _NO_NUMBER.fullmatch(text) and text not in _SPECIAL else ox.Literal(text)
    return ox.Literal(term.value) if isinstance(number(term), Decimal) else term


def _boolean(term: ox.Literal) -> ox.Literal | None:
    if not isinstance(term, ox.Literal) or term.language is not None:
        return None
    if term.datatype.value in {XSD.string, XSD.boolean}:
        value = _TRUTHS.get(term.value.strip(_SPACE))
        return None if value is None else ox.Literal(value)
    found = number(term)
    return None if found is None else ox.Literal(bool(found) and found == found)


_TRUTHS = {"true": True, "1": True, "false": False, "0": False}


def _integer(term: ox.Literal) -> ox.Literal | None:
    if isinstance(term, ox.Literal) and term.datatype.value == XSD.string and "." in term.value:
        return None
    value = _value(term)
    if value is None or not value.is_finite() or not -(2**63) <= int(value) < 2**63:
        return None
    return ox.Literal(int(value))


def _decimal(term: ox.Literal) -> ox.Literal | None:
    value = _value(term)
    if value is None or not value.is_finite() or abs(value) >= _LARGEST:
        return None
    with localcontext(prec=60):
        text = format(value.quantize(Decimal(1).scaleb(-_DIGITS)), "f")
    text = text.rstrip("0").rstrip(".")
    return ox.Literal("0" if text in {"", "-0"} else text, datatype=ox.NamedNode(XSD.decimal))


def _value(term: object) -> Decimal | None:
    """Return the number that a term is, or is written as; None where xsd:decimal takes it for none."""
    if not isinstance(term, ox.Literal) or term.language is not None:
        return None
    if term.datatype.value == XSD.string:
        return exact(term.value)
    if term.datatype.value == XSD.boolean:
        value = _TRUTHS.get(term.value)
        return None if value is None else Decimal(value)
    found = number(term)
    return None if found is None else Decimal(found)


def _string(term: ox.NamedNode | ox.Literal) -> ox.Literal | None:
    if not isinstance(term, ox.NamedNode | ox.Literal):
        return None
    if isinstance(term, ox.NamedNode) or term.datatype.value not in _FLOATING:
        return ox.Literal(term.value)
    value = Decimal(term.value.replace("INF", "Infinity"))
    if not value.is_finite():
        return ox.Literal(term.value)
    if not value or _PLAIN[0] <= abs(value) < _PLAIN[1]:
        text = format(value, "f")
        return ox.Literal(text.rstrip("0").rstrip(".") if "." in text else text)
    sign, digits, _ = value.as_tuple()
    written = "".join(map(str, digits)).rstrip("0")
    return ox.Literal(f"{'-' if sign else ''}{written[0]}.{written[1:] or '0'}E{value.adjusted()}")


_CASTS: dict[str, Callable[..., ox.Literal | None]] = {
    XSD.boolean: _boolean,
    XSD.decimal: _decimal,
    XSD.integer: _integer,
    XSD.string: _string,
}
_PREPARED = frozenset([XSD.double, XSD.float, XSD.dateTime])
"""Casts of the engine's own, of what `_castable` makes of a term."""
