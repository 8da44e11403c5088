"""Comparing what documents say: the library, the command, and that whatever is derived can tell why."""

from __future__ import annotations

import json
from pathlib import Path

import pyoxigraph as ox
import pytest
from click.testing import CliRunner, Result

from lodeclaim import build, compare, graph, reports, resources
from lodeclaim.cli import main
from lodeclaim.endpoint.errors import UsageError
from lodeclaim.namespaces import LC, PREFIXES
from lodeclaim.reasoning import explain, rules
from support.cases import case, derive
from support.graphs import copy_of
from support.paths import ROOT, TESTS

EXTRA = TESTS / "fixtures" / "extra"
COUNT = "question:ministerial-country-count"
NICHE = "question:china-niche-metals-processing-capacity-share"
RARE = "question:china-rare-earth-processing-share"
VAULT = "question:project-vault-announcer"


def iri(name: str) -> str:
    prefix, _, local = name.partition(":")
    return PREFIXES[prefix] + local


def values(store: ox.Store, query: str) -> set[str]:
    """Return the values of the one variable of a SELECT."""
    return {row[0].value for row in store.query(query, prefixes=PREFIXES, use_default_graph_as_union=True)}


@pytest.fixture(scope="module")
def graph_file(built, tmp_path_factory) -> Path:
    """The graph of the project as it is now, written."""
    path = tmp_path_factory.mktemp("graph") / "project.trig"
    path.write_bytes(graph.to_trig(built))
    return path


@pytest.fixture(scope="module")
def everything() -> ox.Store:
    """The graph of the project and a user's folder."""
    return build.derive(resources.find((EXTRA,)))


def lodeclaim(*arguments: object) -> Result:
    result = CliRunner().invoke(main, [str(a) for a in arguments])
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def says(*arguments: object) -> str:
    result = lodeclaim(*arguments)
    assert result.exit_code == 0, result.output
    return result.stdout


# Finding Questions.


@pytest.mark.parametrize("wanted", ["ministerial-country-count", COUNT, iri(COUNT)])
def test_find_takes_a_key_a_prefixed_name_and_an_iri(built, wanted) -> None:
    assert compare.find(built, wanted) == [iri(COUNT)]


@pytest.mark.parametrize("wanted", ["china-processing-share", "topic:china-processing-share",
                                    "China's share of processing", "china's SHARE of processing"])  # fmt: skip
def test_find_takes_a_topic_for_its_questions(built, wanted) -> None:
    found = set(compare.find(built, wanted))
    assert {iri(NICHE), iri(RARE)} <= found
    assert found == values(built, "SELECT ?q { ?q a lc:Question ; lc:topic topic:china-processing-share }")


def test_find_takes_words_in_any_order_and_case(built) -> None:
    found = compare.find(built, "PROCESS china rare")
    assert iri(RARE) in found
    labels = values(built, "SELECT ?l { ?q rdfs:label ?l . VALUES ?q { " + " ".join(f"<{q}>" for q in found) + " } }")
    assert labels
    assert all(word in label.lower() for label in labels for word in ("process", "china", "rare"))


def test_find_of_nothing_takes_the_questions_with_several_answers(built) -> None:
    several = "SELECT ?q { ?p lc:positionOn ?q } GROUP BY ?q HAVING (COUNT(DISTINCT ?p) > 1)"
    found = compare.find(built, None)
    assert set(found) == values(built, several)
    assert len(found) == len(set(found))
    assert iri(COUNT) in found
    assert iri(VAULT) not in found, "it has one answer"


@pytest.mark.parametrize("wanted", ["zinc", "question:ministerial", "", "  ", "?!"])
def test_find_of_what_is_unknown_is_wrong_use(built, graph_file, wanted) -> None:
    with pytest.raises(UsageError, match="no Question"):
        compare.find(built, wanted)
    result = lodeclaim("compare", wanted, "--graph", graph_file)
    assert (result.exit_code, result.stdout) == (2, "")
    assert "no Question" in result.stderr


