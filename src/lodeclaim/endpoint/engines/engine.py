"""What answers queries: one protocol of plain values, and the engine that keeps the graph in this process.

Nothing above this module holds a store. A `Query` that exists has passed the guard, so that no engine can
be handed a text that has not.
"""

from __future__ import annotations

import json
import re
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import InitVar, dataclass, field, replace
from functools import partial
from io import BytesIO
from itertools import islice
from pathlib import Path
from typing import Any, Literal, Protocol, cast

import pyoxigraph as ox

from lodeclaim.endpoint import rdf, shipped, xmltext
from lodeclaim.endpoint.engines import counting, emptiness, fulltext, oxigraph, rows
from lodeclaim.endpoint.engines import names as naming
from lodeclaim.endpoint.engines.apart import apart
from lodeclaim.endpoint.engines.emptiness import Rows
from lodeclaim.endpoint.engines.fulltext import Hit, Hits, Index
from lodeclaim.endpoint.engines.names import Names
from lodeclaim.endpoint.engines.oxigraph import Result
from lodeclaim.endpoint.errors import EngineError, LodeclaimError, QueryError
from lodeclaim.endpoint.prefixes import Prefixes
from lodeclaim.endpoint.sparql.formats import GRAPHS, RESULTS, Format, offered
from lodeclaim.endpoint.sparql.guard import Form, Outline, TextLimits, check
from lodeclaim.endpoint.sparql.hints.known import named
from lodeclaim.endpoint.sparql.structure import declared
from lodeclaim.endpoint.sparql.tokens import Token
from lodeclaim.endpoint.vocabularies import USUAL, XSD


@dataclass(frozen=True)
class Term:
    """An RDF term; as in SPARQL JSON, plain and language-tagged literals have no datatype."""

    value: str
    kind: Literal["iri", "literal", "blank"]
    datatype: str | None = None
    language: str | None = None


@dataclass(frozen=True)
class QueryRequest:
    """A query as somebody sends it, with the dataset it is asked of; the guard has not judged it.

    `default_graphs` and `named_graphs` are those of the SPARQL 1.1 Protocol: where either is given, the two
    are the whole dataset and override FROM. Otherwise FROM holds, and without it the default graph is the
    union of all named graphs, or the store's own if `union_default_graph` is off.
    """

    text: str
    default_graphs: tuple[str, ...] | None = None
    named_graphs: tuple[str, ...] | None = None
    union_default_graph: bool = True
    prefixes: Mapping[str, str] = field(default_factory=dict)
    """What prefixes stand for that may be used without being declared."""

    bindings: Mapping[str, Term] = field(default_factory=dict)
    """What variables stand for, by name without `?`: terms, never text, so that a value cannot become syntax.

    In a SELECT each must be a column: the embedded engine replaces no other variable."""


@dataclass(frozen=True)
class Query(QueryRequest):
    """A query that the guard has let through; raises QueryError where it refuses the text."""

    limits: InitVar[TextLimits | None] = None
    usual: InitVar[Mapping[str, str] | None] = None
    """The prefixes that a refusal may advise to declare."""

    outline: Outline = field(init=False, compare=False)

    def __post_init__(self, limits: TextLimits | None, usual: Mapping[str, str] | None) -> None:
        outline = check(self.text, limits or TextLimits(), self.prefixes, USUAL if usual is None else usual)
        object.__setattr__(self, "outline", outline)


@dataclass(frozen=True)
class Answer:
    """A serialised result: its Content-Type, and its bytes in one or more parts."""

    content_type: str
    body: Iterable[bytes]


@dataclass(frozen=True)
class Table:
    """The solutions of a SELECT, in the order of its columns; an unbound variable is None."""

    columns: tuple[str, ...]
    rows: list[tuple[Term | None, ...]]
    more: bool = False
    """Whether there are more rows than were asked for."""


@dataclass(frozen=True)
class Preview:
    """The beginning of an answer, of whatever form: what a person reads."""

    form: Form
    beginning: Table | Answer
    """The first solutions of a SELECT; of the other forms the answer in a format of PREVIEWS, to read or close."""

    hints: tuple[str, ...] = ()
    """What may have been meant instead, in sentences."""


_NTRIPLES = next(format for format in GRAPHS if format.name == "ntriples")
PREVIEWS = {Form.ASK: RESULTS[0], Form.CONSTRUCT: _NTRIPLES, Form.DESCRIBE: _NTRIPLES}
"""The formats that are read again to show an answer."""


