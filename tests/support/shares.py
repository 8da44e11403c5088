"""A query of the catalogue that any client can ask, and its rows, which were written down before it was asked."""

from __future__ import annotations

import csv

from support.paths import ROOT, TESTS

NAME = "china-processing-share"
FILE = ROOT / "data" / "queries" / f"{NAME}.rq"
QUERY = FILE.read_text(encoding="utf-8")
COLUMNS = ["share", "minerals", "who"]


def rows() -> list[tuple[str, ...]]:
    """Return the rows, sorted; the file has a column more, which says where in the documents each is found."""
    with (TESTS / "competency" / f"{NAME}.csv").open(encoding="utf-8", newline="") as file:
        return sorted(tuple(row[name] for name in COLUMNS) for row in csv.DictReader(file))
