"""The short form: what a file says with lc:span and lc:claimDefaults is what it would say at length."""

from __future__ import annotations

import re
from pathlib import Path

import pyoxigraph as ox
import pytest

from lodeclaim import build, graph, resources, shortform
from lodeclaim.endpoint import rdf
from lodeclaim.endpoint.errors import SourceError
from lodeclaim.namespaces import LC, PREFIXES
from lodeclaim.resources import Source
from support.paths import TESTS

ONE, TWO = "1" * 64, "2" * 64
HEAD = """@prefix actor: <https://w3id.org/lodeclaim/id/actor/> .
@prefix attribution: <https://w3id.org/lodeclaim/vocab/attribution/> .
@prefix claim: <https://w3id.org/lodeclaim/id/claim/> .
@prefix document: <https://w3id.org/lodeclaim/id/document/> .
@prefix lc: <https://w3id.org/lodeclaim/ontology#> .
@prefix mine: <https://example.org/mine/> .
@prefix modality: <https://w3id.org/lodeclaim/vocab/modality/> .
@prefix oa: <http://www.w3.org/ns/oa#> .
@prefix passage: <https://w3id.org/lodeclaim/id/passage/> .
@prefix segment: <https://w3id.org/lodeclaim/id/segment/> .
@prefix selector: <https://w3id.org/lodeclaim/id/selector/> .
"""
DOCUMENT = "document:a a lc:Document .\n"
SELECTORS = {
    "0-9": "selector:a-0-9 a oa:TextPositionSelector ; oa:start 0 ; oa:end 9 .\n",
    "20-36": "selector:a-20-36 a oa:TextPositionSelector ; oa:start 20 ; oa:end 36 .\n",
    "0-50": "selector:a-0-50 a oa:TextPositionSelector ; oa:start 0 ; oa:end 50 .\n",
    "10-40": "selector:a-10-40 a oa:TextPositionSelector ; oa:start 10 ; oa:end 40 .\n",
}
PASSAGES = {
    "0-9": "passage:a-0-9 a lc:Passage ; oa:hasSource document:a ; oa:hasSelector selector:a-0-9 ; "
    f'lc:sha256 "{ONE}" .\n' + SELECTORS["0-9"],
    "20-36": "passage:a-20-36 a lc:Passage ; oa:hasSource document:a ; oa:hasSelector selector:a-20-36 ; "
    f'lc:sha256 "{TWO}" .\n' + SELECTORS["20-36"],
}
VOICE = "lc:claimant actor:outlet ; lc:attribution attribution:author-voice ; lc:modality modality:asserted"

