"""What comes with the distribution: the queries and documents that lie beside modules, and the version."""

from __future__ import annotations

from functools import cache
from importlib import metadata
from importlib.resources import files


@cache
def text(package: str, *path: str) -> str:
    """Return the text of a file of a package, by its path below the package's folder."""
    return files(package).joinpath(*path).read_text(encoding="utf-8")


@cache
def version() -> str:
    """Return the version of the distribution."""
    return metadata.version("lodeclaim")
