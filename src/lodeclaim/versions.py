"""Two built graphs -> which claims, verdicts and names are new, gone or otherwise in the second."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping

import pyoxigraph as ox

from lodeclaim import compare, parts, upgrade
from lodeclaim.compare import Change
from lodeclaim.endpoint.vocabularies import RDF
from lodeclaim.namespaces import GRAPHS, LC, PREFIXES, shorten
from lodeclaim.upgrade import Renaming

_NAMED = tuple(GRAPHS + name for name in ("ontology/", "vocabulary/", "questions/"))
_LABEL = ox.NamedNode(PREFIXES["rdfs"] + "label")
_GLOSS = ox.NamedNode(LC.gloss)


def differences(before: ox.Store, after: ox.Store) -> list[Change]:
    """Return the claims, verdicts and names in which two graphs differ, in this order.

    A claim that both have is told with those of its statements that only one has. A verdict is a position with its
    support, a relation, what became of a plan, or a sum; one that says the same under another IRI is no change.
    A name is the label of a term, a Question or an entity, or an IRI that the table of the second graph replaces
    (`dcterms:isReplacedBy`). Statements are read by that table: a claim that only names things otherwise is the same.
    """
    renaming = upgrade.read(after)
    glosses = {**_glosses(before), **_glosses(after)}
    return [
        *_claim_changes(_claims(before, renaming), _claims(after, Renaming({})), glosses),
        *_verdicts(compare.difference(before, after)),
        *_names(before, after, renaming),
    ]


def _verdicts(changes: Iterable[Change]) -> Iterable[Change]:
    """Yield the changes without pairs of which one is gone and the other new, alike in all but the IRI."""
    every = list(changes)
    gone = Counter((each.kind, each.label, each.before) for each in every if each.after is None)
    new = Counter((each.kind, each.label, each.after) for each in every if each.before is None)
    moved = gone & new
    left = {"gone": moved.copy(), "new": moved.copy()}
    for change in every:
        side = "gone" if change.after is None else "new" if change.before is None else ""
        key = (change.kind, change.label, change.before or change.after)
        if side and left[side][key] > 0:
            left[side][key] -= 1
        else:
            yield change


def _claims(store: ox.Store, renaming: Renaming) -> dict[str, dict[str, set[str]]]:
    """Return what is asserted of each claim: values in words or prefixed names, by property."""
    kind = store.quads_for_pattern(None, ox.NamedNode(RDF.type), ox.NamedNode(LC.Claim))
    found: dict[str, dict[str, set[str]]] = {}
    for claim in {quad.subject for quad in kind if isinstance(quad.subject, ox.NamedNode)}:
        said = found[claim.value] = defaultdict(set)
        for quad in store.quads_for_pattern(claim, None, None):
            graph = quad.graph_name
            # A graph without named ones does not tell what is asserted.
            if isinstance(graph, ox.DefaultGraph) or parts.is_asserted(graph.value):
                for triple in renaming.of(quad.triple):
                    said[shorten(triple.predicate.value)].add(_shown(triple.object))
    return found


def _claim_changes(
    old: Mapping[str, dict[str, set[str]]],
    new: Mapping[str, dict[str, set[str]]],
    labels: Mapping[str, str],
) -> Iterable[Change]:
    for node in sorted(old.keys() | new.keys()):
        before, after = old.get(node), new.get(node)
        if before == after:
            continue
        label = labels.get(node, shorten(node))
        if before is None or after is None:
            yield Change(
                "claim", node, label, None if before is None else "stated", None if after is None else "stated"
            )
        else:
            yield Change("claim", node, label, _only(before, after), _only(after, before))


def _glosses(store: ox.Store) -> dict[str, str]:
    return {
        quad.subject.value: quad.object.value
        for quad in store.quads_for_pattern(None, _GLOSS, None)
        if isinstance(quad.subject, ox.NamedNode) and isinstance(quad.object, ox.Literal)
    }


def _only(one: dict[str, set[str]], other: dict[str, set[str]]) -> str | None:
    """Return what only one of two claims states, a property with its values after another."""
    told = {name: sorted(values - other.get(name, set())) for name, values in one.items()}
    return "; ".join(f"{name} {', '.join(values)}" for name, values in sorted(told.items()) if values) or None


def _names(before: ox.Store, after: ox.Store, renaming: Renaming) -> Iterable[Change]:
    old, new = _labels(before), _labels(after)
    replacing = set(renaming.names.values())
    for node in sorted(old.keys() | new.keys()):
        moved = renaming.names.get(node)
        if moved is not None and node in old and node not in new:
            yield Change("name", node, new.get(moved, old[node]), shorten(node), shorten(moved))
        elif node not in replacing and old.get(node) != new.get(node):
            yield Change("name", node, shorten(node), old.get(node), new.get(node))


def _labels(store: ox.Store) -> dict[str, str]:
    """Return the labels of terms, Questions and entities by their IRIs; of several the first by alphabet."""
    found: dict[str, str] = {}
    for subject, _, value, graph in store.quads_for_pattern(None, _LABEL, None):
        is_named = isinstance(graph, ox.NamedNode) and graph.value.startswith(_NAMED)
        if is_named and isinstance(subject, ox.NamedNode) and isinstance(value, ox.Literal):
            found[subject.value] = min(found.get(subject.value, value.value), value.value)
    return found


def _shown(term: ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple) -> str:
    if isinstance(term, ox.BlankNode):
        return "[]"  # it is called otherwise in each graph
    return shorten(term.value) if isinstance(term, ox.NamedNode) else str(term)
