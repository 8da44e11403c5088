"""Answers to queries as plain values, read from SPARQL JSON and N-Triples alike, whichever engine wrote them.

Terms keep the spelling that they have in the document: nothing is brought into another form here.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

XSD = "http://www.w3.org/2001/XMLSchema#"


class Term(NamedTuple):
    """An RDF term as it is written; `kind` is `iri`, `blank` or `literal`."""

    kind: str
    value: str
    datatype: str = ""
    language: str = ""

    def __str__(self) -> str:
        if self.kind == "literal":
            name = self.datatype.replace(XSD, "xsd:")
            tail = f"@{self.language}" if self.language else f"^^{name}" if self.datatype else ""
            return json.dumps(self.value, ensure_ascii=False) + tail
        return f"<{self.value}>" if self.kind == "iri" else f"_:{self.value}"


Row = tuple[Term | None, ...]


@dataclass(frozen=True)
class Table:
    """Columns by name and rows in the order in which they came; the graph of a CONSTRUCT is a table of triples."""

    columns: tuple[str, ...]
    rows: list[Row]


@dataclass(frozen=True)
class Refusal:
    """What an engine said in place of an answer; `aborted` where its process ended."""

    words: str
    aborted: bool = False


Answer = Table | bool | Refusal


def from_json(body: str | bytes) -> Answer:
    """Return what a result in SPARQL 1.1 JSON says."""
    document = json.loads(body)
    if "boolean" in document:
        return bool(document["boolean"])
    columns = tuple(document["head"].get("vars", ()))
    rows = [tuple(_from_json(row.get(name)) for name in columns) for row in document["results"]["bindings"]]
    return Table(columns, rows)


def _from_json(node: dict[str, Any] | None) -> Term | None:
    if node is None:
        return None
    kind = {"uri": "iri", "bnode": "blank"}.get(node["type"], "literal")
    datatype = node.get("datatype", "")
    return Term(kind, node["value"], "" if datatype == f"{XSD}string" else datatype, node.get("xml:lang", ""))


_TERM = re.compile(
    r'\s*(?:<([^>]*)>|_:([^\s<>"]+?)(?=\s*[.\s])|"((?:[^"\\]|\\.)*)"(?:\^\^<([^>]*)>|@([A-Za-z0-9-]+))?)', re.DOTALL
)
_ESCAPE = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|(.))")


def from_n_triples(body: str | bytes) -> Answer:
    """Return the graph in an N-Triples document as a table of its triples, of whatever terms they are made."""
    text = body.decode() if isinstance(body, bytes) else body
    rows = {tuple(_in_line(line)) for line in text.split("\n") if line.strip()}
    return Table(("subject", "predicate", "object"), list(rows))


def _in_line(line: str) -> Iterator[Term]:
    offset = 0
    for _ in range(3):
        found = _TERM.match(line, offset)
        if found is None:
            raise ValueError(f"no term at {line[offset:]!r}")
        offset = found.end()
        iri, blank, value, datatype, language = found.groups()
        if value is None:
            yield Term("iri", _unescaped(iri)) if blank is None else Term("blank", blank)
        else:
            datatype = "" if datatype == f"{XSD}string" else datatype or ""
            yield Term("literal", _unescaped(value), datatype, language or "")


def _unescaped(text: str) -> str:
    def character(found: re.Match[str]) -> str:
        code = found[1] or found[2]
        return (
            chr(int(code, 16))
            if code
            else {"t": "\t", "b": "\b", "n": "\n", "r": "\r", "f": "\f"}.get(found[3], found[3])
        )

    return _ESCAPE.sub(character, text)
