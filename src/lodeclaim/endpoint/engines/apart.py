"""A function that a child process runs, so that what it does to its process stays there."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Callable
from typing import Any


def apart(work: Callable[[], object], seconds: int = 0) -> Any:  # noqa: ANN401 - whatever JSON holds
    """Return what `work` returns in a child process, by way of JSON; None where it fails, or takes longer."""
    reading, writing = os.pipe()
    if (child := os.fork()) == 0:
        found = None
        try:
            signal.alarm(seconds)
            found = work()
        finally:
            with os.fdopen(writing, "w") as pipe:
                json.dump(found, pipe)
            os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as pipe:
        told = pipe.read()
    os.waitpid(child, 0)
    return json.loads(told or "null")
