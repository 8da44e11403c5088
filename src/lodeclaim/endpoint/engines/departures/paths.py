"""Property paths: which rows the engine drops, and the unions that have them.

SPARQL 18.2.2.2 makes a union of alternatives, which keeps what both of them find; the engine tells its rows apart.
A path that may have no step leads from a term to itself, be the term in the data or not (18.4, ZeroLengthPath).
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from math import prod

from lodeclaim.endpoint.engines.departures.rewriting import Draft, Edit
from lodeclaim.endpoint.sparql.groups import Group, Path, Statement, Term, Triple
from lodeclaim.endpoint.sparql.tokens import QueryTextError
from lodeclaim.endpoint.vocabularies import RDF

_MOST_BRANCHES = 500
_MOST_CHARACTERS = 2_000_000
"""What all unions of a query may come to; they nest one level for each branch in the engine's parser."""


def unions(draft: Draft) -> list[Edit]:
    """Write paths with alternatives as unions, and add the solution without a step at a term; #1815.

    Raises QueryTextError where there are too many of them, or where a collection is in the way.
    """
    if draft.signs.isdisjoint({"|", "*", "?"}):
        return []
    statements = [
        (group, statement)
        for group in draft.groups
        for statement in group.statements
        if any(_is_union(draft, group, triple) for triple in statement.triples)
    ]
    if not statements:
        return []
    _check_size(draft, [statement for _, statement in statements])
    draft.add(list(_labels(draft)))
    draft.replace([_emitted(draft, group, statement) for group, statement in statements])
    return []


def _is_union(draft: Draft, group: Group, triple: Triple) -> bool:
    return _count(triple.verb) > 1 or _start(draft, group, triple) is not None


def _check_size(draft: Draft, statements: list[Statement]) -> None:
    branches = characters = 0
    for statement in statements:
        length = draft.tokens[statement.end - 1].end - draft.tokens[statement.start].offset
        for triple in statement.triples:
            count = _count(triple.verb) + 1
            branches, characters = branches + count, characters + count * length
            if branches > _MOST_BRANCHES or characters > _MOST_CHARACTERS:
                raise QueryTextError(
                    draft.tokens[triple.verb.start].position,
                    f"paths that come to more than {_MOST_BRANCHES} alternatives when they are written out",
                    "Write VALUES ?property { ... } and ?property in place of the path, or ask in several queries",
                    "query-unsupported",
                )


def _labels(draft: Draft) -> Iterator[Edit]:
    """Yield variables for the labels of blank nodes: a label may stand in one basic graph pattern only."""
    inside = [(group.opening, group.closing) for group in draft.groups[0].children]
    variables: dict[str, str] = {}
    for index, token in enumerate(draft.tokens):
        if token.kind != "blank" or draft.is_foreign(token.offset):
            continue
        if any(opening < index < closing for opening, closing in inside):
            if token.text not in variables:
                variables[token.text] = draft.new_variable()
            yield Edit(token.offset, token.end, variables[token.text])


def _emitted(draft: Draft, group: Group, statement: Statement) -> Edit:
    """Return a statement triple by triple, with a union for each that needs one."""
    nodes: dict[int, str] = {}
    parts = []
    for triple in statement.triples:
        _check_collections(draft, group, statement, triple)
        subject, value = _text(draft, triple.subject, nodes), _text(draft, triple.object, nodes)
        if not _is_union(draft, group, triple):
            parts.append(f"{subject} {draft.span(triple.verb.start, triple.verb.end)} {value}")
            continue
        branches = [f"{{ {subject} {path} {value} }}" for path in _branches(draft, triple.verb)]
        start = _start(draft, group, triple)
        if start is not None:
            branches.extend(_without_step(draft, group, triple, start, (subject, value)))
        parts.append(f"{{ {' UNION '.join(branches)} }}")
    return Edit(draft.tokens[statement.start].offset, draft.tokens[statement.end - 1].end, " . ".join(parts))


def _text(draft: Draft, term: Term, nodes: dict[int, str]) -> str:
    """Return a term; a variable for what stands in brackets, since its triples are written apart."""
    if term.kind == "properties":
        if term.start not in nodes:
            nodes[term.start] = draft.new_variable()
        return nodes[term.start]
    return _constant(draft, term) if term.kind == "constant" else draft.span(term.start, term.end)


def _check_collections(draft: Draft, group: Group, statement: Statement, triple: Triple) -> None:
    """Raise QueryTextError for a collection whose node would have to be named: to join, or to be an end of a path."""
    for term in (triple.subject, triple.object):
        if term.kind != "collection":
            continue
        has_brackets = any(draft.tokens[index].text == "[" for index in term.places)
        is_joined = term is triple.subject and len(statement.triples) > 1
        if has_brackets or is_joined or _start(draft, group, triple) is not None:
            raise QueryTextError(
                draft.tokens[term.start].position,
                "a collection ( ) beside a path with alternatives or with `*` or `?`",
                "Write a variable for it, and what is in it with rdf:first and rdf:rest",
                "query-unsupported",
            )


