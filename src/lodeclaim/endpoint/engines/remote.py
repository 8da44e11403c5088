"""Any SPARQL 1.1 store as an engine: queries go out by the protocol, and what comes back is read and written anew.

Results are asked for in one format, parsed as they stream in, and written in the format that the client wants. So a
store that offers fewer formats, lies about them, or breaks off in the middle cannot pass for one that has answered.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from io import BytesIO
from typing import IO, cast

import pyoxigraph as ox

from lodeclaim.endpoint.engines.binding import with_values
from lodeclaim.endpoint.engines.engine import (
    Answer,
    Preview,
    Query,
    QueryRequest,
    Table,
    called,
    check_format,
    check_select,
    preview,
    serialize,
    tabulate,
)
from lodeclaim.endpoint.engines.fulltext import Hits
from lodeclaim.endpoint.engines.names import Names
from lodeclaim.endpoint.engines.oxigraph import Result
from lodeclaim.endpoint.engines.upstream import Body, RemoteStore, Upstream, failure
from lodeclaim.endpoint.errors import QueryError
from lodeclaim.endpoint.sparql.formats import Format
from lodeclaim.endpoint.sparql.guard import Form, Outline
from lodeclaim.endpoint.sparql.structure import columns, declared, used
from lodeclaim.endpoint.stores import RESULTS, plain

_GRAPHS = {
    "application/n-triples": ox.RdfFormat.N_TRIPLES,
    "text/plain": ox.RdfFormat.N_TRIPLES,
    "text/turtle": ox.RdfFormat.TURTLE,
    "application/x-turtle": ox.RdfFormat.TURTLE,
}
_ASKED = "__ASK_RETVAL"
"""The one column of what Virtuoso up to 7.2.5 answers to ASK: a row with 1, or none."""

_ACCEPT_RESULTS = "application/sparql-results+json, application/sparql-results+xml;q=0.5"
_ACCEPT_GRAPHS = "application/n-triples, text/turtle;q=0.5"


class RemoteEngine:
    """Asks a store over HTTP. See `Engine`; how long it takes is for the caller to bound."""

    def __init__(self, store: RemoteStore, names: Names | None = None) -> None:
        self.names = names or Names()
        self._upstream = Upstream(store)

    def close(self) -> None:
        """Close the connections."""
        self._upstream.close()

    def through(self, relay: str | None, base: str | None) -> RemoteEngine:
        """Return this engine, which leaves services to its store; the base is for data without one."""
        self.names = replace(self.names, base=self.names.base or base)
        return self

    def query(self, query: Query, format: Format) -> Answer:
        """See `Engine.query`."""
        body = BytesIO()
        self.write(query, format, body.write)
        return Answer(format.content_type, (body.getvalue(),))

    def write(
        self, query: Query, format: Format, write: Callable[[bytes], object], max_rows: int | None = None
    ) -> None:
        """See `EmbeddedEngine.write`."""
        check_format(query, format)
        with self._answered(query) as (result, body):
            serialize(result, format, write, max_rows, self.names.prefixes)
            body.finish()

    def select(self, query: Query, first: int | None = None) -> Table:
        """See `Engine.select`."""
        check_select(query)
        with self._answered(query) as (result, body):
            table = tabulate(cast(ox.QuerySolutions, result), first)
            if not table.more:
                body.finish()
            return table

    def preview(self, request: QueryRequest, first: int) -> Preview:
        """See `Engine.preview`."""
        return preview(self, request, first, self.names, self.hints)

    def search(self, words: str, first: int) -> Hits:
        """See `Engine.search`; another's data has no index here, so that labels alone are searched."""
        return called(self, words, first)

    def hints(self, query: Query, table: Table | None = None, seconds: float = 0.0) -> tuple[str, ...]:
        """Return the sentences that go beside an answer; another's store is asked nothing more for them."""
        return self.names.hints(query.outline.tokens)

    @contextmanager
    def _answered(self, query: Query) -> Iterator[tuple[Result, Body]]:
        """Give the result of a query as it is read, and the body that holds it; raises as `Upstream.asked`."""
        form = query.outline.form
        read, accept = (
            (_solutions, _ACCEPT_RESULTS) if form in {Form.SELECT, Form.ASK} else (_triples, _ACCEPT_GRAPHS)
        )
        with self._upstream.asked(_parameters(query, self.names.base), accept) as body:
            yield read(body, query.outline, self.names.base), body


def _solutions(body: Body, outline: Outline, base: str | None) -> ox.QuerySolutions | ox.QueryBoolean:
    result = ox.parse_query_results(_file(body), format=RESULTS[_media_type(body, RESULTS)])
    if isinstance(result, ox.QuerySolutions) and [column.value for column in result.variables] == [_ASKED]:
        result = _truth(result)
    if isinstance(result, ox.QueryBoolean) is not (outline.form is Form.ASK):
        raise failure(f"it does not answer as {outline.form} asks")
    if isinstance(result, ox.QuerySolutions) and (named := columns(outline.tokens)):
        found = [variable.value for variable in result.variables]
        if found != named:
            raise failure(
                f"it gives the columns {', '.join(found)[:200]}, and {', '.join(named)[:200]} were asked for"
            )
    return result


def _truth(solutions: ox.QuerySolutions) -> ox.QuerySolutions | ox.QueryBoolean:
    truth = any(isinstance(found := row[0], ox.Literal) and found.value == "1" for row in solutions)
    return ox.parse_query_results(json.dumps({"head": {}, "boolean": truth}), format=ox.QueryResultsFormat.JSON)


def _triples(body: Body, outline: Outline, base: str | None) -> Result:
    format = _GRAPHS[_media_type(body, _GRAPHS)]
    # Triples have no end of their own: where the transfer has none either, half of them would look like all.
    if not body.has_end:
        raise failure("it sends triples without saying where they end")
    return (quad.triple for quad in ox.parse(_file(body), format=format, base_iri=base))


def _media_type(body: Body, known: Iterable[str]) -> str:
    if body.media_type not in known:
        raise failure(f"it answers in {plain(body.media_type) or 'no format'}, and not in any of {', '.join(known)}")
    return body.media_type


def _file(body: Body) -> IO[bytes]:
    return cast(IO[bytes], body)


def _parameters(query: Query, base: str | None) -> dict[str, list[str]]:
    explicit = query.default_graphs is not None or query.named_graphs is not None
    if not query.union_default_graph and not explicit and not query.outline.has_dataset:
        remedy = "Name the graphs with default-graph-uri and named-graph-uri"
        raise QueryError("parameter `union-default-graph`", "the store behind this endpoint decides about it", remedy)
    found = {"query": [_prologue(query, base) + with_values(query)]}
    if query.default_graphs:
        found["default-graph-uri"] = list(query.default_graphs)
    if query.named_graphs:
        found["named-graph-uri"] = list(query.named_graphs)
    return found


def _prologue(query: Query, base: str | None) -> str:
    """Return the BASE and the prefixes that a query needs and does not declare: some stores take none twice."""
    tokens = query.outline.tokens
    is_told = tokens[0].word == "BASE" and ":" in tokens[1].text
    line = "" if base is None or is_told else f"BASE <{base}> "
    known = query.prefixes
    needed = sorted(set(used(tokens)) & known.keys() - declared(tokens).keys())
    return line + "".join(f"PREFIX {name}: <{known[name]}> " for name in needed)
