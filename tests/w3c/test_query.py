"""The query evaluation suites: each query over HTTP, asked of exactly its data set."""

from __future__ import annotations

from support.w3c.gaps import settle
from support.w3c.judgement import over_http
from support.w3c.manifests import QUERY, cases

SUITE = "query evaluation"
CASES = cases(*QUERY)


def test_the_answer_is_the_expected_one(case, server, record_property):
    settle(case, over_http(server, case), record_property)
