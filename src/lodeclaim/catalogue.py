"""The catalogue of queries as RDF, in the vocabulary that SPARQL editors read their examples and prefixes from."""

from __future__ import annotations

import re
from collections.abc import Iterable

import pyoxigraph as ox

from lodeclaim.errors import QueryError, SourceError
from lodeclaim.graph import read_text
from lodeclaim.namespaces import BASE, GRAPHS, PREFIXES
from lodeclaim.query.guard import check
from lodeclaim.resources import Source

CATALOGUE = GRAPHS + "queries"
"""The graph that holds the catalogue, and the node that declares its prefixes."""

_COMMENT = re.compile(r"(?:# .+\n)+")


def describe(sources: Iterable[Source]) -> list[ox.Quad]:
    """Return each query as a `sh:SPARQLExecutable`, and the project's prefixes as `sh:declare`, in one graph.

    A query has its name as `rdfs:label`, the comment at its head as `rdfs:comment` and its text as `sh:select`,
    `sh:ask`, `sh:construct` or `sh:describe` (SHACL Advanced Features, section 3; the SPARQL examples of the Swiss
    Institute of Bioinformatics). Raises SourceError for a file without such a comment or without a query that the
    endpoint would accept.
    """
    declared = ox.NamedNode(CATALOGUE)
    facts: list[tuple[ox.NamedNode, str, ox.NamedNode | ox.Literal]] = []
    for source in sources:
        text = read_text(source.path).replace("\r\n", "\n")
        comment = _COMMENT.match(text)
        if comment is None:
            raise SourceError(
                str(source.path), "a query starts with what it asks", "Begin with a comment, '# Which minerals ...?'"
            )
        try:
            form = check(text).form
        except QueryError as error:
            raise SourceError(f"{source.path}, {error.where}", error.found, error.remedy) from error
        subject = ox.NamedNode(f"{BASE}id/query/{source.path.stem}")
        words = " ".join(line.removeprefix("# ") for line in comment[0].splitlines())
        facts += [
            (subject, "rdf:type", _sh("SPARQLExecutable")),
            (subject, "rdf:type", _sh(f"SPARQL{form.capitalize()}Executable")),
            (subject, "rdfs:label", ox.Literal(source.path.stem.replace("-", " "), language="en")),
            (subject, "rdfs:comment", ox.Literal(words, language="en")),
            (subject, f"sh:{form.lower()}", ox.Literal(text)),
            (subject, "sh:prefixes", declared),
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


def _node(name: str) -> ox.NamedNode:
    prefix, _, local = name.partition(":")
    return ox.NamedNode(PREFIXES[prefix] + local)


def _sh(local: str) -> ox.NamedNode:
    return _node(f"sh:{local}")
