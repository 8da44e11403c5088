"""The syntax suites: what is SPARQL 1.1 is accepted, or refused for what it asks; what is not is a 400."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest

from w3c.gaps import settle
from w3c.judgement import UPDATE_TYPE, over_http, text
from w3c.manifests import SYNTAX, Case, cases
from w3c.server import Response, Server

SUITE = "syntax"
CASES = cases(*SYNTAX)
MALFORMED = {"query-refused", "malformed"}


def update(server: Server, sent: str) -> Response:
    return server.request("POST", urlsplit(server.url).path, {"Content-Type": UPDATE_TYPE}, sent.encode())


def test_the_text_is_judged_by_its_syntax(case, server, federated, record_property):
    if "Update" in case.kind:
        judge_update(case, update(server, text(case)))
    elif case.name.startswith("syntax-fed/"):
        judge_federated(case, server, federated)
    else:
        response = over_http(server, case)
        if response.status == 400:
            assert response.problem in MALFORMED, response
        settle(case, response, record_property)


def judge_update(case: Case, response: Response) -> None:
    """Fail unless the refusal says whether the update was one."""
    if case.is_negative:
        assert response.status == 400, response
        assert response.problem in MALFORMED, response
    else:
        assert (response.status, response.problem) == (403, "update-refused"), response
