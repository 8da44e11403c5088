"""The command that loads the graph into another store."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import click
from rich.console import Console
from rich.progress import Progress

from lodeclaim import parts
from lodeclaim.command_options import (
    PATH,
    document_option,
    extra_option,
    graph_option,
    part_named,
    part_option,
    read_graph,
)
from lodeclaim.endpoint import stores
from lodeclaim.endpoint.errors import UsageError
from lodeclaim.endpoint.stores import Credentials
from lodeclaim.namespaces import shorten
from lodeclaim.push.client import Client
from lodeclaim.push.load import Load, Size, loads
from lodeclaim.push.run import Plan, Report, push
from lodeclaim.push.verify import State, StoreContents
from lodeclaim.push.ways import GraphStore, Update, Way

_SIZE = Size()
_MOST = 1_000_000_000
"""Of any number: more seconds the system cannot wait for, and more in one request no store takes."""


@click.command("push")
@extra_option
@graph_option
@part_option
@document_option
@click.argument("url")
@click.option("--gsp-url", "--gsp", help="Its Graph Store Protocol endpoint, if not URL.")
@click.option("--update-url", help="Its SPARQL Update endpoint, if not URL.")
@click.option("--query-url", help="Its SPARQL query endpoint, if not URL.")
@click.option("--by", type=click.Choice(["gsp", "update"]), help="The one way to write; else what the store knows.")
@click.option("--replace", is_flag=True, help="Put each graph in the place of all that it held before.")
@click.option("--dry-run", is_flag=True, help="Say what would be sent, and send nothing.")
@click.option("--auth-file", type=PATH, help="A file with user:password, or Bearer TOKEN.")
@click.option("--timeout", default=60.0, show_default=True, help="Seconds that one request may take.")
@click.option("--chunk-triples", default=_SIZE.triples, show_default=True, help="Triples of one request at most.")
@click.option("--chunk-bytes", default=_SIZE.body_bytes, show_default=True, help="Bytes of one request at most.")
@click.option(
    "--verify",
    type=click.Choice(["triples", "counts"]),
    default="triples",
    show_default=True,
    help="Compare every triple afterwards, or only how many there are.",
)
@click.option("--strict", is_flag=True, help="A literal written otherwise is a fault though its value is the same.")
def command(
    extra: tuple[Path, ...],
    graph_file: Path | None,
    part: str,
    document: str | None,
    url: str,
    gsp_url: str | None,
    update_url: str | None,
    query_url: str | None,
    by: str | None,
    replace: bool,
    dry_run: bool,
    auth_file: Path | None,
    timeout: float,
    chunk_triples: int,
    chunk_bytes: int,
    verify: str,
    strict: bool,
) -> None:
    """Load the graph into the store at URL, by Graph Store Protocol or SPARQL Update, and prove that it is there.

    Pushing again doubles nothing. Afterwards the store is asked for every graph; exit status 1 means that not all is
    as it should be, and the list says what is.

    \b
    Examples:
      lodeclaim push http://localhost:3030/lodeclaim --replace
      lodeclaim push http://localhost:7878/query --gsp-url http://localhost:7878/store --auth-file secret.txt
    """
    for name, number in {
        "--timeout": timeout,
        "--chunk-triples": chunk_triples,
        "--chunk-bytes": chunk_bytes,
    }.items():
        if not 0 < number <= _MOST:
            raise UsageError(name, f"it is not above 0, or above {_MOST:,}", "Give a positive number")
    ways = _ways(url, gsp_url, update_url, by)
    query_at = stores.check_url("--query-url", query_url) if query_url else stores.check_url("URL", url)
    given = Credentials.of(stores.line_of(auth_file, "--auth-file")) if auth_file else None
    quads = read_graph(extra, graph_file)
    plan = Plan(
        loads(parts.select(quads, part_named(part, document, quads))),
        ways,
        replace,
        verify == "triples",
        strict,
        Size(chunk_triples, chunk_bytes),
    )
    if dry_run:
        _show_plan(plan)
        return
    with Client(given, timeout) as client, _progress(plan.loads) as progress:
        report = push(plan, client, StoreContents(client, query_at), progress, _note)
    _show_report(report, query_at)
    if not report.good:
        sys.exit(1)


def _ways(url: str, gsp_url: str | None, update_url: str | None, by: str | None) -> list[Way]:
    """Return the ways to try: the one asked for, else those with an URL of their own, else both at the one URL."""
    gsp = GraphStore(stores.check_url("--gsp-url", gsp_url) if gsp_url else stores.check_url("URL", url))
    update = Update(stores.check_url("--update-url", update_url) if update_url else stores.check_url("URL", url))
    if by is None and (gsp_url is None) != (update_url is None):
        by = "gsp" if gsp_url else "update"
    return [way for key, way in (("gsp", gsp), ("update", update)) if by in (None, key)]


def _note(message: str) -> None:
    click.echo(message, err=True)


@contextmanager
def _progress(sent: Sequence[Load]) -> Iterator[Callable[[str, int], None]]:
    """Show on a terminal how far it is; a pipe stays quiet."""
    terminal = Console(stderr=True)
    with Progress(console=terminal, transient=True, disable=not sys.stderr.isatty()) as bar:
        task = bar.add_task("", total=sum(len(load.triples) for load in sent))

        def advance(graph: str, triples: int) -> None:
            bar.update(task, advance=triples, description=shorten(graph))

        yield advance


def _show_plan(plan: Plan) -> None:
    total = requests = 0
    for load in plan.loads:
        chunks = list(load.chunks(plan.size))
        total, requests = total + len(load.triples), requests + len(chunks)
        size = sum(len(chunk.body) for chunk in chunks)
        click.echo(f"{load.graph.value}  {len(load.triples):,} triples, {size:,} bytes in {len(chunks)} request(s)")
    how = ", else by ".join(f"{way.name} to {way.url}" for way in plan.ways)
    verb = "in the place of what they hold" if plan.replace else "added to what they hold"
    click.echo(
        f"{len(plan.loads)} graphs, {total:,} triples in {requests} requests, {verb}, by {how}. Nothing was sent."
    )


def _show_report(report: Report, store: str) -> None:
    complete = [state for state in report.states if state not in report.faulty]
    if report.good:
        total = sum(state.wanted for state in complete)
        proof = "compared one by one" if all(state.missing is not None for state in complete) else "counted"
        click.echo(f"{store}: {len(complete)} graphs with {total:,} triples are there by {report.way}, {proof}.")
        if others := sum(state.others for state in complete):
            click.echo(f"They hold {others:,} triples more, which are not of this graph. --replace takes them away.")
        for graph_iri in report.left:
            click.echo(f"Besides it holds {graph_iri}, which is not of this graph: DROP GRAPH takes it away.")
    else:
        for state in report.states:
            click.echo(str(state))
            for change in state.changed[:3]:
                click.echo(f"          {change}")
    for message in _trouble(report, store):
        click.echo(f"lodeclaim: {message}", err=True)
    if not report.good:
        click.echo(f"{len(complete)} of {len(report.states)} graphs are complete.", err=True)


def _trouble(report: Report, store: str) -> Iterator[str]:
    """Yield what is to be said of a push besides its list."""
    if report.failure is not None:
        yield str(report.failure)
    if report.interrupted:
        yield "interrupted. Push again: what is there already is not doubled."
    if changed := [state for state in report.states if state.changed]:
        yield (
            f"{store}, graph {changed[0].graph}{_and_more(changed)}: the store changes literals, as shown. Queries "
            "can have other rows there: use its own loader, or a setting that keeps literals."
        )
    if respelt := [state for state in report.states if state.respelt]:
        count = sum(len(state.respelt) for state in respelt)
        yield (
            f"{store}, graph {respelt[0].graph}{_and_more(respelt)}: the store writes {count:,} literals otherwise, "
            f"with the same value. For example {respelt[0].respelt[0]}. Queries that compare values see no "
            "difference; compare values, not text."
        )


def _and_more(states: Sequence[State]) -> str:
    return f" and {len(states) - 1} more" if len(states) > 1 else ""
