"""What is in a store afterwards: counted, and compared triple by triple with what was to be there."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from urllib.parse import urlencode

import httpx
import pyoxigraph as ox
import rdflib

from lodeclaim.endpoint import shipped
from lodeclaim.endpoint.errors import StoreError
from lodeclaim.endpoint.stores import RESULTS
from lodeclaim.namespaces import PREFIXES
from lodeclaim.push.client import Client
from lodeclaim.push.load import Load

AT_ONCE = 200_000
"""Triples of a graph up to which they are asked for in one query; of a larger one, property by property."""

_DECIMALS = {PREFIXES["xsd"] + name for name in ("decimal", "integer", "long", "int")}


@dataclass(frozen=True)
class Change:
    """A literal that the store gives back as another."""

    sent: ox.Triple
    found: ox.NamedNode | ox.Literal

    @property
    def keeps_value(self) -> bool:
        """Whether it is the same value, only written otherwise: `true` as `1`, `55` as `55.0`.

        An integer is a decimal: the value spaces of XML Schema are one within the other.
        """
        sent, found = self.sent.object, self.found
        if not isinstance(sent, ox.Literal) or not isinstance(found, ox.Literal) or sent.language:
            return False
        if sent.datatype != found.datatype and not {sent.datatype.value, found.datatype.value} <= _DECIMALS:
            return False
        values = [rdflib.Literal(term.value, datatype=term.datatype.value).value for term in (sent, found)]
        return None not in values and bool(values[0] == values[1])

    def __str__(self) -> str:
        return f"{self.sent.subject} {self.sent.predicate}: {self.sent.object} was sent, {self.found} is there"


@dataclass(frozen=True)
class State:
    """What a store holds of one graph."""

    graph: str
    wanted: int
    there: int | None = None
    """Triples counted in the store; None where it could not be asked."""

    missing: int | None = None
    """Triples of ours that are not there in value, changed ones among them; None where they were counted only."""

    changed: tuple[Change, ...] = ()
    """Triples of ours in whose place there is one with a literal of another value, datatype or language."""

    respelt: tuple[Change, ...] = ()
    """Those that are there with the same value, written otherwise."""

    others: int = 0
    """Triples that are not ours, changed ones left aside."""

    unproved: int = 0
    """Triples that the store counts, but did not give back to be compared."""

    @property
    def status(self) -> str:
        """One word: complete, partial, absent, changed, unproved or unknown."""
        if self.there is None:
            return "unknown"
        if self.there == 0 and self.wanted:
            return "absent"
        if self.changed:
            return "changed"
        if self.unproved:
            return "unproved"
        if self.missing is None:
            return "complete" if self.there == self.wanted else "partial" if self.there < self.wanted else "unproved"
        return "partial" if self.missing else "complete"

    @property
    def held(self) -> int:
        """How many triples of ours are known to be there."""
        if self.missing is None:
            return min(self.there or 0, self.wanted)
        return self.wanted - self.missing

    def __str__(self) -> str:
        if self.there is None:
            return f"unknown   {self.graph}: the store could not be asked"
        parts = [f"{self.held:,} of {self.wanted:,} triples"]
        if self.changed:
            parts.append(f"{len(self.changed):,} with another literal")
        if self.unproved:
            parts.append(f"up to {self.unproved:,} more are counted, but were not given back to be compared")
        elif self.status == "unproved":
            parts.append(f"the graph holds {self.there:,}, and they were only counted")
        if self.respelt:
            parts.append(f"{len(self.respelt):,} of them written otherwise")
        if self.others:
            parts.append(f"{self.others:,} others")
        return f"{self.status:8}  {self.graph}: {', '.join(parts)}"


class StoreContents:
    """The query side of a store."""

    def __init__(self, client: Client, url: str) -> None:
        self._client = client
        self.url = url

    def count(self, graph: ox.NamedNode) -> int:
        """Return how many triples a graph holds; raises StoreError where the store cannot tell."""
        rows = self._select(_text("count").replace("<urn:graph>", str(graph)), graph.value)
        try:
            ((number,),) = rows
            return int(number.value)  # type: ignore[union-attr]
        except (ValueError, AttributeError) as error:
            raise StoreError(
                f"{self.url}, graph {graph.value}",
                "the store answers a COUNT with something else",
                "Give its SPARQL query endpoint with --query-url",
                "no-answer",
            ) from error

    def graphs(self) -> set[str]:
        """Return the IRIs of the graphs of ours that the store holds; raises StoreError as `count` does."""
        return {
            row[0].value for row in self._select(_text("graphs"), "all graphs") if isinstance(row[0], ox.NamedNode)
        }

    def state(self, load: Load, compare: bool = True) -> State:
        """Return what the store holds of a graph; raises StoreError where it cannot be asked.

        With `compare` every triple of the graph is fetched and compared, term by term.
        """
        there = self.count(load.graph)
        if not compare or there == 0:
            return State(load.graph.value, len(load.triples), there)
        found = self._triples(load, there)
        ours = set(load.triples)
        missing, others = ours - found, found - ours
        changes = _changes(missing, others)
        respelt = tuple(change for change in changes if change.keeps_value)
        # A store that gives fewer rows than it counts has not proved that the rest is missing.
        withheld = max(0, there - len(found))
        return State(
            load.graph.value,
            len(ours),
            there,
            len(missing) - len(respelt),
            tuple(change for change in changes if not change.keeps_value),
            respelt,
            len(others) - len(changes),
            min(withheld, len(missing) - len(changes)),
        )

    def _triples(self, load: Load, there: int) -> set[ox.Triple]:
        graph = load.graph
        found: set[ox.Triple] = set()
        if there <= AT_ONCE:
            found = self._rows(_text("triples").replace("<urn:graph>", str(graph)), graph.value)
        if len(found) < there:
            text = _text("triples-of-property").replace("<urn:graph>", str(graph))
            for property in sorted({triple.predicate.value for triple in load.triples}):
                found |= self._rows(text.replace("<urn:property>", f"<{property}>"), graph.value)
        return found

    def _rows(self, query: str, graph: str) -> set[ox.Triple]:
        try:
            return {ox.Triple(s, p, o) for s, p, o in self._select(query, graph)}  # type: ignore[arg-type]
        except (TypeError, ValueError) as error:
            raise self._malformed(graph, "a row that is no triple") from error

    def _select(self, query: str, graph: str) -> list[tuple[ox.NamedNode | ox.BlankNode | ox.Literal | None, ...]]:
        # As a form, which every store takes: Virtuoso 7.2.5 leaves a bare query in a POST without any answer.
        headers = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/sparql-results+json"}
        body = urlencode({"query": query}).encode()
        reply = self._client.send("POST", httpx.URL(self.url), body, headers, f"graph {graph}")
        if reply.media_type not in RESULTS:
            raise self._malformed(graph, reply.media_type or "an unnamed media type")
        try:
            solutions = ox.parse_query_results(reply.body, format=RESULTS[reply.media_type])
            if not isinstance(solutions, ox.QuerySolutions):
                raise self._malformed(graph, "a truth value")
            return [tuple(row) for row in solutions]
        except (SyntaxError, ValueError) as error:
            raise self._malformed(graph, f"malformed results ({error})") from error

    def _malformed(self, graph: str, found: str) -> StoreError:
        return StoreError(
            f"{self.url}, graph {graph}",
            f"the store answers a SELECT query with {found}",
            "Give its SPARQL query endpoint as the URL, or with --query-url",
            "no-answer",
        )


def _text(name: str) -> str:
    return shipped.text("lodeclaim.push", f"{name}.rq")


def _changes(missing: set[ox.Triple], others: set[ox.Triple]) -> list[Change]:
    """Pair each missing literal with one in its place, of the same subject and property: the likest first."""
    instead: dict[tuple[object, object], list[ox.Triple]] = defaultdict(list)
    for triple in sorted(others, key=str):
        if not isinstance(triple.object, ox.BlankNode | ox.Triple):
            instead[triple.subject, triple.predicate].append(triple)
    changes: list[Change] = []
    for is_like in (lambda change: change.keeps_value, _same_characters, lambda change: True):
        paired = {change.sent for change in changes}
        for triple in sorted(missing - paired, key=str):
            candidates = instead[triple.subject, triple.predicate]
            pairs = ((Change(triple, other.object), other) for other in candidates)  # type: ignore[arg-type]
            if isinstance(triple.object, ox.Literal) and (found := next((p for p in pairs if is_like(p[0])), None)):
                changes.append(found[0])
                candidates.remove(found[1])
    return changes


def _same_characters(change: Change) -> bool:
    return change.found.value == getattr(change.sent.object, "value", None)
