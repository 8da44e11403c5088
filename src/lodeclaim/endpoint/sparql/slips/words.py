"""Words of other languages in a query, and what SPARQL has instead."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from lodeclaim.endpoint.sparql.keywords import WORDS
from lodeclaim.endpoint.sparql.slips.looks import error
from lodeclaim.endpoint.sparql.tokens import QueryTextError, Token

FOREIGN = {
    "AND": "Write && in a condition, and nothing or `.` between patterns",
    "OR": "Write || in a condition, and { ... } UNION { ... } for patterns",
    "XOR": "Write (?a || ?b) && !(?a && ?b)",
    "LIKE": 'Write CONTAINS(?x, "part"), STRSTARTS(?x, "begin") or REGEX(?x, "pattern", "i")',
    "ILIKE": 'Write REGEX(?x, "pattern", "i")',
    "MATCHES": 'Write REGEX(?x, "pattern")',
    "NULL": "An unbound variable has no value: write BOUND(?x), or !BOUND(?x)",
    "IS": "Write = to compare, BOUND(?x) to ask whether there is a value, and `a` for rdf:type",
    "ISNULL": "Write !BOUND(?x)",
    "TOP": "Write LIMIT 10 at the end",
    "FETCH": "Write LIMIT 10 at the end",
    "BETWEEN": "Write ?x >= 1 && ?x <= 9",
    "CASE": "Write IF(condition, then, else)",
    "WHEN": "Write IF(condition, then, else)",
    "THEN": "Write IF(condition, then, else)",
    "ELSE": "Write IF(condition, then, else)",
    "JOIN": "Write the patterns beside each other; OPTIONAL { ... } is a left join",
    "LEFT": "For a left join write OPTIONAL { ... }; for the first letters SUBSTR(?x, 1, 3)",
    "EXCEPT": "Write MINUS { ... }",
    "INTERSECT": "Write both patterns beside each other",
    "LENGTH": "Write STRLEN(?x)",
    "LEN": "Write STRLEN(?x)",
    "LOWER": "Write LCASE(?x)",
    "UPPER": "Write UCASE(?x)",
    "SUBSTRING": "Write SUBSTR(?x, 1, 3)",
    "ISEMPTY": 'Write STR(?x) = ""',
    "IFNULL": "Write COALESCE(?x, 0)",
    "NVL": "Write COALESCE(?x, 0)",
    "DATE": 'Write xsd:date(?x), or "2026-02-04"^^xsd:date for a constant',
    "CAST": "Write xsd:integer(?x), with the name of the datatype",
    "TODAY": "Write NOW()",
    "LET": "Write BIND(1 AS ?x)",
    "SORT": "Write ORDER BY ?x",
    "MEDIAN": "There is none in SPARQL 1.1: sort, and take the row in the middle with OFFSET",
}
"""Words of other languages, and what SPARQL has instead."""

_REPEATED = frozenset(["FALSE", "TRUE", "UNDEF"])
_BEFORE_TYPES = frozenset(["variable", "iri", "name", "blank", "string", "number"])


def look(tokens: Sequence[Token], text: str) -> Iterator[QueryTextError]:
    """Yield the words that SPARQL does not have."""
    for before, token in pairwise(tokens):
        if before.text == token.text == "*" and before.end < token.offset:
            yield error(token, "`*` stands twice", "Remove one")
        if before.word == token.word and token.word in WORDS - _REPEATED:
            yield error(token, f"`{token.text}` stands twice", "Remove one")
        if token.text == "A" and (before.kind in _BEFORE_TYPES or before.text in {";", "]", ")", "[", "."}):
            yield error(token, "`a`, which says of what class a thing is, is written small", "Write a")
    for token in tokens:
        if token.word == "TOP" and (number := re.match(r"\s+([0-9]+)", text[token.end :])):
            remedy = f"Remove TOP {number[1]}, and write LIMIT {number[1]} at the end"
            yield error(token, "`TOP` is no word of SPARQL 1.1", remedy)
        if token.word in FOREIGN:
            yield error(token, f"`{token.text}` is no word of SPARQL 1.1", FOREIGN[token.word])
