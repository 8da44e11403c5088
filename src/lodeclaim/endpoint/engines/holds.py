"""Holds on folders: who reads a store keeps it from being removed, and who writes one is alone.

A hold is a lock that the system drops with the last process that has it open, however that ends. Where a system or a
file system has no such locks, readers go on without, and what nobody can say is free is left.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

try:
    import fcntl
except ImportError:  # Windows, where nothing serves a store
    LOCKS = False
else:
    LOCKS = True


class Hold:
    """A store that is in use: as long as this object lives, here or in a process forked from here."""

    def __init__(self, folder: Path) -> None:
        self._descriptor = _locked(folder, exclusive=False)

    def __del__(self) -> None:
        _dropped(self._descriptor)


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Wait until nobody else writes into a folder, and keep others waiting in the block."""
    descriptor = _locked(folder, exclusive=True, wait=True)
    try:
        yield
    finally:
        _dropped(descriptor)


def remove(folder: Path) -> bool:
    """Remove a store unless it is in use; return whether it is gone."""
    descriptor = _locked(folder, exclusive=True)
    try:
        if descriptor is None and LOCKS:
            return False
        # Under another name first: half of a store must not pass for a whole one.
        doomed = folder.with_name(f"part-{folder.name[-8:]}")
        shutil.rmtree(folder if doomed.exists() else folder.rename(doomed), ignore_errors=True)
        return True
    finally:
        _dropped(descriptor)


def _locked(folder: Path, exclusive: bool, wait: bool = False) -> int | None:
    """Return a descriptor that holds a lock on a folder, and None where there is none to be had."""
    if not LOCKS:
        return None
    try:
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)  # a pipe would be waited for
    except OSError:
        return None
    try:
        fcntl.flock(descriptor, (fcntl.LOCK_EX if exclusive else fcntl.LOCK_SH) | (0 if wait else fcntl.LOCK_NB))
    except OSError:
        os.close(descriptor)
        return None
    return descriptor


def _dropped(descriptor: int | None) -> None:
    if descriptor is not None:
        os.close(descriptor)
