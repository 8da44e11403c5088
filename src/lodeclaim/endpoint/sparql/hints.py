"""What a person may have meant: terms of the data's own ontologies that a query misspells."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Mapping, Sequence

from lodeclaim.endpoint.prefixes import split
from lodeclaim.endpoint.sparql.structure import declared
from lodeclaim.endpoint.sparql.tokens import Token

MOST = 10
"""How many names are told: the sentences stand in a header."""

MOST_SOUGHT = 4
"""For how many of them a term is looked for that may be meant, which takes some milliseconds each."""

MOST_COMPARED = 2_000
"""How many terms a name is compared with."""

MOST_CHARACTERS = 100
"""The length of a name beyond which no term can be meant."""


def misspelt(tokens: Sequence[Token], terms: Mapping[str, frozenset[str]]) -> tuple[str, ...]:
    """Return a sentence for each name of a query in a namespace of `terms` that is none of them (local names).

    Such a query is well-formed and matches nothing, so it is answered; the sentence says why there is no row.
    """
    names = list(_unknown(tokens, terms)) if terms else []
    told = [
        _sentence(name, local, terms[namespace] if at < MOST_SOUGHT else ())
        for at, (name, namespace, local) in enumerate(names[:MOST])
    ]
    return (*told, f"And {len(names) - MOST} more.") if len(names) > MOST else tuple(told)


def _unknown(tokens: Sequence[Token], terms: Mapping[str, frozenset[str]]) -> Iterator[tuple[str, str, str]]:
    """Yield each name in one of the namespaces that is no term there: as it is written, the namespace, the rest."""
    known = declared(tokens)
    seen = set()
    for token in tokens:
        if token.kind == "name":
            prefix, _, local = token.text.partition(":")
            namespace = known.get(prefix, "")
        elif token.kind == "iri":
            namespace, local = split(token.text[1:-1])
        else:
            continue
        if namespace in terms and local and local not in terms[namespace] and token.text not in seen:
            seen.add(token.text)
            yield token.text, namespace, local


def _sentence(name: str, local: str, terms: Iterable[str]) -> str:
    # Those of about its length come first: what is much longer or shorter cannot be meant.
    likely = sorted(terms, key=lambda term: (abs(len(term) - len(local)), term))[:MOST_COMPARED]
    near = difflib.get_close_matches(local, likely, n=1) if len(local) <= MOST_CHARACTERS else []
    return f"{name[:60]} is no term of the ontology{f'; did you mean {near[0]}?' if near else '.'}"
