"""Whether the running text of each document is covered: each sentence carries a claim, or is listed with a reason."""

from __future__ import annotations

from collections.abc import Iterator
from typing import cast

import pyoxigraph as ox

from lodeclaim import corpus
from lodeclaim.corpus import Text
from lodeclaim.endpoint import shipped
from lodeclaim.evidence import Evidence
from lodeclaim.findings import Finding
from lodeclaim.namespaces import shorten

_QUERY = shipped.text("lodeclaim", "coverage.rq")

MOST_OMITTED = 0.05
"""The part of a document's running text that may be listed as left out."""

Stretch = tuple[int, int]


def check(store: ox.Store, evidence: list[Evidence], texts: dict[str, Text]) -> list[Finding]:
    """Return sentences without a claim that no omission lists, and documents that list too much.

    A sentence is covered when a passage of some claim lies inside it, or says why it goes on beyond its end; what is
    listed never counts as covered.
    Documents whose text is not at hand are passed over: `evidence.prove` reports them.
    """
    bodies: dict[tuple[str, str], list[Stretch]] = {}
    omitted: dict[str, list[Stretch]] = {}
    for row in cast(ox.QuerySolutions, store.query(_QUERY, use_default_graph_as_union=True)):
        document, stretch = row["document"].value, (int(row["start"].value), int(row["end"].value))
        if row["omission"] is None:
            bodies.setdefault((document, row["digest"].value), []).append(stretch)
        else:
            omitted.setdefault(document, []).append(stretch)
    findings: list[Finding] = []
    for (document, sha256), stretches in bodies.items():
        if text := texts.get(sha256):
            passages = [e for e in evidence if e.document == document and e.claim]
            findings += _judge(document, text.characters, stretches, passages, omitted.get(document, []))
    return findings


def _judge(
    document: str, text: str, bodies: list[Stretch], passages: list[Evidence], omitted: list[Stretch]
) -> Iterator[Finding]:
    sentences = [sentence for body in bodies for sentence in corpus.sentences(text, *body)]
    listed = 0
    for start, end in sentences:
        if any(
            (start <= p.start and p.end <= end) or (p.crosses and p.start < end and start < p.end) for p in passages
        ):
            continue
        if any(first <= start and end <= last for first, last in omitted):
            listed += end - start
            continue
        yield Finding(
            shorten(document),
            "uncovered-sentence",
            f"characters {start} to {end} ({text[start : start + 40]!r}...) carry no claim",
            "Add the claim, or list the stretch as a lc:Omission with its reason",
        )
    total = sum(end - start for start, end in sentences)
    if total and listed / total > MOST_OMITTED:
        yield Finding(
            shorten(document),
            "too-much-omitted",
            f"{listed / total:.0%} of its running text is listed as left out",
            f"Annotate it: {MOST_OMITTED:.0%} is the most",
        )
