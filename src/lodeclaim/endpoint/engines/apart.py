"""A function that a child process runs, so that what it does to its process stays there."""

from __future__ import annotations

import json
import mmap
import os
import signal
from collections.abc import Callable
from typing import Any


def apart(work: Callable[[], object], seconds: float = 0, room: int = 1 << 20) -> Any:  # noqa: ANN401 - any JSON
    """Return what `work` returns in a child process, by way of JSON of at most so many bytes.

    None where it fails, where it takes longer than the seconds, unless these are 0, and where the system gives no
    process or memory for it.
    """
    if not hasattr(os, "fork"):
        return None
    try:
        shared = mmap.mmap(-1, room)  # a confined process has no descriptor left for a pipe
    except OSError:  # nor has every one memory left
        return None
    with shared:
        try:
            child = os.fork()
        except OSError:
            return None
        if child == 0:
            try:
                signal.setitimer(signal.ITIMER_REAL, seconds)
                shared.write(json.dumps(work()).encode() + b"\n")
                os._exit(0)
            finally:
                os._exit(1)
        _, status = os.waitpid(child, 0)
        shared.seek(0)
        return None if status else json.loads(shared.readline())
