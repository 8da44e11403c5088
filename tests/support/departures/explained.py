"""The differences between the endpoint and Jena's ARQ, and the class of departure that explains each.

`explained.csv` has a line for each query that differs and each class that has a part in it; the classes are those of
`known.csv`. A query differs where the two give other answers, or where one of them puts rows out of order; numbers of
equal value that are written in another way, or have another datatype, are no difference.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from support.departures.answers import Answer, Table
from support.departures.comparison import Difference, difference
from support.departures.engines import Embedded, Jena
from support.departures.generated import questions
from support.departures.order import misplaced
from support.departures.published import PUBLISHED
from support.departures.question import Question

DATA = Path(__file__).with_name("data.trig")
SEED = 1
"""The seed of the queries that are explained."""

_SAME_VALUES = ("spelling", "datatype")


class Explained(NamedTuple):
    """A query that differs, and a class of departure that it belongs to."""

    kind: str
    query: str
    departure: str


@dataclass(frozen=True)
class Comparison:
    """What the endpoint and Jena answer to a question."""

    question: Question
    ours: Answer
    theirs: Answer

    @property
    def difference(self) -> Difference | None:
        """In what the answers differ, if in anything."""
        return difference(self.ours, self.theirs)

    @property
    def misplaced(self) -> dict[str, str]:
        """Two rows in words that stand in the wrong order, by the engine that put them so."""
        found = {"pyoxigraph": self._order(self.ours), "Jena": self._order(self.theirs)}
        return {name: words for name, words in found.items() if words}

    @property
    def differs(self) -> bool:
        """Whether a class of departure must explain it."""
        found = self.difference
        return bool(self.misplaced) or (found is not None and found.kind not in _SAME_VALUES)

    def _order(self, answer: Answer) -> str:
        if not self.question.keys or not isinstance(answer, Table):
            return ""
        found = misplaced(answer, self.question.keys)
        return f"{tuple(map(str, found[0]))} before {tuple(map(str, found[1]))}" if found else ""


def asked(folder: Path, seed: int = SEED, kind: str | None = None) -> Iterator[tuple[Path, Question]]:
    """Yield each query, or those of a kind, with the file that it is asked of; some files are written to a folder."""
    yield from (
        (DATA.with_name(question.data), question) for question in questions(seed) if kind in (None, question.kind)
    )
    for name, published in PUBLISHED:
        if kind in (None, name):
            yield from published(name, folder)


def compared(queries: Iterable[tuple[Path, Question]], embedded: Embedded, other: Jena) -> Iterator[Comparison]:
    """Ask both engines each query, of its file."""
    loaded = None
    for file, question in queries:
        if file != loaded:
            embedded.load(file)
            other.load(file)
            loaded = file
        ours, theirs = (engine.ask(question.text, union=question.union) for engine in (embedded, other))
        yield Comparison(question, ours, theirs)


def explained() -> list[Explained]:
    """Return the lines of the list."""
    with Path(__file__).with_name("explained.csv").open(encoding="utf-8", newline="") as file:
        return [Explained(row["kind"], row["query"], row["class"]) for row in csv.DictReader(file)]
