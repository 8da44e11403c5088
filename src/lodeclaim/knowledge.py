"""A built graph in Python: what `lodeclaim.open` returns, and what the commands that ask are built on."""

from __future__ import annotations

import difflib
import json
import warnings
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from functools import cached_property
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyoxigraph as ox

from lodeclaim import claims, compare, corpus, naming, resources
from lodeclaim import rows as values
from lodeclaim.claims import Claim, Passage
from lodeclaim.compare import Change, Report
from lodeclaim.corpus import Text
from lodeclaim.endpoint import profiles, rdf
from lodeclaim.endpoint.catalogue import stored
from lodeclaim.endpoint.catalogue.stored import StoredQuery
from lodeclaim.endpoint.catalogue.values import MAX_PATH, shown
from lodeclaim.endpoint.engines.engine import PREVIEWS, EmbeddedEngine, Query
from lodeclaim.endpoint.engines.fulltext import MAX_HITS, Hits, Index
from lodeclaim.endpoint.errors import LodeclaimError, QueryError, UsageError
from lodeclaim.endpoint.prefixes import Prefixes
from lodeclaim.endpoint.sparql.guard import Form
from lodeclaim.findings import Finding
from lodeclaim.namespaces import DEFAULT_POLICY, LC, PREFIXES
from lodeclaim.reasoning import explain
from lodeclaim.reasoning.explain import Step
from lodeclaim.resources import Resources
from lodeclaim.rows import Rows

if TYPE_CHECKING:
    import rdflib

    from lodeclaim.build import Progress

Given = str | int | float | Decimal | bool | date
"""What a parameter may be given as: an IRI, prefixed name, key or label of a node, or a literal."""


class InvalidSourcesError(LodeclaimError):
    """The files that a graph is to be derived from have findings."""

    def __init__(self, findings: tuple[Finding, ...]) -> None:
        found = f"{len(findings)} findings, the first of which is: {findings[0].found}"
        super().__init__(findings[0].where, found, "Run lodeclaim check, which tells them all")
        self.findings = findings


def read(
    path: str | PathLike[str] | None, extra: Iterable[str | PathLike[str]], corpora: Iterable[str | PathLike[str]]
) -> Graph:
    """Return a graph from its file; see `lodeclaim.open`."""
    sources = resources.find(tuple(map(Path, extra)))
    file = sources.graph_file(None if path is None else Path(path))
    if path is None and not sources.is_fresh:
        warnings.warn(sources.stale, stacklevel=3)
    return Graph(rdf.load(file, sources.remedy(file)), sources, corpus.read(*map(Path, corpora)))


