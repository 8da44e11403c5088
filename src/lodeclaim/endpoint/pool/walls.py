"""The walls around a worker: what its process may not do, asked of the system, which does not offer each everywhere.

All are there on Linux. Elsewhere a worker runs within those that there are, and the operator is told of the others.
"""

from __future__ import annotations

import ctypes
import mmap
import os
import resource
import signal
import sys
from collections.abc import Callable

from lodeclaim.endpoint.engines.apart import apart

LIBC = ctypes.CDLL(None)
STATM = "/proc/self/statm"

WITHOUT = {
    "memory": "queries run without a limit of memory",
    "files": "a query that slips past the guard could write files",
    "descriptors": "a query that slips past the guard could open files and connections",
    "parent": "a query whose server is killed runs on for as long as it might have taken",
}
"""The walls by name, each with what may happen where it is missing."""

_PR_SET_PDEATHSIG = 1  # linux/prctl.h


class Memory:
    """How large this process is, read through a file that stays open when no other can be opened."""

    def __init__(self) -> None:
        try:
            self._statm: int | None = os.open(STATM, os.O_RDONLY)
        except OSError:
            self._statm = None

    @property
    def is_exact(self) -> bool:
        """Whether the address space is known, and not only the largest part of it that was ever in memory."""
        return self._statm is not None

    def bytes(self) -> int:
        """Return the bytes of address space in use or, where that is not known, the most that was ever resident."""
        if self._statm is None:
            unit = 1 if sys.platform == "darwin" else 1024
            return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit
        return int(os.pread(self._statm, 64, 0).split()[0]) * resource.getpagesize()


def missing(memory_bytes: int, sockets: bool) -> dict[str, str]:
    """Return the walls that are not to be had here, each with the reason, as a child process finds that asks for all.

    Raises OSError where no child can tell.
    """
    parent = os.getpid()
    found: dict[str, str] | None = apart(lambda: end_with(parent) | confine(Memory(), memory_bytes, sockets))
    if found is None:
        raise OSError("the process that was to ask for the limits of the system ended")
    return found


def end_with(parent: int) -> dict[str, str]:
    """Have the system end this process when its parent is killed; return the wall if it is missing, and why."""

    def ask() -> None:
        if not hasattr(LIBC, "prctl"):
            raise OSError("there is no prctl")
        if LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL) != 0:
            raise OSError("prctl refuses PR_SET_PDEATHSIG")

    found = _without("parent", ask)
    if os.getppid() != parent:
        os._exit(1)
    return found


def confine(memory: Memory, memory_bytes: int, sockets: bool) -> dict[str, str]:
    """Put the other walls around this process; return those that are missing, and why.

    No core dumps, no files written, so many bytes more than `memory` counts now; and unless it needs `sockets`, no
    new descriptor, so that what slips past the guard can still open neither a file nor a connection.
    """
    found = _without("files", _bound_files) | _without("memory", lambda: _bound_memory(memory, memory_bytes))
    return found if sockets else found | _without("descriptors", _bound_descriptors)


def _without(name: str, ask: Callable[[], None]) -> dict[str, str]:
    try:
        ask()
    except (OSError, ValueError) as error:  # macOS refuses a limit with either
        return {name: str(error)}
    return {}


def _bound_files() -> None:
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))


def _bound_memory(memory: Memory, more: int) -> None:
    if not memory.is_exact:
        raise OSError(f"{STATM} is missing")
    resource.setrlimit(resource.RLIMIT_AS, (memory.bytes() + more,) * 2)
    try:
        # A system may take the limit and not keep it. What cannot be written to is not counted as memory by any.
        mmap.mmap(-1, more + 1, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS, prot=mmap.PROT_READ).close()
    except OSError:
        return
    raise OSError("RLIMIT_AS is not kept")


def _bound_descriptors() -> None:
    free = os.dup(0)
    os.close(free)
    # What is open above stays open: only a new one must be below.
    resource.setrlimit(resource.RLIMIT_NOFILE, (free, free))
    try:
        os.close(os.dup(0))
    except OSError:
        return
    raise OSError("RLIMIT_NOFILE is not kept")
