"""What may have been meant by an IRI that is not in the graph."""

from __future__ import annotations

import difflib
from collections.abc import Sequence

from lodeclaim.endpoint.engines.engine import Engine
from lodeclaim.endpoint.web.pages.lookup import rows, words
from lodeclaim.namespaces import BASE

MOST = 8
"""How many IRIs are named."""

BEGINNING = 3
"""Characters of the last part of an IRI that those near it begin with."""

LONGEST = 200
"""Characters of an IRI for which it is worth looking: the time to compare grows with the square."""


def near(engine: Engine, missing: str) -> tuple[str, ...]:
    """Return IRIs of the data like a missing one under `id/`, the most like first.

    They begin like it, or their label is its last part; where there are none, those below its parent.
    """
    parts = missing.removeprefix(BASE).split("/")
    if len(missing) > LONGEST or len(parts) < 3:
        return ()
    for depth in (len(parts), len(parts) - 1):
        if depth < 3:
            break
        stem = BASE + "/".join([*parts[: depth - 1], parts[depth - 1][:BEGINNING]])
        found = rows(engine, "near", stem=words(stem), words=words(parts[depth - 1].replace("-", " ").lower()))
        if found:
            known = list(dict.fromkeys(row["near"].value for row in found))
            named = [row["near"].value for row in found if not row["near"].value.startswith(stem)]
            return tuple(dict.fromkeys([*closest(missing, known), *named]))[:MOST]
    return ()


def closest(missing: str, known: Sequence[str]) -> tuple[str, ...]:
    """Return those of the known IRIs that are written most like a missing one."""
    if len(missing) > LONGEST:
        return ()
    # Among IRIs that all begin alike nearly everything is alike: the beginning must not count.
    short = {iri.removeprefix(BASE): iri for iri in known}
    wanted = missing.removeprefix(BASE)
    return tuple(short[name] for name in difflib.get_close_matches(wanted, list(short), MOST, 0.6))