# The report.


def test_report_gives_each_answer_with_who_where_and_how_well_supported(built) -> None:
    # The portal and News18 carry one agency's text; Qazinform and the alliance article each say it for themselves.
    (answer,) = compare.report(built, iri(VAULT)).answers
    assert answer.answers == ("Donald Trump",)
    assert (answer.minimum, answer.maximum, answer.support) == (1, 3, "1 to 3 independent origins")
    assert {"Qazinform News Agency", "unnamed outlet of the alliance article"} <= {
        giver.who for giver in answer.givers
    }
    assert set(answer.claims) >= {
        iri("claim:qazinform-ministerial-vault-announcer"),
        iri("claim:unnamed-alliance-vault-announcer"),
    }
    assert answer.modality == "factual"


def test_each_giver_stands_beside_the_document_and_the_words_of_its_claim(built, graph_file) -> None:
    triples = """SELECT ?c ?w ?d ?a { ?c lc:claimant/rdfs:label ?w ; lc:document/rdfs:label ?d ; lc:answer ?a }"""
    rows = built.query(triples, prefixes=PREFIXES, use_default_graph_as_union=True)
    true = {row["c"].value: (row["w"].value, row["d"].value, row["a"].value) for row in rows}
    for question in compare.find(built, None):
        for answer in compare.report(built, question).answers:
            for giver in answer.givers:
                assert {true[c] for c in giver.claims} == {(giver.who, giver.document, giver.printed)}
    line = next(line for line in says("compare", COUNT, "--graph", graph_file).splitlines() if "Office of" in line)
    assert line.rstrip().endswith("  Portal with ANI copy and reader comments on the ministerial")


def test_the_narrower_answer_refines_the_wider(built, graph_file) -> None:
    text = says("compare", COUNT, "--graph", graph_file)
    assert "  over 50 (factual) refines at least 50 (factual)\n" in text
    assert "  55 (factual) refines over 50 (factual)\n" in text
    assert "at least 50 (factual) refines" not in text
    refining = [r for r in compare.report(built, iri(COUNT)).relations if r.refines]
    assert all("at least 50" not in relation.left for relation in refining)


def test_report_gives_relations_refusals_plans_and_alarms(built) -> None:
    assert "refines" in {r.finding for r in compare.report(built, iri(COUNT)).relations}
    shares = compare.report(built, iri("question:china-rare-earth-reserves-share"))
    assert "measure slip" in {alarm.kind for alarm in shares.alarms}
    assert any(r.verdict == "not comparable" and "stage dimension" in r.dimensions for r in shares.refusals)
    loan = compare.report(built, iri("question:project-vault-loan"))
    assert {plan.finding for plan in loan.plans} == {"still open"}, (
        "a loan that is described is not one that was paid"
    )
    assert [r.finding for r in loan.relations] == ["agrees"]
    opening = compare.report(built, iri("question:ministerial-opening-speakers"))
    assert "fulfils" in {plan.finding for plan in opening.plans}
    assert not [r for r in opening.relations if "prospective" in r.left + r.right], "a plan is in no relation"


def test_conditional_relation_is_reported_with_its_assumptions(built) -> None:
    (relation,) = [
        r for r in compare.report(built, iri(NICHE)).relations if "over 90" in r.left and "about 90" in r.right
    ]
    assert relation.finding == "not excluded"
    assert {words for _, words in relation.assumptions} == {
        "capacity base is the same as output base",
        "niche metals is the same as rare-earth elements",
    }


# The command.


def test_compare_prints_the_answers_with_their_support(graph_file) -> None:
    text = says("compare", COUNT, "--graph", graph_file)
    line = next(line for line in text.splitlines() if "54 countries" in line and "factual" in line)
    assert "1 to 2 independent origins" in line
    assert "Marco Rubio" in line
    assert "unnamed outlet of the alliance article" in text
    assert "54 (factual) refines over 50 (factual)" in text


