"""Article texts: recognised by digest, read by code point, compared by shared word sequences."""

from __future__ import annotations

import hashlib
import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from heapq import nlargest
from itertools import combinations, islice, pairwise
from pathlib import Path

from lodeclaim.endpoint.errors import SourceError, UsageError

SHINGLE = 8
"""Words in a row that count as reuse. On the five articles any threshold from 1 to 173 shared runs of
this length separates the one copied pair from all others, so the choice is not delicate."""

_MOST_WORDS, _LONGEST, _RUNS, _ALIKE = 40, 40, 20, 0.5
"""Of a phrase that is sought: how many words count, how many characters of each, how many runs are compared with it,
how like they must be."""

_WORD = re.compile(r"\w+")
_APOSTROPHE = re.compile(r"['’]")  # part of a word, and printed in two ways
# A sentence ends at . ! ? (and a closing quote or bracket) before white space and a capital, digit or opening
# quote; not after a single capital letter, as in "U.S. House", nor after a title.
_NO_END = "".join(rf"(?<!\b{title})" for title in ("[A-Z]", "Mr", "Mrs", "Ms", "Dr", "Gen", "Rep", "Sen", "St"))
_SENTENCE_END = re.compile(_NO_END + r"[.!?][\"”’')\]]*\s+(?=[\"“‘'(A-Z0-9])|\n")


@dataclass(frozen=True)
class Text:
    """One article: its bytes' digest and its characters, newlines untouched."""

    path: Path
    sha256: str
    characters: str

    def passage(self, start: int, end: int) -> str:
        """Return the characters from `start` up to, not including, `end` (Unicode code points)."""
        return self.characters[start:end]


@dataclass(frozen=True)
class Reuse:
    """What two texts share: distinct word sequences of SHINGLE words, and the longest common run of words."""

    shared: int
    longest: int


def digest(text: str) -> str:
    """Return the SHA-256 of the text's UTF-8 bytes, in lower-case hexadecimal."""
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def read(*folders: Path) -> dict[str, Text]:
    """Return the texts (`*.txt`) of folders by the digest of their bytes, whatever they are called.

    Raises UsageError for a missing folder or one without texts, SourceError for a text that is not UTF-8.
    """
    texts: dict[str, Text] = {}
    for folder in folders:
        texts |= _texts(folder)
    return texts


def _texts(folder: Path) -> dict[str, Text]:
    if not folder.is_dir():
        raise UsageError(str(folder), "is no folder", "Give --corpus the folder that holds the article texts")
    texts = {text.sha256: text for text in map(read_file, sorted(folder.glob("*.txt")))}
    if not texts:
        raise UsageError(str(folder), "holds no .txt file", "Give --corpus the folder that holds the article texts")
    return texts


def read_file(path: Path) -> Text:
    """Return one text; raises SourceError where it is no file or not UTF-8."""
    if not path.is_file():  # a pipe would be waited for
        raise SourceError(str(path), "it is no file", "Take it away, or put the text there")
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise SourceError(str(path), error.strerror or str(error), "Check the file and its permissions") from error
    try:
        characters = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        where, found = f"{path}, byte {error.start}", f"0x{raw[error.start]:02x} is not UTF-8"
        raise SourceError(where, found, "Restore the original file") from error
    return Text(path, hashlib.sha256(raw).hexdigest(), characters)


def words_digest(text: str) -> str:
    """Return the SHA-256 of the words in lower case with single spaces, by which a wording is recognised.

    Quotation marks, apostrophes and other punctuation do not count: outlets print them differently.
    """
    return digest(" ".join(_words(text)))


def holds_words(text: str, sha256: str) -> bool:
    """Return whether some run of words of the text has this digest (see `words_digest`)."""
    words = _words(text)
    runs = ((start, end) for start in range(len(words)) for end in range(start + 1, len(words) + 1))
    return any(digest(" ".join(words[start:end])) == sha256 for start, end in runs)


def quoted(text: str) -> list[str]:
    """Return the stretches between quotation marks, curly or straight; an opening mark alone quotes to the end."""
    return re.findall(r"[“\"]([^”\"]+)", text)


def occurrences(text: str, phrase: str) -> list[tuple[int, int]]:
    """Return start and end of every place where the phrase stands; white space in it matches any white space."""
    pattern = re.compile(r"\s+".join(map(re.escape, phrase.split())))
    return [match.span() for match in pattern.finditer(text)] if phrase.split() else []


