"""Queries of other languages: which one it is, and how a query of SPARQL begins."""

from __future__ import annotations

import re

from lodeclaim.endpoint.sparql.tokens import QueryTextError, position_at

_FIRST = "SELECT * WHERE { ?thing a ?class } LIMIT 10"
_LEADS = re.compile(r"(?:\s|//[^\n]*(?:\n|$)|#[^\n]*(?:\n|$))*")
_BEGINS = {
    "Cypher": re.compile(
        r"(?:OPTIONAL\s+)?MATCH\s*(?:\w+\s*=\s*)?\(|MERGE\s*\(|CREATE\s*\(|UNWIND\s|CALL\s+\w+\s*[.({]|RETURN\s", re.I
    ),
    "MongoDB's query language": re.compile(
        r"db\s*\.\s*\w+\s*\.|db\s*\[|\{\s*[\"']?\$\w+[\"']?\s*:|\[\s*\{\s*[\"']?\$\w+"
    ),
    "GraphQL": re.compile(
        r"(?:query|mutation|subscription)\b\s*\w*\s*(?:\([^)]{0,400}\))?\s*\{(?!\s*[?$<])|fragment\s+\w+\s+on\s"
        r"|\{\s*\w+\s*(?:\([^)]{0,400}\)\s*)?\{\s*\w|\{\s*\w+\s*:\s*\w+\s*[({]|\{\s*\w+\s*\([^)]{0,400}\)\s*\{"
    ),
    "Gremlin": re.compile(r"g\s*\.\s*[VE]\s*\("),
    "SQL": re.compile(
        r"WITH\s+\w+\s+AS\s*\(|SHOW\s+TABLES|DESC\s+\w+\s*;?\s*$|UPDATE\s+\w+\s+SET\b|USE\s+\w+",
        re.I,
    ),
    "XQuery": re.compile(r"for\s+\$\w+\s+in\s|let\s+\$\w+\s*:=|xquery\s+version", re.I),
    "RDF in Turtle": re.compile(r"(?:<[^>\s]*>|[\w-]*:[\w-]+)\s+(?:a|<[^>\s]*>|[\w-]*:[\w-]+)\s+\S"),
}


def other_language(text: str) -> QueryTextError | None:
    """Return the error for a text that begins as one of another query language; None for any other."""
    start = _LEADS.match(text)
    at = start.end() if start else 0
    head = text[at : at + 2_000]
    for language, begins in _BEGINS.items():
        if begins.match(head):
            found = f"it is {language}, and a query is written in SPARQL here"
            return QueryTextError(position_at(text, at), found, f"Begin with {_FIRST}")
    return None
