"""The command that makes a folder of one's own."""

from __future__ import annotations

import shlex
from pathlib import Path

import click

from lodeclaim import folder
from lodeclaim.command_options import PATH, Command
from lodeclaim.endpoint import rdf
from lodeclaim.endpoint.errors import UsageError


@click.command("init", cls=Command)
@click.argument("target", type=PATH, metavar="FOLDER")
@click.option("--namespace", help="Where your IRIs begin: https://example.org/NAME/ unless you say otherwise.")
def command(target: Path, namespace: str | None) -> None:
    """Make a FOLDER of your own that builds, for --extra: a module of the ontology, shapes, vocabulary, Questions.

    Its files say in comments what belongs where. Nothing that is there already is overwritten.

    \b
    Examples:
      lodeclaim init my-claims
      lodeclaim init my-claims --namespace https://data.example.net/ports/
    """
    files = folder.files(target.absolute().name, namespace)
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        found = "is there, and not empty" if target.is_dir() else "is there, and no folder"
        raise UsageError(str(target), found, "Give a folder that is not there yet, or an empty one")
    for name, text in files.items():
        path = target / name
        path.parent.mkdir(parents=True, exist_ok=True)
        rdf.write(path, text.encode())
        click.echo(path)
    click.echo(f"Build it with lodeclaim build --extra {shlex.quote(str(target))}")
