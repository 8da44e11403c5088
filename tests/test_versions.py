"""What differs between two graphs: planted differences, and those alone."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pyoxigraph as ox
import pytest
from click.testing import CliRunner, Result

from lodeclaim import versions
from lodeclaim.cli import main
from lodeclaim.compare import Change
from lodeclaim.namespaces import GRAPHS, LC, PREFIXES
from support.graphs import copy_of
from support.paths import GRAPH

CLAIM = PREFIXES["claim"] + "qazinform-ministerial-china-processing-share"
GLOSS = "China processes around nine tenths of the rare earths of the world."
LABEL = PREFIXES["rdfs"] + "label"


def node(iri: str) -> ox.NamedNode:
    return ox.NamedNode(iri)


def with_other(store: ox.Store, subject: str, predicate: str, value: ox.NamedNode | ox.Literal) -> ox.Store:
    """A copy in which the only value of a property is another, in the graph in which it stands."""
    changed = copy_of(store)
    (quad,) = changed.quads_for_pattern(node(subject), node(predicate), None)
    assert quad.object != value
    changed.remove(quad)
    changed.add(ox.Quad(quad.subject, quad.predicate, value, quad.graph_name))
    return changed


def without(store: ox.Store, subject: str) -> ox.Store:
    """A copy in which nothing is said of a node."""
    changed = copy_of(store)
    quads = list(changed.quads_for_pattern(node(subject), None, None))
    assert quads
    for quad in quads:
        changed.remove(quad)
    return changed


def test_a_graph_does_not_differ_from_itself(built) -> None:
    assert versions.differences(built, built) == []


def test_a_claim_is_told_with_what_only_one_graph_says_of_it(built) -> None:
    after = with_other(built, CLAIM, LC.faceValue, ox.Literal(80))
    integer = "^^<http://www.w3.org/2001/XMLSchema#integer>"
    assert versions.differences(built, after) == [
        Change("claim", CLAIM, GLOSS, f'lc:faceValue "90"{integer}', f'lc:faceValue "80"{integer}')
    ]


def test_a_claim_that_is_gone_or_new_is_told_by_its_gloss(built) -> None:
    after = without(built, CLAIM)
    assert [each for each in versions.differences(built, after) if each.kind == "claim"] == [
        Change("claim", CLAIM, GLOSS, "stated", None)
    ]
    assert [each for each in versions.differences(after, built) if each.kind == "claim"] == [
        Change("claim", CLAIM, GLOSS, None, "stated")
    ]


def test_what_a_rule_says_of_a_claim_is_no_change_of_the_claim(built) -> None:
    derived = node(GRAPHS + "derived/claims/remarks")
    after = copy_of(built)
    after.add(ox.Quad(node(CLAIM), node(LC.answer), ox.Literal("another"), derived))
    assert versions.differences(built, after) == []


def test_a_verdict_is_told_with_both_findings(built) -> None:
    relation = next(
        quad.subject.value
        for quad in built.quads_for_pattern(None, node(LC.relation), node(PREFIXES["relation"] + "contradicts"))
        if list(built.quads_for_pattern(quad.subject, node(PREFIXES["rdf"] + "type"), node(LC.PositionRelation)))
    )
    after = with_other(built, relation, LC.relation, node(PREFIXES["relation"] + "refines"))
    (change,) = versions.differences(built, after)
    assert (change.kind, change.node, change.before, change.after) == ("relation", relation, "contradicts", "refines")


def test_a_verdict_under_another_iri_is_no_change(built) -> None:
    position = next(built.quads_for_pattern(None, node(PREFIXES["rdf"] + "type"), node(LC.Position))).subject
    after = copy_of(built)
    for quad in list(built.quads_for_pattern(position, None, None)):
        after.remove(quad)
        after.add(ox.Quad(node(position.value + "-moved"), quad.predicate, quad.object, quad.graph_name))
    assert versions.differences(built, after) == []


def test_names_are_told_whether_label_or_iri_is_another(built) -> None:
    china = PREFIXES["state"] + "chn"
    after = with_other(built, china, LABEL, ox.Literal("PRC", language="en"))
    assert versions.differences(built, after) == [Change("name", china, "state:chn", "China", "PRC")]
    old = LC + "Venue"  # by the table of old names it is measure:venue now
    before = copy_of(built)
    venue = PREFIXES["measure"] + "venue"
    for quad in list(before.quads_for_pattern(node(venue), None, None)):
        before.remove(quad)
        before.add(ox.Quad(node(old), quad.predicate, quad.object, quad.graph_name))
    (label,) = built.quads_for_pattern(node(venue), node(LABEL), None)
    assert versions.differences(before, built) == [
        Change("name", old, label.object.value, "lc:Venue", "measure:venue")
    ]


def test_a_claim_that_only_names_things_otherwise_is_the_same(built) -> None:
    before = with_other(built, CLAIM, LC.hedge, node(LC + "About"))
    assert PREFIXES["hedge"] + "approximately" in {
        quad.object.value for quad in built.quads_for_pattern(node(CLAIM), node(LC.hedge), None)
    }
    assert [each for each in versions.differences(before, built) if each.kind == "claim"] == []


# The command.


@pytest.fixture(scope="module")
def old(built, tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("old") / "old.nq"
    with_other(built, CLAIM, LC.faceValue, ox.Literal(80)).dump(str(path), format=ox.RdfFormat.N_QUADS)
    return path


def diff(*arguments: object) -> Result:
    return CliRunner().invoke(main, ["diff", *map(str, arguments)])


def test_the_command_tells_of_two_files(old) -> None:
    told = diff(old, GRAPH, "--format", "csv")
    assert told.exit_code == 0
    (row,) = csv.DictReader(io.StringIO(told.output))
    assert (row["kind"], row["node"]) == ("claim", CLAIM)
    assert json.loads(diff(old, GRAPH, "--format", "json").output)[0]["label"] == GLOSS
    assert GLOSS[:20] in diff(old, GRAPH).output


def test_the_graph_of_today_is_meant_where_only_one_is_given(old) -> None:
    assert diff(old).output == diff(old, GRAPH).output
    assert diff(GRAPH).output == "Nothing changes.\n"


def test_what_is_no_graph_is_wrong_use(tmp_path) -> None:
    told = diff(tmp_path / "none.trig")
    assert (told.exit_code, "is no file" in told.output) == (2, True)