class Graph:
    """A built graph in memory. Nothing that is done with it changes a file.

    Wherever a node is asked for, its IRI, a prefixed name (`question:project-vault-loan`), its key
    (`project-vault-loan`) or its label will do; UsageError says what else may be meant where none or several fit.
    Queries pass the same guard as those of strangers, may use the project's prefixes without declaring them, and run
    in this process without limits of time and size.
    """

    def __init__(self, store: ox.Store, sources: Resources, texts: Mapping[str, Text]) -> None:
        self.store = store
        """The graph as pyoxigraph has it: each Turtle file, and each thing that is derived, in a named graph."""

        self._sources = sources
        self._texts = texts

    @cached_property
    def engine(self) -> EmbeddedEngine:
        """What answers queries; it writes answers in the formats of SPARQL and RDF, too."""
        return EmbeddedEngine(self.store)

    @cached_property
    def _index(self) -> Index | None:
        return Index.of(self.store, profiles.fields([source.path for source in self._sources.files("profiles")]))

    @cached_property
    def _prefixes(self) -> Prefixes:
        return naming.prefixes(self.store)

    @property
    def queries(self) -> tuple[StoredQuery, ...]:
        """The catalogue of stored queries, by name: what each asks, its text and its parameters."""
        return stored.catalogue(self.engine)

    def query(self, query: str, /, **parameters: Given) -> Rows:
        """Return the rows of a SELECT: a file's, that of a name in the catalogue, or that of a text.

        Raises QueryError where the guard refuses it, or where it is no SELECT, its child ParameterError for a
        parameter that it does not take so, UsageError for a name or file that is not there, EngineError where it
        fails.
        """
        return values.rows(self.engine.select(self.asked(query, parameters.items())))

    def ask(self, query: str, /, **parameters: Given) -> bool:
        """Return the answer to an ASK; raises as `query` does."""
        return bool(json.loads(self._answered(query, parameters, Form.ASK))["boolean"])

    def construct(self, query: str, /, **parameters: Given) -> rdflib.Graph:
        """Return the triples of a CONSTRUCT or DESCRIBE; raises as `query` does."""
        from lodeclaim import interop

        return interop.parsed(self._answered(query, parameters, Form.CONSTRUCT, Form.DESCRIBE))

    def asked(self, query: str, given: Iterable[tuple[str, Given]] = ()) -> Query:
        """Return the query that is meant with values given for its parameters, to be run by `engine`.

        Raises as `query` does.
        """
        return self.bound(stored.from_text("the query", self._text(query), self._prefixes), given)

    def bound(self, meant: StoredQuery, given: Iterable[tuple[str, Given]]) -> Query:
        """Return a query of the catalogue with values given for its parameters; raises ParameterError."""
        pairs = [(name, _written(value)) for name, value in given]
        return stored.bind(self.engine, meant, pairs, self._prefixes)

    def compare(self, wanted: str | None = None) -> tuple[Report, ...]:
        """Return what is said on a Question, on those of a topic, or on those with these words.

        Without `wanted`, on every Question with more than one answer. Raises UsageError where nothing fits.
        """
        return tuple(compare.report(self.store, question) for question in self.questions(wanted))

    def search(self, words: str, first: int = 20) -> Hits:
        """Return what is called, or described, by all of some words, else by some of them: the best hits first.

        What profiles name is searched: names, definitions, what claims say and print. Raises QueryError where there
        is no word, or too many.
        """
        return self._index.search(words, first) if self._index else self.engine.search(words, first)

    def changes(
        self,
        wanted: str | None = None,
        *,
        without: Iterable[str] = (),
        policy: str | None = None,
        progress: Progress = lambda _step, _seconds: None,
    ) -> tuple[Change, ...]:
        """Return what is different without some sources, or under another policy of reading numbers.

        `without` are documents, news agencies, cited sources or utterances; `wanted` is as in `compare`, and without
        it everything counts. The graph is derived anew, which takes seconds: `progress` is told each step with its
        seconds. Raises UsageError for what is not there, InvalidSourcesError where the graph is not that of the files
        here and they cannot be built.
        """
        from lodeclaim import build  # with what validates and reasons, which nothing else here needs

        questions = None if wanted is None else tuple(self.questions(wanted))
        sources = [compare.source(self.store, source) for source in without]
        withdrawn = frozenset[str]().union(*(compare.withdrawn(self.store, source) for source in sources))
        chosen = DEFAULT_POLICY if policy is None else self._named(policy, "policy", LC.Policy)
        # A graph that is as its sources are has been validated when it was built.
        if not self._sources.is_fresh and (findings := build.build(self._sources, progress).findings):
            raise InvalidSourcesError(findings)
        after = build.derive(self._sources, progress, chosen, withdrawn)
        found = compare.difference(self.store, after)
        return tuple(change for change in found if questions is None or change.node.startswith(questions))

    def why(self, node: str) -> Step:
        """Return what a node rests on: the chain of rules, policies and premises, down to claims and passages.

        `Step.lines` has it in words. Raises UsageError for a node that is not there.
        """
        return explain.why(self.store, self.iri(node))

    def claim(self, claim: str) -> Claim:
        """Return a claim with its passages; raises UsageError where it is none, and as `passage` does."""
        return claims.claim(self.store, self._named(claim, "claim", LC.Claim), self._texts)

    def claims_behind(self, node: str) -> list[str]:
        """Return the IRIs of the claims that a node is, rests on, or carries as a passage; raises as `iri` does."""
        return claims.behind(self.store, self.iri(node))

    def passage(self, passage: str) -> Passage:
        """Return a passage: its document, offsets and digest, and its words where the texts are at hand.

        Raises UsageError where it is none, SourceError where the text does not have the words that the digest is of.
        """
        return claims.passage(self.store, self._named(passage, "passage", LC.Passage), self._texts)

    def iri(self, node: str) -> str:
        """Return the IRI of a node; raises UsageError where none, or several, are called so."""
        return self._named(node, "node")

    def rdflib(self) -> rdflib.Dataset:
        """Return a copy as a dataset of rdflib, whose default graph is the union of the named graphs.

        It takes seconds. Ask `query` here, and not rdflib, what a stranger wrote: rdflib fetches what FROM names.
        """
        from lodeclaim import interop

        return interop.to_dataset(self.store, PREFIXES)

    def owlready2(self) -> Any:  # noqa: ANN401 - owlready2 has no types
        """Return ontology, vocabulary and settled view as an ontology of owlready2, in a world of its own (`.world`).

        Its classes are attributes by their names: `lc.IndustrialProject`. Literals and claims are not in it.
        """
        from lodeclaim.reasoning import owl

        return owl.load(owl.view(self.store))

    def questions(self, wanted: str | None = None) -> list[str]:
        """Return the IRIs of the Questions that `compare` is about; raises as it does."""
        return compare.find(self.store, wanted, lambda words: self.search(words, MAX_HITS))

    def _named(self, written: str, what: str, *classes: str) -> str:
        return naming.one(self.store, classes, written, what, shown(written) or "name")

    def _text(self, query: str) -> str:
        if query.endswith(".rq"):
            found = "is no file"
            try:
                found = "" if Path(query).is_file() else found
            except (OSError, ValueError) as error:  # a name that no file can have
                found = getattr(error, "strerror", None) or str(error)
            if found:
                raise UsageError(
                    shown(query, MAX_PATH), found, "Give a file, a name of the catalogue, or the text of a query"
                )
            return rdf.read_text(Path(query))
        known = {source.path.stem: source.path for source in self._sources.files("queries")}
        if query in known:
            return rdf.read_text(known[query])
        if not any(character.isspace() for character in query):
            near = difflib.get_close_matches(query, known, n=3, cutoff=0.4) or known
            raise UsageError(shown(query), "no query has this name", f"Did you mean {' or '.join(near)}?")
        return query

    def _answered(self, query: str, parameters: Mapping[str, Given], *forms: Form) -> bytes:
        asked = self.asked(query, parameters.items())
        form = asked.outline.form
        if form not in forms:
            raise QueryError("query", f"it is {form}, and not {' or '.join(forms)}", "Choose query, ask or construct")
        return b"".join(self.engine.query(asked, PREVIEWS[form]).body)


def _written(value: Given) -> str:
    """Return a value as a parameter takes it, as text."""
    text = f"{Decimal(str(value)):f}" if isinstance(value, float | Decimal) else str(value)
    return text.lower() if isinstance(value, bool) else text
