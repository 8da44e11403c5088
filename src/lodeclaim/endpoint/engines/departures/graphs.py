"""Groups in GRAPH: what is not evaluated for each graph by itself."""

from __future__ import annotations

from collections.abc import Iterator

from lodeclaim.endpoint.engines.departures.rewriting import Draft, Edit
from lodeclaim.endpoint.sparql.structure import closing
from lodeclaim.endpoint.sparql.tokens import QueryTextError

_OF_ALL = frozenset(
    [
        *("AVG", "COUNT", "GROUP_CONCAT", "MAX", "MIN", "SAMPLE", "SUM"),
        *("DISTINCT", "GROUP", "HAVING", "LIMIT", "OFFSET", "REDUCED"),
    ]
)
"""What in a subquery depends on all of its solutions."""


def check(draft: Draft) -> None:
    """Refuse a subquery in `GRAPH ?g` that counts, cuts or tells apart: it would do so over all graphs at once.

    SPARQL 18.6 evaluates it for each graph; #1758.
    """
    tokens = draft.tokens
    for index in _groups(draft):
        words = [token.word for token in tokens[index + 3 : closing(tokens, index + 2)]]
        begin = words.index("SELECT") if "SELECT" in words else len(words)
        if not _OF_ALL.isdisjoint(words[begin:]) and not draft.is_foreign(tokens[index].offset):
            name = tokens[index + 1].text
            found = f"a subquery within GRAPH {name} that counts, groups or cuts"
            remedy = f"Put GRAPH {name} into the subquery, and group by {name} there"
            raise QueryTextError(tokens[index].position, found, remedy, "query-unsupported")


def data_alone(draft: Draft) -> Iterator[Edit]:
    """Say `GRAPH ?g {}` before a group in `GRAPH ?g` that begins with data: else ?g may stay unbound; #1758."""
    for index in _groups(draft):
        if draft.tokens[index + 3].word in {"VALUES", "BIND"}:
            place = draft.tokens[index].offset
            yield Edit(place, place, f"GRAPH {draft.tokens[index + 1].text} {{}} ")


def _groups(draft: Draft) -> Iterator[int]:
    tokens = draft.tokens if "GRAPH" in draft.words else ()
    for index, token in enumerate(tokens[:-3]):
        if token.word == "GRAPH" and tokens[index + 1].kind == "variable" and tokens[index + 2].text == "{":
            yield index
