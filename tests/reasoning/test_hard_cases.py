"""The hard cases: what the rules make of claims that a careless reader would add up, confuse or play off.

Each row of the table of hard cases is a test by name. Those whose claims are in the project's documents are tested on
these; the others on the small graphs in tests/cases, over the project's ontology, vocabulary and Questions. A case
shortens what is the same for every claim; `COMPLETE` writes it out.
"""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterable

import pyoxigraph as ox
import pytest

from lodeclaim.endpoint import rdf
from lodeclaim.namespaces import GRAPHS, LC, PREFIXES, VOCABULARIES, shorten
from lodeclaim.reasoning import explain
from support.cases import AS_PRINTED, CASE, KNOWN, ROUNDING, asserted_case, background, case, complete, derive
from support.graphs import copy_of
from support.paths import TESTS

# Looking at what was derived.


def rows(store: ox.Store, query: str) -> list[tuple[str, ...]]:
    """Return the rows of a SELECT, each term without its namespace, concepts as prefixed names."""
    found = store.query(query, prefixes=KNOWN, use_default_graph_as_union=True)
    return sorted(tuple(_short(term) for term in row) for row in found)


def _short(term: ox.NamedNode | ox.Literal | None) -> str:
    value = term.value if term else ""
    if value.startswith(VOCABULARIES):
        return shorten(value)
    for prefix in (CASE, PREFIXES["claim"], LC):
        value = value.removeprefix(prefix)
    return value


def holds(store: ox.Store, pattern: str) -> bool:
    return bool(store.query(f"ASK {{ {pattern} }}", prefixes=KNOWN, use_default_graph_as_union=True))


def named(claim: str) -> str:
    """Return the claim of a case by its key, one of the project by its prefixed name, as SPARQL."""
    return claim if ":" in claim else f"<{CASE}{claim}>"


def position(store: ox.Store, claim: str) -> str:
    """Return the one position that a claim takes."""
    ((found,),) = rows(store, f"SELECT ?position {{ {named(claim)} lc:takesPosition ?position }}")
    return found


def beside(one: str, other: str) -> str:
    """Return the pattern by which ?node sets the positions of two claims side by side, in either order."""
    return f"""
      {named(one)} lc:takesPosition ?one .
      {named(other)} lc:takesPosition ?other .
      {{ ?node lc:left ?one ; lc:right ?other }} UNION {{ ?node lc:left ?other ; lc:right ?one }}"""


def relation(store: ox.Store, one: str, other: str) -> str | None:
    """Return the one relation in which the positions of two claims stand whatever one assumes, if any."""
    found = rows(store, f"SELECT ?how {{ {beside(one, other)} ?node a lc:PositionRelation ; lc:relation ?how }}")
    assert len(found) <= 1
    return found[0][0] if found else None


def conditional(store: ox.Store, one: str, other: str) -> dict[str, set[str]]:
    """Return the relations of two claims' positions that hold only under assumptions, with these in words."""
    found = rows(
        store,
        f"""SELECT ?how ?assumed {{ {beside(one, other)}
            ?node a lc:ConditionalRelation ; lc:relation ?how ; lc:underAssumption/rdfs:label ?assumed }}""",
    )
    return {how: {assumed for h, assumed in found if h == how} for how, _ in found}


def is_compared(store: ox.Store, one: str, other: str) -> bool:
    """Return whether any comparison of any kind sets the positions of two claims side by side."""
    return bool(rows(store, f"SELECT ?node {{ {beside(one, other)} ?node a lc:Comparison }}"))


def support(store: ox.Store, claim: str) -> tuple[int, int] | None:
    """Return the least and the greatest number of independent origins of the position that a claim takes."""
    found = rows(
        store,
        f"""SELECT ?least ?most {{ {named(claim)} lc:takesPosition/lc:support ?support .
            ?support lc:supportMinimum ?least ; lc:supportMaximum ?most }}""",
    )
    assert len(found) <= 1
    return (int(found[0][0]), int(found[0][1])) if found else None


def ledger(store: ox.Store, plan: str) -> list[tuple[str, ...]]:
    """Return what became of the plan that a claim tells of: how, and which claims tell the outcome."""
    return rows(
        store,
        f"""SELECT ?how ?outcome {{ {named(plan)} lc:takesPosition ?plan .
            ?node lc:plannedPosition ?plan ; lc:relation ?how .
            OPTIONAL {{ ?node lc:outcomePosition ?position . ?outcome lc:takesPosition ?position }} }}""",
    )


def lineage(store: ox.Store, one: str, other: str) -> list[tuple[str, ...]]:
    return rows(
        store,
        f"""SELECT ?type {{ ?node lc:lineageType ?type ; lc:left | lc:right {named(one)} , {named(other)}
            FILTER({named(one)} != {named(other)}) }}""",
    )


def question_relation(store: ox.Store, one: str, other: str) -> tuple[str, set[str]] | None:
    """Return whether two Questions (prefixed names) may be compared, and in which dimensions they differ."""
    found = rows(
        store,
        f"""SELECT ?verdict ?dimension {{ ?node a lc:QuestionRelation ; lc:left | lc:right {one} ;
            lc:left | lc:right {other} ; lc:comparability ?verdict ; lc:differsIn ?dimension }}""",
    )
    return (found[0][0], {dimension for _, dimension in found}) if found else None


