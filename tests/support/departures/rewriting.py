"""Queries that the endpoint rewrites in a way that is easily wrong, with what SPARQL 1.1 says; `rewriting.csv`.

`refused` is for what the grammar does not allow, and must not become right by being rewritten. Queries with one token
that is deleted, doubled, moved or new are drawn from these and from the generated ones.
"""

from __future__ import annotations

import csv
import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from lodeclaim.endpoint.sparql.tokens import QueryTextError, tokenize
from support.departures.explained import SEED
from support.departures.generated import questions
from support.departures.question import PROLOGUE

_KINDS = frozenset(
    ("aggregates", "orders", "patterns", "names", "paths", "graphs", "scopes", "subqueries", "construct")
)
_NEW = (
    *("-", "!", "+", "*", ",", ";", "(", ")", "=", "^", "|", ".", "()", "{}"),
    *("?x", "1", "'x'", "n:1.1.1", "DISTINCT", "STR", "SEPARATOR", "DESC", "TRUE"),
)
_CHANGES = ("delete", "double", "swap", "insert", "overwrite")


@dataclass(frozen=True)
class Rewritten:
    """A query and its answer, in the words of `known.shown`."""

    query: str
    answer: str
    section: str

    @property
    def text(self) -> str:
        """Return the query with the prefixes that it uses."""
        return PROLOGUE + self.query


def rewritten() -> list[Rewritten]:
    """Return the queries of the list."""
    with Path(__file__).with_name("rewriting.csv").open(encoding="utf-8", newline="") as file:
        return [Rewritten(**row) for row in csv.DictReader(file)]


def mutated(seed: int, count: int) -> Iterator[str]:
    """Yield so many different queries with one token changed, without their prefixes."""
    draw = random.Random(seed)
    listed = [each.query for each in rewritten()]
    pool = [question.body for question in questions(SEED) if question.kind in _KINDS and _has_tokens(question.body)]
    seen = set[str]()
    while len(seen) < count:
        source = draw.choice(listed if draw.random() < 0.5 else pool)
        changed = _changed(source, draw)
        if changed not in seen and changed != source:
            seen.add(changed)
            yield changed


def _has_tokens(body: str) -> bool:
    try:
        return bool(list(tokenize(body)))
    except QueryTextError:  # an escape outside a string
        return False


def _changed(body: str, draw: random.Random) -> str:
    words = [token.text for token in tokenize(body)]
    at, other = draw.randrange(len(words)), draw.randrange(len(words))
    match draw.choice(_CHANGES):
        case "delete":
            del words[at]
        case "double":
            words.insert(at, words[at])
        case "swap":
            words[at], words[other] = words[other], words[at]
        case "insert":
            words.insert(at, draw.choice(_NEW))
        case "overwrite":
            words[at] = words[other]
    return " ".join(words)
