"""What hints know of a dataset: its names and what they stand for, and how a name is written in a query."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from lodeclaim.endpoint.prefixes import split
from lodeclaim.endpoint.sparql.tokens import Token

MOST = 10
"""How many names are told: the sentences stand in a header."""

MOST_SOUGHT = 4
"""For how many of them a term is looked for that may be meant, which takes some milliseconds each."""

MOST_COMPARED = 2_000
"""How many terms a name is compared with."""

MOST_MEANT = 3
"""How many things of one name are told."""

MOST_SHOWN = 40
"""Characters of a name that are told."""

MOST_CHARACTERS = 100
"""The length of a name beyond which no term can be meant."""

NEAR = 0.7
"""How much alike, of 1, two names are of which one may be a slip for the other; less would misguide."""

VERY_NEAR = 0.85
"""The same for words in a string, which may be anything."""

LABELS = frozenset(["altLabel", "headline", "label", "name", "prefLabel", "title"])
"""Local names of properties whose values may have a language."""


@dataclass(frozen=True)
class Known:
    """What a dataset says of itself, as far as a query can be held against it; local names by namespace."""

    terms: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """The terms of the data's own ontologies."""

    resources: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """What else it says something of."""

    prefixes: Mapping[str, str] = field(default_factory=dict)
    """Those of the data, which a query that declares none was given."""

    described: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """The properties and classes that it has by its own description."""

    values: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """The datatypes of what each property leads to, by its IRI; none where it leads to things alone."""

    value_spaces: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """The namespaces of the things that each property leads to, by its IRI."""

    labels: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """The IRIs that have each label, as it is written; empty where not all labels are known."""

    other_labels: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """The same of what they are also called."""

    languages: frozenset[str] = frozenset()
    """The languages of its texts, in small letters; empty where not all are known."""

    renamed: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """What takes the place of each name that is no longer used, by its IRI: IRIs, or words that say what to write."""

    def called(self, words: str) -> list[str]:
        """Return the IRIs that have a label in whatever letters; without any, those that are also called so."""
        by_label = {iri for label in self.spelt(words) for iri in self.labels.get(label, ())}
        also = {iri for label in self.spelt(words) for iri in self.other_labels.get(label, ())}
        return sorted(by_label or also)

    def labelled(self, words: str) -> list[str]:
        """Return the IRIs that have a label in whatever letters."""
        return sorted({iri for label in self.spelt(words) for iri in self.labels.get(label, ())})

    def spelt(self, words: str) -> list[str]:
        """Return the labels that are these words, in whatever letters."""
        return self._by_letters.get(" ".join(words.lower().split()), [])

    def alike(self, words: str) -> str | None:
        """Return the label that is most like some words, in small letters; None without any."""
        wanted = " ".join(words.lower().split())
        # Those of about its length come first: what is much longer or shorter cannot be meant.
        likely = sorted(self._by_letters, key=lambda label: (abs(len(label) - len(wanted)), label))[:MOST_COMPARED]
        near = difflib.get_close_matches(wanted, likely, n=1, cutoff=VERY_NEAR)
        return near[0] if near else None

    @cached_property
    def _by_letters(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for label in sorted({*self.labels, *self.other_labels}):
            found.setdefault(" ".join(label.lower().split()), []).append(label)
        return found

    @cached_property
    def text(self) -> str:
        """All labels, one a line."""
        return "\n".join([*self.labels, *self.other_labels])

    @cached_property
    def small_text(self) -> str:
        """The same in small letters."""
        return self.text.lower()


def expanded(token: Token, namespaces: Mapping[str, str]) -> tuple[str, str]:
    """Return the namespace and the local name of a name or an IRI; of a prefix that is unknown no namespace."""
    if token.kind == "iri":
        return split(token.text[1:-1])
    prefix, _, local = token.text.partition(":")
    return namespaces.get(prefix, ""), local


def words(local: str) -> str:
    """Return the words of a local name, in small letters: those of `rareEarth`, `rare-earth` and `Rare_Earth`."""
    return re.sub(r"[-_.\s]+|(?<=[a-z])(?=[A-Z])", " ", local).lower()


def named(iris: Iterable[str], namespaces: Mapping[str, str]) -> list[str]:
    """Return IRIs as they can be written in a query: with a prefix, or in full."""
    prefixes = {namespace: prefix for prefix, namespace in namespaces.items()}
    parts = ((iri, *split(iri)) for iri in iris)
    return [
        f"{prefixes[namespace]}:{local}" if namespace in prefixes and _PLAIN.fullmatch(local) else f"<{iri}>"
        for iri, namespace, local in parts
    ]


_PLAIN = re.compile(r"\w(?:[\w.-]*[\w-])?")
