"""Worked examples: for the main classes a real node of the graph, as the Turtle that states it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import pyoxigraph as ox

from lodeclaim.endpoint.engines.engine import Engine, Term
from lodeclaim.endpoint.web.pages.addresses import short
from lodeclaim.endpoint.web.pages.lookup import iri, rows
from lodeclaim.namespaces import GRAPHS, PREFIXES

_ASSERTED = tuple(GRAPHS + kind for kind in ("vocabulary/", "questions/", "documents/", "ontology/", "lineage"))
_NAME = re.compile(r"[\w-]+:[A-Za-z0-9_]([\w-]*[A-Za-z0-9_])?", re.ASCII)
_BARE = {
    PREFIXES["xsd"] + "integer": re.compile(r"[+-]?[0-9]+"),
    PREFIXES["xsd"] + "decimal": re.compile(r"[+-]?[0-9]*[.][0-9]+"),
    PREFIXES["xsd"] + "boolean": re.compile("true|false"),
}
"""How a literal must look to mean the same without quotation marks."""

_TYPE = PREFIXES["rdf"] + "type"

Statements = tuple[tuple[Term, tuple[Term, ...]], ...]
"""What is stated of a node: each property with its values."""


@dataclass(frozen=True)
class Example:
    """A node that shows how a class is used."""

    node: Term
    note: str
    """What to see in it."""

    written: Statements
    derived: Statements
    """What the build has added to it."""


@cache
def chosen() -> dict[str, tuple[str, str]]:
    """Return the example of each class, with what to see in it."""
    quads = list(ox.parse((files(__package__) / "examples.ttl").read_bytes(), format=ox.RdfFormat.TURTLE))
    notes = {quad.subject.value: quad.object.value for quad in quads if quad.predicate.value.endswith("#note")}
    return {
        quad.subject.value: (quad.object.value, notes[quad.object.value])
        for quad in quads
        if quad.predicate.value == PREFIXES["vann"] + "example"
    }


def example(engine: Engine, name: str) -> Example | None:
    """Return the example of a class, None where there is none or the graph does not have it."""
    node, note = chosen().get(name, ("", ""))
    found = rows(engine, "example", resource=iri(node)) if node else []
    if not found:
        return None
    written: dict[Term, set[Term]] = {}
    derived: dict[Term, set[Term]] = {}
    for row in found:
        kept = written if row["graph"].value.startswith(_ASSERTED) else derived
        kept.setdefault(row["property"], set()).add(row["value"])
    return Example(iri(node), note, _ordered(written), _ordered(derived))


def turtle(term: Term) -> str:
    """Return a term as Turtle, with the prefixes of the project."""
    if term.kind == "iri":
        name = short(term.value)
        return name if _NAME.fullmatch(name) else f"<{term.value}>"
    if term.kind == "blank":
        return f"_:{term.value}"
    if term.datatype in _BARE and _BARE[term.datatype].fullmatch(term.value):
        return term.value
    quoted = str(ox.Literal(term.value))
    if term.language:
        return f"{quoted}@{term.language}"
    if term.datatype and term.datatype != PREFIXES["xsd"] + "string":
        return f"{quoted}^^{turtle(iri(term.datatype))}"
    return quoted


def _ordered(stated: dict[Term, set[Term]]) -> Statements:
    """Return the types first, as a reader expects them, and the rest by name."""
    properties = sorted(stated, key=lambda term: (term.value != _TYPE, turtle(term)))
    return tuple((term, tuple(sorted(stated[term], key=turtle))) for term in properties)
