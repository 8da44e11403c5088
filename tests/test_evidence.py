"""Passages against texts: on a self-written article always, on the five articles where they are at hand."""

from __future__ import annotations

import hashlib
from itertools import combinations
from pathlib import Path

import pyoxigraph as ox
import pytest

from lodeclaim import corpus as texts
from lodeclaim import evidence, graph
from lodeclaim.endpoint.errors import SourceError, UsageError
from lodeclaim.findings import Finding
from lodeclaim.namespaces import PREFIXES
from lodeclaim.resources import Source
from support.paths import TESTS

ARTICLE = TESTS / "fixtures" / "texts" / "harbour-news.txt"
ANNOTATED = TESTS / "fixtures" / "extra" / "data" / "documents" / "harbour-news.ttl"

# The words of each passage, copied from the article by hand: what the offsets in the Turtle must cut out.
PASSAGES = {
    "stored-mineral": "Kråkvik opens a hall for cobalt",
    "opening-date": "9 March 2026 — The island harbour of Kråkvik"
    " took its first drums of cobalt into store on Monday",
    "cost": "The hall cost about $40 million",
    "holder": "owns the stock",
    "cobalt-share": "Between 3 and 5 per cent of the cobalt that the world trades is to lie here one day",
    "tenants": "At least 14 traders have rented shelves",
    "winter": "We built it for the winter that nobody plans for",
    "china-processing-share": "China still processes nearly 90 % of all rare earths",
    "insured": "Is the hall insured against fire? It is",
    "eu-stance": "Brussels looks on warily",
    "sea": "The sea was the colour of slate all morning",
    "second-hall": "A second hall might follow if prices hold",
    "origin-of-the-metal": "Cobalt itself comes from far away",
    "congo-cobalt-reserves": "About 72 per cent of what still lies in the ground"
    " belongs to the Democratic Republic of the Congo",
    "china-cobalt-refining": "China refines some 30 per cent of the world's cobalt",
    "no-ship-from-the-congo": "No ship from the Congo has called here yet",
}


def changed(text: str, old: str, new: str) -> str:
    """The text with its only occurrence of `old` replaced."""
    assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times"
    return text.replace(old, new)


@pytest.fixture
def annotated() -> str:
    return ANNOTATED.read_text(encoding="utf-8")


@pytest.fixture
def article() -> str:
    return ARTICLE.read_bytes().decode("utf-8")


@pytest.fixture
def prove(tmp_path: Path):
    """Proves an annotation (Turtle) against a text; both default to the fixture's own."""

    def run(turtle: str | None = None, text: str | bytes | None = None) -> list[Finding]:
        annotation, folder = tmp_path / "harbour-news.ttl", tmp_path / "texts"
        annotation.write_bytes(ANNOTATED.read_bytes() if turtle is None else turtle.encode())
        folder.mkdir()
        raw = ARTICLE.read_bytes() if text is None else text.encode() if isinstance(text, str) else text
        (folder / "whatever-it-is-called.txt").write_bytes(raw)
        store = graph.read([Source(annotation, Path("data/documents/harbour-news.ttl"))])
        return evidence.prove(evidence.read(store), texts.read(folder))

    return run


def faults(findings: list[Finding]) -> list[tuple[str, str]]:
    return [(finding.where, finding.check) for finding in findings]


def claim(name: str) -> str:
    return f"claim:harbour-news-{name}"


DOCUMENT = "document:harbour-news"


