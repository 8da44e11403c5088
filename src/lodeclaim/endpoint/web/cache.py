"""Answers that need not be worked out again: bounded by their bytes, the longest unused leave first."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from cachetools import LRUCache

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
        self._entries: LRUCache[bytes, Entry] = LRUCache(max_bytes, getsizeof=_size)

    @property
    def size(self) -> int:
        """How much is kept."""
        return int(self._entries.currsize)

    @property
    def room(self) -> int:
        """The length of a body beyond which it is not kept."""
        return int(self._entries.maxsize) // 4

    def get(self, key: bytes) -> Entry | None:
        """Return an entry, which counts as used now."""
        return self._entries.get(key)

    def put(self, key: bytes, entry: Entry) -> None:
        """Keep an entry that takes no fourth of the room alone, by the key that `key_of` made."""
        if _size(entry) <= self.room:
            self._entries[key] = entry

    def clear(self) -> None:
        """Forget everything."""
        self._entries.clear()


def _size(entry: Entry) -> int:
    return len(entry.body) + sum(len(name) + len(value) for name, value in entry.headers) + _AROUND
