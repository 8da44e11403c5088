"""Linked data: what the dataset says of an IRI, at the path that is its own or at `/resource?iri=`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from flask import Blueprint, Response, render_template, request
from werkzeug.exceptions import BadRequest, NotFound, RequestURITooLarge

from lodeclaim.endpoint.engines.engine import Engine
from lodeclaim.endpoint.prefixes import is_iri
from lodeclaim.endpoint.profiles import Profiles
from lodeclaim.endpoint.sparql.formats import GRAPHS, HTML, Format
from lodeclaim.endpoint.web.lookup import PAGE, iri, rows, triples
from lodeclaim.endpoint.web.negotiation import DESCRIPTIONS, choose
from lodeclaim.endpoint.web.nodes import Node, Row, nodes
from lodeclaim.endpoint.web.pages import terms, worked
from lodeclaim.endpoint.web.pages.descriptions import SHOWN, describe, page
from lodeclaim.endpoint.web.pages.neighbours import near
from lodeclaim.endpoint.web.pages.site import RESOURCE, asked_for, candidates, current, plain_place
from lodeclaim.endpoint.web.pages.terms import Header
from lodeclaim.endpoint.web.problems import NotInGraph

MAX_PATH = 2_000
"""Characters of a path: longer than any IRI that somebody made up with care."""

_ONTOLOGY = "ontology"
"""The path at which all ontologies of the dataset are."""


def add_routes(pages: Blueprint, engine: Engine, profiles: Profiles) -> None:
    """Let a blueprint answer for the IRIs of the dataset."""

    @pages.get(RESOURCE)
    def resource() -> Response:
        named = request.args.get("iri", "")
        if not is_iri(named):
            raise BadRequest(f"Parameter `iri`: {named[:200]!r} is no absolute IRI. Give one in full.")
        return _resource(engine, profiles, (named,))

    @pages.get("/graph/")
    @pages.get("/graph")
    def graphs() -> Response:
        return _page("graphs.html", graphs=rows(engine, "graphs"))

    @pages.get(f"/{_ONTOLOGY}")
    def ontology() -> Response:
        return _ontologies(engine, terms.headers(engine), _format())

    @pages.get(f"/{_ONTOLOGY}.<extension>")
    def ontology_file(extension: str) -> Response:
        # owlready2 asks for no format, and by these names where it cannot read what it is given.
        named = "rdf" if extension == "owl" else extension
        format = next((format for format in GRAPHS if format.extension == named), None)
        if format is None:
            known = ", ".join(format.extension for format in GRAPHS)
            raise NotFound(f"Ontology: there is no file with the extension {extension[:40]}. Take one of {known}.")
        return _ontologies(engine, terms.headers(engine), format)

    @pages.get("/ontology.svg")
    def diagram() -> Response:
        headers = terms.headers(engine)
        if not headers:
            raise NotInGraph("An ontology", ())
        modules = terms.listed(engine, headers)
        drawing = terms.drawing(engine, modules)
        image = render_template("endpoint/_diagram.svg", diagram=drawing, modules=modules, alone=True)
        return _tagged(Response(image, content_type="image/svg+xml"))

    @pages.get("/<path:key>")
    def own(key: str) -> Response:
        if len(request.path) > MAX_PATH:
            raise RequestURITooLarge(f"Path: over {MAX_PATH} characters. No resource has so long an IRI.")
        if (place := plain_place(key)) is not None:
            return Response(status=308, headers={"Location": place})
        names = asked_for(key)
        if not names:
            rows(engine, "dataset")  # raises where the store is down, which is not to know nothing of an IRI
        return _resource(engine, profiles, names)


def number(count: int) -> int:
    """Return which page of a list of so many entries the request asks for; raises BadRequest for none of them."""
    wanted = request.args.get("page", "1")
    if not (wanted.isascii() and wanted.isdigit() and len(wanted) < 10 and 1 <= int(wanted) <= pages_of(count)):
        raise BadRequest(f"Parameter `page`: {wanted!r}. Give a number from 1 to {pages_of(count)}.")
    return int(wanted)


def pages_of(count: int) -> int:
    """Return how many pages so many entries fill, at least one."""
    return max(1, -(-count // PAGE))


def _resource(engine: Engine, profiles: Profiles, names: Sequence[str]) -> Response:
    """Return what is said of the first of some IRIs of which anything is; raises NotInGraph."""
    format = _format()
    for name in names:
        if name in current().known.graphs:
            return _graph(engine, profiles, name, format)
    answer = _page_of if format.name == HTML.name else _rdf_of
    if response := answer(engine, profiles, names, format):
        return response
    start = current().base_iri
    missing = next(iter(names), request.path)
    if start is None or not missing.startswith(start):
        raise NotInGraph(missing, ())
    known = [*current().known.graphs, *(header.iri for header in terms.headers(engine))]
    raise NotInGraph(missing, near(engine, missing, start, known))


def _page_of(engine: Engine, profiles: Profiles, names: Sequence[str], format: Format) -> Response | None:
    for name in names:
        about = describe(engine, name)
        if about and not about.statements and (response := _version(engine, profiles, name, format)):
            return response
        if about and any(node.term.value == terms.ONTOLOGY for node in about.types):
            return _module(engine, profiles, name)
        if about:
            return _page("resource.html", page=page(engine, profiles, about), about=about, shown=SHOWN)
    return None


def _rdf_of(engine: Engine, profiles: Profiles, names: Sequence[str], format: Format) -> Response | None:
    """Return what is stated of a resource; of one that is only linked to, the links."""
    for name in names:
        if rows(engine, "stated", resource=iri(name)):
            return _rdf(_triples(engine, name, format), format)
        if rows(engine, "linked", resource=iri(name)):
            version = _version(engine, profiles, name, format)
            return version or _rdf(triples(engine, "links", format, resource=iri(name)), format)
        if rows(engine, "uses", resource=iri(name)):
            return _rdf(triples(engine, "property", format, resource=iri(name)), format)
    return None


def _version(engine: Engine, profiles: Profiles, name: str, format: Format) -> Response | None:
    """Return what is said of the ontology that has an IRI for its version; None where none has."""
    headers = terms.headers(engine)
    header = next((header for header in headers if header.version == name), None)
    if header is None:
        return None
    if header.iri in candidates(_ONTOLOGY):
        return _ontologies(engine, headers, format)
    if format.name == HTML.name:
        return _module(engine, profiles, header.iri)
    return _rdf(_triples(engine, header.iri, format), format)


def _ontologies(engine: Engine, headers: Sequence[Header], format: Format) -> Response:
    if not headers:
        raise NotInGraph(next(iter(candidates(_ONTOLOGY)), "An ontology"), ())
    if format.name != HTML.name:
        return _rdf(triples(engine, "ontology-triples", format), format)
    modules = terms.listed(engine, headers)
    whole = next((modules[name] for name in candidates(_ONTOLOGY) if name in modules), None)
    return _page("ontology.html", whole=whole, modules=modules, diagram=terms.drawing(engine, modules))


def _triples(engine: Engine, name: str, format: Format) -> Iterable[bytes]:
    """Return what is stated of a resource; of an ontology the named graph that holds it, or what it defines."""
    header = next((header for header in terms.headers(engine) if header.iri == name), None)
    if header and header.graph:
        return triples(engine, "graph-triples", format, resource=iri(header.graph))
    return triples(engine, "defined-triples" if header else "description", format, resource=iri(name))


def _graph(engine: Engine, profiles: Profiles, name: str, format: Format) -> Response:
    if format.name != HTML.name:
        return _rdf(triples(engine, "graph-triples", format, resource=iri(name)), format)
    counted = rows(engine, "graph-count", resource=iri(name))
    count = int(counted[0]["count"].value) if counted else 0
    at = number(count)
    about = describe(engine, name)
    return _page(
        "graph.html",
        graph=name,
        count=count,
        page=page(engine, profiles, about) if about else None,
        triples=_named(rows(engine, "graph", at, resource=iri(name))),
        at=at,
        pages=pages_of(count),
    )


def _named(found: Sequence[Row]) -> list[tuple[Node, ...]]:
    """Return triples with the labels of their terms; one whose terms have several labels comes in several rows."""
    columns = ("subject", "property", "value")
    called = {column: nodes(found, column) for column in columns}
    triples = dict.fromkeys(tuple(row[column] for column in columns) for row in found)
    return [tuple(called[column][term] for column, term in zip(columns, triple, strict=True)) for triple in triples]


def _module(engine: Engine, profiles: Profiles, name: str) -> Response:
    header: Header = next(header for header in terms.headers(engine) if header.iri == name)
    groups = terms.entries(engine, name)
    site = current()
    classes = [entry.iri for entry in groups.get("Classes", ())]
    shown = ((iri, worked.example(engine, profiles, site.settings.is_derived, iri)) for iri in classes)
    examples = {iri: example for iri, example in shown if example}
    return _page(
        "module.html",
        module=header,
        groups=groups,
        examples=examples,
        turtle=lambda term: worked.turtle(term, site.prefixes),
    )


def _format() -> Format:
    return choose(DESCRIPTIONS, request.headers.get("Accept"), request.args.get("format"))


def _page(template: str, **values: object) -> Response:
    return _tagged(Response(render_template(f"endpoint/{template}", **values), content_type=HTML.content_type))


def _rdf(body: Iterable[bytes], format: Format) -> Response:
    return _tagged(Response(b"".join(body), content_type=format.content_type))


def _tagged(response: Response) -> Response:
    response.add_etag()
    response.make_conditional(request)
    return response
