"""Patterns of REGEX and REPLACE that are errors: nothing is left of them but an empty column."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from lodeclaim.endpoint.sparql.hints.known import MOST_SHOWN
from lodeclaim.endpoint.sparql.regexes import read
from lodeclaim.endpoint.sparql.strings import string
from lodeclaim.endpoint.sparql.structure import closing
from lodeclaim.endpoint.sparql.tokens import Token

_FLAGS_BEHIND = {"REGEX": 2, "REPLACE": 3}
"""Behind how many commas the flags stand."""


def errors(tokens: Sequence[Token]) -> Iterator[str]:
    """Yield a sentence for each pattern that makes its call an error (XPath Functions, 7.6.1, 7.6.3)."""
    for at, token in enumerate(tokens[:-2]):
        if token.word not in _FLAGS_BEHIND or tokens[at + 1].text != "(":
            continue
        arguments = list(_arguments(tokens[at + 2 : closing(tokens, at + 1)]))
        if len(arguments) < 2:
            continue
        pattern, *flags = arguments[1:2] + arguments[_FLAGS_BEHIND[token.word] :]
        if not all(len(each) == 1 and each[0].kind == "string" for each in (pattern, *flags)):
            continue
        found = read(string(pattern[0].text), *(string(each[0].text) for each in flags[:1]))
        shown = pattern[0].text[:MOST_SHOWN]
        if found is None:
            yield f"{shown} is no pattern of XPath, and {token.word} an error: it has no `\\b`, `(?i)` or `\\/`."
        elif found.takes_nothing and token.word == "REPLACE":
            yield f"{shown} matches the empty string, and REPLACE is an error with it: write + for *."


def _arguments(tokens: Sequence[Token]) -> Iterator[Sequence[Token]]:
    depth = begin = 0
    for at, token in enumerate(tokens):
        depth += (token.text in {"(", "{"}) - (token.text in {")", "}"})
        if token.text == "," and not depth:
            yield tokens[begin:at]
            begin = at + 1
    yield tokens[begin:]
