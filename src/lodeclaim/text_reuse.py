"""Text reuse measured from the texts and kept as data, so that the build never needs a text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations_with_replacement

from lodeclaim import corpus
from lodeclaim.corpus import Reuse
from lodeclaim.templates import template


@dataclass(frozen=True, order=True)
class Span:
    """A passage (its IRI) with where it begins and ends in the text of its document."""

    passage: str
    start: int
    end: int


@dataclass(frozen=True)
class SharedRun:
    """Two sentences that share a run of so many words: their documents (IRIs), starts, and the passages in them."""

    one: str
    other: str
    start: int
    twin: int
    passages: tuple[str, ...]
    words: int


def runs(texts: Mapping[str, str], passages: Mapping[str, Sequence[Span]]) -> Iterator[SharedRun]:
    """Yield what sentences of the documents share, where passages lie in both: of one document with itself, too.

    Texts and passages are by the IRI of the document. A passage lies in a sentence of which it has a character.
    """
    for one, other in combinations_with_replacement(sorted(texts), 2):
        for (start, end), (twin, last), words in corpus.shared_sentences(texts[one], texts[other]):
            left = _within(passages.get(one, ()), start, end)
            right = _within(passages.get(other, ()), twin, last)
            if left and right:
                yield SharedRun(one, other, start, twin, tuple(sorted({*left, *right})), words)


def _within(passages: Iterable[Span], start: int, end: int) -> list[str]:
    return [span.passage for span in passages if span.start < end and start < span.end]


def to_turtle(measured: Iterable[tuple[str, str, Reuse]], shared: Iterable[SharedRun]) -> str:
    """Return as Turtle every two documents that share a sequence (lc:TextReuse), and the runs (lc:SharedRun)."""
    entry, run = template("reuse"), template("shared-run")
    documents = (
        entry.substitute(
            one=one,
            other=other,
            first=_key(one),
            second=_key(other),
            length=corpus.SHINGLE,
            shared=reuse.shared,
            longest=reuse.longest,
        )
        for one, other, reuse in measured
        if reuse.shared
    )
    sentences = (
        run.substitute(
            one=each.one,
            first=_key(each.one),
            second=_key(each.other),
            start=each.start,
            twin=each.twin,
            passages=" ,\n        ".join(f"<{passage}>" for passage in each.passages),
            words=each.words,
        )
        for each in shared
    )
    return template("lineage").substitute() + "".join((*documents, *sentences))


def _key(document: str) -> str:
    return document.rsplit("/", 1)[-1]
