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


Quotation = tuple[str, str, str]
"""What stands before a passage, its words, and what stands behind it."""


@dataclass(frozen=True)
class Quotations:
    """Passages in a bit of context, those of one line together; and whether the text bears all of them out."""

    quoted: tuple[tuple[Quotation, ...], ...] = ()
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
        tuple(tuple(_together(text, spans_of_line)) for spans_of_line in _lines(text, proven)),
        len(proven) == len(ordered),
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


def _together(text: Text, spans: list[Span]) -> Iterator[Quotation]:
    cursor = spans[0].start
    before = text.passage(max(0, cursor - CONTEXT), cursor).rpartition("\n")[2]
    before = "… " + before.partition(" ")[2] if len(before) == CONTEXT else before
    for span in spans:
        before += text.passage(cursor, span.start)
        words = text.passage(max(cursor, span.start), span.end)
        cursor = max(cursor, span.end)
        yield before, words, _after(text, cursor) if span is spans[-1] else ""
        before = ""


def _after(text: Text, end: int) -> str:
    after = text.passage(end, end + CONTEXT).partition("\n")[0]
    return after.rpartition(" ")[0] + " …" if len(after) == CONTEXT else after