def sums(store: ox.Store) -> list[tuple[str, ...]]:
    return rows(store, "SELECT ?document ?finding ?gap { ?check lc:document ?document ; "
                       "lc:sumFinding ?finding ; lc:gap ?gap }")  # fmt: skip


# The helper itself.


def test_a_case_is_written_out_as_a_document_would_be() -> None:
    store = asserted_case("attendance")
    assert rows(
        store,
        """SELECT ?gloss ?claimant ?attribution ?modality ?hedge ?granularity ?printed ?document ?role {
             case:news18-headline-54 a lc:Claim ; lc:gloss ?gloss ; lc:claimant/rdfs:label ?claimant ;
               lc:attribution ?attribution ; lc:modality ?modality ; lc:hedge ?hedge ;
               lc:granularity ?granularity ; lc:printedValue ?printed ; lc:evidence ?passage .
             ?passage a lc:Passage ; oa:hasSource ?document ; oa:hasSelector ?where .
             ?segment lc:segmentOf ?document ; lc:segmentRole ?role ; oa:hasSelector ?where }""",
    ) == [
        (
            "news18-headline-54",
            "News18",
            "attribution:author-voice",
            "modality:asserted",
            "hedge:none",
            "1",
            "54",
            "news18",
            "segmentrole:headline",
        )
    ]
    reported = "case:news18-reports-55 lc:claimant actor:marco-rubio"
    assert holds(store, f"{reported} ; lc:attribution attribution:indirect-speech")
    assert not holds(store, "case:news18-reports-55 lc:claimant actor:news18")


@pytest.mark.parametrize("path", sorted((TESTS / "cases").glob("*.ttl")), ids=lambda path: path.stem)
def test_every_claim_of_every_case_is_read(path) -> None:
    """A misspelt word in a case would leave a claim without effect, and a test of absence would pass."""
    store = case(path.stem)
    written = {q.subject for q in rdf.parse(path) if q.predicate.value == CASE + "in"}
    assert written
    for claim in written:
        assert holds(store, f"{claim} lc:document ?d ; lc:foundIn ?r ; lc:tracedTo ?o ; rdfs:label ?l")
        assert holds(store, f"{claim} lc:question/rdfs:label ?q ; lc:takesPosition/rdfs:label ?p") or holds(
            store, f"{claim} lc:about/rdfs:label ?a"
        )


# 1, 2, 3: the money for Project Vault.


def test_private_capital_of_the_vault_is_compatible_under_rounding() -> None:
    """Case 1. Own case; document 003 has the 2 billion, the 1.7 billion is in 001."""
    store = case("vault")
    assert relation(store, "news18-private", "qazinform-private") == "relation:compatible-under-rounding"
    assert position(store, "news18-private") != position(store, "qazinform-private")
    assert support(store, "news18-private") == support(store, "qazinform-private") == (1, 1)


def test_private_capital_of_the_vault_contradicts_as_printed() -> None:
    """Case 1 under the other policy: the strict reading stays within reach."""
    store = case("vault", AS_PRINTED)
    assert relation(store, "news18-private", "qazinform-private") == "relation:contradicts"
    assert holds(store, "?node lc:relation relation:contradicts ; lc:underPolicy policy:as-printed")
    assert not holds(store, "?node lc:underPolicy policy:rounding")


def test_bounds_are_read_by_the_policy_that_is_active() -> None:
    """Case 1: about is 5 per cent by the one policy, half of the last digit by the other."""

    def bounds(policy: str) -> list[tuple[str, ...]]:
        return rows(
            case("vault", policy),
            """SELECT ?low ?high { ?claim lc:takesPosition/lc:bounds ?bounds .
               ?bounds lc:lowerBound ?low ; lc:upperBound ?high .
               VALUES ?claim { case:news18-private case:qazinform-private } }""",
        )

    assert bounds(ROUNDING) == [("1500000000", "2500000000"), ("1615000000", "1785000000")]
    assert bounds(AS_PRINTED) == [("1650000000", "1750000000"), ("2000000000", "2000000000")]


def test_parts_and_whole_of_the_vault_leave_a_gap_in_one_document_and_none_in_the_other() -> None:
    """Case 2. Own case; 001 gives the whole."""
    assert sums(case("vault")) == [
        ("news18", "sum:adds-up-under-rounding", "300000000"),
        ("qazinform", "sum:adds-up", "0"),
    ]


def test_sums_are_worked_out_within_one_currency() -> None:
    """Parts in two currencies, in another than the whole, or in a dollar that is open say no sum."""
    assert sums(case("sums")) == [("qazinform", "sum:adds-up", "0")]


def test_parts_and_whole_of_the_vault_do_not_add_up_as_printed() -> None:
    """Case 2 under the other policy."""
    assert sums(case("vault", AS_PRINTED)) == [
        ("news18", "sum:does-not-add-up", "300000000"),
        ("qazinform", "sum:adds-up", "0"),
    ]


def test_loan_of_three_documents_has_support_one_to_three() -> None:
    """Case 3, with three reports of one modality. Own case."""
    store = case("vault")
    claims = ["news18-loan-made", "qazinform-loan-made", "alliance-loan-made"]
    assert len({position(store, claim) for claim in claims}) == 1
    assert support(store, claims[0]) == (1, 3)