def test_compare_as_json_tells_what_the_text_tells(graph_file) -> None:
    counted = 0
    for wanted in ("ministerial-attendance", "china-processing-share", "strategic-reserves"):
        text = says("compare", wanted, "--graph", graph_file)
        found = json.loads(says("compare", wanted, "--graph", graph_file, "--json"))
        assert found
        for report in found:
            assert report["label"] in text
            for answer in report["answers"]:
                for giver in answer["givers"]:
                    told = (giver["printed"], answer["modality"], answer["support"], giver["who"], giver["document"])
                    assert any(all(part in line for part in told) for line in text.splitlines()), told
        said = [line.strip() for line in text.splitlines() if line.startswith("  ")]
        for kind, key in (("plan ", "plans"), ("alarm, ", "alarms")):
            assert sum(line.startswith(kind) for line in said) == sum(len(report[key]) for report in found)
        related = sum(len(report["relations"]) for report in found)
        told = [line for line in said if not line.startswith(("plan ", "alarm, ")) and "(differs in " not in line]
        assert sum(" | " in line or " refines " in line for line in told) == related
        refused = sum(len(report["refusals"]) for report in found)
        assert sum("(differs in " in line for line in said) == refused
        counted += min(related, refused)
    assert counted, "a topic with both"


def test_compare_of_nothing_prints_only_questions_with_several_answers(graph_file) -> None:
    found = json.loads(says("compare", "--graph", graph_file, "--json"))
    assert iri(COUNT) in {report["question"] for report in found}
    assert all(len(report["answers"]) > 1 for report in found)


def test_why_prints_rule_policy_and_passages(graph_file) -> None:
    plain = says("compare", COUNT, "--graph", graph_file)
    text = says("compare", COUNT, "--graph", graph_file, "--why")
    assert "[relations between positions, policy rounding]" in text
    assert "[positions on numbers]" in text
    assert "Unnamed outlet on a 55-country alliance, characters 1306–1318" in text
    assert "narrator voice: Fifty-four countries were represented at the ministerial. (54 countries)" in text
    assert "by the policy rounding" in text
    assert "characters" not in plain
    assert set(plain.splitlines()) <= set(text.splitlines()), "why only adds"


def test_sum_that_adds_up_and_words_that_agree_are_no_alarm(built, graph_file) -> None:
    """2 and 10 billion dollars are the 12 of the whole; and the same words of Rubio stand in two articles."""
    assert values(built, "SELECT ?n { ?n a lc:SumCheck ; lc:sumFinding sum:adds-up }")
    assert values(built, "SELECT ?n { ?n lc:lineageType lineage:same-words }")
    assert "sum check" not in says("compare", "project-vault-loan", "--graph", graph_file)
    assert "quotation lineage: same words" not in says("compare", "--graph", graph_file)
    # As printed, News18's 1.7 and 10 billion are not 12.
    strict = compare.report(case("vault", iri("policy:as-printed")), iri("question:project-vault-loan"))
    assert ["does not add up" in alarm.text for alarm in strict.alarms if alarm.kind == "sum check"] == [True]


def test_assume_turns_only_if_into_given_that(graph_file) -> None:
    command = ("compare", NICHE, "--graph", graph_file)
    relation = "not excluded: over 90 % (factual) | about 90 % (factual)"
    assumed = ("capacity base is the same as output base", "niche metals is the same as rare-earth elements")

    def line(*assume: str) -> str:
        return next(line for line in says(*command, *assume).splitlines() if relation in line)

    assert " — only if " in line()
    assert all(words in line() for words in assumed)
    # With one of the two shared, it still depends on the other.
    assert line("--assume", "niche metals is the same as rare").endswith(f" — only if {assumed[0]}")
    both = line("--assume", "niche metals is the same as rare", "--assume", "capacity base")
    assert " — only if " not in both
    assert " — given that " in both
    assert all(words in both for words in assumed)


def test_assumption_that_nobody_makes_is_wrong_use(graph_file) -> None:
    result = lodeclaim("compare", NICHE, "--graph", graph_file, "--assume", "the moon is made of cobalt")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "niche metals is the same as rare-earth elements" in result.stderr, "it says what is known"


