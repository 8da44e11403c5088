"""The command that brings a folder of one's own up to the names of this version."""

from __future__ import annotations

import stat
from pathlib import Path

import click

from lodeclaim import graph, resources, upgrade
from lodeclaim.command_options import PATH, Command, fail
from lodeclaim.endpoint import rdf
from lodeclaim.endpoint.errors import SourceError, UsageError


@click.command("upgrade", cls=Command)
@click.argument("folder", type=PATH)
@click.option("--dry-run", is_flag=True, help="Say what would change, and write nothing.")
def command(folder: Path, dry_run: bool) -> None:
    """Bring a FOLDER of your own up to this version: its Turtle files, queries, rules and checks.

    Names are changed where they stand, in comments, too; the layout stays. Claims of a document get the short form:
    lc:span for passages written out, lc:claimDefaults for what most claims have. What only a person can change is
    told, and the status is 1.

    \b
    Examples:
      lodeclaim upgrade --dry-run mine
      lodeclaim upgrade mine
    """
    if not folder.is_dir():
        raise UsageError(str(folder), "is no folder", "Give a folder with ontology/, shapes/ or data/")
    renaming = upgrade.read(graph.read(resources.find().files("ontology")))
    changes = [upgrade.shortened(upgrade.upgraded(path, renaming)) for path in upgrade.files(folder)]
    changed = [change for change in changes if change.is_changed]
    for change in changed if not dry_run else ():  # all of them before the first is written
        _check_writable(change.path)
    for change in changed:
        if not dry_run:
            _replace(change.path, change.text)
        click.echo(f"{change.path.relative_to(folder)}: {_told(len(change.names), change.claims) or 'layout'}")
    done = "would change" if dry_run else "changed"
    names, claims = (
        sum(counts) for counts in ([len(each.names) for each in changed], [each.claims for each in changed])
    )
    click.echo(f"{done}: {_told(names, claims) or 'nothing'} in {len(changed)} of {len(changes)} files")
    if findings := [finding for change in changes for finding in change.findings]:
        fail(findings)


def _check_writable(path: Path) -> None:
    """Raise SourceError where a file is read-only."""
    if not path.stat().st_mode & stat.S_IWUSR:
        remedy = "Nothing was written. Let it be written, or leave it out of the folder"
        raise SourceError(str(path), "it is read-only", remedy)


def _replace(path: Path, text: str) -> None:
    """Write a file where a link to it leads, with the permissions that it has."""
    file = path.resolve()
    mode = stat.S_IMODE(file.stat().st_mode)
    rdf.write(file, text.encode())
    file.chmod(mode)


def _told(names: int, claims: int) -> str:
    """Return in words what is changed; nothing where that is neither a name nor a claim."""
    counted = ((names, "name"), (claims, "claim"))
    return ", ".join(f"{count} {what}{'' if count == 1 else 's'}" for count, what in counted if count)
