"""The command that measures text reuse between the documents."""

from __future__ import annotations

from pathlib import Path

import click

from lodeclaim import corpus, evidence, graph, resources, tables, text_reuse
from lodeclaim.command_options import PATH, Command, corpus_option, extra_option
from lodeclaim.endpoint import rdf
from lodeclaim.endpoint.errors import UsageError


@click.command("measure", cls=Command, belong="--corpus")
@extra_option
@corpus_option
@click.option("--output", type=PATH, help="Where to write, instead of data/lineage.ttl.")
@click.option("--format", "name", help="text, tsv, csv or json, in which the numbers are printed.")
def command(extra: tuple[Path, ...], corpora: tuple[Path, ...], output: Path | None, name: str | None) -> None:
    """Measure text reuse between the documents and write it to data/lineage.ttl.

    \b
    Examples:
      lodeclaim measure --corpus ../shared/corpus
      lodeclaim measure --corpus ../shared/corpus --format csv
    """
    format = tables.chosen(name)
    if not corpora:
        raise UsageError("measure", "there is no corpus", "Give --corpus a folder with the article texts")
    sources = resources.find(extra)
    documents = evidence.documents(graph.read(sources.asserted()))
    texts = corpus.read(*corpora)
    missing = [iri for iri, sha256 in documents.items() if sha256 not in texts]
    if missing:
        raise UsageError(", ".join(missing), "their texts are not in the corpus", "Add the original texts")
    measured = list(corpus.pairs({iri: texts[sha256].characters for iri, sha256 in documents.items()}))
    target = output or sources.roots[-1] / "data" / "lineage.ttl"
    rdf.write(target, text_reuse.to_turtle(measured).encode())
    if format != tables.TEXT:
        rows = [(one, other, reuse.shared, reuse.longest) for one, other, reuse in measured]
        tables.write(tables.Sheet(("one", "other", "shared", "longest"), rows), format)
        return
    for one, other, reuse in measured:
        click.echo(f"{reuse.shared:5} shared, longest run {reuse.longest:3} words: {one} {other}")