def test_loan_that_is_expected_twice_and_reported_once_is_two_positions() -> None:
    """Case 3, in the modalities that the articles use. Own case; 003 and 004 are documents."""
    store = case("vault")
    assert position(store, "news18-loan") == position(store, "qazinform-loan") != position(store, "alliance-loan")
    assert support(store, "news18-loan") == (1, 2)
    assert support(store, "alliance-loan") == (1, 1)
    assert ledger(store, "news18-loan") == [("outcome:open", "")]
    assert relation(store, "news18-loan", "alliance-loan") == "relation:agrees"


def test_expected_loan_of_the_documents_is_described_and_not_fulfilled_and_adds_no_support(built) -> None:
    """Cases 3 and 13, on the claims of 003 and 004: that a loan backs the reserve reports no payment."""
    plan, outcome = "claim:qazinform-ministerial-vault-loan", "claim:unnamed-alliance-vault-loan"
    assert ledger(built, plan) == [("outcome:open", "")]
    assert relation(built, plan, outcome) == "relation:agrees"
    origins = f"SELECT ?document {{ {outcome} lc:takesPosition/lc:support/lc:premise/lc:outlet ?document }}"
    assert not [row for row in rows(built, origins) if "qazinform" in row[0]]


# 4, 5: how many came.


def test_54_and_55_countries_contradict_and_the_paraphrase_breaks_its_quotation() -> None:
    """Case 4. Own case; of its claims only those of 003 and 004 are in documents."""
    store = case("attendance")
    assert relation(store, "portal-quotes-54", "news18-reports-55") == "relation:contradicts"
    for quoting in ("portal-quotes-54", "news18-quotes-54"):
        assert lineage(store, "news18-reports-55", quoting) == [("lineage:paraphrase-breaks-quotation",)]
    # What the narrator of the same article says is no quotation of that utterance.
    assert lineage(store, "news18-reports-55", "news18-headline-54") == []


def test_countries_and_partners_are_not_compared() -> None:
    """Case 4: 54 countries and 55 partners come from one sentence, which does not contradict itself."""
    store = case("attendance")
    assert not is_compared(store, "portal-quotes-54", "portal-partners")
    assert not is_compared(store, "news18-reports-55", "portal-partners")
    assert question_relation(store, "question:ministerial-country-count", "case:partner-count") == (
        "comparability:not-comparable",
        {"dimension:counting"},
    )


def test_54_countries_of_three_documents_have_support_one_to_two() -> None:
    """Case 4: a headline over the quotation of an utterance is no second origin, another document may be one."""
    store = case("attendance")
    claims = ["portal-quotes-54", "news18-quotes-54", "news18-headline-54", "alliance-54"]
    assert len({position(store, claim) for claim in claims}) == 1
    assert support(store, "alliance-54") == (1, 2)


def test_55_partners_of_two_documents_have_support_of_one_utterance() -> None:
    """Case 4."""
    assert support(case("attendance"), "portal-partners") == (1, 1)


def test_over_50_of_two_documents_is_one_position() -> None:
    store = case("attendance")
    assert position(store, "news18-over-50") == position(store, "qazinform-over-50")
    assert support(store, "news18-over-50") == (1, 2)


def test_a_number_inside_a_stated_bound_refines_it() -> None:
    store = case("attendance")
    assert relation(store, "qazinform-over-50", "alliance-54") == "relation:refines"
    assert relation(store, "qazinform-over-50", "news18-reports-55") == "relation:refines"


def test_agreement_is_not_transitive() -> None:
    """Both 54 and 55 lie within over 50, and contradict one another."""
    store = case("attendance")
    assert relation(store, "alliance-54", "news18-over-50") == relation(store, "news18-reports-55", "news18-over-50")
    assert relation(store, "alliance-54", "news18-reports-55") == "relation:contradicts"


def test_54_refines_over_50_in_the_documents(built) -> None:
    """Case 4, on the claims of 003 and 004."""
    over, exact = "claim:qazinform-ministerial-country-count", "claim:unnamed-alliance-country-count"
    assert position(built, over) == position(built, "claim:qazinform-ministerial-headline-country-count")
    assert relation(built, over, exact) == "relation:refines"


def test_alliance_is_not_compared_with_meeting(built) -> None:
    """Case 5, on the claims of 004: 55 members of an alliance contradict no 54 countries at a meeting."""
    alliance, meeting = "claim:unnamed-alliance-alliance-55", "claim:unnamed-alliance-country-count"
    assert position(built, alliance) != position(built, meeting)
    assert not is_compared(built, alliance, meeting)
    found = question_relation(built, "question:alliance-member-count", "question:ministerial-country-count")
    assert found == ("comparability:not-comparable", {"dimension:measure", "dimension:subject"})


# 6, 17: quotations.


def test_words_moved_to_another_occasion_are_no_contradiction() -> None:
    """Case 6. Own case; 004 has the words at Munich, 000 those at the ministerial."""
    store = case("quotations")
    assert lineage(store, "glamour-at-ministerial", "glamour-at-munich") == [("lineage:words-moved",)]
    assert relation(store, "glamour-at-ministerial", "glamour-at-munich") == "relation:diverges"


