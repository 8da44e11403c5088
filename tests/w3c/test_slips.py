"""No right query of the suites has what is told of as a slip."""

from __future__ import annotations

import pyoxigraph as ox

from lodeclaim.endpoint.engines.engine import Query
from lodeclaim.endpoint.errors import QueryError
from lodeclaim.endpoint.sparql.slips import slip
from lodeclaim.endpoint.sparql.tokens import tokenize
from support.w3c.judgement import text
from support.w3c.manifests import QUERY, cases


def test_no_right_query_of_the_suites_has_a_slip(suites):
    looked_at = 0
    for case in cases(*QUERY):
        query = text(case)
        try:
            Query(query)
            ox.Store().query(query)
        except (QueryError, SyntaxError):
            continue
        looked_at += 1
        assert slip(tuple(tokenize(query))) is None, (case.name, str(slip(tuple(tokenize(query)))))
    assert looked_at > 200
