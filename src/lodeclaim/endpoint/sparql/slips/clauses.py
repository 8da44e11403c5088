"""Slips in the clauses of a group: OPTIONAL, UNION, GRAPH, BIND, VALUES, and the template of a CONSTRUCT."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from lodeclaim.endpoint.sparql.slips.contexts import Context, contexts
from lodeclaim.endpoint.sparql.slips.having import condition
from lodeclaim.endpoint.sparql.slips.looks import COMPARISONS, FUNCTIONS, error
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
        if word == "GRAPH" and after.text != "{" and tokens[at + 2 : at + 3] and tokens[at + 2].text != "{":
            yield error(token, "GRAPH takes a group in braces", f"Write GRAPH {after.text[:40]} {{ ... }}")
        if word == "CONSTRUCT" and after.text != "{" and after.word not in {"WHERE", "FROM"}:
            yield error(
                token, "CONSTRUCT takes what it makes in braces", "Write CONSTRUCT { ?s ?p ?o } WHERE { ... }"
            )
        if word == "ASK" and (after.kind == "variable" or after.text == "*"):
            yield error(after, "ASK names no columns", f"Remove `{after.text[:40]}`: write ASK {{ ... }}")
        if word == "SELECT" and at and tokens[at - 1].text in {".", "}"}:
            yield error(token, "a subquery stands in braces of its own", "Write { SELECT ... WHERE { ... } }")
        if word == "WHERE" and at and tokens[at - 1].text == "{":
            yield error(token, "WHERE stands before the braces, and not within them", "Remove it")
        if word == "DESCRIBE" and (after.word == "WHERE" or after.text == "{"):
            yield error(token, "DESCRIBE says what to describe", "Write DESCRIBE ?s WHERE { ... }")
        if word == "GRAPH" and after.text == "{":
            yield error(token, "GRAPH says which graph", "Write GRAPH ?g { ... }, or GRAPH <IRI> { ... }")
        if word == "BIND":
            inside = tokens[at + 2 : closing(tokens, at + 1)] if after.text == "(" else ()
            named = next((part for part in inside[1:] if part.kind == "variable"), None)
            if inside and inside[-1] is named and inside[-2].text == ")":
                yield error(named, "BIND has AS before its name", f"Write AS before `{named.text[:40]}`")
            if after.text != "(" or not any(part.word == "AS" for part in inside):
                yield error(token, "BIND takes an expression and a name in brackets", "Write BIND(?x + 1 AS ?y)")
            elif inside[-1].kind == "variable":
                yield from _bound_before(tokens, at, inside[-1])
    yield from _without_filter(tokens, text)
    for at, token in enumerate(tokens):
        if token.word == "CONSTRUCT" and tokens[at + 1 : at + 2] and tokens[at + 1].text == "{":
            end = closing(tokens, at + 1)
            if end + 1 >= len(tokens):
                yield error(
                    token, "CONSTRUCT says what to make, and not of what", "Add WHERE { ... } behind the template"
                )


def _without_filter(tokens: Sequence[Token], text: str) -> Iterator[QueryTextError]:
    """Yield conditions that stand among patterns."""
    where = contexts(tokens)
    for at, token in enumerate(tokens[:-1]):
        before, after = tokens[at - 1], tokens[at + 1]
        if where[at] is not Context.GROUP or not at or before.word in {"FILTER", "NOT"}:
            continue
        if token.word == "NOT" and after.word == "EXISTS":
            yield error(token, "NOT EXISTS is a condition, and stands in FILTER", "Write FILTER NOT EXISTS { ... }")
        elif token.word == "EXISTS":
            yield error(token, "EXISTS is a condition, and stands in FILTER", "Write FILTER EXISTS { ... }")
        elif token.word in FUNCTIONS and after.text == "(":
            written, _ = condition(tokens, at, {})
            remedy = f"Write FILTER({written or '...'}), or BIND({token.text}(...) AS ?y) for its value"
            yield error(token, f"{token.word} stands among patterns, and a condition in FILTER", remedy)
        elif token.text == "!" and before.text in {"{", ".", "}"}:
            written, _ = condition(tokens, at, {})
            yield error(token, "a condition stands in FILTER", f"Write FILTER({written or '...'})")
        elif token.text == "(" and before.text in {"{", ".", "}", ")"} and before.word not in FUNCTIONS:
            inside = tokens[at + 1 : closing(tokens, at)]
            if any(part.word == "AS" for part in inside):
                yield error(token, "a value with a name stands in BIND", "Write BIND before this `(`")
            if inside and (inside[0].word in FUNCTIONS or any(part.text in COMPARISONS for part in inside)):
                written, _ = condition(tokens, at, {})
                yield error(token, "a condition stands in FILTER", f"Write FILTER({written or '...'})")


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
