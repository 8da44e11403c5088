"""Writes docs/reference.md from the commands' `-h`, the OpenAPI document and the rules: `make docs`."""

from __future__ import annotations

import json
from importlib import import_module

import click
import pyoxigraph as ox

from lodeclaim import resources
from lodeclaim.cli import COMMANDS, main
from lodeclaim.endpoint import rdf, shipped
from lodeclaim.reasoning.derivation import steps
from support.paths import ROOT

PAGE = ROOT / "docs" / "reference.md"
WIDTH = 110

COMMANDS_INTRODUCTION = """# Reference

`make docs` writes this page: the commands from their `-h`, the paths from the OpenAPI document, the rules from their
headers.

## Commands

Whatever a command asks for (a Question, document, policy, agency, claim, the value of a `--param`) can be given by
its IRI, as a prefixed name (`document:news18-ministerial`), by its key (`news18-ministerial`, the end of the IRI) or
by its label.

Exit status: 0 fine, 1 something is wrong with the data, 2 wrong use. What a message says: where, what was found, and
what to do. Words that begin with a dash stand behind `--`, and options before it. A fault of lodeclaim's own is one
line, and a traceback to report with `LODECLAIM_TRACEBACK=1`.

`query` prints a table on a terminal, where nothing is cut; in a pipe or file it prints TSV as `cut`, `sort` and `awk`
take it: a header line, then the values as they are, IRIs in full, with tabs, line ends and backslashes in them as
`\\t`, `\\n`, `\\r`, `\\\\`. (SPARQL's own TSV, in which values are terms, is what the endpoint answers; its own JSON
is `--format srj`.) A format has the same names in every command as at the endpoint, in any case of letters: `ttl`,
`turtle` and `text/turtle` are one. What goes to a program is UTF-8 in every locale.
"""
PATHS_INTRODUCTION = """## Paths of the endpoint

`/openapi.json` of a running endpoint has parameters, formats and errors of each, with those of every stored query;
[the endpoint](endpoint.md) tells of limits and of running it.

| path | method | what it answers |
|---|---|---|"""
RULES_INTRODUCTION = """## Rules

In the order in which they run; [what is derived from what](rules.md) has what each reads and makes.

| stage | rule | title |
|---|---|---|"""


def page(store: ox.Store) -> str:
    """Return the page in Markdown; the stages of the rules are those of the store."""
    parts = [COMMANDS_INTRODUCTION, *map(_command, COMMANDS), PATHS_INTRODUCTION]
    described = json.loads(shipped.text("lodeclaim.endpoint.web.pages", "openapi.json"))
    for path, operations in described["paths"].items():
        for method, operation in operations.items():
            if "summary" in operation:
                parts.append(f"| `{path}` | {method.upper()} | {operation['summary'].replace('|', chr(92) + '|')} |")
    parts += ["", RULES_INTRODUCTION]
    for step in steps(resources.find().files("rules"), store):
        name, title = (f"`{step.rule.name}`", step.rule.title) if step.rule else ("", "closure by OWL 2 RL")
        parts.append(f"| {step.stage.name} | {name} | {title} |")
    return "\n".join(parts) + "\n"


def _command(name: str) -> str:
    command: click.Command = import_module(f"lodeclaim.commands.{name}").command
    parent = click.Context(main, info_name="lodeclaim", **main.context_settings)
    context = click.Context(command, parent, name, terminal_width=WIDTH, max_content_width=WIDTH)
    return f"### lodeclaim {name}\n\n```text\n{command.get_help(context).rstrip()}\n```\n"


if __name__ == "__main__":
    rdf.write(PAGE, page(rdf.load(resources.find().graph_file())).encode())
