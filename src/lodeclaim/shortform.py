"""The short form of a document's file -> the triples that it stands for.

An author says once where words stand and what their digest is (`lc:span "644-718 <sha256>"`), and once for a document
or a segment what most of its claims have in common (`lc:claimDefaults`). When the file is read, that is written out
into passages and selectors (Web Annotation Data Model, section 4.2.5) and into what each claim says of itself. No
graph has a triple of the short form.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import NoReturn

import pyoxigraph as ox

from lodeclaim import turtle
from lodeclaim.endpoint import rdf
from lodeclaim.endpoint.errors import QueryError, SourceError
from lodeclaim.endpoint.rdf import RdfTerm
from lodeclaim.endpoint.vocabularies import RDF, XSD
from lodeclaim.namespaces import FOREIGN, LC, PREFIXES, shorten

DEFAULTS = (LC.claimant, LC.attribution, LC.modality)
"""What may be said once for many claims. A claim has exactly one of each, so its own takes the place of a default."""

SPAN = re.compile(r"(0|[1-9][0-9]{0,17})-([1-9][0-9]{0,17})(?: ([0-9a-f]{64}))?")
"""Offsets in code points, the second behind the last character; of a claim also the SHA-256 of the words in UTF-8."""

_TYPE, _SPAN, _CLAIM_DEFAULTS, _EVIDENCE, _SHA256, _CROSSES = map(
    ox.NamedNode, (RDF.type, LC.span, LC.claimDefaults, LC.evidence, LC.sha256, LC.crossesSentenceEnd)
)
_SOURCE, _SELECTOR, _POSITION, _START, _END = (
    ox.NamedNode(FOREIGN["oa"] + name)
    for name in ("hasSource", "hasSelector", "TextPositionSelector", "start", "end")
)
_PASSAGE, _CLAIM, _DOCUMENT, _SEGMENT, _OMISSION = map(
    ox.NamedNode, (LC.Passage, LC.Claim, LC.Document, LC.Segment, LC.Omission)
)
_SEGMENT_OF, _OMITTED_FROM = ox.NamedNode(LC.segmentOf), ox.NamedNode(LC.omittedFrom)
_Node = ox.NamedNode | ox.BlankNode | ox.Triple
_LINE_BREAK = re.compile(r"\s*[\r\n]\s*")
_OUTER_BREAK = re.compile(r"\A\s*[\r\n]\s*|\s*[\r\n]\s*\Z")
_OFFSET = re.compile(r"[0-9]{1,18}")


def read(path: Path) -> list[ox.Triple]:
    """Return the triples of a Turtle file, with what it says in the short form written out.

    In the file of a document a line break in a text with a language counts as a space. Raises SourceError, naming
    file and line, where the file is no Turtle or contradicts itself.
    """
    return expanded(rdf.read_text(path), str(path))


def expanded(text: str, where: str) -> list[ox.Triple]:
    """Return the triples of a Turtle text as `read` does; `where` is what an error names."""
    stated = [quad.triple for quad in rdf.parse_text(text, where)]
    if any(
        triple.predicate in (_SPAN, _CLAIM_DEFAULTS) or (triple.predicate == _TYPE and triple.object == _DOCUMENT)
        for triple in stated
    ):
        return _File(text, where, stated).expanded()
    return stated


def passage(document: str, start: int, end: int) -> str:
    """Return the IRI of a passage by its offsets: `passage:KEY-20-36` in `document:KEY`, or below another IRI."""
    return _below(document, "passage", start, end)


def selector(document: str, start: int, end: int) -> str:
    """Return the IRI of a selector by its offsets, made as that of a passage is."""
    return _below(document, "selector", start, end)


def _below(document: str, kind: str, start: int, end: int) -> str:
    key = document.removeprefix(PREFIXES["document"])
    return f"{document}/{kind}/{start}-{end}" if key == document else f"{PREFIXES[kind]}{key}-{start}-{end}"


@dataclass(frozen=True)
class _Defaults:
    """What claims have by default that stand between two offsets, or anywhere in the document."""

    statement: ox.Triple
    """That which leads from the document or segment to them."""

    values: dict[ox.NamedNode, RdfTerm]
    extent: tuple[float, float]

    def surrounds(self, spans: list[tuple[int, int]]) -> bool:
        start, end = self.extent
        return end == _ENDLESS or (bool(spans) and all(start <= first and last <= end for first, last in spans))


_ENDLESS = float("inf")


class _File:
    """The statements of one file, by subject and predicate, each with the one that it is owed to."""

    def __init__(self, text: str, where: str, stated: list[ox.Triple]) -> None:
        self._text = text
        self._where = where
        self._stated = stated
        self._facts: dict[_Node, dict[ox.NamedNode, dict[RdfTerm, ox.Triple]]] = defaultdict(
            lambda: defaultdict(dict)
        )
        for triple in stated:
            self._state(triple, triple)
        self._documents = [node for node in self._members(_DOCUMENT) if isinstance(node, ox.NamedNode)]

    def expanded(self) -> list[ox.Triple]:
        """Return the statements in the long form."""
        for triple in self._stated:
            if triple.predicate == _SPAN:
                self._write_out(triple)
        defaults = [self._read_defaults(triple) for triple in self._stated if triple.predicate == _CLAIM_DEFAULTS]
        self._check_places(defaults)
        for claim in self._members(_CLAIM) if defaults else ():
            self._complete(claim, defaults)
        blocks = {triple.object for triple in self._stated if triple.predicate == _CLAIM_DEFAULTS}
        return [
            ox.Triple(subject, predicate, _on_one_line(value))
            for subject, pairs in self._facts.items()
            if subject not in blocks
            for predicate, values in pairs.items()
            if predicate not in (_SPAN, _CLAIM_DEFAULTS) and not (predicate == _CROSSES and _SPAN in pairs)
            for value in values
        ]

    def _state(self, triple: ox.Triple, cause: ox.Triple) -> None:
        self._facts[triple.subject][triple.predicate].setdefault(triple.object, cause)

    def _values(self, subject: RdfTerm, predicate: ox.NamedNode) -> dict[RdfTerm, ox.Triple]:
        return {} if isinstance(subject, ox.Literal) else self._facts.get(subject, {}).get(predicate, {})

    def _members(self, kind: ox.NamedNode) -> list[_Node]:
        return [subject for subject, pairs in self._facts.items() if kind in pairs.get(_TYPE, ())]

    # Spans.

    def _write_out(self, span: ox.Triple) -> None:
        """State what a span stands for: a passage with its selector for a claim, a selector for others."""
        start, end, sha256 = self._read_span(span)
        document = self._document(span)
        selector = ox.NamedNode(_below(document.value, "selector", start, end))
        self._state(ox.Triple(selector, _TYPE, _POSITION), span)
        self._settle(ox.Triple(selector, _START, ox.Literal(start)), span)
        self._settle(ox.Triple(selector, _END, ox.Literal(end)), span)
        if sha256 is None:
            self._settle(ox.Triple(span.subject, _SELECTOR, selector), span)
            return
        passage = ox.NamedNode(_below(document.value, "passage", start, end))
        self._state(ox.Triple(passage, _TYPE, _PASSAGE), span)
        self._settle(ox.Triple(passage, _SOURCE, document), span)
        self._settle(ox.Triple(passage, _SELECTOR, selector), span)
        self._settle(ox.Triple(passage, _SHA256, ox.Literal(sha256)), span)
        self._state(ox.Triple(span.subject, _EVIDENCE, passage), span)
        for reason in self._values(span.subject, _CROSSES):  # what the author says of the span is the passage's
            self._state(ox.Triple(passage, _CROSSES, reason), span)

    def _read_span(self, span: ox.Triple) -> tuple[int, int, str | None]:
        """Return start, end and digest; the digest is there if, and only if, the span is a claim's."""
        name, value = _shown(span.subject), span.object
        is_text = isinstance(value, ox.Literal) and value.datatype.value == XSD.string
        match = SPAN.fullmatch(value.value) if isinstance(value, ox.Literal) and is_text else None
        if match is None:
            remedy = (
                'Write "START-END SHA256" for a claim, as lodeclaim annotate prints it, and "START-END" for others'
            )
            self._refuse(span, f"the lc:span of {name} is {_shown(value)}", remedy)
        start, end, sha256 = int(match[1]), int(match[2]), match[3]
        if start >= end:
            remedy = "Write the offset of the first character, then that behind the last"
            self._refuse(span, f"the lc:span of {name} goes from {start} to {end}", remedy)
        kinds = self._values(span.subject, _TYPE)
        if sha256 is None and not (_SEGMENT in kinds or _OMISSION in kinds):
            remedy = (
                "Take the line from lodeclaim annotate; without a digest it is that of a lc:Segment or lc:Omission"
            )
            self._refuse(span, f"the lc:span of {name} has no digest", remedy)
        if sha256 is not None and _CLAIM not in kinds:
            remedy = "Say that it is a lc:Claim; for a lc:Segment or lc:Omission leave the digest out"
            self._refuse(span, f"the lc:span of {name} has a digest, and it is no claim", remedy)
        return start, end, sha256

    def _document(self, short: ox.Triple) -> ox.NamedNode:
        """Return the document that the file is about, which what is said in the short form goes by."""
        documents = self._documents
        name = shorten(short.predicate.value)
        if not documents:
            remedy = "Describe it here; where another file does, write here, too: document:KEY a lc:Document"
            self._refuse(short, f"the file has {name} and names no document that it is about", remedy)
        if len(documents) > 1:
            names = " and ".join(sorted(map(_shown, documents)))
            remedy = "Give each document a file of its own, or write its passages and claims in full"
            self._refuse(short, f"the file has {name} and is about {names}", remedy)
        for of in (*self._values(short.subject, _SEGMENT_OF), *self._values(short.subject, _OMITTED_FROM)):
            if of != documents[0]:
                told = (
                    f"{_shown(short.subject)} is part of {_shown(of)}, and the file is about {_shown(documents[0])}"
                )
                self._refuse(short, told, "Move it to the file of its document")
        return documents[0]

    def _settle(self, triple: ox.Triple, span: ox.Triple) -> None:
        """State what can have one value only; raises SourceError where the file gives another."""
        for other, cause in self._values(triple.subject, triple.predicate).items():
            if other != triple.object:
                line = self._line(cause)
                told = f"{_shown(other)} {f'in line {line}' if line else 'elsewhere'}"
                name = f"{shorten(triple.predicate.value)} of {_shown(triple.subject)}"
                remedy = "Take offsets and digests of both from lodeclaim annotate"
                self._refuse(span, f"the {name} is {_shown(triple.object)} here, and {told}", remedy)
        self._state(triple, span)

    # Defaults.

    def _read_defaults(self, triple: ox.Triple) -> _Defaults:
        name = f"lc:claimDefaults of {_shown(triple.subject)}"
        kinds = self._values(triple.subject, _TYPE)
        if _DOCUMENT not in kinds and _SEGMENT not in kinds:
            remedy = "Write it for the document, or for a segment in whose file it stands"
            self._refuse(triple, f"the {name} is that of no document or segment of this file", remedy)
        pairs = self._facts.get(triple.object, {}) if isinstance(triple.object, ox.BlankNode) else {}
        names = ", ".join(map(shorten, DEFAULTS))
        if not pairs:
            self._refuse(triple, f"the {name} says nothing", f"Write some of {names} between [ and ]")
        for predicate, values in pairs.items():
            if predicate.value not in DEFAULTS:
                remedy = f"Say it of each claim; by default claims have {names} only"
                self._refuse(triple, f"the {name} has {shorten(predicate.value)}", remedy)
            if len(values) > 1:
                told = " and ".join(map(_shown, values))
                remedy = "Keep the one that most claims have, and say the other of its claims"
                self._refuse(triple, f"the {name} has {told} for {shorten(predicate.value)}", remedy)
        firsts = {predicate: next(iter(values)) for predicate, values in pairs.items()}
        self._document(triple)
        if _DOCUMENT in kinds:
            return _Defaults(triple, firsts, (0, _ENDLESS))
        extents = [(start, end) for start, end in self._extents(triple.subject) if start < end]
        if len(extents) != 1:
            told = "does not say" if not extents else "says in several ways"
            found = f"the file {told} where {_shown(triple.subject)} stands, whose claims have the defaults"
            self._refuse(triple, found, 'Give the segment one lc:span "START-END"')
        return _Defaults(triple, firsts, extents[0])

    def _check_places(self, defaults: list[_Defaults]) -> None:
        """Raise SourceError where two have the same extent and other values, so that neither comes first."""
        for one, other in combinations(defaults, 2):
            differ = any(other.values.get(predicate, value) != value for predicate, value in one.values.items())
            if one.extent == other.extent and (differ or one.statement.subject == other.statement.subject):
                first, second = (_shown(each.statement.subject) for each in (one, other))
                both = f"{first} and {second}, which are the same characters, have other lc:claimDefaults each"
                told = f"{first} has two lc:claimDefaults" if first == second else both
                self._refuse(other.statement, told, "Keep one")

    def _places(self, claim: _Node) -> list[tuple[int, int]]:
        """Return where a claim stands in the document; nothing where a passage of it is not told in this file."""
        found = [
            (self._extents(passage), self._values(passage, _SOURCE)) for passage in self._values(claim, _EVIDENCE)
        ]
        if any(not extents or list(of) != self._documents for extents, of in found):
            return []
        return [extent for extents, _ in found for extent in extents]

    def _complete(self, claim: _Node, defaults: Iterable[_Defaults]) -> None:
        """State what a claim has by default, by the innermost segment that says it, else by the document."""
        spans = self._places(claim)
        around = sorted((each for each in defaults if each.surrounds(spans)), key=lambda d: d.extent[1] - d.extent[0])
        for at, each in enumerate(around):
            for predicate, value in each.values.items():
                if self._values(claim, predicate):
                    continue
                for other in around[at + 1 :]:
                    is_nested = other.extent[0] <= each.extent[0] and each.extent[1] <= other.extent[1]
                    if not is_nested and other.values.get(predicate, value) != value:
                        names = " and ".join(_shown(one.statement.subject) for one in (each, other))
                        told = (
                            f"{shorten(predicate.value)} of {_shown(claim)}, which stands in {names}, is two things"
                        )
                        self._refuse(ox.Triple(claim, _TYPE, _CLAIM), told, "Say it of the claim itself")
                triple = ox.Triple(claim, predicate, value)
                self._state(triple, triple)

    def _extents(self, node: RdfTerm) -> list[tuple[int, int]]:
        """Return the offsets that the selectors of a passage or segment have in this file."""
        return [
            (start, end)
            for selector in self._values(node, _SELECTOR)
            for start in _numbers(self._values(selector, _START))
            for end in _numbers(self._values(selector, _END))
        ]

    # Errors.

    def _refuse(self, triple: ox.Triple, found: str, remedy: str) -> NoReturn:
        line = self._line(triple)
        raise SourceError(f"{self._where}, line {line}" if line else self._where, found, remedy)

    def _line(self, triple: ox.Triple) -> int | None:
        """Return the line in which a triple is stated, as near as can be seen; None where its subject is not."""
        text = self._text
        try:
            _, statements = turtle.read(text)
        except QueryError:
            return None
        about = [
            each
            for each in statements
            if isinstance(triple.subject, ox.NamedNode) and each.subject == triple.subject.value
        ]
        pairs = [pair for each in about for pair in each.pairs if pair.predicate == triple.predicate.value]
        words = triple.object.value if isinstance(triple.object, ox.NamedNode | ox.Literal) else ""
        objects = [
            one for pair in pairs for one in pair.objects if words in (one.iri, text[one.start + 1 : one.end - 1])
        ]
        places = [*(o.start for o in objects), *(p.start for p in pairs), *(each.start for each in about)]
        return turtle.line(text, places[0]) if places else None


def _numbers(terms: Iterable[RdfTerm]) -> list[int]:
    """Return the offsets among terms; what is none is for the shapes to tell."""
    return [int(term.value) for term in terms if isinstance(term, ox.Literal) and _OFFSET.fullmatch(term.value)]


def _on_one_line(value: RdfTerm) -> RdfTerm:
    if not isinstance(value, ox.Literal) or not value.language or value.direction or "\n" not in value.value:
        return value
    return ox.Literal(_LINE_BREAK.sub(" ", _OUTER_BREAK.sub("", value.value)), language=value.language)


def _shown(term: RdfTerm) -> str:
    return shorten(term.value) if isinstance(term, ox.NamedNode) else str(term).removesuffix(f"^^<{XSD.integer}>")
