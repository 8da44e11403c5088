"""The known gaps: what the engine itself cannot do, and the proof that it is the engine that cannot."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from support.w3c.judgement import fault, over_engine
from support.w3c.manifests import Case
from support.w3c.server import Response


@dataclass(frozen=True)
class Gap:
    """A test that fails on bare pyoxigraph too, and why."""

    test: str
    differs: str
    """In what the answer differs from the expected one: `spelling` of numbers only, `answer`, or `refusal` of one."""

    reason: str


@cache
def known() -> dict[str, Gap]:
    """Return the known gaps by the name of their test."""
    with Path(__file__).with_name("known-gaps.csv").open(encoding="utf-8", newline="") as file:
        return {row["test"]: Gap(**row) for row in csv.DictReader(file)}


def settle(case: Case, response: Response, record: Callable[[str, object], None]) -> None:
    """Fail unless the answer to a test is right, or wrong as its gap has it and as pyoxigraph alone has it."""
    found, gap = fault(case, response), known().get(case.name)
    if gap is None:
        assert found is None, f"{case.name}: {found}"
        return
    record("gap", gap.differs)
    assert found is not None, f"{case.name} is no longer a gap: take it out of known-gaps.csv"
    assert fault(case, over_engine(case)) is not None, f"{case.name} is no gap of pyoxigraph, but ours: {found}"
    if gap.differs == "refusal":
        told = json.loads(response.body) if response.status == 400 else {}
        assert told.get("type", "").endswith("/query-unsupported"), f"{case.name} fails in another way: {found}"
        return
    # pyoxigraph's own failures are answers of its own: a server that fails to give one fails in another way.
    assert response.status == over_engine(case).status, f"{case.name} fails in another way: {found}"
    spelling = fault(case, response, spelling=False) is None
    assert spelling == (gap.differs == "spelling"), f"{case.name} does not differ in {gap.differs}: {found}"
