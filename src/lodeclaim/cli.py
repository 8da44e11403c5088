"""The command line: which commands there are. The module of one is loaded when it is called, with what it needs."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import Any, NoReturn

import click

from lodeclaim import __version__, output
from lodeclaim.endpoint.errors import LodeclaimError

COMMANDS = {
    "annotate": "Print the passage for each PHRASE in a TEXT file.",
    "build": "Validate, derive and write the graph.",
    "check": "Check everything that can be wrong.",
    "compare": "Show who says what on a Question, how the answers relate.",
    "export": "Write the graph, or a part of it, in an RDF format.",
    "mcp": "Answer assistants by the Model Context Protocol.",
    "measure": "Measure text reuse between the documents and write it to data/lineage.ttl.",
    "push": "Load the graph into the store at URL.",
    "query": "Run a QUERY.",
    "serve": "Answer SPARQL queries over HTTP until stopped.",
}
"""The commands, each with the line that lists it; `lodeclaim.commands` has the module of each."""


_LONGEST = 4_000
"""Characters of a message, at most."""


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