ALIKE = {
    "a claim": (
        DOCUMENT + f'claim:a-x a lc:Claim ; lc:span "0-9 {ONE}" .',
        DOCUMENT + "claim:a-x a lc:Claim ; lc:evidence passage:a-0-9 .\n" + PASSAGES["0-9"],
    ),
    "a claim in two places": (
        DOCUMENT + f'claim:a-x a lc:Claim ; lc:span "0-9 {ONE}" , "20-36 {TWO}" .',
        DOCUMENT
        + "claim:a-x a lc:Claim ; lc:evidence passage:a-0-9 , passage:a-20-36 .\n"
        + PASSAGES["0-9"]
        + PASSAGES["20-36"],
    ),
    "two claims in one place": (
        DOCUMENT + f'claim:a-x a lc:Claim ; lc:span "0-9 {ONE}" . claim:a-y a lc:Claim ; lc:span "0-9 {ONE}" .',
        DOCUMENT
        + "claim:a-x a lc:Claim ; lc:evidence passage:a-0-9 . claim:a-y a lc:Claim ; lc:evidence passage:a-0-9 .\n"
        + PASSAGES["0-9"],
    ),
    "one place at length and in short": (
        DOCUMENT
        + f'claim:a-x a lc:Claim ; lc:span "0-9 {ONE}" . claim:a-y a lc:Claim ; lc:evidence passage:a-0-9 .\n'
        + PASSAGES["0-9"],
        DOCUMENT
        + "claim:a-x a lc:Claim ; lc:evidence passage:a-0-9 . claim:a-y a lc:Claim ; lc:evidence passage:a-0-9 .\n"
        + PASSAGES["0-9"],
    ),
    "a span over the end of a sentence": (
        DOCUMENT + f'claim:a-x a lc:Claim ; lc:span "0-9 {ONE}" ; lc:crossesSentenceEnd "It has to."@en .',
        DOCUMENT
        + "claim:a-x a lc:Claim ; lc:evidence passage:a-0-9 .\n"
        + 'passage:a-0-9 lc:crossesSentenceEnd "It has to."@en .\n'
        + PASSAGES["0-9"],
    ),
    "a segment and an omission": (
        DOCUMENT
        + 'segment:a-body a lc:Segment ; lc:segmentOf document:a ; lc:span "0-50" .\n'
        + 'document:a-omits-x a lc:Omission ; lc:omittedFrom document:a ; lc:span "20-36" .',
        DOCUMENT
        + "segment:a-body a lc:Segment ; lc:segmentOf document:a ; oa:hasSelector selector:a-0-50 .\n"
        + "document:a-omits-x a lc:Omission ; lc:omittedFrom document:a ; oa:hasSelector selector:a-20-36 .\n"
        + SELECTORS["0-50"]
        + SELECTORS["20-36"],
    ),
    "a document in a namespace of one's own": (
        f'mine:a a lc:Document . mine:x a lc:Claim ; lc:span "0-9 {ONE}" .',
        "mine:a a lc:Document . mine:x a lc:Claim ; lc:evidence <https://example.org/mine/a/passage/0-9> .\n"
        "<https://example.org/mine/a/passage/0-9> a lc:Passage ; oa:hasSource mine:a ; "
        f'oa:hasSelector <https://example.org/mine/a/selector/0-9> ; lc:sha256 "{ONE}" .\n'
        "<https://example.org/mine/a/selector/0-9> a oa:TextPositionSelector ; oa:start 0 ; oa:end 9 .",
    ),
    "the defaults of a document": (
        f"document:a a lc:Document ; lc:claimDefaults [ {VOICE} ] .\n"
        + f'claim:a-x a lc:Claim ; lc:span "0-9 {ONE}" .',
        DOCUMENT + f"claim:a-x a lc:Claim ; lc:evidence passage:a-0-9 ; {VOICE} .\n" + PASSAGES["0-9"],
    ),
    "a claim that says its own": (
        f"document:a a lc:Document ; lc:claimDefaults [ {VOICE} ] .\n"
        + f'claim:a-x a lc:Claim ; lc:claimant actor:she ; lc:modality modality:denied ; lc:span "0-9 {ONE}" .',
        DOCUMENT
        + "claim:a-x a lc:Claim ; lc:evidence passage:a-0-9 ; lc:claimant actor:she ; lc:modality modality:denied ; "
        + "lc:attribution attribution:author-voice .\n"
        + PASSAGES["0-9"],
    ),
    "a claim at length in a file with defaults": (
        f"document:a a lc:Document ; lc:claimDefaults [ {VOICE} ] .\n"
        + "claim:a-x a lc:Claim ; lc:evidence passage:a-0-9 .\n"
        + PASSAGES["0-9"],
        DOCUMENT + f"claim:a-x a lc:Claim ; lc:evidence passage:a-0-9 ; {VOICE} .\n" + PASSAGES["0-9"],
    ),
    "the innermost segment comes first, each property by itself": (
        "document:a a lc:Document ; lc:claimDefaults [ lc:modality modality:asserted ] .\n"
        'segment:a-in a lc:Segment ; lc:span "10-40" ; lc:claimDefaults [ lc:claimant actor:she ] .\n'
        'segment:a-out a lc:Segment ; lc:span "0-50" ; lc:claimDefaults '
        "[ lc:claimant actor:he ; lc:attribution attribution:reader-text ] .\n"
        f'claim:a-x a lc:Claim ; lc:span "0-9 {ONE}" . claim:a-y a lc:Claim ; lc:span "20-36 {TWO}" .',
        DOCUMENT
        + "segment:a-in a lc:Segment ; oa:hasSelector selector:a-10-40 .\n"
        + "segment:a-out a lc:Segment ; oa:hasSelector selector:a-0-50 .\n"
        + "claim:a-x a lc:Claim ; lc:evidence passage:a-0-9 ; lc:claimant actor:he ; "
        + "lc:attribution attribution:reader-text ; lc:modality modality:asserted .\n"
        + "claim:a-y a lc:Claim ; lc:evidence passage:a-20-36 ; lc:claimant actor:she ; "
        + "lc:attribution attribution:reader-text ; lc:modality modality:asserted .\n"
        + "".join([*SELECTORS.values(), *PASSAGES.values()]),
    ),
    "a claim that stands in two segments is in neither": (
        "document:a a lc:Document ; lc:claimDefaults [ lc:claimant actor:outlet ] .\n"
        'segment:a-in a lc:Segment ; lc:span "10-40" ; lc:claimDefaults [ lc:claimant actor:she ] .\n'
        f'claim:a-x a lc:Claim ; lc:span "0-9 {ONE}" , "20-36 {TWO}" .',
        DOCUMENT
        + "segment:a-in a lc:Segment ; oa:hasSelector selector:a-10-40 .\n"
        + "claim:a-x a lc:Claim ; lc:evidence passage:a-0-9 , passage:a-20-36 ; lc:claimant actor:outlet .\n"
        + "".join([SELECTORS["10-40"], *PASSAGES.values()]),
    ),
    "a passage elsewhere is in no segment": (
        "document:a a lc:Document ; lc:claimDefaults [ lc:claimant actor:outlet ] .\n"
        'segment:a-in a lc:Segment ; lc:span "0-50" ; lc:claimDefaults [ lc:claimant actor:she ] .\n'
        f'claim:a-x a lc:Claim ; lc:span "0-9 {ONE}" ; lc:evidence passage:b-1-5 .\n'
        "claim:a-y a lc:Claim ; lc:evidence passage:b-1-5 , passage:b-7-9 .\n"
        "passage:b-7-9 oa:hasSource document:b ; oa:hasSelector [ oa:start 7 ; oa:end 9 ] .",
        DOCUMENT
        + "segment:a-in a lc:Segment ; oa:hasSelector selector:a-0-50 .\n"
        + "claim:a-x a lc:Claim ; lc:evidence passage:a-0-9 , passage:b-1-5 ; lc:claimant actor:outlet .\n"
        + "claim:a-y a lc:Claim ; lc:evidence passage:b-1-5 , passage:b-7-9 ; lc:claimant actor:outlet .\n"
        + "passage:b-7-9 oa:hasSource document:b ; oa:hasSelector [ oa:start 7 ; oa:end 9 ] .\n"
        + SELECTORS["0-50"]
        + PASSAGES["0-9"],
    ),
    "a claim of another file gets nothing": (
        "document:a a lc:Document ; lc:claimDefaults [ lc:claimant actor:outlet ] .\n"
        "claim:a-x lc:evidence passage:a-0-9 .\n" + PASSAGES["0-9"],
        DOCUMENT + "claim:a-x lc:evidence passage:a-0-9 .\n" + PASSAGES["0-9"],
    ),
    "segments that overlap and agree": (
        DOCUMENT
        + 'segment:a-b a lc:Segment ; lc:span "0-50" ; lc:claimDefaults [ lc:claimant actor:she ] .\n'
        + 'segment:a-c a lc:Segment ; lc:span "10-40" .\n'
        + f'claim:a-x a lc:Claim ; lc:span "20-36 {TWO}" .',
        DOCUMENT
        + "segment:a-b a lc:Segment ; oa:hasSelector selector:a-0-50 .\n"
        + "segment:a-c a lc:Segment ; oa:hasSelector selector:a-10-40 .\n"
        + "claim:a-x a lc:Claim ; lc:evidence passage:a-20-36 ; lc:claimant actor:she .\n"
        + "".join([SELECTORS["0-50"], SELECTORS["10-40"], PASSAGES["20-36"]]),
    ),
    "a module that speaks of documents": (
        'mine:Report <http://www.w3.org/2000/01/rdf-schema#subClassOf> lc:Document ; lc:gloss """One\nTwo"""@en .',
        'mine:Report <http://www.w3.org/2000/01/rdf-schema#subClassOf> lc:Document ; lc:gloss "One\\nTwo"@en .',
    ),
    "a text on several lines": (
        DOCUMENT + 'claim:a-x a lc:Claim ; lc:gloss """One line,\n        and\tanother.\r\n"""@en .',
        DOCUMENT + 'claim:a-x a lc:Claim ; lc:gloss "One line, and\\tanother."@en .',
    ),
    "what is printed keeps its line breaks": (
        DOCUMENT + 'claim:a-x a lc:Claim ; lc:printedValue """One\nTwo""" .',
        DOCUMENT + 'claim:a-x a lc:Claim ; lc:printedValue "One\\nTwo" .',
    ),
    "a file about no document": (
        'mine:t <http://www.w3.org/2000/01/rdf-schema#comment> """One\nTwo"""@en .',
        'mine:t <http://www.w3.org/2000/01/rdf-schema#comment> "One\\nTwo"@en .',
    ),
}


