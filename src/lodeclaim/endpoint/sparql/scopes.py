"""Which variables have a value behind each group of a query (SPARQL 18.2.1)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from lodeclaim.endpoint.sparql.groups import Condition, Data, Group, Statement


class Scope(NamedTuple):
    """Names of variables, without `?`."""

    possible: frozenset[str]
    """Those that may have a value."""

    certain: frozenset[str]
    """Those that have one in each solution."""


def scopes(groups: Sequence[Group]) -> dict[Group, Scope]:
    """Return the scopes of groups that come each before those in it."""
    found: dict[Group, Scope] = {}
    for group in reversed(groups):
        found[group] = _columns(group, _scope(group, found))
    return found


def _scope(group: Group, within: dict[Group, Scope]) -> Scope:
    possible: set[str] = set()
    certain: set[str] = set()
    sides: dict[int, list[frozenset[str]]] = {}
    for part in group.parts:
        if isinstance(part, Statement | Data):
            certain |= part.names
        elif isinstance(part, Condition):
            possible |= {part.name} - {""}
        elif part.kind not in {"MINUS", "EXISTS"}:
            named = {part.name.text[1:]} if part.name is not None and part.name.kind == "variable" else set()
            possible |= within[part].possible | named
            if part.kind == "UNION":
                sides.setdefault(part.chain, []).append(within[part].certain)
            elif part.kind != "OPTIONAL":
                certain |= within[part].certain | named
    certain = certain.union(*(frozenset.intersection(*each) for each in sides.values()))
    return Scope(frozenset(possible | certain), frozenset(certain))


def _columns(group: Group, scope: Scope) -> Scope:
    """Return what is left of a scope behind a subquery."""
    if group.select is None or group.select.columns is None:
        return scope
    return Scope(group.select.columns, group.select.columns & scope.certain | group.select.computed)
