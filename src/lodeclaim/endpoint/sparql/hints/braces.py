"""What groups do to variables: FILTER sees those of its own braces, and OPTIONAL may leave one without a value."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from lodeclaim.endpoint.sparql.groups import Condition, Data, Group
from lodeclaim.endpoint.sparql.hints.known import MOST_SHOWN
from lodeclaim.endpoint.sparql.structure import closing
from lodeclaim.endpoint.sparql.tokens import Token
from lodeclaim.endpoint.sparql.triples import Triple

_FORGIVING = frozenset(["BOUND", "COALESCE"])


def hidden(groups: Sequence[Group]) -> Iterator[str]:
    """Tell of a variable in FILTER or BIND that has its value outside of the braces only (SPARQL 18.2.2).

    In EXISTS it has that value (18.6), and a FILTER in OPTIONAL knows what stands before the OPTIONAL (18.2.2.6).
    """
    given: dict[Group, frozenset[str]] = {}
    for group in groups:
        around = group.parent
        if around is None:
            given[group] = frozenset()
            continue
        given[group] = given[around] | (around.scope if group.word == "EXISTS" else frozenset())
        conditions = [part for part in group.parts if isinstance(part, Condition)]
        if not conditions or any(each.word == "SERVICE" for each in (group, *group.ancestors())):
            continue  # each service has its own way with the values that are there
        outside = frozenset[str]().union(*(each.scope for each in group.ancestors()))
        outside -= group.scope | given[group] | _graphs(group)
        for condition in conditions:
            is_seen = group.word == "OPTIONAL" and condition.word.word == "FILTER"
            for name in _valued(condition.expression) & outside - (around.scope if is_seen else frozenset()):
                yield _hidden(group, condition.word.word, f"?{name}"[:MOST_SHOWN])


def _graphs(group: Group) -> frozenset[str]:
    """Return the variables of GRAPH around a group, of which another hint tells."""
    names = (each.name for each in (group, *group.ancestors()) if each.word == "GRAPH")
    return frozenset(name.text[1:] for name in names if name is not None)


def _valued(expression: Sequence[Token]) -> frozenset[str]:
    """Return the variables of an expression without whose value it fails."""
    found, at = set(), 0
    while at < len(expression):
        if expression[at].word in _FORGIVING:
            at = closing(expression, at)
        elif expression[at].kind == "variable":
            found.add(expression[at].text[1:])
        at += 1
    return frozenset(found)


def _hidden(group: Group, word: str, name: str) -> str:
    line = group.opening.position.line
    told = f"{word} in the braces of line {line} does not see {name}, which has its value outside of them"
    if group.word == "MINUS":
        return f"{told}: write FILTER NOT EXISTS {{ ... }} for MINUS {{ ... }}."
    if group.word == "UNION" or (group.word == "OPTIONAL" and word == "FILTER"):
        return f"{told}: write into them, too, what gives {name} a value."
    return f"{told}: write the {word} behind their closing brace."


def required(groups: Sequence[Group]) -> Iterator[str]:
    """Tell of a variable of OPTIONAL on which what stands behind it relies: without a value it takes any."""
    for group in groups:
        bound: set[str] = set()
        loose: set[str] = set()
        first: set[str] = set()
        for part in group.parts:
            if isinstance(part, Group) and part.word == "OPTIONAL":
                joined = part.scope & (bound | loose)
                if joined and bound and joined <= loose and not _compares(part, bound | loose):
                    yield _relied(min(joined), "the next OPTIONAL")
                loose |= part.scope - bound
                first |= set() if bound else part.scope
                continue
            needed = _needed(part)
            for name in sorted(needed & loose):
                what = f"`{str(part)[:60]}`" if isinstance(part, Triple) else "the group"
                yield _relied(name, what) if name not in first else _begun(name, what)
            bound |= needed | _bound(part)
            loose -= bound


def _needed(part: Triple | Condition | Data | Group) -> frozenset[str]:
    if isinstance(part, Triple):
        return frozenset(part.names)
    return part.certain if isinstance(part, Group) and part.word in {"", "GRAPH"} else frozenset()


def _bound(part: Triple | Condition | Data | Group) -> frozenset[str]:
    """Return what may have a value by a part that is no OPTIONAL."""
    match part:
        case Group(word="MINUS" | "EXISTS"):
            return frozenset()
        case Group():
            return part.scope
        case Data():
            return part.names
        case Condition(name=name) if name:
            return frozenset({name})
    return frozenset()


def _compares(group: Group, names: set[str]) -> bool:
    """Return whether a condition in a group holds it against the variables outside."""
    conditions = (part for part in group.parts if isinstance(part, Condition))
    return any(token.text[1:] in names for each in conditions for token in each.expression)


def _relied(name: str, what: str) -> str:
    shown = f"?{name}"[:MOST_SHOWN]
    remedy = f"write {'it' if what.startswith('the') else 'that'} inside the OPTIONAL, or leave the word out"
    return f"{shown} may have no value behind its OPTIONAL, and {what} then takes any: {remedy}."


def _begun(name: str, what: str) -> str:
    return f"OPTIONAL stands first, and ?{name[:MOST_SHOWN]} may have no value behind it: write it behind {what}."
