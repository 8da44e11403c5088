"""What the engine's parser reads otherwise: names, words and empty lists."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator

from lodeclaim.endpoint.engines.departures.rewriting import Draft, Edit
from lodeclaim.endpoint.sparql.groups import Data, Term
from lodeclaim.endpoint.sparql.tokens import QueryTextError

_DOT = re.compile(r"(?<!\\)\.")


def dotted(draft: Draft) -> Iterator[Edit]:
    """Escape the dots of a name: `ex:1.1.353` is read as `ex:1.1` and a number (SPARQL 19.8, PN_LOCAL).

    Mended by the parser of a later version (dabda101).
    """
    for token in draft.tokens:
        if token.kind == "name" and "." in (local := token.text.partition(":")[2]):
            start = token.end - len(local)
            yield Edit(start, token.end, _DOT.sub(r"\.", local))


def truths(draft: Draft) -> Iterator[Edit]:
    """Write TRUE and FALSE in small letters: words take any case (SPARQL 19.8, note 1); #1721."""
    for token in draft.tokens if {"TRUE", "FALSE"} & draft.words else ():
        if token.word in {"TRUE", "FALSE"} and not token.text.islower():
            yield Edit(token.offset, token.end, token.text.lower())


def empty_lists(draft: Draft) -> Iterator[Edit]:
    """Put an IRI that is nowhere into `IN ()`, which takes the truth of what stands before it (SPARQL 17.4.1.9)."""
    for index, token in enumerate(draft.tokens[:-2] if "IN" in draft.words else ()):
        if token.word == "IN" and draft.tokens[index + 1].text == "(" and draft.tokens[index + 2].text == ")":
            yield Edit(draft.tokens[index + 1].end, draft.tokens[index + 1].end, "<urn:lodeclaim:nothing>")


def signs(draft: Draft) -> Iterator[Edit]:
    """Have a sign belong to its number where a term stands (SPARQL 19.8, INTEGER_POSITIVE): both are one word.

    The engine takes the `+` of `p:x +1` for a path, and makes an odd literal of a number parted from its sign.
    Raises QueryTextError for the latter. In an expression the sign is an operator.
    """
    if draft.signs.isdisjoint({"+", "-"}):
        return
    for index, (sign, number) in enumerate(itertools.pairwise(draft.tokens)):
        if sign.text not in {"+", "-"} or number.kind != "number" or not _is_term(draft, index):
            continue
        if sign.end < number.offset:
            found = f"a space between `{sign.text}` and {number.text}"
            raise QueryTextError(sign.position, found, f"Write {sign.text}{number.text}")
        if sign.text == "+":
            yield Edit(sign.offset, sign.end, " ")


def _is_term(draft: Draft, index: int) -> bool:
    """Return whether a sign is in data or begins a subject or an object."""
    for group in draft.groups:
        data = (part for part in group.parts if isinstance(part, Data))
        terms = (term for triple in group.triples for term in (triple.subject, triple.object))
        if any(index in each.places for each in data) or any(_begins(term, index) for term in terms):
            return True
    return False


def _begins(term: Term, index: int) -> bool:
    return index in term.places if term.kind == "collection" else term.start == index
