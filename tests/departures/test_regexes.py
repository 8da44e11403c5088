"""Patterns of XPath: what is one, what the engine is given for it, and whether that matches nothing."""

from __future__ import annotations

import random
import time

import pyoxigraph as ox
import pytest

from lodeclaim.endpoint.sparql.regexes import read
from lodeclaim.endpoint.sparql.strings import quoted

ACCEPTED = r"""
a a|b | () (a|) a*? a{2} a{2,} a{2,3}? ^*a$+ (?:a) a#b a~b a-b a&&b . \p{Lu}\P{L}\p{Cn}
\n\r\t\\\|\.\?\*\+\(\)\{\}\$\-\[\]\^ \s\S\i\I\c\C\d\D\w\W [\]\[\\] [\n-\r] [\p{Lu}\d] [$?*+(){}|.]
[a] [^a] [-a] [a-] [-] [^-] [a^] [^^] [+--] [a-c-e] [\w-.] [a-z-[b]] [^a-[b]] [a-z-[b-y-[d]]] [&&] [a~~b]
"""
REFUSED = r"""
( ) a) (a [ ] a] { } a{ a{2 a{,2} a{3,2} a{x} * ?a a|* (*a) a** a*+ a++ a??? a{2}{2} (?i)a (?=a) (?<n>a) (?#a)
\ \b \A \z \x41 \/ \_ \0 \1 (a)\2 (a\1) \pL \p{Letter} \p{Greek} \p{Cs} \p \u0041
[] [^] []a] [a [z-a] [a[b]] [[:alpha:]] [a-z-[b]c] [-[a]] [\1] [\b] [a-\b]
"""
PATTERNS = ("", "[ #]", *ACCEPTED.split())
NONE = ("\\ ", *REFUSED.split())
LACKING = {"(a)\\1": "\\1", "\\p{IsGreek}": "\\p{IsGreek}", "[\\P{IsGreek}a]": "\\P{IsGreek}", "((a)\\2)": "\\2"}
PARTS = ("a", "b", "^", "$", ".", "(", ")", "(?:", "|", "*", "+", "?", "{0}", "{1,2}", "[ab]", "[^a]", "\\d", "*?")


@pytest.mark.parametrize("pattern", PATTERNS)
def test_what_is_a_pattern_is_one_to_the_engine(pattern):
    found = read(pattern)
    assert found is not None
    assert not found.lacking
    assert _matched(found.text, "") is found.takes_nothing


@pytest.mark.parametrize("pattern", NONE)
def test_what_is_no_pattern_is_told(pattern):
    assert read(pattern) is None


@pytest.mark.parametrize("pattern", LACKING)
def test_what_the_engine_lacks_is_told(pattern):
    found = read(pattern)
    assert found is not None
    assert found.lacking == LACKING[pattern]


def test_a_pattern_matches_nothing_where_the_engine_says_so():
    draw, seen = random.Random(1), 0
    for _ in range(3_000):
        pattern = "".join(draw.choices(PARTS, k=draw.randrange(1, 9)))
        found = read(pattern)
        if found is not None:
            seen += 1
            assert _matched(found.text, "") is found.takes_nothing, pattern
    assert seen > 500


@pytest.mark.parametrize("part", ["(", "[a-", "a|", "(a)", "[a-[b]]", "\\", "a{1,", "^*", " ", "[a-[a-[", "\\p{Is"])
def test_a_long_pattern_takes_no_longer_than_its_length(part):
    begin = time.process_time()
    for flags in ("", "x"):
        read(part * 100_000, flags)
    assert time.process_time() - begin < 3


def _matched(pattern: str, text: str) -> bool | None:
    """Return whether the engine finds a pattern in a text; None for what is no pattern to it."""
    query = f"SELECT (REGEX({quoted(text)}, {quoted(pattern)}) AS ?r) {{}}"
    (row,) = ox.Store().query(query)
    return None if row[0] is None else row[0].value == "true"
