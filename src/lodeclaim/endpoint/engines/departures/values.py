"""Functions that give other values: casts of doubles, and blank nodes by a string."""

from __future__ import annotations

import re
import struct
from collections.abc import Callable, Iterator
from decimal import Decimal, localcontext

import pyoxigraph as ox

from lodeclaim.endpoint.engines.departures.rewriting import Call, Draft, Edit
from lodeclaim.endpoint.vocabularies import XSD

_IS_STRING = ox.NamedNode("urn:lodeclaim:is-string")
_DIGITS = 18
"""Behind the point, which is what the engine's decimals have."""

_LARGEST = Decimal(2**127) / 10**_DIGITS
_FLOATING = {XSD.double, XSD.float}
_PLAIN = (Decimal("0.000001"), Decimal(1_000_000))
"""From the first up to the second a double is written without an exponent."""


def casts(draft: Draft) -> Iterator[Edit]:
    """Have xsd:decimal, xsd:integer and xsd:string of a double as XPath has them (Functions, 17.1.2, 17.1.3); #1817.

    The engine computes with the double of a power of ten, and writes no exponent.
    """
    for index, token in enumerate(draft.tokens[:-1]):
        if token.kind not in {"iri", "name"} or draft.tokens[index + 1].text != "(" or draft.is_foreign(token.offset):
            continue
        prefix, _, local = token.text.partition(":")
        name = token.text[1:-1] if token.kind == "iri" else draft.namespaces.get(prefix, "") + local
        if name in _CASTS and Call(draft.tokens, index).argument is not None:
            draft.functions[ox.NamedNode(name)] = _CASTS[name]
    yield from ()


def new_nodes(draft: Draft) -> Iterator[Edit]:
    """Have BNODE of a string give another node for each solution, whatever the string (SPARQL 17.4.2.9).

    Only one that stands alone in a query: two of them would have to agree on the node of a string.
    """
    found = [call for call in draft.calls("BNODE") if call.arguments]
    if len(found) == 1 and found[0].argument is not None:
        (call,) = found
        draft.functions[_IS_STRING] = _is_string
        yield Edit(call.start, call.name.end, f"IF({_IS_STRING}")
        yield Edit(call.end, call.end, ", BNODE(), BNODE())")


def _is_string(term: object) -> ox.Literal | None:
    """Return true for a string; None, an error, for anything else."""
    is_one = isinstance(term, ox.Literal) and term.datatype.value == XSD.string
    return ox.Literal(True) if is_one else None


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
    datatype, written = term.datatype.value, term.value
    if datatype in _FLOATING:
        number = float(written.replace("INF", "inf"))
        return Decimal(number if datatype == XSD.double else struct.unpack("f", struct.pack("f", number))[0])
    if datatype == XSD.boolean:
        return {"true": Decimal(1), "1": Decimal(1), "false": Decimal(0), "0": Decimal(0)}.get(written)
    if datatype not in {XSD.string, XSD.decimal, XSD.integer}:
        return None
    found = re.fullmatch(r"[ \t\n\r]*([+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+))[ \t\n\r]*", written)
    return Decimal(found[1]) if found else None


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
    XSD.decimal: _decimal,
    XSD.integer: _integer,
    XSD.string: _string,
}