# Withdrawing.


def test_without_a_document_its_answers_and_relations_fall(graph_file, built) -> None:
    found = json.loads(says("compare", "--graph", graph_file, "--without", "unnamed-alliance", "--json"))
    changes = {(c["kind"], c["node"]): (c["before"], c["after"]) for c in found}
    claim = "claim:unnamed-alliance-country-count"
    (position,) = values(built, f"SELECT ?p {{ {claim} lc:takesPosition ?p }}")
    assert changes["position", position][1] != changes["position", position][0]
    (announcer,) = values(built, f"SELECT ?p {{ ?p lc:positionOn {VAULT} }}")
    assert changes["position", announcer] == ("1 to 3 independent origins", "1 to 2 independent origins")
    niche = [said for (kind, node), said in changes.items() if kind == "conditional relation" and "niche" in node]
    assert ("not excluded", None) in niche


def test_without_keeps_to_the_questions_wanted(graph_file) -> None:
    text = says("compare", VAULT, "--graph", graph_file, "--without", "document:unnamed-alliance")
    header, line = text.splitlines()
    assert header.split() == ["what", "which", "before", "after"]
    assert line.strip().startswith("position  Donald Trump (factual): Who announced Project Vault?")
    assert line.strip().endswith("1 to 3 independent origins  1 to 2 independent origins")


def test_without_what_says_nothing_on_the_question_nothing_changes(graph_file) -> None:
    command = ("compare", VAULT, "--graph", graph_file, "--without", "document:azad-hind-preview")
    assert says(*command).strip() == "Nothing changes."
    assert json.loads(says(*command, "--json")) == []


def test_withdrawn_of_a_document_are_its_claims(built) -> None:
    claims = compare.withdrawn(built, iri("document:unnamed-alliance"))
    assert claims == values(built, "SELECT ?c { ?c a lc:Claim ; lc:document document:unnamed-alliance }")


def test_withdrawn_of_an_utterance_are_the_claims_that_report_it(built) -> None:
    claims = compare.withdrawn(built, iri("utterance:lin-jian-response"))
    assert iri("claim:unnamed-alliance-lin-open-trade") in claims
    assert claims == values(built, "SELECT ?c { ?c lc:utterance utterance:lin-jian-response }")


def test_withdrawn_of_an_agency_are_the_claims_of_documents_that_credit_it(built) -> None:
    claims = compare.withdrawn(built, iri("actor:qazinform"))
    assert claims == values(built, "SELECT ?c { ?c a lc:Claim ; lc:document/lc:creditsAgency actor:qazinform }")


def test_without_a_cited_source_what_only_it_tells_falls(built) -> None:
    claims = compare.withdrawn(built, iri("source:reports-on-price-floor-caution"))
    assert claims == values(built, "SELECT ?c { ?c lc:citedSource source:reports-on-price-floor-caution }")
    after = derive(without(claims))
    fallen = {c.node for c in compare.difference(built, after) if c.after is None and c.kind == "position"}
    only = values(
        built, "SELECT ?p { ?c lc:citedSource source:reports-on-price-floor-caution ; lc:takesPosition ?p }"
    )
    assert only
    assert only <= fallen


def test_without_what_is_no_source_is_wrong_use(graph_file) -> None:
    for source in ("actor:marco-rubio", "no-such-document"):
        result = lodeclaim("compare", "--graph", graph_file, "--without", source)
        assert (result.exit_code, result.stdout) == (2, "")
        assert f"`{source}` is no document, agency, cited source, utterance or claim" in result.stderr


def test_without_an_agency_that_no_document_credits_is_wrong_use(built) -> None:
    with pytest.raises(UsageError, match="no claim goes back to it"):
        compare.withdrawn(built, iri("actor:marco-rubio-agency"))


