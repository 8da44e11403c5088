"""Slips behind WHERE: GROUP BY, HAVING, ORDER BY, LIMIT and OFFSET."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from lodeclaim.endpoint.sparql.slips.contexts import Context, contexts
from lodeclaim.endpoint.sparql.slips.having import computed, condition
from lodeclaim.endpoint.sparql.slips.looks import MODIFIERS, error
from lodeclaim.endpoint.sparql.tokens import QueryTextError, Token


def look(tokens: Sequence[Token], text: str) -> Iterator[QueryTextError]:
    """Yield the slips behind WHERE."""
    where = contexts(tokens)
    for at, token in enumerate(tokens):
        after = tokens[at + 1] if at + 1 < len(tokens) else None
        if token.word in {"ORDER", "GROUP"} and (after is None or after.word != "BY"):
            yield error(token, f"{token.word} goes with BY", f"Write {token.word} BY ?x")
        if token.word == "BY":
            yield from _by(tokens, at)
        if token.kind == "number" and where[at] in {Context.TAIL, Context.START}:
            yield from _number(tokens, at)
        if token.word in {"ASC", "DESC"} and [part.text for part in tokens[at + 1 : at + 3]] == ["(", ")"]:
            yield error(token, f"{token.word} has nothing in its brackets", f"Write {token.word}(?x)")
        if token.word in {"ASC", "DESC"} and (after is None or after.text != "("):
            named = after if after is not None and after.kind == "variable" else tokens[at - 1]
            if named.kind == "variable":
                yield error(
                    token, f"{token.word} takes what it sorts by in brackets", f"Write {token.word}({named.text})"
                )
        if token.word == "HAVING" and (after is None or after.text != "("):
            written, _ = condition(tokens, at + 1, computed(tokens))
            remedy = f"Write HAVING({written or 'COUNT(?x) > 1'})"
            yield error(token, "HAVING takes its condition in brackets", remedy)
        if token.word == "BY":
            yield from _commas(tokens, at + 1)
        if token.word == "LIMIT" and tokens[at + 2 : at + 3] and tokens[at + 2].text == ",":
            skipped, most = after.text if after else "0", tokens[at + 3].text if at + 3 < len(tokens) else "10"
            yield error(token, "LIMIT takes one number", f"Write LIMIT {most} OFFSET {skipped}")
        if token.word in {"LIMIT", "OFFSET"} and (after is None or not after.text.isdigit()):
            yield error(token, f"{token.word} takes a whole number", f"Write {token.word} 10")
    ranks = {word: rank for rank, word in enumerate(MODIFIERS)}
    depth, last = 0, None
    for token in tokens:
        depth += (token.text == "{") - (token.text == "}")
        if depth == 0 and token.word in ranks and token.word != "VALUES":
            if last is not None and last.word == token.word:
                yield error(token, f"{token.word} stands twice", "Keep one of them")
            if (
                last is not None
                and ranks[token.word] < ranks[last.word]
                and {token.word, last.word} != {"LIMIT", "OFFSET"}
            ):
                yield error(
                    token, f"{token.word} comes before {last.word}", f"Write {token.word} ... {last.word} ..."
                )
            last = token
    yield from _modifiers_within(tokens)
    if tokens and tokens[-1].text == ";":
        yield error(tokens[-1], "a query ends without `;`", "Remove it")


def _by(tokens: Sequence[Token], at: int) -> Iterator[QueryTextError]:
    before, after = tokens[at - 1].word if at else "", tokens[at + 1] if at + 1 < len(tokens) else None
    if before not in {"ORDER", "GROUP"}:
        yield error(tokens[at], "BY goes with ORDER or GROUP", "Write ORDER BY, or GROUP BY")
    elif after is None or after.word in MODIFIERS or after.text == "}":
        yield error(tokens[at], f"{before} BY says by what", f"Write {before} BY ?x")


def _number(tokens: Sequence[Token], at: int) -> Iterator[QueryTextError]:
    """Yield an error for a number that belongs to no LIMIT or OFFSET."""
    number, before = tokens[at].text[:40], tokens[at - 1]
    if before.word not in {"LIMIT", "OFFSET"} and before.text not in {"=", "-", "+"}:
        if before.kind == "number" and at > 1:
            word = tokens[at - 2].word
            other = "OFFSET" if word == "LIMIT" else "LIMIT"
            yield error(tokens[at], f"{word} takes one number", f"Remove `{number}`, or write {other} {number}")
        elif before.kind == "variable" or before.text in {")", "}"}:
            yield error(tokens[at], f"`{number}` stands alone behind WHERE", f"Write LIMIT {number}")


def _modifiers_within(tokens: Sequence[Token]) -> Iterator[QueryTextError]:
    """Yield an error for a modifier directly in a group that is no subquery."""
    opened: list[tuple[Token, bool]] = []
    for at, token in enumerate(tokens):
        if token.text == "{":
            after = tokens[at + 1] if at + 1 < len(tokens) else None
            opened.append((token, after is not None and after.word == "SELECT"))
        elif token.text == "}" and opened:
            opened.pop()
        elif opened and not opened[-1][1] and token.word in {"ORDER", "GROUP", "HAVING", "LIMIT", "OFFSET"}:
            line = opened[-1][0].position.line
            found = f"{token.word} stands within the braces that open in line {line}"
            yield error(token, found, f"Close them first: write }} before {token.word}")


def _commas(tokens: Sequence[Token], start: int) -> Iterator[QueryTextError]:
    depth = 0
    for token in tokens[start:]:
        depth += (token.text in {"(", "{"}) - (token.text in {")", "}"})
        if depth < 0 or (depth == 0 and token.word in MODIFIERS):
            return
        if depth == 0 and token.text == ",":
            yield error(
                token, "a comma between what is sorted or grouped by", "Write them with spaces only: BY ?a ?b"
            )
