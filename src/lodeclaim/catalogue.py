"""The catalogue of queries as RDF, in the vocabulary that SPARQL editors read their examples and prefixes from."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

import pyoxigraph as ox

from lodeclaim.endpoint.catalogue import parameters
from lodeclaim.endpoint.catalogue.parameters import Parameter
from lodeclaim.endpoint.errors import QueryError, SourceError
from lodeclaim.endpoint.rdf import read_text
from lodeclaim.endpoint.sparql.guard import check
from lodeclaim.namespaces import BASE, GRAPHS, PREFIXES
from lodeclaim.resources import Source

CATALOGUE = GRAPHS + "queries"
"""The graph that holds the catalogue, and the node that declares its prefixes."""

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*")

_Fact = tuple[ox.NamedNode, str, ox.NamedNode | ox.Literal]


def describe(sources: Iterable[Source]) -> list[ox.Quad]:
    """Return each query as a `sh:SPARQLExecutable`, and the project's prefixes as `sh:declare`, in one graph.

    A query has its name as `rdfs:label`, the comment at its head as `rdfs:comment` and its text as `sh:select`,
    `sh:ask`, `sh:construct` or `sh:describe` (SHACL Advanced Features, section 3; the SPARQL examples of the Swiss
    Institute of Bioinformatics), its group as `schema:keywords` and each parameter as a `sh:Parameter`, whose path
    ends in the variable's name (SHACL, section 6.2.1). Raises SourceError for a file whose name makes no IRI, whose
    head is not as `parameters.read` has it, or without a query that the endpoint would accept.
    """
    declared = ox.NamedNode(CATALOGUE)
    facts: list[_Fact] = []
    paths: set[str] = set()
    for source in sources:
        text = read_text(source.path).replace("\r\n", "\n")
        name = source.path.stem
        if not _NAME.fullmatch(name):
            raise SourceError(str(source.path), "its name is also part of an IRI", "Use letters, digits, - and _")
        try:
            head = parameters.read(text, PREFIXES)
        except QueryError as error:
            raise SourceError(f"{source.path}, {error.where}", error.found, error.remedy) from error
        if not head.comment:
            raise SourceError(
                str(source.path), "a query starts with what it asks", "Begin with a comment, '# Which minerals ...?'"
            )
        form = check(text, known=PREFIXES).form
        subject = ox.NamedNode(f"{BASE}id/query/{name}")
        facts += [
            (subject, "rdf:type", _sh("SPARQLExecutable")),
            (subject, "rdf:type", _sh(f"SPARQL{form.capitalize()}Executable")),
            (subject, "rdfs:label", ox.Literal(name.replace("-", " "), language="en")),
            (subject, "rdfs:comment", ox.Literal(head.comment, language="en")),
            (subject, f"sh:{form.lower()}", ox.Literal(text)),
            (subject, "sh:prefixes", declared),
        ]
        if head.group:
            facts.append((subject, "schema:keywords", ox.Literal(head.group, language="en")))
        for order, parameter in enumerate(head.parameters):
            facts += _parameter(subject, order, parameter)
            paths.add(parameter.name)
    for name in sorted(paths):
        facts += [
            (_path(name), "rdf:type", _node("rdf:Property")),
            (_path(name), "rdfs:label", ox.Literal(f"parameter {name}", language="en")),
        ]
    facts.append((declared, "rdfs:label", ox.Literal("prefixes of the catalogue of queries", language="en")))
    for prefix, namespace in sorted(PREFIXES.items()):
        declaration = ox.NamedNode(f"{BASE}id/query/prefix/{prefix}")
        facts += [
            (declared, "sh:declare", declaration),
            (declaration, "rdf:type", _sh("PrefixDeclaration")),
            (declaration, "rdfs:label", ox.Literal(f"prefix {prefix}", language="en")),
            (declaration, "sh:prefix", ox.Literal(prefix)),
            (declaration, "sh:namespace", ox.Literal(namespace, datatype=ox.NamedNode(PREFIXES["xsd"] + "anyURI"))),
        ]
    return [ox.Quad(subject, _node(predicate), value, declared) for subject, predicate, value in facts]


def _parameter(query: ox.NamedNode, order: int, parameter: Parameter) -> Iterator[_Fact]:
    node = ox.NamedNode(f"{query.value}/parameter/{parameter.name}")
    yield query, "sh:parameter", node
    yield node, "rdf:type", _sh("Parameter")
    yield node, "rdfs:label", ox.Literal(parameter.name, language="en")
    yield node, "sh:path", _path(parameter.name)
    yield node, "sh:description", ox.Literal(parameter.description, language="en")
    yield node, "sh:optional", ox.Literal(not parameter.required)
    yield node, "sh:order", ox.Literal(order)
    if parameter.type.datatype:
        yield node, "sh:datatype", ox.NamedNode(parameter.type.datatype)
    else:
        yield node, "sh:nodeKind", _sh("IRI")
    if parameter.type.language:
        yield node, "dcterms:language", ox.Literal(parameter.type.language)
    if parameter.type.of_class:
        yield node, "sh:class", ox.NamedNode(parameter.type.of_class)
    if parameter.default is not None:
        yield node, "sh:defaultValue", parameters.node(parameter.default)


def _path(name: str) -> ox.NamedNode:
    return ox.NamedNode(f"{BASE}id/query/parameter/{name}")


def _node(name: str) -> ox.NamedNode:
    prefix, _, local = name.partition(":")
    return ox.NamedNode(PREFIXES[prefix] + local)


def _sh(local: str) -> ox.NamedNode:
    return _node(f"sh:{local}")
