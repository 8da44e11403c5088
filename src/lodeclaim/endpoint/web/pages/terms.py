"""The ontology as its page shows it: modules and the terms that they define."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from lodeclaim.endpoint.engines.engine import Engine, Term
from lodeclaim.endpoint.prefixes import split
from lodeclaim.endpoint.rdf import node
from lodeclaim.endpoint.web.lookup import iri, rows
from lodeclaim.endpoint.web.nodes import Node, Row, nodes, preferred
from lodeclaim.endpoint.web.pages.diagram import Diagram, draw

GROUPS = {
    "Classes": (node("owl:Class").value, node("rdfs:Class").value),
    "Properties": tuple(node(name).value for name in ("owl:ObjectProperty", "owl:DatatypeProperty", "rdf:Property")),
    "Annotation properties": (node("owl:AnnotationProperty").value,),
    "Named values": (),
}
"""What a term is, by its types; the last group takes the rest."""

ONTOLOGY = node("owl:Ontology").value
_LABEL = node("rdfs:label").value
_DEFINITION, _NOTE, _COMMENT = (node(name).value for name in ("skos:definition", "skos:scopeNote", "rdfs:comment"))
_SHOWN_ABOVE = {
    *(_LABEL, _DEFINITION, _NOTE, _COMMENT),
    *(node(name).value for name in ("skos:prefLabel", "rdfs:isDefinedBy")),
}


@dataclass(frozen=True)
class Entry:
    """One term: its label and definition, and the rest that is stated of it by property."""

    iri: str
    anchor: str
    label: Term | None
    definitions: tuple[Term, ...]
    module: str
    statements: tuple[tuple[Node, tuple[Node, ...]], ...]
    is_class: bool
    is_property: bool


@dataclass(frozen=True)
class Module:
    """A module as the front page of the ontology lists it."""

    iri: str
    title: str
    about: str
    terms: tuple[Listed, ...]

    @property
    def name(self) -> str:
        """What it is called among its like: the last part of the IRI, or the title where there is none."""
        return split(self.iri.rstrip("#/"))[1] or self.title


@dataclass(frozen=True)
class Listed:
    """A term as an index lists it."""

    iri: str
    anchor: str
    name: str
    definition: str
    group: str


@dataclass(frozen=True)
class Header:
    """What an ontology says of itself."""

    iri: str
    title: str
    about: str
    version: str
    """The IRI of its version; empty where it has none."""

    graph: str
    """The named graph that holds it; empty where the default graph does."""


def headers(engine: Engine) -> list[Header]:
    """Return the ontologies of the dataset, by IRI."""
    by_iri: dict[str, list[Row]] = {}
    for row in rows(engine, "modules"):
        if row["module"].kind == "iri":
            by_iri.setdefault(row["module"].value, []).append(row)
    return [_header(name, said) for name, said in by_iri.items()]


def _header(name: str, said: list[Row]) -> Header:
    title, about = (preferred(row.get(column) for row in said) for column in ("title", "about"))
    version, graph = (
        next((row[column].value for row in said if column in row), "") for column in ("version", "graph")
    )
    return Header(name, title.value if title else name, about.value if about else "", version, graph)


def listed(engine: Engine, known: Iterable[Header]) -> dict[str, Module]:
    """Return the modules by IRI, each with its terms in the order of their names."""
    by_term: dict[str, list[Row]] = {}
    for row in rows(engine, "terms-index"):
        if row["term"].kind == "iri":
            by_term.setdefault(row["term"].value, []).append(row)
    by_module: dict[str, list[Listed]] = {}
    for term, found in by_term.items():
        label = preferred(row.get("label") for row in found)
        definition = preferred(row.get("definition") for row in found)
        anchor = _anchor(term)
        group = _group({row["type"].value for row in found if "type" in row})
        entry = Listed(term, anchor, label.value if label else anchor, definition.value if definition else "", group)
        for module in sorted({row["module"].value for row in found}):
            by_module.setdefault(module, []).append(entry)
    return {
        header.iri: Module(
            header.iri,
            header.title,
            header.about,
            tuple(sorted(by_module.get(header.iri, ()), key=lambda term: (term.name.lower(), term.iri))),
        )
        for header in known
    }


def _anchor(term: str) -> str:
    """Return the fragment at which a term stands: its own, or the end of its path, which tells its space."""
    namespace, local = split(term)
    return local or term if namespace.endswith("#") else f"{namespace[:-1].rsplit('/', 1)[-1]}/{local}"


def drawing(engine: Engine, modules: Mapping[str, Module]) -> Diagram:
    """Return which module builds on which, those left out that define nothing."""
    imports = {(row["module"].value, row["other"].value) for row in rows(engine, "imports")}
    references = {
        (row["module"].value, row["other"].value): int(row["count"].value) for row in rows(engine, "references")
    }
    return draw([name for name, module in modules.items() if module.terms], imports, references)


def entries(engine: Engine, module: str) -> dict[str, list[Entry]]:
    """Return the terms of a module by group and in the order of their labels."""
    found = rows(engine, "terms", module=iri(module))
    by_term: dict[str, list[Row]] = {}
    for row in found:
        if row["term"].kind == "iri":
            by_term.setdefault(row["term"].value, []).append(row)
    groups: dict[str, list[Entry]] = {name: [] for name in GROUPS}
    for term, stated in by_term.items():
        types = {row["value"].value for row in stated if row["property"].value == node("rdf:type").value}
        group = _group(types)
        groups[group].append(_entry(term, stated, group))
    return {name: sorted(group, key=_order) for name, group in groups.items() if group}


def _group(types: set[str]) -> str:
    return next((name for name, kinds in GROUPS.items() if types & set(kinds)), "Named values")


def _order(entry: Entry) -> tuple[str, str]:
    return entry.label.value.lower() if entry.label else entry.anchor.lower(), entry.iri


def _entry(term: str, stated: list[Row], group: str) -> Entry:
    properties, values = nodes(stated, "property"), nodes(stated, "value")
    by_property: dict[Node, list[Node]] = {}
    for row in stated:
        value = values[row["value"]]
        same = by_property.setdefault(properties[row["property"]], [])
        if value not in same:
            same.append(value)

    def literals(name: str) -> Iterable[Term]:
        return (value.term for shown, same in by_property.items() if shown.term.value == name for value in same)

    return Entry(
        iri=term,
        anchor=_anchor(term),
        label=preferred(literals(_LABEL)),
        definitions=(*literals(_DEFINITION), *literals(_COMMENT), *literals(_NOTE)),
        module=next(row["module"].value for row in stated),
        statements=tuple(
            (shown, tuple(sorted(by_property[shown], key=lambda value: value.name)))
            for shown in sorted(by_property, key=lambda shown: shown.name)
            if shown.term.value not in _SHOWN_ABOVE
        ),
        is_class=group == "Classes",
        is_property="roperties" in group,
    )
