"""Profiles: what a page shows of the resources of a class, and the front page of a dataset, as data in Turtle.

Queries stand in files of their own beside the Turtle (`.rq`); how rows are shown is one of `TEMPLATES`, chosen by its
name: no template is ever read from a graph or a folder. The terms are those of `vocabulary.ttl`.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pyoxigraph as ox

from lodeclaim.endpoint import rdf
from lodeclaim.endpoint.engines.engine import Query
from lodeclaim.endpoint.engines.fulltext import USUAL, Field
from lodeclaim.endpoint.errors import QueryError, SourceError
from lodeclaim.endpoint.rdf import RdfTerm, node
from lodeclaim.endpoint.sparql.guard import Form
from lodeclaim.endpoint.sparql.structure import columns, limit
from lodeclaim.endpoint.vocabularies import ENDPOINT

RESOURCE = node("rdfs:Resource").value
"""The class of everything: its sections are on every page."""

TEMPLATES: Mapping[str, tuple[str, ...]] = {
    "Table": (),
    "Entries": ("item",),
    "Intervals": ("item", "from", "to"),
}
"""The local names of the templates, with the columns that each needs."""

MAX_ROWS = 2_000
"""The highest LIMIT of a section's query."""

_NAME = re.compile(r"[\w-][\w.-]*\.rq")


@dataclass(frozen=True)
class Section:
    """A part of a page: where its rows come from, and how they are shown."""

    label: str
    template: str
    order: float
    comment: str = ""
    view: str | None = None
    """The name of the view that gives the rows, where no query does."""

    query: str | None = None
    """The text of the query."""


@dataclass(frozen=True)
class Count:
    """What a front page counts: the resources that have a property with a value."""

    label: str
    property: str
    value: str
    order: float


@dataclass(frozen=True)
class FrontPage:
    """What stands on the front page of a dataset."""

    counts: tuple[Count, ...] = ()
    featured: tuple[str, ...] = ()
    """The IRIs of queries of the catalogue."""

    first_query: str | None = None


@dataclass(frozen=True)
class Profiles:
    """All that some files say; what of it cannot be used is left out, and told in `faults`."""

    sections: Mapping[str, tuple[Section, ...]] = field(default_factory=dict)
    """By class."""

    leads: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """The properties whose values lead a page, by class."""

    examples: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    """A resource that shows how a class is used, and what to see in it, by class."""

    front_pages: Mapping[str, FrontPage] = field(default_factory=dict)
    """By dataset."""

    searched: tuple[Field, ...] = ()
    """What a search looks through; empty where the files do not say."""

    faults: tuple[SourceError, ...] = ()

    def of(self, types: Collection[str]) -> list[Section]:
        """Return the sections of a resource with these types, in their order."""
        found = {section for name in {RESOURCE, *types} for section in self.sections.get(name, ())}
        return sorted(found, key=lambda section: (section.order, section.label))


def read(paths: Sequence[Path], views: Collection[str] = ()) -> Profiles:
    """Return what the files say of pages; `views` are the names of those that sections may mention."""
    reading = _Reading(views)
    for path in paths:
        try:
            reading.add(path, rdf.parse(path))
        except SourceError as error:
            reading.faults.append(error)
    return reading.profiles()


def fields(paths: Sequence[Path]) -> tuple[Field, ...]:
    """Return what a search looks through as the files say."""
    return read(paths).searched


