"""What a person may have meant: terms of ours that a query misspells."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Sequence

from lodeclaim.namespaces import LC
from lodeclaim.query.tokens import Token


def misspelt(tokens: Sequence[Token], terms: Iterable[str]) -> tuple[str, ...]:
    """Return a sentence for each name of a query in our namespace that is none of `terms` (local names).

    Such a query is well-formed and matches nothing, so it is answered; the sentence says why there is no row.
    """
    return tuple(_sentences(tokens, frozenset(terms)))


def _sentences(tokens: Sequence[Token], terms: frozenset[str]) -> Iterator[str]:
    if not terms:
        return
    ours = {name.text for word, name, iri in zip(tokens, tokens[1:], tokens[2:], strict=False) if _binds(word, iri)}
    seen = set()
    for token in tokens:
        prefix, local = _split(token)
        is_ours = prefix in ours if token.kind == "name" else prefix == f"<{LC}"
        if is_ours and local and local not in terms and token.text not in seen:
            seen.add(token.text)
            near = difflib.get_close_matches(local, terms, n=1)
            meant = f"; did you mean {near[0]}?" if near else "."
            yield f"{token.text[:60]} is no term of the ontology{meant}"


def _binds(word: Token, iri: Token) -> bool:
    return word.kind == "word" and word.text.upper() == "PREFIX" and iri.text == f"<{LC}>"


def _split(token: Token) -> tuple[str, str]:
    if token.kind == "name":
        prefix, _, local = token.text.partition(":")
        return prefix + ":", local
    if token.kind == "iri" and "#" in token.text:
        namespace, _, local = token.text[:-1].rpartition("#")
        return namespace + "#", local
    return "", ""
