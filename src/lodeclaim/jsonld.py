"""JSON-LD that a person can read: our terms by their own names, values bare where the context says the rest.

The context is made from what is in the graph, so that it knows the terms of an --extra folder too, and stands in each
file: nothing has to be fetched to read one. Whatever does not fit it is written out in full, never bent.
"""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from typing import Any

import pyoxigraph as ox
from pyld import jsonld

from lodeclaim.endpoint.errors import SourceError
from lodeclaim.endpoint.prefixes import Prefixes
from lodeclaim.namespaces import BASE, DATA_KINDS, PREFIXES, SCHEMES

Context = dict[str, Any]

IDS = "lcid"
"""The prefix of individuals: `lcid:mineral/cobalt`. Theirs in Turtle, `mineral:`, are names of properties here.

So are those of concepts, which are `vocab:hedge/none`."""

_PREFIXES = Prefixes({prefix: space for prefix, space in PREFIXES.items() if prefix not in {*DATA_KINDS, *SCHEMES}})
_LC, _RDFS, _XSD = PREFIXES["lc"], PREFIXES["rdfs"], PREFIXES["xsd"]
_INTEGER, _BOOLEAN, _STRING = _XSD + "integer", _XSD + "boolean", _XSD + "string"
_AS_THEY_ARE = (_INTEGER, _BOOLEAN, _STRING)
"""Datatypes that JSON has itself."""

# Beyond 2**53 a reader that has no integers but only doubles reads another number.
_PLAIN_INTEGER = re.compile(r"0|-?[1-9][0-9]{0,14}")
_TYPE = ox.NamedNode(PREFIXES["rdf"] + "type")


def context(quads: Iterable[ox.Quad]) -> Context:
    """Return the context for a graph and all its parts: prefixes, and how the values of each property are written.

    A property's values are taken for what most of them are (a node, a term of ours, English, of a datatype); one that
    has several values anywhere has an array everywhere.
    """
    kinds: dict[str, Counter[str]] = defaultdict(Counter)
    values: Counter[tuple[object, object, object]] = Counter()
    for quad in quads:
        kinds[quad.predicate.value][_kind(quad.object)] += 1
        values[quad.graph_name, quad.subject, quad.predicate] += 1
    several = {str(key[2].value) for key, count in values.items() if count > 1 and isinstance(key[2], ox.NamedNode)}
    terms: Context = {}
    for property in sorted(kinds.keys() - {_TYPE.value}):
        (kind, _), *_ = sorted(kinds[property].items(), key=lambda found: (-found[1], found[0]))
        term = _term(property)
        written = _coercion(kind) | ({"@container": "@set"} if property in several else {})
        if written or term == "label":
            terms[term] = {"@id": _compact(property), **written}
    return {
        "@version": 1.1,
        "@vocab": _LC,
        "id": "@id",
        "type": "@type",
        **_PREFIXES,
        IDS: BASE + "id/",
        **terms,
    }


def write(quads: Iterable[ox.Quad], context: Context) -> bytes:
    """Return the quads as JSON-LD compacted by the context, one object a named graph; the same bytes each time.

    Raises SourceError for an IRI that cannot stand beside the context, its scheme being one of the prefixes.
    """
    graphs: dict[str, dict[str, Any]] = defaultdict(dict)
    for quad in quads:
        name = "" if isinstance(quad.graph_name, ox.DefaultGraph) else _id(quad.graph_name)
        node = graphs[name].setdefault(_id(quad.subject), {"@id": _id(quad.subject)})
        if quad.predicate == _TYPE and not isinstance(quad.object, ox.Literal):
            node.setdefault("@type", []).append(_id(quad.object))
        else:
            node.setdefault(quad.predicate.value, []).append(_value(quad.object))
    # Graph by graph: what the library needs in memory is then that of the largest.
    written: list[Any] = []
    for name, nodes in graphs.items():
        compacted = _compacted(list(nodes.values()), context)
        for node in compacted:
            # Always an array, like all that can be several. A container in the context would say so too, but makes
            # rdflib 7.6 lose the datatype of every literal that is written out in full.
            if isinstance(node.get("type"), str):
                node["type"] = [node["type"]]
        written += [{"id": _compact(name), "@graph": compacted}] if name else compacted
    document = {"@context": context, "@graph": written}
    return json.dumps(document, ensure_ascii=False, indent=1).encode() + b"\n"


def _compacted(nodes: list[Any], context: Context) -> list[Any]:
    try:
        whole = jsonld.compact(nodes, {"@context": context}, {"skipExpansion": True, "graph": True})
    except jsonld.JsonLdError as error:
        found = f"{error.details.get('iri', '')} cannot be written as JSON-LD ({error.code})"
        remedy = "Use an IRI whose scheme is no prefix of ours, or another format"
        raise SourceError("The graph", found, remedy) from error
    return list(whole["@graph"])


def write_context(context: Context) -> bytes:
    """Return the context as a document of its own, for programs that write JSON-LD like ours."""
    return json.dumps({"@context": context}, ensure_ascii=False, indent=1).encode() + b"\n"


def _kind(term: ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple) -> str:
    match term:
        case ox.Literal(language=str(language)):
            return f"@{language}"
        case ox.Literal():
            return term.datatype.value
        case ox.NamedNode() if term.value.startswith(_LC):
            return "@vocab"
    return "@id"


def _coercion(kind: str) -> dict[str, str]:
    if kind in ("@id", "@vocab"):
        return {"@type": kind}
    if kind.startswith("@"):
        return {"@language": kind[1:]}
    return {} if kind in _AS_THEY_ARE else {"@type": _compact(kind)}


def _term(property: str) -> str:
    if property == _RDFS + "label":
        return "label"
    return property.removeprefix(_LC) if property.startswith(_LC) else _compact(property)


def _compact(iri: str) -> str:
    return _PREFIXES.curie(iri) or iri


def _id(node: object) -> str:
    return str(node) if isinstance(node, ox.BlankNode) else str(getattr(node, "value"))  # noqa: B009


def _value(term: object) -> dict[str, Any]:
    if not isinstance(term, ox.Literal):
        return {"@id": _id(term)}
    if term.language:
        return {"@value": term.value, "@language": term.language}
    kind = term.datatype.value
    if kind == _INTEGER and _PLAIN_INTEGER.fullmatch(term.value):
        return {"@value": int(term.value)}
    if kind == _BOOLEAN and term.value in ("true", "false"):
        return {"@value": term.value == "true"}
    return {"@value": term.value} if kind == _STRING else {"@value": term.value, "@type": kind}
