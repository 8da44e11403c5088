"""The manifests of the suites -> the tests that they list, as plain values."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from rdflib import RDF, Graph, Namespace, URIRef
from rdflib.collection import Collection
from rdflib.term import Node

from support.paths import ROOT

FOLDER = ROOT.parent / "shared" / "w3c-rdf-tests" / "sparql" / "sparql11"
BASE = "https://w3c.github.io/rdf-tests/sparql/sparql11/"
"""Where the suites are published: the documents' IRIs, and so the names of their graphs, begin with it."""

MF = Namespace("http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#")
QT = Namespace("http://www.w3.org/2001/sw/DataAccess/tests/test-query#")

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


@cache
def manifest(name: str) -> Graph:
    """Return the graph of a manifest, named by its path in the suites."""
    return Graph().parse(FOLDER / name, format="turtle", publicID=BASE + name)


def entries(name: str) -> list[Node]:
    """Return the tests of a manifest in its order; none where the suites are absent."""
    if not FOLDER.is_dir():
        return []
    graph = manifest(name)
    return list(Collection(graph, graph.value(URIRef(BASE + name), MF.entries)))


def cases(*folders: str) -> list[Case]:
    """Return the tests of these suites that consist of a query or an update; none where they are absent."""
    return [
        _case(folder, manifest(f"{folder}/manifest.ttl"), test)
        for folder in folders
        for test in entries(f"{folder}/manifest.ttl")
    ]


def local_name(iri: Node) -> str:
    """Return what follows the `#`."""
    return str(iri).rpartition("#")[2]


def _case(folder: str, graph: Graph, test: Node) -> Case:
    name, kind = f"{folder}/{local_name(test)}", local_name(graph.value(test, RDF.type))
    action = graph.value(test, MF.action)
    if isinstance(action, URIRef):
        return Case(name, kind, str(action))
    result = graph.value(test, MF.result)
    return Case(
        name,
        kind,
        str(graph.value(action, QT.query)),
        tuple(sorted(str(iri) for iri in graph.objects(action, QT.data))),
        tuple(sorted(str(iri) for iri in graph.objects(action, QT.graphData))),
        str(result) if result else None,
    )
