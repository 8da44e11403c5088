"""What the commands share: options, progress, findings and their exit status."""

from __future__ import annotations

import os
import shlex
import sys
from collections.abc import Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Any, NoReturn

import click
import pyoxigraph as ox

from lodeclaim import graph, naming, parts, resources
from lodeclaim.endpoint import rdf
from lodeclaim.endpoint.catalogue.values import MAX_PATH, shown
from lodeclaim.endpoint.errors import SourceError, UsageError
from lodeclaim.endpoint.sparql import formats
from lodeclaim.findings import Finding
from lodeclaim.namespaces import DEFAULT_POLICY, LC
from lodeclaim.resources import Resources


class _Path(click.Path):
    """A path that the system can be asked about: a name that no file can have is wrong use."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:  # noqa: ANN401
        value = path_typed(os.fspath(value))
        try:
            value.stat()
        except (FileNotFoundError, NotADirectoryError):
            pass  # the command says so, or makes it
        except (OSError, ValueError) as error:
            reason = (error.strerror if isinstance(error, OSError) else None) or str(error)
            self.fail(f"{shown(os.fspath(value), MAX_PATH)!r}: {reason}", param, ctx)
        return super().convert(value, param, ctx)


def path_typed(value: str) -> Path:
    """Return the path that an argument is, as the system writes it: arguments are UTF-8 in every locale."""
    return Path(os.fsdecode(value.encode("utf-8", "surrogateescape")))


PATH = _Path(path_type=Path)

_DEFAULT_KEY = DEFAULT_POLICY.rsplit("/", 1)[-1]

extra_option = click.option(
    "--extra",
    multiple=True,
    type=PATH,
    help="A folder of your own, laid out like the project's (ontology/, shapes/, data/). Repeatable.",
)
corpus_option = click.option(
    "--corpus",
    "corpora",
    multiple=True,
    envvar="LODECLAIM_CORPUS",
    type=PATH,
    help="A folder with the article texts (or set LODECLAIM_CORPUS). Repeatable.",
)
policy_option = click.option(
    "--policy",
    default=_DEFAULT_KEY,
    show_default=True,
    help="The policy that reads bounds into printed numbers (data/vocabulary/policies.ttl).",
)
graph_option = click.option(
    "--graph",
    "graph_file",
    type=PATH,
    help="A built graph (TriG, or N-Quads named .nq) instead of the project's, or of the last --extra folder's.",
)


part_option = click.option(
    "--part",
    type=click.Choice(["all", "asserted", "ontology"]),
    default="all",
    show_default=True,
    help="asserted: what people wrote, without all that follows; ontology: one document that imports nothing.",
)
document_option = click.option("--document", help="Only what this document says: its own named graph.")


_PRINTS = "lodeclaim {name} prints what it finds: write {option}> {file} at the end"


class Command(click.Command):
    """A command that says what may be meant by words that it does not take, and by an option that there is not."""

    def __init__(self, *arguments: Any, belong: str = "", **named: Any) -> None:  # noqa: ANN401 - click's own
        """`belong` is the option that words are meant for."""
        super().__init__(*arguments, **named)
        self._belong = belong

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Read what is typed; raises what click does, with what to write where that is known."""
        typed = tuple(args)
        ctx.allow_extra_args = True
        try:
            words = super().parse_args(ctx, args)
        except click.NoSuchOption as error:
            if told := self.option_meant(error.option_name, typed):
                raise click.UsageError(f"No such option {shown(error.option_name)!r}. {told}", ctx) from None
            raise
        if words and not ctx.resilient_parsing:
            many = "arguments" if len(words) > 1 else "argument"
            found = f"Got unexpected extra {many} ({shown(' '.join(words))})."
            ctx.fail(f"{found} {self.words_meant(ctx, words)}".strip())
        return words

    def words_meant(self, ctx: click.Context, words: Sequence[str]) -> str:
        """Return as a sentence what words may be meant for that the command does not take; empty where unknown."""
        return f"Write lodeclaim {self.name} {self._belong} {quoted(words[0])}" if self._belong else ""

    def option_meant(self, name: str, typed: Sequence[str]) -> str:
        """Return as a sentence what to write for an option that there is not; empty where that is unknown."""
        options = {option for each in self.params for option in each.opts}
        is_output = name == "-o" or bool(get_close_matches(name, ["--output", "--out", "--file"], 1, 0.8))
        if "--output" in options or not is_output:
            return ""
        file = value_of(name, typed) or "FILE"
        ending = file.rpartition(".")[2].lower() if "." in file else ""
        known = {offer.extension for offer in formats.GRAPHS} | {"tsv", "json", "xml"}
        if ending in {"xls", "xlsx", "ods"}:
            file = f"{file.rpartition('.')[0]}.csv"
        option = f"--format {ending if ending in known else 'csv'} " if "--format" in options else ""
        return _PRINTS.format(name=self.name, option=option, file=quoted(file))


