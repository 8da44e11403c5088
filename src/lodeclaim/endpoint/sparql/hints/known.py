"""What hints know of a dataset: its names and what they stand for, and how a name is written in a query."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from lodeclaim.endpoint.prefixes import split
from lodeclaim.endpoint.sparql.tokens import Token

MOST = 10
"""How many names are told: the sentences stand in a header."""

MOST_SOUGHT = 4
"""For how many of them a term is looked for that may be meant, which takes some milliseconds each."""

MOST_COMPARED = 2_000
"""How many terms a name is compared with."""

MOST_SHOWN = 40
"""Characters of a name that are told."""

MOST_CHARACTERS = 100
"""The length of a name beyond which no term can be meant."""

NEAR = 0.7
"""How much alike, of 1, two names are of which one may be a slip for the other; less would misguide."""

LABELS = frozenset(["altLabel", "headline", "label", "name", "prefLabel", "title"])
"""Local names of properties whose values may have a language."""


@dataclass(frozen=True)
class Known:
    """What a dataset says of itself, as far as a query can be held against it; local names by namespace."""

    terms: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """The terms of the data's own ontologies."""

    resources: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """What else it says something of."""

    prefixes: Mapping[str, str] = field(default_factory=dict)
    """Those of the data, which a query that declares none was given."""

    described: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """The properties and classes that it has by its own description."""


def expanded(token: Token, namespaces: Mapping[str, str]) -> tuple[str, str]:
    """Return the namespace and the local name of a name or an IRI; of a prefix that is unknown no namespace."""
    if token.kind == "iri":
        return split(token.text[1:-1])
    prefix, _, local = token.text.partition(":")
    return namespaces.get(prefix, ""), local