def without(claims: set[str]) -> ox.Store:
    """Return what the project asserts, less these claims."""
    store = graph.read(resources.find().asserted())
    for claim in claims:
        for quad in list(store.quads_for_pattern(ox.NamedNode(claim), None, None)):
            store.remove(quad)
    return store


def test_relation_falls_with_all_claims_of_either_side_and_only_then(built) -> None:
    """A position stays as long as one claim takes it: over 50 is said twice."""
    over, headline = "claim:qazinform-ministerial-country-count", "claim:qazinform-ministerial-headline-country-count"
    (relation,) = values(
        built,
        f"""SELECT ?r {{ ?r a lc:PositionRelation ; lc:left | lc:right ?one , ?other .
        {over} lc:takesPosition ?one . claim:unnamed-alliance-country-count lc:takesPosition ?other
        FILTER(?one != ?other) }}""",
    )
    said = values(built, f"SELECT ?c {{ ?c lc:takesPosition ?p . {over} lc:takesPosition ?p }}")
    assert {iri(over), iri(headline)} <= said

    def stands(claims: set[str]) -> bool:
        store = derive(without(claims))
        return bool(values(store, f"SELECT ?how {{ <{relation}> lc:relation ?how }}"))

    assert stands(set())
    assert stands(said - {iri(over)})
    assert not stands(said)


def test_withdrawing_all_that_a_relation_rests_on_removes_it(built) -> None:
    for kind in ("lc:PositionRelation", "lc:ConditionalRelation", "lc:MeasureSlip", "lc:PlanOutcome"):
        nodes = values(built, f"SELECT ?node {{ ?node a {kind} }}")
        assert nodes
        node = min(nodes)
        claims = values(built, f"SELECT ?claim {{ <{node}> lc:premise+ ?claim . ?claim a lc:Claim }}")
        assert claims
        after = derive(without(claims))
        assert node not in values(after, f"SELECT ?node {{ ?node a {kind} }}")


def test_withdrawing_leaves_the_derivation_of_the_rest_alone(built) -> None:
    """What a derivation without nothing makes is what the pipeline makes."""
    assert compare.difference(built, derive(without(set()))) == []


# Another policy.


def test_policy_shows_only_what_it_changes(graph_file, built) -> None:
    found = json.loads(says("compare", "--graph", graph_file, "--policy", "as-printed", "--json"))
    after = derive(without(set()), iri("policy:as-printed"))
    assert {(c["kind"], c["node"], c["before"], c["after"]) for c in found} == {
        (c.kind, c.node, c.before, c.after) for c in compare.difference(built, after)
    }
    assert not [c for c in found if c["kind"] == "position"], "positions do not depend on a policy"


def test_policy_changes_a_relation_and_names_itself() -> None:
    """On a made case: the documents have no two numbers yet that only rounding reconciles."""
    found = compare.difference(case("vault"), case("vault", iri("policy:as-printed")))
    assert ("compatible under rounding", "contradicts") in {(c.before, c.after) for c in found}
    assert ("adds up under rounding", "does not add up") in {(c.before, c.after) for c in found}


def test_unknown_policy_is_wrong_use(graph_file) -> None:
    result = lodeclaim("compare", "--graph", graph_file, "--policy", "wishful")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "`wishful` is no policy" in result.stderr
    assert "policy:as-printed" in result.stderr


def test_policy_that_reads_no_hedges_is_wrong_use(graph_file) -> None:
    result = lodeclaim("compare", "--graph", graph_file, "--policy", "undisputed-reports")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "reads hedges. Give one of policy:as-printed, policy:rounding" in result.stderr


def test_difference_of_a_graph_with_itself_is_nothing(built) -> None:
    assert compare.difference(built, copy_of(built)) == []


# Why: every derived node names its rule and leads back to what somebody said, asked or published.

DERIVED = [
    "Position", "Bounds", "PositionRelation", "ConditionalRelation", "QuestionRelation", "PlanOutcome", "MeasureSlip",
    "Support", "Tie", "SettledFact", "Participation", "Assumption",
]  # fmt: skip
DERIVED_IN_CASES = [("SumCheck", "vault"), ("QuotationLineage", "quotations"), ("QuotationLineage", "attendance"),
                    ("Assumption", "currencies"), ("ConditionalRelation", "currencies")]  # fmt: skip
