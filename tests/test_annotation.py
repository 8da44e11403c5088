"""An annotator's slips: sentences left out, plans taken for facts, granularities that the print does not bear out."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pyoxigraph as ox
import pytest

from lodeclaim import corpus, coverage, evidence, graph, resources, slips
from lodeclaim.namespaces import LC, PREFIXES
from support.graphs import copy_of
from support.paths import TESTS

OMITS = PREFIXES["document"] + "harbour-news-omits-everything"


@pytest.fixture(scope="module")
def harbour() -> ox.Store:
    """The self-written article with its claims, underived: the checks need only what is asserted."""
    return graph.read(resources.find((TESTS / "fixtures/extra",)).asserted())


@pytest.fixture(scope="module")
def texts() -> dict[str, corpus.Text]:
    return corpus.read(TESTS / "fixtures/texts")


def found(store: ox.Store, texts: dict[str, corpus.Text], without: str = "") -> list[tuple[str, str]]:
    kept = [e for e in evidence.read(store) if not without or without not in (e.claim or "")]
    return [(f.where, f.check) for f in coverage.check(store, kept, texts) if f.where == "document:harbour-news"]


def covered_by_one_claim(store: ox.Store, texts: dict[str, corpus.Text]) -> str:
    """A claim whose passage is the only one in its sentence."""
    before = len(found(store, texts))
    for item in evidence.read(store):
        if item.claim and "harbour" in item.document and len(found(store, texts, item.claim)) > before:
            return item.claim
    raise AssertionError("every sentence of the article is covered twice")


def test_sentence_whose_only_claim_is_taken_away_is_reported(harbour, texts) -> None:
    claim = covered_by_one_claim(harbour, texts)
    more = found(harbour, texts, claim)
    assert len(more) == len(found(harbour, texts)) + 1
    assert more[-1] == ("document:harbour-news", "uncovered-sentence")


def test_passage_that_says_why_it_crosses_a_sentence_end_covers_both(harbour, texts) -> None:
    assert found(harbour, texts) == []
    assert len(found(harbour, texts, "claim/harbour-news-insured")) == 2


def test_listing_everything_is_not_covering_it(harbour, texts) -> None:
    store = copy_of(harbour)
    body = next(t for t in texts.values() if t.path.name == "harbour-news.txt")
    selector = ox.NamedNode(OMITS + "-selector")
    for subject, predicate, value in (
        (OMITS, LC.omittedFrom, ox.NamedNode(PREFIXES["document"] + "harbour-news")),
        (OMITS, PREFIXES["oa"] + "hasSelector", selector),
        (selector.value, PREFIXES["oa"] + "start", ox.Literal(0)),
        (selector.value, PREFIXES["oa"] + "end", ox.Literal(len(body.characters))),
    ):
        store.add(ox.Quad(ox.NamedNode(subject), ox.NamedNode(predicate), value, ox.NamedNode("urn:extra")))
    kept = [e for e in evidence.read(store) if "harbour" not in e.document]
    findings = [f for f in coverage.check(store, kept, texts) if f.where == "document:harbour-news"]
    assert [f.check for f in findings] == ["too-much-omitted"]
    assert "100%" in findings[0].found


def test_the_articles_are_covered(built, corpus) -> None:
    from lodeclaim import corpus as texts

    assert coverage.check(built, evidence.read(built), texts.read(corpus)) == []


@pytest.mark.parametrize(
    ("printed", "worth"),
    [
        ("$2 billion", "1000000000"),
        ("$2.0 billion", "100000000"),
        ("about $1.7 billion", "100000000"),
        ("roughly 90%", "1"),
        ("10-20 years", "1"),
        ("0.25 per cent", "0.01"),
        ("12,500", "1"),
        ("USD 3 Million", "1000000"),
    ],
)
def test_granularity_is_the_worth_of_the_last_printed_digit(printed, worth) -> None:
    assert slips.granularity(printed) == Decimal(worth)


def test_a_number_in_words_has_no_printed_digit() -> None:
    assert slips.granularity("nearly half") is None


def spoil(store: ox.Store, claim: str, predicate: str, value: ox.NamedNode | ox.Literal) -> ox.Store:
    """A copy in which a claim of ours has another value."""
    spoilt = copy_of(store)
    subject, name = ox.NamedNode(PREFIXES["claim"] + claim), ox.NamedNode(LC + predicate)
    quads = list(spoilt.quads_for_pattern(subject, name, None))
    assert quads
    for quad in quads:
        assert quad.object != value
        spoilt.remove(quad)
        spoilt.add(ox.Quad(subject, name, value, quad.graph_name))
    return spoilt


def test_finer_granularity_than_printed_is_reported(built) -> None:
    spoilt = spoil(built, "qazinform-ministerial-vault-private-capital", "granularity", ox.Literal(100000000))
    assert [(f.where, f.check) for f in slips.check(spoilt, {})] == [
        ("claim:qazinform-ministerial-vault-private-capital", "granularity")
    ]


def test_a_plan_marked_as_asserted_is_reported(built, corpus) -> None:
    from lodeclaim import corpus as texts

    claim = "qazinform-ministerial-date-wednesday"
    spoilt = spoil(built, claim, "modality", ox.NamedNode(PREFIXES["modality"] + "asserted"))
    findings = slips.check(spoilt, texts.read(corpus))
    assert [(f.where, f.check) for f in findings] == [(f"claim:{claim}", "plan-taken-for-fact")]
    assert "scheduled" in findings[0].found


def test_the_project_has_no_slips(built, corpus) -> None:
    from lodeclaim import corpus as texts

    assert slips.check(built, texts.read(corpus)) == []


def test_a_text_that_is_not_at_hand_is_passed_over(harbour, texts) -> None:
    elsewhere = {key: replace(text, characters="") for key, text in texts.items() if "nowhere" in key}
    assert coverage.check(harbour, evidence.read(harbour), elsewhere) == []
