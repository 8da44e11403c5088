"""Where the embedded engine departs from SPARQL 1.1, and how it is asked so that its answer is the standard's.

A query is rewritten by its tokens before the engine sees it. What only the values can tell is a function or an
aggregate of ours, called from the rewritten text. There is one function for each departure; it names the report
upstream that it waits for (a number is an issue of oxigraph/oxigraph), and tests/departures, strict at the pinned
version of the engine, says when it can go. docs/departures.md has the table of all, with those that are left.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType
from urllib.parse import quote

from lodeclaim.endpoint.engines.departures import (
    aggregates,
    blanks,
    columns,
    comparisons,
    graphs,
    names,
    ordering,
    paths,
    patterns,
    values,
)
from lodeclaim.endpoint.engines.departures.rewriting import Draft, Edit, Rewriting
from lodeclaim.endpoint.sparql.structure import closing
from lodeclaim.endpoint.sparql.tokens import Token

_STEPS = (
    names.dotted,
    names.truths,
    names.empty_lists,
    names.signs,
    columns.repeated,
    columns.taken,
    values.casts,
    values.numerics,
    values.negatives,
    blanks.new_nodes,
    aggregates.counted_errors,
    aggregates.concatenated,
    aggregates.extremes,
    patterns.calls,
    comparisons.parameters,
    comparisons.values,
    graphs.renamed,
    paths.unions,
    graphs.each,
    columns.named,
    ordering.keys,
)
"""What is written otherwise, in an order in which each may copy what those before it have written."""


def rewritten(
    text: str,
    tokens: Sequence[Token],
    prefixes: Mapping[str, str],
    services: Sequence[Token] = (),
    relay: str = "",
    bound: Mapping[str, bool] = MappingProxyType({}),
) -> Rewriting:
    """Return what is asked instead of a query that the guard has let through.

    `prefixes` are those that it need not declare. The `services` are asked through the relay, where there is one.
    The `bound` are the variables that the engine replaces by terms, with whether each is equal to itself alone.
    Raises QueryTextError for what the engine would answer wrongly and cannot be asked otherwise.
    """
    draft = Draft(text, tokens, prefixes, list(_relayed(services, relay)), _insides(tokens, services), bound)
    for step in _STEPS:
        draft.add(step(draft))
    return draft.finished()


def _relayed(services: Iterable[Token], relay: str) -> Iterator[Edit]:
    for token in services if relay else ():
        yield Edit(token.offset, token.end, f"<{relay}?iri={quote(token.text[1:-1], safe='')}>")


def _insides(tokens: Sequence[Token], services: Sequence[Token]) -> list[range]:
    """Return the offsets between the brackets behind each service."""
    starts = {token.offset for token in services}
    return [
        range(token.end, tokens[closing(tokens, index + 1)].end)
        for index, token in enumerate(tokens)
        if token.offset in starts
    ]
