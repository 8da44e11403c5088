"""The command that sets side by side what documents say."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import click

import lodeclaim
from lodeclaim import compare, present
from lodeclaim.command_options import built_graph, extra_option, fail, graph_option, progress
from lodeclaim.endpoint.errors import UsageError
from lodeclaim.knowledge import InvalidSourcesError
from lodeclaim.tables import show


@click.command("compare")
@extra_option
@graph_option
@click.argument("words", nargs=-1, metavar="[QUESTION|TOPIC|TEXT]")
@click.option("--why", is_flag=True, help="The chain of rules and claims behind each relation, plan and alarm.")
@click.option("--json", "as_json", is_flag=True, help="JSON instead of text.")
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
    if (without or policy is not None) and (why or assume):
        beside = "--why" if why else "--assume"
        raise UsageError(
            beside, "given beside --without or --policy, which show only what changes", "Give one of them"
        )
    wanted = " ".join(words) if words else None  # a label needs no quotation marks
    graph = lodeclaim.open(built_graph(extra, graph_file), extra=extra)
    if without or policy is not None:
        try:
            found = graph.changes(wanted, without=without, policy=policy, progress=progress)
        except InvalidSourcesError as error:
            fail(list(error.findings))
        click.echo(json.dumps([asdict(c) for c in found], indent=2)) if as_json else show(present.changes(found))
        return
    assumed = compare.assumptions(graph.store, assume)
    reports = graph.compare(wanted)
    if as_json:
        chains = [{"why": [asdict(graph.why(node)) for node in report.derived]} if why else {} for report in reports]
        found_all = [asdict(report) | chain for report, chain in zip(reports, chains, strict=True)]
        click.echo(json.dumps(found_all, ensure_ascii=False, indent=2))
        return
    for report in reports:
        show(present.report(report, assumed))
        for node in report.derived if why else ():
            click.echo("\n".join(graph.why(node).lines(2)))
        if why and not report.derived:
            click.echo(f"  {present.nothing_to_explain(report)}")
        click.echo()