def test_article_puts_code_points_bytes_and_utf16_units_apart(article) -> None:
    before = article[: article.index("Brussels")]
    assert len({len(before), len(before.encode()), len(before.encode("utf-16-le")) // 2}) == 3


def test_unchanged_article_proves_every_passage(prove) -> None:
    assert prove() == []


def test_offsets_cut_out_the_words_meant(article) -> None:
    store = graph.read([Source(ANNOTATED, Path("data/documents/harbour-news.ttl"))])
    found = {
        entry.claim.rsplit("/harbour-news-", 1)[1]: article[entry.start : entry.end] for entry in evidence.read(store)
    }
    assert found == PASSAGES


def test_digests_are_sha256_of_file_and_of_words(annotated, article) -> None:
    assert hashlib.sha256(ARTICLE.read_bytes()).hexdigest() in annotated
    for words in PASSAGES.values():
        assert hashlib.sha256(words.encode("utf-8")).hexdigest() in annotated, words


@pytest.mark.parametrize(("old", "new"), [('"642-666 ', '"641-666 '), ('"642-666 ', '"642-667 ')])
def test_offset_off_by_one_is_a_wrong_digest(prove, annotated, old, new) -> None:
    findings = prove(changed(annotated, old, new))
    assert faults(findings) == [(claim("eu-stance"), "passage-digest")]
    assert "passage:harbour-news-" + new.strip(' "') in findings[0].found


def test_wrong_digit_in_a_passage_digest_names_the_claim(prove, annotated) -> None:
    findings = prove(changed(annotated, "86bc52f577c0dfca", "86bc52f577c0dfcb"))
    assert faults(findings) == [(claim("eu-stance"), "passage-digest")]
    assert "lodeclaim annotate" in findings[0].remedy


def test_wrong_digit_in_the_document_digest_names_document_and_file(prove, annotated) -> None:
    digest = hashlib.sha256(ARTICLE.read_bytes()).hexdigest()
    findings = prove(changed(annotated, digest, "0" + digest[1:] if digest[0] != "0" else "1" + digest[1:]))
    assert faults(findings) == [(DOCUMENT, "text-digest")]
    assert "whatever-it-is-called.txt" in findings[0].found


def test_changed_word_names_the_claim_that_it_breaks(prove, article) -> None:
    findings = prove(text=changed(article, "warily", "warmly"))
    assert faults(findings) == [(DOCUMENT, "text-digest"), (claim("eu-stance"), "passage-digest")]


def test_longer_word_breaks_every_claim_after_it(prove, article) -> None:
    findings = prove(text=changed(article, "14 traders", "14 merchants"))
    after = list(PASSAGES)[list(PASSAGES).index("tenants") :]
    assert faults(findings) == [
        (DOCUMENT, "text-digest"),
        *((claim(name), "passage-digest") for name in after),
    ]


def test_end_past_the_text_is_wrong_offsets(prove, annotated, article) -> None:
    findings = prove(changed(annotated, '"736-777 ', f'"736-{len(article) + 1} '))
    assert faults(findings) == [(claim("second-hall"), "passage-offsets")]
    assert f"the text has {len(article)} characters" in findings[0].found


def test_end_at_the_last_character_is_no_wrong_offset(prove, annotated, article) -> None:
    findings = prove(changed(annotated, '"736-777 ', f'"736-{len(article)} '))
    assert faults(findings) == [(claim("second-hall"), "passage-digest")]


def test_start_not_before_end_is_wrong_offsets(prove, annotated) -> None:
    with pytest.raises(SourceError, match="from 777 to 777"):
        prove(changed(annotated, '"736-777 ', '"777-777 '))


def test_offsets_upside_down_in_a_graph_are_told(article) -> None:
    """A graph need not come from files in the short form."""
    store = graph.read([Source(ANNOTATED, Path("data/documents/harbour-news.ttl"))])
    start = ox.NamedNode(PREFIXES["oa"] + "start")
    (quad,) = store.quads_for_pattern(ox.NamedNode(PREFIXES["selector"] + "harbour-news-736-777"), start, None)
    store.remove(quad)
    store.add(ox.Quad(quad.subject, start, ox.Literal(777), quad.graph_name))
    found = evidence.prove(evidence.read(store), texts.read(ARTICLE.parent))
    assert faults(found) == [(claim("second-hall"), "passage-offsets")]


def moved(annotated: str, article: str, name: str, words: str) -> str:
    """The annotation with the passage of one claim moved to other words of the article, digest included."""
    assert article.count(words) == 1, f"{words!r} stands {article.count(words)} times"
    old, start = PASSAGES[name], article.index(words)
    at = article.index(old)
    return changed(
        annotated,
        f'"{at}-{at + len(old)} {texts.digest(old)}"',
        f'"{start}-{start + len(words)} {texts.digest(words)}"',
    )


def test_passage_may_end_with_its_sentence(prove, annotated, article) -> None:
    assert prove(moved(annotated, article, "tenants", "At least 14 traders have rented shelves.")) == []


def test_passage_across_a_sentence_end_needs_a_reason(prove, annotated, article) -> None:
    findings = prove(moved(annotated, article, "eu-stance", "It is, the company says. Brussels looks on warily"))
    assert faults(findings) == [(claim("eu-stance"), "passage-crosses-sentence")]
    assert "lc:crossesSentenceEnd" in findings[0].remedy


def test_passage_across_a_line_end_needs_a_reason(prove, annotated, article) -> None:
    findings = prove(moved(annotated, article, "sea", "why.\n\nThe sea was the colour of slate all morning"))
    assert faults(findings) == [(claim("sea"), "passage-crosses-sentence")]


def test_reason_allows_a_passage_across_a_sentence_end(prove, annotated) -> None:
    reason = ' ;\n    lc:crossesSentenceEnd "The answer says nothing without the question before it."@en'
    assert faults(prove(changed(annotated, reason, ""))) == [(claim("insured"), "passage-crosses-sentence")]


@pytest.mark.parametrize("words", ["ussels looks on warily", "Brussels looks on war"])
def test_passage_that_splits_a_word_is_named(prove, annotated, article, words) -> None:
    findings = prove(moved(annotated, article, "eu-stance", words))
    assert faults(findings) == [(claim("eu-stance"), "passage-splits-word")]


def test_printed_value_that_the_passage_lacks_names_the_claim(prove, annotated) -> None:
    findings = prove(changed(annotated, 'lc:printedValue "nearly 90 %"', 'lc:printedValue "nearly 90%"'))
    assert faults(findings) == [(claim("china-processing-share"), "printed-value")]
    assert "'nearly 90%'" in findings[0].found


def test_one_of_several_passages_may_hold_the_printed_value(prove, annotated) -> None:
    assert prove(in_two_places(annotated)) == []


def in_two_places(annotated: str) -> str:
    """The annotation in which the claim on the cost has the passage of that on the holder, too."""
    words, other = (texts.digest(PASSAGES[name]) for name in ("cost", "holder"))
    return changed(annotated, f'"144-175 {words}"', f'"231-245 {other}" , "144-175 {words}"')


def test_printed_value_in_none_of_several_passages_is_found_once(prove, annotated) -> None:
    findings = prove(
        changed(
            in_two_places(annotated), 'lc:printedValue "about $40 million"', 'lc:printedValue "about $41 million"'
        )
    )
    assert faults(findings) == [(claim("cost"), "printed-value")]


def test_added_byte_order_mark_is_another_text(prove) -> None:
    findings = prove(text=b"\xef\xbb\xbf" + ARTICLE.read_bytes())
    assert (DOCUMENT, "text-digest") in faults(findings)


def test_crlf_line_ends_break_all_but_the_first_line(prove, article) -> None:
    findings = prove(text=article.replace("\n", "\r\n"))
    # Some passages lose their printed value too, which is no news once the passage is known to be wrong.
    assert [fault for fault in faults(findings) if fault[1] != "printed-value"] == [
        (DOCUMENT, "text-digest"),
        *((claim(name), "passage-digest") for name in list(PASSAGES)[1:]),
    ]
    assert "line ends" in findings[0].remedy


def test_utf16_offsets_are_wrong_after_an_emoji(prove, annotated, article) -> None:
    def units(characters: int) -> int:
        return len(article[:characters].encode("utf-16-le")) // 2

    assert (units(642), units(666)) == (644, 668), "two emoji stand before it, each one code point and two units"
    turtle = changed(annotated, '"642-666 ', '"644-668 ')
    assert faults(prove(turtle)) == [(claim("eu-stance"), "passage-digest")]


def test_byte_offsets_are_wrong_after_a_letter_with_an_accent(prove, annotated, article) -> None:
    end = len("Kråkvik opens a hall for cobalt".encode())
    assert end == 32, "one letter takes two bytes"
    assert faults(prove(changed(annotated, '"0-31 ', f'"0-{end} '))) == [(claim("stored-mineral"), "passage-digest")]


def test_text_that_resembles_nothing_is_missing(prove) -> None:
    findings = prove(text="A text on something else altogether.")
    assert faults(findings) == [(DOCUMENT, "text-digest")]
    assert "its 16 claims" in findings[0].found
    assert "--corpus" in findings[0].remedy


def test_no_text_at_all_proves_nothing_and_says_so() -> None:
    store = graph.read([Source(ANNOTATED, Path("data/documents/harbour-news.ttl"))])
    assert faults(evidence.prove(evidence.read(store), {})) == [(DOCUMENT, "text-digest")]


def test_corpus_folder_without_texts_is_wrong_use(tmp_path) -> None:
    with pytest.raises(UsageError, match=r"holds no \.txt file"):
        texts.read(tmp_path)
    with pytest.raises(UsageError, match="is no folder"):
        texts.read(tmp_path / "nowhere")


def test_text_that_is_not_utf8_names_file_and_byte(tmp_path) -> None:
    (tmp_path / "latin.txt").write_bytes("Kråkvik".encode("latin-1"))
    with pytest.raises(SourceError, match=r"latin\.txt, byte 2: 0xe5 is not UTF-8"):
        texts.read(tmp_path)


@pytest.mark.parametrize(
    ("text", "crosses"),
    [
        ("It rained. It stopped", True),
        ("It rained. “It stopped”", True),
        ("“It rained.” It stopped", True),
        ("Does it rain? It does", True),
        ("It rained\nIt stopped", True),
        ("It rained.", False),
        ("It rained 3.5 inches", False),
        ("the U.S. House of Representatives", False),
        ("it rained... and stopped", False),
    ],
)
def test_sentence_ends_are_told_from_other_stops(text, crosses) -> None:
    assert texts.crosses_sentence_end(text) is crosses


def test_occurrences_finds_all_and_takes_any_white_space() -> None:
    assert texts.occurrences("a cat, a  cat\na\ncat", "a cat") == [(0, 5), (7, 13), (14, 19)]
    assert texts.occurrences("a cat", "a dog") == []
    assert texts.occurrences("a cat", " ") == []


def test_reuse_counts_word_sequences_whatever_case_and_punctuation() -> None:
    one = "One two three four five six seven eight nine."
    other = "Zero! one TWO three, four five (six) seven eight nine ten"
    # Nine words in common make two sequences of eight.
    assert texts.reuse(one, other) == texts.Reuse(shared=2, longest=9)
    assert texts.reuse(one, "nine eight seven six five four three two one") == texts.Reuse(shared=0, longest=1)


# The five articles.


@pytest.mark.corpus
def test_real_texts_prove_every_passage(built, corpus) -> None:
    findings = evidence.prove(evidence.read(built), texts.read(corpus))
    assert [str(finding) for finding in findings] == []


@pytest.mark.corpus
def test_corpus_holds_the_text_of_every_document(built, corpus) -> None:
    """Control for the test above: a list without passages would prove itself."""
    documents = {entry.document for entry in evidence.read(built)}
    recognised = {text.sha256 for text in texts.read(corpus).values()}
    assert documents
    assert {entry.document for entry in evidence.read(built) if entry.document_sha256 in recognised} == documents


@pytest.fixture(scope="module")
def articles(corpus: Path) -> dict[str, str]:
    """The five articles by number, without the reader comments of the first."""
    found = {path.name[:3]: texts.read_file(path).characters for path in sorted(corpus.glob("*.txt"))}
    assert found["000"].count("\nReader Comments\n") == 1
    found["000"] = found["000"].partition("\nReader Comments\n")[0]
    return found


@pytest.mark.corpus
def test_copied_pair_shares_173_sequences_of_eight_words(articles) -> None:
    assert texts.reuse(articles["000"], articles["001"]) == texts.Reuse(shared=173, longest=50)


@pytest.mark.corpus
def test_every_other_pair_shares_no_sequence_of_eight_words(articles) -> None:
    assert sorted(articles) == ["000", "001", "002", "003", "004"]
    others = [pair for pair in combinations(sorted(articles), 2) if pair != ("000", "001")]
    assert {pair: texts.reuse(articles[pair[0]], articles[pair[1]]).shared for pair in others} == dict.fromkeys(
        others, 0
    )
