"""Of the queries of the suites only those are hinted at that show what few expect."""

from __future__ import annotations

from lodeclaim.endpoint.engines.engine import Query
from lodeclaim.endpoint.errors import QueryError
from lodeclaim.endpoint.sparql.hints import braces, variables
from lodeclaim.endpoint.sparql.reading import query
from support.w3c.judgement import text
from support.w3c.manifests import QUERY, cases

UNEXPECTED = {
    "bind/bind07": "does not see ?o",
    "bind/bind10": "does not see ?z",
}
"""The tests of what a group does not see."""


def test_few_queries_of_the_suites_have_a_hint_on_their_braces_and_variables(suites):
    looked_at, hinted = 0, {}
    for case in cases(*QUERY):
        try:
            tokens = Query(text(case)).outline.tokens
        except QueryError:
            continue
        looked_at += 1
        _, *groups = query(tokens).walk()
        for tell in (braces.hidden, braces.required, variables.alone):
            hinted.update((case.name, sentence) for sentence in tell(tokens, groups))
    assert looked_at > 200
    assert hinted.keys() == UNEXPECTED.keys()
    assert all(UNEXPECTED[name] in sentence for name, sentence in hinted.items())
