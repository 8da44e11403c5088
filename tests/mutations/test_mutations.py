"""Mutations: a small change to a document brings exactly the derived changes that were named beforehand.

They stand in tests/mutations/mutations.ttl. One that changes nothing, in the documents or in what follows, fails.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass

import pyoxigraph as ox
import pytest

from lodeclaim import compare, graph, resources
from lodeclaim.endpoint import rdf
from lodeclaim.namespaces import PREFIXES
from support.cases import background, derive
from support.graphs import copy_of
from support.paths import TESTS

MUTATION = "https://example.org/mutation/"
KNOWN = {**PREFIXES, "mutation": MUTATION}


@dataclass(frozen=True)
class Mutation:
    """The documents loaded, the triples taken out and put in, and the derived changes that these must bring."""

    name: str
    documents: frozenset[str]
    removed: str
    added: str
    changes: frozenset[str]


def read_mutations() -> list[Mutation]:
    said: dict[str, dict[str, set[str]]] = {}
    for quad in rdf.parse(TESTS / "mutations" / "mutations.ttl"):
        about = said.setdefault(quad.subject.value.removeprefix(MUTATION), {})
        about.setdefault(quad.predicate.value.removeprefix(MUTATION), set()).add(quad.object.value)
    return [
        Mutation(
            name,
            frozenset(iri.removeprefix(PREFIXES["document"]) for iri in about["of"]),
            " ".join(about.get("removes", ())),
            " ".join(about.get("adds", ())),
            frozenset(about.get("changes", ())),
        )
        for name, about in sorted(said.items())
    ]


MUTATIONS = read_mutations()


@functools.cache
def asserted_documents(keys: frozenset[str]) -> ox.Store:
    """Ontology, vocabulary and Questions with the project's documents of these keys. Read only."""
    store = copy_of(background())
    wanted = [source for source in resources.find().files("documents") if source.path.stem in keys]
    assert len(wanted) == len(keys)
    store.extend(graph.read(wanted))
    return store


@functools.cache
def derived_documents(keys: frozenset[str]) -> ox.Store:
    return derive(asserted_documents(keys))


def triples(text: str) -> list[ox.Triple]:
    prefixes = "".join(f"@prefix {prefix}: <{iri}> .\n" for prefix, iri in KNOWN.items())
    return [quad.triple for quad in ox.parse(prefixes + text, format=ox.RdfFormat.TURTLE)]


def mutated(store: ox.Store, mutation: Mutation) -> ox.Store:
    """Return the asserted store with the mutation; what it removes must be there, what it adds must be new."""
    changed = copy_of(store)
    removed = [
        quad
        for triple in triples(mutation.removed)
        for quad in changed.quads_for_pattern(triple.subject, triple.predicate, triple.object)
    ]
    assert len(removed) == len(triples(mutation.removed)), "it removes what is not there"
    for quad in removed:
        changed.remove(quad)
    for triple in triples(mutation.added):
        assert next(changed.quads_for_pattern(triple.subject, triple.predicate, triple.object), None) is None
        changed.add(ox.Quad(triple.subject, triple.predicate, triple.object, ox.NamedNode(MUTATION)))
    assert set(changed) != set(store), "it changes nothing in the documents"
    return changed


def in_words(change: compare.Change) -> str:
    node = change.node.removeprefix(PREFIXES["question"])
    return f"{change.kind} {node}: {change.before or 'none'} -> {change.after or 'none'}"


@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda mutation: mutation.name)
def test_mutation_changes_what_was_named_beforehand_and_nothing_else(mutation) -> None:
    assert mutation.changes, "it has to change something derived"
    after = derive(mutated(asserted_documents(mutation.documents), mutation))
    found = compare.difference(derived_documents(mutation.documents), after)
    assert {in_words(change) for change in found} == mutation.changes


def test_mutations_are_of_every_kind_that_a_text_can_get_wrong() -> None:
    touched = {
        triple.predicate.value.rsplit("#")[-1]
        for mutation in MUTATIONS
        for triple in triples(mutation.removed) + triples(mutation.added)
    }
    assert {
        "faceValue", "hedge", "earliestDate", "claimant", "utterance", "citedSource", "creditsAgency",
        "granularity", "modality", "question",
    } <= touched  # fmt: skip


def test_mutation_that_changes_no_document_is_refused() -> None:
    keys = MUTATIONS[0].documents
    idle = Mutation("idle", keys, "", "", frozenset())
    with pytest.raises(AssertionError, match="changes nothing"):
        mutated(asserted_documents(keys), idle)
    missing = Mutation("missing", keys, "claim:unnamed-alliance-country-count lc:faceValue 53 .", "", frozenset())
    with pytest.raises(AssertionError, match="not there"):
        mutated(asserted_documents(keys), missing)


def test_gloss_changes_nothing_that_is_compared() -> None:
    """The control: the words of the annotator decide nothing."""
    keys = frozenset({"qazinform-ministerial", "unnamed-alliance"})
    store = asserted_documents(keys)
    changed = copy_of(store)
    (gloss,) = store.query("SELECT ?g { claim:unnamed-alliance-country-count lc:gloss ?g }", prefixes=KNOWN,
                           use_default_graph_as_union=True)  # fmt: skip
    for quad in list(changed.quads_for_pattern(None, None, gloss["g"])):
        changed.remove(quad)
        changed.add(
            ox.Quad(quad.subject, quad.predicate, ox.Literal("Said otherwise.", language="en"), quad.graph_name)
        )
    assert set(changed) != set(store)
    assert compare.difference(derived_documents(keys), derive(changed)) == []
