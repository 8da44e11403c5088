"""What is installed is pinned, and what npm says is passed on: constraints, digests, settings, the editor."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from support.paths import ROOT, TESTS
from support.stores import packages
from support.stores.store import StoreError

CONSTRAINTS = ROOT / "constraints.txt"
PINNED = (CONSTRAINTS, TESTS / "support" / "stores" / "requirements.txt")
NPM = [ROOT / "editor", TESTS / "clients", TESTS / "parsers"]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
WANTED = [
    *PROJECT["build-system"]["requires"],
    *PROJECT["project"]["dependencies"],
    *PROJECT["project"]["optional-dependencies"]["serve"],
    *(line for line in PROJECT["project"]["optional-dependencies"]["mcp"] if not line.startswith("lodeclaim")),
    *(line for line in PROJECT["project"]["optional-dependencies"]["dev"] if not line.startswith("lodeclaim")),
    *PROJECT["dependency-groups"]["tools"],
]


def pins(file: Path) -> dict[str, str]:
    """Return the versions in a file of constraints by the name of their package, in lower case."""
    lines = file.read_text(encoding="utf-8").splitlines()
    found = [Requirement(line) for line in lines if line and not line.lstrip().startswith("#")]
    assert all(str(one.specifier).startswith("==") for one in found)
    return {one.name.lower(): str(one.specifier).removeprefix("==") for one in found}


@pytest.mark.parametrize("wanted", WANTED)
def test_what_the_project_asks_for_is_pinned_within_its_range(wanted):
    requirement = Requirement(wanted)
    assert requirement.specifier.contains(pins(CONSTRAINTS)[requirement.name.lower()])


@pytest.mark.parametrize("file", PINNED, ids=lambda file: file.name)
def test_pins_name_no_registry_and_no_place(file):
    assert not re.search(r"https?:|--|(?:^|[ (])/", file.read_text(encoding="utf-8"))


def test_every_java_artefact_has_a_digest_and_no_other_file_has():
    kept = [file.name for _, file in packages.artefacts().values()]
    lines = [line.split() for line in (TESTS / "support/stores/digests.txt").read_text(encoding="utf-8").splitlines()]
    assert sorted(kept) == [name for _, name in lines]
    assert all(re.fullmatch("[0-9a-f]{64}", digest) for digest, _ in lines)


@pytest.mark.parametrize("name", [packages.JETTY, "robot-command"])
def test_an_artefact_that_is_another_is_refused(name, tmp_path, monkeypatch):
    """One that is wanted with all that it needs is a folder, of which each file counts."""
    monkeypatch.setenv("LODECLAIM_STORES", str(tmp_path))
    served = tmp_path / packages.artefact(name).name
    if name != packages.JETTY:
        served.mkdir()
    (served if name == packages.JETTY else served / "one.jar").write_bytes(b"something else")
    monkeypatch.setattr(packages, "download", lambda name: served)
    with pytest.raises(StoreError, match=r"not what was pinned: its SHA-256 is [0-9a-f]{64}"):
        packages.fetch(name)
    assert not packages.artefact(name).exists()


def test_the_digest_of_a_folder_is_of_all_its_files_and_their_names(tmp_path):
    digests = set()
    for number, files in enumerate([{"a": "1", "b": "2"}, {"a": "2", "b": "1"}, {"a": "1"}, {"a": "1", "c": "2"}]):
        folder = tmp_path / str(number)
        folder.mkdir()
        for name, content in files.items():
            (folder / name).write_text(content, encoding="utf-8")
        digests.add(packages.digest(folder))
    assert len(digests) == 4


def npm_settings(folder: Path) -> dict[str, str]:
    lines = (folder / ".npmrc").read_text(encoding="utf-8").splitlines()
    return dict(line.split("=", 1) for line in lines if not line.startswith("#"))


@pytest.mark.parametrize("folder", NPM, ids=lambda folder: folder.name)
def test_npm_may_wait_no_longer_at_least_than_at_most(folder):
    npm = {"fetch-retry-mintimeout": "10000", "fetch-retry-maxtimeout": "60000"} | npm_settings(folder)
    assert int(npm["fetch-retry-mintimeout"]) <= int(npm["fetch-retry-maxtimeout"])


def test_npm_has_the_same_settings_everywhere():
    tracked = {file.parent for file in ROOT.glob("**/package-lock.json") if "node_modules" not in file.parts}
    assert tracked == set(NPM)
    assert npm_settings(NPM[0]) == npm_settings(NPM[1]) == npm_settings(NPM[2])


REMEDY = "Mend this, then: python3 editor/build.py"
FAILURES = {
    "npm 9": ("npm ERR! code E404\nnpm ERR! 404 Not Found - GET x\nnpm ERR! 404 \n", "npm ci: 404 Not Found - GET x"),
    "npm 11": ("npm error code ECONNREFUSED\nnpm error errno E\nnpm error FetchError: a\n", "npm ci: FetchError: a"),
    "settings": ("npm error minTimeout is greater\nnpm error A complete log\n", "npm ci: minTimeout is greater"),
    "usage": ("npm error code EUSAGE\nnpm error\nnpm error `npm ci` can only\n", "npm ci: `npm ci` can only"),
    "a bundler": ('\n✘ [ERROR] Could not resolve "x"\n\n  a.js:1\n', 'npm ci: ✘ [ERROR] Could not resolve "x"'),
    "silence": ("", "npm ci: ended with 3"),
}


def build_editor(checkout: Path, path: str) -> str:
    """Return what is said when the editor is built in a copy of its folder."""
    command = [sys.executable, str(checkout / "editor" / "build.py")]
    done = subprocess.run(command, env={"PATH": path}, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


@pytest.fixture
def checkout(tmp_path) -> Path:
    ignored = shutil.ignore_patterns("node_modules")
    shutil.copytree(ROOT / "editor", tmp_path / "checkout" / "editor", ignore=ignored)
    return tmp_path / "checkout"


@pytest.mark.parametrize("case", FAILURES)
def test_why_the_editor_was_not_built_is_one_line_of_npms(case, checkout, tmp_path):
    said, reason = FAILURES[case]
    npm = tmp_path / "npm"
    npm.write_text(f"#!/bin/sh\n/bin/cat >&2 <<'END'\n{said}END\nexit 3\n", encoding="utf-8")
    npm.chmod(0o755)
    line = build_editor(checkout, str(tmp_path))
    assert line == f"The query page is a plain form without the editor ({reason}). {REMEDY}\n"


def test_no_npm_is_said_and_a_fresh_editor_needs_none(checkout, tmp_path):
    assert build_editor(checkout, str(tmp_path)).endswith(f" (npm is not installed). {REMEDY}\n")
    built = checkout / "src/lodeclaim/endpoint/web/static/editor/editor.js"
    built.parent.mkdir(parents=True)
    built.touch()
    assert build_editor(checkout, str(tmp_path)) == ""


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("npm") is None, reason="npm is not here")
def test_npm_builds_the_editor_with_nothing_in_its_cache(checkout, tmp_path):
    command = ["npm", "ci", "--cache", str(tmp_path / "cache")]
    done = subprocess.run(command, cwd=checkout / "editor", capture_output=True, text=True, timeout=300, check=False)
    if re.search("ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ETIMEDOUT", done.stderr):
        pytest.skip("no registry of npm's can be reached")
    assert done.returncode == 0, done.stderr
    subprocess.run(["npm", "run", "--silent", "build"], cwd=checkout / "editor", timeout=300, check=True)
    assert (checkout / "src/lodeclaim/endpoint/web/static/editor/editor.js").stat().st_size > 100_000
