"""Lodeclaim: linked open data made of claims about critical minerals.

import lodeclaim
graph = lodeclaim.open()
graph.query("china-processing-share").to_pandas()
"""

from __future__ import annotations

from collections.abc import Iterable
from os import PathLike
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lodeclaim.knowledge import Graph

__version__ = "0.2.0"

_Paths = str | PathLike[str] | Iterable[str | PathLike[str]]


def open(path: str | PathLike[str] | None = None, *, extra: _Paths = (), corpus: _Paths = ()) -> Graph:
    """Return a built graph: the project's, or the one in a TriG or N-Quads (.nq) file.

    `extra` are folders of your own in the layout of the project's: the graph is then the one that `lodeclaim build
    --extra` has written into the last of them. `corpus` are folders with the articles' texts, by which passages have
    their words. Warns where a built graph is not that of the files here. Raises UsageError for what is not there,
    SourceError for what is malformed; both are `lodeclaim.endpoint.errors.LodeclaimError`.
    """
    # With nothing of it loaded before: whoever wants the version, or another part, need not wait.
    from lodeclaim import knowledge

    return knowledge.read(path, _several(extra), _several(corpus))


def _several(paths: _Paths) -> tuple[str | PathLike[str], ...]:
    return (paths,) if isinstance(paths, str | PathLike) else tuple(paths)
