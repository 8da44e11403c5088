"""The pipeline: load, derive, close, describe, validate; what `lodeclaim build` runs."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

import pyoxigraph as ox

from lodeclaim import catalogue, description, graph, upgrade, validation
from lodeclaim.endpoint import rdf
from lodeclaim.endpoint.errors import LodeclaimError, SourceError, UsageError
from lodeclaim.findings import Finding
from lodeclaim.interop import to_rdflib
from lodeclaim.namespaces import BUILD, DEFAULT_POLICY, DESCRIPTION, LC, PREFIXES, shorten
from lodeclaim.reasoning import derivation, rules
from lodeclaim.reasoning.derivation import Step
from lodeclaim.resources import PLACES, Resources

Progress = Callable[[str, float], None]
"""Called when a step ends, with what it did and the seconds it took."""


_TO_FILL_IN = re.compile("FILL[ -]IN")


@dataclass(frozen=True)
class Built:
    """What came of the pipeline: the whole graph, and what is wrong with it (nothing, if it may be written)."""

    store: ox.Store
    findings: tuple[Finding, ...] = ()


def build(
    sources: Resources, progress: Progress = lambda _step, _seconds: None, policy: str = DEFAULT_POLICY
) -> Built:
    """Return the graph with all that follows from it and its description, and what the checks find in it.

    `policy` is the IRI of the one that reads bounds. The shapes are asked once, of the whole graph. Only where they
    find something are the sources asked by themselves: what follows from broken data would hide what broke it.

    Raises SourceError for a file that cannot be read at all, UsageError for a policy that reads no hedges.
    """
    clock = _Clock(progress)
    store = _load(sources, clock)
    if old := upgrade.outdated(sources.own_files(), upgrade.read(store)):
        return Built(store, tuple(old))
    planned = derivation.steps(sources.files("rules"), store)
    if unfit := [*(_stray(path) for path in sources.strays()), *_unfinished(sources)]:
        return Built(store, tuple(unfit))
    asserted = list(store)
    with clock.step("spelling") as note:
        shapes = validation.shape_quads(sources.files("shapes"))
        findings = validation.misspelt([*asserted, *shapes])
        note.append(f"{len(shapes):,} triples of shapes, {len(findings)} findings")
    if findings:
        return Built(store, (*findings, *_validate(asserted, shapes, clock)))

    try:
        _derive(sources, planned, store, policy, clock)
    except LodeclaimError:
        if findings := _validate(asserted, shapes, clock):
            return Built(store, tuple(findings))
        raise
    with clock.step("describe") as note:
        statistics = description.statistics(store)
        store.extend(statistics)
        note.append(f"{len(statistics):,} triples")

    findings = _validate(store, shapes, clock)
    if findings and (causes := _validate(asserted, shapes, clock)):
        return Built(store, tuple(causes))
    with clock.step("lint") as note:
        faults = validation.lint(store, sources.files("lint"), shapes)
        note.append(f"{len(faults)} findings")
    return Built(store, tuple(faults or findings))


def derive(
    sources: Resources,
    progress: Progress = lambda _step, _seconds: None,
    policy: str = DEFAULT_POLICY,
    without: frozenset[str] = frozenset(),
) -> ox.Store:
    """Return the graph with all that follows from it, of sources that `build` has found valid.

    `policy` is the IRI of the one that reads bounds, `without` are the IRIs of claims to leave out. It raises as
    `build` does.
    """
    clock = _Clock(progress)
    store = _load(sources, clock)
    planned = derivation.steps(sources.files("rules"), store)
    for claim in without:
        for quad in list(store.quads_for_pattern(ox.NamedNode(claim), None, None)):
            store.remove(quad)
    _derive(sources, planned, store, policy, clock)
    return store


class _Clock:
    """Tells of each step when it ends, with the time it took."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress

    @contextmanager
    def step(self, name: str) -> Iterator[list[str]]:
        """Run the block as a step; what it puts into the list is told of it."""
        note: list[str] = []
        start = time.perf_counter()
        yield note
        self._progress(f"{name}: {', '.join(note)}", time.perf_counter() - start)


def _stray(path: Path) -> Finding:
    places = ", ".join(PLACES)
    return Finding(str(path), "stray-file", "nothing is read from there", f"Move it to where it belongs: {places}")


def _unfinished(sources: Resources) -> Iterator[Finding]:
    """Yield a finding for each line that a skeleton has for its author to fill in."""
    for path in sources.own_files():
        for number, line in enumerate(rdf.read_text(path).splitlines(), 1):
            if match := _TO_FILL_IN.search(line):
                where = f"{path}, line {number}"
                yield Finding(
                    where, "left-to-fill-in", f"it says {match[0]}", "Write what is meant there, or remove it"
                )


def _load(sources: Resources, clock: _Clock) -> ox.Store:
    with clock.step("load") as note:
        store = graph.read(sources.asserted())
        note.append(f"{len(store):,} triples")
    return store


def _derive(sources: Resources, planned: Sequence[Step], store: ox.Store, policy: str, clock: _Clock) -> None:
    """Add to a store of what the sources say the catalogue of queries, and all that follows."""
    readings = store.quads_for_pattern(None, ox.NamedNode(LC.ofPolicy), None)
    reading = sorted({shorten(quad.object.value) for quad in readings if isinstance(quad.object, ox.NamedNode)})
    if shorten(policy) not in reading:
        raise UsageError(shorten(policy), "no policy of this name reads hedges", f"Give one of {', '.join(reading)}")

    examples = catalogue.describe(sources.files("queries"))
    store.extend([*rules.describe(step.rule for step in planned if step.rule), *examples])
    store.extend(_made_from(sources, policy, store))
    for stage, of_stage in groupby(planned, key=lambda step: step.stage):
        with clock.step(f"stage {stage.name}") as note:
            counts = [step.apply(store) for step in of_stage]
            what = "closure" if stage.closes else "1 rule" if len(counts) == 1 else f"{len(counts)} rules"
            note.append(f"{what}, {sum(counts):,} triples")


def _validate(quads: Iterable[ox.Quad], shapes: Iterable[ox.Quad], clock: _Clock) -> list[Finding]:
    with clock.step("validate") as note:
        findings = validation.shacl(to_rdflib(quads), to_rdflib(shapes))
        note.append(f"{len(findings)} findings")
    return findings


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
    facts = ((BUILD.sourcesDigest, ox.Literal(sources.digest())), (BUILD.activePolicy, ox.NamedNode(policy)))
    return [ox.Quad(dataset, ox.NamedNode(predicate), value, about) for predicate, value in facts]
