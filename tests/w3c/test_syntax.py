"""The syntax suites: what is SPARQL 1.1 is accepted, or refused for what it asks; what is not is a 400."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest

from support.w3c.gaps import settle
from support.w3c.judgement import QUERY_TYPE, UPDATE_TYPE, over_engine, over_http, text
from support.w3c.manifests import SYNTAX, Case, cases
from support.w3c.server import Response, Server, serve, write

SUITE = "syntax"
CASES = cases(*SYNTAX)
MALFORMED = {"query-refused", "malformed"}


def update(server: Server, sent: str) -> Response:
    return server.request("POST", urlsplit(server.url).path, {"Content-Type": UPDATE_TYPE}, sent.encode())


def test_the_text_is_judged_by_its_syntax(case, server, request, record_property):
    if "Update" in case.kind:
        judge_update(case, update(server, text(case)))
    elif case.name.startswith("syntax-fed/"):
        judge_federated(case, server, request.getfixturevalue("federated"))
    else:
        response = over_http(server, case)
        if response.problem == "query-unsupported":
            # It was understood, and calls a function that the engine does not have.
            assert not case.is_negative
            bare = over_engine(case)
            assert (bare.status, b"not supported" in bare.body) == (500, True)
            return
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


SERVICE = "http://service.invalid/"
"""A service that never answers: RFC 6761, section 6.4, keeps its name from resolving."""


@pytest.fixture(scope="module")
def federated(suites, tmp_path_factory):
    """A server on which SERVICE may name the service above."""
    path = write(tmp_path_factory.mktemp("federated") / "empty.trig", {})
    with serve(path, "--allow-service", SERVICE) as running:
        yield running


def judge_federated(case: Case, server: Server, federated: Server) -> None:
    """Fail unless SERVICE is refused as such where it is off, and is judged by its syntax where it is on.

    Nothing is behind the service: an answer is one that says so, or a complete one where SILENT asks for it.
    """
    # The guard wants the IRI of a service in full, so that nothing can be hidden from it.
    full = case.text.replace("<g>", f"<{SERVICE}g>")
    assert full != case.text
    refused = ask(server, full)
    assert (refused.status, refused.problem) == (403, "service-refused"), refused
    accepted = ask(federated, full)
    assert accepted.status == 200 or (accepted.status >= 500 and "SILENT" not in full), accepted
    assert accepted.status == 200 or accepted.problem not in {"", *MALFORMED}, accepted
    assert "{ ?s ?p ?o } " in full
    for broken in (full.replace("{ ?s ?p ?o } ", group) for group in ("{ ?s ?p } ", "")):
        malformed = ask(federated, broken)
        assert malformed.status == 400, f"{broken}: {malformed}"
        assert malformed.problem in MALFORMED, f"{broken}: {malformed}"


def ask(server: Server, sent: str) -> Response:
    return server.request("POST", urlsplit(server.url).path, {"Content-Type": QUERY_TYPE}, sent.encode())


def test_the_suite_has_what_is_claimed(suites):
    negative = [case for case in CASES if case.is_negative]
    assert (len(CASES), len(negative)) == (152, 44)
