"""What people call a node -> the node: by its IRI, a prefixed name, its key, or its label."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from typing import cast

import pyoxigraph as ox

from lodeclaim.endpoint import shipped
from lodeclaim.endpoint.catalogue.values import MAX_CHARACTERS, shown
from lodeclaim.endpoint.errors import UsageError
from lodeclaim.endpoint.prefixes import is_iri, split
from lodeclaim.namespaces import PREFIXES, shorten

_QUERY = shipped.text("lodeclaim", "labels.rq")
_NAMESPACES = frozenset(PREFIXES.values())
_LABEL = ox.NamedNode(PREFIXES["rdfs"] + "label")


def find(store: ox.Store, named: str, *classes: str) -> str:
    """Return the IRI of the node that is meant; of a key or label, one of these classes, if any are given.

    `question:project-vault-loan`, `project-vault-loan`, the whole IRI and the Question's words mean the same. Raises
    UsageError, with the nearest names, where nothing is called so, and with their names where several things are.
    """
    if (iri := written_out(named)) is not None:
        if next(store.quads_for_pattern(ox.NamedNode(iri), None, None), None) is None:
            raise UsageError(shown(named), "the graph knows nothing of it", _nearest(store, split(iri)[1]))
        return iri
    found = called(store, named, *classes)
    if len(found) > 1:
        names = " or ".join(shorten(each) for each in found[:5])
        raise UsageError(shown(named), f"{len(found)} things are called so", f"Say which: {names}")
    if not found:
        raise UsageError(shown(named), "nothing here is called so", _nearest(store, named, *classes))
    return found[0]


def written_out(named: str) -> str | None:
    """Return the IRI that a prefixed name or an IRI is; None for a key or a label."""
    prefix, colon, local = named.partition(":")
    if colon and prefix in PREFIXES and is_iri(iri := PREFIXES[prefix] + local):
        return iri
    return named if is_iri(named) else None


def called(store: ox.Store, words: str, *classes: str) -> list[str]:
    """Return the IRIs of what has this key or, in whatever case, this label, of these classes, if any are given."""
    if len(words) > MAX_CHARACTERS:
        return []
    solutions = store.query(
        _QUERY, use_default_graph_as_union=True, substitutions={ox.Variable("words"): ox.Literal(words)}
    )
    found: dict[str, set[str]] = {}
    for row in cast(ox.QuerySolutions, solutions):
        found.setdefault(row["node"].value, set()).add(row["class"].value if row["class"] else "")
    return [node for node, of in found.items() if not classes or of.intersection(classes)]


def _nearest(store: ox.Store, words: str, *classes: str) -> str:
    known = dict(_names(store))
    near = [known[name] for name in difflib.get_close_matches(words[:100].lower(), known, n=8, cutoff=0.6)]
    if classes:
        near = [node for node in near if node in called(store, split(node)[1], *classes)]
    names = ", ".join(list(dict.fromkeys(map(shorten, near)))[:3])
    if not names and classes:
        return f"Give the name of a {' or '.join(map(shorten, classes))}"
    return f"Nearest: {names}" if names else "Look for it with the query find-by-label"


def _names(store: ox.Store) -> Iterable[tuple[str, str]]:
    """Yield the keys and labels of what is not derived, in lower case, each with an IRI."""
    for quad in store.quads_for_pattern(None, _LABEL, None):
        node = quad.subject.value if isinstance(quad.subject, ox.NamedNode) else ""
        namespace, key = split(node)
        if namespace in _NAMESPACES and isinstance(quad.object, ox.Literal):
            yield key.lower(), node
            yield quad.object.value.lower(), node
