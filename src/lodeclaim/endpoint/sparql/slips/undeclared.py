"""Prefixes that a query uses and does not declare, with the line to add or the prefix that is meant."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterable, Mapping, Sequence

from lodeclaim.endpoint.sparql.structure import declared
from lodeclaim.endpoint.sparql.tokens import QueryTextError, Token
from lodeclaim.endpoint.vocabularies import WELL_KNOWN

SHORTEST_PREFIX = 4
"""The length of a prefix that can be misspelt and still be known."""


def check_prefixes(tokens: Sequence[Token], known: Collection[str], usual: Mapping[str, str]) -> None:
    """Raise QueryTextError for the first prefix that is neither declared nor `known`.

    What it stands for is told as `usual` has it, else as everybody does.
    """
    stated = declared(tokens)
    for token in tokens:
        if token.kind == "name" and (prefix := token.text.partition(":")[0]) not in stated and prefix not in known:
            found = f"the prefix `{prefix}:` is not declared"
            raise QueryTextError(token.position, found, _remedy(prefix, {*stated, *known}, {**WELL_KNOWN, **usual}))


def _remedy(prefix: str, ready: Collection[str], namespaces: Mapping[str, str]) -> str:
    if prefix in namespaces:
        return f"Begin with PREFIX {prefix}: <{namespaces[prefix]}>"
    line, meant = f"PREFIX {prefix}: <...>", _nearest(prefix, {*ready, *namespaces})
    if meant is None:
        return f"Begin with {line}, and put its IRI for the dots: here nobody knows this prefix"
    if meant in ready:
        return f"Did you mean {meant}:? Otherwise begin with {line}"
    return f"Did you mean {meant}:? Then begin with PREFIX {meant}: <{namespaces[meant]}>"


def _nearest(prefix: str, prefixes: Iterable[str]) -> str | None:
    """Return the prefix that one may be a slip for; among short ones only capitals are: nearly all are alike."""
    letters = {each.lower(): each for each in sorted(prefixes)}
    likely = [each for each in letters if len(each) >= SHORTEST_PREFIX or each == prefix.lower()]
    is_long = SHORTEST_PREFIX <= len(prefix) <= 40
    near = difflib.get_close_matches(prefix.lower(), likely, n=1, cutoff=0.75 if is_long else 1)
    return letters[near[0]] if near else None
