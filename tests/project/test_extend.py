"""docs/extend.md, followed to the letter: every command of its walk-through runs, and prints what is shown."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from lodeclaim import validation
from lodeclaim.endpoint import rdf
from lodeclaim.interop import to_rdflib
from support.paths import ROOT

GUIDE = (ROOT / "docs/extend.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```console\n(.*?)^```$", GUIDE, re.DOTALL | re.MULTILINE)
PORT = "8001"
MARK = "--- ended"


def commands(block: str) -> list[tuple[str, list[str]]]:
    """Return the commands of a block, each with the lines that it is said to print."""
    found: list[tuple[str, list[str]]] = []
    for line in block.splitlines():
        if line.startswith("$ "):
            found.append((line[2:], []))
        else:
            found[-1][1].append(line.rstrip())
    return found


STEPS = [step for block in BLOCKS for step in commands(block)]


def free_port() -> str:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return str(probe.getsockname()[1])


@pytest.fixture(scope="module")
def printed(tmp_path_factory) -> list[list[str]]:
    """What each command printed, one after another in one shell, in a folder with nothing but the tests in it."""
    if shutil.which("curl") is None:
        pytest.skip("curl is not here, and one of the commands is curl's")
    folder: Path = tmp_path_factory.mktemp("clone")
    (folder / "tests").symlink_to(ROOT / "tests")
    (folder / "bin").mkdir()
    starter = folder / "bin" / "lodeclaim"
    starter.write_text(
        f'#!/bin/sh\nexec "{sys.executable}" -c "from lodeclaim.cli import main; main()" "$@"\n', encoding="utf-8"
    )
    starter.chmod(0o755)
    environment = {name: value for name, value in os.environ.items() if name != "LODECLAIM_CORPUS"}
    environment |= {
        "PATH": f"{starter.parent}{os.pathsep}{environment['PATH']}",
        "PYTHONPATH": str(ROOT / "src"),
        "LC_ALL": "C.UTF-8",
    }
    # A background command ends in & itself, and no mark may follow that on its line. Whatever fails, its server ends.
    script = "trap 'kill $(jobs -p) 2>/dev/null' EXIT\n" + "".join(
        f'{command}\nsay=$?; echo "{MARK} $say"\n' for command, _ in STEPS
    )
    port = free_port()
    ran = subprocess.run(
        ["bash", "-c", script.replace(PORT, port)],
        cwd=folder,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=600,
        check=False,
    )
    parts = re.split(rf"^{MARK} \d+\n", ran.stdout.replace(port, PORT), flags=re.MULTILINE)
    return [[line.rstrip() for line in part.rstrip().splitlines()] for part in parts[:-1]]


def test_every_command_prints_what_is_shown(printed) -> None:
    assert len(STEPS) > 15
    assert len(printed) == len(STEPS)
    # What runs in the background speaks when it likes: it is judged together with the command after it.
    for number, (command, shown) in enumerate(STEPS):
        if command.endswith("&"):
            continue
        before = STEPS[number - 1][0].endswith("&") if number else False
        got = sorted(printed[number - 1] + printed[number]) if before else printed[number]
        want = sorted(STEPS[number - 1][1] + shown) if before else shown
        if want[:1] == ["..."]:
            want, got = want[1:], got[1 - len(want) :]
        assert got == want, command


def test_the_example_agrees_with_one_article_and_contradicts_another(printed) -> None:
    by_command = {command: lines for (command, _), lines in zip(STEPS, printed, strict=True)}
    agreement = by_command["lodeclaim compare congo-cobalt-reserves-share --extra my-claims"]
    assert [line.split("  ")[0].strip() for line in agreement[2:4]] == ["about 72 percent", "About 72 per cent"]
    assert "1 to 2 independent origins" in agreement[2], "Azad Hind News credits an agency without a name"
    assert [line for line in agreement if "Azad Hind" in line or "Kråkvik Havn" in line] == agreement[2:4]
    contradiction = by_command[
        'lodeclaim compare china-cobalt-processing-share --extra my-claims | grep -v "not comparable"'
    ]
    relations = [line.strip() for line in contradiction if line.startswith("  ")]
    assert relations == ["contradicts: about 30 % (factual) | range 47–87 % (factual)"]


def test_the_turtle_shown_is_that_of_the_example() -> None:
    (shown,) = re.findall(r"^```turtle\n(.*?)^```$", GUIDE, re.DOTALL | re.MULTILINE)
    example = ROOT / "tests/fixtures/extra/data/documents/harbour-news.ttl"
    assert shown in example.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("example", "fires"),
    [("port-reserve.valid", []), ("port-reserve-part-of.invalid", ["harbour:PortReserveShape-partOf"])],
)
def test_the_examples_of_the_new_term_are_judged_by_its_shape(example, fires) -> None:
    folder = ROOT / "tests/fixtures/extra"
    files = [folder / f"examples/harbour/{example}.ttl", folder / "data/vocabulary/harbour.ttl"]
    data = to_rdflib([quad for file in files for quad in rdf.parse(file)])
    findings = validation.shacl(data, to_rdflib(rdf.parse(folder / "shapes/harbour.ttl")))
    named = [finding.check.replace("https://example.org/harbour/", "harbour:") for finding in findings]
    assert named == fires