def test_words_moved_to_another_occasion_have_one_speaker() -> None:
    """Case 6: two origins, but dependent ones."""
    ties = """SELECT ?origin {
        ?tie lc:tieOf ?origin ; lc:tiedTo actor:marco-rubio ; lc:basis dependence:same-speaker }"""
    assert {origin for (origin,) in rows(case("quotations"), ties)} == {
        "rubio-at-ministerial",
        PREFIXES["utterance"] + "rubio-munich",
    }


def test_quotation_variants_are_told_from_the_same_words() -> None:
    """Case 17. Own case; 000 and 001 have the words."""
    store = case("quotations")
    assert lineage(store, "portal-billions", "news18-billions") == [("lineage:variant-words",)]
    assert lineage(store, "portal-billions", "post-billions") == [("lineage:variant-words",)]
    assert lineage(store, "news18-billions", "post-billions") == [("lineage:same-words",)]
    assert lineage(store, "portal-billions", "glamour-at-ministerial") == []


# 7, 12: dates.


def test_announcement_dates_contradict_only_where_no_day_is_left() -> None:
    """Case 7. Own case; 004 has the later date."""
    store = case("dates")
    assert relation(store, "portal-monday", "alliance-subsequently") == "relation:contradicts"
    assert relation(store, "portal-monday", "news18-before") == "relation:refines"


def test_from_a_day_on_does_not_contradict_until_that_day() -> None:
    """Case 7: the fourth of February is left to both."""
    assert relation(case("dates"), "news18-before", "alliance-subsequently") == "relation:not-excluded"


def test_month_refines_the_year_that_was_inferred() -> None:
    """Case 12. Own case; 000 and 002 have the dates."""
    store = case("dates")
    assert relation(store, "portal-last-year", "azad-december") == "relation:refines"
    assert holds(store, "case:portal-last-year lc:inferredFrom ?basis")


def test_date_without_a_day_is_related_to_none() -> None:
    store = case("dates")
    assert relation(store, "qazinform-recently", "azad-december") is None
    assert relation(store, "qazinform-recently", "portal-last-year") is None


# 8, 9, 10, 11: China's shares.


def test_measure_slip_of_60_per_cent_is_an_alarm(built) -> None:
    """Case 8, on the claims of 003 (reserves) and 004 (production)."""
    reserves = "claim:qazinform-ministerial-china-reserves-share"
    production = "claim:unnamed-alliance-china-production-share"
    assert rows(built, f"SELECT ?type {{ {beside(reserves, production)} ?node a ?type }}") == [("MeasureSlip",)]
    assert question_relation(
        built, "question:china-rare-earth-reserves-share", "question:china-niche-metals-production-share"
    ) == ("comparability:not-comparable", {"dimension:stage", "dimension:scope"})


def test_same_number_of_another_subject_is_no_measure_slip() -> None:
    """Case 8, the control: 47 per cent of three minerals, each its own subject."""
    assert not holds(case("energy-agency"), "?slip a lc:MeasureSlip")


def test_processing_shares_exclude_one_another_only_under_assumptions() -> None:
    """Case 9. Own case; 003 and 004 are documents, the range is in 001."""
    store = case("shares")
    assert relation(store, "news18-47-to-87", "qazinform-90") == "relation:not-excluded"
    assert relation(store, "news18-47-to-87", "alliance-over-90") is None
    assumed = {"capacity base is the same as output base", "niche metals is the same as rare-earth elements"}
    assert conditional(store, "news18-47-to-87", "alliance-over-90") == {"relation:contradicts": assumed}
    assert conditional(store, "qazinform-90", "alliance-over-90") == {"relation:not-excluded": assumed}


def test_processing_shares_contradict_as_printed() -> None:
    """Case 9 under the other policy: 90 without 5 per cent around it lies outside 47 to 87, and meets over 90."""
    store = case("shares", AS_PRINTED)
    assert relation(store, "news18-47-to-87", "qazinform-90") == "relation:contradicts"
    assert set(conditional(store, "news18-47-to-87", "alliance-over-90")) == {"relation:contradicts"}
    assert set(conditional(store, "qazinform-90", "alliance-over-90")) == {"relation:not-excluded"}


def test_processing_shares_of_the_documents_are_related_only_under_assumptions(built) -> None:
    """Case 9, on the claims of 003 and 004."""
    one, other = "claim:qazinform-ministerial-china-processing-share", "claim:unnamed-alliance-china-processing-share"
    assert relation(built, one, other) is None
    assert set(conditional(built, one, other)) == {"relation:not-excluded"}


def test_average_share_is_never_compared() -> None:
    """Case 10. Own case; 002 has the average."""
    store = case("shares")
    for single in ("news18-47-to-87", "qazinform-90", "alliance-over-90"):
        assert not is_compared(store, "azad-average-70", single)
    verdict, dimensions = question_relation(store, "case:average", "question:china-rare-earth-processing-share")
    assert verdict == "comparability:not-comparable"
    assert "dimension:measure" in dimensions


def test_unnamed_energy_agency_stays_possibly_same() -> None:
    """Case 11. Own case; 001 has the agency."""
    store = case("energy-agency")
    agency, known = "actor:energy-agency", "actor:international-energy-agency"
    assert holds(store, f"{agency} lc:possiblySameAs {known}")
    assert not holds(store, f"{agency} owl:sameAs ?other")
    assert not holds(store, f"?origin lc:tiedTo {agency} , {known}")
    assert not holds(store, f"{agency} build:linkedWith+ {known}")


