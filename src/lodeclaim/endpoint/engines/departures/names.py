"""What the engine's parser reads otherwise: names, words and empty lists."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lodeclaim.endpoint.engines.departures.rewriting import Draft, Edit

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
