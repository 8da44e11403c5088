"""The wheel: it holds everything that is read at run time, and works where there is no checkout."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path
from urllib.parse import urlencode
from urllib.request import urlopen

import pytest

from support.paths import ROOT

BUNDLED = "lodeclaim/_bundled/"


@pytest.fixture(scope="module")
def wheel(tmp_path_factory) -> Path:
    pytest.importorskip("build", reason="the package 'build' is not installed: pip install -e '.[dev]'")
    folder = tmp_path_factory.mktemp("dist")
    # With the build backend at hand nothing is fetched.
    offline = ["--no-isolation"] if importlib.util.find_spec("hatchling") else []
    # From another folder: a folder named build in the checkout would be taken for the package.
    command = [sys.executable, "-m", "build", "--wheel", *offline, "--outdir", str(folder), str(ROOT)]
    run(command, cwd=folder)
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def members(wheel) -> set[str]:
    with zipfile.ZipFile(wheel) as archive:
        return set(archive.namelist())


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory) -> Path:
    """The wheel alone, unpacked by pip; what it depends on comes from the environment of these tests."""
    target = tmp_path_factory.mktemp("installed") / "site"
    pip = [
        sys.executable,
        "-m",
        "pip",
        "--disable-pip-version-check",
        "install",
        "--quiet",
        "--no-index",
        "--no-deps",
    ]
    run([*pip, "--target", str(target), str(wheel)])
    return target


def run(command: list[str], **options) -> str:
    result = subprocess.run(command, capture_output=True, encoding="utf-8", check=False, **options)
    assert result.returncode == 0, f"{command}\n{result.stdout}\n{result.stderr}"
    return result.stdout


def environment(installed: Path) -> dict[str, str]:
    """One in which the wheel's package comes before the checkout that the tests run from."""
    return {**os.environ, "PYTHONPATH": str(installed), "PYTHONSAFEPATH": "1"}


def files(folder: str, pattern: str) -> set[str]:
    found = {path.relative_to(ROOT).as_posix() for path in (ROOT / folder).glob(pattern)}
    assert found, f"{folder}/{pattern}"
    return found


@pytest.mark.parametrize(
    ("folder", "pattern"),
    [
        ("ontology", "*.ttl"),
        ("ontology", "alignments/*.ttl"),
        ("ontology", "catalog-v001.xml"),
        ("ontology", "rules/*/*.rq"),
        ("shapes", "*.ttl"),
        ("shapes", "lint/*.violation.rq"),
        ("data", "vocabulary/*.ttl"),
        ("data", "questions/*.ttl"),
        ("data", "documents/*.ttl"),
        ("data", "lineage.ttl"),
        ("data", "queries/*.rq"),
        ("data", "graph/lodeclaim.trig"),
    ],
)
def test_wheel_bundles_every_file_of_the_layout(folder, pattern, members) -> None:
    assert {BUNDLED + name for name in files(folder, pattern)} - members == set()


@pytest.mark.parametrize(
    "pattern",
    [
        "**/*.py",
        "**/*.rq",
        "templates/*.ttl",
        "endpoint/web/templates/endpoint/*.html",
        "endpoint/web/static/*.css",
        "py.typed",
    ],
)
def test_wheel_holds_every_file_of_the_package(pattern, members) -> None:
    assert {name.removeprefix("src/") for name in files("src/lodeclaim", pattern)} - members == set()


@pytest.mark.skipif(shutil.which("npm") is None, reason="npm is not here: the wheel's query page is a plain form")
def test_wheel_holds_the_editor_and_its_licences(members) -> None:
    folder = "lodeclaim/endpoint/web/static/editor/"
    assert {name for name in members if name.startswith(folder)} == {folder + "editor.js", folder + "LICENSES.txt"}


def test_wheel_holds_no_tests_and_no_left_overs(members) -> None:
    own = ("lodeclaim/", "lodeclaim-")
    assert {name for name in members if not name.startswith(own)} == set()
    assert {name for name in members if name.endswith((".pyc", ".part", "~"))} == set()


def test_bundled_graph_is_the_committed_one(installed) -> None:
    relative = "data/graph/lodeclaim.trig"
    assert (installed / BUNDLED / relative).read_bytes() == (ROOT / relative).read_bytes()


def test_installed_package_is_not_the_checkout(installed, tmp_path) -> None:
    code = "import lodeclaim.resources as r; print(r.__file__); print(r.project_folder())"
    lines = run([sys.executable, "-P", "-c", code], cwd=tmp_path, env=environment(installed)).splitlines()
    assert [Path(line).resolve() for line in lines] == [
        (installed / "lodeclaim" / "resources.py").resolve(),
        (installed / BUNDLED).resolve(),
    ]


def test_installed_command_answers_a_named_query(installed, tmp_path) -> None:
    query = [str(installed / "bin" / "lodeclaim"), "query", "china-processing-share", "--format", "csv"]
    rows = run(query, cwd=tmp_path, env=environment(installed)).splitlines()
    assert rows[0] == "share,minerals,who"
    assert "over 90%,niche metals,unnamed outlet of the alliance article" in rows


def test_installed_command_serves_over_http(installed, tmp_path) -> None:
    command = [str(installed / "bin" / "lodeclaim"), "serve", "--port", "0"]
    with subprocess.Popen(
        command,
        cwd=tmp_path,
        env=environment(installed),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    ) as server:
        try:
            line = server.stdout.readline()
            url = line.removeprefix("Lodeclaim at ").strip()
            assert url.startswith("http://127.0.0.1:"), line + (server.stderr.read() if not line else "")
            query = urlencode({"query": "ASK { ?c a <https://w3id.org/lodeclaim/ontology#Claim> }"})
            with urlopen(f"{url}?{query}", timeout=60) as response:
                assert (response.status, b'"boolean":true' in response.read()) == (200, True)
        finally:
            server.terminate()
    assert server.returncode == 0, "it ends well when told to"
