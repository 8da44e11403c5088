"""The queries of the catalogue and the rows that were read off the articles for each."""

from __future__ import annotations

import csv
from pathlib import Path

from support.paths import ROOT, TESTS

FOLDER = TESTS / "competency"
EXPECTED = sorted(path for path in FOLDER.glob("*.csv") if not path.stem.endswith(".control"))
EMPTY = [path for path in EXPECTED if len(path.read_text(encoding="utf-8").splitlines()) == 1]


def query(name: str) -> str:
    return (ROOT / "data/queries" / f"{name}.rq").read_text(encoding="utf-8")


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))
