"""Where comparisons stand in a query, and what stands for a truth value: found by brackets and by precedence.

Every expression stands in round brackets, or is a call. A comparison reaches from one delimiter in its brackets to
the next. It has one sign: two of them in a row are none of SPARQL.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from lodeclaim.endpoint.engines.departures.numbers import is_beyond
from lodeclaim.endpoint.sparql.tokens import Token

_OPENERS, _CLOSERS = frozenset("([{"), frozenset(")]}")
_SIGNS = frozenset(["<", ">", "<=", ">=", "!=", "="])
_CONNECTIVES = frozenset(["&&", "||"])
_CONJUNCTS = frozenset(["", "&&", ")"])
"""What is around a condition of FILTER that stands for itself."""

_DELIMITERS = frozenset([",", ";", *_CONNECTIVES])
_NEVER = frozenset(["iri", "name", "string"])
"""With one of these a comparison is an error to the engine and to the standard, or to neither."""

_OF_STRINGS = frozenset(
    [
        *("COALESCE", "CONCAT", "IF", "LCASE", "REPLACE"),
        *("STRAFTER", "STRBEFORE", "STRDT", "STRLANG", "SUBSTR", "UCASE"),
    ]
)
"""Functions whose values may be strings with a language, or may be ill-typed."""


@dataclass(frozen=True)
class Span:
    """The tokens from an index up to another that are a comparison, or stand for a truth value."""

    begin: int
    end: int
    sign: int | None = None
    """The index of the sign of a comparison, or of its IN."""


def spans(tokens: Sequence[Token]) -> Sequence[Span]:
    """Return what may be an error to the engine alone; inner ones come first."""
    return sorted(_Expressions(tokens).spans(), key=lambda span: (-span.begin, span.end))


class _Expressions:
    def __init__(self, tokens: Sequence[Token]) -> None:
        self._tokens = tokens
        self._closings = _closings(tokens)
        self._truths: set[int] = set()
        """The indexes of brackets that stand for a truth value; one is known before what is in it."""

    def spans(self) -> Iterator[Span]:
        conditions: set[int] = set()  # the indexes at which another condition of HAVING may begin
        for index, token in enumerate(self._tokens):
            word = self._tokens[index - 1].word if index else ""
            is_condition = word in {"FILTER", "HAVING"} or index in conditions
            if token.text == "(" and index in self._closings:
                if is_condition:
                    self._truths.add(index)
                    conditions |= {self._closings[index] + 1} if word != "FILTER" else set()
                yield from self._in_brackets(index)
            elif is_condition and self._is_call(index):
                yield Span(index, self._closings[index + 1] + 1)

    def _in_brackets(self, opening: int) -> Iterator[Span]:
        """Yield what stands directly in round brackets."""
        is_if = opening > 0 and self._tokens[opening - 1].word == "IF"
        begin, signs, before = opening + 1, list[int](), ""
        at, closing = begin, self._closings[opening]
        while at <= closing:
            token = self._tokens[at]
            if token.text in _DELIMITERS or token.word == "AS" or at == closing:
                begin += begin < at and self._tokens[begin].word == "DISTINCT"
                is_truth = before != "AS" and (
                    (opening in self._truths and token.text != ",")
                    or (is_if and not before and token.text == ",")
                    or not _CONNECTIVES.isdisjoint((before, token.text))
                )
                if len(signs) == 1 and begin < signs[0] < at - 1:
                    is_conjunct = self._tokens[opening - 1].word == "FILTER" and {before, token.text} <= _CONJUNCTS
                    yield from self._comparison(begin, signs[0], at, is_conjunct)
                elif is_truth and begin < at and not signs:
                    yield from self._truth(begin, at)
                begin, signs, before = at + 1, [], token.word or token.text
            elif token.text in _SIGNS or token.word == "IN":
                signs.append(at)
            elif token.text == "!":
                yield from self._truth(at + 1, None)
            at = self._closings.get(at, at) + 1

    def _comparison(self, begin: int, sign: int, end: int, is_conjunct: bool) -> Iterator[Span]:
        tokens, is_list = self._tokens, self._tokens[sign].word == "IN"
        left = tokens[begin : sign - (tokens[sign - 1].word == "NOT")]
        right = tokens[sign + 1 : end]
        if _has_group(left) or _has_group(right):
            return
        if is_list:
            is_whole = self._closings.get(sign + 1) == end - 1
            may_fail = is_whole and len(left) > 0 and not _is_never(left) and _list_may_fail(right[1:-1])
        else:
            may_fail = not _is_never(left) and not _is_never(right)
        # FILTER(?a = ?b) is left as an engine can join by it; an error is no more than false there.
        are_variables = [token.kind for token in (*left, *right)] == ["variable"] * 2
        if may_fail and not (is_conjunct and are_variables and tokens[sign].text == "="):
            yield Span(begin, end, sign)

    def _truth(self, begin: int, end: int | None) -> Iterator[Span]:
        """Yield the term, the variable or the call at an index, if it ends at another where one is given."""
        token, *after = self._tokens[begin : begin + 3]
        behind = after[0] if after else token
        close = begin + 1
        if token.text == "(" and begin in self._closings:
            if end in {None, self._closings[begin] + 1}:
                self._truths.add(begin)
            return
        if self._is_call(begin):
            close = self._closings[begin + 1] + 1
        elif token.kind == "string" and behind.kind == "language":
            close = begin + 2
        elif token.kind == "string" and behind.text == "^^" and "." not in after[-1].text:
            close = begin + 3
        elif token.kind != "variable" and not is_beyond(token):
            return
        if end in {None, close}:
            yield Span(begin, close)

    def _is_call(self, index: int) -> bool:
        """Return whether a call of one of `_OF_STRINGS` begins at an index."""
        if self._tokens[index].word not in _OF_STRINGS or index + 1 not in self._closings:
            return False
        return not _has_group(self._tokens[index : self._closings[index + 1]])


def _closings(tokens: Sequence[Token]) -> dict[int, int]:
    """Return the indexes of closing brackets by those of the opening ones."""
    pairs, opened = dict[int, int](), list[int]()
    for index, token in enumerate(tokens):
        if token.text in _OPENERS:
            opened.append(index)
        elif token.text in _CLOSERS and opened:
            pairs[opened.pop()] = index
    return pairs


def _has_group(tokens: Sequence[Token]) -> bool:
    """Return whether there is an EXISTS: what it finds is not looked for twice."""
    return any(token.text == "{" for token in tokens)


def _is_never(operand: Sequence[Token]) -> bool:
    return len(operand) == 1 and operand[0].kind in _NEVER


def _list_may_fail(listed: Sequence[Token]) -> bool:
    return not all(token.kind in _NEVER or token.text == "," for token in listed)
