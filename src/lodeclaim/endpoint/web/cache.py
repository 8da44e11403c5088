"""Answers that need not be worked out again: bounded by their bytes, the longest unused leave first."""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from dataclasses import dataclass

_AROUND = 1_000
"""About what Python takes for an entry, its key and the place it has, besides the bytes of head and body."""


def key_of(*parts: str | bytes | bool | None) -> bytes:
    """Return what stands for a request: of one length, however long what a stranger sent may be."""
    digest = hashlib.sha256()
    for part in parts:
        said = part.encode("utf-8", "surrogatepass") if isinstance(part, str) else part
        said = said if isinstance(said, bytes) else str(said).encode()
        # With kind and length before it, no part can pass for another, or for two.
        digest.update(f"{type(part).__name__} {len(said)} ".encode())
        digest.update(said)
    return digest.digest()


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
        self._entries: OrderedDict[bytes, tuple[Entry, int]] = OrderedDict()
        self.bytes = 0

    @property
    def room(self) -> int:
        """The length of a body beyond which it is not kept."""
        return self._max_bytes // 4

    def get(self, key: bytes) -> Entry | None:
        """Return an entry, which counts as used now."""
        found = self._entries.get(key)
        if found is None:
            return None
        self._entries.move_to_end(key)
        return found[0]

    def put(self, key: bytes, entry: Entry) -> None:
        """Keep an entry that takes no fourth of the room alone, by the key that `key_of` made."""
        size = len(entry.body) + sum(len(name) + len(value) for name, value in entry.headers) + _AROUND
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