def _constant(draft: Draft, term: Term) -> str:
    return f"<{RDF.nil}>" if draft.tokens[term.start].text == "(" else draft.span(term.start, term.end)


def _start(draft: Draft, group: Group, triple: Triple) -> Term | None:
    """Return the term of a triple at which a path without a step begins and ends, where there is one.

    In EXISTS a variable that has a value outside is that value (18.6, substitute).
    """
    terms = [term for term in (triple.subject, triple.object) if _is_term(draft, group, term)]
    if not terms or not _without_steps(triple.verb):
        return None
    constants = [term for term in terms if term.kind == "constant"]
    if len(constants) == 2 and _identity(draft, terms[0]) != _identity(draft, terms[1]):
        return None
    return (constants or terms)[0]


def _is_term(draft: Draft, group: Group, term: Term) -> bool:
    return term.kind == "constant" or (
        term.kind == "variable" and draft.tokens[term.start].text[1:] in draft.outside(group)
    )


def _identity(draft: Draft, term: Term) -> str:
    """Return the same text for the same term, as far as the query tells."""
    token = draft.tokens[term.start]
    if token.kind == "name":
        prefix, _, local = token.text.partition(":")
        return f"<{draft.namespaces.get(prefix, prefix + ':')}{local}>"
    return _constant(draft, term)


def _without_step(draft: Draft, group: Group, triple: Triple, start: Term, ends: tuple[str, str]) -> list[str]:
    """Return the branches for the solution at a term that the engine does not find in the graph."""
    path = draft.span(triple.verb.start, triple.verb.end)
    graph = ""
    if group.graph is not None:
        graph = f"GRAPH {draft.graphs.get(group.graph, draft.tokens[group.graph].text)} {{}} "
    if start.kind == "variable":
        return list(_of_value(draft, group, triple, ends, path, graph))
    term = _constant(draft, start)
    others = [end for end, each in zip(ends, (triple.subject, triple.object), strict=True) if each.kind != "constant"]
    rows = [f"({term})" if others else "()"] * _without_steps(triple.verb)
    data = f"VALUES ({' '.join(others)}) {{ {' '.join(rows)} }}"
    return [f"{{ {graph}{data} FILTER NOT EXISTS {{ {term} {path} {term} }} }}"]


def _of_value(
    draft: Draft, group: Group, triple: Triple, ends: tuple[str, str], path: str, graph: str
) -> Iterator[str]:
    """Yield the branches for a variable of EXISTS that may have a value outside, and for the other one."""
    for term, other, end in zip(ends, reversed(ends), (triple.subject, triple.object), strict=True):
        if _is_term(draft, group, end):
            absent = f"NOT EXISTS {{ {term} {path} {term} }}"
            yield f"{{ {graph}FILTER(sameTerm({term}, {other}) && {absent}) }}"
            yield f"{{ {{ {graph}FILTER(BOUND({term}) && !BOUND({other}) && {absent}) }} BIND({term} AS {other}) }}"


def _without_steps(path: Path) -> int:
    """Return how many solutions without a step a path has at one term."""
    within = [_without_steps(part) for part in path.parts]
    match path.sign:
        case "*" | "?":
            return 1
        case "+":
            return min(1, within[0])
        case "/":
            return prod(within)
        case "|":
            return sum(within)
        case "^" | "()":
            return within[0]
        case _:  # one property, or a set of those that it is not
            return 0


def _count(path: Path) -> int:
    """Return of how many alternatives a path is the union; what is within `*`, `+` and `?` gives a row once."""
    match path.sign:
        case "/":
            return prod(map(_count, path.parts))
        case "|":
            return sum(map(_count, path.parts))
        case "^" | "()":
            return _count(path.parts[0])
        case "!":
            return len({part.sign for part in path.parts} or {""})
        case _:
            return 1


def _branches(draft: Draft, path: Path) -> list[str]:
    """Return the alternatives of which a path is the union, each as a step of a path."""
    if _count(path) == 1:
        return [
            f"({draft.span(path.start, path.end)})" if path.sign in {"/", "|"} else draft.span(path.start, path.end)
        ]
    match path.sign:
        case "/":
            return [f"({'/'.join(steps)})" for steps in product(*(_branches(draft, part) for part in path.parts))]
        case "|":
            return [branch for part in path.parts for branch in _branches(draft, part)]
        case "^":
            return [f"^({branch})" for branch in _branches(draft, path.parts[0])]
        case "()":
            return _branches(draft, path.parts[0])
        case _:  # a negated set of both directions
            return [
                f"!({'|'.join(draft.span(part.start, part.end) for part in path.parts if part.sign == sign)})"
                for sign in ("", "^")
            ]