def test_unnamed_energy_agency_is_neither_dependent_nor_independent() -> None:
    """Case 11: who it is would decide; a named one beside a company without ties is independent of it."""
    store = case("energy-agency")
    assert support(store, "agency-of-copper") == (1, 2)
    assert support(store, "agency-of-lithium") == (1, 2)
    assert support(store, "named-agency-of-cobalt") == (2, 2)


# 13: plans.


def test_plan_is_fulfilled_and_does_not_count_as_support() -> None:
    """Case 13. Own case; 004 has the outcome of the frameworks, 003 the plan for Vance."""
    store = case("plans")
    assert ledger(store, "portal-will-sign") == [("outcome:fulfilled", "alliance-signed")]
    assert relation(store, "portal-will-sign", "alliance-signed") is None
    assert position(store, "portal-will-sign") == position(store, "news18-will-sign")
    assert support(store, "portal-will-sign") == (1, 1)
    assert support(store, "alliance-signed") == (1, 1)


def test_announced_speaker_who_spoke_fulfils_the_plan() -> None:
    """Case 13."""
    store = case("plans")
    assert ledger(store, "azad-vance-will-speak") == [("outcome:fulfilled", "portal-vance-spoke")]
    assert support(store, "azad-vance-will-speak") == (1, 2)
    assert support(store, "portal-vance-spoke") == (1, 1)


def test_announced_meeting_that_was_held_that_day_fulfils_the_plan() -> None:
    """Case 13."""
    assert ledger(case("plans"), "azad-will-meet") == [("outcome:fulfilled", "news18-met")]


def test_plan_with_another_outcome_is_not_met_and_one_without_stays_open() -> None:
    store = case("plans")
    assert ledger(store, "azad-will-open") == [("outcome:not-met", "alliance-opened")]
    assert relation(store, "azad-will-open", "alliance-opened") is None
    assert ledger(store, "news18-april") == [("outcome:open", "")]


def test_plan_is_neither_met_nor_missed_by_what_reports_no_occurrence() -> None:
    """A later text with another sum describes the plan otherwise: that is not to say what came about."""
    store = case("plans")
    assert ledger(store, "azad-will-invest") == [("outcome:open", "")]
    assert relation(store, "azad-will-invest", "alliance-invested") is None


def test_what_is_intended_is_a_plan_and_has_no_settled_members_or_contents(built) -> None:
    """The alliance of 004, and the reserve that Project Vault is to create; on the claims of the documents."""
    for plan in ("claim:unnamed-alliance-alliance-status", "claim:news18-ministerial-vault-creates-reserve"):
        assert ledger(built, plan) == [("outcome:open", "")], plan
    members = "initiative:55-country-alliance lc:hasMember ?any"
    contents = "reserve:us-strategic-critical-minerals-reserve lc:stores ?any"
    assert not holds(built, members)
    assert not holds(built, contents)
    assert holds(built, "reserve:japanese-rare-earth-stockpile lc:stores ?any")


def test_agreement_that_was_planned_and_reported_has_the_status_reported() -> None:
    """Case 13, in the settled view."""
    status = rows(case("plans"), "SELECT ?status { agreement:ministerial-frameworks lc:hasStatus ?status }")
    assert status == [("occurrence:reported",)]


def test_plan_is_fulfilled_only_by_an_outcome_that_lies_within_it() -> None:
    """A plan for over 40 is met by over 50; whether one for just 54 was met, over 50 does not tell."""
    store = case("denials")
    assert ledger(store, "plans-over-40") == [("outcome:fulfilled", "counts-over-50")]
    assert ledger(store, "plans-54") == [("outcome:open", "")]


# Denials.


def test_denial_contradicts_the_same_answer_and_those_within_it() -> None:
    store = case("denials")
    assert relation(store, "denies-54", "gives-54") == "relation:contradicts"
    assert relation(store, "denies-over-50", "gives-over-50") == "relation:contradicts"
    assert relation(store, "denies-over-50", "gives-54") == "relation:contradicts"


def test_denial_of_a_number_does_not_contradict_a_bound_around_it() -> None:
    """That they were not 54 leaves 52, which are over 50 too."""
    assert relation(case("denials"), "denies-54", "gives-over-50") is None


# 14: stances.


def test_stances_are_in_tension() -> None:
    """Case 14. Own case; 003 has the caution."""
    store = case("stances")
    assert relation(store, "azad-offers", "qazinform-cautious") == "relation:tension"


def test_stances_contradict_only_at_the_ends_of_the_scale() -> None:
    store = case("stances")
    assert relation(store, "azad-offers", "alliance-opposed") == "relation:contradicts"
    assert relation(store, "qazinform-cautious", "alliance-opposed") == "relation:not-excluded"
    assert relation(store, "news18-neutral", "alliance-opposed") == "relation:not-excluded"


