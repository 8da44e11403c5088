"""Slips in the clauses of a group: OPTIONAL, UNION, GRAPH, BIND, VALUES, and the template of a CONSTRUCT."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from lodeclaim.endpoint.sparql.slips.looks import error
from lodeclaim.endpoint.sparql.structure import closing
from lodeclaim.endpoint.sparql.tokens import QueryTextError, Token


def look(tokens: Sequence[Token], text: str) -> Iterator[QueryTextError]:
    """Yield the slips in the clauses of groups."""
    for at, token in enumerate(tokens[:-1]):
        after, word = tokens[at + 1], token.word
        if word == "UNION" and (tokens[at - 1].text != "}" or after.text != "{"):
            yield error(token, "both sides of UNION are groups in braces", "Write { ... } UNION { ... }")
        if word == "FROM" and after.kind not in {"iri", "name"} and after.word != "NAMED":
            found = f"FROM names a graph, and there are no tables such as `{after.text[:40]}`"
            yield error(token, found, "Leave it out: SELECT ?s WHERE { ?s a ex:Class ; ex:property ?value }")
        if word in {"OPTIONAL", "MINUS", "WHERE", "EXISTS"} and after.text != "{":
            yield error(token, f"{word} takes a group in braces", f"Write {word} {{ ... }}")
        if word == "GRAPH" and after.text == "{":
            yield error(token, "GRAPH says which graph", "Write GRAPH ?g { ... }, or GRAPH <IRI> { ... }")
        if word == "BIND":
            inside = tokens[at + 2 : closing(tokens, at + 1)] if after.text == "(" else ()
            if after.text != "(" or not any(part.word == "AS" for part in inside):
                yield error(token, "BIND takes an expression and a name in brackets", "Write BIND(?x + 1 AS ?y)")
            elif inside[-1].kind == "variable":
                yield from _bound_before(tokens, at, inside[-1])
        if word == "VALUES":
            yield from _data(tokens, at)
    for at, token in enumerate(tokens):
        if token.word == "CONSTRUCT" and tokens[at + 1 : at + 2] and tokens[at + 1].text == "{":
            end = closing(tokens, at + 1)
            if end + 1 >= len(tokens):
                yield error(
                    token, "CONSTRUCT says what to make, and not of what", "Add WHERE { ... } behind the template"
                )


def _bound_before(tokens: Sequence[Token], bind: int, name: Token) -> Iterator[QueryTextError]:
    depth = 0
    for at in range(bind - 1, -1, -1):
        depth += (tokens[at].text in {"}", ")"}) - (tokens[at].text in {"{", "("})
        if depth < 0:
            return
        if depth == 0 and tokens[at].text[1:] == name.text[1:] and tokens[at].kind == "variable":
            remedy = f"Name it otherwise, as {name.text}2, or compare with FILTER({name.text} = ...)"
            yield error(name, f"{name.text} has a value before this BIND", remedy)
            return


def _data(tokens: Sequence[Token], at: int) -> Iterator[QueryTextError]:
    after = tokens[at + 1]
    if after.kind == "variable" and at + 2 < len(tokens) and tokens[at + 2].text != "{":
        yield error(tokens[at + 2], "the data of VALUES stands in braces", f"Write VALUES {after.text} {{ 1 2 }}")
    if after.text == "(":
        opening = closing(tokens, at + 1) + 1
        if opening + 1 < len(tokens) and tokens[opening].text == "{" and tokens[opening + 1].text not in {"(", "}"}:
            yield error(
                tokens[opening + 1], "each row stands in brackets here", "Write VALUES (?a ?b) { (1 2) (3 4) }"
            )
