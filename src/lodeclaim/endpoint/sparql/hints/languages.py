"""Languages as queries name them: by words or tags that no text has (BCP 47)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from lodeclaim.endpoint.sparql.hints.known import MOST_SHOWN
from lodeclaim.endpoint.sparql.structure import closing
from lodeclaim.endpoint.sparql.tokens import Token

_SHORT = {
    other: tag
    for tag, *others in map(
        str.split,
        (
            *("ar ara arabic", "bg bul bulgarian", "cs ces cze czech", "da dan danish", "de deu ger german deutsch"),
            *("el ell gre greek", "en eng english", "es spa spanish español", "et est estonian", "fa fas persian"),
            *("fi fin finnish", "fr fra fre french français", "he heb hebrew", "hi hin hindi", "hr hrv croatian"),
            *("hu hun hungarian", "id ind indonesian", "it ita italian italiano", "ja jpn japanese", "kk kaz kazakh"),
            *("ko kor korean", "lt lit lithuanian", "lv lav latvian", "nl nld dut dutch", "no nor norwegian"),
            *("pl pol polish", "pt por portuguese", "ro ron rum romanian", "ru rus russian", "sk slk slo slovak"),
            *("sl slv slovenian", "sr srp serbian", "sv swe swedish", "th tha thai", "tr tur turkish"),
            *("uk ukr ukrainian", "vi vie vietnamese", "zh zho chi chinese"),
        ),
    )
    for other in others
}
"""Tags by what else a language is called: by its codes of three letters, which BCP 47 bars here, and by its name."""

MOST_LANGUAGES = 8


def tags(tokens: Sequence[Token], languages: frozenset[str]) -> Iterator[str]:
    """Tell of a language that is named as no text has it; `languages` are those of the data, if they are known."""
    words = {token.word for token in tokens}
    given = {token.text[1:].lower() for token in tokens if token.kind == "language"}
    own = frozenset() if words & {"SERVICE", "STRLANG"} else languages
    for token in tokens:
        if token.kind == "language" and (tag := _SHORT.get(token.text[1:].lower())):
            yield f"A language has its short tag, in small letters: write @{tag} for {token.text[:MOST_SHOWN]}."
    for sign, written in _compared(tokens):
        tag = written.strip("\"'")
        short = _SHORT.get(tag.lower().replace("_", "-").partition("-")[0])
        if short is not None:
            yield f'A language has its short tag, in small letters: write "{short}" for {written[:MOST_SHOWN]}.'
        elif "_" in tag:
            yield f'A tag of a language has hyphens: write "{tag.replace("_", "-")[:MOST_SHOWN]}".'
        elif sign and tag != tag.lower():
            yield f"LANG gives small letters: write LANGMATCHES(LANG(...), {written[:80]}) for = {written[:80]}."
        elif tag not in {"", "*"} and own and sign != "!=" and not _is_one_of(tag.lower(), own | given, not sign):
            yield f"The data has no text in {written[:MOST_SHOWN]}, but in {_listed(own)}."


def _compared(tokens: Sequence[Token]) -> Iterator[tuple[str, str]]:
    """Yield the sign and the string with which LANG is compared; LANGMATCHES and IN have none and `=`."""
    for at, token in enumerate(tokens[:-3]):
        if token.word != "LANG":
            continue
        end = closing(tokens, at + 1)
        before, behind = tokens[at - 1], tokens[end + 1 : end + 3]
        if before.text in {"=", "!="} and tokens[at - 2].kind == "string":
            yield before.text, tokens[at - 2].text
        if len(behind) < 2:
            continue
        if tokens[at - 2].word == "LANGMATCHES" and behind[0].text == "," and behind[1].kind == "string":
            yield "", behind[1].text
        elif behind[0].text in {"=", "!="} and behind[1].kind == "string":
            yield behind[0].text, behind[1].text
        elif behind[0].word == "IN":
            members = tokens[end + 3 : closing(tokens, end + 2)]
            # What one of several does not find, another may.
            yield from (("!=", each.text) for each in members if each.kind == "string")


def _is_one_of(tag: str, languages: frozenset[str], is_range: bool) -> bool:
    return tag in languages or (is_range and any(language.startswith(f"{tag}-") for language in languages))


def _listed(languages: frozenset[str]) -> str:
    shown = [f'"{language}"' for language in sorted(languages)[:MOST_LANGUAGES]]
    more = ["others"] if len(languages) > MOST_LANGUAGES else []
    return " and ".join([", ".join(shown), *more])
