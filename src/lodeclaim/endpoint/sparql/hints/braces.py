"""What groups do to variables: FILTER sees those of its own braces, and OPTIONAL may leave one without a value."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from lodeclaim.endpoint.sparql.groups import Condition, Data, Group, Span, Statement, Triple
from lodeclaim.endpoint.sparql.hints.known import MOST_SHOWN
from lodeclaim.endpoint.sparql.scopes import Scope, scopes
from lodeclaim.endpoint.sparql.structure import closing
from lodeclaim.endpoint.sparql.tokens import Token

MOST_WRITTEN = 60
"""Characters of a triple that are told."""

_FORGIVING = frozenset(["BOUND", "COALESCE"])


def hidden(tokens: Sequence[Token], groups: Sequence[Group]) -> Iterator[str]:
    """Tell of a variable in FILTER or BIND that has its value outside of the braces only (SPARQL 18.2.2).

    In EXISTS it has that value (18.6), and a FILTER in OPTIONAL knows what stands before the OPTIONAL (18.2.2.6).
    """
    possible = {group: scope.possible for group, scope in scopes(groups).items()}
    given: dict[Group, frozenset[str]] = {}
    for group in groups:
        _, *ancestors = group.ancestry()
        if not ancestors:
            given[group] = frozenset()
            continue
        around = ancestors[0]
        given[group] = given[around] | (possible[around] if group.kind == "EXISTS" else frozenset())
        conditions = [part for part in group.parts if isinstance(part, Condition)]
        if not conditions or group.is_foreign:
            continue  # each service has its own way with the values that are there
        outside = frozenset[str]().union(*(possible[each] for each in ancestors))
        outside -= possible[group] | given[group] | _graphs(group)
        for condition in conditions:
            is_seen = group.kind == "OPTIONAL" and condition.word == "FILTER"
            for name in _valued(condition.expression) & outside - (possible[around] if is_seen else frozenset()):
                yield _hidden(tokens[group.opening], group.kind, condition.word, f"?{name}"[:MOST_SHOWN])


def _graphs(group: Group) -> frozenset[str]:
    """Return the variables of GRAPH around a group, of which another hint tells."""
    names = (each.name for each in group.ancestry() if each.kind == "GRAPH")
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


def _hidden(opening: Token, kind: str, word: str, name: str) -> str:
    line = opening.position.line
    told = f"{word} in the braces of line {line} does not see {name}, which has its value outside of them"
    if kind == "MINUS":
        return f"{told}: write FILTER NOT EXISTS {{ ... }} for MINUS {{ ... }}."
    if kind == "UNION" or (kind == "OPTIONAL" and word == "FILTER"):
        return f"{told}: write into them, too, what gives {name} a value."
    return f"{told}: write the {word} behind their closing brace."


def required(tokens: Sequence[Token], groups: Sequence[Group]) -> Iterator[str]:
    """Tell of a variable of OPTIONAL on which what stands behind it relies: without a value it takes any."""
    found = scopes(groups)
    for group in groups:
        bound: set[str] = set()
        loose: set[str] = set()
        first: set[str] = set()
        for part in group.parts:
            if isinstance(part, Group) and part.kind == "OPTIONAL":
                possible = found[part].possible
                joined = possible & (bound | loose)
                if joined and bound and joined <= loose and not _compares(part, bound | loose):
                    yield _relied(min(joined), "the next OPTIONAL")
                loose |= possible - bound
                first |= frozenset() if bound else possible
                continue
            for needed, what in _needed(part, found):
                shown = what if isinstance(what, str) else f"`{_shown(tokens, what)}`"
                for name in sorted(needed & loose):
                    yield _relied(name, shown) if name not in first else _begun(name, shown)
                loose -= needed
                bound |= needed
            bound |= _bound(part, found)
            loose -= bound


def _needed(
    part: Statement | Condition | Data | Group, found: Mapping[Group, Scope]
) -> Iterator[tuple[frozenset[str], Triple | str]]:
    """Yield variables that a part takes with their values, and what of it does."""
    if isinstance(part, Statement):
        yield from ((triple.names, triple) for triple in part.triples)
        yield part.names, "the collection"
    elif isinstance(part, Group) and part.kind in {"", "GRAPH"}:
        yield found[part].certain, "the group"


def _shown(tokens: Sequence[Token], triple: Triple) -> str:
    subject, value = (
        "[...]" if term.kind in {"properties", "collection"} else _written(tokens, term)
        for term in (triple.subject, triple.object)
    )
    return f"{subject} {_written(tokens, triple.verb)} {value}"[:MOST_WRITTEN]


def _written(tokens: Sequence[Token], span: Span) -> str:
    return "".join(token.text[:MOST_WRITTEN] for token in tokens[span.start : span.end])


def _bound(part: Statement | Condition | Data | Group, found: Mapping[Group, Scope]) -> frozenset[str]:
    """Return what may have a value by a part that is no OPTIONAL."""
    match part:
        case Group(kind="MINUS" | "EXISTS"):
            return frozenset()
        case Group():
            return found[part].possible
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
