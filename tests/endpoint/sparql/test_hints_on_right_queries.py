"""No right query of ours has a hint, and none that a parser refuses stops the hints."""

from __future__ import annotations

import random

import pytest

from lodeclaim.endpoint.engines.engine import EmbeddedEngine, Query
from lodeclaim.endpoint.errors import QueryError
from lodeclaim.endpoint.sparql.hints import Known, told
from lodeclaim.endpoint.sparql.tokens import tokenize
from lodeclaim.namespaces import PREFIXES
from support.paths import ROOT

CATALOGUE = sorted((ROOT / "data/queries").glob("*.rq"))
OTHERS = sorted(path for folder in ("src", "ontology", "shapes") for path in (ROOT / folder).rglob("*.rq"))
RIGHTLY = (
    "One row without",
    "stands in no pattern",  # a shape's, which the validator gives a value
)
"""What is told of ours, and is meant as it stands."""


@pytest.fixture(scope="module")
def names(built):
    return EmbeddedEngine(built).names


@pytest.mark.parametrize("path", CATALOGUE, ids=lambda path: path.stem)
def test_no_query_of_the_catalogue_has_a_hint(names, path):
    assert names.hints(Query(path.read_text(encoding="utf-8")).outline.tokens) == ()


@pytest.mark.parametrize("path", OTHERS, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_other_query_of_ours_has_a_hint_beside_those_on_vocabularies(names, path):
    known = Known(
        prefixes=names.prefixes,
        values=names.datatypes,
        value_spaces=names.value_spaces,
        labels=names.labels,
        other_labels=names.other_labels,
        languages=names.languages,
    )
    tokens = tuple(tokenize(path.read_text(encoding="utf-8")))
    assert [each for each in told(tokens, known) if not any(part in each for part in RIGHTLY)] == []


SCRAPS = """
    FILTER BIND VALUES OPTIONAL UNION MINUS GRAPH SERVICE EXISTS NOT SELECT CONSTRUCT LANG CONTAINS SUM AS IN STR
    COALESCE BOUND LANGMATCHES DISTINCT ( ) { } [ ] , ; . / * ^ | ! = ?x ?label ?lable 'text' lc:mineralScope a 5 +
    @en ^^
"""


def test_no_text_that_the_guard_lets_through_stops_the_hints(names):
    chance = random.Random(20_261_130)
    texts = [path.read_text(encoding="utf-8") for path in (*CATALOGUE, *OTHERS)]
    assert told(tuple(tokenize("CONSTRUCT")), Known()) == ()
    looked_at = 0
    for _ in range(3_000):
        words = [token.text for token in tokenize(chance.choice(texts))]
        for _ in range(chance.randint(1, 3)):
            at = chance.randrange(len(words) + 1)
            words[at : at + chance.randint(0, 2)] = chance.sample(SCRAPS.split(), chance.randint(0, 2))
        try:
            tokens = Query(" ".join(words), prefixes=PREFIXES).outline.tokens
        except QueryError:
            continue
        looked_at += 1
        names.hints(tokens)
    assert looked_at > 500
