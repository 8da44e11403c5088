"""Who does what the message of a refused query says has a query that runs, and that means what was meant."""

from __future__ import annotations

import pyoxigraph as ox
import pytest

from lodeclaim.endpoint.engines.engine import EmbeddedEngine, QueryRequest
from lodeclaim.endpoint.errors import QueryError

NAMES = {"ex": "http://example.org/", "lc": "http://example.org/terms#"}

SEPARATORS = [
    (
        "SELECT * {\n  ?c a lc:Claim ; lc:gloss ?g ;\n  ?c lc:who ?w .\n}",
        "2:31: `;` goes on with the subject, and `?c` begins a new triple",
        "Write `.` for the `;` behind `?g`",
        "SELECT * {\n  ?c a lc:Claim ; lc:gloss ?g .\n  ?c lc:who ?w .\n}",
    ),
    (
        "SELECT * {\n  ?c a lc:Claim ;\n  ?d a lc:Claim .\n}",
        "2:17: `;` goes on with the subject, and `?d` begins a new triple",
        "Write `.` for the `;` behind `lc:Claim`",
        "SELECT * {\n  ?c a lc:Claim .\n  ?d a lc:Claim .\n}",
    ),
    (
        "SELECT * {\n  ?c a lc:Claim ;\n  ex:me lc:says/lc:of ?c .\n}",
        "2:17: `;` goes on with the subject, and `ex:me` begins a new triple",
        "Write `.` for the `;`",
        "SELECT * {\n  ?c a lc:Claim .\n  ex:me lc:says/lc:of ?c .\n}",
    ),
    (
        "SELECT * {\n  ?c a lc:Claim ;\n  <urn:me> ^lc:of ?c ; lc:says ?c .\n}",
        "2:17: `;` goes on with the subject, and `<urn:me>` begins a new triple",
        "Write `.` for the `;`",
        "SELECT * {\n  ?c a lc:Claim .\n  <urn:me> ^lc:of ?c ; lc:says ?c .\n}",
    ),
    (
        "SELECT * {\n  ?c a lc:Claim ; lc:n 1 ;\n  ?c lc:who ?w lc:says ?x .\n}",
        "2:26: `;` goes on with the subject, and `?c` begins a new triple",
        "Write `.` for the `;` behind `1`",
        None,
    ),
    (
        "SELECT * {\n  ?c a lc:Claim ,\n  ?c lc:who ?w .\n}",
        "2:17: `,` goes on with the property, and `?c` begins a new triple",
        "Write `.` for the `,` behind `lc:Claim`",
        "SELECT * {\n  ?c a lc:Claim .\n  ?c lc:who ?w .\n}",
    ),
    (
        "SELECT * {\n  ?c a lc:Claim ,\n  lc:who ?w .\n}",
        "2:17: `,` goes on with the property, and `lc:who` is another property",
        "Write `;` for the `,` behind `lc:Claim`",
        "SELECT * {\n  ?c a lc:Claim ;\n  lc:who ?w .\n}",
    ),
    (
        "SELECT * {\n  ?c a lc:Claim .\n  lc:who ?w .\n}",
        "2:17: `.` ends what is said of `?c`, and `lc:who` goes on with it",
        "Write `;` for the `.` behind `lc:Claim`",
        "SELECT * {\n  ?c a lc:Claim ;\n  lc:who ?w .\n}",
    ),
    (
        "SELECT * {\n  ?c lc:who ?w .\n  a lc:Claim }",
        "2:16: `.` ends what is said of `?c`, and `a` goes on with it",
        "Write `;` for the `.` behind `?w`",
        "SELECT * {\n  ?c lc:who ?w ;\n  a lc:Claim }",
    ),
    (
        "SELECT * {\n  ?c a lc:Claim .\n  lc:says/lc:of ?w ; lc:n 1 .\n}",
        "2:17: `.` ends what is said of `?c`, and `lc:says/lc:of` goes on with it",
        "Write `;` for the `.`",
        "SELECT * {\n  ?c a lc:Claim ;\n  lc:says/lc:of ?w ; lc:n 1 .\n}",
    ),
    (
        "SELECT * {\n  ?c a lc:Claim\n  lc:who ?w .\n}",
        "3:3: `lc:who` stands behind a triple, and nothing parts them",
        "Write `;` behind `lc:Claim`: it goes on with the subject `?c`",
        "SELECT * {\n  ?c a lc:Claim ;\n  lc:who ?w .\n}",
    ),
    (
        "SELECT * {\n  ?c a lc:Claim\n  lc:who ?w\n  lc:gloss ?g .\n}",
        "3:3: `lc:who` stands behind a triple, and nothing parts them",
        "Write `;` behind `lc:Claim`",
        None,
    ),
    (
        "SELECT * {\n  ?c a lc:Claim\n  ?c lc:who ?w .\n}",
        "3:3: `?c` stands behind a triple, and nothing parts them",
        "write `.` behind `lc:Claim`",
        "SELECT * {\n  ?c a lc:Claim .\n  ?c lc:who ?w .\n}",
    ),
    (
        'SELECT * {\n  ?c lc:gloss "x"@en\n  ?c lc:who ?w .\n}',
        "3:3: `?c` stands behind a triple, and nothing parts them",
        "write `.` behind `@en`",
        'SELECT * {\n  ?c lc:gloss "x"@en .\n  ?c lc:who ?w .\n}',
    ),
    (
        "SELECT * { ?c a lc:Claim lc:Remark }",
        "1:26: `lc:Remark` stands behind a triple, and nothing parts them",
        "Write `,` behind `lc:Claim`",
        "SELECT * { ?c a lc:Claim , lc:Remark }",
    ),
    (
        "SELECT * { ?c a lc:Claim , }",
        "1:26: `,` goes on with one more object, and none stands behind it",
        "Remove the `,`",
        "SELECT * { ?c a lc:Claim }",
    ),
    (
        "SELECT * { ?c a lc:Claim . . ?c lc:who ?w }",
        "1:28: a dot without a triple before it",
        "Remove it",
        "SELECT * { ?c a lc:Claim . ?c lc:who ?w }",
    ),
    (
        "SELECT * { . ?c a lc:Claim }",
        "1:12: a dot without a triple before it",
        "Remove it",
        "SELECT * { ?c a lc:Claim }",
    ),
    (
        "SELECT * { ?c lc:n ?n . FILTER(?n > 1) ; ?c lc:who ?w }",
        "1:40: `;` goes on with a triple, and none stands before it",
        "Remove it",
        "SELECT * { ?c lc:n ?n . FILTER(?n > 1) ?c lc:who ?w }",
    ),
    (
        "SELECT * { ?c lc:n ?n . ; lc:who ?w }",
        "1:25: `;` goes on with a triple, and a dot ended it",
        "Remove the dot behind `?n`",
        "SELECT * { ?c lc:n ?n ; lc:who ?w }",
    ),
]
"""Wrong queries, each with its place and cause, the remedy, and what it is by that; None where more is wrong."""


@pytest.fixture(scope="module")
def engine() -> EmbeddedEngine:
    return EmbeddedEngine(ox.Store())


def ask(engine: EmbeddedEngine, text: str) -> None:
    engine.preview(QueryRequest(text, prefixes=NAMES), 1)


CASES = [pytest.param(*case, id=" ".join(case[0].split())[:60]) for kind in (SEPARATORS,) for case in kind]


@pytest.mark.parametrize(("wrong", "cause", "remedy", "mended"), CASES)
def test_the_message_says_what_mends_the_query(engine, wrong, cause, remedy, mended) -> None:
    with pytest.raises(QueryError) as refusal:
        ask(engine, wrong)
    error = refusal.value
    place = error.where.replace("query, line ", "").replace(", column ", ":")
    assert f"{place}: {error.found}".startswith(cause), str(error)
    assert remedy in error.remedy, str(error)
    if mended is not None:
        ask(engine, mended)
