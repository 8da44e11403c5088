"""The command that runs a query."""

from __future__ import annotations

import signal
import time
from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from pathlib import Path

import click

import lodeclaim
from lodeclaim import output, resources, tables
from lodeclaim.command_options import (
    PATH,
    Command,
    built_graph,
    extra_option,
    graph_option,
    pairs,
    path_typed,
    quoted,
    value_of,
    values_of,
)
from lodeclaim.endpoint import rdf
from lodeclaim.endpoint.catalogue import stored
from lodeclaim.endpoint.catalogue.stored import StoredQuery
from lodeclaim.endpoint.catalogue.values import shown
from lodeclaim.endpoint.errors import UsageError
from lodeclaim.endpoint.sparql import formats
from lodeclaim.endpoint.sparql.formats import Format
from lodeclaim.endpoint.sparql.guard import Form
from lodeclaim.namespaces import PREFIXES


class _Query(Command):
    """The command, with what it knows of the parameters of stored queries when something is typed wrongly."""

    def words_meant(self, ctx: click.Context, words: Sequence[str]) -> str:
        """Return how a value is given to the query that is named, or how the text of one is."""
        name, given = str(ctx.params["query"]), tuple(ctx.params["given"])
        known = _files(tuple(ctx.params["extra"]))
        if name in known:
            return _with_values(_stored(name, known), given, words)
        if (joined := "-".join((name, *words)).lower()) in known:
            return f"Did you mean lodeclaim query {joined}?"
        if name.upper() in {*Form, "PREFIX", "BASE"}:
            return "The text of a query stands in quotation marks: lodeclaim query 'SELECT ...'"
        return "A query is one word: its name, its file, or its text in quotation marks"

    def option_meant(self, name: str, typed: Sequence[str]) -> str:
        """Return how a parameter is given, or a format, where the name of an option says one."""
        known = _files(tuple(path_typed(each) for each in values_of("--extra", typed)))
        query = next((word for word in typed if word in known), None)
        meant = name.removeprefix("--")
        if query is not None:
            takes = [parameter.name for parameter in _stored(query, known).parameters]
            near = get_close_matches(meant.replace("-", "_"), takes, 1, 0.75)
            if name.startswith("--") and near:
                value = value_of(name, typed) or "VALUE"
                return f"Write lodeclaim query {query} --param {quoted(f'{near[0]}={value}')}"
        if meant in {"csv", "tsv", "json", "xml", "table"} or name == "-f":
            return f"Write --format {value_of(name, typed) or 'csv' if name == '-f' else meant}"
        if name == "-p":
            return f"Write --param {quoted(value_of(name, typed) or 'NAME=VALUE')}"
        return super().option_meant(name, typed)


def _files(extra: tuple[Path, ...]) -> dict[str, Path]:
    """Return the files of the stored queries by their names."""
    return {source.path.stem: source.path for source in resources.find(extra).files("queries")}


def _stored(name: str, known: Mapping[str, Path]) -> StoredQuery:
    return stored.from_text(name, rdf.read_text(known[name]), PREFIXES)


def _with_values(query: StoredQuery, given: Sequence[str], words: Sequence[str]) -> str:
    """Return how words are given to a stored query as values of its parameters."""
    takes = [parameter.name for parameter in query.parameters]
    if not takes:
        return f"{query.name} takes no parameter: leave {'it' if len(words) == 1 else 'them'} out"
    named = [each for each in given if each in takes]
    if all(word.partition("=")[0] in takes and "=" in word for word in words):
        values = list(words)
    elif len(names := named or takes) == len(words):
        values = [f"{name}={word}" for name, word in zip(names, words, strict=True)]
    else:
        values = [f"{names[0]}={' '.join(words)}"]
    told = " ".join(f"--param {quoted(value)}" for value in values)
    others = f". It takes {', '.join(takes)}" if len(takes) > 1 else ""
    return f"Write lodeclaim query {query.name} {told}{others}"


@click.command("query", cls=_Query)
@extra_option
@graph_option
@click.argument("query")
@click.option("--format", "name", help="table, tsv, csv, json, xml, or an RDF format; else table, and tsv in a pipe.")
@click.option("--param", "given", multiple=True, metavar="NAME=VALUE", help="A parameter of the query. Repeatable.")
def command(
    extra: tuple[Path, ...], graph_file: Path | None, query: str, name: str | None, given: tuple[str, ...]
) -> None:
    """Run a QUERY: a file, the name of one in data/queries, or its text.

    The prefixes of the project, and of modules of your own, need not be declared.

    What a query takes as --param is said in the comment at its head.

    \b
    Examples:
      lodeclaim query china-processing-share
      lodeclaim query mine.rq --format csv
      lodeclaim query graph-counts | cut -f 2
      lodeclaim query answers-to-a-question --param question=question:project-vault-loan
    """
    # The engine goes on until it has an answer, and would take the exception for an unbound value.
    before = signal.signal(signal.SIGINT, signal.SIG_DFL)
    click.get_current_context().call_on_close(lambda: signal.signal(signal.SIGINT, before))
    graph = lodeclaim.open(built_graph(extra, graph_file), extra=extra)
    text = str(PATH.convert(query, None, None)) if query.endswith(".rq") else query
    asked = graph.asked(text, pairs(given))
    chosen = _format(asked.outline.form, name)
    if chosen in tables.FORMATS:
        began = time.monotonic()
        table = graph.engine.select(asked)  # an error goes without hints
        _print(graph.engine.hints(asked, table, time.monotonic() - began))
        tables.write(tables.sheet(table), chosen)
        return
    answer = graph.engine.query(asked, chosen)
    _print(graph.engine.hints(asked))
    output.write(answer.body)


def _format(form: Form, name: str | None) -> Format:
    """Return the format that is asked for, or the usual one; raises UsageError where it does not fit the form."""
    offers: tuple[Format, ...] = (*(tables.FORMATS if form is Form.SELECT else ()), *formats.offered(form))
    wanted = tables.usual() if name is None else name
    if found := formats.named(offers, wanted):
        return found
    if name is None or formats.named([tables.TEXT], wanted):
        return offers[0]  # it has no table, and a person can read this
    is_one = formats.named((*tables.FORMATS, *formats.ALL), wanted) is not None
    said = f"does not fit {form}" if is_one else f"is no format of an answer to {form}"
    remedy = f"Use {formats.titles(offers)}{tables.for_spreadsheets(wanted) if form is Form.SELECT else ''}"
    raise UsageError("--format", f"{shown(wanted)!r} {said}", remedy)


def _print(told: Sequence[str]) -> None:
    for sentence in told:
        click.echo(f"Hint: {sentence}", err=True)
