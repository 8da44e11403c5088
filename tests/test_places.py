"""Places of a phrase in a text: `annotate` tells which there are, and what helps where there is none."""

from __future__ import annotations

import pytest

from support.commands import fails, succeeds
from support.paths import TESTS

ARTICLE = TESTS / "fixtures" / "texts" / "harbour-news.txt"


def places(words: str) -> list[int]:
    text = ARTICLE.read_bytes().decode()
    return [at for at in range(len(text)) if text.startswith(words, at)]


@pytest.mark.parametrize("asked", [["cobalt#6"], ["cobalt#0"], ["cobalt#00"], ["cobalt#1000000"], ["cobalt#006"],
                                   ["cobalt", "--occurrence", "6"]])  # fmt: skip
def test_a_place_that_is_none_is_told_which_there_are(asked) -> None:
    said = fails(2, "annotate", ARTICLE, *asked, "--key", "k")
    number = int(asked[-1].rpartition("#")[2])
    assert said == (
        f"lodeclaim: {ARTICLE}: 'cobalt' stands 5 times in it, at {', '.join(map(str, places('cobalt')))}, "
        f"and #{number} is none of these. Give 'cobalt' one of #1 to #5, or no number for all\n"
    )


def test_a_second_place_of_words_that_stand_once_is_told_so() -> None:
    (start,) = places("owns the stock")
    assert fails(2, "annotate", ARTICLE, "owns the stock#2", "--key", "k") == (
        f"lodeclaim: {ARTICLE}: 'owns the stock' stands once in it, at {start}, and #2 is none of these. "
        "Give 'owns the stock' #1, or no number\n"
    )


def test_of_many_places_ten_are_named() -> None:
    found = places("e")
    assert len(found) > 20
    said = fails(2, "annotate", ARTICLE, "e#5000", "--key", "k")
    assert f"at {', '.join(map(str, found[:10]))}, ..., and #5000" in said
    assert f"one of #1 to #{len(found)}, " in said


def test_a_missing_phrase_and_a_missing_place_are_told_each_what_helps() -> None:
    said = fails(2, "annotate", ARTICLE, "zzz qqq", "cobalt#6", "owns the stock#2", "zzz www", "--key", "k")
    assert said.endswith(
        ". Copy the words from the text. Give 'cobalt' one of #1 to #5, or no number for all. "
        "Give 'owns the stock' #1, or no number\n"
    )
    assert "Copy" not in fails(2, "annotate", ARTICLE, "cobalt#6", "--key", "k")
    assert fails(2, "annotate", ARTICLE, "zzz qqq#2", "--key", "k").endswith(
        "not in it. Copy the words from the text\n"
    )


@pytest.mark.parametrize("number", ["cobalt#2", "cobalt#02"])
def test_a_place_may_have_a_zero_before_its_number(number) -> None:
    start = places("cobalt")[1]
    printed = succeeds("annotate", ARTICLE, number, "--key", "k")
    assert printed.startswith(f"# occurrence 2 of 5: characters {start} to {start + 6}\n")


def test_a_list_without_a_phrase_is_wrong_use(tmp_path) -> None:
    (tmp_path / "phrases.txt").write_text("\n  \n", encoding="utf-8")
    said = fails(2, "annotate", ARTICLE, "--phrases", tmp_path / "phrases.txt", "--key", "k")
    assert said.startswith(f"lodeclaim: {tmp_path / 'phrases.txt'}: no phrase is in it. Write one a line")
    said = fails(2, "annotate", ARTICLE, "--phrases", "-", "--key", "k", input="")
    assert said.startswith("lodeclaim: standard input: no phrase is in it. Write one a line")