LEAVES = "lc:Claim lc:Question lc:Document"


@pytest.mark.parametrize("kind", DERIVED)
def test_derived_node_names_its_rule_and_its_premises(everything, kind) -> None:
    nodes = values(everything, f"SELECT ?node {{ ?node a lc:{kind} }}")
    assert nodes
    ruled = f"SELECT ?node {{ ?node a lc:{kind} ; build:byRule ?rule . ?rule a build:Rule ; skos:definition ?why }}"
    assert nodes - values(everything, ruled) == set(), "no rule"
    assert nodes - grounded(everything, kind) == set(), "no way back"


@pytest.mark.parametrize(("kind", "name"), DERIVED_IN_CASES)
def test_derived_node_of_a_case_names_its_rule_and_its_premises(kind, name) -> None:
    """Kinds of node that the documents do not bring about yet."""
    nodes = values(case(name), f"SELECT ?node {{ ?node a lc:{kind} }}")
    assert nodes
    ruled = values(case(name), f"SELECT ?node {{ ?node a lc:{kind} ; build:byRule ?rule }}")
    assert nodes - ruled == set(), "no rule"
    assert nodes - grounded(case(name), kind) == set(), "no way back"


def grounded(store: ox.Store, kind: str) -> set[str]:
    return values(
        store,
        f"""SELECT ?node {{ ?node a lc:{kind} ; lc:premise+ ?leaf . ?leaf a ?leafKind
            VALUES ?leafKind {{ {LEAVES} }} }}""",
    )


def test_reported_speech_names_its_rule_and_its_claims(everything) -> None:
    """An origin that no document describes is derived too."""
    asserted = values(everything, "SELECT ?o { ?o a ?kind VALUES ?kind { lc:Utterance lc:Document lc:CitedSource } }")
    typed = values(everything, "SELECT ?o { ?o a/rdfs:subClassOf lc:CitedSource }")
    made = values(everything, "SELECT ?o { ?o a lc:Origin }") - asserted - typed
    assert made
    assert made - values(everything, "SELECT ?o { ?o build:byRule ?rule ; lc:premise ?c . ?c a lc:Claim }") == set()


def test_every_rule_that_makes_a_node_is_named_by_one_or_makes_only_links(everything, sources) -> None:
    """A rule that says build:byRule names itself, not the one it was copied from."""
    for rule in rules.read(sources.files("rules"), rules.stages(everything)):
        if "build:byRule" in rule.text:
            assert f"build:byRule rule:{rule.name} " in rule.text
            assert rule.text.count("build:byRule rule:") == rule.text.count(f"build:byRule rule:{rule.name} ")
    named = values(everything, "SELECT ?rule { ?node build:byRule ?rule }")
    assert named <= values(everything, "SELECT ?rule { ?rule a build:Rule }")


def test_policy_is_named_where_bounds_decide(everything) -> None:
    """A relation of numbers depends on a policy, one of dates or entities does not."""
    query = """SELECT ?r {{ ?r a ?kind ; lc:left ?side VALUES ?kind {{ lc:PositionRelation lc:ConditionalRelation }}
        FILTER {0} EXISTS {{ ?side lc:bounds ?bounds }}
        FILTER {0} EXISTS {{ ?r lc:underPolicy ?policy }} }}"""
    numbers = values(everything, "SELECT ?r { ?r a lc:Comparison ; lc:valueRelation ?v ; lc:left/lc:bounds ?b }")
    assert numbers
    assert numbers == values(everything, "SELECT ?r { ?r a lc:Comparison ; lc:valueRelation ?v ; lc:underPolicy ?p }")
    assert values(everything, query.format("NOT")), "the control: relations of entities"


def leaves(step: explain.Step) -> list[explain.Step]:
    return [leaf for premise in step.premises for leaf in leaves(premise)] if step.premises else [step]


