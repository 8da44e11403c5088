"""Where a variable has no value though it seems to have one: HAVING, aggregates, GRAPH, columns."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Sequence

from lodeclaim.endpoint.sparql.hints.known import MOST_COMPARED, MOST_SHOWN
from lodeclaim.endpoint.sparql.structure import closing
from lodeclaim.endpoint.sparql.tokens import Token

_BLANKED = frozenset(["AVG", "GROUP_CONCAT", "MAX", "MIN", "SUM"])


def having(tokens: Sequence[Token]) -> Iterator[str]:
    """Tell of a name in HAVING, which is evaluated before the columns get their names (SPARQL 18.2.4.1)."""
    words = [token.word for token in tokens]
    if "HAVING" not in words:
        return
    named = {tokens[at + 1].text for at, word in enumerate(words[:-1]) if word == "AS"}
    grouped = set()
    if "GROUP" in words:
        grouped = {token.text for token in tokens[words.index("GROUP") : words.index("HAVING")]}
    begin = words.index("HAVING") + 1
    for token in tokens[begin : closing(tokens, begin)]:
        if token.kind == "variable" and token.text in named - grouped:
            yield f"HAVING does not know {token.text[:MOST_SHOWN]}, a name of SELECT: write its expression again."


def unbound(tokens: Sequence[Token]) -> Iterator[str]:
    """Tell of an aggregate over what may have no value: one such row leaves it unbound (SPARQL 18.5.1)."""
    depths: dict[str, set[bool]] = {}
    optional: list[bool] = []
    for at, token in enumerate(tokens):
        if token.text == "{":
            optional.append(tokens[at - 1].word == "OPTIONAL" or (bool(optional) and optional[-1]))
        elif token.text == "}":
            optional.pop()
        elif token.kind == "variable" and optional:
            depths.setdefault(token.text, set()).add(optional[-1])
    for at, token in enumerate(tokens[:-3]):
        if token.word not in _BLANKED or tokens[at + 1].text != "(":
            continue
        inside = tokens[at + 2 : closing(tokens, at + 1)]
        inside = inside[1:] if inside and inside[0].word == "DISTINCT" else inside
        if inside and inside[0].kind == "variable" and depths.get(inside[0].text) == {True}:
            name, call = inside[0].text[:MOST_SHOWN], token.word
            yield f"One row without {name} leaves {call}({name}) unbound: write {call}(COALESCE({name}, ...))."


def graphs(tokens: Sequence[Token]) -> Iterator[str]:
    """Tell of a variable of GRAPH within its group, where it has no value (SPARQL 18.6)."""
    for at, token in enumerate(tokens[:-2]):
        name = tokens[at + 1]
        if token.word != "GRAPH" or name.kind != "variable" or tokens[at + 2].text != "{":
            continue
        depth = 0
        for inside in tokens[at + 3 : closing(tokens, at + 2)]:
            depth += (inside.text == "(") - (inside.text == ")")
            if depth and inside.text == name.text:
                shown = name.text[:MOST_SHOWN]
                yield f"{shown} has no value within the braces of GRAPH {shown}: put this behind them."
                break


def columns(tokens: Sequence[Token]) -> Iterator[str]:
    """Tell of a column that no pattern gives a value: it stays empty."""
    words = [token.word for token in tokens]
    if words.count("SELECT") != 1:
        return
    begin = words.index("SELECT") + 1
    end = next((at for at in range(begin, len(tokens)) if tokens[at].text == "{"), len(tokens))
    behind = {token.text[1:] for token in tokens[end:] if token.kind == "variable"}
    depth, named = 0, {tokens[at + 1].text[1:] for at in range(begin, end - 1) if words[at] == "AS"}
    for token in tokens[begin:end]:
        depth += (token.text == "(") - (token.text == ")")
        if token.kind == "variable" and token.text[1:] not in behind | named:
            near = difflib.get_close_matches(token.text[1:], sorted(behind)[:MOST_COMPARED], n=1)
            meant = f"; did you mean ?{near[0][:MOST_SHOWN]}?" if near else "."
            yield f"{token.text[:MOST_SHOWN]} stands in no pattern{meant}"
