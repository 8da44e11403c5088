"""What a person may have meant: terms of ours that a query misspells."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Sequence

from lodeclaim.endpoint.sparql.tokens import Token
from lodeclaim.namespaces import LC

MOST = 10
"""How many names are told: the sentences stand in a header."""

MOST_SOUGHT = 4
"""For how many of them a term is looked for that may be meant, which takes some milliseconds each."""

MOST_COMPARED = 2_000
"""How many terms a name is compared with."""

MOST_CHARACTERS = 100
"""The length of a name beyond which no term can be meant."""


def misspelt(tokens: Sequence[Token], terms: Iterable[str]) -> tuple[str, ...]:
    """Return a sentence for each name of a query in our namespace that is none of `terms` (local names).

    Such a query is well-formed and matches nothing, so it is answered; the sentence says why there is no row.
    """
    known = frozenset(terms)
    names = list(_unknown(tokens, known)) if known else []
    told = [
        _sentence(name, local, known if at < MOST_SOUGHT else ()) for at, (name, local) in enumerate(names[:MOST])
    ]
    return (*told, f"And {len(names) - MOST} more.") if len(names) > MOST else tuple(told)


def _unknown(tokens: Sequence[Token], terms: frozenset[str]) -> Iterator[tuple[str, str]]:
    """Yield each name in our namespace that is none of the terms, as it is written and its local part."""
    bound = [at for at, token in enumerate(tokens[:-2]) if token.kind == "word" and token.text.upper() == "PREFIX"]
    ours = {tokens[at + 1].text for at in bound if tokens[at + 2].text == f"<{LC}>"}
    seen = set()
    for token in tokens:
        if token.kind not in {"name", "iri"}:
            continue
        prefix, local = _split(token)
        is_ours = prefix in ours if token.kind == "name" else prefix == f"<{LC}"
        if is_ours and local and local not in terms and token.text not in seen:
            seen.add(token.text)
            yield token.text, local


def _sentence(name: str, local: str, terms: Iterable[str]) -> str:
    # Those of about its length come first: what is much longer or shorter cannot be meant.
    likely = sorted(terms, key=lambda term: (abs(len(term) - len(local)), term))[:MOST_COMPARED]
    near = difflib.get_close_matches(local, likely, n=1) if len(local) <= MOST_CHARACTERS else []
    return f"{name[:60]} is no term of the ontology{f'; did you mean {near[0]}?' if near else '.'}"


def _split(token: Token) -> tuple[str, str]:
    if token.kind == "name":
        prefix, _, local = token.text.partition(":")
        return prefix + ":", local
    if token.kind == "iri" and "#" in token.text:
        namespace, _, local = token.text[:-1].rpartition("#")
        return namespace + "#", local
    return "", ""
