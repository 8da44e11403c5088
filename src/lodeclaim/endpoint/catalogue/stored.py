"""Stored queries: found in the graph that an engine serves, and run with values that are bound as terms.

The catalogue in the graph is all that is offered, so that the queries of a user's own folder are too.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import partial

from lodeclaim.endpoint import shipped
from lodeclaim.endpoint.catalogue import members, parameters, values
from lodeclaim.endpoint.catalogue.parameters import Parameter, Type
from lodeclaim.endpoint.catalogue.values import ParameterError
from lodeclaim.endpoint.engines.engine import Engine, Query, Term
from lodeclaim.endpoint.errors import QueryError
from lodeclaim.endpoint.prefixes import Prefixes, split
from lodeclaim.endpoint.sparql.guard import TextLimits


@dataclass(frozen=True)
class StoredQuery:
    """A query of the catalogue: what it is called, asks and takes."""

    name: str
    """The local name of its IRI."""

    comment: str
    group: str | None
    text: str
    parameters: tuple[Parameter, ...]
    iri: str = field(default="", compare=False)
    """The IRI that describes the query in the graph; empty for one that is not there."""


class UnknownQueryError(QueryError):
    """No stored query has the name that was asked for."""


def from_text(name: str, text: str, prefixes: Prefixes) -> StoredQuery:
    """Return the query in a text that may use the prefixes, with the parameters that its head declares, if any.

    Raises as `parameters.read` does.
    """
    text = text.replace("\r\n", "\n")
    head = parameters.read(text, prefixes)
    return StoredQuery(name, head.comment, head.group, text, head.parameters)


def catalogue(engine: Engine) -> tuple[StoredQuery, ...]:
    """Return all queries that the graph describes, by name."""
    return _described(engine, {})


def find(engine: Engine, name: str) -> StoredQuery:
    """Return the query of that name; raises UnknownQueryError, with the nearest names, where there is none."""
    if re.fullmatch(r"[\w-]+", name, re.ASCII):
        for (iri,) in engine.select(Query(_query("stored_names"))).rows:
            if iri and split(iri.value)[1] == name:
                return _described(engine, {"query": iri})[0]
    known = [query.name for query in catalogue(engine)]
    near = difflib.get_close_matches(name[: values.MAX_CHARACTERS], known, n=3, cutoff=0.4)
    remedy = f"Did you mean {' or '.join(near)}?" if near else "The catalogue lists all that there are"
    raise UnknownQueryError("stored query", f"none is called `{values.shown(name)}`", remedy)


def bind(
    engine: Engine,
    stored: StoredQuery,
    given: Iterable[tuple[str, str]],
    prefixes: Prefixes,
    limits: TextLimits | None = None,
) -> Query:
    """Return the query with the values given, as pairs of a parameter's name and what it is to be.

    Query and values may use the prefixes.

    An empty value is none, for a parameter that may do without. Raises ParameterError where a parameter is unknown,
    missing, repeated, not of its type, or names what is no member of its class; QueryError where the guard refuses
    the query itself.
    """
    known = {parameter.name: parameter for parameter in stored.parameters}
    bindings: dict[str, Term] = {}
    seen: set[str] = set()
    for name, value in given:
        if name not in known:
            raise _unknown(stored, name)
        if name in seen:
            raise ParameterError(
                name, "it is given more than once", f"Give it once: {values.takes(known[name].type, prefixes)}"
            )
        seen.add(name)
        if value or known[name].required or known[name].default is not None:
            bindings[name] = _member(engine, known[name], value, prefixes)
    for parameter in stored.parameters:
        if parameter.required and parameter.name not in bindings:
            raise ParameterError(parameter.name, "it is missing", f"Give {values.takes(parameter.type, prefixes)}")
    text = parameters.replace(stored.text, dict.fromkeys(bindings, ""))
    return Query(text, prefixes=prefixes, bindings=bindings, limits=limits)


def description(iri: str | None = None) -> Query:
    """Return the query for the triples that describe the stored query with an IRI, or all."""
    bindings = {"query": Term(iri, "iri")} if iri else {}
    return Query(_query("stored_description"), bindings=bindings)


def _described(engine: Engine, bindings: dict[str, Term]) -> tuple[StoredQuery, ...]:
    taken: dict[str, list[Parameter]] = {}
    for query, *row in engine.select(Query(_query("stored_parameters"), bindings=bindings)).rows:
        if query:
            taken.setdefault(query.value, []).append(_parameter(row))
    found: dict[str, StoredQuery] = {}
    for query, comment, group, text in engine.select(Query(_query("stored_queries"), bindings=bindings)).rows:
        name = split(query.value)[1] if query else ""
        if query and comment and text and name and name not in found:
            found[name] = StoredQuery(
                name,
                comment.value,
                group.value if group else None,
                text.value,
                tuple(taken.get(query.value, ())),
                query.value,
            )
    return tuple(found.values())


def _parameter(row: Sequence[Term | None]) -> Parameter:
    path, description, optional, datatype, language, of_class, default = row
    return Parameter(
        path.value.rsplit("/", 1)[-1] if path else "",
        Type(*(term.value if term else None for term in (datatype, language, of_class))),
        description.value if description else "",
        optional is not None and optional.value in {"false", "0"},
        default,
    )


def _unknown(stored: StoredQuery, name: str) -> ParameterError:
    known = [parameter.name for parameter in stored.parameters]
    near = difflib.get_close_matches(name, known, n=1)
    meant = f"Did you mean `{near[0]}`? " if near else ""
    takes = f"It takes {', '.join(known)}" if known else "It takes none"
    return ParameterError(name, f"{stored.name} has no such parameter", meant + takes)


def _member(engine: Engine, parameter: Parameter, value: str, prefixes: Prefixes) -> Term:
    """Return the term for a value: that of the member of the parameter's class, if it has one."""
    of_class = parameter.type.of_class
    if of_class is None:
        if parameter.type.datatype is None and values.iri(value, prefixes) is None:
            if len(found := members.find(engine, (), value, prefixes)) > 1:
                meant = " or ".join(prefixes.curie(iri) or iri for iri in found[:5])
                said = f"`{values.shown(value)}` is the name of {len(found)} things"
                raise ParameterError(parameter.name, said, f"Write which: {meant}")
            value = found[0] if found else value
        return values.term(parameter, value, prefixes)
    values.check_length(parameter, value, prefixes)
    what = prefixes.curie(of_class) or of_class
    return Term(
        members.one(engine, [of_class], value, prefixes, what, partial(ParameterError, parameter.name)), "iri"
    )


def _query(name: str) -> str:
    return shipped.text("lodeclaim.endpoint.catalogue", f"{name}.rq")
