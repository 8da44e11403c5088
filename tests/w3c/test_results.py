"""The result format suites: JSON, CSV and TSV over HTTP, asked for by media type."""

from __future__ import annotations

from support.w3c.gaps import settle
from support.w3c.judgement import over_http
from support.w3c.manifests import RESULTS, cases

SUITE = "result formats"
CASES = cases(*RESULTS)


def test_the_result_is_the_expected_one(case, server, record_property):
    settle(case, over_http(server, case), record_property)
