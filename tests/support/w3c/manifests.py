"""The manifests of the suites -> the tests that they list, as plain values."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pyoxigraph as ox

from support.paths import ROOT

FOLDER = ROOT.parent / "shared" / "w3c-rdf-tests" / "sparql" / "sparql11"
BASE = "https://w3c.github.io/rdf-tests/sparql/sparql11/"
"""Where the suites are published: the documents' IRIs, and so the names of their graphs, begin with it."""

RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
MF = "http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#"
QT = "http://www.w3.org/2001/sw/DataAccess/tests/test-query#"

QUERY = (
    "aggregates",
    "bind",
    "bindings",
    "cast",
    "construct",
    "exists",
    "functions",
    "grouping",
    "negation",
    "project-expression",
    "property-path",
    "subquery",
)
RESULTS = ("csv-tsv-res", "json-res")
SYNTAX = ("syntax-query", "syntax-update-1", "syntax-update-2", "syntax-fed")


@dataclass(frozen=True)
class Case:
    """A test whose action is one text: a query or an update, with the dataset it is asked of."""

    name: str
    """The folder of its suite and its own name, by which known gaps are listed."""

    kind: str
    """The class of the test without its namespace."""

    text_iri: str
    default_graphs: tuple[str, ...] = ()
    named_graphs: tuple[str, ...] = ()
    result_iri: str | None = None

    @property
    def text(self) -> str:
        """Return the text as it is in its file; it may have relative IRIs."""
        return document(self.text_iri).decode()

    @property
    def is_negative(self) -> bool:
        """Return whether the text is not SPARQL 1.1."""
        return self.kind.startswith("Negative")


def document(iri: str) -> bytes:
    """Return the bytes of a document of the suites."""
    return path_of(iri).read_bytes()


def path_of(iri: str) -> Path:
    """Return where a document of the suites lies."""
    assert iri.startswith(BASE), f"{iri} is no document of the suites"
    return FOLDER / iri.removeprefix(BASE)


Term = ox.NamedNode | ox.BlankNode | ox.Literal


class Manifest:
    """The triples of a manifest, looked up by subject and the IRI of a property."""

    def __init__(self, name: str) -> None:
        self._store = ox.Store()
        self._store.load(path=FOLDER / name, format=ox.RdfFormat.TURTLE, base_iri=BASE + name)

    def objects(self, subject: Term, of: str) -> list[Term]:
        """Return all values of a property."""
        return [quad.object for quad in self._store.quads_for_pattern(subject, ox.NamedNode(of), None)]

    def value(self, subject: Term, of: str) -> Term | None:
        """Return the one value of a property, or None."""
        found = self.objects(subject, of)
        assert len(found) <= 1, f"{subject} has {len(found)} values of {of}"
        return found[0] if found else None

    def text(self, subject: Term, of: str) -> str:
        """Return the IRI or the lexical form that a property has."""
        found = self.value(subject, of)
        assert found is not None, f"{subject} has no {of}"
        return found.value

    def items(self, subject: Term, of: str) -> Iterator[Term]:
        """Yield the members of the list that a property has; none without a list."""
        node = self.value(subject, of)
        while node is not None and node.value != RDF + "nil":
            yield self.value(node, RDF + "first")
            node = self.value(node, RDF + "rest")


@cache
def manifest(name: str) -> Manifest:
    """Return a manifest, named by its path in the suites."""
    return Manifest(name)


def entries(name: str) -> list[ox.NamedNode]:
    """Return the tests of a manifest in its order; none where the suites are absent."""
    return list(manifest(name).items(ox.NamedNode(BASE + name), MF + "entries")) if FOLDER.is_dir() else []


def cases(*folders: str) -> list[Case]:
    """Return the tests of these suites that consist of a query or an update; none where they are absent."""
    return [
        _case(folder, manifest(f"{folder}/manifest.ttl"), test)
        for folder in folders
        for test in entries(f"{folder}/manifest.ttl")
    ]


def local_name(iri: str) -> str:
    """Return what follows the `#`."""
    return iri.rpartition("#")[2]


def _case(folder: str, listed: Manifest, test: ox.NamedNode) -> Case:
    name, kind = f"{folder}/{local_name(test.value)}", local_name(listed.text(test, RDF + "type"))
    action = listed.value(test, MF + "action")
    if isinstance(action, ox.NamedNode):
        return Case(name, kind, action.value)
    result = listed.value(test, MF + "result")
    return Case(
        name,
        kind,
        listed.text(action, QT + "query"),
        tuple(sorted(iri.value for iri in listed.objects(action, QT + "data"))),
        tuple(sorted(iri.value for iri in listed.objects(action, QT + "graphData"))),
        result.value if result else None,
    )
