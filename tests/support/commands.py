"""Commands as a person calls them, and what they print."""

from __future__ import annotations

from click.testing import CliRunner, Result

from lodeclaim.cli import main


def lodeclaim(*arguments: object, **options) -> Result:
    """Run a command; what it raises and nobody foresaw is raised here."""
    # A corpus named in the environment would change what these tests are about.
    result = CliRunner().invoke(main, [str(each) for each in arguments], env={"LODECLAIM_CORPUS": None}, **options)
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def succeeds(*arguments: object, **options) -> str:
    """Return what a command prints that must end well and has nothing to warn of."""
    result = lodeclaim(*arguments, **options)
    assert (result.exit_code, result.stderr) == (0, ""), result.output
    return result.stdout


def fails(status: int, *arguments: object, **options) -> str:
    """Return what a command says that must end with a status; it prints nothing to standard output."""
    result = lodeclaim(*arguments, **options)
    assert result.exit_code == status, result.output
    assert result.stdout == ""
    return result.stderr
