"""Systems without what only POSIX has: the commands work there, and `serve` says what it lacks.

Windows is simulated: its missing modules cannot be imported by what is imported after the standard library, and its
missing functions are taken away. `sys.platform` stays, since the libraries would call Windows itself.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tomllib

import pytest
from packaging.requirements import Requirement

from support import servers
from support.paths import ROOT, TINY
from support.tiny import FOUND, LOOKUP

WINDOWS = """
import asyncio, multiprocessing, os, pathlib, shutil, signal, socket, subprocess, sys, tempfile
class Absent:
    names = {"uvloop", "resource", "fcntl", "termios", "pwd", "grp"}
    def find_spec(self, name, path=None, target=None):
        if name in self.names:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
for name in Absent.names:
    sys.modules.pop(name, None)
sys.meta_path.insert(0, Absent())
for module, names in {
    os: ["fork", "geteuid", "getuid", "pread", "register_at_fork", "waitstatus_to_exitcode"],
    signal: ["SIGHUP", "SIGKILL", "SIGCHLD", "SIGALRM", "alarm", "pthread_sigmask"],
    socket: ["send_fds", "recv_fds", "AF_UNIX"],
}.items():
    for name in names:
        delattr(module, name)
from lodeclaim.cli import main
main()
"""
SERVER = ("lodeclaim.endpoint.web.server", "lodeclaim.endpoint.pool.worker", "uvicorn", "flask", "prometheus_client")


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-X", "importtime", "-c", WINDOWS, *arguments]
    return subprocess.run(command, capture_output=True, encoding="utf-8", check=False, timeout=servers.TIMEOUT)


def imported(process: subprocess.CompletedProcess[str]) -> set[str]:
    lines = [line for line in process.stderr.splitlines() if line.startswith("import time:")]
    return {line.rpartition("|")[2].strip() for line in lines}


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["query", "--graph", str(TINY), "--format", "csv", LOOKUP], FOUND[0]["s"]),
        (["export", "--help"], "--part"),
        (["export", "--part", "asserted"], "graph"),
        (["push", "--dry-run", "http://127.0.0.1:9"], "http://127.0.0.1:9"),
        (["-h"], "serve"),
        (["serve", "-h"], "SIGHUP"),
    ],
    ids=lambda value: " ".join(value[:2]) if isinstance(value, list) else "",
)
def test_commands_need_nothing_of_the_server(arguments, told):
    process = run(*arguments)
    assert process.returncode == 0, process.stderr
    assert told in process.stdout
    assert "lodeclaim.endpoint.web.settings" in imported(process) or arguments[0] != "serve"
    assert imported(process).isdisjoint(SERVER)


def test_a_store_on_disk_is_built_without_fork(tmp_path):
    process = run("build", "--graph", str(TINY), "--data-dir", str(tmp_path / "data"))
    assert process.returncode == 0, process.stderr
    assert (tmp_path / "data" / "current").is_file()


def test_serve_says_what_it_needs():
    process = run("serve", "--graph", str(TINY), "--port", "0")
    assert process.returncode == 2
    (line,) = [line for line in process.stderr.splitlines() if not line.startswith("import time:")]
    assert line.startswith("lodeclaim: lodeclaim serve: this system has no fork")
    assert "WSL" in line


def test_without_uvloop_the_endpoint_answers(tmp_path, monkeypatch):
    (tmp_path / "sitecustomize.py").write_text("import sys\nsys.modules['uvloop'] = None\n", encoding="utf-8")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path), prepend=os.pathsep)
    with servers.serve(TINY, "--log", "off") as server:
        assert server.ask(LOOKUP).rows == FOUND
        server.reload()
        assert servers.eventually(lambda: "loaded" in server.log.read_text())
        assert server.ask(LOOKUP).rows == FOUND


@pytest.mark.parametrize(("system", "wanted"), [("win32", False), ("linux", True), ("darwin", True)])
def test_uvloop_is_left_out_on_windows_only(system, wanted):
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    (uvloop,) = [
        found for line in project["optional-dependencies"]["serve"] if (found := Requirement(line)).name == "uvloop"
    ]
    assert uvloop.marker is not None
    assert uvloop.marker.evaluate({"sys_platform": system}) is wanted


# What `pip install lodeclaim` without [serve] leaves out.
WITHOUT_SERVER = """
import sys

class Absent:
    def find_spec(self, name, *rest):
        absent = {"a2wsgi", "flask", "httptools", "mcp", "prometheus_client", "uvicorn", "uvloop"}
        if name.partition(".")[0] in absent:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)

sys.meta_path.insert(0, Absent())
"""


@pytest.mark.parametrize(
    ("program", "status", "told"),
    [
        (f"from lodeclaim.cli import main; main(['query', '--graph', {str(TINY)!r}, {LOOKUP!r}])", 0, ""),
        ("from lodeclaim.cli import main; main(['serve', '-h'])", 0, ""),
        ("from lodeclaim.cli import main; main(['push', '--dry-run', 'http://127.0.0.1:9'])", 0, ""),
        ("from lodeclaim.cli import main; main(['serve', '--port', '0'])", 2, "pip install 'lodeclaim[serve]'"),
        ("from lodeclaim.cli import main; main(['mcp', '-h'])", 0, ""),
        ("from lodeclaim.cli import main; main(['mcp'])", 2, "pip install 'lodeclaim[mcp]'"),
        ("from lodeclaim.endpoint import create_app; create_app()", 1, "pip install 'lodeclaim[serve]'"),
    ],
)
def test_without_the_server_everything_else_works(program, status, told):
    command = [sys.executable, "-c", WITHOUT_SERVER + program]
    process = subprocess.run(command, capture_output=True, encoding="utf-8", check=False, timeout=servers.TIMEOUT)
    assert process.returncode == status, process.stderr
    assert told in process.stderr
