"""The rules: SPARQL CONSTRUCT files run in the order of their names, each into a named graph of its own."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import pyoxigraph as ox

from lodeclaim.endpoint.engines import oxigraph
from lodeclaim.endpoint.errors import SourceError
from lodeclaim.endpoint.rdf import read_text
from lodeclaim.endpoint.sparql.guard import Form, check_source
from lodeclaim.namespaces import BASE, BUILD, GRAPHS, PREFIXES
from lodeclaim.resources import Source

SETTLED = GRAPHS + "settled/"
DERIVED = GRAPHS + "derived/"
CATALOGUE = GRAPHS + "rules"

_NAME = re.compile(r"(\d\d)-[a-z0-9-]+")
_FIELD = re.compile(r"^# (title|why|view): (.+(?:\n#      .+)*)", re.MULTILINE)


@dataclass(frozen=True)
class Rule:
    """One CONSTRUCT query with what its header says of it."""

    name: str
    order: int
    title: str
    why: str
    text: str
    settles: bool
    path: Path

    @property
    def iri(self) -> str:
        """The IRI by which derived nodes name this rule."""
        return f"{BASE}id/rule/{self.name}"

    @property
    def graph(self) -> str:
        """The named graph that holds what this rule adds."""
        return (SETTLED if self.settles else DERIVED) + self.name


def read(sources: Iterable[Source]) -> list[Rule]:
    """Return the rules in the order in which they run.

    Raises SourceError for a file whose name does not begin with two digits, whose header lacks a field, whose query
    is no CONSTRUCT, or one that the guard refuses: a rule may come from somebody else, and fetches as little as a
    query of the endpoint.
    """
    rules = []
    for source in sources:
        text = read_text(source.path).replace("\r\n", "\n")
        header = {key: re.sub(r"\n#\s+", " ", value) for key, value in _FIELD.findall(text)}
        name = _NAME.fullmatch(source.path.stem)
        if name is None or not {"title", "why"} <= header.keys():
            raise SourceError(
                str(source.path),
                "a rule is called NN-name.rq and starts with '# title:' and '# why:'",
                "Rename it or add the lines",
            )
        if check_source(text, str(source.path)).form is not Form.CONSTRUCT:
            raise SourceError(str(source.path), "it is no CONSTRUCT query", "Write it as one")
        settles = header.get("view") == "settled"
        rules.append(Rule(source.path.stem, int(name[1]), header["title"], header["why"], text, settles, source.path))
    return sorted(rules, key=lambda rule: rule.name)


def apply(rule: Rule, store: ox.Store) -> int:
    """Add to the store what the rule constructs over all its graphs; return how many triples were new.

    A triple that any graph holds already is left where it is, so that no triple stands in two graphs.
    Raises SourceError where the query is malformed.
    """
    triples = oxigraph.ask_source(store, rule.text, str(rule.path))
    return add_new(store, set(cast(ox.QueryTriples, triples)), rule.graph)


def add_new(store: ox.Store, triples: Iterable[ox.Triple], graph: str) -> int:
    """Add to one named graph the triples that no graph of the store holds; return how many."""
    target = ox.NamedNode(graph)
    new = [
        ox.Quad(triple.subject, triple.predicate, triple.object, target)
        for triple in triples
        if next(store.quads_for_pattern(triple.subject, triple.predicate, triple.object), None) is None
    ]
    store.extend(new)
    return len(new)


def describe(rules: Iterable[Rule]) -> list[ox.Quad]:
    """Return the rules as resources (build:Rule with label, definition and order) in a graph of their own."""
    graph = ox.NamedNode(CATALOGUE)
    quads = []
    for rule in rules:
        subject = ox.NamedNode(rule.iri)
        for predicate, value in (
            (PREFIXES["rdf"] + "type", ox.NamedNode(BUILD.Rule)),
            (PREFIXES["rdfs"] + "label", ox.Literal(rule.title, language="en")),
            (PREFIXES["skos"] + "definition", ox.Literal(rule.why, language="en")),
            (BUILD.ruleOrder, ox.Literal(rule.order)),
        ):
            quads.append(ox.Quad(subject, ox.NamedNode(predicate), value, graph))
    return quads
