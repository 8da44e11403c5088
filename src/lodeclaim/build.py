"""The pipeline: load, validate, derive, close, write; what `lodeclaim build` runs."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import pyoxigraph as ox

from lodeclaim import catalogue, description, graph, validation
from lodeclaim.errors import SourceError, UsageError
from lodeclaim.namespaces import BASE, DESCRIPTION, LC, PREFIXES
from lodeclaim.reasoning import owl, rules
from lodeclaim.resources import Resources

Progress = Callable[[str, float], None]
"""Called when a step ends, with what it did and the seconds it took."""

DEFAULT_POLICY = BASE + "id/policy/rounding"

AFTER_CLOSURE = 50
"""Rules with a lower number settle facts, for the closure to work on; the others compare, and may use it."""


@dataclass(frozen=True)
class Built:
    """What came of the pipeline: the whole graph, and what is wrong with it (nothing, if it may be written)."""

    store: ox.Store
    findings: tuple[validation.Finding, ...] = ()
    seconds: dict[str, float] = field(default_factory=dict)


def derive(
    sources: Resources,
    progress: Progress = lambda _step, _seconds: None,
    policy: str = DEFAULT_POLICY,
    without: frozenset[str] = frozenset(),
) -> Built:
    """Return the graph with all that follows from it.

    `policy` is the IRI of the one that reads bounds, `without` are the IRIs of claims to leave out.

    Stops after the first step that has findings: a rule run on broken data would only add noise to them.
    Raises SourceError for a file that cannot be read at all, UsageError for a policy that reads no hedges.
    """
    seconds: dict[str, float] = {}

    @contextmanager
    def step(name: str) -> Iterator[list[str]]:
        note: list[str] = []
        start = time.perf_counter()
        yield note
        seconds[name] = time.perf_counter() - start
        progress(f"{name}: {', '.join(note)}", seconds[name])

    def run(rule: rules.Rule) -> None:
        with step(f"rule {rule.name}") as note:
            note.append(f"{rules.apply(rule, store):,} triples")

    with step("load") as note:
        store = graph.read(sources.asserted())
        shapes = validation.shape_quads(sources.files("shapes"))
        note.append(f"{len(store):,} triples, {len(shapes):,} of shapes")

    with step("validate") as note:
        findings = validation.misspelt([*store, *shapes])
        findings += validation.shacl(graph.to_rdflib(store), graph.to_rdflib(shapes))
        note.append(f"{len(findings)} findings")
    if findings:
        return Built(store, tuple(findings), seconds)

    for claim in without:
        for quad in list(store.quads_for_pattern(ox.NamedNode(claim), None, None)):
            store.remove(quad)

    if next(store.quads_for_pattern(None, ox.NamedNode(str(LC.ofPolicy)), ox.NamedNode(policy)), None) is None:
        raise UsageError(policy, "no policy with this IRI reads hedges", "See data/vocabulary/policies.ttl")

    known = rules.read(sources.files("rules"))
    examples = catalogue.describe(sources.files("queries"))
    store.extend([*rules.describe(known), *examples, *_made_from(sources, policy, store)])
    for rule in (rule for rule in known if rule.order < AFTER_CLOSURE):
        run(rule)
    with step("closure") as note:
        note.append(f"{rules.add_new(store, owl.closure(owl.view(store)), owl.CLOSURE):,} triples")
    for rule in (rule for rule in known if rule.order >= AFTER_CLOSURE):
        run(rule)

    with step("describe") as note:
        statistics = description.statistics(store)
        store.extend(statistics)
        note.append(f"{len(statistics):,} triples")

    with step("lint") as note:
        findings = validation.lint(store, sources.files("lint"), shapes)
        note.append(f"{len(findings)} findings")
    if findings:
        return Built(store, tuple(findings), seconds)

    return Built(store, (), seconds)


def judge_derived(sources: Resources, store: ox.Store) -> list[validation.Finding]:
    """Return what violates the shapes in the whole graph, derived nodes included."""
    shapes = validation.shape_quads(sources.files("shapes"))
    return validation.shacl(graph.to_rdflib(store), graph.to_rdflib(shapes))


def _made_from(sources: Resources, policy: str, store: ox.Store) -> list[ox.Quad]:
    """Return what the description of the dataset owes to this build: the digest of the sources, and the policy."""
    about = ox.NamedNode(DESCRIPTION)
    topic = ox.NamedNode(PREFIXES["foaf"] + "primaryTopic")
    dataset = next((quad.object for quad in store.quads_for_pattern(about, topic, None, about)), None)
    if not isinstance(dataset, ox.NamedNode):
        raise SourceError(
            "data/description.ttl",
            "no dataset is described there",
            "Begin it as the project's own does: graph:description foaf:primaryTopic, then the dataset",
        )
    facts = ((LC.sourcesDigest, ox.Literal(sources.digest())), (LC.activePolicy, ox.NamedNode(policy)))
    return [ox.Quad(dataset, ox.NamedNode(str(predicate)), value, about) for predicate, value in facts]