def test_stances_on_two_instruments_are_in_tension_only_if_these_are_one() -> None:
    """Case 14, had the texts been read as price guarantees here and a minimum price there."""
    store = case("stances")
    assert relation(store, "azad-offers-minimum", "qazinform-cautious") is None
    (assumption,) = conditional(store, "azad-offers-minimum", "qazinform-cautious").pop("relation:tension")
    assert "price guarantees" in assumption
    assert "minimum price" in assumption


# 15: currencies.


def test_unknown_currency_is_compared_only_under_assumption() -> None:
    """Case 15. Own case; 003 has the amount."""
    store = case("currencies")
    unknown, american, australian = "qazinform-dollars", "azad-us-dollars", "news18-australian-dollars"
    assert relation(store, unknown, american) is None
    assert relation(store, unknown, australian) is None
    assert conditional(store, unknown, american) == {
        "relation:contradicts": {"the unspecified dollar is the United States dollar"}
    }
    assert conditional(store, unknown, australian) == {
        "relation:agrees": {"the unspecified dollar is the Australian dollar"}
    }


def test_two_currencies_or_two_unknown_ones_are_never_compared() -> None:
    """Case 15."""
    store = case("currencies")
    assert not is_compared(store, "azad-us-dollars", "news18-australian-dollars")
    assert not is_compared(store, "qazinform-dollars", "alliance-dollars")


def test_unknown_currency_of_the_documents_is_in_no_relation(built) -> None:
    """Case 15, on the claim of 003."""
    claim = "claim:qazinform-ministerial-australia-reserve-size"
    assert holds(built, f"{claim} lc:takesPosition/lc:currency currency:unspecified-dollar")
    assert not holds(built, f"{claim} lc:takesPosition ?p . ?r a lc:PositionRelation ; lc:left | lc:right ?p")


# 16: reader comments.


def test_reader_comments_count_for_nothing() -> None:
    """Case 16. Own case; 000 has comments."""
    store = case("readers")
    assert position(store, "reader-of-60") == position(store, "qazinform-60")
    assert support(store, "qazinform-60") == (1, 1)
    assert support(store, "reader-of-20") is None


def test_reader_comments_are_compared_with_nothing() -> None:
    """Case 16, with the control that documents are."""
    store = case("readers")
    assert relation(store, "qazinform-60", "alliance-40") == "relation:contradicts"
    assert not is_compared(store, "reader-of-20", "qazinform-60")
    assert not is_compared(store, "reader-of-20", "alliance-40")


# 18: scope drift.


def test_scope_drift_within_one_document_is_a_refusal() -> None:
    """Case 18. Own case; 000 has both claims."""
    store = case("scopes")
    questions = ("case:critical-minerals-dominant-actor", "question:rare-earths-dominant-actor")
    assert question_relation(store, *questions) == ("comparability:not-comparable", {"dimension:scope"})
    assert not is_compared(store, "summary-of-dominance", "text-of-dominance")
    drift = """SELECT ?one ?other {
      ?near a lc:QuestionRelation ; lc:differsIn dimension:scope ; lc:left ?left ; lc:right ?right .
      ?one lc:question ?left ; lc:document ?document .
      ?other lc:question ?right ; lc:document ?document }"""
    assert [set(row) for row in rows(store, drift)] == [{"summary-of-dominance", "text-of-dominance"}]


# 19: notices.


def test_shared_notice_is_one_origin() -> None:
    """Case 19. Own case; 000 cites the notice, 003 a statement of the same department."""
    store = case("notices")
    assert support(store, "portal-cites-notice") == (1, 1)
    assert rows(store, "SELECT ?origin { case:azad-cites-notice lc:tracedTo ?origin }") == [("notice",)]


def test_two_statements_of_one_department_are_dependent() -> None:
    """Case 19: an office and the department that it is an organ of."""
    assert support(case("notices"), "azad-cites-notice-of-two") == (1, 1)


def test_notice_and_the_voice_of_an_outlet_are_undetermined() -> None:
    """Case 19."""
    assert support(case("notices"), "alliance-of-cho") == (1, 2)


# 20: numbers of one source.


def test_patents_count_and_share_are_not_compared(built) -> None:
    """Case 20, on the claims of 003 (thousands) and 004 (nearly half)."""
    count, share = "claim:qazinform-ministerial-china-patent-count", "claim:unnamed-alliance-china-patent-share"
    assert not is_compared(built, count, share)
    assert support(built, count) == support(built, share) == (1, 1)


def test_counts_of_imported_minerals_differ_in_what_is_counted(built) -> None:
    """Case 20, on the claims of 003: 12 wholly imported minerals and 29 others are no disagreement."""
    twelve, others = "claim:qazinform-ministerial-wholly-imported", "claim:qazinform-ministerial-half-imported"
    assert not is_compared(built, twelve, others)
    assert question_relation(built, "question:us-wholly-imported-minerals", "question:us-half-imported-minerals") == (
        "comparability:not-comparable",
        {"dimension:counting"},
    )


def test_rank_of_australian_reserves_is_an_ordinal_of_one_source(built) -> None:
    """Case 20, on the claim of 003."""
    claim = "claim:qazinform-ministerial-australia-rank"
    assert support(built, claim) == (1, 1)
    assert holds(built, f"{claim} lc:valueKind kind:rank ; lc:faceValue 4")
    assert not holds(built, f"{claim} lc:takesPosition ?p . ?r a lc:PositionRelation ; lc:left | lc:right ?p")


