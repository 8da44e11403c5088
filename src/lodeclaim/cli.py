"""The command line: which commands there are. The module of one is loaded when it is called, with what it needs."""

from __future__ import annotations

import sys
from importlib import import_module
from typing import Any

import click

from lodeclaim import __version__, output
from lodeclaim.endpoint.errors import LodeclaimError

COMMANDS = {
    "annotate": "Print the passage for a PHRASE in a TEXT file.",
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

    def main(self, *args: Any, **extra: Any) -> Any:  # noqa: ANN401 - click's own signature
        """Run the program; what cannot be written to standard output ends it with status 1."""
        with output.watched():
            return super().main(*args, **extra)

    def invoke(self, ctx: click.Context) -> Any:  # noqa: ANN401 - click's own signature
        """Run the command; an expected failure ends the process with its exit status, without a traceback."""
        try:
            return super().invoke(ctx)
        except LodeclaimError as error:
            click.echo(f"lodeclaim: {error}", err=True)
            sys.exit(error.exit_status)


@click.group(cls=Group, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="lodeclaim")
def main() -> None:
    """Linked open data made of claims about critical minerals.

    \b
    Example:
      lodeclaim query "SELECT ?gloss WHERE { ?claim lc:gloss ?gloss } LIMIT 5"
    """
