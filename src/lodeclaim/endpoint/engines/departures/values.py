"""Functions that give other values: casts of doubles, and blank nodes by a string."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from decimal import Decimal, localcontext

import pyoxigraph as ox

from lodeclaim.endpoint.engines.departures.rewriting import Draft, Edit
from lodeclaim.endpoint.vocabularies import XSD

_DIGITS = 18
"""Behind the point, which is what the engine's decimals have."""

_LARGEST = Decimal(2**127) / 10**_DIGITS
_FLOATING = {XSD.double, XSD.float}
_PLAIN = (Decimal("0.000001"), Decimal(1_000_000))
"""From the first up to the second a double is written without an exponent."""


def casts(draft: Draft) -> Iterator[Edit]:
    """Have xsd:decimal and xsd:string of a double as XPath has them (Functions, 17.1.2 and 17.1.3.3); #1817.

    The one computes with the double of a power of ten, the other writes no exponent.
    """
    for index, token in enumerate(draft.tokens[:-1]):
        if token.kind not in {"iri", "name"} or draft.tokens[index + 1].text != "(" or draft.is_foreign(token.offset):
            continue
        prefix, _, local = token.text.partition(":")
        name = token.text[1:-1] if token.kind == "iri" else draft.namespaces[prefix] + local
        if name in _CASTS:
            draft.functions[ox.NamedNode(name)] = _CASTS[name]
    yield from ()


def new_nodes(draft: Draft) -> Iterator[Edit]:
    """Have BNODE of a string give another node for each solution, whatever the string (SPARQL 17.4.2.9).

    Only one that stands alone in a query: two of them would have to agree on the node of a string.
    """
    found = [call for call in draft.calls("BNODE") if call.arguments]
    if len(found) == 1 and len(found[0].arguments) == 1:
        (call,) = found
        yield Edit(call.start, call.name.end, "IF(STRLEN")
        yield Edit(call.end, call.end, " >= 0, BNODE(), BNODE())")


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
        return Decimal(float(written.replace("INF", "inf")))
    if datatype == XSD.boolean:
        return Decimal(written in {"true", "1"})
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


_CASTS: dict[str, Callable[..., ox.Literal | None]] = {XSD.decimal: _decimal, XSD.string: _string}
