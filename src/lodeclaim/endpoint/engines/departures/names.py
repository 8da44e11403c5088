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


def signs(draft: Draft) -> list[Edit]:
    """Refuse a number that is parted from its sign where a term stands: the engine makes an odd literal of it.

    A signed number is one word (SPARQL 19.8, INTEGER_NEGATIVE); in an expression the sign is an operator.
    """
    for index in _parted(draft):
        if _is_term(draft, index):
            sign, number = draft.tokens[index : index + 2]
            found = f"a space between `{sign.text}` and {number.text}"
            raise QueryTextError(sign.position, found, f"Write {sign.text}{number.text}")
    return []


def _parted(draft: Draft) -> Iterator[int]:
    if not draft.signs.isdisjoint({"+", "-"}):
        for index, (token, behind) in enumerate(itertools.pairwise(draft.tokens)):
            if token.text in {"+", "-"} and behind.kind == "number" and token.end < behind.offset:
                yield index


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
