"""What may have been meant by an IRI that is not in the dataset."""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence

from lodeclaim.endpoint.engines.engine import Engine
from lodeclaim.endpoint.web.lookup import rows, words

MOST = 8
"""How many IRIs are named."""

BEGINNING = 3
"""Characters of the last part of an IRI that those near it begin with."""

LONGEST = 200
"""Characters of an IRI for which it is worth looking: the time to compare grows with the square."""


def near(engine: Engine, missing: str, start: str, known: Sequence[str]) -> tuple[str, ...]:
    """Return IRIs of the data like a missing one that begins with `start`, the most like first.

    They are among those `known` to be there, begin like it, or have its last part as their label; where there are
    none, they are those below its parent, and at last what is found by all words of its last part.
    """
    if len(missing) > LONGEST:
        return ()
    if alike := _closest(missing, start, known):
        return alike
    parts = missing.removeprefix(start).split("/")
    for depth in (len(parts), len(parts) - 1):
        if depth < 3:
            break
        stem = start + "/".join([*parts[: depth - 1], parts[depth - 1][:BEGINNING]])
        found = rows(engine, "near", stem=words(stem), words=words(parts[depth - 1].replace("-", " ").lower()))
        if found:
            iris = list(dict.fromkeys(row["near"].value for row in found))
            named = [name for name in iris if not name.startswith(stem)]
            return tuple(dict.fromkeys([*_closest(missing, start, iris), *named]))[:MOST]
    return _called(engine, parts[-1])


def _called(engine: Engine, name: str) -> tuple[str, ...]:
    """Return what a search finds by all the words of a name."""
    if not re.search(r"\w", name):
        return ()
    found = engine.search(name, MOST)
    return tuple(hit.iri for hit in found.hits) if found.all_words else ()


def _closest(missing: str, start: str, known: Sequence[str]) -> tuple[str, ...]:
    """Return those of the known IRIs that are written most like a missing one."""
    # Among IRIs that all begin alike nearly everything is alike: the beginning must not count.
    short = {iri.removeprefix(start): iri for iri in known}
    return tuple(
        short[name] for name in difflib.get_close_matches(missing.removeprefix(start), list(short), MOST, 0.6)
    )
