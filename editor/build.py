"""Builds the SPARQL editor with npm, or says in one line why not: `python3 editor/build.py`.

It needs the standard library only: `make serve` runs it, and the build of the wheel. It ends with 0 either way, since
without the editor the query page is a plain form.
"""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

FOLDER = Path(__file__).resolve().parent
BUILT = FOLDER.parent / "src" / "lodeclaim" / "endpoint" / "web" / "static" / "editor" / "editor.js"
STEPS = (["ci"], ["run", "--silent", "build"])
SECONDS = 300
# npm's first lines are names with values; what happened comes after them.
REASON = re.compile(
    r"^npm (?:ERR!|error) +(?!(?:code|errno|syscall|path|address|cwd) )(\S.*)|^(?!npm )(.*error.*)$", re.I | re.M
)


def is_fresh() -> bool:
    """Return whether the editor is newer than all that it is built from."""
    made = BUILT.stat().st_mtime if BUILT.is_file() else 0.0
    return all(source.stat().st_mtime <= made for source in FOLDER.glob("*.*"))


def failure() -> str | None:
    """Build the editor; return why it could not be built, in npm's own words, or None."""
    npm = shutil.which("npm")
    if npm is None:
        return "npm is not installed"
    for step in STEPS:
        command = " ".join(["npm", *step])
        try:
            done = subprocess.run([npm, *step], cwd=FOLDER, capture_output=True, text=True, timeout=SECONDS)
        except (OSError, subprocess.TimeoutExpired) as error:
            return f"{command}: {error}"
        if done.returncode:
            found = REASON.search(done.stderr)
            return f"{command}: {found[found.lastindex].strip() if found else f'ended with {done.returncode}'}"
    return None


def main() -> None:
    """Build the editor where it is older than its sources, and say why that failed."""
    if not is_fresh() and (reason := failure()):
        print(
            f"The query page is a plain form without the editor ({reason}). Mend this, then: python3 editor/build.py"
        )


if __name__ == "__main__":
    main()
