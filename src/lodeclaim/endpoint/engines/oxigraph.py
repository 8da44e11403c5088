"""Asks an Oxigraph store in memory or on disk, as SPARQL 1.1 has it: the one place where a query meets the engine."""

from __future__ import annotations

import os
import re
import sys
import textwrap
from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import Any, cast

import pyoxigraph as ox

from lodeclaim.endpoint.engines.departures import rewritten
from lodeclaim.endpoint.engines.departures.rewriting import Rewriting, origin
from lodeclaim.endpoint.errors import QueryError, SourceError
from lodeclaim.endpoint.sparql.guard import Outline, check_source
from lodeclaim.endpoint.sparql.slips import slip
from lodeclaim.endpoint.sparql.slips.stopped import spread, stopped
from lodeclaim.endpoint.sparql.tokens import Position, QueryTextError, offset_of, position_at
from lodeclaim.endpoint.vocabularies import XSD

NO_MEMORY = b"memory allocation of"
"""What Rust says before it ends a process that gets no memory; at any other fault it says something else."""

Result = ox.QuerySolutions | ox.QueryBoolean | Iterable[ox.Triple]
"""What an engine gets before it is written down: solutions, a truth value, or triples."""


def ask(
    store: ox.Store,
    text: str,
    outline: Outline,
    prefixes: Mapping[str, str] = MappingProxyType({}),
    relay: str | None = None,
    **options: Any,  # noqa: ANN401 - those of pyoxigraph
) -> Result:
    """Return what a store answers to a query with this outline; services are asked through the relay.

    `prefixes` need no declaration. Raises QueryError, with the place in the text, for one that is malformed.
    """
    bound = {name.value: not _has_value(term) for name, term in (options.get("substitutions") or {}).items()}
    rewriting = rewritten(text, outline.tokens, prefixes, outline.services, relay or "", bound)
    try:
        found = store.query(
            rewriting.text,
            prefixes=dict(prefixes) or None,
            custom_functions={name: _ending(called) for name, called in rewriting.functions.items()} or None,
            custom_aggregate_functions={name: _guarded(made) for name, made in rewriting.aggregates.items()} or None,
            **options,
        )
    except SyntaxError as error:
        told = slip(outline.tokens) or _stopped(str(error), outline, prefixes)
        raise told or syntax_error(str(error), rewriting, text) from error
    return cast(Result, found)


def _stopped(message: str, outline: Outline, prefixes: Mapping[str, str]) -> QueryError | None:
    """Return the error for the token where the parser stops; None where it says more than that."""
    if any(cause in message for cause in _CAUSES) or outline.services:
        return None
    text, first = spread(outline.tokens)
    try:
        ox.Store().query(text, prefixes=dict(prefixes) or None)
    except SyntaxError as error:
        if any(cause in str(error) for cause in _CAUSES):
            raise syntax_error(str(error).partition(": ")[2]) from error
        if place := re.search(r"error at (\d+):", str(error)):
            line = int(place[1])
            return stopped(outline.tokens, first[line - 1] if line <= len(first) else len(outline.tokens))
    except (ValueError, RuntimeError):
        pass
    return None


def _has_value(term: object) -> bool:
    """Return whether a term stands for a value that another one may stand for: IRIs and strings do not."""
    return isinstance(term, ox.Literal) and term.language is None and term.datatype.value != XSD.string


_CAUSES = {
    "Prefix not found": "Declare the prefix with a PREFIX line",
    "The SELECT contains a variable that is unbound": "Add the variable to GROUP BY, or aggregate it",
    "Duplicated variable name in SELECT": "Give each column a name of its own",
}


def _ending(function: Callable[..., Any]) -> Callable[..., Any]:
    """Return a function that ends the process where no memory is left.

    The engine takes every error of a function for an unbound value, and would go on to a wrong answer.
    """

    def call(*terms: Any) -> Any:  # noqa: ANN401 - what the engine hands over
        try:
            return function(*terms)
        except MemoryError:
            os.write(sys.stderr.fileno(), NO_MEMORY + b" a value failed\n")
            os.abort()

    return call


class _Guarded:
    """An aggregate whose steps end the process as `_ending` has it."""

    def __init__(self, made: Any) -> None:  # noqa: ANN401 - an accumulator
        self.accumulate = _ending(made.accumulate)
        self.finish = _ending(made.finish)


def _guarded(make: Callable[[], Any]) -> Callable[[], _Guarded]:
    return lambda: _Guarded(make())


def ask_source(store: ox.Store, text: str, where: str) -> Result:
    """Return what all graphs of a store answer to a query among the sources; raise SourceError as `check_source`."""
    outline = check_source(text, where)
    try:
        return ask(store, text, outline, use_default_graph_as_union=True)
    except QueryError as error:
        raise SourceError(f"{where}, {error.where}", error.found, f"Correct the query: {error.remedy}") from error


def syntax_error(message: str, rewriting: Rewriting | None = None, text: str = "") -> QueryError:
    """Return the error for what Oxigraph's parser says of a text; the place is that in the one before rewriting."""
    expected = textwrap.shorten(message.partition(": ")[2], 160)
    unknown = f"no way to go on from here ({expected})"
    cause = next((cause for cause in _CAUSES if cause in message), unknown)
    remedy = _CAUSES.get(cause, "Check the query up to this place")
    place = re.search(r"error at (\d+):(\d+)", message)
    if place is None:
        return QueryError("query", cause, remedy)
    position = Position(int(place[1]), int(place[2]))
    if rewriting is not None and rewriting.edits:
        position = position_at(text, origin(rewriting.edits, offset_of(rewriting.text, position)))
    return QueryTextError(position, cause, remedy)
