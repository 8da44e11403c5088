"""The words of passages, where their text is at hand: shown on a page, kept nowhere."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from lodeclaim import corpus
from lodeclaim.corpus import Text

CONTEXT = 160
"""Characters shown on either side of a passage, cut at a word, and never beyond its line."""


@dataclass(frozen=True)
class Span:
    """A passage as the graph has it: its characters and the digest of its words."""

    start: int
    end: int
    sha256: str


@dataclass(frozen=True)
class Stretch:
    """A piece of a quotation; `marked` where it is a passage, and not what stands around."""

    words: str
    marked: bool


@dataclass(frozen=True)
class Quotations:
    """Passages in a bit of context, those of one line together; and whether the text bears all of them out."""

    quoted: tuple[tuple[Stretch, ...], ...] = ()
    proven: bool = True


def quote(texts: Mapping[str, Text], document: str, spans: Iterable[Span]) -> Quotations:
    """Return the passages of the text with the digest `document`: nothing where that text is not at hand.

    What has not the words that the graph gives the digest of is never shown.
    """
    text = texts.get(document)
    if text is None:
        return Quotations()
    ordered = sorted(spans, key=lambda span: (span.start, span.end))
    proven = [span for span in ordered if _holds(text, span)]
    return Quotations(
        tuple(tuple(_stretches(text, together)) for together in _lines(text, proven)), len(proven) == len(ordered)
    )


def _holds(text: Text, span: Span) -> bool:
    return 0 <= span.start < span.end and corpus.digest(text.passage(span.start, span.end)) == span.sha256


def _lines(text: Text, spans: list[Span]) -> list[list[Span]]:
    """Return the spans, in order, those together that one line holds near each other."""
    groups: list[list[Span]] = []
    for span in spans:
        last = groups[-1][-1] if groups else None
        if last and span.start - last.end <= CONTEXT and "\n" not in text.passage(last.end, span.start):
            groups[-1].append(span)
        else:
            groups.append([span])
    return groups


def _stretches(text: Text, spans: list[Span]) -> Iterator[Stretch]:
    cursor = spans[0].start
    before = text.passage(max(0, cursor - CONTEXT), cursor).rpartition("\n")[2]
    yield Stretch("… " + before.partition(" ")[2] if len(before) == CONTEXT else before, False)
    for span in spans:
        yield Stretch(text.passage(cursor, span.start), False)
        yield Stretch(text.passage(max(cursor, span.start), span.end), True)
        cursor = max(cursor, span.end)
    after = text.passage(cursor, cursor + CONTEXT).partition("\n")[0]
    yield Stretch(after.rpartition(" ")[0] + " …" if len(after) == CONTEXT else after, False)
