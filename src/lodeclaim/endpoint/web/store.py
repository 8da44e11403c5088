"""The SPARQL 1.1 Graph Store HTTP Protocol, reading half: which graph a request names, and the jobs that give it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from werkzeug.exceptions import BadRequest

from lodeclaim.endpoint.pool.limits import Limits
from lodeclaim.endpoint.pool.wire import Job
from lodeclaim.endpoint.prefixes import is_iri
from lodeclaim.endpoint.sparql.formats import RESULTS
from lodeclaim.endpoint.sparql.guard import Form
from lodeclaim.endpoint.web import protocol
from lodeclaim.endpoint.web.lookup import text

PATH = "/store"
METHODS = ("GET", "HEAD", "OPTIONS")


def graph(path: str, found: protocol.Parameters, public_url: str) -> str | None:
    """Return the IRI of the graph that a request names, or None for the default graph.

    Indirectly by `?graph=` or `?default` (section 4.2), or directly by its own address below `/store/`
    (section 4.1). Raises BadRequest for anything else.
    """
    if path.startswith(PATH + "/"):
        return public_url.rstrip("/") + path
    named = found.getlist("graph")
    if len(named) + ("default" in found) != 1:
        raise BadRequest("Graph: not one. Name it with ?graph=IRI, or take the default graph with ?default.")
    if named and not is_iri(named[0]):
        raise BadRequest(f"Parameter `graph`: {named[0][:200]!r} is no absolute IRI. Give it in full.")
    return named[0] if named else None


def existence(job: Job) -> Job:
    """Return the job that asks whether the graph of another job has any triple."""
    formats = {str(Form.ASK): RESULTS[0].media_type}
    return replace(job, text=text("store-graph-exists"), formats=formats, if_none_match=(), gzip=False)


def content(
    iri: str | None, received: protocol.Received, wanted: str | None, limits: Limits, union_default_graph: bool
) -> Job:
    """Return the job for the triples of a graph, in the format that the client would take."""
    formats: Mapping[str, str] = protocol.formats(received.headers.get("accept"), wanted)
    return Job(
        text("store-graph"),
        formats,
        default_graphs=None if iri is None else (iri,),
        union_default_graph=union_default_graph,
        gzip=protocol.takes_gzip(received.headers.get("accept-encoding", "")),
        if_none_match=protocol.tags(received.headers),
        seconds=limits.seconds,
    )
