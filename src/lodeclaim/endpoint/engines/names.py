"""How a dataset names things, as it says itself: prefixes, what its IRIs begin with, the terms that it defines."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from lodeclaim.endpoint import shipped
from lodeclaim.endpoint.prefixes import Prefixes, is_iri, split
from lodeclaim.endpoint.sparql.hints import Known, told
from lodeclaim.endpoint.sparql.tokens import Token
from lodeclaim.endpoint.vocabularies import USUAL

MAX_TERMS = 50_000
"""How many terms, prefixes and ontologies are looked at."""

MAPPINGS = ("terms", "renamed", "resources", "described", "datatypes", "value_spaces", "labels", "other_labels")
"""The fields of Names that are sets by a name."""

_PREFIX = re.compile(r"[A-Za-z](?:[\w.-]*[\w-])?", re.ASCII)

Select = Callable[[str], Iterable[Sequence[str]]]
"""Runs a SELECT and returns its rows, the values alone."""


@dataclass(frozen=True)
class Names:
    """What queries and answers need to know of a dataset."""

    prefixes: Prefixes = field(default_factory=lambda: USUAL)
    """Those that the data declares (`sh:declare`); without any, the usual ones."""

    base: str | None = None
    """What relative IRIs resolve against: the one `void:uriSpace` that the data tells."""

    terms: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """The terms that the data's ontologies define: local names by namespace."""

    renamed: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """What takes the place of each name that the data says is no longer used, by its IRI: others
    (`dcterms:isReplacedBy`), or the words that say what to write (`skos:changeNote`)."""

    resources: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """What else the data says something of, whose IRIs begin as `void:uriSpace` tells: local names by namespace."""

    described: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """The properties and classes of the data by its own description (VoID partitions): local names by namespace."""

    datatypes: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """What each property leads to, by its IRI: datatypes, and none where it leads to things alone."""

    value_spaces: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """The namespaces of the things that each property leads to, by its IRI, as far as they are looked at."""

    labels: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """The IRIs by their labels; empty where there are more than are looked at."""

    other_labels: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """The IRIs by what they are also called; empty likewise."""

    languages: frozenset[str] = frozenset()
    """The languages of all texts, in small letters; empty where there are more texts than are looked at."""

    def hints(self, tokens: Sequence[Token]) -> tuple[str, ...]:
        """Return the sentences that go beside the answer to a query; see `sparql.hints`."""
        return told(tokens, self._known)

    @cached_property
    def _known(self) -> Known:
        names = (self.terms, self.resources, self.prefixes, self.described)
        values = (self.datatypes, self.value_spaces)
        return Known(*names, *values, self.labels, self.other_labels, self.languages, self.renamed)


def read(select: Select, *, with_values: bool = True) -> Names:
    """Return the names of the dataset that a function asks; raises what that raises.

    What the values are like, which hints alone need, takes whole scans: a store that is not ours is not asked for it.
    """
    spaces = {space for (space,) in select(_text("spaces"))}
    base = spaces.pop() if len(spaces) == 1 else ""
    own = {space for row in select(_text("ontologies")) for space in _namespaces(*row)}
    defined = list(select(_text("terms")))
    terms: dict[str, set[str]] = {}
    for (iri,) in defined if len(defined) < MAX_TERMS else ():  # of some only, the others would seem to be none
        namespace, local = split(iri)
        if namespace in own and local:
            terms.setdefault(namespace, set()).add(local)
    renamed: dict[str, set[str]] = {}
    for old, new in select(_text("renamed")):
        renamed.setdefault(old, set()).add(new)
    resources: dict[str, set[str]] = {}
    spoken_of = list(select(_text("resources"))) if is_iri(base) else []
    for (iri,) in spoken_of if len(spoken_of) < MAX_TERMS else ():
        namespace, local = split(iri)
        if iri.startswith(base) and local and namespace not in own:
            resources.setdefault(namespace, set()).add(local)
    described: dict[str, set[str]] = {}
    for (iri,) in select(_text("described")):
        namespace, local = split(iri)
        described.setdefault(namespace, set()).add(local)
    datatypes: dict[str, set[str]] = {}
    for iri, datatype in select(_text("datatypes")) if with_values else ():
        datatypes.setdefault(iri, set()).update({datatype} - {""})
    value_spaces: dict[str, set[str]] = {}
    for iri, space in select(_text("value_spaces")) if with_values else ():
        if space:
            value_spaces.setdefault(iri, set()).add(space)
    labels: dict[str, set[str]] = {}
    other_labels: dict[str, set[str]] = {}
    called = list(select(_text("labels"))) if with_values else []
    for iri, label, is_other in called if len(called) < MAX_TERMS else ():
        (other_labels if is_other == "true" else labels).setdefault(label, set()).add(iri)
    return Names(
        prefixes(select),
        base if is_iri(base) else None,
        _frozen(terms),
        _frozen(renamed),
        _frozen(resources),
        _frozen(described),
        _frozen(datatypes),
        _frozen(value_spaces),
        _frozen(labels),
        _frozen(other_labels),
        _languages(select) if with_values else frozenset(),
    )


def _languages(select: Select) -> frozenset[str]:
    found = {language: int(texts) for language, texts in select(_text("languages")) if language}
    return frozenset(found) if sum(found.values()) < MAX_TERMS else frozenset()


def _frozen(names: Mapping[str, set[str]]) -> Mapping[str, frozenset[str]]:
    return {namespace: frozenset(local) for namespace, local in names.items()}


def prefixes(select: Select) -> Prefixes:
    """Return the prefixes of the dataset that a function asks; raises what that raises."""
    found = Prefixes()
    for prefix, namespace in select(_text("prefixes")):
        # What the data says is not believed: it goes into every query and answer.
        if _PREFIX.fullmatch(prefix) and is_iri(namespace):
            found.setdefault(prefix, namespace)
    return found or USUAL


def _namespaces(ontology: str, preferred: str) -> tuple[str, ...]:
    """Return what the IRIs of an ontology's terms begin with, as it says or as is usual with `#`.

    Where a slash ends it, other things may have IRIs that begin so.
    """
    return (preferred,) if preferred else (ontology.rstrip("#") + "#",)


def _text(name: str) -> str:
    return shipped.text("lodeclaim.endpoint.engines", f"{name}.rq")
