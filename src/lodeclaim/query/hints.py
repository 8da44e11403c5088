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
            near = difflib.get_close_matches(local, terms, n=1)
            meant = f"; did you mean {near[0]}?" if near else "."
            yield f"{token.text[:60]} is no term of the ontology{meant}"


def _split(token: Token) -> tuple[str, str]:
    if token.kind == "name":
        prefix, _, local = token.text.partition(":")
        return prefix + ":", local
    if token.kind == "iri" and "#" in token.text:
        namespace, _, local = token.text[:-1].rpartition("#")
        return namespace + "#", local
    return "", ""
