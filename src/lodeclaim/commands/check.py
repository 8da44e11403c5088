"""The command that checks everything that can be wrong."""

from __future__ import annotations

from pathlib import Path

import click

from lodeclaim import build, corpus, coverage, evidence, graph, hosted, resources, slips, validation
from lodeclaim.command_options import Command, corpus_option, extra_option, fail, progress
from lodeclaim.findings import Finding
from lodeclaim.reasoning import owl


@click.command("check", cls=Command, belong="--corpus")
@extra_option
@corpus_option
def command(extra: tuple[Path, ...], corpora: tuple[Path, ...]) -> None:
    """Check everything that can be wrong: data, shapes, ontology, passages, the built graph.

    \b
    Example:
      lodeclaim check --corpus ../shared/corpus
    """
    sources = resources.find(extra)
    texts = corpus.read(*corpora)
    built = build.build(sources, progress)
    if built.findings:
        fail(list(built.findings))
    findings: list[Finding] = [*hosted.check(sources, built.store), *validation.unwritable(built.store)]
    try:
        verdict = owl.consistency(owl.view(built.store))
        findings += owl.findings(verdict)
        click.echo(f"ontology: {verdict.classes} classes, consistent: {'yes' if verdict.consistent else 'no'}")
    except owl.JavaMissingError as error:
        click.echo(f"not checked: {error}")
    passages = evidence.read(built.store)
    findings += slips.check(built.store, texts)
    if texts:
        # Who extends the project need not have its articles, which are not handed on.
        away = evidence.not_at_hand(graph.read(resources.find().files("documents")), texts) if extra else set()
        proved = [p for p in passages if p.document not in away]
        findings += [*evidence.prove(proved, texts), *coverage.check(built.store, proved, texts)]
        click.echo(f"passages: {len({p.passage for p in proved})} read again in {len(texts)} texts")
        if away:
            click.echo(f"not checked: the passages of {len(away)} documents of the project, whose texts are not here")
    else:
        click.echo(f"not checked: {len({p.passage for p in passages})} passages, for want of --corpus")
    if not sources.is_fresh:
        findings.append(
            Finding(
                str(sources.built_graph),
                "stale-graph",
                "is not built from these files",
                sources.rebuild,
            )
        )
    if findings:
        fail(findings)
    click.echo("No findings.")
