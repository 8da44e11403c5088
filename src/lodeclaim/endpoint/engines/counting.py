"""COUNT over a join: what has several values is counted once for each of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import takewhile

from lodeclaim.endpoint.engines.emptiness import Rows
from lodeclaim.endpoint.sparql.groups import Group
from lodeclaim.endpoint.sparql.reading import query
from lodeclaim.endpoint.sparql.structure import closing
from lodeclaim.endpoint.sparql.tokens import Token

_MODIFIERS = frozenset(["HAVING", "LIMIT", "OFFSET", "ORDER", "VALUES"])
_MOST_SHOWN = 40


def repeated(tokens: Sequence[Token], rows: Rows) -> tuple[str, ...]:
    """Return as sentences which things a COUNT takes several times, by the data; raises what `rows` does."""
    group = next((each for each in query(tokens).children if each.kind == ""), None)
    if group is None or group.select is not None:
        return ()
    select = next((index for index, token in enumerate(tokens) if token.word == "SELECT"), None)
    if select is None:
        return ()
    behind = takewhile(lambda token: token.word not in _MODIFIERS, tokens[group.closing + 1 :])
    grouping = list(behind)
    keys = {token.text[1:] for token in grouping if token.kind == "variable"}
    frame = [_written(tokens[:select]), _written(tokens[_clauses(tokens, select) : group.closing + 1])]
    found = []
    for name in dict.fromkeys(_counted(tokens[select : group.opening])):
        others = sorted(_others(tokens, group, name) - keys)
        if not others:
            continue
        counts = f"(COUNT(?{name}) AS ?all_rows) (COUNT(DISTINCT ?{name}) AS ?apart)"
        ordered = f"{_written(grouping)} ORDER BY DESC(?all_rows - ?apart) LIMIT 1"
        for every, apart in rows(f"{frame[0]} SELECT {counts} {frame[1]} {ordered}"):
            if every != apart:
                found.append(_sentence(name, others, every, apart))
    return tuple(found)


def _sentence(name: str, others: Sequence[str], every: str, apart: str) -> str:
    shown = f"?{name}"[:_MOST_SHOWN]
    several = " or ".join(f"?{other}"[:_MOST_SHOWN] for other in others[:3])
    told = f"COUNT({shown}) takes a {shown} once for each {several}: {_number(every)}"
    return f"{told}, where COUNT(DISTINCT {shown}) gives {_number(apart)}."


def _number(written: str) -> str:
    return written.partition("^^")[0].strip('"')


def _counted(clause: Sequence[Token]) -> Iterator[str]:
    """Yield the variables of COUNT without DISTINCT."""
    for at, token in enumerate(clause[:-3]):
        given = clause[at + 2]
        if token.word == "COUNT" and given.kind == "variable" and clause[at + 3].text == ")":
            yield given.text[1:]


def _others(tokens: Sequence[Token], group: Group, name: str) -> set[str]:
    """Return the other ends of the triples of which a variable is the subject, and that it may have several of."""
    found = set()
    for triple in group.triples:
        if tokens[triple.verb.start].kind == "variable":
            continue  # whoever asks for any property counts triples
        if (triple.subject.kind, triple.object.kind) == ("variable", "variable"):
            found |= {triple.object.token.text[1:]} if triple.subject.token.text[1:] == name else set()
    return found - {name}


def _clauses(tokens: Sequence[Token], select: int) -> int:
    """Return where FROM, WHERE or the group of a SELECT begins."""
    at = select
    while tokens[at].text != "{" and tokens[at].word not in {"FROM", "WHERE"}:
        at = closing(tokens, at) + 1 if tokens[at].text == "(" else at + 1
    return at


def _written(tokens: Sequence[Token]) -> str:
    return tokens[0].source[tokens[0].offset : tokens[-1].end] if tokens else ""
