"""What a person may have meant: names that a query misspells, and what a right query does that few expect.

Such a query is answered as the standard has it. The sentences go beside the answer.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import chain, islice

from lodeclaim.endpoint.sparql.groups import Group
from lodeclaim.endpoint.sparql.hints import (
    braces,
    joins,
    languages,
    letters,
    literals,
    names,
    patterns,
    scopes,
    values,
    variables,
)
from lodeclaim.endpoint.sparql.hints.known import MOST, Known
from lodeclaim.endpoint.sparql.hints.names import misspelt
from lodeclaim.endpoint.sparql.reading import query
from lodeclaim.endpoint.sparql.structure import declared
from lodeclaim.endpoint.sparql.tokens import Token

__all__ = ["MOST", "Known", "misspelt", "told"]

MOST_FOUND = 200
"""How many sentences are made, of which several may be the same."""

LONGEST = 290
"""The length of a sentence: what somebody named at length is cut."""


def told(tokens: Sequence[Token], known: Known) -> tuple[str, ...]:
    """Return the sentences for a query: names that the data has not, and what is answered otherwise than expected."""
    namespaces = {**known.prefixes, **declared(tokens)}
    _, *groups = query(tokens).walk()
    found = islice(_found(tokens, groups, known, namespaces), MOST_FOUND)
    unknown = misspelt(tokens, known, namespaces, values.spaces_of_objects(groups, namespaces, known))
    return tuple(map(_line, (*unknown, *islice(dict.fromkeys(found), MOST))))


def _found(
    tokens: Sequence[Token], groups: Sequence[Group], known: Known, namespaces: Mapping[str, str]
) -> Iterator[str]:
    own = {*known.resources, *known.terms}
    misspelling = tuple(variables.alone(tokens, groups))  # what is spelt in two ways is not connected either
    roles = values.roles(groups, namespaces, known)
    return chain(
        names.renamed(tokens, known, namespaces),
        names.other_namespaces(tokens, known.prefixes),
        names.other_kinds(tokens, known.terms, namespaces),
        names.not_described(tokens, known.terms, own, namespaces, known.described),
        scopes.having(tokens),
        scopes.unbound(tokens),
        scopes.graphs(tokens),
        scopes.columns(tokens),
        braces.hidden(tokens, groups),
        braces.required(tokens, groups),
        joins.unconnected(tokens, groups) if not misspelling else (),
        joins.taking_nothing(tokens, groups),
        misspelling,
        values.searched(tokens, roles),
        values.summed(tokens, roles),
        values.taken_for_things(tokens, groups, roles, namespaces, known),
        letters.capitals(tokens, groups, known),
        languages.tags(tokens, known.languages),
        patterns.errors(tokens),
        literals.unexpected(tokens),
        literals.kept(tokens),
    )


def _line(sentence: str) -> str:
    """Return a sentence as it can stand in a header: a string of the query may hold the end of a line."""
    plain = "".join(character if character.isprintable() else " " for character in sentence)
    return plain if len(plain) <= LONGEST else f"{plain[:LONGEST]}..."
