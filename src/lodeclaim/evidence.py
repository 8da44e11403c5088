"""Passages against the texts: proof that each claim stands where it says, and help in writing one down."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import cast

import pyoxigraph as ox

from lodeclaim import corpus, naming
from lodeclaim.corpus import Text
from lodeclaim.endpoint import shipped
from lodeclaim.endpoint.catalogue import values
from lodeclaim.endpoint.errors import UsageError
from lodeclaim.findings import Finding
from lodeclaim.namespaces import LC, PREFIXES, shorten
from lodeclaim.templates import template

_QUERY = shipped.text("lodeclaim", "evidence.rq")


@dataclass(frozen=True)
class Evidence:
    """One passage as the graph has it, with one claim that it carries (None if it carries none)."""

    document: str
    document_sha256: str
    passage: str
    start: int
    end: int
    sha256: str
    crosses: bool
    claim: str | None
    printed: str | None
    words: str | None

    @property
    def where(self) -> str:
        """What a finding names: the claim, or the passage where none uses it."""
        return shorten(self.claim or self.passage)


def read(store: ox.Store) -> list[Evidence]:
    """Return every passage once for each claim that it carries, by document and position."""
    rows = cast(ox.QuerySolutions, store.query(_QUERY, use_default_graph_as_union=True))
    return [
        Evidence(
            document=row["document"].value,
            document_sha256=row["digest"].value,
            passage=row["passage"].value,
            start=int(row["start"].value),
            end=int(row["end"].value),
            sha256=row["sha256"].value,
            crosses=row["crosses"] is not None,
            claim=row["claim"].value if row["claim"] else None,
            printed=row["printed"].value if row["printed"] else None,
            words=row["words"].value if row["words"] else None,
        )
        for row in rows
    ]


def documents(store: ox.Store) -> dict[str, str]:
    """Return the digest of each document's text by the document's IRI, in order of the IRIs."""
    kind = store.quads_for_pattern(None, ox.NamedNode(PREFIXES["rdf"] + "type"), ox.NamedNode(LC.Document))
    iris = sorted(quad.subject.value for quad in kind if isinstance(quad.subject, ox.NamedNode))
    digests = (store.quads_for_pattern(ox.NamedNode(iri), ox.NamedNode(LC.sha256), None) for iri in iris)
    return {
        iri: quad.object.value
        for iri, quads in zip(iris, digests, strict=True)
        for quad in quads
        if isinstance(quad.object, ox.Literal)
    }


def not_at_hand(store: ox.Store, texts: dict[str, Text]) -> set[str]:
    """Return the IRIs of the documents whose exact text is not among these."""
    return {iri for iri, sha256 in documents(store).items() if sha256 not in texts}


def key_for(text: Text, store: ox.Store, given: str | None) -> str:
    """Return the key of the document that describes this text, or the one given for a text that none describes.

    Raises UsageError where there is none, where it is no key, and where it is that of another document.
    """
    described = {iri: sha256 == text.sha256 for iri, sha256 in documents(store).items()}
    own = next((_key(iri) for iri, fits in described.items() if fits), None)
    if given is None:
        if own is None:
            raise UsageError(str(text.path), "no document describes it yet", "Choose a key for it with --key")
        return own
    named = naming.find(store, [LC.Document], given)
    if own is None and not named:
        check_key(given)
        return given
    if named and described.get(named[0]):
        return _key(named[0])
    other = f"{values.shown(given)!r} is the name of another document, whose text has another digest"
    found = other if named else f"{values.shown(given)!r} is not what the document with this text is called"
    remedy = f"Its key is {own}: leave --key out" if own else "Choose another key for this text"
    raise UsageError("--key", found, remedy)


def _key(document: str) -> str:
    return document.rsplit("/", 1)[-1]


@dataclass(frozen=True)
class Place:
    """One place where a phrase stands in a text, and which of how many it is."""

    phrase: str
    number: int
    total: int
    start: int
    end: int


def places(text: Text, phrases: Sequence[str], only: int | None = None) -> list[Place]:
    """Return where each phrase stands: everywhere, or its n-th place where it ends in `#n` or `only` says so.

    Raises UsageError, with what is nearest in the text, where one is missing or has no such place.
    """
    found: list[Place] = []
    missing: list[str] = []
    remedies: dict[str, None] = {}
    for phrase in phrases:
        here, number = _numbered(text, phrase, only)
        spans = corpus.occurrences(text.characters, here)
        fitting = [
            Place(here, at, len(spans), *span) for at, span in enumerate(spans, 1) if number is None or at == number
        ]
        found += fitting
        if not spans:
            near = _nearest_words(text, here) if len(missing) < _PLACES else ""
            missing.append(f"{values.shown(here)!r} is not in it{near}")
            remedies["Copy the words from the text"] = None
        elif not fitting:
            missing.append(f"{values.shown(here)!r} stands {_places_told(spans)}, and #{number} is none of these")
            numbers = f"one of #1 to #{len(spans)}, or no number for all" if len(spans) > 1 else "#1, or no number"
            remedies[f"Give {values.shown(here)!r} {numbers}"] = None
    if missing:
        more = [f"and {len(missing) - _PLACES} more"] if len(missing) > _PLACES else []
        raise UsageError(str(text.path), "; ".join(missing[:_PLACES] + more), ". ".join(list(remedies)[:_PLACES]))
    return found


_PLACES = 10
"""How many places of a phrase a message names, and how many phrases that are missing."""


def _places_told(spans: Sequence[tuple[int, int]]) -> str:
    """Return in words how often and at which characters a phrase stands in a text."""
    starts = ", ".join(str(start) for start, _ in spans[:_PLACES]) + (", ..." if len(spans) > _PLACES else "")
    return f"{'once' if len(spans) == 1 else f'{len(spans)} times'} in it, at {starts}"


_NUMBERED = re.compile(r"(.+)#0*([0-9]{1,18})", re.DOTALL)


def _numbered(text: Text, phrase: str, only: int | None) -> tuple[str, int | None]:
    """Return a phrase without the `#2` at its end, and the number; a text may have such words itself."""
    match = _NUMBERED.fullmatch(phrase)
    if match is None or corpus.occurrences(text.characters, phrase):
        return phrase, only
    return match[1], int(match[2])


def _nearest_words(text: Text, phrase: str) -> str:
    near = corpus.nearest(text.characters, phrase)
    return f" (nearest: {near!r})" if near else ""


def prove(evidence: list[Evidence], texts: dict[str, Text]) -> list[Finding]:
    """Return what the texts do not bear out, in the order of the passages.

    A document whose exact bytes are not among the texts is proved against the one that most of its passages
    fit, so that a changed text names the claims that it breaks.
    """
    findings: list[Finding] = []
    for document, group in groupby(evidence, key=lambda e: (e.document, e.document_sha256)):
        passages = list(group)
        text = texts.get(document[1])
        if text is None:
            text = _resembling(passages, texts)
            findings.append(_unrecognised(document[0], passages, text))
        if text is not None:
            findings += [finding for passage in passages for finding in _judge(passage, text)]
            findings += _missing_values(passages, text)
    return findings


def _missing_values(passages: list[Evidence], text: Text) -> Iterator[Finding]:
    """Yield claims whose printed value or quoted words stand in none of their passages; one of several is enough."""
    by_claim = groupby(sorted(passages, key=lambda e: e.where), key=lambda e: e.where)
    for claim, group in by_claim:
        evidence = list(group)
        words = [text.passage(e.start, e.end) for e in evidence]
        if any(corpus.digest(w) != e.sha256 for w, e in zip(words, evidence, strict=True)):
            continue  # reported already, and its words are not those meant
        first = evidence[0]
        if first.printed and not any(first.printed in w for w in words):
            found = f"{shorten(first.passage)} does not hold the printed value {first.printed!r}"
            yield Finding(claim, "printed-value", found, "Copy lc:printedValue from the passage, sign by sign")
        # A quotation of which words are left out stands in several passages, one behind the other.
        if first.words and not any(corpus.holds_words(w, first.words) for w in (*words, " ".join(words))):
            found = f"{shorten(first.passage)} does not quote the words with the digest {first.words[:12]}..."
            yield Finding(claim, "quoted-words", found, "Take lc:wordsDigest from lodeclaim annotate")


def _resembling(passages: list[Evidence], texts: dict[str, Text]) -> Text | None:
    def fitting(text: Text) -> int:
        # A byte-order mark would shift every offset and hide the likeness.
        characters = text.characters.removeprefix("\ufeff")
        return sum(corpus.digest(characters[p.start : p.end]) == p.sha256 for p in passages)

    best = max(texts.values(), key=fitting, default=None)
    return best if best is not None and fitting(best) > 0 else None


def _unrecognised(document: str, passages: list[Evidence], text: Text | None) -> Finding:
    if text is None:
        first = passages[0].where
        found = f"no text has its digest, so its {len(passages)} claims, from {first} on, are not proved"
        remedy = "Put the original text into the --corpus folder"
    else:
        found = f"{text.path} is like it, but its bytes have the digest {text.sha256[:12]}..."
        remedy = "Restore the original text; a byte-order mark or other line ends change it too"
    return Finding(shorten(document), "text-digest", found, remedy)


def _judge(evidence: Evidence, text: Text) -> Iterator[Finding]:
    def finding(check: str, found: str, remedy: str) -> Finding:
        return Finding(evidence.where, check, f"{shorten(evidence.passage)} {found}", remedy)

    length = len(text.characters)
    if not 0 <= evidence.start < evidence.end <= length:
        yield finding(
            "passage-offsets",
            f"goes from {evidence.start} to {evidence.end}, and the text has {length} characters",
            "Take the offsets from lodeclaim annotate",
        )
        return
    words = text.passage(evidence.start, evidence.end)
    if corpus.digest(words) != evidence.sha256:
        yield finding(
            "passage-digest",
            f"does not have the digest {evidence.sha256[:12]}...",
            "Take offsets and digest from lodeclaim annotate",
        )
        return
    for check, found, remedy in _faults(text, evidence.start, evidence.end, evidence.crosses):
        yield finding(check, found, remedy)


def _faults(text: Text, start: int, end: int, crosses: bool) -> Iterator[tuple[str, str, str]]:
    if corpus.splits_word(text.characters, start, end):
        yield "passage-splits-word", "starts or ends inside a word", "Move its end to that of the word"
    if corpus.crosses_sentence_end(text.passage(start, end)) and not crosses:
        yield (
            "passage-crosses-sentence",
            "runs past the end of a sentence",
            'Narrow it, or say why with lc:crossesSentenceEnd "..."@en',
        )


def warnings(text: Text, start: int, end: int) -> list[str]:
    """Return what `check` would say against a passage with these offsets."""
    return [f"{found}. {remedy}" for _, found, remedy in _faults(text, start, end, crosses=False)]


def span(text: Text, start: int, end: int) -> str:
    """Return the Turtle line that says where the words of a claim stand, ready to paste into the claim."""
    return template("span").substitute(start=start, end=end, sha256=corpus.digest(text.passage(start, end)))


def skeleton(key: str, text: Text) -> str:
    """Return the Turtle of a new document file: the document, one body segment, and what is left to fill in."""
    end = len(text.characters.rstrip())
    return template("document").substitute(key=key, end=end, sha256=text.sha256)


def check_key(key: str) -> None:
    """Raise UsageError for a key that cannot be part of an IRI."""
    if not re.fullmatch(r"[A-Za-z0-9]+(-[A-Za-z0-9]+)*", key):
        raise UsageError(
            f"--key {values.shown(key)!r}",
            "is no key",
            "Use letters, digits and single hyphens, such as news18-ministerial",
        )
