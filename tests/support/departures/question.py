"""A query of the comparison, with what its answer is judged by."""

from __future__ import annotations

from dataclasses import dataclass

from support.departures.order import Key

PROLOGUE = "".join(
    f"PREFIX {name}: <{iri}>\n"
    for name, iri in {
        "p": "http://example.org/p/",
        "v": "http://example.org/v/",
        "n": "http://example.org/n/",
        "g": "http://example.org/g/",
        "xsd": "http://www.w3.org/2001/XMLSchema#",
    }.items()
)


@dataclass(frozen=True)
class Question:
    """One query, and the columns that its rows are ordered by."""

    kind: str
    body: str
    keys: tuple[Key, ...] = ()
    prologue: str = PROLOGUE
    title: str = ""
    data: str = "data.trig"
    """The file beside this one that it is asked of, unless it comes with its own."""

    union: bool = False
    """Whether its default graph is the union of all named graphs."""

    @property
    def text(self) -> str:
        """Return the whole query."""
        return self.prologue + self.body

    @property
    def name(self) -> str:
        """Return what it is called in a report: its body where it has no title."""
        return self.title or self.body
