"""What the graph tells somebody who writes a query: examples, prefixes, classes and properties, labels."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from lodeclaim.endpoint.engines.engine import Engine, Query, Table
from lodeclaim.endpoint.prefixes import Prefixes, is_iri
from lodeclaim.endpoint.sparql.structure import declared, used
from lodeclaim.endpoint.sparql.tokens import QueryTextError, Token, tokenize
from lodeclaim.endpoint.web.lookup import text

_MAX_LABELLED = 1_500
_MAX_LABELLED_BYTES = 90_000
"""How many IRIs are asked for their label at once: what the guard lets through, with room for the rest."""


@dataclass(frozen=True)
class Example:
    """A query of the catalogue, with the question that it answers."""

    iri: str
    question: str
    text: str


@dataclass(frozen=True)
class VocabularyTerm:
    """A class or property as it is written in a query; `uses` is None where the graph does not count it."""

    name: str
    kind: str
    label: str
    definition: str
    uses: int | None


def examples(engine: Engine) -> list[Example]:
    """Return the queries of the catalogue by their question."""
    return [Example(*row) for row in _strings(engine.select(_query("catalogue")))]


def terms(engine: Engine, known: Prefixes) -> list[VocabularyTerm]:
    """Return the classes and properties that have a name with one of the `known` prefixes."""
    return [
        VocabularyTerm(name, kind, label, definition, int(uses) if uses else None)
        for iri, kind, label, definition, uses in _strings(engine.select(_query("words")))
        if (name := known.name(iri))
    ]


def labels(engine: Engine, iris: Iterable[str]) -> dict[str, str]:
    """Return the labels of those IRIs that have one, English before others, asked for in one query.

    The IRIs that come first count where there are too many.
    """
    asked: list[str] = []
    size = 0
    for iri in dict.fromkeys(iris):
        size += len(iri.encode(errors="replace")) + 3
        if len(asked) == _MAX_LABELLED or size > _MAX_LABELLED_BYTES:
            break
        if is_iri(iri):
            asked.append(f"<{iri}>")
    if not asked:
        return {}
    rows = engine.select(Query(text("labels").replace("{ }", f"{{ {' '.join(asked)} }}"))).rows
    found: dict[str, tuple[int, str]] = {}
    for iri_term, label in rows:
        if iri_term and label:
            rank = {"en": 0, None: 1}.get(label.language, 2)
            found[iri_term.value] = min(found.get(iri_term.value, (3, "")), (rank, label.value))
    return {iri: label for iri, (_, label) in found.items()}


def missing(text: str, known: Mapping[str, str]) -> dict[str, str]:
    """Return the `known` prefixes that a query uses and does not declare; a text cut short counts up to there."""
    tokens = _tokens(text)
    stated = declared(tokens)
    return {prefix: known[prefix] for prefix in used(tokens) if prefix in known and prefix not in stated}


def declare(text: str, namespaces: Mapping[str, str]) -> str:
    """Return the query with a PREFIX line for each namespace, below the comment at its head."""
    declarations = "".join(f"PREFIX {prefix}: <{namespace}>\n" for prefix, namespace in namespaces.items())
    first = next((token.offset for token in _tokens(text)), 0)
    start = text.rfind("\n", 0, first) + 1
    return text[:start] + declarations + text[start:]


def _tokens(text: str) -> list[Token]:
    found: list[Token] = []
    try:
        for token in tokenize(text):
            found.append(token)
    except QueryTextError:
        pass
    return found


def _query(name: str) -> Query:
    return Query(text(name))


def _strings(table: Table) -> list[tuple[str, ...]]:
    return [tuple(term.value if term else "" for term in row) for row in table.rows]
