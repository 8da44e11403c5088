"""Builds the SPARQL editor when the wheel is built; without it the query page is a plain form."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class EditorHook(BuildHookInterface[Any]):
    """Runs `editor/build.py`, which writes below the package's static files."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build the editor unless it is newer than its sources; a failure is said in one line and stops nothing."""
        if version == "editable":
            return
        command = [sys.executable, str(Path(self.root) / "editor" / "build.py")]
        said = subprocess.run(command, check=False, capture_output=True, text=True).stdout.strip()
        if said:
            self.app.display_warning(said)
