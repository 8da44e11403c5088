"""A resource as its page shows it: what is stated of it and where, what its profile adds, and what links to it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from lodeclaim.endpoint.engines.engine import Engine, Term
from lodeclaim.endpoint.profiles import RESOURCE, Profiles
from lodeclaim.endpoint.rdf import node
from lodeclaim.endpoint.web.lookup import iri, rows
from lodeclaim.endpoint.web.nodes import Node, Row, nodes, preferred
from lodeclaim.endpoint.web.pages import sections

SAMPLE = 500
"""Links to a resource that are looked at; of one that has more, a sample. One less than the query's LIMIT."""

SHOWN = 25
"""Links to a resource that are shown of one property, and values of one property."""

STATED = 3000
"""Statements of a resource that are looked at, as the query's LIMIT says."""

TYPE, LABEL = node("rdf:type").value, node("rdfs:label").value
_LABELS = (LABEL, *(node(name).value for name in ("skos:prefLabel", "dcterms:title", "foaf:name", "schema:name")))
_LEADS = ("skos:definition", "rdfs:comment", "dcterms:description", "skos:scopeNote")


@dataclass(frozen=True)
class Value:
    """One value of a property, and the named graphs that state it; none where the default graph does."""

    node: Node
    graphs: tuple[str, ...]


@dataclass(frozen=True)
class Links:
    """What links to a resource by one property: how many there are, and some of them."""

    property: Node
    count: int
    subjects: tuple[Node, ...]


@dataclass(frozen=True)
class Description:
    """What is known of one resource without its profile."""

    iri: str
    statements: Mapping[Node, tuple[Value, ...]]
    complete: bool
    """Whether these are all statements."""

    incoming: tuple[Links, ...]
    uses: tuple[tuple[Node, Node], ...] = ()
    """Subjects and values of some statements in which it is the property; none where something is stated of it."""

    def values(self, property: str) -> tuple[Value, ...]:
        """Return the values of the property with this IRI."""
        return next((values for node, values in self.statements.items() if node.term.value == property), ())

    @property
    def title(self) -> Term | None:
        """Its label, or else what other vocabularies call one."""
        named = (preferred(value.node.term for value in self.values(property)) for property in _LABELS)
        return next((label for label in named if label and label.kind == "literal"), None)

    @property
    def types(self) -> tuple[Node, ...]:
        """Its classes."""
        return tuple(value.node for value in self.values(TYPE))

    def leads(self, properties: Collection[str]) -> tuple[Term, ...]:
        """Return what it is in a sentence or two, where that says more than its label.

        `properties` come before those that are usual for it.
        """
        usual = (node(name).value for name in _LEADS)
        terms = (value.node.term for property in (*properties, *usual) for value in self.values(property))
        return tuple(term for term in terms if self.title is None or term.value != self.title.value)

    @property
    def query_texts(self) -> tuple[str, ...]:
        """The texts of the query that it is, if it is one of the catalogue."""
        forms = (node(f"sh:{form}").value for form in ("select", "ask", "construct", "describe"))
        return tuple(value.node.term.value for form in forms for value in self.values(form))


@dataclass(frozen=True)
class Page:
    """All that the page of one resource shows."""

    about: Description
    leads: tuple[Term, ...]
    sections: tuple[sections.Shown, ...]


def describe(engine: Engine, resource: str) -> Description | None:
    """Return the description of the resource with this IRI, None where the dataset knows nothing of it."""
    about = iri(resource)
    stated = rows(engine, "outgoing", resource=about)
    incoming = tuple(_incoming(engine, about))
    uses = () if stated else _uses(engine, about)
    if not stated and not incoming and not uses:
        return None
    known = {(row["property"], row["value"], row.get("graph")) for row in stated}
    return Description(resource, _statements(stated), len(known) < STATED, incoming, uses)


def _uses(engine: Engine, about: Term) -> tuple[tuple[Node, Node], ...]:
    found = rows(engine, "uses", resource=about)
    subjects, values = nodes(found, "subject"), nodes(found, "value")
    pairs = dict.fromkeys((row["subject"], row["value"]) for row in found)
    return tuple((subjects[subject], values[value]) for subject, value in pairs)


def page(engine: Engine, profiles: Profiles, about: Description) -> Page:
    """Return a description with what the profiles of its classes add; raises BusyError."""
    types = [node.term.value for node in about.types]
    leads = [lead for name in (RESOURCE, *types) for lead in profiles.leads.get(name, ())]
    return Page(about, about.leads(leads), tuple(sections.shown(engine, profiles.of(types), about.iri)))


def _statements(stated: list[Row]) -> dict[Node, tuple[Value, ...]]:
    properties, values = nodes(stated, "property"), nodes(stated, "value")
    graphs: dict[tuple[Term, Term], dict[str, None]] = {}
    for row in stated:
        named = graphs.setdefault((row["property"], row["value"]), {})
        if "graph" in row:
            named[row["graph"].value] = None
    known: dict[Node, list[Value]] = {}
    for (property, value), named in graphs.items():
        known.setdefault(properties[property], []).append(Value(values[value], tuple(sorted(named))))
    return {
        property: tuple(sorted(known[property], key=lambda value: value.node.name))
        for property in sorted(known, key=_place)
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
