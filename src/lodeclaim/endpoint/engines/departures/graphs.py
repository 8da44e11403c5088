"""Groups in GRAPH: SPARQL 18.6 evaluates one for each graph by itself, and joins its name afterwards.

The engine gives each triple within the group the name as a fourth part. That is the same where triples are joined. It
is not where a part has no triples, counts, or takes away; nor where the name itself is looked at inside; #1758.
"""

from __future__ import annotations

from collections.abc import Iterator

from lodeclaim.endpoint.engines.departures.rewriting import Draft, Edit
from lodeclaim.endpoint.sparql.groups import Data, Group, Select, Statement
from lodeclaim.endpoint.sparql.tokens import QueryTextError

_AGGREGATES = frozenset(["AVG", "COUNT", "GROUP_CONCAT", "HAVING", "MAX", "MIN", "SAMPLE", "SUM"])
_CUTS = frozenset(["LIMIT", "OFFSET"])


def renamed(draft: Draft) -> list[Edit]:
    """Give `GRAPH ?g` another variable where ?g is looked at inside: there it has no value yet; #1450."""
    edits = []
    for group in _groups(draft):
        if group.kind == "GRAPH" and _is_variable(draft, group) and _is_looked_at(draft, group):
            assert group.graph is not None
            word, name = draft.tokens[group.graph - 1], draft.tokens[group.graph]
            variable = draft.graphs[group.graph] = draft.new_variable()
            end = draft.tokens[group.closing].end
            edits += [
                Edit(word.offset, word.offset, "{ "),
                Edit(name.offset, name.end, variable),
                Edit(end, end, f" GRAPH {name.text} {{}} FILTER(sameTerm({variable}, {name.text})) }}"),
            ]
    return edits


def _is_looked_at(draft: Draft, group: Group) -> bool:
    """Return whether the name of a group's graph stands inside, and not just in triples that are joined."""
    assert group.graph is not None
    name = draft.tokens[group.graph].text[1:]
    joined = [statement.places for statement in group.statements]
    return any(
        token.kind == "variable" and token.text[1:] == name and not any(index in each for each in joined)
        for index, token in enumerate(draft.tokens[group.opening : group.closing], group.opening)
    )


def each(draft: Draft) -> list[Edit]:
    """Have a group in GRAPH evaluated for each graph by itself: data, subqueries, OPTIONAL, MINUS.

    Raises QueryTextError for a subquery that counts or cuts, and for a MINUS of which only the solutions tell whether
    it takes something away.
    """
    edits: list[Edit] = []
    for group in _groups(draft):
        if group.graph is not None:
            edits += _of_subquery(draft, group, group.select) if group.select else _of_group(draft, group)
        if group.kind == "MINUS" and _takes_nothing(draft, group):
            begin, end = draft.tokens[group.opening].end, draft.tokens[group.closing].offset
            edits += [Edit(begin, begin, " {"), Edit(end, end, "} FILTER(false) ")]
    return edits


def _groups(draft: Draft) -> Iterator[Group]:
    if {"GRAPH", "MINUS"} & draft.words:
        yield from draft.groups


def _is_variable(draft: Draft, group: Group) -> bool:
    return group.graph is not None and draft.tokens[group.graph].kind == "variable"


def _name(draft: Draft, group: Group) -> str:
    assert group.graph is not None
    return draft.graphs.get(group.graph) or draft.span(group.graph, group.graph + 1)


def _of_group(draft: Draft, group: Group) -> Iterator[Edit]:
    """Begin a group with `GRAPH ?g {}` where it does not begin with triples: else it may say nothing of ?g."""
    if not _is_variable(draft, group) and group.kind != "GRAPH":
        return
    first = draft.tokens[group.opening + 1].text
    is_of_star = group.parent is not None and group.parent.select is not None and group.parent.select.columns is None
    has_triples = bool(group.statements) and group.statements[0].start == group.opening + 1
    if (has_triples or (first == "{" and _is_variable(draft, group))) and not is_of_star:
        return
    place = draft.tokens[group.opening].end
    yield Edit(place, place, f" GRAPH {_name(draft, group)} {{}} ")


def _of_subquery(draft: Draft, group: Group, select: Select) -> Iterator[Edit]:
    """Have a subquery tell the graph of each of its rows."""
    name = _name(draft, group)
    if not _is_variable(draft, group):
        if group.kind == "GRAPH":  # one that is not there has no row, be it counted or not
            place = draft.tokens[group.opening - 2].offset
            yield Edit(place, place, f"GRAPH {name} {{}} ")
        return
    star = select.columns is None
    behind = select.start + (draft.tokens[select.start + 1].word in {"DISTINCT", "REDUCED"})
    is_counted = select.grouping is None and not _AGGREGATES.isdisjoint(select.words)
    if is_counted or not _CUTS.isdisjoint(select.words) or (star and behind > select.start):
        assert group.graph is not None
        written = draft.tokens[group.graph].text
        raise QueryTextError(
            draft.tokens[select.start].position,
            f"a subquery within GRAPH {written} that counts, cuts, or tells all columns apart",
            f"Put GRAPH {written} into the subquery, and group by {written} there; name the columns",
            "query-unsupported",
        )
    if not star:
        place = draft.tokens[behind].end
        yield Edit(place, place, f" {name}")
    if select.grouping is not None:
        place = draft.tokens[select.grouping + 1].end
        yield Edit(place, place, f" {name}")


def _takes_nothing(draft: Draft, group: Group) -> bool:
    """Return whether a MINUS within `GRAPH ?g` or EXISTS has no variable in common with what stands before it.

    Then it takes nothing away (18.5, Minus). The engine has ?g in common, and in EXISTS what is bound outside, which
    is no variable there (18.6, substitute).
    """
    exists = any(each.kind == "EXISTS" for each in group.ancestry())
    if group.parent is None or not (exists or _is_variable(draft, group)):
        return False
    before = range(group.parent.opening, group.opening)
    within = range(group.opening, group.closing)
    if draft.variables(before).isdisjoint(draft.variables(within)):
        return True
    if (_bound(draft, group.parent, before) & _bound(draft, group, within)) - draft.outside(group):
        return False
    word = draft.tokens[group.opening - 1]
    where = "EXISTS" if exists else "GRAPH with a variable"
    raise QueryTextError(
        word.position,
        f"a MINUS within {where}, with no variable that both of its sides are sure to bind there",
        "Write FILTER NOT EXISTS in place of MINUS",
        "query-unsupported",
    )


def _bound(draft: Draft, group: Group, places: range) -> set[str]:
    """Return the variables that have a value in each solution of a part of a group: those of its triples and data."""
    parts = [part for part in group.parts if isinstance(part, Statement | Data) and part.start in places]
    return {name for part in parts if not _is_undefined(draft, part) for name in part.names}


def _is_undefined(draft: Draft, part: Statement | Data) -> bool:
    return any(draft.tokens[index].word == "UNDEF" for index in part.places)
