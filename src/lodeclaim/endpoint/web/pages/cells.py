"""How a term of an answer is shown on a page: its words, where it leads, and what is said of it quietly."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from lodeclaim.endpoint.engines.engine import Term
from lodeclaim.endpoint.vocabularies import XSD
from lodeclaim.endpoint.web.pages.site import href, short

MAX_CHARACTERS = 2_000
"""The length at which a literal is cut on a page; a download has it whole."""

_NUMBERS = frozenset(XSD + name for name in ("integer", "decimal", "double", "float"))


@dataclass(frozen=True)
class Cell:
    """One term as a page shows it; everything in it is text, and none of it is markup."""

    text: str
    iri: str | None = None
    href: str | None = None
    """The page of an IRI here."""

    note: str = ""
    """The datatype of a literal that is neither plain nor in a language."""

    language: str | None = None
    number: bool = False
    cut: int = 0
    """How many characters are not shown."""


def cell(term: Term, labels: Mapping[str, str]) -> Cell:
    """Return how a term is shown: an IRI by its label, else as `prefix:name`, else in full."""
    match term.kind:
        case "iri":
            text = labels.get(term.value) or short(term.value)
            return Cell(text[:MAX_CHARACTERS], term.value, href(term.value), cut=_beyond(text))
        case "blank":
            return Cell(f"_:{term.value}")
    note = short(term.datatype) if term.datatype else ""
    return Cell(
        term.value[:MAX_CHARACTERS],
        note=note,
        language=term.language,
        number=term.datatype in _NUMBERS,
        cut=_beyond(term.value),
    )


def iris(rows: Iterable[Iterable[Term | None]]) -> list[str]:
    """Return the IRIs in some rows, in the order in which they are read."""
    return [term.value for row in rows for term in row if term and term.kind == "iri"]


def _beyond(text: str) -> int:
    return max(0, len(text) - MAX_CHARACTERS)