class Engine(Protocol):
    """Answers queries; plain values go in and come out, so that it may live in another process or machine."""

    def query(self, query: Query, format: Format) -> Answer:
        """Return the answer in a format that `offered` has for its form.

        Raises QueryError for a query that is malformed or that the format does not fit, EngineError where
        evaluation fails.
        """
        ...

    def select(self, query: Query, first: int | None = None) -> Table:
        """Return the solutions of a SELECT as values, or the first so many; raises as `query` does."""
        ...

    def preview(self, request: QueryRequest, first: int) -> Preview:
        """Return the beginning of the answer to what somebody asks; raises as `query` does, and where it may not run.

        The guard judges the text where it is answered, and nobody else parses it.
        """
        ...

    def search(self, words: str, first: int) -> Hits:
        """Return what is called or described by some words, so many hits at most; raises as `fulltext.terms`."""
        ...


class EmbeddedEngine:
    """Oxigraph in this process, in memory. Its queries can be neither stopped nor bounded: trust them."""

    def __init__(
        self, store: ox.Store, relay: str | None = None, names: Names | None = None, index: Index | None = None
    ) -> None:
        self._store = store
        self._relay = relay
        self._index = index
        self.names = naming.read(self._values) if names is None else names

    def through(self, relay: str | None, base: str | None) -> EmbeddedEngine:
        """Return an engine over the same store with a relay for services, and a base for data that tells none."""
        return EmbeddedEngine(self._store, relay, replace(self.names, base=self.names.base or base), self._index)

    @classmethod
    def from_file(cls, path: Path) -> EmbeddedEngine:
        """Return an engine over a TriG or N-Quads (.nq) file; raises UsageError without it, SourceError if broken."""
        return cls(rdf.load(path))

    def query(self, query: Query, format: Format) -> Answer:
        """See `Engine.query`."""
        body = BytesIO()
        self.write(query, format, body.write)
        return Answer(format.content_type, (body.getvalue(),))

    def write(
        self, query: Query, format: Format, write: Callable[[bytes], object], max_rows: int | None = None
    ) -> None:
        """Evaluate and hand the serialised answer on, part by part, as it comes.

        Raises as `Engine.query` does, EngineError of the kind `result-too-large` behind `max_rows` solutions
        or triples, and what `write` raises.
        """
        check_format(query, format)
        try:
            serialize(self._run(query), format, write, max_rows, self.names.prefixes)
        except (OSError, RuntimeError, ValueError) as error:
            raise _evaluation_error(error, query) from error

    def select(self, query: Query, first: int | None = None) -> Table:
        """See `Engine.select`."""
        check_select(query)
        try:
            return tabulate(cast(ox.QuerySolutions, self._run(query)), first)
        except (OSError, RuntimeError, ValueError) as error:
            raise _evaluation_error(error, query) from error

    def preview(self, request: QueryRequest, first: int) -> Preview:
        """See `Engine.preview`."""
        return preview(self, request, first, self.names, self.hints)

    def search(self, words: str, first: int) -> Hits:
        """See `Engine.search`."""
        return self._index.search(words, first) if self._index else called(self, words, first)

    def hints(self, query: Query, table: Table | None = None, seconds: float = 0.0) -> tuple[str, ...]:
        """Return the sentences that go beside an answer; where a table that was quickly made says too little, why.

        That is asked of the data: why there are no rows, and what is counted several times. A child process asks, and
        is given half a second: the answer is there already, and nothing that happens to the child can cost it.
        """
        told = self.names.hints(query.outline.tokens)
        if table is None or seconds > _QUICK or query.bindings or query.outline.services:
            return told
        seek = emptiness.causes if _is_empty(table) else counting.repeated
        found = apart(lambda: _sought(seek, query.outline.tokens, partial(self._written_rows, query)), SECONDS) or ()
        return (*told, *(sentence for sentence in found if not emptiness.is_told(sentence, told)))

    def _written_rows(self, query: Query, text: str) -> list[list[str]]:
        """Return the rows of a SELECT over the dataset of a query, each term as it is written in one."""
        table = self.select(replace(query, text=text, limits=None, usual=None))
        namespaces = {**query.prefixes, **self.names.prefixes, **declared(query.outline.tokens)}
        return [[_written(term, namespaces) for term in row] for row in table.rows]

    def _values(self, text: str) -> list[list[str]]:
        rows = cast(ox.QuerySolutions, self._store.query(text, use_default_graph_as_union=True))
        return [[term.value if term else "" for term in row] for row in rows]

    def _run(self, query: Query) -> Result:
        explicit = query.default_graphs is not None or query.named_graphs is not None
        return oxigraph.ask(
            self._store,
            query.text,
            query.outline,
            query.prefixes,
            self._relay,
            base_iri=self.names.base,
            # With the union switched on, pyoxigraph ignores FROM and says nothing.
            use_default_graph_as_union=query.union_default_graph and not (explicit or query.outline.has_dataset),
            # Given one of the two only, it takes the other from FROM or from the store.
            default_graph=_nodes("default graph", query.default_graphs) if explicit else None,
            named_graphs=_nodes("named graph", query.named_graphs) if explicit else None,
            substitutions={ox.Variable(name): as_ox(term) for name, term in query.bindings.items()} or None,
        )


