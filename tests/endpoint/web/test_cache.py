"""The cache of answers: bounded by bytes, and the longest unused leave first."""

from __future__ import annotations

from lodeclaim.endpoint.web.cache import Cache, Entry, key_of


def entry(size: int, name: str = "x") -> Entry:
    return Entry([(b"content-type", b"text/plain")], name.encode()[:1] * size, f'"{name}"')


def test_an_entry_is_found_by_its_key_alone():
    cache = Cache(1 << 20)
    kept = entry(100)
    cache.put(key_of("a", True), kept)
    assert cache.get(key_of("a", True)) is kept
    assert cache.get(key_of("a", False)) is None


def test_the_longest_unused_leaves_first():
    cache = Cache(100_000)
    for name in "abcd":
        cache.put(key_of(name), entry(20_000, name))
    assert cache.get(key_of("a"))
    cache.put(key_of("e"), entry(20_000, "e"))
    assert [name for name in "abcde" if cache.get(key_of(name))] == ["a", "c", "d", "e"]


def test_it_never_holds_more_than_it_may_whatever_comes():
    cache = Cache(50_000)
    for number in range(500):
        cache.put(key_of(str(number)), entry(number * 37 % 15_000))
        assert cache.size <= 50_000
    assert cache.get(key_of("499"))


def test_the_headers_count_too():
    cache = Cache(1 << 20)
    for number in range(100):
        cache.put(key_of(str(number)), Entry([(b"query-hint", b"x" * 100_000)], b"", "x"))
    assert sum(cache.get(key_of(str(number))) is not None for number in range(100)) <= 10


def test_a_key_is_short_and_another_for_other_parts():
    assert len(key_of("x" * 10_000_000, b"y" * 10_000_000)) == 32
    asked = [
        ("a", "b"),
        ("ab",),
        ("ab", ""),
        ("", "ab"),
        ("a", b"b"),
        ("a", None),
        ("a", "None"),
        ("a",),
        ("a", True),
    ]
    assert (
        len({key_of(*parts) for parts in [*asked, ("a", False), (), ("",), (None,), ("a", "b", ""), ("\udcff",)]})
        == 15
    )
    assert key_of("a", b"b", None, True) == key_of("a", b"b", None, True)


def test_an_entry_that_would_crowd_out_the_others_is_not_kept():
    cache = Cache(100_000)
    cache.put(key_of("small"), entry(10))
    cache.put(key_of("large"), entry(25_000))
    assert cache.get(key_of("large")) is None
    assert cache.get(key_of("small"))


def test_an_entry_that_is_replaced_counts_once():
    cache = Cache(100_000)
    for number in range(50):
        cache.put(key_of("a"), entry(10_000, str(number % 10)))
    assert cache.get(key_of("a")).etag == '"9"'
    assert cache.size < 12_000


def test_no_room_keeps_nothing():
    cache = Cache(0)
    cache.put(key_of("a"), entry(0))
    assert cache.get(key_of("a")) is None
    assert cache.size == 0


def test_after_clearing_it_is_as_new():
    cache = Cache(100_000)
    cache.put(key_of("a"), entry(10_000))
    cache.clear()
    assert cache.get(key_of("a")) is None
    assert cache.size == 0
