"""Clients in Java: what each needs, and how it is run.

`python3 tests/support/java_clients.py` installs what is not there yet, where the stores are. Ends with 1 where one
could not be installed.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from support.stores import packages
from support.stores.store import JAVA_OPTIONS, StoreError

PROGRAMS = Path(__file__).resolve().parents[1] / "clients" / "java"
JENA = ("jena-fuseki-server",)
RDF4J = ("rdf4j-client", "rdf4j-sail-memory", "rdf4j-repository-sail")
ROBOT = ("robot-command",)
SECONDS = 120


def missing(libraries: tuple[str, ...]) -> str | None:
    """Return why what needs these libraries cannot be run here, or None if it can."""
    if shutil.which("javac") is None:
        return "no JDK is here, which runs a program of one file"
    absent = [name for name in libraries if not packages.artefact(name).exists()]
    return f"{absent[0]} is not installed: run python3 tests/support/java_clients.py" if absent else None


def java(libraries: tuple[str, ...], program: str, *arguments: str | Path) -> str:
    """Run a program, the name of a class or of a file in the folder of tests, and return what it printed."""
    kept = [packages.artefact(name) for name in libraries]
    path = ":".join(str(place / "*" if place.is_dir() else place) for place in kept)
    main = str(PROGRAMS / program) if program.endswith(".java") else program
    command = ["java", *JAVA_OPTIONS.split(), *(["-cp", path] if path else []), main, *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", timeout=SECONDS, check=False)
    assert done.returncode == 0, f"{program} ended with {done.returncode}: {done.stdout[-1000:]}{done.stderr[-2000:]}"
    return done.stdout


def main() -> int:
    failed = 0
    for name in (*JENA, *RDF4J, *ROBOT):
        try:
            packages.fetch(name)
        except StoreError as error:
            failed = 1
            print(f"{name}: not installed: {error}", file=sys.stderr)
    return failed


if __name__ == "__main__":
    sys.exit(main())
