"""Slips in what a SELECT names."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from lodeclaim.endpoint.sparql.slips.looks import AGGREGATES, FUNCTIONS, MODIFIERS, error
from lodeclaim.endpoint.sparql.structure import closing
from lodeclaim.endpoint.sparql.tokens import QueryTextError, Token


def look(tokens: Sequence[Token], text: str) -> Iterator[QueryTextError]:
    """Yield the slips in the columns of each SELECT."""
    for begin, end in _selects(tokens):
        columns = tokens[begin:end]
        groups, has_groups = _grouped(tokens, end)
        depth, at = 0, 0
        while at < len(columns):
            token = columns[at]
            if depth == 0 and token.text == ",":
                yield error(token, "a comma between columns", "Write them with spaces only: SELECT ?a ?b")
            if depth == 0 and token.word in FUNCTIONS:
                last = closing(tokens, begin + at)
                call, behind = text[token.offset : tokens[last].end], tokens[last + 1 : last + 3]
                is_named = len(behind) == 2 and behind[0].word == "AS" and behind[1].kind == "variable"
                name = behind[1].text if is_named else f"?{token.text.lower()}"
                yield error(
                    token,
                    "a column that is computed stands in brackets, with a name",
                    f"Write ({call[:80]} AS {name})",
                )
            if (
                depth == 0
                and token.kind == "word"
                and token.word not in {"DISTINCT", "REDUCED", "AS", "WHERE", "FROM", "NAMED"}
            ):
                if token.word in MODIFIERS:
                    yield error(token, f"{token.word} stands before WHERE", "Write it behind the closing } of WHERE")
                yield error(token, f"`{token.text[:40]}` is no column", f"Write ?{token.text[:40]}")
            if depth == 0 and token.kind in {"number", "string", "iri", "name"}:
                yield error(token, f"`{token.text[:40]}` is no column", "Write variables: SELECT ?s")
            if depth == 0 and token.text == "(" and columns[at - 1].word in {"DISTINCT", "REDUCED"} and at:
                written = text[token.end : tokens[closing(tokens, begin + at)].offset].strip()
                if " AS " not in written.upper():
                    word = columns[at - 1].word
                    yield error(token, f"{word} takes no brackets", f"Write SELECT {word} {written[:80]}")
            if depth == 0 and token.text == "(":
                last = closing(tokens, begin + at) - begin
                inside = columns[at + 1 : last]
                named = next((inside[n + 1] for n, part in enumerate(inside[:-1]) if part.word == "AS"), None)
                if named is not None and named.text in _variables(tokens, end):
                    remedy = f"Name the column otherwise, as {named.text}2"
                    yield error(named, f"{named.text} stands in the pattern already", remedy)
                if named is None:
                    call = text[token.end : columns[min(last, len(columns) - 1)].offset].strip()
                    yield error(token, "a column that is computed needs a name", f"Write ({call[:80]} AS ?value)")
                at = last
            elif token.word == "AS" and 0 < at < len(columns) - 1 and columns[at - 1].kind == "variable":
                written = f"({columns[at - 1].text} AS {columns[at + 1].text})"
                yield error(token, "a column with another name stands in brackets", f"Write {written[:80]}")
            elif token.text == "*" and any(part.kind == "variable" for part in columns):
                yield error(token, "`*` stands for all variables, and alone", "Remove it, or the variables beside it")
            elif token.text == "*" and has_groups:
                yield error(
                    token,
                    "SELECT * does not go with GROUP BY",
                    "Name the columns, as in SELECT ?s (COUNT(*) AS ?count)",
                )
            at += 1
        if len(columns) > 1 and columns[-1].word in {"DISTINCT", "REDUCED"}:
            word = columns[-1].word
            yield error(
                columns[-1], f"{word} stands directly behind SELECT", f"Write SELECT {word} {columns[0].text}"
            )
        if not columns or columns[-1].word in {"DISTINCT", "REDUCED"}:
            yield error(tokens[begin - 1], "SELECT names no columns", "Write SELECT *, or the variables: SELECT ?s")
        if end < len(tokens):
            yield from _ungrouped(columns, groups, has_groups)


def _variables(tokens: Sequence[Token], start: int) -> set[str]:
    """Return the variables of the group behind a SELECT, but those of subqueries."""
    at = start
    while at < len(tokens) and tokens[at].text != "{":
        at += 1
    if at == len(tokens):
        return set()
    inside = tokens[at : closing(tokens, at)]
    if any(token.word == "SELECT" for token in inside):
        return set()
    return {token.text for token in inside if token.kind == "variable"}


def _ungrouped(columns: Sequence[Token], groups: frozenset[str], has_groups: bool) -> Iterator[QueryTextError]:
    if not has_groups and not any(token.word in AGGREGATES for token in columns):
        return
    depth, at, computed = 0, 0, set(groups)
    while at < len(columns):
        token = columns[at]
        depth += (token.text == "(") - (token.text == ")")
        if token.word in AGGREGATES or token.word == "EXISTS":
            at = closing(columns, at + 1) if at + 1 < len(columns) else at
        elif token.word == "AS" and at + 1 < len(columns):
            at += 1
            computed.add(columns[at].text[1:])
        elif token.kind == "variable" and token.text[1:] not in computed:
            name = token.text
            add = f"Add {name} to GROUP BY" if has_groups else f"Write GROUP BY {name} behind WHERE {{ ... }}"
            written = f"(SAMPLE({name}) AS {name}Any)" if depth == 0 else f"SAMPLE({name}) or another aggregate of it"
            yield error(token, f"{name} is neither in GROUP BY nor aggregated", f"{add}, or write {written}")
        at += 1


def _selects(tokens: Sequence[Token]) -> Iterator[tuple[int, int]]:
    """Yield the indices behind each SELECT and of the end of its columns."""
    for at, token in enumerate(tokens):
        if token.word == "SELECT":
            depth, end = 0, at + 1
            while end < len(tokens) and not (
                depth == 0 and (tokens[end].text == "{" or tokens[end].word in {"WHERE", "FROM"})
            ):
                depth += (tokens[end].text == "(") - (tokens[end].text == ")")
                end += 1
            yield at + 1, end


def _grouped(tokens: Sequence[Token], start: int) -> tuple[frozenset[str], bool]:
    """Return the variables in the GROUP BY behind a WHERE, and whether there is one."""
    at = start
    while at < len(tokens) and tokens[at].text != "{":
        at += 1
    at = closing(tokens, at) + 1 if at < len(tokens) else at
    if at + 1 >= len(tokens) or tokens[at].word != "GROUP":
        return frozenset(), False
    names = set()
    for token in tokens[at + 2 :]:
        if token.word in {"HAVING", "ORDER", "LIMIT", "OFFSET", "VALUES"} or token.text == "}":
            break
        if token.kind == "variable":
            names.add(token.text[1:])
    return frozenset(names), True
