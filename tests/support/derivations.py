"""Tells what the rules derive from what, by their heads and bodies: `make docs` writes docs/rules.md and .svg."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby

import pyoxigraph as ox
import rdflib
from rdflib import RDF, RDFS, SKOS
from rdflib.paths import Path as PropertyPath
from rdflib.plugins.sparql import prepareQuery
from rdflib.plugins.sparql.algebra import traverse
from rdflib.plugins.sparql.parserutils import CompValue

from lodeclaim import resources
from lodeclaim.endpoint import rdf
from lodeclaim.namespaces import BUILD, LC, shorten
from lodeclaim.reasoning import rules
from lodeclaim.reasoning.derivation import Step, steps
from support.architecture import ROOT, Part, drawing

PAGE = ROOT / "docs" / "rules.md"
PICTURE = ROOT / "docs" / "rules.svg"

SHARED = {str(RDFS.label), LC.premise, BUILD.byRule}
"""What nearly every rule makes, so that it tells nothing of one."""

TITLE = "Which stage of the build reads what another makes"

INTRODUCTION = """# What is derived from what

This page is written by `make docs` from the rules themselves: what a rule makes are the classes and properties in the
head of its query, what it reads those in its body. Labels, `lc:premise` and `build:byRule` are left out, since nearly
every rule has them.

A rule is a SPARQL CONSTRUCT in the folder of its stage, `ontology/rules/STAGE/`. The stages are described in
`ontology/build.ttl` (`build:BuildStage`): their order, what they read and make, and where they write. In a stage the
rules run in the order of their file names; a number in front of a name is there for that alone. What a rule makes
stands in a named graph of its own. A stage stands above those whose classes or properties it reads, so that a
property with several uses joins more than need be:

![Which stage of the build reads what another makes](rules.svg)

To add a rule, put it into the folder of its stage, in a folder of your own (`--extra`) or here: two comments first,
its title and why it exists, then the query; a node that it makes names it (`build:byRule rule:NAME`) and what it
rests on (`lc:premise`). A rule that makes nodes gives each a label, and an IRI below that of what it is made for. Two
examples are `ties` (in `support`), and `tests/fixtures/extra/ontology/rules/alarms/reserves-spoken-of.rq`, which only
links. A rule that tells people of something goes into `alarms`; another into the first stage behind all that it
reads. A stage of your own is a concept of the class `build:BuildStage` in a module of yours.
"""


@dataclass(frozen=True)
class Terms:
    """The classes and properties that a rule reads, and those that it makes."""

    reads: frozenset[str]
    makes: frozenset[str]


def terms(text: str) -> Terms:
    """Return the terms in the body and in the head of a CONSTRUCT; IRIs."""
    algebra = prepareQuery(text).algebra
    patterns: list[tuple] = []
    values: dict[rdflib.Variable, set[str]] = {}

    def visit(part: object) -> None:
        if isinstance(part, CompValue):
            if "triples" in part:
                for entry in part["triples"]:  # within EXISTS several in one
                    patterns.extend(zip(entry[::3], entry[1::3], entry[2::3], strict=True))
            for row in part["res"] if part.name == "values" else ():
                for variable, value in row.items():
                    values.setdefault(variable, set()).add(str(value))

    traverse(algebra.p, visitPre=visit)
    made = _terms(algebra.template, values)
    return Terms(frozenset(_terms(patterns, values) - SHARED), frozenset(made - SHARED or made))


def _terms(patterns: Iterable[tuple], values: dict[rdflib.Variable, set[str]]) -> set[str]:
    found: set[str] = set()
    for _, predicate, value in patterns:
        if predicate == RDF.type:
            found |= {str(value)} if isinstance(value, rdflib.URIRef) else values.get(value, set())
        elif isinstance(predicate, rdflib.Variable):
            found |= values.get(predicate, set())
        else:
            found |= {str(iri) for iri in _iris(predicate) if iri not in (RDF.type, RDFS.subClassOf)}
    return found


def _iris(path: object) -> Iterator[rdflib.URIRef]:
    """Yield the properties in a path."""
    if isinstance(path, rdflib.URIRef):
        yield path
    elif isinstance(path, CompValue):  # a path within EXISTS
        for part in path.values():
            for each in part if isinstance(part, list) else [part]:
                yield from _iris(each)
    elif isinstance(path, PropertyPath):
        for part in (*getattr(path, "args", ()), getattr(path, "arg", None), getattr(path, "path", None)):
            yield from _iris(part)


def read(store: ox.Store) -> list[tuple[Step, Terms]]:
    """Return the steps of the build with their terms; what a closure makes is seen in the built graph."""
    return [
        (step, terms(step.rule.text) if step.rule else _of_closure(store, step.stage))
        for step in steps(resources.find().files("rules"), store)
    ]


def _of_closure(store: ox.Store, stage: rules.Stage) -> Terms:
    kind = ox.NamedNode(str(RDF.type))
    made = list(store.quads_for_pattern(None, None, None, ox.NamedNode(stage.graphs)))
    return Terms(
        frozenset(),
        frozenset((quad.object if quad.predicate == kind else quad.predicate).value for quad in made),
    )


def page(store: ox.Store) -> str:
    """Return the page in Markdown."""
    lines = [INTRODUCTION]
    for stage, of_stage in groupby(read(store), key=lambda pair: pair[0].stage):
        about = next(store.quads_for_pattern(ox.NamedNode(stage.iri), ox.NamedNode(str(SKOS.definition)), None))
        where = f"`{stage.graphs}`" if stage.closes else f"`{stage.graphs}NAME`"
        lines += [f"## {stage.name}", "", f"{about.object.value} It writes to {where}.", ""]
        if not stage.closes:
            lines += ["| rule | why | reads | makes |", "|---|---|---|---|"]
        for step, of_step in of_stage:
            if step.rule:
                cells = (f"`{step.rule.name}`", step.rule.why, _names(of_step.reads), _names(of_step.makes))
                lines.append(f"| {' | '.join(cells)} |")
        lines.append("")
    return "\n".join(lines).rstrip() + "\n"


def _names(iris: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in sorted(map(shorten, iris))) or "any property"


def picture(store: ox.Store) -> bytes:
    """Return the drawing."""
    of_stage: dict[rules.Stage, tuple[set[str], set[str]]] = {}
    for step, of_step in read(store):
        reads, makes = of_stage.setdefault(step.stage, (set(), set()))
        reads |= of_step.reads
        makes |= of_step.makes
    order = list(of_stage)
    references: Counter[tuple[str, str]] = Counter()
    for later, stage in enumerate(order):
        for before in order[:later]:
            shared = len(of_stage[stage][0] & of_stage[before][1])
            closed = before.graphs.startswith(stage.closes or ("-",))
            if shared or closed:
                references[stage.name, before.name] += shared or 1
    parts = {stage.name: Part(stage.name, stage.name) for stage in order}
    return drawing(parts, references, TITLE)


if __name__ == "__main__":
    source = resources.find().graph_file()
    graph = rdf.load(source)
    rdf.write(PAGE, page(graph).encode())
    rdf.write(PICTURE, picture(graph))
