"""Linked data: `/id/...`, `/graph/...` and `/ontology` answer for the w3id.org IRI of the same path."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from flask import Blueprint, Response, render_template, request
from werkzeug.exceptions import BadRequest, RequestURITooLarge

from lodeclaim.endpoint.engines.engine import Engine
from lodeclaim.endpoint.sparql.formats import HTML, Format
from lodeclaim.endpoint.web.negotiation import DESCRIPTIONS, choose
from lodeclaim.endpoint.web.pages import terms, worked
from lodeclaim.endpoint.web.pages.addresses import candidates
from lodeclaim.endpoint.web.pages.descriptions import SHOWN, Description, describe
from lodeclaim.endpoint.web.pages.lookup import PAGE, Row, iri, rows, triples
from lodeclaim.endpoint.web.pages.neighbours import closest, near
from lodeclaim.endpoint.web.problems import NotInGraph
from lodeclaim.endpoint.web.settings import Settings
from lodeclaim.namespaces import BASE, ONTOLOGY
from lodeclaim.reasoning.rules import DERIVED, SETTLED

MAX_PATH = 2_000
"""Characters of a path: longer than any IRI that somebody made up with care."""


def blueprint(engine: Engine, settings: Settings) -> Blueprint:
    """Return the blueprint that answers for the IRIs of ours."""
    pages = Blueprint("linked", __name__)

    @pages.before_request
    def measure() -> None:
        if len(request.path) > MAX_PATH:
            raise RequestURITooLarge(f"Path: over {MAX_PATH} characters. No resource has so long an IRI.")

    @pages.get("/id/<path:key>")
    def resource(key: str) -> Response:
        format = _format()
        if format.name != HTML.name:
            return _rdf(_description(engine, f"id/{key}", format), format)
        return _page("resource.html", about=_about(engine, f"id/{key}", settings), shown=SHOWN)

    @pages.get("/graph/")
    @pages.get("/graph")
    def graphs() -> Response:
        return _page("graphs.html", graphs=rows(engine, "graphs"))

    @pages.get("/graph/<path:key>")
    def graph(key: str) -> Response:
        format = _format()
        name, count = _graph(engine, f"graph/{key}")
        if format.name != HTML.name:
            return _rdf(triples(engine, "graph-triples", format, resource=iri(name)), format)
        page = number(count)
        return _page(
            "graph.html",
            graph=name,
            count=count,
            about=describe(engine, name, {}),
            rule=rule(name),
            rows=rows(engine, "graph", page, resource=iri(name)),
            page=page,
            pages=pages_of(count),
        )

    @pages.get("/ontology")
    @pages.get("/ontology/<path:key>")
    def ontology(key: str | None = None) -> Response:
        format = _format()
        known = terms.modules(engine)
        name = _module(known, f"ontology/{key}" if key else "ontology")
        if format.name == HTML.name:
            return _ontology(engine, known) if name == ONTOLOGY else _module_page(engine, known, name)
        if name == ONTOLOGY:
            return _rdf(triples(engine, "ontology-triples", format), format)
        return _rdf(triples(engine, "module-triples", format, resource=iri(name)), format)

    @pages.get("/ontology.svg")
    def diagram() -> Response:
        modules = terms.listed(engine, _some(terms.modules(engine)))
        image = render_template("_diagram.svg", diagram=terms.drawing(engine, modules), modules=modules, alone=True)
        return _tagged(Response(image, content_type="image/svg+xml"))

    @pages.after_request
    def share(response: Response) -> Response:
        response.vary.add("Accept")
        response.headers["Access-Control-Allow-Origin"] = "*"
        return response

    return pages


def number(count: int) -> int:
    """Return which page of a list of so many entries the request asks for; raises BadRequest for none of them."""
    wanted = request.args.get("page", "1")
    if not (wanted.isascii() and wanted.isdigit() and len(wanted) < 10 and 1 <= int(wanted) <= pages_of(count)):
        raise BadRequest(f"Parameter `page`: {wanted!r}. Give a number from 1 to {pages_of(count)}.")
    return int(wanted)


def pages_of(count: int) -> int:
    """Return how many pages so many entries fill, at least one."""
    return max(1, -(-count // PAGE))


def rule(graph: str) -> str | None:
    """Return the IRI of the rule that made a graph, None for one that no rule made."""
    space = next((space for space in (DERIVED, SETTLED) if graph.startswith(space)), None)
    return f"{BASE}id/rule/{graph.removeprefix(space)}" if space else None


def _about(engine: Engine, path: str, settings: Settings) -> Description:
    for name in candidates(path):
        if found := describe(engine, name, settings.texts):
            return found
    raise _missing(engine, path)


def _description(engine: Engine, path: str, format: Format) -> Iterable[bytes]:
    """Return what is stated of a resource; of one that is only linked to, the links."""
    for name in candidates(path):
        for found, query in (("stated", "description"), ("linked", "links")):
            if rows(engine, found, resource=iri(name)):
                return triples(engine, query, format, resource=iri(name))
    raise _missing(engine, path)


def _missing(engine: Engine, path: str) -> NotInGraph:
    name = candidates(path)[0]
    return NotInGraph(name, near(engine, name))


def _graph(engine: Engine, path: str) -> tuple[str, int]:
    """Return the IRI of a named graph and the number of its triples."""
    for name in candidates(path):
        if counted := rows(engine, "graph-count", resource=iri(name)):
            return name, int(counted[0]["count"].value)
    name = candidates(path)[0]
    raise NotInGraph(name, closest(name, [row["graph"].value for row in rows(engine, "graphs")]))


def _ontology(engine: Engine, known: Sequence[Row]) -> Response:
    modules = terms.listed(engine, known)
    return _page("ontology.html", whole=modules[ONTOLOGY], modules=modules, diagram=terms.drawing(engine, modules))


def _module_page(engine: Engine, known: Sequence[Row], name: str) -> Response:
    groups = terms.entries(engine, name)
    classes = [entry.iri for entry in groups.get("Classes", ())]
    examples = {iri: found for iri in classes if (found := worked.example(engine, iri))}
    row = next(row for row in known if row["module"].value == name)
    return _page("module.html", module=row, groups=groups, examples=examples, turtle=worked.turtle)


def _some(known: Sequence[Row]) -> Sequence[Row]:
    """Return the modules; raises NotInGraph where there are none."""
    if not known:
        raise NotInGraph(ONTOLOGY, ())
    return known


def _module(known: Sequence[Row], path: str) -> str:
    """Return the IRI of the module with this path, which may be that of its version."""
    asked = candidates(path)[0]
    for row in known:
        if asked in (row["module"].value, row["version"].value):
            return row["module"].value
    raise NotInGraph(asked, closest(asked, [row["module"].value for row in known]))


def _format() -> Format:
    return choose(DESCRIPTIONS, request.headers.get("Accept"), request.args.get("format"))


def _page(template: str, **values: object) -> Response:
    return _tagged(Response(render_template(template, **values), content_type=HTML.content_type))


def _rdf(body: Iterable[bytes], format: Format) -> Response:
    return _tagged(Response(b"".join(body), content_type=format.content_type))


def _tagged(response: Response) -> Response:
    response.add_etag()
    response.make_conditional(request)
    return response
