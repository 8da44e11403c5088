"""Prefixes: IRIs written short for readers, and as names that SPARQL and Turtle both read."""

from __future__ import annotations

import pytest

from lodeclaim.endpoint.prefixes import Prefixes, is_iri, split

PREFIXES = Prefixes(
    {"ex": "http://example.org/", "deep": "http://example.org/deep/", "t": "http://example.org/terms#"}
)


@pytest.mark.parametrize(
    ("iri", "curie", "name"),
    [
        ("http://example.org/a", "ex:a", "ex:a"),
        ("http://example.org/deep/a", "deep:a", "deep:a"),
        ("http://example.org/terms#a-b.c", "t:a-b.c", "t:a-b.c"),
        ("http://example.org/a/b", "ex:a/b", None),
        ("http://example.org/a.", "ex:a.", None),
        ("http://example.org/", None, None),
        ("http://example.org/a b", None, None),
        ("http://example.com/a", None, None),
        ("HTTP://example.org/a", None, None),
    ],
)
def test_the_longest_prefix_is_taken_and_a_name_needs_no_escape(iri, curie, name) -> None:
    assert PREFIXES.curie(iri) == curie
    assert PREFIXES.name(iri) == name


def test_two_prefixes_of_one_namespace_are_no_error() -> None:
    assert Prefixes({"a": "http://x/", "b": "http://x/"}).curie("http://x/y") in {"a:y", "b:y"}
    assert Prefixes().curie("http://x/y") is None


@pytest.mark.parametrize(
    ("iri", "parts"),
    [
        ("http://x/y#z", ("http://x/y#", "z")),
        ("http://x/y/z", ("http://x/y/", "z")),
        ("urn:x", ("", "urn:x")),
        ("http://x/y#", ("http://x/y#", "")),
    ],
)
def test_an_iri_is_split_at_its_last_sign(iri, parts) -> None:
    assert split(iri) == parts


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("http://x/", True),
        ("urn:é", True),
        ("x", False),
        ("//x", False),
        ("http://a b", False),
        ("http://<", False),
        ("a:\x7f", False),
        ("", False),
    ],
)
def test_an_absolute_iri_is_known(value, expected) -> None:
    assert is_iri(value) is expected
