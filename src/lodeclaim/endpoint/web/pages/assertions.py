"""Claims as a page shows them: who says what, how, where, and in which words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from lodeclaim.corpus import Text
from lodeclaim.endpoint.engines.engine import Term
from lodeclaim.endpoint.web.pages.lookup import Row
from lodeclaim.endpoint.web.pages.nodes import Node, nodes
from lodeclaim.endpoint.web.pages.quotations import Quotations, Span, quote


@dataclass(frozen=True)
class Passage:
    """A stretch of a document's text, by its characters."""

    iri: str
    start: int
    end: int


@dataclass(frozen=True)
class Claim:
    """One claim: who makes it, how, where, and on which passages it rests, in words where the text is at hand."""

    iri: str
    gloss: Term
    who: Node
    how: str
    modality: str
    answer: str | None
    document: Node
    passages: tuple[Passage, ...]
    quotations: Quotations


def claims(rows: Iterable[Row], texts: Mapping[str, Text]) -> tuple[Claim, ...]:
    """Return the claims of rows as `claims.rq` gives them, in their order; a claim has a row a passage or label."""
    found: dict[str, list[Row]] = {}
    for row in rows:
        found.setdefault(row["claim"].value, []).append(row)
    return tuple(_claim(name, group, texts) for name, group in found.items())


def _claim(name: str, rows: list[Row], texts: Mapping[str, Text]) -> Claim:
    first = rows[0]
    passages = {row["passage"].value: row for row in rows}
    spans = {name: _span(row) for name, row in passages.items()}
    return Claim(
        iri=name,
        gloss=first["gloss"],
        who=nodes(rows, "who")[first["who"]],
        how=first["howLabel"].value,
        modality=first["modalityLabel"].value,
        answer=first["answer"].value if "answer" in first else None,
        document=nodes(rows, "document")[first["document"]],
        passages=tuple(Passage(passage, span.start, span.end) for passage, span in spans.items()),
        quotations=quote(texts, first["digest"].value, spans.values()),
    )


def _span(row: Row) -> Span:
    return Span(int(row["start"].value), int(row["end"].value), row["sha256"].value)