def values_of(option: str, typed: Sequence[str]) -> list[str]:
    """Return what stands behind an option, or behind its `=`, each time that it is typed."""
    found = []
    for at, word in enumerate(typed):
        if word.startswith(f"{option}="):
            found.append(word.partition("=")[2])
        elif word == option and at + 1 < len(typed):
            found.append(typed[at + 1])
    return found


def value_of(option: str, typed: Sequence[str]) -> str:
    """Return what stands behind an option where it is typed first; empty where nothing does."""
    return next(iter(values_of(option, typed)), "")


def quoted(word: str) -> str:
    """Return a word as a shell takes it, cut where it is long."""
    return shlex.quote(shown(word))


def policy_iri(sources: Resources, written: str) -> str:
    """Return the IRI of a policy of the sources, by its name; raises UsageError where it is unknown or ambiguous."""
    if written in (DEFAULT_POLICY, _DEFAULT_KEY):
        return DEFAULT_POLICY
    return naming.one(graph.read(sources.asserted()), [LC.Policy], written, "policy", "--policy")


def say(message: str) -> None:
    """Report progress to a person; a pipe stays quiet."""
    if sys.stderr.isatty():
        click.echo(message, err=True)


def progress(message: str, seconds: float) -> None:
    """Report a step that has ended, with the time it took."""
    say(f"{seconds:6.2f} s  {message}")


def fail(findings: list[Finding]) -> NoReturn:
    """Print the findings and end with status 1."""
    for finding in findings:
        click.echo(str(finding), err=True)
    click.echo(f"{len(findings)} finding(s).", err=True)
    sys.exit(1)


def built_graph(extra: tuple[Path, ...], chosen: Path | None, may_be_empty: bool = False) -> Path:
    """Return the graph file to read, warning where the files it was built from have changed since.

    Raises as `Resources.graph_file` does, and SourceError where the file holds nothing that could be asked.
    """
    sources = resources.find(extra)
    if chosen is None and sources.built_graph.is_file() and not sources.is_fresh:
        click.echo(f"lodeclaim: {sources.stale}", err=True)
    file = sources.graph_file(chosen)
    if not may_be_empty and rdf.is_empty(file):
        remedy = sources.remedy(file) or "Give the file of a graph that has been built"
        raise SourceError(str(file), "it holds no statement", remedy)
    return file


def read_graph(extra: tuple[Path, ...], chosen: Path | None, may_be_empty: bool = False) -> list[ox.Quad]:
    """Return the quads of the graph file to read; raises as `built_graph`, and where the file is broken."""
    file = built_graph(extra, chosen, may_be_empty)
    return rdf.read_quads(file, resources.find(extra).remedy(file))


def check_fork(command: str) -> None:
    """Raise UsageError on a system where the processes that answer queries cannot be made."""
    if not hasattr(os, "fork"):
        found = "this system has no fork, which the processes that answer queries are made with"
        raise UsageError(command, found, "Run it in WSL, in a container or on Linux. The other commands work")


def pairs(given: tuple[str, ...]) -> list[tuple[str, str]]:
    """Return the values of --param as names and values; raises UsageError for one without `=`."""
    parted = [text.partition("=") for text in given]
    for name, equals, _ in parted:
        if not equals:
            raise UsageError("--param", f"{shown(name)!r} names no value", "Write NAME=VALUE")
    return [(name, value) for name, _, value in parted]


def part_named(part: str, document: str | None, quads: Sequence[ox.Quad]) -> str:
    """Return the name of the part of a graph that --part and --document choose.

    Raises UsageError where they choose two, where the document is unknown or ambiguous, and where there is no such
    part.
    """
    if document is None and part == "asserted":
        graphs = {quad.graph_name.value for quad in quads if isinstance(quad.graph_name, ox.NamedNode)}
        if not any(map(parts.is_asserted, graphs)):
            found = "no named graph is that of a file of the ontology, a vocabulary, Questions or a document"
            raise UsageError("--part asserted", found, "Leave --part out: then all is taken")
        return parts.ASSERTED
    if document is None:
        return parts.ONTOLOGY if part == "ontology" else parts.WHOLE
    if part != "all":
        raise UsageError("--document", "given beside --part", "Give one of them")
    store = ox.Store()
    store.extend(quads)
    return parts.of_document(store, naming.one(store, [LC.Document], document, "document", "--document"))