def nearest(text: str, phrase: str) -> str | None:
    """Return the words of the text that are most like a phrase, in a run of as many words; None where none is."""
    sought = [match[0][:_LONGEST].lower() for match in islice(_WORD.finditer(phrase), _MOST_WORDS)]
    found = list(_WORD.finditer(text))
    if not sought or not found:
        return None
    wanted = Counter(sought)
    here = [match[0].lower() for match in found]
    # By the words in common first: characters are compared of the likeliest runs alone.
    runs = range(max(1, len(found) - len(sought) + 1))
    likeliest = nlargest(_RUNS, runs, key=lambda at: ((Counter(here[at : at + len(sought)]) & wanted).total(), -at))
    spans = [(found[at].start(), found[min(at + len(sought), len(found)) - 1].end()) for at in likeliest]
    joined = " ".join(sought)

    def likeness(span: tuple[int, int]) -> float:
        return SequenceMatcher(
            None, joined, " ".join(_WORD.findall(text[slice(*span)].lower())), autojunk=False
        ).ratio()

    best = max(spans, key=likeness)
    return text[slice(*best)] if likeness(best) >= _ALIKE else None


def sentences(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """Return start and end of each sentence or line between two offsets, white space around it left out."""
    cuts = [start, *(match.end() for match in _SENTENCE_END.finditer(text, start, end)), end]
    found = []
    for first, last in pairwise(cuts):
        stretch = text[first:last]
        if stretch.strip():
            lead = len(stretch) - len(stretch.lstrip())
            found.append((first + lead, first + len(stretch.rstrip())))
    return found


def crosses_sentence_end(passage: str) -> bool:
    """Return whether the passage runs on past the end of a sentence or a line."""
    return _SENTENCE_END.search(passage.strip()) is not None


def splits_word(text: str, start: int, end: int) -> bool:
    """Return whether the passage from start to end begins or ends inside a word."""
    return any(0 < cut < len(text) and text[cut - 1].isalnum() and text[cut].isalnum() for cut in (start, end))


def reuse(one: str, other: str) -> Reuse:
    """Return what two texts share, letter case and punctuation aside (w-shingling after Broder 1997)."""
    first, second = _words(one), _words(other)
    return Reuse(len(_shingles(first, SHINGLE) & _shingles(second, SHINGLE)), _longest_run(first, second))


def pairs(texts: dict[str, str]) -> Iterator[tuple[str, str, Reuse]]:
    """Yield every two keys of the texts, in order, with what they share."""
    for one, other in combinations(sorted(texts), 2):
        yield one, other, reuse(texts[one], texts[other])


def shared_sentences(one: str, other: str) -> Iterator[tuple[tuple[int, int], tuple[int, int], int]]:
    """Yield every two sentences (start and end in each text) that share a run of SHINGLE words, with its length.

    Where both texts are the same one, a sentence is not compared with itself. Letter case and punctuation do not
    count.
    """
    first, second = _placed(one), _placed(other)
    here, there = _Sentences(one), _Sentences(other)
    places: dict[tuple[str, ...], list[int]] = {}
    for at in range(len(second) - SHINGLE + 1):
        places.setdefault(tuple(word for word, _ in second[at : at + SHINGLE]), []).append(at)
    runs: Counter[tuple[tuple[int, int], tuple[int, int], int]] = Counter()
    seen: set[tuple[int, int]] = set()
    for at in range(len(first) - SHINGLE + 1):
        for place in places.get(tuple(word for word, _ in first[at : at + SHINGLE]), ()):
            if one == other and at >= place:
                continue
            for step in range(SHINGLE):
                if (at + step, place + step) not in seen:
                    seen.add((at + step, place + step))
                    pair = here.around(first[at + step][1]), there.around(second[place + step][1])
                    runs[(*pair, place - at)] += 1
    longest: dict[tuple[tuple[int, int], tuple[int, int]], int] = {}
    for (sentence, twin, _), words in runs.items():
        longest[sentence, twin] = max(words, longest.get((sentence, twin), 0))
    for (sentence, twin), words in sorted(longest.items()):
        if words >= SHINGLE and not (one == other and sentence == twin):
            yield sentence, twin, words


class _Sentences:
    """The sentences of a text, by what stands in them."""

    def __init__(self, text: str) -> None:
        self._spans = sentences(text, 0, len(text))
        self._starts = [start for start, _ in self._spans]

    def around(self, offset: int) -> tuple[int, int]:
        return self._spans[bisect_right(self._starts, offset) - 1]


def _placed(text: str) -> list[tuple[str, int]]:
    """Return the words of a text as they are compared, each with where it begins."""
    # An apostrophe is part of a word: left out, and what stands on both sides is one.
    found = re.finditer(r"\w+(?:['’]\w+)*", text)
    return [(_APOSTROPHE.sub("", match[0]).lower(), match.start()) for match in found]


def _words(text: str) -> list[str]:
    return [word.lower() for word in _WORD.findall(_APOSTROPHE.sub("", text))]


def _shingles(words: list[str], length: int) -> set[tuple[str, ...]]:
    return {tuple(words[i : i + length]) for i in range(len(words) - length + 1)}


def _longest_run(first: list[str], second: list[str]) -> int:
    # Two texts that share a run of n words share one of n - 1: so the longest is found by halving.
    low, high = 0, min(len(first), len(second))
    while low < high:
        middle = (low + high + 1) // 2
        if _shingles(first, middle) & _shingles(second, middle):
            low = middle
        else:
            high = middle - 1
    return low