def test_why_of_one_answer_says_why_there_is_nothing_to_say(graph_file) -> None:
    text = says("compare", VAULT, "--graph", graph_file, "--why")
    assert "nothing to explain: with one answer there is no relation" in text
    assert "claim:unnamed-alliance-vault-announcer" in text
    assert "nothing to explain" not in says("compare", VAULT, "--graph", graph_file)


def test_why_of_a_plan_is_its_chain(graph_file) -> None:
    text = says("compare", "project-vault-loan", "--graph", graph_file, "--why")
    assert "A loan of ten billion dollars is expected. ($10 billion)" in text
    assert "nothing to explain" not in text


def test_why_stands_in_json_too(graph_file) -> None:
    (found,) = json.loads(says("compare", "project-vault-loan", "--graph", graph_file, "--why", "--json"))
    shown = [*found["relations"], *found["plans"]]
    assert [step["node"] for step in found["why"]] == [each["node"] for each in shown]
    assert found["why"][0]["premises"]


@pytest.mark.parametrize("beside", [["--why"], ["--assume", "capacity"]])
@pytest.mark.parametrize("changed", [["--policy", "as-printed"], ["--without", "unnamed-alliance"]])
def test_what_a_change_cannot_show_is_refused(graph_file, beside, changed) -> None:
    result = lodeclaim("compare", "--graph", graph_file, *changed, *beside)
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith(f"lodeclaim: {beside[0]}: given beside --without or --policy")


def test_why_ends_in_claims(everything) -> None:
    claims = values(everything, "SELECT ?c { ?c a lc:Claim }")
    questions = values(everything, "SELECT ?q { ?q a lc:Question }")
    for kind in ("PositionRelation", "ConditionalRelation", "PlanOutcome", "MeasureSlip", "SettledFact", "Bounds"):
        for node in values(everything, f"SELECT ?node {{ ?node a lc:{kind} }}"):
            step = explain.why(everything, node)
            assert step.rule
            assert step.reason
            ends = {leaf.node for leaf in leaves(step)}
            assert ends & claims
            assert ends <= claims | (questions if kind == "ConditionalRelation" else set())


def test_why_of_a_claim_is_its_words_and_nothing_else(everything) -> None:
    step = explain.why(everything, iri("claim:unnamed-alliance-country-count"))
    assert step.premises == ()
    assert step.rule is None
    assert step.says == (
        "unnamed outlet of the alliance article, narrator voice: Fifty-four countries were represented at the "
        "ministerial. (54 countries) — Unnamed outlet on a 55-country alliance, characters 1306–1318"
    )


def test_why_does_not_run_in_circles() -> None:
    store = ox.Store()
    for one, other in (("a", "b"), ("b", "a")):
        store.add(ox.Quad(ox.NamedNode(f"urn:{one}"), ox.NamedNode(LC.premise), ox.NamedNode(f"urn:{other}"),
                          ox.NamedNode("urn:graph")))  # fmt: skip
    assert [step.node for step in explain.why(store, "urn:a").premises] == ["urn:b"]
    assert explain.why(store, "urn:a").premises[0].premises == ()


def test_query_why_prints_a_chain(graph_file) -> None:
    found = json.loads(says("query", ROOT / "data/queries/why.rq", "--graph", graph_file, "--format", "json"))
    chain = [
        row for row in found if "From how many countries" in row["relation"] and row["relation"].startswith("over 50")
    ]
    assert {row["rule"] for row in chain if "rule" in row} == {"positions on numbers"}
    assert {row["policy"] for row in chain if "policy" in row} == {"rounding"}
    passages = {row["passage"] for row in chain if "passage" in row}
    assert "Unnamed outlet on a 55-country alliance, characters 1306–1318" in passages


def test_reports_leave_unbound_variables_out(built) -> None:
    row = reports.rows(built, "node", iri(VAULT))[0]
    assert set(row) == {"label"}
    assert reports.rows(built, "node", "urn:nothing") == []