Hints = Callable[[Query, Table | None, float], tuple[str, ...]]


def preview(engine: Engine, request: QueryRequest, first: int, names: Names, hints: Hints) -> Preview:
    """Return what an engine that answers here shows of an answer; see `Engine.preview`."""
    query = Query(**vars(request), usual=names.prefixes or None)
    form = query.outline.form
    if form is Form.SELECT:
        began = time.monotonic()
        table = engine.select(query, first)
        return Preview(form, table, hints(query, table, time.monotonic() - began))
    return Preview(form, engine.query(query, PREVIEWS[form]), hints(query, None, 0.0))


def called(engine: Engine, words: str, first: int) -> Hits:
    """Return what is called by labels that hold all of some words; what an engine without an index can do."""
    sought = [word.lower() for word in fulltext.terms(words)]
    bindings = {
        name: Term(next(iter(sought[place : place + 1]), ""), "literal")
        for place, name in enumerate(("one", "two", "three"))
    }
    text = shipped.text("lodeclaim.endpoint.engines", "called.rq")
    found: dict[str, Hit] = {}
    for *_, node, label in engine.select(Query(text, bindings=bindings)).rows:
        if node and label and all(word in label.value.lower() for word in sought):
            found.setdefault(node.value, Hit(node.value, "", label.value))
    hits = list(found.values())
    return Hits(tuple(hits[:first]), len(hits) > first, is_indexed=False)


def read_names(engine: Engine, *, with_values: bool = True) -> Names:
    """Return how the dataset of an engine names things; raises as `Engine.select` does. See `names.read`."""
    return naming.read(lambda text: _values(engine, text), with_values=with_values)


def read_prefixes(engine: Engine) -> Prefixes:
    """Return the prefixes that the dataset of an engine declares; raises as `Engine.select` does."""
    return naming.prefixes(lambda text: _values(engine, text))


def _values(engine: Engine, text: str) -> list[tuple[str, ...]]:
    rows = engine.select(Query(text), naming.MAX_TERMS).rows
    return [tuple(term.value if term else "" for term in row) for row in rows]


_QUICK = 0.5
"""Seconds that a query may have taken for more questions to be asked after it."""

SECONDS = 0.5
"""How long these may take together."""

MIN_CHARACTERS, CHARACTERS_A_ROW = 2_000_000, 100
"""The text that the first rows of a table may have: so much at least, and so much for each row that is asked for."""


def check_format(query: Query, format: Format) -> None:
    """Raise QueryError where a format does not fit the form of a query."""
    offers = [offer.name for offer in offered(query.outline.form)]
    if format.name not in offers:
        found = f"{format.name} cannot hold the answer to {query.outline.form}"
        raise QueryError("format", found, f"Use {', '.join(offers)}")


def check_select(query: Query) -> None:
    """Raise QueryError where a query is no SELECT."""
    if query.outline.form is not Form.SELECT:
        raise QueryError("query", f"{query.outline.form} has no table of solutions", "Ask with SELECT")


def serialize(
    result: Result,
    format: Format,
    write: Callable[[bytes], object],
    max_rows: int | None,
    prefixes: Mapping[str, str],
) -> None:
    """Hand a result on in a format, part by part, RDF with the prefixes.

    Raises EngineError behind `max_rows`, and what `write` raises.
    """
    if not isinstance(result, ox.QuerySolutions | ox.QueryBoolean):
        triples = result if max_rows is None else rows.at_most(result, max_rows)
        is_xml = format.extension == ox.RdfFormat.RDF_XML.file_extension
        ox.serialize(
            _fit_for_xml(triples) if is_xml else triples,
            rows.output(xmltext.written(write, _no_xml) if is_xml else write),
            format=ox.RdfFormat.from_extension(format.extension),
            prefixes=dict(xmltext.prefixes(prefixes) if is_xml else prefixes),
        )
        return
    if format.extension == ox.QueryResultsFormat.XML.file_extension:
        write = xmltext.written(write, _no_xml)
    if isinstance(result, ox.QuerySolutions) and max_rows is not None:
        write = rows.counted(write, format, [variable.value for variable in result.variables], max_rows)
    result.serialize(rows.output(write), format=ox.QueryResultsFormat.from_extension(format.extension))


