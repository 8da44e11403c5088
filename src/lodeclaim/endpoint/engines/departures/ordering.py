"""ORDER BY over terms of several kinds: the engine's comparison is no total order, and its sort stops at that."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pyoxigraph as ox

from lodeclaim.endpoint.engines import order
from lodeclaim.endpoint.engines.departures.rewriting import Draft, Edit
from lodeclaim.endpoint.sparql.structure import closing
from lodeclaim.endpoint.sparql.tokens import Token

KEY = ox.NamedNode("urn:lodeclaim:order-key")


def keys(draft: Draft) -> Iterator[Edit]:
    """Have what ORDER BY names compared by `order.key` (SPARQL 15.1); #160, #1542."""
    for index, token in enumerate(draft.tokens[:-2] if "ORDER" in draft.words else ()):
        if token.word == "ORDER" and draft.tokens[index + 1].word == "BY" and not draft.is_foreign(token.offset):
            draft.functions[KEY] = _key
            yield from _keys(draft.tokens, index + 2)


def _keys(tokens: Sequence[Token], at: int) -> Iterator[Edit]:
    while at < len(tokens) and tokens[at].word not in {"LIMIT", "OFFSET", "VALUES"}:
        begin = at
        if tokens[at].word in {"ASC", "DESC"}:
            begin = at = at + 1
            if at == len(tokens) or tokens[at].text != "(":  # what the grammar refuses must not become right by this
                return
        elif tokens[at].kind != "variable":
            at += _is_call(tokens, at)
            if at + 1 >= len(tokens) or tokens[at].text not in {"(", "{"}:
                return
        if tokens[at].kind != "variable":
            at = closing(tokens, at)
        at += 1
        yield Edit(tokens[begin].offset, tokens[begin].offset, f"({KEY}(")
        yield Edit(tokens[at - 1].end, tokens[at - 1].end, "))")


def _is_call(tokens: Sequence[Token], at: int) -> int:
    """Return how many tokens stand before the bracket of a call, or of the group of [NOT] EXISTS; 0 for no call."""
    words = [token.word for token in tokens[at : at + 2]]
    if words == ["NOT", "EXISTS"]:
        return 2
    return int(tokens[at].kind in {"iri", "name"} or (bool(words[0]) and tokens[at].text != "a"))


def _key(term: ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple) -> ox.Literal:
    return ox.Literal(order.key(term))
