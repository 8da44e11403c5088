"""Builds the SPARQL editor when the wheel is built; without it the query page is a plain form."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

_SECONDS = 300


class EditorHook(BuildHookInterface[Any]):
    """Runs npm in `editor/`, which writes below the package's static files."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build the editor unless it is newer than its sources; a failure is said in one line and stops nothing."""
        folder = Path(self.root) / "editor"
        built = Path(self.root) / "src" / "lodeclaim" / "web" / "static" / "editor" / "editor.js"
        npm = shutil.which("npm")
        if version == "editable" or npm is None or _is_newer(built, folder):
            return
        try:
            for arguments in (["ci"], ["run", "build"]):
                subprocess.run([npm, *arguments], cwd=folder, check=True, capture_output=True, timeout=_SECONDS)
        except (OSError, subprocess.SubprocessError) as error:
            self.app.display_warning(f"The SPARQL editor was not built ({error}); the query page is a plain form.")


def _is_newer(built: Path, folder: Path) -> bool:
    if not built.is_file():
        return False
    return all(source.stat().st_mtime <= built.stat().st_mtime for source in folder.glob("*.*"))
