"""The cache of answers: bounded by bytes, and the longest unused leave first."""

from __future__ import annotations

from lodeclaim.web.cache import Cache, Entry


def entry(size: int, name: str = "x") -> Entry:
    return Entry([(b"content-type", b"text/plain")], name.encode()[:1] * size, f'"{name}"')


def test_an_entry_is_found_by_its_key_alone():
    cache = Cache(1 << 20)
    kept = entry(100)
    cache.put(("a", True), kept, 1)
    assert cache.get(("a", True)) is kept
    assert cache.get(("a", False)) is None


def test_the_longest_unused_leaves_first():
    cache = Cache(100_000)
    for name in "abcd":
        cache.put(name, entry(20_000, name), 1)
    assert cache.get("a")
    cache.put("e", entry(20_000, "e"), 1)
    assert [name for name in "abcde" if cache.get(name)] == ["a", "c", "d", "e"]


def test_it_never_holds_more_than_it_may_whatever_comes():
    cache = Cache(50_000)
    for number in range(500):
        cache.put(number, entry(number * 37 % 15_000), number % 90)
        assert cache.bytes <= 50_000
    assert cache.get(499)


def test_the_key_counts_too():
    cache = Cache(1 << 20)
    for number in range(1_000):
        cache.put(number, entry(0), 100_000)
    assert sum(cache.get(number) is not None for number in range(1_000)) <= 10


def test_an_entry_that_would_crowd_out_the_others_is_not_kept():
    cache = Cache(100_000)
    cache.put("small", entry(10), 1)
    cache.put("large", entry(25_000), 1)
    assert cache.get("large") is None
    assert cache.get("small")


def test_an_entry_that_is_replaced_counts_once():
    cache = Cache(100_000)
    for number in range(50):
        cache.put("a", entry(10_000, str(number % 10)), 1)
    assert cache.get("a").etag == '"9"'
    assert cache.bytes < 12_000


def test_no_room_keeps_nothing():
    cache = Cache(0)
    cache.put("a", entry(0), 0)
    assert cache.get("a") is None
    assert cache.bytes == 0


def test_after_clearing_it_is_as_new():
    cache = Cache(100_000)
    cache.put("a", entry(10_000), 1)
    cache.clear()
    assert cache.get("a") is None
    assert cache.bytes == 0
