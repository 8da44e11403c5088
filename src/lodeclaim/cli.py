"""The command line: which commands there are. The module of one is loaded when it is called, with what it needs."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from difflib import get_close_matches
from importlib import import_module
from typing import Any, NoReturn

import click

from lodeclaim import __version__, output
from lodeclaim.endpoint.errors import LodeclaimError

COMMANDS = {
    "annotate": "Print where each PHRASE stands in a TEXT file.",
    "build": "Validate, derive and write the graph.",
    "check": "Check everything that can be wrong.",
    "compare": "Show who says what on a Question, how the answers relate.",
    "diff": "Tell which claims, verdicts and names differ between two built graphs.",
    "export": "Write the graph, or a part of it, in an RDF format.",
    "init": "Make a FOLDER of your own that builds.",
    "mcp": "Answer assistants by the Model Context Protocol.",
    "measure": "Measure text reuse between the documents and write it to data/lineage.ttl.",
    "push": "Load the graph into the store at URL.",
    "query": "Run a QUERY.",
    "search": "Find things by WORDS in their names, definitions, or in what claims say.",
    "serve": "Answer SPARQL queries over HTTP until stopped.",
    "upgrade": "Bring a FOLDER of your own up to this version.",
}
"""The commands, each with the line that lists it; `lodeclaim.commands` has the module of each."""

ELSEWHERE = {
    "why": "lodeclaim compare QUESTION --why, and of one node lodeclaim query why --param node=NODE",
    "changes": "lodeclaim compare --without DOCUMENT, or --policy POLICY",
    "explain": "lodeclaim compare QUESTION --why",
    "find": "lodeclaim search WORDS",
    "validate": "lodeclaim check, and lodeclaim build validates what it writes",
    "select": "lodeclaim query 'SELECT ...'",
    "ask": "lodeclaim query 'ASK ...'",
    "construct": "lodeclaim query 'CONSTRUCT ...'",
    "describe": "lodeclaim query 'DESCRIBE ...'",
    "convert": "lodeclaim export --graph FILE --format FORMAT",
    "load": "lodeclaim push URL for a store, lodeclaim build --data-dir DIR for one on disk",
    "help": "lodeclaim -h, and of one command such as lodeclaim query -h",
    "version": "lodeclaim --version",
}
"""Where it is that people look for under the name of a command that there is not."""

_LONGEST, _SHOWN = 4_000, 80
"""Characters of a message, and of a name in it, at most."""


class Group(click.Group):
    """Loads a command when it is called; prints what the library raises on purpose, and returns its status."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of the commands."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return the command of a name, None where there is none."""
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = import_module(f"lodeclaim.commands.{cmd_name}").command
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Return the command that is called; raises what click does, with what may be meant where there is none."""
        name = args[0]
        if name not in COMMANDS and not name.startswith("-"):
            ctx.fail(f"No such command {name[:_SHOWN]!r}. {_meant(name)}")
        return super().resolve_command(ctx, args)

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Take what stands before the command; an option of a command is told to stand behind it."""
        try:
            return super().parse_args(ctx, args)
        except click.NoSuchOption as error:
            raise _told(
                error, "Options of a command stand behind its name: lodeclaim query --format csv ..."
            ) from None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands without loading them."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))

    def main(self, args: Sequence[str] | None = None, *others: Any, **extra: Any) -> Any:  # noqa: ANN401 - click's
        """Run the program; what cannot be written to standard output ends it with status 1."""
        # Arguments are UTF-8, whatever the locale of who types them.
        typed = [os.fsencode(each).decode("utf-8", "surrogateescape") for each in sys.argv[1:]]
        with output.watched():
            return super().main(typed if args is None else args, *others, **extra)

    def invoke(self, ctx: click.Context) -> Any:  # noqa: ANN401 - click's own signature
        """Run the command; a failure ends the process with its exit status, without a traceback."""
        try:
            return super().invoke(ctx)
        except LodeclaimError as error:
            _end(str(error), error.exit_status)
        except MemoryError:
            _end("it needs more memory than there is. Close other programs, or take a smaller graph", 1)
        except RecursionError:
            _end("something in the input is nested too deeply. Flatten it", 1)
        except click.NoSuchOption as error:
            raise _told(error, _dashes(error.ctx)) from None
        except (click.ClickException, click.Abort, click.exceptions.Exit):
            raise
        except OSError as error:
            if output.refused(error):  # which is told when all has ended
                raise
            where = "the system" if error.filename is None else str(error.filename)
            _end(f"{where}: {error.strerror or error}. Check what is there, and its permissions", 1)
        except Exception as error:
            if os.environ.get("LODECLAIM_TRACEBACK"):
                raise
            kind = type(error).__name__
            _end(
                f"unforeseen {kind}: {error}. This is a fault of lodeclaim: please report the command and what it "
                "says with LODECLAIM_TRACEBACK=1 set",
                1,
            )


def _meant(name: str) -> str:
    """Return as a sentence what a name may stand for that is none of a command."""
    typed = name[:_SHOWN].lower()
    if typed in ELSEWHERE:
        return f"It is {ELSEWHERE[typed]}."
    near = get_close_matches(typed, [*COMMANDS, *ELSEWHERE], n=2, cutoff=0.6)
    found = [f"lodeclaim {each}" if each in COMMANDS else ELSEWHERE[each] for each in near]
    begun = [f"lodeclaim {each}" for each in COMMANDS if typed and each.startswith(typed)]
    if meant := dict.fromkeys((*begun, *found)):
        return f"Did you mean {' or '.join(meant)}?"
    return f"There are {', '.join(COMMANDS)}."


def _told(error: click.NoSuchOption, remedy: str) -> click.UsageError:
    """Return what to raise for an option that there is not, with what to do besides what click says."""
    return click.UsageError(f"{error.format_message()[:_LONGEST]} {remedy}".strip(), error.ctx)


def _dashes(ctx: click.Context | None) -> str:
    """Return as a sentence how words that begin with a dash are given to a command that takes words."""
    taken = [each for each in ctx.command.params if isinstance(each, click.Argument)] if ctx else []
    if ctx is None or not taken:
        return ""
    words = " ".join(each.human_readable_name for each in taken)
    return f"Words that begin with - stand behind --, and options before it: {ctx.command_path} [OPTIONS] -- {words}"


def _end(message: str, status: int) -> NoReturn:
    """Print a message, or its beginning where what was typed made it long, and end with a status."""
    cut = message if len(message) <= _LONGEST else f"{message[:_LONGEST]}…"
    # Files and arguments are quoted in it, with whatever a terminal would act on.
    plain = "".join(c if c.isprintable() or c in "\n\t" else f"\\u{ord(c):04x}" for c in cut)
    click.echo(f"lodeclaim: {plain}", err=True)
    sys.exit(status)


@click.group(cls=Group, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="lodeclaim")
def main() -> None:
    """Linked open data made of claims about critical minerals.

    \b
    Example:
      lodeclaim query "SELECT ?gloss WHERE { ?claim lc:gloss ?gloss } LIMIT 5"
    """
