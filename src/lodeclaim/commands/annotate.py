"""The command that turns a phrase of a text into a passage."""

from __future__ import annotations

from pathlib import Path

import click

from lodeclaim import corpus, evidence, graph, resources
from lodeclaim.command_options import PATH, extra_option
from lodeclaim.endpoint.errors import UsageError


@click.command("annotate")
@extra_option
@click.argument("text", type=PATH)
@click.argument("phrase", required=False)
@click.option("--key", help="The document's key, where no document describes this text yet.")
def command(extra: tuple[Path, ...], text: Path, phrase: str | None, key: str | None) -> None:
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
