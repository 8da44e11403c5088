"""The command that finds phrases in a text, for the claims that stand there."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from lodeclaim import corpus, evidence, graph, resources
from lodeclaim.command_options import PATH, Command, extra_option, path_typed, quoted
from lodeclaim.corpus import Text
from lodeclaim.endpoint import rdf
from lodeclaim.endpoint.catalogue.values import shown
from lodeclaim.endpoint.errors import UsageError


@click.command("annotate", cls=Command)
@extra_option
@click.argument("text", type=PATH)
@click.argument("phrases", nargs=-1, metavar="[PHRASE]...")
@click.option("--phrases", "listed", type=PATH, help="A file with more of them, one a line; - is standard input.")
@click.option("--occurrence", type=click.IntRange(min=1), help="Only this one of the places where a phrase stands.")
@click.option("--key", help="The key of the new document.")
def command(
    extra: tuple[Path, ...],
    text: Path,
    phrases: tuple[str, ...],
    listed: Path | None,
    occurrence: int | None,
    key: str | None,
) -> None:
    """Print where each PHRASE stands in a TEXT file, as a line for its claim; without one, a new document file.

    A phrase that stands there more than once is printed with every place; phrase#2 is the second alone. The new file
    is a skeleton that says FILL IN where you have to.

    \b
    Examples:
      lodeclaim annotate article.txt "about 60%" "54 countries#2"
      lodeclaim annotate article.txt --phrases phrases.txt
      lodeclaim annotate article.txt --key news18-ministerial > my-claims/data/documents/news18-ministerial.ttl
    """
    if not text.is_file() and (file := next((each for each in phrases if _is_file(each)), None)) is not None:
        words = [each for each in (str(text), *phrases) if each != file]
        remedy = f"The text comes first: lodeclaim annotate {quoted(file)} {' '.join(map(quoted, words))}"
        raise UsageError(repr(shown(str(text))), f"is no file, and {shown(file)} is one", remedy)
    if not text.is_file():
        raise UsageError(str(text), "is no file", "Give the path of an article's text")
    article = corpus.read_file(text)
    wanted = [*phrases, *([] if listed is None else _lines(listed))]
    is_skeleton = not phrases and listed is None
    if is_skeleton or key is not None:
        key = evidence.key_for(article, graph.read(resources.find(extra).files("documents")), key)
    if is_skeleton:
        click.echo(evidence.skeleton(str(key), article), nl=False)
        return
    if occurrence is not None and len(wanted) != 1:
        raise UsageError("--occurrence", f"given for {len(wanted)} phrases", "Write phrase#2 for each that needs it")
    places = evidence.places(article, wanted, occurrence)
    for place in places:
        _show(article, place, len(wanted) > 1)


def _is_file(word: str) -> bool:
    try:
        return path_typed(word).is_file()
    except (OSError, ValueError):  # a name that no file can have
        return False


def _lines(listed: Path) -> list[str]:
    """Return the phrases in a file or in standard input, one a line."""
    if listed == Path("-"):
        if sys.stdin is None:
            raise UsageError("standard input", "it is closed", "Leave it open, or give --phrases a file")
        content = sys.stdin.buffer.read().decode("utf-8", errors="replace")
    elif listed.is_file():
        content = rdf.read_text(listed)
    else:
        raise UsageError(
            str(listed), "is no file", "Give --phrases a file with one phrase a line, or - for standard input"
        )
    if not (found := [line.strip() for line in content.splitlines() if line.strip()]):
        where = "standard input" if listed == Path("-") else str(listed)
        raise UsageError(where, "no phrase is in it", "Write one a line, or leave --phrases out for a skeleton")
    return found


def _show(article: Text, place: evidence.Place, named: bool) -> None:
    phrase = f" of {place.phrase!r}" if named else ""
    click.echo(f"# occurrence {place.number} of {place.total}{phrase}: characters {place.start} to {place.end}")
    for words in corpus.quoted(article.passage(place.start, place.end)):
        click.echo(f"# lc:wordsDigest of the words in quotation marks: {corpus.words_digest(words)}")
    for warning in evidence.warnings(article, place.start, place.end):
        click.echo(f"# {warning}")
    click.echo(evidence.span(article, place.start, place.end), nl=False)
