"""Variables that are spelt in two ways: one that stands alone, and is one letter away from another."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import takewhile

from lodeclaim.endpoint.sparql.groups import Condition, Data, Group, Statement
from lodeclaim.endpoint.sparql.hints.known import MOST_SHOWN
from lodeclaim.endpoint.sparql.tokens import Token

SHORTEST = 4
"""The length of a name that can be a slip for another: ?p is none for ?q."""

MOST_NEIGHBOURS = 50
"""With how many names that are nearly the same a name is compared."""


def alone(tokens: Sequence[Token], groups: Sequence[Group]) -> Iterator[str]:
    """Tell of a variable that stands once in a query, and may be meant for another.

    In a condition, or among what is made or sorted, it has no value then. In a pattern it may be meant: there it is
    told only where the two are no names of two properties, and differ within the word.
    """
    times = Counter(token.text[1:] for token in tokens if token.kind == "variable")
    single = {name for name, number in times.items() if number == 1 and SHORTEST <= len(name) <= MOST_SHOWN}
    if not single:
        return
    patterned, subjects = _patterned(tokens, groups)
    wanting = single - patterned.keys() - set(_headed(tokens))
    neighbours = _Neighbours(patterned)
    told: set[str] = set()
    for name in sorted(wanting):
        if other := next(neighbours.of(name), None):
            yield f"?{name} has no value, and stands nowhere else: did you mean ?{other}?"
    for name in sorted(single & patterned.keys()):
        for other in neighbours.of(name):
            is_linked = times[other] > 1 or not subjects.isdisjoint((name, other))
            if is_linked and other not in told and _is_slip(name, other) and name.lower() not in patterned[name]:
                told.add(name)
                stand = "stand once each: did you mean" if times[other] == 1 else "differ by a letter: did you mean"
                yield f"?{name} and ?{other} {stand} one variable?"
                break


def _patterned(tokens: Sequence[Token], groups: Iterable[Group]) -> tuple[dict[str, set[str]], set[str]]:
    """Return the variables of patterns with the local names of the properties that lead to them, and the subjects."""
    found: dict[str, set[str]] = {}
    subjects: set[str] = set()
    for group in groups:
        if group.name is not None and group.name.kind == "variable":
            found.setdefault(group.name.text[1:], set())
        for part in group.parts:
            if isinstance(part, Statement | Data):
                found |= {name: found.get(name, set()) for name in part.names}
            elif isinstance(part, Condition) and part.name:
                found.setdefault(part.name, set())
        for triple in group.triples:
            if triple.subject.kind == "variable":
                subjects.add(triple.subject.token.text[1:])
            if triple.object.kind == "variable":
                path = tokens[triple.verb.start : triple.verb.end]
                found[triple.object.token.text[1:]] |= {_local(token.text) for token in path}
    return found, subjects


def _local(name: str) -> str:
    return name.rstrip(">").replace("/", ":").replace("#", ":").rpartition(":")[2].lower()


def _headed(tokens: Sequence[Token]) -> Iterator[str]:
    """Yield the variables that a SELECT or VALUES names, and those that get their value by AS."""
    is_head, before = False, ""
    for token in tokens:
        if token.word in {"SELECT", "VALUES"} or token.text == "{":
            is_head = token.text != "{"
        elif token.kind == "variable" and (is_head or before == "AS"):
            yield token.text[1:]
        before = token.word


class _Neighbours:
    """Finds names within one letter: both give the same where one letter is left out, or nothing."""

    def __init__(self, names: Iterable[str]) -> None:
        self._by_rest: dict[str, list[str]] = {}
        for name in sorted(names):
            if SHORTEST <= len(name) <= MOST_SHOWN:
                for rest in _rests(name):
                    self._by_rest.setdefault(rest, []).append(name)

    def of(self, name: str) -> Iterator[str]:
        """Yield the names that are one letter away, or differ in capitals."""
        near = (other for rest in _rests(name) for other in self._by_rest.get(rest, ())[:MOST_NEIGHBOURS])
        return (other for other in dict.fromkeys(near) if other != name and _is_one_letter(name, other))


def _rests(name: str) -> set[str]:
    small = name.lower()
    return {small, *(small[:at] + small[at + 1 :] for at in range(len(small)))}


def _difference(one: str, other: str) -> tuple[str, str, str, str]:
    """Return what two names begin with, what each has of its own, and what they end with."""
    begin = _common(one, other)
    one, other = one[len(begin) :], other[len(begin) :]
    end = _common(one[::-1], other[::-1])[::-1]
    return begin, one[: len(one) - len(end)], other[: len(other) - len(end)], end


def _common(one: str, other: str) -> str:
    """Return what two texts begin with."""
    return "".join(first for first, _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))


def _is_one_letter(one: str, other: str) -> bool:
    """Return whether two names differ by one letter, by two that changed places, or by capitals."""
    _, first, second, _ = _difference(one.lower(), other.lower())
    return max(len(first), len(second)) <= 1 or (len(first) == 2 and first == second[::-1])


def _is_slip(one: str, other: str) -> bool:
    """Return whether one of two names is hardly one of its own, as ?claims, ?claim2 and ?claimAText may be."""
    begin, first, second, end = _difference(one, other)
    return one.lower() == other.lower() or bool(
        begin and end and (first + second).isalpha() and (first + second).islower()
    )
