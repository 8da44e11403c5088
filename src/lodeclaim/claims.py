"""Claims and passages as values: who says what, how, where, and, with the text at hand, in which words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import pyoxigraph as ox

from lodeclaim import corpus, reports
from lodeclaim.corpus import Text
from lodeclaim.endpoint.errors import SourceError, UsageError
from lodeclaim.endpoint.prefixes import is_iri
from lodeclaim.namespaces import LC, PREFIXES, shorten

_TYPE, _SUBJECT, _OBJECT = (ox.NamedNode(PREFIXES["rdf"] + name) for name in ("type", "subject", "object"))
_LABEL = ox.NamedNode(PREFIXES["rdfs"] + "label")
_IS_CLAIM, _PREMISE, _EVIDENCE = (ox.NamedNode(iri) for iri in (LC.Claim, LC.premise, LC.evidence))


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
        passages=tuple({row["passage"]: _passage(row, texts) for row in rows}.values()),
    )


def passage(store: ox.Store, iri: str, texts: Mapping[str, Text]) -> Passage:
    """Return the passage with this IRI; raises as `claim` does."""
    rows = reports.rows(store, "passage", iri)
    if not rows:
        raise UsageError(shorten(iri), "it is no passage", "Give a passage, such as those of a claim")
    return _passage({"passage": iri, **rows[0]}, texts)


def behind(store: ox.Store, iri: str) -> list[str]:
    """Return the IRIs of the claims that a node is, rests on by its premises, or carries as a passage."""
    seen, waiting, found = {iri}, [iri], []
    while waiting:
        node = waiting.pop()
        if _IS_CLAIM in (quad.object for quad in store.quads_for_pattern(ox.NamedNode(node), _TYPE, None)):
            found.append(node)
            continue
        premises = store.quads_for_pattern(ox.NamedNode(node), _PREMISE, None)
        carried = store.quads_for_pattern(None, _EVIDENCE, ox.NamedNode(node))
        near = sorted({term.value for term in _named([*(q.object for q in premises), *(q.subject for q in carried)])})
        waiting += [other for other in reversed(near) if other not in seen]
        seen.update(near)
    return found


def settled(store: ox.Store, terms: Iterable[str]) -> list[str]:
    """Return the IRIs of the claims on which facts rest that were settled between these: IRIs, labels, values."""
    near = set(terms)
    found: dict[str, None] = {}
    for node in sorted(filter(is_iri, near)):
        for one, other in ((_SUBJECT, _OBJECT), (_OBJECT, _SUBJECT)):
            for fact in _named(q.subject for q in store.quads_for_pattern(None, one, ox.NamedNode(node))):
                ends = (q.object for q in store.quads_for_pattern(fact, other, None))
                if any(near.intersection(_called(store, end)) for end in ends):
                    found.update(dict.fromkeys(behind(store, fact.value)))
    return list(found)


def _called(store: ox.Store, term: object) -> set[str]:
    """Return an IRI with its labels, or the value of a literal."""
    if isinstance(term, ox.Literal):
        return {term.value}
    if not isinstance(term, ox.NamedNode):
        return set()
    labels = (quad.object for quad in store.quads_for_pattern(term, _LABEL, None))
    return {term.value, *(label.value for label in labels if isinstance(label, ox.Literal))}


def _passage(row: Mapping[str, str], texts: Mapping[str, Text]) -> Passage:
    start, end = int(row["start"]), int(row["end"])
    words = None
    if text := texts.get(row["digest"]):
        words = text.passage(start, end)
        if corpus.digest(words) != row["sha256"]:
            told = f"{text.path} has other words at {start} to {end}"
            remedy = "Run lodeclaim check --corpus, which names what is wrong"
            raise SourceError(shorten(row["passage"]), told, remedy)
    return Passage(row["passage"], row["document"], start, end, row["sha256"], words)


def _named(terms: Iterable[object]) -> Iterator[ox.NamedNode]:
    return (term for term in terms if isinstance(term, ox.NamedNode))
