"""Answers that need not be worked out again: bounded by their bytes, the longest unused leave first."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass


@dataclass(frozen=True)
class Entry:
    """A response that was sent, ready to be sent again."""

    headers: list[tuple[bytes, bytes]]
    body: bytes
    etag: str


class Cache:
    """Least-recently-used entries by what was asked; the caller clears it when the data changes."""

    def __init__(self, max_bytes: int) -> None:
        self._max_bytes = max_bytes
        self._entries: OrderedDict[Hashable, tuple[Entry, int]] = OrderedDict()
        self.bytes = 0

    @property
    def room(self) -> int:
        """The length of a body beyond which it is not kept."""
        return self._max_bytes // 4

    def get(self, key: Hashable) -> Entry | None:
        """Return an entry, which counts as used now."""
        found = self._entries.get(key)
        if found is None:
            return None
        self._entries.move_to_end(key)
        return found[0]

    def put(self, key: Hashable, entry: Entry, key_bytes: int) -> None:
        """Keep an entry that takes no fourth of the room alone; `key_bytes` is about the size of its key."""
        size = len(entry.body) + key_bytes + 1_000
        if size > self.room:
            return
        if (before := self._entries.pop(key, None)) is not None:
            self.bytes -= before[1]
        self._entries[key] = entry, size
        self.bytes += size
        while self.bytes > self._max_bytes:
            _, (_, freed) = self._entries.popitem(last=False)
            self.bytes -= freed

    def clear(self) -> None:
        """Forget everything."""
        self._entries.clear()
        self.bytes = 0
