"""The graph as it was before the names changed, and that of today: what differs has a reason in differences.toml.

Kept for as long as names and layout change and nothing else: the baseline is the built graph at a commit, by its
digest. Old names are read by the published table, `ontology/renamed.ttl`.
"""

from __future__ import annotations

import hashlib
import re
import subprocess
import tomllib
from collections import Counter
from collections.abc import Iterable
from fnmatch import fnmatch
from pathlib import Path
from typing import NamedTuple

import pyoxigraph as ox
import pytest

from lodeclaim import graph, resources, upgrade
from lodeclaim.endpoint.prefixes import split
from lodeclaim.namespaces import GRAPHS, VOCABULARIES, shorten
from support.paths import ROOT

COMMIT = "cc408e59f5096d1eaa2a74fb8863142ed8e7adc2"
SHA256 = "94c05a6f034251176fc7fbd43f504666533313b1dcb8e5b758eaaf0e28d7cf54"
REASONS = tomllib.loads(Path(__file__).with_name("differences.toml").read_text(encoding="utf-8"))["difference"]
DERIVED = re.compile(r"(?<=/)(?:position|participation|settled|assumption)/.*")


class Difference(NamedTuple):
    """A statement that one of the two graphs has: where, of what, in which graph alone."""

    graph: str
    property: str
    sign: str
    subject: str
    value: str


def in_history(path: str) -> bytes:
    """Return a file as it was at the commit; skips where the history is not here."""
    told = subprocess.run(["git", "show", f"{COMMIT}:{path}"], cwd=ROOT, capture_output=True, check=False)
    if told.returncode:
        pytest.skip(f"the history of the project is not here ({told.stderr.decode().strip()})")
    return told.stdout


def written(quads: Iterable[ox.Quad]) -> set[tuple[str, str, str, str]]:
    """Return statements as text, a blank node as what is stated of it: its label is another in each file."""
    every = list(quads)
    nodes: dict[object, list[ox.Quad]] = {}
    for quad in every:
        if isinstance(quad.subject, ox.BlankNode):
            nodes.setdefault(quad.subject, []).append(quad)

    def text(term: object) -> str:
        if not isinstance(term, ox.BlankNode):
            return str(term)
        return f"[{' ; '.join(sorted(f'{quad.predicate} {text(quad.object)}' for quad in nodes[term]))}]"

    return {(quad.graph_name.value, text(quad.subject), quad.predicate.value, text(quad.object)) for quad in every}


class Baseline:
    """What the old graph states, in the names of today."""

    def __init__(self, renaming: upgrade.Renaming, known: set[str]) -> None:
        self._renaming = renaming
        self._known = known
        concepts = {old: new for old, new in renaming.names.items() if new.startswith(VOCABULARIES)}
        self._keys = {split(old)[1].lower(): split(new) for old, new in concepts.items()}

    def statements(self, trig: bytes) -> set[tuple[str, str, str, str]]:
        """Return the statements of the old graph."""
        return written(
            ox.Quad(*map(self._term, (triple.subject, triple.predicate, triple.object, quad.graph_name)))
            for quad in ox.parse(trig, format=ox.RdfFormat.TRIG)
            for triple in self._renaming.of(quad.triple)
        )

    def _term(self, term: object) -> object:
        """Return a term with the keys of today: a derived node has the keys of concepts in its IRI.

        The text of a stored query has new names, too, as the command writes them.
        """
        if isinstance(term, ox.Literal) and "SELECT" in term.value and "WHERE" in term.value:
            return ox.Literal(upgrade.query(term.value, self._renaming))
        name = self._renaming.names.get(term.value, term.value) if isinstance(term, ox.NamedNode) else ""
        if not isinstance(term, ox.NamedNode) or name in self._known:
            return ox.NamedNode(name) if name else term
        iri = DERIVED.sub(lambda tail: re.sub(r"(ontology-)?\b([A-Za-z]+)\b", self._key, tail[0]), name)
        return ox.NamedNode(iri if iri in self._known else name)

    def _key(self, match: re.Match[str]) -> str:
        space, key = self._keys.get(match[2].lower(), ("", ""))
        return f"{split(space.rstrip('/'))[1]}-{key}" if match[1] and key else key or match[0]


@pytest.fixture(scope="module")
def differences(built) -> list[Difference]:
    trig = in_history("data/graph/lodeclaim.trig")
    assert hashlib.sha256(trig).hexdigest() == SHA256
    today = written(built)
    known = {term.value for quad in built for term in (quad.subject, quad.object) if isinstance(term, ox.NamedNode)}
    renaming = upgrade.read(graph.read(resources.find().files("ontology")))
    before = Baseline(renaming, known).statements(trig)
    return [
        Difference(name.removeprefix(GRAPHS), shorten(property), sign, subject, value)
        for sign, one, other in (("-", before, today), ("+", today, before))
        for name, subject, property, value in one - other
    ]


def fits(difference: Difference, reason: dict) -> bool:
    return (
        any(fnmatch(difference.graph, name) for name in reason["graphs"])
        and ("properties" not in reason or difference.property in reason["properties"])
        and difference.sign in reason["signs"]
        and re.search(reason.get("subject", ""), difference.subject) is not None
        and re.search(reason.get("value", ""), difference.value) is not None
    )


def test_every_difference_has_a_reason(differences) -> None:
    unexplained = [each for each in differences if not any(fits(each, reason) for reason in REASONS)]
    assert unexplained == [], Counter((each.graph, each.property, each.sign) for each in unexplained)


def test_every_reason_is_that_of_a_difference(differences) -> None:
    idle = [reason["why"] for reason in REASONS if not any(fits(each, reason) for each in differences)]
    assert idle == []


def test_a_difference_without_a_reason_is_found() -> None:
    for graph_name in ("documents/news18-ministerial", "derived/relations/relations", "vocabulary/actors"):
        made_up = Difference(graph_name, "rdf:type", "+", "<urn:s>", "<urn:o>")
        assert not any(fits(made_up, reason) for reason in REASONS)
