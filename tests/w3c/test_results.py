"""The result format suites: JSON, CSV and TSV over HTTP, asked for by media type."""

from __future__ import annotations

from w3c.gaps import settle
from w3c.judgement import over_http
from w3c.manifests import RESULTS, cases

SUITE = "result formats"
CASES = cases(*RESULTS)


def test_the_result_is_the_expected_one(case, server, record_property):
    settle(case, over_http(server, case), record_property)
