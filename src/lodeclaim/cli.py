"""The command line: options in, one call of the library, findings or results out."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from pathlib import Path

import click

from lodeclaim import (
    __version__,
    build,
    compare,
    corpus,
    coverage,
    evidence,
    graph,
    lineage,
    present,
    resources,
    slips,
)
from lodeclaim.console import (
    WRITERS,
    Group,
    built_graph,
    corpus_option,
    extra_option,
    fail,
    graph_option,
    is_fresh,
    pairs,
    policy_iri,
    policy_option,
    progress,
    query_text,
    say,
    show,
    texts_of,
)
from lodeclaim.elsewhere import export, push
from lodeclaim.errors import UsageError
from lodeclaim.query import dataset, formats, stored
from lodeclaim.query.engine import EmbeddedEngine
from lodeclaim.query.guard import Form
from lodeclaim.reasoning import explain, owl
from lodeclaim.serving import serve
from lodeclaim.validation import Finding


@click.group(cls=Group, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="lodeclaim")
def main() -> None:
    """Linked open data made of claims about critical minerals.

    \b
    Example:
      lodeclaim query "SELECT ?gloss WHERE { ?claim lc:gloss ?gloss } LIMIT 5"
    """


@main.command("build")
@extra_option
@policy_option
@click.option("--output", type=click.Path(path_type=Path), help="Where to write the graph.")
@click.option("--data-dir", type=click.Path(path_type=Path), help="Also write a store on disk there, for serve.")
@graph_option
def build_command(
    extra: tuple[Path, ...], policy: str, output: Path | None, data_dir: Path | None, graph_file: Path | None
) -> None:
    """Validate, derive and write the graph.

    Without --output it goes to data/graph/lodeclaim.trig of the project, or of the last --extra folder. With
    --data-dir it becomes a store on disk besides; with --graph that file does, and nothing else is done.

    \b
    Examples:
      lodeclaim build --extra my-claims
      lodeclaim build --data-dir /var/lib/lodeclaim --graph large.nq
    """
    if graph_file is not None:
        if data_dir is None:
            raise UsageError("--graph", "given without --data-dir", "Say where the store is to be with --data-dir")
        say(f"version {dataset.store(data_dir, graph_file)[:12]} in {data_dir}")
        return
    sources = resources.find(extra)
    built = build.derive(sources, progress, policy_iri(policy))
    if built.findings:
        fail(list(built.findings))
    target = output or sources.built_graph
    graph.write(target, graph.to_trig(built.store))
    if data_dir is not None:
        say(f"version {dataset.store(data_dir, target)[:12]} in {data_dir}")
    say(f"{len(built.store):,} triples in {target}, {sum(built.seconds.values()):.1f} s")


@main.command()
@extra_option
@corpus_option
def check(extra: tuple[Path, ...], corpora: tuple[Path, ...]) -> None:
    """Check everything that can be wrong: data, shapes, ontology, passages, the built graph.

    \b
    Example:
      lodeclaim check --corpus ../shared/corpus
    """
    sources = resources.find(extra)
    texts = texts_of(corpora)
    built = build.derive(sources, progress)
    if built.findings:
        fail(list(built.findings))
    findings = build.judge_derived(sources, built.store)
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
    if not sources.built_graph.is_file() or not is_fresh(sources):
        findings.append(
            Finding(
                str(sources.built_graph),
                "stale-graph",
                "is not built from these files",
                "Run lodeclaim build",
            )
        )
    if findings:
        fail(findings)
    click.echo("No findings.")


@main.command()
@extra_option
@corpus_option
@click.option("--output", type=click.Path(path_type=Path), help="Where to write, instead of data/lineage.ttl.")
def measure(extra: tuple[Path, ...], corpora: tuple[Path, ...], output: Path | None) -> None:
    """Measure text reuse between the documents and write it to data/lineage.ttl.

    \b
    Example:
      lodeclaim measure --corpus ../shared/corpus
    """
    if not corpora:
        raise UsageError("measure", "there is no corpus", "Give --corpus a folder with the article texts")
    sources = resources.find(extra)
    documents = evidence.documents(graph.read(sources.asserted()))
    texts = texts_of(corpora)
    missing = [iri for iri, sha256 in documents.items() if sha256 not in texts]
    if missing:
        raise UsageError(", ".join(missing), "their texts are not in the corpus", "Add the original texts")
    measured = list(corpus.pairs({iri: texts[sha256].characters for iri, sha256 in documents.items()}))
    target = output or sources.roots[-1] / "data" / "lineage.ttl"
    graph.write(target, lineage.to_turtle(measured).encode())
    for one, other, reuse in measured:
        click.echo(f"{reuse.shared:5} shared, longest run {reuse.longest:3} words: {one} {other}")


@main.command()
@extra_option
@click.argument("text", type=click.Path(path_type=Path))
@click.argument("phrase", required=False)
@click.option("--key", help="The document's key, where no document describes this text yet.")
def annotate(extra: tuple[Path, ...], text: Path, phrase: str | None, key: str | None) -> None:
    """Print the passage for a PHRASE in a TEXT file; without one, the skeleton of a document file.

    \b
    Examples:
      lodeclaim annotate article.txt "about 60%"
      lodeclaim annotate article.txt --key news18-ministerial > my-claims/data/documents/news18-ministerial.ttl
    """
    if not text.is_file():
        raise UsageError(str(text), "is no file", "Give the path of an article's text")
    article = corpus.read_file(text)
    key = key or evidence.key_of(article, graph.read(resources.find(extra).asserted()))
    if key is None:
        raise UsageError(str(text), "no document describes it yet", "Choose a key for it with --key")
    evidence.check_key(key)
    if phrase is None:
        click.echo(evidence.skeleton(key, article), nl=False)
        return
    found = corpus.occurrences(article.characters, phrase)
    if not found:
        raise UsageError(str(text), f"{phrase!r} is not in it", "Copy the words from the text")
    for number, (start, end) in enumerate(found, 1):
        click.echo(f"# occurrence {number} of {len(found)}: characters {start} to {end}")
        for words in corpus.quoted(article.passage(start, end)):
            click.echo(f"# lc:wordsDigest of the words in quotation marks: {corpus.words_digest(words)}")
        for warning in evidence.warnings(article, start, end):
            click.echo(f"# {warning}")
        click.echo(evidence.turtle_for(key, article, start, end))


@main.command()
@extra_option
@graph_option
@click.argument("query")
@click.option("--format", "name", default="table", show_default=True, help="table, csv, json, or an RDF format.")
@click.option("--param", "given", multiple=True, metavar="NAME=VALUE", help="A parameter of the query. Repeatable.")
def query(extra: tuple[Path, ...], graph_file: Path | None, query: str, name: str, given: tuple[str, ...]) -> None:
    """Run a QUERY: a file, the name of one in data/queries, or its text; the project's prefixes are known.

    What a query takes as --param is said in the comment at its head.

    \b
    Examples:
      lodeclaim query china-processing-share
      lodeclaim query mine.rq --format csv
      lodeclaim query answers-to-a-question --param question=question:project-vault-loan
    """
    engine = EmbeddedEngine.from_file(built_graph(extra, graph_file))
    stored_query = stored.from_text("the query", query_text(query, resources.find(extra)))
    asked = stored.bind(engine, stored_query, pairs(given))
    if asked.outline.form is Form.SELECT and name in WRITERS:
        WRITERS[name](engine.select(asked))
        return
    offers = {offer.name: offer for offer in formats.offered(asked.outline.form)}
    chosen = offers.get(name) or (next(iter(offers.values())) if name == "table" else None)
    if chosen is None:
        raise UsageError("--format", f"{name!r} does not fit {asked.outline.form}", f"Use {', '.join(offers)}")
    for part in engine.query(asked, chosen).body:
        sys.stdout.buffer.write(part)


@main.command("compare")
@extra_option
@graph_option
@click.argument("wanted", required=False, metavar="[QUESTION|TOPIC|TEXT]")
@click.option("--why", is_flag=True, help="Under each relation, the chain of rules and claims behind it.")
@click.option("--json", "as_json", is_flag=True, help="JSON instead of text.")
@click.option("--assume", multiple=True, help="Take an assumption (its words, or part of them) as given. Repeatable.")
@click.option("--without", multiple=True, help="What changes without this document, agency, source or utterance.")
@click.option("--policy", help="What changes under this policy of reading numbers.")
def compare_command(
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
    store = graph.load(built_graph(extra, graph_file))
    questions = compare.find(store, wanted)
    if without or policy:
        claims = frozenset().union(*(compare.withdrawn(store, compare.iri(source)) for source in without))
        chosen = policy_iri(policy) if policy else build.DEFAULT_POLICY
        after = build.derive(resources.find(extra), progress, chosen, claims)
        if after.findings:
            fail(list(after.findings))
        kept = None if wanted is None else tuple(questions)
        found = [c for c in compare.difference(store, after.store) if kept is None or c.node.startswith(kept)]
        click.echo(json.dumps([asdict(c) for c in found], indent=2)) if as_json else show(present.changes(found))
        return
    assumed = compare.assumptions(store, assume)
    reports = [compare.report(store, question) for question in questions]
    if as_json:
        click.echo(json.dumps([report.as_json() for report in reports], ensure_ascii=False, indent=2))
        return
    for report in reports:
        show(present.report(report, assumed))
        for relation in report.relations if why else ():
            click.echo("\n".join(explain.why(store, relation.node).lines(2)))
        click.echo()


main.add_command(export)
main.add_command(push)
main.add_command(serve)