class _Reading:
    """What has been read so far."""

    def __init__(self, views: Collection[str]) -> None:
        self._views = views
        self._sections: dict[str, list[Section]] = {}
        self._leads: dict[str, list[str]] = {}
        self._searched: dict[Field, None] = {}
        self._examples: dict[str, tuple[str, str]] = {}
        self._front_pages: dict[str, dict[str, list[object]]] = {}
        self.faults: list[SourceError] = []

    def profiles(self) -> Profiles:
        pages = {
            dataset: FrontPage(
                tuple(sorted((c for c in found["count"] if isinstance(c, Count)), key=lambda c: (c.order, c.label))),
                tuple(str(iri) for iri in found["featured"]),
                next(map(str, found["firstQuery"]), None),
            )
            for dataset, found in self._front_pages.items()
        }
        sections = {name: tuple(of_class) for name, of_class in self._sections.items()}
        leads = {name: tuple(of_class) for name, of_class in self._leads.items()}
        searched = sorted(self._searched, key=_place)
        return Profiles(sections, leads, self._examples, pages, tuple(searched), tuple(self.faults))

    def add(self, path: Path, quads: Iterable[ox.Quad]) -> None:
        """Add what the triples of one file say."""
        file = _File(path, quads)
        notes = dict(file.values(node("skos:note").value))
        for subject, value in file.values(node("vann:example").value):
            self._examples[_iri(subject)] = (_iri(value), _text(notes.get(value)))
        for subject, value in file.values(ENDPOINT.lead):
            self._leads.setdefault(_iri(subject), []).append(_iri(value))
        for name in ("searchedName", "searchedText"):
            for subject, value in file.values(ENDPOINT + name):
                kind = _text(file.value(subject, node("rdfs:label").value))
                self._searched[Field(_iri(subject), _iri(value), name == "searchedName", kind)] = None
        for subject, value in file.values(ENDPOINT.section):
            section = self._section(file, value)
            if isinstance(section, SourceError):
                self.faults.append(section)
            else:
                self._sections.setdefault(_iri(subject), []).append(section)
        for name in ("count", "featured", "firstQuery"):
            for subject, value in file.values(ENDPOINT + name):
                self._add_to_front_page(file, _iri(subject), name, value)

    def _add_to_front_page(self, file: _File, dataset: str, name: str, value: RdfTerm) -> None:
        found: object = _iri(value)
        if name == "count":
            found = file.count(value)
        elif name == "firstQuery":
            found = file.query(_text(value), f"the front page of {dataset}")
        if isinstance(found, SourceError):
            self.faults.append(found)
            return
        page = self._front_pages.setdefault(dataset, {"count": [], "featured": [], "firstQuery": []})
        page[name].append(found.text if isinstance(found, Query) else found)

    def _section(self, file: _File, section: RdfTerm) -> Section | SourceError:
        label = _text(file.value(section, node("rdfs:label").value))
        where = f"section {label!r}" if label else "a section without rdfs:label"
        template = _iri(file.value(section, ENDPOINT.template)).removeprefix(ENDPOINT)
        view, named = file.value(section, ENDPOINT.view), file.value(section, ENDPOINT.query)
        if not label:
            return file.fault(where, "it has no heading", "Give it an rdfs:label")
        if template not in TEMPLATES:
            known = ", ".join(f"endpoint:{name}" for name in TEMPLATES)
            return file.fault(
                where, f"{template or 'nothing'} is no template", f"Give endpoint:template one of {known}"
            )
        if (view is None) == (named is None):
            found = "it has neither a query nor a view" if view is None else "it has a query and a view"
            return file.fault(where, found, "Give it one: endpoint:query or endpoint:view")
        shown = {
            "label": label,
            "template": template,
            "comment": _text(file.value(section, node("rdfs:comment").value)),
        }
        order = file.number(section)
        if view is not None:
            if _text(view) not in self._views:
                known = ", ".join(sorted(self._views)) or "none"
                return file.fault(where, f"no view is called {_text(view)!r}", f"Registered are: {known}")
            return Section(order=order, view=_text(view), **shown)
        query = file.query(_text(named), where)
        if isinstance(query, SourceError):
            return query
        unfit = _unfit(query, TEMPLATES[template])
        return file.fault(where, *unfit) if unfit else Section(order=order, query=query.text, **shown)


class _File:
    """One file: its triples, and the queries beside it."""

    def __init__(self, path: Path, quads: Iterable[ox.Quad]) -> None:
        self.path = path
        self._triples = [quad.triple for quad in quads]

    def values(self, property: str) -> Iterator[tuple[RdfTerm, RdfTerm]]:
        return ((t.subject, t.object) for t in self._triples if t.predicate.value == property)

    def value(self, subject: RdfTerm, property: str) -> RdfTerm | None:
        return next((value for about, value in self.values(property) if about == subject), None)

    def number(self, subject: RdfTerm) -> float:
        try:
            return float(_text(self.value(subject, node("sh:order").value)) or 0)
        except ValueError:
            return 0

    def count(self, value: RdfTerm) -> Count | SourceError:
        label = _text(self.value(value, node("rdfs:label").value))
        property, counted = (_iri(self.value(value, node(name).value)) for name in ("rdf:predicate", "rdf:object"))
        if not (label and property and counted):
            remedy = "Give it an rdfs:label, an rdf:predicate and an rdf:object"
            return self.fault("a count", "it does not say what is counted", remedy)
        return Count(label, property, counted, self.number(value))

    def query(self, name: str, where: str) -> Query | SourceError:
        if not _NAME.fullmatch(name):
            return self.fault(where, f"{name!r} names no file beside it", "Give the name of a .rq file, and no path")
        beside = self.path.parent / name
        if not beside.is_file():
            return self.fault(where, f"{name} is not beside it", "Put the query there, or correct the name")
        try:
            return Query(rdf.read_text(beside))
        except QueryError as error:
            return SourceError(f"{beside}, {error.where}", error.found, error.remedy)
        except SourceError as error:
            return error

    def fault(self, where: str, found: str, remedy: str) -> SourceError:
        return SourceError(f"{self.path}, {where}", found, remedy)


def _place(field: Field) -> tuple[bool, int, str, str]:
    """Return what sorts fields: names first, and what is usual before anything else."""
    usual = [other.property for other in USUAL]
    at = usual.index(field.property) if field.property in usual else len(usual)
    return not field.is_name, at, field.of_class, field.property


def _unfit(query: Query, needed: Iterable[str]) -> tuple[str, str] | None:
    """Return why a query cannot give the rows of a section, and what to do; None where it can."""
    if query.outline.form is not Form.SELECT:
        return f"its query is a {query.outline.form}", "Ask with SELECT"
    tokens = query.outline.tokens
    named = columns(tokens)
    for name in ("resource", *needed):
        if name not in named:
            return f"its query has no column ?{name}", f"SELECT ?{name} by name: {', '.join(named) or '*'} is there"
    most = limit(tokens)
    if most is None or most > MAX_ROWS:
        return "its query may have any number of rows", f"End it with LIMIT and a number up to {MAX_ROWS}"
    return None


def _iri(term: RdfTerm | None) -> str:
    return term.value if isinstance(term, ox.NamedNode) else ""


def _text(term: RdfTerm | None) -> str:
    return term.value if isinstance(term, ox.Literal) else ""
