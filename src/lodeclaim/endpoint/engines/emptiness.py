"""Why a query has no rows: the first of its patterns and filters with which nothing is left.

The parts of its group are asked one after the other, each with all before it, until there is no solution. That is the
way in which a person would look for the cause, and it needs no knowledge of the data.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from lodeclaim.endpoint.sparql.groups import Group, Span, Statement
from lodeclaim.endpoint.sparql.reading import query
from lodeclaim.endpoint.sparql.structure import closing
from lodeclaim.endpoint.sparql.tokens import Token
from lodeclaim.endpoint.vocabularies import RDF

MOST_PARTS = 12
_MOST_SHOWN = 70
_MOST_PROPERTIES = 12
_MOST_LOOKED_AT = 500
_OF_CLASS = frozenset(["a", "rdf:type"])
_BY_USES = "GROUP BY ?property ORDER BY DESC(?uses)"
_BEFORE = frozenset(["SELECT", "CONSTRUCT", "DESCRIBE", "ASK"])

Rows = Callable[[str], Sequence[Sequence[str]]]
"""Asks a SELECT and returns its rows, each term as it is written in a query."""


@dataclass(frozen=True)
class _Part:
    """What stands in a group up to the next such: a triple, or a clause with its braces or brackets."""

    word: str
    text: str
    triple: tuple[str, str, str] | None = None
    variables: frozenset[str] = frozenset()

    def __str__(self) -> str:
        plain = " ".join(self.text.split())
        return f"`{plain}`" if len(plain) <= _MOST_SHOWN else f"`{plain[:_MOST_SHOWN]}...`"


@dataclass
class _Question:
    """The frame in which parts are asked."""

    prologue: str
    dataset: str
    rows: Rows

    def holds(self, parts: Sequence[_Part]) -> bool:
        """Return whether there is a solution of some parts."""
        return bool(self.first("*", parts))

    def first(
        self, columns: str, parts: Sequence[_Part], limit: int = 1, modifiers: str = ""
    ) -> Sequence[Sequence[str]]:
        """Return the first solutions."""
        group = " ".join(f"{part.text} ." if part.triple else part.text for part in parts)
        return self.rows(f"{self.prologue} SELECT {columns} {self.dataset} {{ {group} }} {modifiers} LIMIT {limit}")


def causes(tokens: Sequence[Token], rows: Rows) -> tuple[str, ...]:
    """Return as sentences why a query has no rows, none where that is not found; raises what `rows` does."""
    group = next((each for each in query(tokens).children if each.kind == ""), None)
    if group is None or group.select is not None:
        return ()
    at = next(index for index, token in enumerate(tokens) if token.word in _BEFORE)
    froms = [index for index in range(at, group.opening) if tokens[index].word == "FROM"]
    end = group.opening - (tokens[group.opening - 1].word == "WHERE")
    question = _Question(
        _written(tokens, 0, at),
        _written(tokens, froms[0], end) if froms else "",
        rows,
    )
    return tuple(_causes(question, list(_parts(tokens, group))))


def is_told(cause: str, sentences: Iterable[str]) -> bool:
    """Return whether a cause says no more than what is told of a name that stands in it."""
    names = {word.strip("`.,;?") for sentence in sentences for word in sentence.split() if ":" in word}
    return cause.endswith("`.") and any(name in cause for name in names)


def _causes(question: _Question, parts: list[_Part]) -> Iterator[str]:
    if question.dataset and not question.holds([_Part("", "?s ?p ?o", ("?s", "?p", "?o"))]):
        yield f"The graphs of {' '.join(question.dataset.split())[:_MOST_SHOWN]} hold no triple: FROM names graphs."
        return
    # A FILTER is of the whole group, wherever it stands.
    ordered = [part for part in parts if part.word != "FILTER"] + [part for part in parts if part.word == "FILTER"]
    before: list[_Part] = []
    for part in ordered[:MOST_PARTS]:
        if part.word not in {"OPTIONAL", "BIND"} and not question.holds([*before, part]):
            yield from _of(question, part, before, ordered)
            return
        before.append(part)


def _of(question: _Question, part: _Part, before: list[_Part], every: list[_Part]) -> Iterator[str]:
    """Tell of the part with which nothing is left of the solutions of those before it."""
    if part.word == "FILTER":
        yield f"{part} lets nothing through; without it there are answers.{_values(question, part, before)}"
    elif part.word == "MINUS":
        yield f"{part} takes everything away; without it there are answers."
    elif not before or not question.holds([part]):
        turned = _reverse(question, part)
        classes = [each for each in every if _is_class(each, part)]
        yield f"Nothing in the data matches {part}.{turned or _properties(question, part, classes)}"
    else:
        other = next((each for each in before if each.triple and not question.holds([each, part])), None)
        if other is None:
            yield f"{part} matches nothing beside what stands before it; by itself it does."
        else:
            advice = _properties(question, part, [other]) + _leading(question, part, other)
            yield f"Nothing matches both {other} and {part}.{advice}"


def _values(question: _Question, part: _Part, before: list[_Part]) -> str:
    """Return as a sentence what a variable of a FILTER stands for."""
    bound = {name for each in before for name in each.variables}
    name = next((name for name in sorted(part.variables) if name in bound), None)
    found = question.first(name, before) if name is not None else ()
    return f" A value of {name} is {found[0][0][:_MOST_SHOWN]}" + "." if found and found[0][0] else ""


def _reverse(question: _Question, part: _Part) -> str:
    """Return as a sentence that a triple is there the other way round."""
    if part.triple is None or part.triple[1] in {"", *_OF_CLASS} or part.triple[1].startswith("?"):
        return ""
    subject, verb, value = part.triple
    turned = _Part("", f"{value} {verb} {subject}", (value, verb, subject))
    if value[0] in "\"'0123456789+-" or not question.holds([turned]):
        return ""
    return f" The other way round there is: write {turned}."


def _is_class(part: _Part, other: _Part) -> bool:
    """Return whether a triple tells of which class the subject of another one is."""
    triples = (part.triple, other.triple)
    return (
        part is not other
        and triples[0] is not None
        and triples[1] is not None
        and triples[0][1] in _OF_CLASS
        and triples[0][0] == triples[1][0] != ""
        and not triples[0][2].startswith("?")
    )


def _leading(question: _Question, part: _Part, other: _Part) -> str:
    """Return as a sentence that what has a property leads to what has been asked for it."""
    if part.triple is None or part.triple[0] not in other.variables or part.triple[1][:1] in {"", "?"}:
        return ""
    subject, verb, value = part.triple
    link = _Part("", f"?leading {verb} ?led . ?leading ?link {subject}", ("", "", ""))
    found = question.first("?link", [other, link])
    if not found:
        return ""
    name = found[0][0]
    if name == verb:
        return f" The other way round there is: write `{value} {verb} {subject}`."
    leading = next(each for each in ("?x", "?y", "?z") if each not in {subject, value})
    written = f"{leading} {name} {subject} ; {verb} {value}"
    return f" What has {verb} leads to such a {subject} by {name}: write `{written}`."


def _properties(question: _Question, part: _Part, others: Sequence[_Part]) -> str:
    """Return as a sentence which properties there are of what the first of some parts finds for a subject."""
    if not others or part.triple is None or part.triple[0] not in others[0].variables:
        return ""
    member, other = part.triple[0], others[0]
    some = _Part("", f"{{ SELECT {member} {{ {other.text} }} LIMIT {_MOST_LOOKED_AT} }}")
    every = _Part("", f"{member} ?property ?value", (member, "?property", "?value"))
    kept = _Part("FILTER", f"FILTER(?property != <{RDF.type}>)")
    found = question.first("?property (COUNT(*) AS ?uses)", [some, every, kept], _MOST_PROPERTIES, _BY_USES)
    what = f"What is a {other.triple[2]}" if other.triple and _is_class(other, part) else f"Such a {member}"
    return f" {what} has {', '.join(property for property, _ in found)}." if found else ""


def _parts(tokens: Sequence[Token], group: Group) -> Iterator[_Part]:
    """Yield what stands directly in a group, in its order."""
    statements = {statement.start: statement for statement in group.statements}
    at, found = group.opening + 1, []
    while at < group.closing:
        begin, word = at, tokens[at].word
        if at in statements:
            at = statements[at].end
            found += list(_triples(tokens, statements[begin]))
            continue
        if tokens[at].text == ".":
            at += 1
            continue
        opening = next(index for index in range(at, group.closing + 1) if tokens[index].text in {"{", "("})
        if word == "VALUES":
            opening = next(index for index in range(at, group.closing + 1) if tokens[index].text == "{")
        at = closing(tokens, opening) + 1
        part = _part(tokens, begin, at, word)
        if word == "UNION" and found:
            text = f"{found[-1].text} {part.text}"
            found[-1] = replace(part, text=text, variables=part.variables | found[-1].variables)
        else:
            found.append(part)
    return iter(found)


def _triples(tokens: Sequence[Token], statement: Statement) -> Iterator[_Part]:
    ends = [term for triple in statement.triples for term in (triple.subject, triple.object)]
    if any(term.kind in {"properties", "collection"} for term in ends):
        yield replace(_part(tokens, statement.start, statement.end, ""), triple=("", "", ""))
        return
    for triple in statement.triples:
        spans: tuple[Span, ...] = (triple.subject, triple.verb, triple.object)
        texts = [_written(tokens, span.start, span.end) for span in spans]
        names = frozenset().union(*(_names(tokens, span.start, span.end) for span in spans))
        yield _Part("", " ".join(texts), (texts[0], texts[1], texts[2]), names)


def _part(tokens: Sequence[Token], begin: int, end: int, word: str) -> _Part:
    return _Part(word, _written(tokens, begin, end), None, _names(tokens, begin, end))


def _names(tokens: Sequence[Token], begin: int, end: int) -> frozenset[str]:
    return frozenset("?" + token.text[1:] for token in tokens[begin:end] if token.kind == "variable")


def _written(tokens: Sequence[Token], begin: int, end: int) -> str:
    return tokens[begin].source[tokens[begin].offset : tokens[end - 1].end] if end > begin else ""
