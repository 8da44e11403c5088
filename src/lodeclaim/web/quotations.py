"""The words of a passage, where its text is at hand: shown on a page, kept nowhere."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from lodeclaim import corpus
from lodeclaim.corpus import Text

CONTEXT = 160
"""Characters shown on either side of a passage, cut at a word, and never beyond its line."""


@dataclass(frozen=True)
class Quotation:
    """A passage's words in a bit of context; `proven` is whether they have the digest that the graph gives."""

    before: str
    words: str
    after: str
    proven: bool


def quote(texts: Mapping[str, Text], document: str, start: int, end: int, sha256: str) -> Quotation | None:
    """Return the passage of the text with the digest `document`, None where that text is not at hand."""
    text = texts.get(document)
    if text is None:
        return None
    words = text.passage(start, end) if 0 <= start < end else ""
    before = text.passage(max(0, start - CONTEXT), start).rpartition("\n")[2]
    after = text.passage(end, end + CONTEXT).partition("\n")[0]
    if len(before) == CONTEXT:
        before = "… " + before.partition(" ")[2]
    if len(after) == CONTEXT:
        after = after.rpartition(" ")[0] + " …"
    return Quotation(before, words, after, corpus.digest(words) == sha256)
