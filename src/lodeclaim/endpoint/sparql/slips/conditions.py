"""Slips in conditions and other expressions."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Sequence

from lodeclaim.endpoint.sparql.slips.having import condition
from lodeclaim.endpoint.sparql.slips.looks import AGGREGATES, COMPARISONS, FUNCTIONS, brief, error, until
from lodeclaim.endpoint.sparql.structure import closing
from lodeclaim.endpoint.sparql.tokens import QueryTextError, Token

_THOUSANDS = re.compile(r"[0-9]{1,3}(?:,[0-9]{3})+\b")

_OF_TWO = frozenset(["CONTAINS", "REGEX", "STRSTARTS", "STRENDS"])


def look(tokens: Sequence[Token], text: str) -> Iterator[QueryTextError]:
    """Yield the slips in conditions and expressions."""
    for at, token in enumerate(tokens[:-1]):
        after = tokens[at + 1]
        if token.word == "FILTER" and (
            (after.text == "!" or after.word == "NOT")
            and tokens[at + 2 : at + 3]
            and (tokens[at + 2].text == "{" or (after.text == "!" and tokens[at + 2].word == "EXISTS"))
        ):
            yield error(
                token, "what is not to be there is told by FILTER NOT EXISTS", "Write FILTER NOT EXISTS { ... }"
            )
        if token.word == "FILTER" and (
            after.kind in {"variable", "string", "number", "iri"} or after.text in {"!", "-"}
        ):
            written, _ = condition(tokens, at + 1, {})
            yield error(token, "FILTER takes its condition in brackets", f"Write FILTER({written or '...'})")
        if token.word == "FILTER" and after.kind in {"word", "name"} and tokens[at + 2 : at + 3]:
            behind = closing(tokens, at + 2) + 1 if tokens[at + 2].text == "(" else len(tokens)
            if behind < len(tokens) and (tokens[behind].text in COMPARISONS or tokens[behind].word in {"IN", "NOT"}):
                written, _ = condition(tokens, at + 1, {})
                yield error(token, "FILTER takes its condition in brackets", f"Write FILTER({written or '...'})")
        if token.text == after.text == "=" and after.offset == token.end:
            yield error(token, "`==` is no comparison of SPARQL", "Write =")
        if token.text == "<>" and at and tokens[at - 1].kind in {"variable", "string", "number", "name"}:
            yield error(token, "`<>` is no comparison of SPARQL", "Write !=")
        if token.word == "NOT" and after.word not in {"IN", "EXISTS"}:
            if after.word == "FILTER":
                yield error(token, "NOT stands before FILTER", "Write FILTER NOT EXISTS { ... }")
            if difflib.get_close_matches(after.word, ["EXISTS"]):
                yield error(after, f"`{after.text[:40]}` is no word of SPARQL 1.1", "Write NOT EXISTS { ... }")
            yield error(
                token, "NOT stands only before IN and EXISTS", "Write !( ... ) for a condition that is not to hold"
            )
        if token.word == "IN" and after.text != "(":
            members = until(tokens, at + 1, text, {")", "}", "&&", "||", "{"}).strip("[] ")
            yield error(token, "IN takes a list in brackets", f"Write IN ({members or '1, 2'})")
        if token.kind == "number" and (number := _THOUSANDS.match(text, token.offset)) and after.text == ",":
            yield error(token, "a number has no commas", f"Write {number[0].replace(',', '')}")
        if token.word in _OF_TWO and after.kind == "string" and at and tokens[at - 1].kind == "variable":
            written = f"{token.word}({tokens[at - 1].text}, {after.text[:40]})"
            yield error(
                token, f"{token.word} stands before what it compares", f"Write FILTER({written}) for the three"
            )
        if token.word in FUNCTIONS and after.text != "(":
            yield error(token, f"{token.word} takes its arguments in brackets", f"Write {token.text}({brief(after)})")
        if token.word in {"FILTER", "BIND"} and after.text == "(":
            inside = tokens[at + 2 : closing(tokens, at + 1)]
            if not any(part.word == "SELECT" for part in inside):
                for part in inside:
                    if part.word in AGGREGATES:
                        written, _ = condition(tokens, at + 1, {})
                        told = written if token.word == "FILTER" and written else f"{part.word}(...) > 1"
                        remedy = f"Write HAVING({told}) behind GROUP BY, or compute it in a subquery"
                        yield error(part, f"{part.word} in {token.word}: nothing is grouped there", remedy)
        if token.text in COMPARISONS and after.text == ")":
            yield error(token, f"`{token.text}` has nothing behind it", "Write both sides")
        if token.word == "GROUP_CONCAT" and after.text == "(":
            yield from _separator(tokens, at)
        if (
            token.kind == "number"
            and after.text == "-"
            and re.match(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text[token.offset :])
        ):
            day = text[token.offset : token.offset + 10]
            yield error(token, "a date stands in quotation marks", f'Write "{day}"^^xsd:date')
        if token.kind == "variable" and after.kind == "language":
            remedy = f'Write {token.text}, and FILTER(LANG({token.text}) = "{after.text[1:]}")'
            yield error(after, "a language stands behind a text, and not behind a variable", remedy)
        if token.text == "^^" and after.kind not in {"iri", "name", "word"}:
            yield error(after, "a datatype is an IRI or a name", "Write ^^xsd:integer, or the name of another")
        if token.kind == "string" and after.text == "^":
            yield error(after, "a datatype stands behind two carets", f"Write {token.text[:40]}^^xsd:date")


def _separator(tokens: Sequence[Token], at: int) -> Iterator[QueryTextError]:
    end, depth = closing(tokens, at + 1), 0
    remedy = 'Write GROUP_CONCAT(?x; SEPARATOR=", ")'
    for n in range(at + 1, end):
        depth += (tokens[n].text == "(") - (tokens[n].text == ")")
        if depth == 1 and tokens[n].text == ",":
            yield error(tokens[n], "GROUP_CONCAT is told what to put between", remedy)
        if depth == 1 and (tokens[n].text == ";" or tokens[n].word == "SEPARATOR"):
            behind = [part.word or part.text for part in tokens[n:end]]
            if behind[:3] != [";", "SEPARATOR", "="] or len(behind) != 4 or n == at + 2:
                yield error(tokens[n], "GROUP_CONCAT has what it joins, `;`, and what to put between", remedy)
            return