def _fit_for_xml(triples: Iterable[ox.Triple]) -> Iterator[ox.Triple]:
    for triple in triples:
        if trouble := rdf.unfit_for_xml(triple):
            raise QueryError(*trouble, kind="not-acceptable")
        yield rdf.for_xml(triple)


def _no_xml(character: str) -> QueryError:
    found = f"a value holds {character}, which XML cannot carry"
    return QueryError("result", found, "Ask for another format: JSON, CSV, TSV", "not-acceptable")


def tabulate(solutions: ox.QuerySolutions, first: int | None) -> Table:
    """Return solutions as values, or the first so many: fewer where they are so long that a page has no room."""
    columns = tuple(variable.value for variable in solutions.variables)
    found: list[tuple[Term | None, ...]] = []
    room = None if first is None else max(MIN_CHARACTERS, CHARACTERS_A_ROW * first)
    for solution in islice(solutions, first):
        row = tuple(as_term(term) for term in solution)
        if room is not None:
            room -= sum(len(term.value) for term in row if term)
            if room < 0:
                return Table(columns, found, True)
        found.append(row)
    return Table(columns, found, first is not None and next(solutions, None) is not None)


def _nodes(role: str, iris: tuple[str, ...] | None) -> list[Any]:
    try:
        return [ox.NamedNode(iri) for iri in iris or ()]
    except ValueError as error:
        raise QueryError(role, f"not an absolute IRI ({error})", "Give the IRI of a graph in full") from error


def _sought(
    seek: Callable[[Sequence[Token], Rows], tuple[str, ...]], tokens: Sequence[Token], ask: Rows
) -> list[str]:
    try:
        return list(seek(tokens, ask))
    except (LodeclaimError, OSError, RuntimeError, ValueError):  # a part may be no query by itself
        return []


def _is_empty(table: Table) -> bool:
    """Return whether a table has no rows, or one of an aggregate over none."""
    return not table.rows or (
        len(table.rows) == 1 and all(term is None or term.value == "0" for term in table.rows[0])
    )


def _written(term: Term | None, namespaces: Mapping[str, str]) -> str:
    if term is None:
        return ""
    if term.kind == "literal":
        datatype = f"^^{named([term.datatype], namespaces)[0]}" if term.datatype else ""
        return json.dumps(term.value, ensure_ascii=False) + (f"@{term.language}" if term.language else datatype)
    return named([term.value], namespaces)[0] if term.kind == "iri" else "a blank node"


def as_ox(term: Term) -> ox.NamedNode | ox.Literal:
    """Return the term as pyoxigraph has it; raise QueryError where it is none."""
    try:
        if term.kind == "iri":
            return ox.NamedNode(term.value)
        datatype = ox.NamedNode(term.datatype) if term.datatype else None
        return ox.Literal(term.value, datatype=datatype, language=term.language)
    except ValueError as error:
        found = f"{term.value!r} is no RDF term ({error})"
        raise QueryError("binding", found, "Give an absolute IRI or a literal") from error


def as_term(term: ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple | None) -> Term | None:
    """Return a term of Oxigraph's as a value of ours, and None for none; raise ValueError for one of RDF 1.2."""
    match term:
        case None:
            return None
        case ox.NamedNode():
            return Term(term.value, "iri")
        case ox.BlankNode():
            return Term(term.value, "blank")
        case ox.Triple():
            raise ValueError("a triple stands for a term, which RDF 1.1 does not know")
    plain = term.language is not None or term.datatype.value == XSD.string
    return Term(term.value, "literal", None if plain else term.datatype.value, term.language)


def _evaluation_error(error: Exception, query: Query) -> LodeclaimError:
    if query.outline.services:
        # The relay's address is nobody's business; what it says of the service comes behind it.
        told = re.sub(r"<?http://127\.0\.0\.1:\d+/[\w-]+\?iri=[^\s>]*>?", "the service", str(error))
        told = told.rpartition("with payload:")[2].strip()
        remedy = "Ask it by itself, or write SERVICE SILENT to go on without it"
        return EngineError("SERVICE", f"it gave no answer ({told[:300]})", remedy, "service-failed")
    if "not supported" in str(error):
        found = f"it asks for what is not there ({error})"
        return QueryError("query", found, "Use the functions of SPARQL 1.1", "query-unsupported")
    if re.search(r"(?<![\w/:])/\w", str(error)):
        # Of a store on disk, and it names files: those are for the operator alone.
        print(f"lodeclaim: the store cannot be read: {error}", file=sys.stderr)
        return EngineError("query", "the data could not be read", "Tell the operator")
    return EngineError("query", f"it could not be evaluated ({error})", "Simplify it, or tell the operator")
