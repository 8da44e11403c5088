"""Labels that a query spells in other capitals than the data: what searches text tells them apart."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from lodeclaim.endpoint.sparql.groups import Group, Triple
from lodeclaim.endpoint.sparql.hints.known import MOST, MOST_SHOWN, Known
from lodeclaim.endpoint.sparql.tokens import Token

_SEARCHES = frozenset(["CONTAINS", "REGEX", "STRENDS", "STRSTARTS"])
_KNOWN = frozenset(["altLabel", "label", "prefLabel"])
"""The properties whose values are known as labels."""


def capitals(tokens: Sequence[Token], groups: Iterable[Group], known: Known) -> Iterator[str]:
    """Tell of a label that no resource has in these letters, and one has in others."""
    if not known.labels:
        return
    labels = [triple.object.token for group in groups for triple in group.triples if _is_of_labels(triple)]
    variables = {label.text[1:] for label in labels if label.kind == "variable"}
    texts = (label.text for label in labels if label.kind == "string")
    for written in islice(dict.fromkeys((*texts, *_equal(tokens, variables))), MOST):
        words = written.strip("\"'")
        if words not in (spelt := known.spelt(words)) and spelt:
            yield f'No label is written {written[:MOST_SHOWN]}; did you mean "{spelt[0][:MOST_SHOWN]}"?'
    for word, given, written in islice(dict.fromkeys(_searched(tokens, variables)), MOST):
        words = written.strip("\"'")
        if words not in known.text and words.lower() in known.small_text:
            call = (
                f'REGEX({given}, {written[:MOST_SHOWN]}, "i")'
                if word == "REGEX"
                else f"{word}(LCASE({given}), {written[:MOST_SHOWN].lower()})"
            )
            yield f"No label has {written[:MOST_SHOWN]} in these letters, capital or small: write {call}."


def _is_of_labels(triple: Triple) -> bool:
    last = triple.verb.last
    return last is not None and last.text.rstrip(">").replace("#", ":").rpartition(":")[2] in _KNOWN


def _equal(tokens: Sequence[Token], variables: set[str]) -> Iterator[str]:
    """Yield the strings with which such a variable is compared by its text."""
    for at, token in enumerate(tokens[:-5]):
        is_text = token.word == "STR" and tokens[at + 2].text[1:] in variables and tokens[at + 3].text == ")"
        if is_text and tokens[at + 4].text == "=" and tokens[at + 5].kind == "string":
            yield tokens[at + 5].text


def _searched(tokens: Sequence[Token], variables: set[str]) -> Iterator[tuple[str, str, str]]:
    """Yield the function, the variable and the string where such a variable is searched as it is."""
    for at, token in enumerate(tokens[:-5]):
        if token.word not in _SEARCHES:
            continue
        given = at + 4 if tokens[at + 2].word == "STR" else at + 2
        behind = tokens[given + 1 + (given == at + 4) : given + 4 + (given == at + 4)]
        if tokens[given].kind != "variable" or tokens[given].text[1:] not in variables or len(behind) < 3:
            continue
        comma, text, end = behind
        is_plain = token.word != "REGEX" or text.text.strip("\"'").replace(" ", "").isalnum()
        if comma.text == "," and text.kind == "string" and end.text == ")" and is_plain:
            yield token.word, tokens[given].text[:MOST_SHOWN], text.text
