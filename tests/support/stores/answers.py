"""What a store answers to a query, as terms that can be compared with those of the embedded engine."""

from __future__ import annotations

import json
import urllib.parse
import urllib.request
from collections import Counter
from dataclasses import replace
from decimal import Decimal
from typing import Any

from lodeclaim.endpoint.engines.engine import Table, Term
from lodeclaim.namespaces import PREFIXES

BOOLEAN, DECIMAL = PREFIXES["xsd"] + "boolean", PREFIXES["xsd"] + "decimal"


def select(query_url: str, text: str) -> Table:
    """Return the solutions of a SELECT by the SPARQL 1.1 Protocol; raises HTTPError with the store's refusal."""
    form = urllib.parse.urlencode({"query": text}).encode()
    request = urllib.request.Request(query_url, form, {"Accept": "application/sparql-results+json"})
    with urllib.request.urlopen(request, timeout=120) as response:
        return table(json.load(response))


def table(result: dict[str, Any]) -> Table:
    """Return the solutions in a JSON result."""
    columns = tuple(result["head"]["vars"])
    return Table(columns, [tuple(_term(row.get(c)) for c in columns) for row in result["results"]["bindings"]])


def _term(node: dict[str, str] | None) -> Term | None:
    if node is None:
        return None
    if node["type"] in ("uri", "bnode"):
        return Term(node["value"], "iri" if node["type"] == "uri" else "blank")
    # RDF 1.1: a plain literal is an xsd:string, and may be written either way.
    datatype = node.get("datatype")
    return Term(
        node["value"], "literal", None if datatype == PREFIXES["xsd"] + "string" else datatype, node.get("xml:lang")
    )


def normal(term: Term | None) -> Term | None:
    """Return a term with its value written in one way, where stores write the same value in several.

    Only two datatypes need it: a boolean is `true` or `1`, `false` or `0`; a decimal may have zeros behind its
    point, or none. The datatype itself stays, so that an integer is no decimal and no boolean.
    """
    if term is None or term.kind != "literal":
        return term
    if term.datatype == BOOLEAN:
        return replace(term, value={"1": "true", "0": "false"}.get(term.value, term.value))
    if term.datatype == DECIMAL:
        written = f"{Decimal(term.value):f}"
        return replace(term, value=written.rstrip("0").rstrip(".") if "." in written else written)
    return term


def bag(table: Table) -> Counter[tuple[Term | None, ...]]:
    """Return the rows of a table in normal form, in no order."""
    return Counter(tuple(map(normal, row)) for row in table.rows)
