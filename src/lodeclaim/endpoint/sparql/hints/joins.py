"""Parts of a group that have no variable in common: rows beside rows, and a MINUS that takes nothing away."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from lodeclaim.endpoint.sparql.groups import Condition, Data, Group, Statement
from lodeclaim.endpoint.sparql.hints.known import MOST_SHOWN
from lodeclaim.endpoint.sparql.scopes import Scope, scopes
from lodeclaim.endpoint.sparql.tokens import Token

_APART = frozenset(["EXISTS", "MINUS", "SERVICE"])
"""Groups in which variables may be connected from outside, or that are another's."""


def unconnected(tokens: Sequence[Token], groups: Sequence[Group]) -> Iterator[str]:
    """Tell of two parts of a group without a connection: each row of one stands beside each of the other."""
    found = scopes(groups)
    for group in groups:
        if not any(each.kind in _APART for each in group.ancestry()):
            subjects = {triple.subject.token.text for triple in group.triples}
            for first, second in _pairs(_components(tokens, group, found), subjects):
                yield (
                    f"Nothing connects {first} and {second}: each row of one stands beside each row of the other. "
                    "Give them one name if they are the same, or write the property between them."
                )


def _components(tokens: Sequence[Token], group: Group, found: Mapping[Group, Scope]) -> list[set[str]]:
    """Return the sets of variables that the parts of a group connect, as far as triples of a property are in them."""
    components: list[tuple[set[str], bool]] = []
    for part in group.parts:
        names, has_triples = _names(part, found), isinstance(part, Statement) and _has_property(part)
        if isinstance(part, Statement):
            names |= {token.text for token in tokens[part.start : part.end] if token.kind == "blank"}
        if not names:
            continue
        joined = [each for each in components if each[0] & names]
        components = [each for each in components if not each[0] & names]
        merged = names.union(*(each[0] for each in joined))
        components.append((merged, has_triples or any(each[1] for each in joined)))
    named = (({name for name in names if name[0] == "?"}, has_triples) for names, has_triples in components)
    return [names for names, has_triples in named if has_triples and names]


def _has_property(statement: Statement) -> bool:
    verbs = [triple.verb.token for triple in statement.triples]
    return any(verb is None or verb.kind != "variable" for verb in verbs)


def _names(part: Statement | Condition | Data | Group, found: Mapping[Group, Scope]) -> set[str]:
    match part:
        case Statement() | Data():
            return _variables(part.names)
        case Condition():
            return {"?" + token.text[1:] for token in part.expression if token.kind == "variable"}
        case Group(kind="MINUS"):
            return set()
        case Group(kind="EXISTS"):
            return set().union(*(_names(each, found) for each in part.parts))
    named = {part.name.text[1:]} if part.name is not None and part.name.kind == "variable" else set()
    return _variables(found[part].possible | named)


def _variables(names: Iterable[str]) -> set[str]:
    return {f"?{name}" for name in names}


def _pairs(components: Sequence[set[str]], subjects: set[str]) -> Iterator[tuple[str, str]]:
    named = sorted(min(names & subjects or names)[:MOST_SHOWN] for names in components)
    yield from ((named[0], other) for other in named[1:])


def taking_nothing(tokens: Sequence[Token], groups: Sequence[Group]) -> Iterator[str]:
    """Tell of a MINUS that has no variable in common with what stands before it: it takes nothing (SPARQL 18.5)."""
    found = scopes(groups)
    for group in groups:
        before: set[str] = set()
        for part in group.parts:
            if isinstance(part, Group) and part.kind == "MINUS":
                within = _variables(found[part].possible)
                if within and before.isdisjoint(within):
                    names = ", ".join(name[:MOST_SHOWN] for name in sorted(before)[:2])
                    stands = f"no variable of what stands before it ({names})" if before else "nothing before it"
                    where = f"The MINUS of line {tokens[part.opening].position.line}"
                    yield f"{where} has {stands}, and takes nothing away: use the same variable in both."
            elif not isinstance(part, Condition):
                before |= _names(part, found)
            elif part.name:
                before.add(f"?{part.name}")
