"""The command that measures text reuse between the documents."""

from __future__ import annotations

from pathlib import Path

import click

from lodeclaim import corpus, evidence, graph, resources, tables, text_reuse
from lodeclaim.command_options import PATH, Command, corpus_option, extra_option
from lodeclaim.endpoint import rdf
from lodeclaim.endpoint.errors import UsageError
from lodeclaim.text_reuse import Span


@click.command("measure", cls=Command, belong="--corpus")
@extra_option
@corpus_option
@click.option("--output", type=PATH, help="Where to write, instead of data/lineage.ttl.")
@click.option("--format", "name", help="text, tsv, csv or json, in which the numbers are printed.")
def command(extra: tuple[Path, ...], corpora: tuple[Path, ...], output: Path | None, name: str | None) -> None:
    """Measure text reuse between the documents and write it to data/lineage.ttl.

    Besides documents, sentences are compared, also those of one document: passages in two sentences that share
    eight words in a row have the same words behind them. Measure again when passages have changed.

    \b
    Examples:
      lodeclaim measure --corpus ../shared/corpus
      lodeclaim measure --corpus ../shared/corpus --format csv
    """
    format = tables.chosen(name)
    if not corpora:
        raise UsageError("measure", "there is no corpus", "Give --corpus a folder with the article texts")
    sources = resources.find(extra)
    store = graph.read(sources.asserted())
    documents = evidence.documents(store)
    texts = corpus.read(*corpora)
    missing = [iri for iri, sha256 in documents.items() if sha256 not in texts]
    if missing:
        raise UsageError(", ".join(missing), "their texts are not in the corpus", "Add the original texts")
    characters = {iri: texts[sha256].characters for iri, sha256 in documents.items()}
    measured = list(corpus.pairs(characters))
    passages: dict[str, set[Span]] = {}
    for item in evidence.read(store):
        if item.claim:
            passages.setdefault(item.document, set()).add(Span(item.passage, item.start, item.end))
    shared = list(text_reuse.runs(characters, {iri: sorted(spans) for iri, spans in passages.items()}))
    target = output or sources.roots[-1] / "data" / "lineage.ttl"
    rdf.write(target, text_reuse.to_turtle(measured, shared).encode())
    if format != tables.TEXT:
        rows = [(one, other, reuse.shared, reuse.longest) for one, other, reuse in measured]
        tables.write(tables.Sheet(("one", "other", "shared", "longest"), rows), format)
        return
    for one, other, reuse in measured:
        click.echo(f"{reuse.shared:5} shared, longest run {reuse.longest:3} words: {one} {other}")
    click.echo(f"{len(shared):5} pairs of sentences with passages share {corpus.SHINGLE} words in a row")
