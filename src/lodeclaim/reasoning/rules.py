"""The rules: SPARQL CONSTRUCT files in the folders of their stages, each into a named graph of its own.

What stages there are, in which order, and where they write is data: `build:BuildStage` in the ontology.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import cast

import pyoxigraph as ox

from lodeclaim.endpoint import shipped
from lodeclaim.endpoint.engines import oxigraph
from lodeclaim.endpoint.errors import SourceError
from lodeclaim.endpoint.prefixes import is_iri
from lodeclaim.endpoint.rdf import read_text
from lodeclaim.endpoint.sparql.guard import Form, check_source
from lodeclaim.namespaces import BASE, BUILD, GRAPHS, PREFIXES, shorten
from lodeclaim.resources import Source

CATALOGUE = GRAPHS + "rules"

_STAGES = shipped.text(__package__, "stages.rq")
_NAME = re.compile(r"(?:\d+-)?([a-z][a-z0-9-]*)")
_FIELD = re.compile(r"^# (title|why): (.+(?:\n#      .+)*)", re.MULTILINE)


@dataclass(frozen=True)
class Stage:
    """A step of the build: the rules of one folder, or a closure."""

    iri: str
    graphs: str
    """The IRI with which its named graphs begin; of a closure, that of its graph."""

    closes: tuple[str, ...] = ()
    """The IRIs with which those graphs begin that it closes by OWL 2 RL; none for a stage of rules."""

    @property
    def name(self) -> str:
        """The key of the stage, which is the name of the folder with its rules."""
        return self.iri.rsplit("/", 1)[-1]


@dataclass(frozen=True)
class Rule:
    """One CONSTRUCT query with what its header says of it."""

    name: str
    stage: Stage
    title: str
    why: str
    text: str
    path: Path

    @property
    def iri(self) -> str:
        """The IRI by which derived nodes name this rule."""
        return f"{BASE}id/rule/{self.name}"

    @property
    def graph(self) -> str:
        """The named graph that holds what this rule adds."""
        return self.stage.graphs + self.name


def stages(store: ox.Store) -> list[Stage]:
    """Return the stages that the ontology in a store describes, in their order.

    Raises SourceError where one lacks its order or graphs or has two, or where two have one key.
    """
    rows = list(cast(ox.QuerySolutions, store.query(_STAGES, use_default_graph_as_union=True)))
    found: dict[str, Stage] = {}
    for iri, group in groupby(sorted(rows, key=lambda row: row["stage"].value), key=lambda row: row["stage"].value):
        of_stage = list(group)
        orders, graphs, closes = (
            {row[name].value for row in of_stage if row[name]} for name in ("order", "graphs", "closes")
        )
        stage = Stage(iri, next(iter(graphs), ""), tuple(sorted(closes)))
        is_ordered = len(orders) == 1 and all(order.isdecimal() for order in orders)
        if not is_ordered or len(graphs) != 1 or not is_iri(stage.graphs):
            told = f"a stage with {len(orders)} of build:stageOrder and {len(graphs)} of build:writesTo"
            raise SourceError(shorten(iri), told, "Give it one of each, a whole number and the IRI of its graphs")
        if not _NAME.fullmatch(stage.name):
            found_name = f"a stage whose key is {stage.name!r}"
            raise SourceError(shorten(iri), found_name, "End its IRI in / and a name of small letters")
        if other := found.get(stage.name):
            raise SourceError(shorten(iri), f"a stage with the key of {shorten(other.iri)}", "Give it another name")
        found[stage.name] = stage
    order = {row["stage"].value: int(row["order"].value) for row in rows}
    return sorted(found.values(), key=lambda stage: (order[stage.iri], stage.iri))


def read(sources: Iterable[Source], stages: Sequence[Stage]) -> list[Rule]:
    """Return the rules in the order in which they run: by stage, and in a stage by file name.

    Raises SourceError for a file that lies in no stage's folder, whose name is no name of a rule or that of another,
    whose header lacks a field, whose query is no CONSTRUCT, or one that the guard refuses: a rule may come from
    somebody else, and fetches as little as a query of the endpoint.
    """
    folders = {stage.name: stage for stage in stages if not stage.closes}
    rules: dict[str, Rule] = {}
    for source in sorted(sources, key=lambda source: source.path.name):
        rule = _read(source, folders)
        if other := rules.get(rule.name):
            found = f"its name, {rule.name}, is that of {other.path}"
            raise SourceError(str(source.path), found, "Rename it: the name of a rule is part of its IRI")
        rules[rule.name] = rule
    return [rule for stage in folders.values() for rule in rules.values() if rule.stage == stage]


def _read(source: Source, folders: dict[str, Stage]) -> Rule:
    where = str(source.path)
    folder = "/".join(source.relative.parts[2:-1])
    if not folders:
        raise SourceError(where, "no stage of the build is described", "Restore ontology/build.ttl, which has them")
    if folder not in folders:
        found = f"{folder} is no stage of the build" if folder else "it lies in the folder of no stage"
        names = ", ".join(folders)
        example = Path("ontology", "rules", list(folders)[-1], source.relative.name)
        raise SourceError(where, found, f"Move it to that of its stage, such as {example}; there are {names}")
    text = read_text(source.path).replace("\r\n", "\n")
    header = {key: re.sub(r"\n#\s+", " ", value) for key, value in _FIELD.findall(text)}
    name = _NAME.fullmatch(source.path.stem)
    if name is None or not {"title", "why"} <= header.keys():
        found = "a rule is called name.rq or 1-name.rq, in small letters, and starts with '# title:' and '# why:'"
        raise SourceError(where, found, "Rename it or add the lines")
    if check_source(text, where).form is not Form.CONSTRUCT:
        raise SourceError(where, "it is no CONSTRUCT query", "Write it as one")
    return Rule(name[1], folders[folder], header["title"], header["why"], text, source.path)


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
    """Return the rules as resources (build:Rule with label, definition, stage and order) in a graph of their own."""
    graph = ox.NamedNode(CATALOGUE)
    quads = []
    for order, rule in enumerate(rules, 1):
        subject = ox.NamedNode(rule.iri)
        for predicate, value in (
            (PREFIXES["rdf"] + "type", ox.NamedNode(BUILD.Rule)),
            (PREFIXES["rdfs"] + "label", ox.Literal(rule.title, language="en")),
            (PREFIXES["skos"] + "definition", ox.Literal(rule.why, language="en")),
            (BUILD.inStage, ox.NamedNode(rule.stage.iri)),
            (BUILD.ruleOrder, ox.Literal(order)),
        ):
            quads.append(ox.Quad(subject, ox.NamedNode(predicate), value, graph))
    return quads
