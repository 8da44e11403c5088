"""The command that sets side by side what documents say."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import click

import lodeclaim
from lodeclaim import compare, present
from lodeclaim.command_options import built_graph, extra_option, fail, graph_option, progress
from lodeclaim.knowledge import InvalidSourcesError
from lodeclaim.tables import show


@click.command("compare")
@extra_option
@graph_option
@click.argument("wanted", required=False, metavar="[QUESTION|TOPIC|TEXT]")
@click.option("--why", is_flag=True, help="Under each relation, the chain of rules and claims behind it.")
@click.option("--json", "as_json", is_flag=True, help="JSON instead of text.")
@click.option("--assume", multiple=True, help="Take an assumption (its words, or part of them) as given. Repeatable.")
@click.option("--without", multiple=True, help="What changes without this document, agency, source or utterance.")
@click.option("--policy", help="What changes under this policy of reading numbers.")
def command(
    extra: tuple[Path, ...],
    graph_file: Path | None,
    wanted: str | None,
    why: bool,
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
    """
    graph = lodeclaim.open(built_graph(extra, graph_file), extra=extra)
    if without or policy:
        try:
            found = graph.changes(wanted, without=without, policy=policy, progress=progress)
        except InvalidSourcesError as error:
            fail(list(error.findings))
        click.echo(json.dumps([asdict(c) for c in found], indent=2)) if as_json else show(present.changes(found))
        return
    assumed = compare.assumptions(graph.store, assume)
    reports = graph.compare(wanted)
    if as_json:
        click.echo(json.dumps([asdict(report) for report in reports], ensure_ascii=False, indent=2))
        return
    for report in reports:
        show(present.report(report, assumed))
        for relation in report.relations if why else ():
            click.echo("\n".join(graph.why(relation.node).lines(2)))
        click.echo()
