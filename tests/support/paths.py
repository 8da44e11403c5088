"""Where the checkout, its tests, its built graph and the texts beside it lie."""

from __future__ import annotations

import os
from pathlib import Path

TESTS = Path(__file__).resolve().parents[1]
ROOT = TESTS.parent
GRAPH = ROOT / "data" / "graph" / "lodeclaim.trig"
"""The project's graph, as it is committed."""

TINY = TESTS / "fixtures" / "tiny.trig"
"""Two small graphs: two subjects with a share, `cobalt` in the first and `nickel` in the second."""


def corpus_folder() -> Path | None:
    """The article texts, which are not in the repository: $LODECLAIM_CORPUS, else beside the checkout."""
    named = os.environ.get("LODECLAIM_CORPUS")
    folder = Path(named) if named else ROOT.parent / "shared" / "corpus"
    return folder if folder.is_dir() else None
