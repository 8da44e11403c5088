"""What can be wrong with the data, the shapes and the ontology: SHACL, lint queries, misspelt standard terms."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

import pyoxigraph as ox
import pyshacl
import rdflib
from rdflib import DCTERMS, OWL, PROV, RDF, RDFS, SH, SKOS
from rdflib.namespace import DefinedNamespace

from lodeclaim.endpoint import rdf
from lodeclaim.endpoint.engines import oxigraph
from lodeclaim.endpoint.errors import SourceError
from lodeclaim.endpoint.rdf import parse, read_text
from lodeclaim.endpoint.sparql.guard import check_source
from lodeclaim.findings import Finding
from lodeclaim.namespaces import PREFIXES, shorten
from lodeclaim.resources import Source

_HEADER = re.compile(r"^# (problem|solution): (.+)$", re.MULTILINE)
_VARIABLES = ["entity", "property", "value"]
_CLOSED: tuple[type[DefinedNamespace], ...] = (RDF, RDFS, OWL, SH, SKOS, DCTERMS, PROV)


def shacl(data: rdflib.Graph, shapes: rdflib.Graph) -> list[Finding]:
    """Return what violates the shapes (SHACL Core), sorted.

    `data` must hold the ontology's class hierarchy too: nothing is inferred and no other graph is mixed in,
    since a mixed-in ontology was seen to change verdicts. Raises SourceError where a shape cannot be read, or holds a
    query that the guard refuses.
    """
    known = {*PREFIXES, *map(str, shapes.objects(None, SH.prefix)), *(prefix for prefix, _ in shapes.namespaces())}
    for form in (SH.ask, SH.select):
        for text in shapes.objects(None, form):
            check_source(str(text), f"the shapes, sh:{form.fragment}", known)
    _, report, _ = pyshacl.validate(data, shacl_graph=shapes, inference="none", advanced=False)
    if not isinstance(report, rdflib.Graph):
        raise SourceError("the shapes", str(report), "Correct the shape that the message names")
    return sorted(_findings(report))


def _findings(report: rdflib.Graph) -> Iterator[Finding]:
    for result in report.subjects(RDF.type, SH.ValidationResult):
        value = report.value(result, SH.value)
        path = report.value(result, SH.resultPath)
        component = str(report.value(result, SH.sourceConstraintComponent)).removeprefix(str(SH))
        yield Finding(
            where=shorten(str(report.value(result, SH.focusNode))),
            check=shorten(str(report.value(result, SH.sourceShape))),
            found=f"{shorten(str(path))} "
            + (f"is {shorten(str(value))}" if value is not None else "breaks")
            + f" ({component.removesuffix('ConstraintComponent')})",
            remedy=str(report.value(result, SH.resultMessage)),
        )


def lint(store: ox.Store, queries: Iterable[Source], shapes: Iterable[ox.Quad] = ()) -> list[Finding]:
    """Return what the lint queries find in the store, together with the shapes where they are given; sorted.

    A query is a SELECT of ?entity ?property ?value whose header has '# problem:' and '# solution:'.
    Raises SourceError for one that is not of this form, or that the guard refuses.
    """
    with_shapes = ox.Store()
    with_shapes.extend(store)
    with_shapes.extend(shapes)
    return sorted(finding for query in queries for finding in _run(with_shapes, query))


def _run(store: ox.Store, query: Source) -> Iterator[Finding]:
    text = read_text(query.path).replace("\r\n", "\n")
    header = dict(_HEADER.findall(text))
    rows = oxigraph.ask_source(store, text, str(query.path))
    if not isinstance(rows, ox.QuerySolutions) or header.keys() != {"problem", "solution"}:
        raise SourceError(
            str(query.path),
            "no lint query",
            "Write '# problem:', '# solution:' and SELECT ?entity ?property ?value",
        )
    if sorted(variable.value for variable in rows.variables) != _VARIABLES:
        raise SourceError(str(query.path), "other variables", "Select ?entity ?property ?value")
    for row in rows:
        named = [_show(row[name]) for name in _VARIABLES]
        yield Finding(
            where=named[0],
            check=query.path.name.removesuffix(".violation.rq"),
            found=header["problem"] + " (" + " ".join(part for part in named[1:] if part) + ")",
            remedy=header["solution"][0].upper() + header["solution"][1:],
        )


def unwritable(quads: Iterable[ox.Quad]) -> list[Finding]:
    """Return the statements that no RDF/XML can hold: a build of them goes without that format."""
    troubles = filter(None, map(rdf.unfit_for_xml, quads))
    remedy = "Write it otherwise, or do without RDF/XML and results in XML"
    return sorted(Finding(where, "xml", found, remedy) for where, found, _ in troubles)


def misspelt(quads: Iterable[ox.Quad]) -> list[Finding]:
    """Return every IRI in a closed vocabulary (RDF, RDFS, OWL, SHACL, SKOS, DC, PROV) that it does not define."""
    found = set()
    for quad in quads:
        for term in (quad.subject, quad.predicate, quad.object):
            if isinstance(term, ox.NamedNode) and not _exists(term.value):
                found.add(
                    Finding(
                        where=_show(quad.subject),
                        check="misspelt-standard-term",
                        found=f"{shorten(term.value)} is no term of its vocabulary",
                        remedy="Correct the spelling",
                    )
                )
    return sorted(found)


def _exists(iri: str) -> bool:
    for vocabulary in _CLOSED:
        if iri.startswith(str(vocabulary)) and iri != str(vocabulary):
            local = iri[len(str(vocabulary)) :]
            # rdf:_1, rdf:_2 ... are defined without being listed.
            return rdflib.URIRef(iri) in vocabulary or (
                vocabulary is RDF and re.fullmatch(r"_\d+", local) is not None
            )
    return True


def shape_quads(sources: Iterable[Source]) -> list[ox.Quad]:
    """Return the triples of the shapes, each file's in the graph of its name."""
    return [
        ox.Quad(quad.subject, quad.predicate, quad.object, ox.NamedNode(source.graph))
        for source in sources
        for quad in parse(source.path)
    ]


def _show(term: object) -> str:
    if isinstance(term, ox.NamedNode):
        return shorten(term.value)
    return str(term) if term is not None else ""
