"""What the page of a resource shows beside its statements, by what the resource is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby

from lodeclaim import reports
from lodeclaim.corpus import Text
from lodeclaim.endpoint.engines.engine import Engine, Term
from lodeclaim.endpoint.web.pages.assertions import Claim, claims
from lodeclaim.endpoint.web.pages.lookup import Row, ask, rows
from lodeclaim.endpoint.web.pages.nodes import Node


@dataclass(frozen=True)
class Position:
    """One answer to a Question, with its support and the claims that take it."""

    iri: str
    answers: tuple[str, ...]
    modality: str
    support: Node | None
    claims: tuple[Claim, ...]


@dataclass(frozen=True)
class Relation:
    """How two positions stand to one another, and the assumptions under which alone they do."""

    iri: str
    finding: str
    left: Node
    right: Node
    assumptions: tuple[Node, ...]


@dataclass(frozen=True)
class Question:
    """The answers to a Question side by side."""

    positions: tuple[Position, ...]
    relations: tuple[Relation, ...]
    refusals: tuple[tuple[Row, tuple[str, ...]], ...]
    """The Questions beside which it must not be taken for the same, each with the verdict and what differs."""

    plans: tuple[Row, ...]


@dataclass(frozen=True)
class Derivation:
    """Why a derived node is there: the rules that made it, and the claims behind it.

    The claims come by the premise through which they are reached, None where they are premises themselves.
    """

    rules: tuple[Row, ...]
    premises: tuple[tuple[str | None, tuple[Claim, ...]], ...]


def of_claim(engine: Engine, about: Term, texts: Mapping[str, Text]) -> tuple[Claim, ...]:
    """Return the claim with its passages."""
    return claims(rows(engine, "claims", claim=about), texts)


def of_document(engine: Engine, about: Term) -> tuple[Claim, ...]:
    """Return the claims of a document in the order of its text.

    Without the words: side by side they would be the article.
    """
    return claims(rows(engine, "claims", document=about), {})


def of_passage(engine: Engine, about: Term, texts: Mapping[str, Text]) -> tuple[Claim, ...]:
    """Return the claims that a passage carries."""
    return claims(rows(engine, "claims", passage=about), texts)


def of_question(engine: Engine, about: Term, texts: Mapping[str, Text]) -> Question:
    """Return the answers to a Question, how they stand to one another, and its near misses."""
    supports = {row["position"].value: row for row in rows(engine, "support", resource=about)}
    taken = rows(engine, "positions", resource=about)
    near = ask(engine, reports.text("refusals"), about=about)
    return Question(
        positions=tuple(_positions(taken, supports, texts)),
        relations=tuple(_relations(ask(engine, reports.text("relations"), about=about))),
        refusals=tuple(_by_relation(near)),
        plans=tuple(ask(engine, reports.text("plans"), about=about)),
    )


def of_derived(engine: Engine, about: Term, texts: Mapping[str, Text]) -> Derivation:
    """Return why a derived node is there."""
    found = rows(engine, "premises", resource=about)
    grouped = groupby(found, key=lambda row: row["via"].value if "via" in row else None)
    return Derivation(
        rules=tuple(rows(engine, "reasons", resource=about)),
        premises=tuple((via, claims(group, texts)) for via, group in grouped),
    )


def _positions(taken: list[Row], supports: Mapping[str, Row], texts: Mapping[str, Text]) -> Iterator[Position]:
    for position, group in groupby(taken, key=lambda row: row["position"].value):
        same = list(group)
        support = supports.get(position)
        yield Position(
            iri=position,
            answers=tuple(dict.fromkeys(row["answer"].value for row in same if "answer" in row)),
            modality=same[0]["class"].value,
            support=Node(support["support"], support["supportLabel"]) if support else None,
            claims=claims(same, texts),
        )


def _relations(found: Iterable[Row]) -> Iterator[Relation]:
    for relation, group in groupby(found, key=lambda row: row["relation"].value):
        same = list(group)
        first = same[0]
        assumed = {row["assumption"]: row["assumed"] for row in same if "assumption" in row}
        yield Relation(
            iri=relation,
            finding=first["finding"].value,
            left=Node(first["left"], first["leftLabel"]),
            right=Node(first["right"], first["rightLabel"]),
            assumptions=tuple(Node(term, label) for term, label in assumed.items()),
        )


def _by_relation(found: Iterable[Row]) -> Iterator[tuple[Row, tuple[str, ...]]]:
    for _, group in groupby(found, key=lambda row: row["relation"].value):
        same = list(group)
        yield same[0], tuple(dict.fromkeys(row["dimension"].value for row in same))