def triples(text: str) -> ox.Dataset:
    return rdf.meaning(shortform.expanded(HEAD + text, "mine.ttl"))


@pytest.mark.parametrize("name", ALIKE)
def test_the_short_form_says_what_the_long_form_says(name) -> None:
    short, long = ALIKE[name]
    assert triples(short) == rdf.meaning(quad.triple for quad in ox.parse(HEAD + long, format=ox.RdfFormat.TURTLE))


@pytest.mark.parametrize("name", ALIKE)
def test_the_long_form_stays_as_it_is(name) -> None:
    _, long = ALIKE[name]
    assert triples(long) == rdf.meaning(quad.triple for quad in ox.parse(HEAD + long, format=ox.RdfFormat.TURTLE))


X = "claim:a-x a lc:Claim ; lc:span "
D = "document:a a lc:Document ; lc:claimDefaults "

REFUSED = {
    "no offsets": (DOCUMENT + f'{X}"from 0 to 9" .', 2, "from 0 to 9", "START-END SHA256"),
    "one offset": (DOCUMENT + f'{X}"9 {ONE}" .', 2, "9 111", "START-END SHA256"),
    "a sign": (DOCUMENT + f'{X}"-1-9 {ONE}" .', 2, '"-1-9', "START-END SHA256"),
    "a short digest": (DOCUMENT + f'{X}"0-9 {ONE[1:]}" .', 2, "0-9 111", "START-END SHA256"),
    "capitals in a digest": (DOCUMENT + f'{X}"0-9 {"A" * 64}" .', 2, "0-9 AAA", "START-END SHA256"),
    "an offset without an end": (DOCUMENT + f'{X}"0-{"9" * 5000} {ONE}" .', 2, "0-999", "START-END SHA256"),
    "a language": (DOCUMENT + f'{X}"0-9 {ONE}"@en .', 2, "@en", "START-END SHA256"),
    "no literal": (DOCUMENT + X + "passage:a-0-9 .", 2, "passage:a-0-9", "START-END SHA256"),
    "an end before the start": (DOCUMENT + f'\n\n{X}"9-3 {ONE}" .', 4, "from 9 to 3", "behind the last"),
    "no length": (DOCUMENT + f'{X}"9-9 {ONE}" .', 2, "from 9 to 9", "behind the last"),
    "a claim without a digest": (DOCUMENT + f'{X}"0-9" .', 2, "claim:a-x has no digest", "lodeclaim annotate"),
    "a segment with a digest": (
        DOCUMENT + f'segment:a-b a lc:Segment ;\n  lc:span "0-9 {ONE}" .',
        3,
        "segment:a-b has a digest",
        "leave the digest out",
    ),
    "something without a class": (DOCUMENT + f'claim:a-x lc:span "0-9 {ONE}" .', 2, "no claim", "lc:Claim"),
    "one place with two digests": (
        DOCUMENT + f'{X}"0-9 {ONE}" .\nclaim:a-y a lc:Claim ; lc:span "0-9 {TWO}" .',
        3,
        "in line {2}",
        "digests of both",
    ),
    "a digest that is another at length": (
        DOCUMENT + PASSAGES["0-9"] + f'{X}"0-9 {TWO}" .',
        4,
        f'lc:sha256 of passage:a-0-9 is "{TWO}" here, and "{ONE}" in line {{2}}',
        "digests of both",
    ),
    "offsets that are others at length": (
        DOCUMENT + f'{X}"0-9 {ONE}" .\nselector:a-0-9 a oa:TextPositionSelector ;\n oa:start 1 ;\n oa:end 9 .',
        2,
        "oa:start of selector:a-0-9 is \"0\" here, and \"1\" in line {4}",
        "offsets",
    ),
    "a passage of another document": (
        DOCUMENT + f'{X}"0-9 {ONE}" .\npassage:a-0-9 oa:hasSource document:b .',
        2,
        "document:b in line {3}",
        "offsets",
    ),
    "defaults of a segment that stands nowhere": (
        DOCUMENT + "segment:a-b a lc:Segment ;\n lc:claimDefaults [ lc:claimant actor:she ] .",
        3,
        "does not say where segment:a-b stands",
        "Give the segment one lc:span",
    ),
    "segments that overlap and do not agree": (
        DOCUMENT
        + 'segment:a-b a lc:Segment ; lc:span "0-30" ; lc:claimDefaults [ lc:claimant actor:she ] .\n'
        + 'segment:a-c a lc:Segment ; lc:span "10-50" ; lc:claimDefaults [ lc:claimant actor:he ] .\n'
        + f'claim:a-x a lc:Claim ; lc:span "12-20 {ONE}" .',
        4,
        "lc:claimant of claim:a-x, which stands in segment:a-b and segment:a-c, is two things",
        "Say it of the claim itself",
    ),
    "another datatype": (
        DOCUMENT + f'{X}"0-9 {ONE}"^^<http://www.w3.org/2001/XMLSchema#token> .',
        2,
        "0-9 111",
        "START-END SHA256",
    ),
    "offsets that are part of others": (
        DOCUMENT + f'{X}"15-170 {ONE}" ,\n "5-17" .',
        3,
        "has no digest",
        "lodeclaim annotate",
    ),
    "two extents of a segment": (
        DOCUMENT + 'segment:a-b a lc:Segment ; lc:span "0-9" , "20-36" .',
        2,
        "oa:hasSelector of segment:a-b",
        "offsets",
    ),
    "a segment of another document": (
        DOCUMENT + 'segment:a-b a lc:Segment ; lc:segmentOf document:b ; lc:span "0-9" .',
        2,
        "segment:a-b is part of document:b, and the file is about document:a",
        "Move it",
    ),
    "no document": (f'{X}"0-9 {ONE}" .', 1, "names no document", "document:KEY a lc:Document"),
    "two documents": (
        DOCUMENT + "document:b a lc:Document .\n" + f'{X}"0-9 {ONE}" .',
        3,
        "document:a and document:b",
        "a file of its own",
    ),
    "defaults with two documents": (
        D + "[ lc:claimant actor:she ] .\ndocument:b a lc:Document .",
        1,
        "document:a and document:b",
        "a file of its own",
    ),
    "defaults of a claim": (
        DOCUMENT + "claim:a-x a lc:Claim ;\n lc:claimDefaults [ lc:claimant actor:she ] .",
        3,
        "claim:a-x is that of no document or segment",
        "Write it for the document",
    ),
    "defaults of a document elsewhere": (
        DOCUMENT + "document:b lc:claimDefaults [ lc:claimant actor:she ] .",
        2,
        "document:b is that of no document or segment",
        "Write it for the document",
    ),
    "defaults that say nothing": (D + "[] .", 1, "says nothing", "lc:claimant"),
    "defaults that are no brackets": (D + "mine:defaults .", 1, "says nothing", "between [ and ]"),
    "a default that is none": (D + "[ lc:relayedBy actor:ani ] .", 1, "lc:relayedBy", "Say it of each claim"),
    "a default that is two": (
        D + "[\n lc:claimant actor:she , actor:he ] .",
        1,
        "actor:she and actor:he for lc:claimant",
        "Keep the one",
    ),
    "defaults twice": (
        D + "[ lc:claimant actor:she ] .\ndocument:a lc:claimDefaults [ lc:modality modality:denied ] .",
        1,
        "document:a has two lc:claimDefaults",
        "Keep one",
    ),
    "segments with one extent and other defaults": (
        DOCUMENT
        + 'segment:a-b a lc:Segment ; lc:span "0-9" ; lc:claimDefaults [ lc:claimant actor:she ] .\n'
        + 'segment:a-c a lc:Segment ; lc:span "0-9" ; lc:claimDefaults [ lc:claimant actor:he ] .',
        3,
        "segment:a-b and segment:a-c",
        "Keep one",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_what_contradicts_itself_is_refused_with_its_line(name) -> None:
    text, line, found, remedy = REFUSED[name]
    with pytest.raises(SourceError) as told:
        triples(text)
    above = HEAD.count("\n")
    assert told.value.where == f"mine.ttl, line {line + above}"
    assert re.sub(r"\{(\d)\}", lambda number: str(int(number[1]) + above), found) in told.value.found
    assert remedy in told.value.remedy


def test_a_document_may_have_claims_in_another_file(tmp_path) -> None:
    """A line says which it is; its defaults are those of its own file."""
    for name, text in (("a", D + "[ lc:claimant actor:she ] ."), ("b", DOCUMENT + f'{X}"0-9 {ONE}" .')):
        (tmp_path / f"{name}.ttl").write_text(HEAD + text, encoding="utf-8")
    store = graph.read(Source(tmp_path / f"{n}.ttl", Path(f"data/documents/{n}.ttl")) for n in "ab")
    told = {
        quad.predicate.value for quad in store.quads_for_pattern(ox.NamedNode(PREFIXES["claim"] + "a-x"), None, None)
    }
    assert told == {PREFIXES["rdf"] + "type", LC.evidence}


@pytest.mark.slow
def test_such_a_file_builds(tmp_path, sources) -> None:
    """Also where it has a passage that the document's own file has, too."""
    text = (sources.roots[0] / "data/documents/news18-ministerial.ttl").read_text(encoding="utf-8")
    span = re.search(r'lc:span "(\d+-\d+ [0-9a-f]{64})"', text)[1]
    folder = tmp_path / "data/documents"
    folder.mkdir(parents=True)
    (folder / "mine.ttl").write_text(
        HEAD
        + "@prefix mineral: <https://w3id.org/lodeclaim/id/mineral/> .\n"
        + "@prefix topic: <https://w3id.org/lodeclaim/id/topic/> .\n"
        + "document:news18-ministerial a lc:Document .\n"
        + 'claim:news18-ministerial-mine a lc:Claim ; lc:gloss "Something of mine."@en ; '
        + f'lc:span "{span}" ; lc:claimant actor:news18 ; lc:attribution attribution:author-voice ; '
        + "lc:modality modality:asserted ; lc:about mineral:cobalt ; lc:topic topic:china-dominance .\n",
        encoding="utf-8",
    )
    assert build.build(resources.find((tmp_path,))).findings == ()


def test_no_graph_has_the_short_form(built, sources) -> None:
    terms = [ox.NamedNode(LC.span), ox.NamedNode(LC.claimDefaults)]
    assert [quad for term in terms for quad in built.quads_for_pattern(None, term, None)] == []
    for source in sources.files("documents"):
        text = source.path.read_text(encoding="utf-8")
        assert "lc:span " in text
        assert "lodeclaim export" in text[: text.index("\n\n")]


def test_a_passage_is_moved_in_one_place() -> None:
    path = TESTS / "fixtures/extra/data/documents/harbour-news.ttl"
    text = path.read_text(encoding="utf-8")
    assert text.count('"0-31 ') == 1
    assert "-0-31" not in text
    before = set(shortform.read(path))
    after = set(shortform.expanded(text.replace('"0-31 ', '"1-31 '), "moved"))
    moved = {
        str(triple).replace("-0-31", "-1-31").replace('"0"', '"1"') for triple in before if "-0-31" in str(triple)
    }
    assert moved == {str(triple) for triple in after - before}
    assert len(moved) == len(before - after) == 8


def test_a_claim_takes_at_most_twelve_lines() -> None:
    """On average, with prefixes and all; one property a line, and no line that has to be scrolled."""
    files = resources.find().files("documents")
    lines = [line for source in files for line in source.path.read_text(encoding="utf-8").splitlines()]
    assert len(lines) <= 12 * sum(line == "    a lc:Claim ;" for line in lines)
    assert [line for line in lines if len(line) > 118] == []
    assert [line for line in lines if line.startswith("    ") and " ; " in line] == []
