"""Worked examples: for classes whose profile names one, a resource of the dataset as the Turtle that states it."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

import pyoxigraph as ox

from lodeclaim.endpoint.engines.engine import Engine, Term
from lodeclaim.endpoint.prefixes import Prefixes
from lodeclaim.endpoint.profiles import Profiles
from lodeclaim.endpoint.vocabularies import RDF, XSD
from lodeclaim.endpoint.web.lookup import iri, rows

_BARE = {
    XSD.integer: re.compile(r"[+-]?[0-9]+"),
    XSD.decimal: re.compile(r"[+-]?[0-9]*[.][0-9]+"),
    XSD.boolean: re.compile("true|false"),
}
"""How a literal must look to mean the same without quotation marks."""

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


def example(engine: Engine, profiles: Profiles, is_derived: Callable[[str], bool], name: str) -> Example | None:
    """Return the example of a class, None where no profile has one or the dataset does not hold it."""
    resource, note = profiles.examples.get(name, ("", ""))
    found = rows(engine, "example", resource=iri(resource)) if resource else []
    if not found:
        return None
    written: dict[Term, set[Term]] = {}
    derived: dict[Term, set[Term]] = {}
    for row in found:
        kept = derived if "graph" in row and is_derived(row["graph"].value) else written
        kept.setdefault(row["property"], set()).add(row["value"])
    return Example(iri(resource), note, _ordered(written), _ordered(derived))


def turtle(term: Term, prefixes: Prefixes) -> str:
    """Return a term as Turtle, with the prefixes."""
    if term.kind == "iri":
        return prefixes.name(term.value) or f"<{term.value}>"
    if term.kind == "blank":
        return f"_:{term.value}"
    if term.datatype in _BARE and _BARE[term.datatype].fullmatch(term.value):
        return term.value
    quoted = str(ox.Literal(term.value))
    if term.language:
        return f"{quoted}@{term.language}"
    if term.datatype and term.datatype != XSD.string:
        return f"{quoted}^^{turtle(iri(term.datatype), prefixes)}"
    return quoted


def _ordered(stated: dict[Term, set[Term]]) -> Statements:
    """Return the types first, as a reader expects them, and the rest by name."""
    properties = sorted(stated, key=lambda term: (term.value != RDF.type, term.value))
    return tuple(
        (term, tuple(sorted(stated[term], key=lambda value: (value.kind, value.value)))) for term in properties
    )
