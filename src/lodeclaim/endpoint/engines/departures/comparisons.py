"""Comparisons and truth values where the engine finds an error and SPARQL a value (SPARQL 17.2.2, 17.3).

`a < b` becomes `COALESCE(a < b, <urn:lodeclaim:less>(a, b))`: a function of ours is called only where the engine has
found an error. It knows numbers of any length, NaN, truth values, and of everything else it makes an error too.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any

import pyoxigraph as ox

from lodeclaim.endpoint.engines.departures.numbers import compared, is_numeric, number
from lodeclaim.endpoint.engines.departures.operands import Span, spans
from lodeclaim.endpoint.engines.departures.rewriting import Draft, Edit
from lodeclaim.endpoint.sparql.groups import Condition, Data, Group, Statement
from lodeclaim.endpoint.sparql.tokens import Token
from lodeclaim.endpoint.vocabularies import XSD

_OF_VARIABLES = frozenset(["BOUND", "AVG", "COUNT", "GROUP_CONCAT", "MAX", "MIN", "SAMPLE", "SUM"])
"""What takes a variable as such, or is written otherwise where it does."""

_VALUE = ox.NamedNode("urn:lodeclaim:value")
_TRUTH = ox.NamedNode("urn:lodeclaim:truth")
_AMONG = (ox.NamedNode("urn:lodeclaim:among"), ox.NamedNode("urn:lodeclaim:not-among"))
_OPERATORS: Mapping[str, tuple[ox.NamedNode, Callable[[Any, Any], bool]]] = {
    "<": (ox.NamedNode("urn:lodeclaim:less"), operator.lt),
    ">": (ox.NamedNode("urn:lodeclaim:more"), operator.gt),
    "<=": (ox.NamedNode("urn:lodeclaim:at-most"), operator.le),
    ">=": (ox.NamedNode("urn:lodeclaim:at-least"), operator.ge),
    "!=": (ox.NamedNode("urn:lodeclaim:unequal"), operator.ne),
    "=": (ox.NamedNode("urn:lodeclaim:equal"), operator.eq),
}
_TRUTHS = {"true": True, "1": True, "false": False, "0": False}

MOST_COPIED = 4
"""How many times its own length a query may grow by copies of operands: one within others is copied with each."""


def parameters(draft: Draft) -> Iterator[Edit]:
    """Have a variable that the engine replaces be bound, and compared by its value.

    It takes such a variable for unbound, so that BOUND is false and `=` tells terms apart.
    """
    if not draft.bound:
        return
    others = {index for group in draft.groups for part in group.parts for index in _places(part)}
    opened: list[int] = []
    for index, token in enumerate(draft.tokens):
        if token.text in {"(", "{", "["}:
            opened.append(index)
        elif token.text in {")", "}", "]"} and opened:
            opened.pop()
        if token.kind != "variable" or token.text[1:] not in draft.bound or index in others or not opened:
            continue
        around, call = draft.tokens[opened[-1]], draft.tokens[opened[-1] - 1]
        is_name = call.word in _OF_VARIABLES or draft.tokens[index - 1].word in {"AS", "DISTINCT"}
        if call.word == "BOUND" and around.text == "(":
            yield Edit(call.offset, draft.tokens[index + 1].end, "(true)")
        elif around.text == "(" and not is_name and not draft.bound[token.text[1:]]:
            draft.functions[_VALUE] = _value
            yield Edit(token.offset, token.end, f"{_VALUE}({token.text})")


def _places(part: Statement | Condition | Data | Group) -> range:
    return part.places if isinstance(part, Statement | Data) else range(0)


def _value(term: object) -> object:
    return term


def values(draft: Draft) -> Iterator[Edit]:
    """Have comparisons and truth values as SPARQL 17.2.2 and 17.3 have them, inner ones first.

    Where a query would grow too much by that, outer ones are left as they are.
    """
    left = MOST_COPIED * len(draft.text)
    for span in spans(draft.tokens):
        start, end = draft.tokens[span.begin].offset, draft.tokens[span.end - 1].end
        copied = draft.written(start, end, with_ends=False)
        if draft.is_foreign(start) or len(copied) > left:
            continue
        left -= len(copied)
        if span.sign is None:
            yield from _as_truth(draft, span, copied)
        else:
            yield Edit(start, start, "COALESCE(", 1)
            yield from _as_list(draft, span) if draft.tokens[span.sign].word == "IN" else _as_comparison(draft, span)


def _as_comparison(draft: Draft, span: Span) -> Iterator[Edit]:
    tokens, at = draft.tokens, span.sign or 0
    start, end = tokens[span.begin].offset, tokens[span.end - 1].end
    left = draft.written(start, tokens[at - 1].end, with_ends=False)
    right = draft.written(tokens[at + 1].offset, end, with_ends=False)
    name, compare = _OPERATORS[tokens[at].text]
    draft.functions[name] = partial(_compared, compare)
    otherwise = f", {name}({left}, {right}))"
    is_constant = _is_constant(tokens[span.begin : at]) or _is_constant(tokens[at + 1 : span.end])
    if tokens[at].text in {"<=", ">="} and not is_constant:
        # The same term is neither less nor more to the engine, and NaN is not equal to itself.
        yield Edit(tokens[at].offset, tokens[at].end, tokens[at].text[0])
        otherwise = f" || {left} = {right}{otherwise}"
    yield Edit(end, end, otherwise, -1)


def _is_constant(operand: Sequence[Token]) -> bool:
    """Return whether an operand is a number that is written as such, or a string: not NaN."""
    return all(token.kind in {"number", "string"} or token.text in {"+", "-"} for token in operand)


def _as_list(draft: Draft, span: Span) -> Iterator[Edit]:
    tokens, at = draft.tokens, span.sign or 0
    is_negated = tokens[at - 1].word == "NOT"
    left = draft.written(tokens[span.begin].offset, tokens[at - 1 - is_negated].end, with_ends=False)
    listed = draft.written(tokens[at + 1].end, tokens[span.end - 1].offset, with_ends=False)
    name, end = _AMONG[is_negated], tokens[span.end - 1].end
    draft.functions[name] = partial(_among, is_negated)
    yield Edit(end, end, f", {name}({left}, {listed}))", -1)


def _as_truth(draft: Draft, span: Span, copied: str) -> Iterator[Edit]:
    first, last = draft.tokens[span.begin], draft.tokens[span.end - 1]
    draft.functions[_TRUTH] = _truth
    before, after = "COALESCE(IF(", f", true, false), {_TRUTH}({copied}))"
    if last.text == ")":
        yield Edit(first.offset, first.end, before + first.text)
        yield Edit(last.offset, last.end, last.text + after)
    else:
        yield Edit(first.offset, last.end, before + copied + after)


def _compared(compare: Callable[[Any, Any], bool], left: object, right: object) -> ox.Literal | None:
    """Return the truth of a comparison of numbers or of truth values; None, an error, for anything else."""
    values = compared(left, right) or (_boolean(left), _boolean(right))
    return None if None in values else ox.Literal(compare(*values))


def _among(is_negated: bool, left: object, *listed: object) -> ox.Literal | None:
    """Return whether a term is equal to one of others, or to none; None, an error, where that is not known."""
    found = [_equal(left, term) for term in listed]
    return None if None in found and True not in found else ox.Literal((True in found) is not is_negated)


def _equal(left: object, right: object) -> bool | None:
    known = _compared(operator.eq, left, right)
    if known is not None:
        return known.value == "true"
    are_literals = isinstance(left, ox.Literal) and isinstance(right, ox.Literal)
    return None if are_literals and left != right else left == right


def _boolean(term: object) -> bool | None:
    return _TRUTHS.get(term.value) if isinstance(term, ox.Literal) and term.datatype.value == XSD.boolean else None


def _truth(term: object) -> ox.Literal | None:
    """Return the effective boolean value of what has one; None, an error, for anything else."""
    if not isinstance(term, ox.Literal):
        return None
    if term.language is not None:
        return ox.Literal(bool(term.value))
    if term.datatype.value == XSD.boolean:
        return ox.Literal(_TRUTHS.get(term.value, False))
    if is_numeric(term.datatype.value):
        value = number(term)
        return ox.Literal(bool(value) and value == value)
    return None
