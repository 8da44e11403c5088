"""Parts of a group that have no variable in common: rows beside rows, and a MINUS that takes nothing away."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from lodeclaim.endpoint.sparql.groups import Condition, Data, Group
from lodeclaim.endpoint.sparql.hints.known import MOST_SHOWN
from lodeclaim.endpoint.sparql.triples import Triple

_BRACKETS = "[]"
"""Stands for all blank nodes that are written as brackets: what connects them is not read."""

_APART = frozenset(["EXISTS", "MINUS", "SERVICE"])
"""Groups in which variables may be connected from outside, or that are another's."""


def unconnected(groups: Sequence[Group]) -> Iterator[str]:
    """Tell of two parts of a group without a connection: each row of one stands beside each of the other."""
    for group in groups:
        if not any(each.word in _APART for each in (group, *group.ancestors())):
            for first, second in _pairs(_components(group)):
                yield (
                    f"Nothing connects {first} and {second}: each row of one stands beside each row of the other. "
                    "Write the property between them."
                )


def _components(group: Group) -> list[set[str]]:
    """Return the sets of variables that the parts of a group connect, as far as triples of a property are in them."""
    components: list[tuple[set[str], bool]] = []
    for part in group.parts:
        names = _names(part)
        has_triples = isinstance(part, Triple) and not any(step.kind == "variable" for step in part.path)
        if not names:
            continue
        joined = [each for each in components if each[0] & names]
        components = [each for each in components if not each[0] & names]
        merged = names.union(*(each[0] for each in joined))
        components.append((merged, has_triples or any(each[1] for each in joined)))
    found = (({name for name in names if name[0] == "?"}, has_triples) for names, has_triples in components)
    return [names for names, has_triples in found if has_triples and names]


def _names(part: Triple | Condition | Data | Group) -> set[str]:
    match part:
        case Triple():
            ends = [end for end in (part.subject, part.object, *part.path) if end is None or end.kind == "blank"]
            return _variables(part.names) | {_BRACKETS if end is None else end.text for end in ends}
        case Data():
            return _variables(part.names)
        case Condition():
            return {"?" + token.text[1:] for token in part.expression if token.kind == "variable"}
        case Group(word="MINUS"):
            return set()
        case Group(word="EXISTS"):
            return set().union(*map(_names, part.parts)) if part.parts else set()
    named = {part.name.text[1:]} if part.name is not None and part.name.kind == "variable" else set()
    return _variables(part.scope | named)


def _variables(names: Iterable[str]) -> set[str]:
    return {f"?{name}" for name in names}


def _pairs(components: Sequence[set[str]]) -> Iterator[tuple[str, str]]:
    named = sorted(min(names)[:MOST_SHOWN] for names in components)
    yield from ((named[0], other) for other in named[1:])


def taking_nothing(groups: Sequence[Group]) -> Iterator[str]:
    """Tell of a MINUS that has no variable in common with what stands before it: it takes nothing (SPARQL 18.5)."""
    for group in groups:
        before: set[str] = set()
        for part in group.parts:
            within = _variables(part.scope) if isinstance(part, Group) and part.word == "MINUS" else set()
            if isinstance(part, Group) and within and before.isdisjoint(within):
                names = ", ".join(name[:MOST_SHOWN] for name in sorted(before)[:2])
                stands = f"no variable of what stands before it ({names})" if before else "nothing before it"
                line = part.opening.position.line
                yield f"The MINUS of line {line} has {stands}, and takes nothing away: use the same variable in both."
            elif not isinstance(part, Condition) or part.name:
                before |= {f"?{part.name}"} if isinstance(part, Condition) else _names(part)