# Support: an interval of independent origins.


@pytest.mark.parametrize(
    ("claim", "expected"),
    [
        ("rubio-of-copper", (1, 1)),  # two officials of one state
        ("rubio-of-nickel", (1, 1)),  # one speaker on two occasions
        ("rubio-of-lithium", (2, 2)),  # an official and a named company without ties to his state
        ("azad-of-cobalt", (1, 2)),  # two outlets for themselves
        ("copy-of-nickel", (1, 1)),  # two documents that share text
        ("client-of-graphite", (1, 1)),  # two documents that credit one agency
        ("portal-of-silicon", (1, 1)),  # one utterance in three documents
    ],
)
def test_support_of_origins(claim, expected) -> None:
    assert support(case("origins"), claim) == expected


def test_officials_of_one_state_are_tied_by_its_bodies() -> None:
    assert holds(
        case("origins"),
        "?tie lc:tieOf case:vance-at-ministerial ; lc:tiedTo state:usa ; lc:basis dependence:same-body",
    )
    assert not holds(
        case("origins"), "case:rubio-of-lithium lc:tracedTo/lc:tiedTo/^lc:tiedTo/^lc:tracedTo case:company-of-lithium"
    )


def test_a_document_that_says_something_else_makes_no_two_origins_dependent() -> None:
    """Nothing proves two documents with an agency each dependent: that a third credits both is no such proof."""
    assert support(case("bridges"), "first-of-cobalt") == (1, 2)


def test_why_of_a_relation_of_a_case_ends_in_its_claims() -> None:
    store = case("attendance")
    ((node,),) = rows(
        store, f"SELECT ?node {{ {beside('alliance-54', 'news18-reports-55')} ?node a lc:PositionRelation }}"
    )
    lines = "\n".join(explain.why(store, node).lines())
    assert "Marco Rubio, indirect speech: news18-reports-55 (55) — news18, characters 0–100" in lines


# Support, once more: against a count by hand of random cases.

NAMED = 'a lc:Person ; rdfs:label "someone"'
UNNAMED = 'a lc:UnnamedGroup ; rdfs:label "some"'


