"""A resource as its page shows it: what is stated of it and where, what links to it, and what it rests on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from lodeclaim.corpus import Text
from lodeclaim.endpoint.engines.engine import Engine, Term
from lodeclaim.endpoint.web.pages import sections
from lodeclaim.endpoint.web.pages.addresses import short
from lodeclaim.endpoint.web.pages.assertions import Claim, claims
from lodeclaim.endpoint.web.pages.lookup import Row, iri, rows
from lodeclaim.endpoint.web.pages.nodes import Node, nodes, preferred
from lodeclaim.namespaces import GRAPHS, LC, PREFIXES

SAMPLE = 500
"""Links to a resource that are looked at; of one that has more, a sample. One less than the query's LIMIT."""

SHOWN = 25
"""Links to a resource that are shown of one property, and values of one property."""

STATED = 3000
"""Statements of a resource that are looked at, as the query's LIMIT says."""

TYPE, LABEL = PREFIXES["rdf"] + "type", PREFIXES["rdfs"] + "label"
_LEADS = (
    LC.gloss,
    PREFIXES["skos"] + "definition",
    PREFIXES["rdfs"] + "comment",
    PREFIXES["dcterms"] + "description",
    PREFIXES["skos"] + "scopeNote",
)


@dataclass(frozen=True)
class Value:
    """One value of a property, the graphs that state it, and, where it is settled, the claims that it rests on."""

    node: Node
    graphs: tuple[str, ...]
    claims: tuple[Claim, ...]


@dataclass(frozen=True)
class Links:
    """What links to a resource by one property: how many there are, and some of them."""

    property: Node
    count: int
    subjects: tuple[Node, ...]


@dataclass(frozen=True)
class Description:
    """All that the page of one resource shows."""

    iri: str
    statements: Mapping[Node, tuple[Value, ...]]
    complete: bool
    """Whether these are all statements."""

    incoming: tuple[Links, ...]
    claims: tuple[Claim, ...] = ()
    question: sections.Question | None = None
    derivation: sections.Derivation | None = None

    def values(self, property: str) -> tuple[Value, ...]:
        """Return the values of the property with this IRI."""
        return next((values for node, values in self.statements.items() if node.term.value == property), ())

    @property
    def title(self) -> Term | None:
        """Its label."""
        return preferred(value.node.term for value in self.values(LABEL))

    @property
    def types(self) -> tuple[Node, ...]:
        """Its classes."""
        return tuple(value.node for value in self.values(TYPE))

    @property
    def leads(self) -> tuple[Term, ...]:
        """What it is in a sentence or two, where that says more than its label."""
        found = (value.node.term for property in _LEADS for value in self.values(property))
        return tuple(term for term in found if self.title is None or term.value != self.title.value)

    @property
    def query_texts(self) -> tuple[str, ...]:
        """The texts of the query that it is, if it is one of the catalogue."""
        forms = (PREFIXES["sh"] + form for form in ("select", "ask", "construct", "describe"))
        return tuple(value.node.term.value for form in forms for value in self.values(form))

    def is_a(self, name: str) -> bool:
        """Return whether a class of ours is among its types."""
        return any(node.term.value == LC + name for node in self.types)

    def name_of(self, premise: str) -> str:
        """Return the label of one of its premises, by its IRI."""
        named = (value.node for value in self.values(LC.premise) if value.node.term.value == premise)
        return next((node.label.value for node in named if node.label), short(premise))


def describe(engine: Engine, resource: str, texts: Mapping[str, Text]) -> Description | None:
    """Return the description of the resource with this IRI, None where the graph knows nothing of it."""
    about = iri(resource)
    stated = rows(engine, "outgoing", resource=about)
    incoming = tuple(_incoming(engine, about))
    if not stated and not incoming:
        return None
    settled = any(row["graph"].value.startswith(GRAPHS + "settled/") for row in stated)
    behind = rows(engine, "settled", resource=about) if settled else []
    bare = Description(
        iri=resource,
        statements=_statements(stated, behind, texts),
        complete=len({(row["property"], row["value"], row["graph"]) for row in stated}) < STATED,
        incoming=incoming,
    )
    return _with_sections(engine, about, bare, texts)


def _with_sections(engine: Engine, about: Term, bare: Description, texts: Mapping[str, Text]) -> Description:
    found, question, derivation = bare.claims, None, None
    if bare.is_a("Claim"):
        found = sections.of_claim(engine, about, texts)
    elif bare.is_a("Document"):
        found = sections.of_document(engine, about)
    elif bare.is_a("Passage"):
        found = sections.of_passage(engine, about, texts)
    elif bare.is_a("Question"):
        question = sections.of_question(engine, about, texts)
    elif bare.values(LC.premise):
        derivation = sections.of_derived(engine, about, texts)
    return Description(bare.iri, bare.statements, bare.complete, bare.incoming, found, question, derivation)


def _statements(stated: list[Row], behind: list[Row], texts: Mapping[str, Text]) -> dict[Node, tuple[Value, ...]]:
    properties, values = nodes(stated, "property"), nodes(stated, "value")
    graphs: dict[tuple[Term, Term], dict[str, None]] = {}
    for row in stated:
        graphs.setdefault((row["property"], row["value"]), {})[row["graph"].value] = None
    resting: dict[tuple[Term, Term], list[Row]] = {}
    for row in behind:
        resting.setdefault((row["property"], row["value"]), []).append(row)
    found: dict[Node, list[Value]] = {}
    for (property, value), named in graphs.items():
        settled = resting.get((property, value), []) if any("/settled/" in graph for graph in named) else []
        found.setdefault(properties[property], []).append(
            Value(values[value], tuple(sorted(named)), claims(settled, texts))
        )
    return {
        property: tuple(sorted(found[property], key=lambda value: value.node.name))
        for property in sorted(found, key=_place)
    }


def _place(property: Node) -> tuple[int, str, str]:
    """Return where a property stands among others: class and label first, then by label."""
    first = (TYPE, LABEL)
    rank = first.index(property.term.value) if property.term.value in first else len(first)
    return rank, property.name, property.term.value


def _incoming(engine: Engine, about: Term) -> Iterator[Links]:
    found = rows(engine, "incoming", resource=about)
    pairs = {(row["property"], row["subject"]) for row in found}
    if len(pairs) <= SAMPLE:
        counts = [(property, sum(p == property for p, _ in pairs)) for property in {p for p, _ in pairs}]
    else:
        counted = rows(engine, "incoming-counts", resource=about)
        counts = [(row["property"], int(row["count"].value)) for row in counted]
        found = rows(engine, "incoming-rare", resource=about) + found + counted
        pairs = {(row["property"], row["subject"]) for row in found if "subject" in row}
    properties, subjects = nodes(found, "property"), nodes(found, "subject")
    for property, count in sorted(dict(counts).items(), key=lambda pair: _place(properties[pair[0]])):
        linking = sorted((subjects[s] for p, s in pairs if p == property), key=lambda node: node.name)
        yield Links(properties[property], count, tuple(linking[:SHOWN]))
