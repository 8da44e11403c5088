"""The command that sets side by side what documents say."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import click

import lodeclaim
from lodeclaim import compare, present, tables
from lodeclaim.command_options import Command, built_graph, extra_option, fail, graph_option, progress
from lodeclaim.compare import Report
from lodeclaim.endpoint.errors import UsageError
from lodeclaim.knowledge import Graph, InvalidSourcesError


@click.command("compare", cls=Command)
@extra_option
@graph_option
@click.argument("words", nargs=-1, metavar="[QUESTION|TOPIC|TEXT]")
@click.option("--why", is_flag=True, help="The chain of rules and claims behind each relation, plan and alarm.")
@click.option("--format", "name", help="text, tsv, csv or json; tsv and csv hold the answers or changes alone.")
@click.option("--json", "as_json", is_flag=True, help="The same as --format json.")
@click.option("--assume", multiple=True, help="Take an assumption (its words, or part of them) as given. Repeatable.")
@click.option(
    "--without", multiple=True, help="What changes without this document, agency, source, utterance or claim."
)
@click.option("--policy", help="What changes under this policy of reading numbers.")
def command(
    extra: tuple[Path, ...],
    graph_file: Path | None,
    words: tuple[str, ...],
    why: bool,
    name: str | None,
    as_json: bool,
    assume: tuple[str, ...],
    without: tuple[str, ...],
    policy: str | None,
) -> None:
    """Show who says what on a Question, how the answers relate, and how many independent origins they have.

    Without an argument: every Question with more than one answer. With --without or --policy only what changes.

    \b
    Examples:
      lodeclaim compare ministerial-country-count --why
      lodeclaim compare China --assume "niche metals"
      lodeclaim compare --without document:unnamed-alliance
      lodeclaim compare project-vault-loan --format csv
    """
    if as_json and name is not None:
        raise UsageError("--json", "given beside --format", "Give one of them")
    format = tables.chosen("json" if as_json else name)
    rows_alone = format.name in ("tsv", "csv")
    if (without or policy is not None) and (why or assume):
        beside = "--why" if why else "--assume"
        raise UsageError(
            beside, "given beside --without or --policy, which show only what changes", "Give one of them"
        )
    if rows_alone and (why or assume):
        beside = "--why" if why else "--assume"
        raise UsageError(
            beside, f"given beside --format {format.name}, which holds answers alone", "Use text or json"
        )
    wanted = " ".join(words) if words else None  # a label needs no quotation marks
    graph = lodeclaim.open(built_graph(extra, graph_file), extra=extra)
    if without or policy is not None:
        try:
            found = graph.changes(wanted, without=without, policy=policy, progress=progress)
        except InvalidSourcesError as error:
            fail(list(error.findings))
        if rows_alone:
            tables.write(present.differences(found), format)
        elif format.name == "json":
            tables.print_json([asdict(change) for change in found])
        else:
            tables.show(present.changes(found))
        return
    assumed = compare.assumptions(graph.store, assume)
    reports = graph.compare(wanted)
    if rows_alone:
        tables.write(present.answers(reports), format)
    elif format.name == "json":
        tables.print_json([_told(graph, report, assumed, why) for report in reports])
    else:
        _show(graph, reports, assumed, why)


def _told(graph: Graph, report: Report, assumed: frozenset[str], why: bool) -> dict[str, object]:
    """Return a report for programs, with whether each relation holds for who shares the assumptions."""
    told = asdict(report)
    for relation, of in zip(told["relations"], report.relations, strict=True):
        relation["holds"] = all(iri in assumed for iri, _ in of.assumptions)
    if why:
        told["why"] = [asdict(graph.why(node)) for node in report.derived]
    return told


def _show(graph: Graph, reports: Sequence[Report], assumed: frozenset[str], why: bool) -> None:
    if not reports:
        click.echo("No Question has more than one answer.")
    for report in reports:
        tables.show(present.report(report, assumed))
        for node in report.derived if why else ():
            click.echo("\n".join(graph.why(node).lines(2)))
        if why and not report.derived:
            click.echo(f"  {present.nothing_to_explain(report)}")
        click.echo()