class _Origins:
    """A random Question that one or more documents answer alike, as Turtle, and what is behind each answer."""

    def __init__(self, key: str, dice: random.Random) -> None:
        self.key = key
        self.dice = dice
        self.turtle = [
            f"case:{key} a lc:Question ; lc:about case:{key}-subject ; lc:measure measure:world-rank ; "
            "lc:admitsOneAnswer true ; lc:valueKind kind:rank ; "
            f'lc:topic topic:rare-earth-reserves ; rdfs:label "{key}" .'
        ]
        self.hubs: dict[str, set[str]] = {}
        """Of each origin, whatever it shares with others that depend on the same."""
        self.is_named: dict[str, bool] = {}
        self.documents: list[tuple[str, set[str], str]] = []
        self.credited: dict[str, set[str]] = {}
        """The origins that a document credits with the answer."""
        self.claims: list[set[str]] = []
        """What each claim goes back to, as far as it says so itself."""
        self.all_named = dice.random() < 0.4
        kinds = [self.utterance, self.report, self.speech]
        for number in range(dice.randint(1, 6)):
            dice.choice(kinds if self.all_named else [*kinds, self.narrator])(number)

    def some(self, kind: str, most: int, of: int) -> list[str]:
        count = self.dice.randint(0, most)
        return [f"{kind}{n}" for n in self.dice.sample(range(of), count)]

    def speaker(self) -> tuple[str, set[str], bool]:
        """Return somebody, what ties them to others, and whether they have a name."""
        number = self.dice.randint(0, 4 if self.all_named else 6)
        is_named = number < 5
        name = f"speaker{number}"
        # Speakers 1 and 2 belong to one body, 3 to another.
        bodies = {1: ["body0"], 2: ["body0"], 3: ["body1"]}.get(number, [])
        belongs = "".join(f" ; lc:affiliatedWith {self.iri(body)}" for body in bodies)
        self.turtle.append(f"{self.iri(name)} {NAMED if is_named else UNNAMED}{belongs} .")
        self.turtle += [f'{self.iri(body)} a lc:GovernmentBody ; rdfs:label "a body" .' for body in bodies]
        return name, {name, *bodies}, is_named

    def iri(self, name: str) -> str:
        return f"case:{self.key}-{name}"

    def document(self) -> tuple[str, set[str], str]:
        """Return a document, its agencies and the texts it shares, and its outlet; mostly a new one."""
        if self.documents and self.dice.random() < 0.3:
            return self.dice.choice(self.documents)
        name, outlet = f"document{len(self.documents)}", f"outlet{self.dice.randint(0, 3)}"
        agencies, texts = self.some("agency", 1, 2), self.some("text", 1, 2)
        self.turtle.append(f"{self.iri(name)} a lc:Document ; lc:outlet {self.iri(outlet)} .")
        self.turtle.append(f'{self.iri(outlet)} a lc:Outlet ; rdfs:label "an outlet" .')
        for agency in agencies:
            self.turtle.append(f"{self.iri(name)} lc:creditsAgency {self.iri(agency)} .")
            self.turtle.append(f'{self.iri(agency)} a lc:NewsAgency ; rdfs:label "an agency" .')
        for text in texts:
            self.turtle.append(f"{self.iri(text)} a lc:TextReuse ; lc:comparesDocument {self.iri(name)} .")
        self.documents.append((name, {*agencies, *texts}, outlet))
        return self.documents[-1]

    def claim(self, number: int, document: str, origin: str, how: str = "") -> None:
        if how:
            self.credited.setdefault(document, set()).add(origin)
        self.claims.append({origin})
        self.turtle.append(
            f"{self.iri(f'claim{number}')} case:in {self.iri(document)} ; lc:question case:{self.key} ; "
            f"lc:faceValue 3{how} ."
        )

    def origin(self, name: str, hubs: set[str], is_named: bool) -> None:
        self.hubs.setdefault(name, set()).update(hubs)
        self.is_named[name] = is_named

    def narrator(self, number: int) -> None:
        document, hubs, outlet = self.document()
        self.claim(number, document, document)
        self.origin(document, {*hubs, outlet}, False)

    def speech(self, number: int) -> None:
        document, _, _ = self.document()
        speaker, ties, is_named = self.speaker()
        self.claim(number, document, f"{document} {speaker}", f" ; lc:claimant {self.iri(speaker)}")
        self.origin(f"{document} {speaker}", ties, is_named)

    def utterance(self, number: int) -> None:
        document, _, _ = self.document()
        speaker, ties, is_named = self.speaker()
        words = f"{speaker}-words{self.dice.randint(0, 1)}"
        self.turtle.append(f"{self.iri(words)} a lc:Utterance ; lc:speaker {self.iri(speaker)} .")
        self.claim(number, document, words, f" ; lc:claimant {self.iri(speaker)} ; lc:utterance {self.iri(words)}")
        self.origin(words, ties, is_named)

    def report(self, number: int) -> None:
        document, _, _ = self.document()
        issuer, ties, is_named = self.speaker()
        if not self.all_named and self.dice.random() < 0.3:
            report, ties, is_named = f"report-of-nobody{self.dice.randint(0, 1)}", set(), False
        else:
            report = f"report-of-{issuer}"
            self.turtle.append(f"{self.iri(report)} lc:issuedBy {self.iri(issuer)} .")
        self.turtle.append(f"{self.iri(report)} a lc:CitedSource .")
        self.claim(number, document, report, f" ; lc:citedSource {self.iri(report)}")
        self.origin(report, ties, is_named)

    def interval(self) -> tuple[int, int]:
        """The definition: components of claims when all not proven independent is merged, and over proven dependence.

        What a document says for itself goes back to it, and besides to whom it credits with the same. Where these are
        several, it goes back to one of them that is not known: it is no origin of its own, and ties them to nobody.
        """
        behind = [
            claim | self.credited.get(origin, set()) if origin not in self.of_others else claim
            for claim in self.claims
            for origin in claim
        ]
        behind = [origins for origins in behind if len(origins - self.outlets_documents) <= 1]
        hubs = [set().union(*({origin, *self.hubs[origin]} for origin in origins)) for origins in behind]
        named = [any(self.is_named[origin] for origin in origins) for origins in behind]
        nodes = range(len(behind))
        pairs = list(itertools.combinations(nodes, 2))
        dependent = {pair for pair in pairs if hubs[pair[0]] & hubs[pair[1]]}
        independent = {(a, b) for a, b in pairs if named[a] and named[b] and (a, b) not in dependent}
        merged = [(str(a), str(b)) for a, b in pairs if (a, b) not in independent]
        tied = [(str(a), str(b)) for a, b in dependent]
        return components(map(str, nodes), merged), components(map(str, nodes), tied)

    @property
    def outlets_documents(self) -> set[str]:
        return {name for name, _, _ in self.documents}

    @property
    def of_others(self) -> set[str]:
        return self.hubs.keys() - self.outlets_documents


def components(nodes: Iterable[str], edges: list[tuple[str, str]]) -> int:
    group = {node: {node} for node in nodes}
    for one, other in edges:
        merged = group[one] | group[other]
        for node in merged:
            group[node] = merged
    return len({id(members) for members in group.values()})


def test_components_are_counted() -> None:
    assert components("abcde", [("a", "b"), ("b", "c"), ("d", "e")]) == 2
    assert components("abc", []) == 3


@pytest.mark.slow
def test_support_equals_a_count_by_hand_of_random_cases() -> None:
    dice = random.Random(2026)
    drawn = [_Origins(f"random{n}", dice) for n in range(200)]
    store = copy_of(background())
    prefixes = "".join(f"@prefix {prefix}: <{iri}> .\n" for prefix, iri in KNOWN.items())
    turtle = prefixes + "\n".join(line for one in drawn for line in one.turtle)
    for quad in ox.parse(turtle, format=ox.RdfFormat.TURTLE):
        store.add(ox.Quad(quad.subject, quad.predicate, quad.object, ox.NamedNode(GRAPHS + "documents/case")))
    complete(store)
    derived = derive(store)
    expected = {one.key: one.interval() for one in drawn}
    assert {one.key: support(derived, f"{one.key}-claim0") for one in drawn} == expected
    # The draw is worth something: every small interval occurs.
    assert {(1, 1), (1, 2), (1, 3), (1, 4), (2, 2), (3, 3)} <= set(expected.values())
