"""What the stores are compared with."""

from __future__ import annotations

import pytest

from lodeclaim.endpoint.engines.engine import EmbeddedEngine
from support.paths import GRAPH


@pytest.fixture(scope="session")
def embedded() -> EmbeddedEngine:
    return EmbeddedEngine.from_file(GRAPH)
