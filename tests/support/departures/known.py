"""The classes of departure that are known: a smallest query over `data.trig` for each, all answers, who is right.

`known.csv` has them. `pyoxigraph` is the engine as it is, and `ours` the endpoint, which asks it otherwise.
`right` names the engine that has the right answer, or says what it would be where neither has it; `both` where the
specification leaves it open. A number after `#` is an issue or a change of oxigraph/oxigraph. `remedy` is the
function below engines/departures, or elsewhere in the endpoint, that answers rightly or refuses; `gap` where there is
none.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

from support.departures.answers import Answer, Refusal, Term
from support.departures.question import PROLOGUE

GAP, NONE_NEEDED = "gap", "none needed"


@dataclass(frozen=True)
class Departure:
    """One class of difference between the embedded engine and Jena's."""

    name: str
    query: str
    pyoxigraph: str
    jena: str
    ours: str
    right: str
    section: str
    upstream: str
    remedy: str

    @property
    def text(self) -> str:
        """Return the query with the prefixes that it uses."""
        return PROLOGUE + self.query

    @property
    def ordered(self) -> bool:
        """Return whether the order of its rows is what departs."""
        return self.name.startswith("order/")

    @property
    def group(self) -> str:
        """Return what has become of it: `mended`, `refused`, `gap`, `open`, or `jena` where Jena departs."""
        if self.remedy == GAP:
            return "gap"
        if self.remedy != NONE_NEEDED:
            return "refused" if self.ours == "refused" else "mended"
        return "jena" if self.right.startswith("pyoxigraph") else "open"


def departures() -> list[Departure]:
    """Return the known departures."""
    with Path(__file__).with_name("known.csv").open(encoding="utf-8", newline="") as file:
        return [Departure(**row) for row in csv.DictReader(file)]


def shown(answer: Answer, *, ordered: bool = False) -> str:
    """Return an answer as it is written in the list: rows by `;`, in their order if it is asked for."""
    if isinstance(answer, Refusal):
        return "aborted" if answer.aborted else "refused"
    if isinstance(answer, bool):
        return str(answer).lower()
    rows = [" | ".join(_written(term) for term in row) for row in answer.rows]
    return "; ".join(rows if ordered else sorted(rows)) or "nothing"


def _written(term: Term | None) -> str:
    return "-" if term is None else "_:" if term.kind == "blank" else str(term)
