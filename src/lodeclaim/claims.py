"""Claims and passages as values: who says what, how, where, and, with the text at hand, in which words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pyoxigraph as ox

from lodeclaim import corpus, evidence, reports
from lodeclaim.corpus import Text
from lodeclaim.endpoint.errors import SourceError, UsageError
from lodeclaim.evidence import Evidence
from lodeclaim.namespaces import shorten


@dataclass(frozen=True)
class Passage:
    """Characters of a document."""

    passage: str
    """Its IRI."""

    document: str
    """The IRI of the document."""

    start: int
    end: int
    """Offsets in Unicode code points of the text as it lies on the disk; the character at `end` is not in it."""

    sha256: str
    """The digest of the words, in UTF-8."""

    words: str | None
    """The words, proved by that digest; None where the text is not at hand."""


@dataclass(frozen=True)
class Claim:
    """One assertion in one document."""

    claim: str
    """Its IRI."""

    gloss: str
    """What it says, in the project's words."""

    who: str
    """Who is credited with it."""

    attribution: str
    """How: narrator voice, direct quotation, indirect speech ..."""

    modality: str
    """How far the text commits itself: asserted, planned, estimated ..."""

    answer: str | None
    """The answer to its Question as printed; None for a remark."""

    document: str
    """The IRI of the document."""

    document_label: str
    passages: tuple[Passage, ...]


def claim(store: ox.Store, iri: str, texts: Mapping[str, Text]) -> Claim:
    """Return the claim with this IRI; the texts are known by their digests.

    Raises UsageError where it is no claim, SourceError where a text has other words than the graph was made from.
    """
    rows = reports.rows(store, "claims", iri, by="claim")
    if not rows:
        raise UsageError(shorten(iri), "it is no claim", "Give a claim, such as those of Graph.compare")
    first = rows[0]
    return Claim(
        claim=iri,
        gloss=first["gloss"],
        who=first["whoLabel"],
        attribution=first["how"],
        modality=first["modality"],
        answer=first.get("answer"),
        document=first["document"],
        document_label=first["documentLabel"],
        passages=tuple(passage(store, each, texts) for each in dict.fromkeys(row["passage"] for row in rows)),
    )


def passage(store: ox.Store, iri: str, texts: Mapping[str, Text]) -> Passage:
    """Return the passage with this IRI; raises as `claim` does."""
    found = evidence.read(store, iri)
    if not found:
        raise UsageError(shorten(iri), "it is no passage", "Give a passage, such as those of a claim")
    first = found[0]
    return Passage(first.passage, first.document, first.start, first.end, first.sha256, _words(first, texts))


def _words(found: Evidence, texts: Mapping[str, Text]) -> str | None:
    text = texts.get(found.document_sha256)
    if text is None:
        return None
    words = text.passage(found.start, found.end)
    if corpus.digest(words) != found.sha256:
        told = f"{text.path} has other words at {found.start} to {found.end}"
        raise SourceError(shorten(found.passage), told, "Run lodeclaim check --corpus, which names what is wrong")
    return words
