"""Slips that no shape can see, since they show only beside the words: a plan taken for a fact, a granularity."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import cast

import pyoxigraph as ox

from lodeclaim.corpus import Text
from lodeclaim.endpoint import shipped
from lodeclaim.findings import Finding
from lodeclaim.namespaces import PREFIXES, shorten

_QUERY = shipped.text("lodeclaim", "slips.rq")
_PLAN = re.compile(
    r"\b(will|shall|plans? to|planned|planning|is to|are to|scheduled|expected|intends?)\b", re.IGNORECASE
)
_NUMBER = re.compile(r"\d[\d,]*(?:\.(\d+))?\s*(thousand|million|billion|trillion)?", re.IGNORECASE)
_WORTH = {"": 0, "thousand": 3, "million": 6, "billion": 9, "trillion": 12}
_FACTUAL = {PREFIXES["modality"] + "asserted", PREFIXES["modality"] + "estimated"}


def check(store: ox.Store, texts: dict[str, Text]) -> list[Finding]:
    """Return the slips in all claims; that a plan is taken for a fact is seen only where the text is at hand."""
    findings: list[Finding] = []
    for row in cast(ox.QuerySolutions, store.query(_QUERY, use_default_graph_as_union=True)):
        where = shorten(row["claim"].value)
        if row["printed"] is not None:
            findings += _granularity(where, row["printed"].value, Decimal(row["granularity"].value))
        text = texts.get(row["digest"].value)
        if text is not None and row["modality"].value in _FACTUAL and row["plan"] is None:
            findings += _plan(where, text.passage(int(row["start"].value), int(row["end"].value)))
    return sorted(set(findings))


def _plan(where: str, words: str) -> Iterator[Finding]:
    if cue := _PLAN.search(words):
        yield Finding(
            where,
            "plan-taken-for-fact",
            f"its passage says {cue[0]!r}, and it is asserted",
            "Use modality:planned or modality:expected, or narrow the passage",
        )


def granularity(printed: str) -> Decimal | None:
    """Return the worth of the last digit that a printed value shows, None where it shows no digit."""
    numbers = list(_NUMBER.finditer(printed))
    if not numbers:
        return None
    decimals, magnitude = numbers[-1].groups(default="")
    return Decimal(10) ** (_WORTH[magnitude.lower()] - len(decimals))


def _granularity(where: str, printed: str, given: Decimal) -> Iterator[Finding]:
    worth = granularity(printed)
    if worth is not None and worth != given:
        yield Finding(
            where,
            "granularity",
            f"its last printed digit, in {printed!r}, is worth {worth:f}, and lc:granularity is {given:f}",
            f"Write lc:granularity {worth:f}",
        )
