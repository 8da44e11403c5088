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
    for index, token in enumerate(draft.tokens[:-2]):
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
        if tokens[at].kind != "variable":
            while at < len(tokens) and tokens[at].text not in {"(", "{"}:
                if tokens[at].text in {")", "]", "}"}:
                    return
                at += 1
            if at == len(tokens):
                return
            at = closing(tokens, at)
        at += 1
        yield Edit(tokens[begin].offset, tokens[begin].offset, f"({KEY}(")
        yield Edit(tokens[at - 1].end, tokens[at - 1].end, "))")


def _key(term: ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple) -> ox.Literal:
    return ox.Literal(order.key(term))
