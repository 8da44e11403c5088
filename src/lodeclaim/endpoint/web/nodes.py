"""Terms with the labels that a reader sees."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from lodeclaim.endpoint.engines.engine import Term

Row = Mapping[str, Term]
"""The terms of one solution by variable; unbound variables are left out."""


@dataclass(frozen=True)
class Node:
    """A term with its label, None where it has none."""

    term: Term
    label: Term | None = None

    @property
    def name(self) -> str:
        """What to sort it by: the label, or the term itself."""
        return (self.label or self.term).value.lower()


def preferred(labels: Iterable[Term | None]) -> Term | None:
    """Return the label to show of several: an English one, then one without a language, then the first."""
    order = {"en": 0, None: 1}
    known = {label for label in labels if label is not None}
    return min(known, key=lambda label: (order.get(label.language, 2), label.value), default=None)


def nodes(rows: Iterable[Row], name: str) -> dict[Term, Node]:
    """Return the terms of one column with the label of each, which the column `<name>Label` holds.

    A term with several labels comes in several rows.
    """
    labels: dict[Term, list[Term | None]] = {}
    for row in rows:
        if term := row.get(name):
            labels.setdefault(term, []).append(row.get(f"{name}Label"))
    return {term: Node(term, preferred(known)) for term, known in labels.items()}
