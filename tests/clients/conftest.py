"""What the tests of several clients need."""

from __future__ import annotations

import pytest

from support import shares
from support.servers import Server


@pytest.fixture(scope="session")
def url(tiny: Server) -> str:
    """The endpoint over the two small graphs, whose answers `support.tiny` knows."""
    return tiny.url


@pytest.fixture(scope="session")
def catalogue_rows() -> list[tuple[str, ...]]:
    """The rows of `support.shares`."""
    return shares.rows()
