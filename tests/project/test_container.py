"""The recipe of the container, as far as it can be proved without an engine for it."""

from __future__ import annotations

import json
import re
import subprocess
import sys

from support.paths import ROOT

RECIPE = (ROOT / "Dockerfile").read_text(encoding="utf-8")
FINAL = RECIPE[RECIPE.rindex("\nFROM ") :]


def test_it_runs_without_privileges_and_serves_what_the_readme_says():
    assert re.search(r"^USER (\d+)$", FINAL, re.MULTILINE)[1] not in {"0", "root"}
    assert json.loads(re.search(r"^ENTRYPOINT (.*)$", FINAL, re.MULTILINE)[1]) == ["lodeclaim"]
    assert json.loads(re.search(r"^CMD (.*)$", FINAL, re.MULTILINE)[1])[0] == "serve"


def test_what_it_copies_is_there_and_is_what_npm_writes():
    assert (ROOT / "editor" / "package-lock.json").is_file()
    written = re.search(r"COPY --from=editor /project/(\S+) (\S+)", RECIPE)
    assert written[1] == written[2] == "src/lodeclaim/endpoint/web/static/editor"
    assert f"{written[1]}/" in (ROOT / ".gitignore").read_text(encoding="utf-8")


def test_the_health_check_tells_a_server_from_none(tiny):
    command = json.loads(re.search(r"^HEALTHCHECK.*?CMD (\[.*?\])$", FINAL, re.MULTILINE | re.DOTALL)[1])
    assert command[:2] == ["python", "-c"]
    host, port = tiny.place
    assert (host, "127.0.0.1:8000" in command[2]) == ("127.0.0.1", True)
    healthy = command[2].replace("8000", str(port))
    gone = command[2].replace("8000", "9")
    assert subprocess.run([sys.executable, "-c", healthy], check=False).returncode == 0
    assert subprocess.run([sys.executable, "-c", gone], capture_output=True, check=False).returncode != 0
