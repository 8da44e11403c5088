"""The clients of npm's: Comunica."""

from __future__ import annotations

import json
import shutil
import subprocess

import pytest

from support import shares
from support.paths import TESTS

CLIENTS = TESTS / "clients"


def test_comunica(ours, catalogue_rows):
    node = shutil.which("node")
    if node is None:
        pytest.skip("node is not here")
    if not (CLIENTS / "node_modules").is_dir():
        pytest.skip("Comunica is not here: npm ci --prefix tests/clients")
    command = [node, str(CLIENTS / "ask.mjs"), ours.url, shares.QUERY]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, cwd=CLIENTS)
    assert done.returncode == 0, done.stderr
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert sorted((row["share"], row["minerals"], row["who"]) for row in rows) == catalogue_rows


def test_the_lock_file_names_no_registry():
    lock = json.loads((CLIENTS / "package-lock.json").read_text(encoding="utf-8"))
    assert not [name for name, package in lock["packages"].items() if "resolved" in package]
