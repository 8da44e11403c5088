"""Queries over `data.trig` by kind, drawn from a seed: the same seed gives the same queries.

`fixed.txt` adds what no template makes.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from pathlib import Path

from support.departures.question import Question
from support.departures.templates import KINDS

__all__ = ["KINDS", "questions"]


def questions(seed: int) -> list[Question]:
    """Return the queries of every kind."""
    found = [question for kind, drawn in KINDS.items() for question in drawn(kind, random.Random(f"{seed} {kind}"))]
    return sorted([*found, *_fixed()], key=lambda question: list(KINDS).index(question.kind))


def _fixed() -> Iterator[Question]:
    kind = ""
    for line in Path(__file__).with_name("fixed.txt").read_text(encoding="utf-8").splitlines():
        if heading := re.fullmatch(r"\[(.+)\]", line):
            kind = heading[1]
        elif line and not line.startswith("#"):
            yield Question(kind, line)
