"""Plant known faults one at a time, each in a copy of the checkout, and show that the tests of a folder notice it."""

from __future__ import annotations

import argparse
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TABLE = ROOT / "tests" / "fixtures" / "planted-faults.toml"
TOOLS = ("tests/clients/node_modules", "tests/parsers/node_modules", "tests/parsers/target", "editor/node_modules")
"""What is installed beside the tracked files, and only read."""

EDITOR = "src/lodeclaim/endpoint/web/static/editor"
"""What npm builds there: copied, since a fault in the editor is built anew."""

SECONDS = 600
EXAMPLE = """example: all the faults of two folders
  %(prog)s tests/push tests/shapes

Ends with 0 where all are caught, with 1 where one survives or could not be tried, with 2 for wrong use.
"""


class TableError(Exception):
    """The table does not fit the checkout."""


@dataclass(frozen=True)
class Fault:
    """A text of one file that is replaced by another, and the tests that must notice."""

    folder: str
    wrong: str
    """What is then wrong, in one sentence."""

    file: str
    text: str
    replacement: str
    tests: str
    """Files or folders, and options of pytest that select from them."""

    options: tuple[str, ...] = ()
    prepare: tuple[str, ...] = ()
    """The command that makes what is run from the file, where that is not the file itself."""

    def planted(self, text: str) -> str:
        """Return the file's text with the fault; raises TableError where its place is not there exactly once."""
        if (times := text.count(self.text)) != 1 or self.text == self.replacement:
            raise TableError(f"{self.file}: {self.text!r} stands there {times} times. Correct {TABLE.name}.")
        return text.replace(self.text, self.replacement)


@dataclass(frozen=True)
class Run:
    """What pytest said: its status, and its lines."""

    status: int
    output: str

    @property
    def passed(self) -> bool:
        """Whether something ran and nothing failed."""
        return self.status == 0 and re.search(r"\b\d+ passed\b", self.output) is not None

    def failed(self, folder: str) -> str | None:
        """Return the first test of a folder, not of those below, that failed."""
        found = re.findall(r"^FAILED (.+?)(?: - .*)?$", self.output, re.MULTILINE)
        return next((name for name in found if Path(name.split("::")[0]).parent == Path(folder)), None)

    @property
    def why(self) -> str:
        """Return the first line that says why it is not as it should be."""
        said = re.search(r"^(?:FAILED|ERROR|SKIPPED \[\d+\]) .+$", self.output, re.MULTILINE)
        return said[0] if said else (self.output.strip().splitlines() or ["nothing was printed"])[-1]


@dataclass(frozen=True)
class Verdict:
    """What became of a fault; `caught` is None where it could not be tried for want of a tool."""

    caught: bool | None
    text: str


def read(table: Path = TABLE, root: Path = ROOT) -> list[Fault]:
    """Return the faults of the table; raises TableError for one that cannot be planted."""
    faults = []
    for folder, rows in tomllib.loads(table.read_text(encoding="utf-8")).items():
        for row in rows:
            given = {name: tuple(value) if isinstance(value, list) else value for name, value in row.items()}
            try:
                fault = Fault(folder, **given)
                fault.planted((root / fault.file).read_text(encoding="utf-8"))
            except (TypeError, OSError) as error:
                raise TableError(f"{table.name}, {folder}: {error}") from error
            faults.append(fault)
    return faults


@contextmanager
def checkout() -> Iterator[Path]:
    """Yield a copy of the tracked files as they are now, beside the texts of others, and remove it at the end."""
    listing = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    with tempfile.TemporaryDirectory(prefix="planted-") as folder:
        copy = Path(folder).resolve() / "checkout"
        for name in filter(None, listing.split("\0")):
            if (ROOT / name).is_file():
                (copy / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(ROOT / name, copy / name)
        if (ROOT / EDITOR).is_dir():
            shutil.copytree(ROOT / EDITOR, copy / EDITOR)
        for name in TOOLS:
            if (ROOT / name).is_dir():
                (copy / name).symlink_to(ROOT / name)
        if (shared := ROOT.parent / "shared").is_dir():
            (copy.parent / "shared").symlink_to(shared)
        yield copy


def environment(copy: Path) -> dict[str, str]:
    """Return variables by which every Python below imports the copy; raises TableError where it does not."""
    ours = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST_", "LODECLAIM_NO_"))}
    ours["PYTHONPATH"] = str(copy / "src")
    ask = [sys.executable, "-c", "import lodeclaim; print(lodeclaim.__file__)"]
    found = subprocess.run(ask, cwd=copy.parent, env=ours, capture_output=True, text=True).stdout.strip()
    if not Path(found).is_relative_to(copy / "src"):
        raise TableError(f"the tests would import {found or 'nothing'} and not the copy in {copy}")
    return ours


def run(command: Sequence[str], folder: Path, variables: Mapping[str, str]) -> Run:
    """Run a command, and end it with all that it started where it takes too long or is interrupted."""
    with tempfile.TemporaryFile("w+") as output:
        process = subprocess.Popen(
            command, cwd=folder, env=variables, stdout=output, stderr=subprocess.STDOUT, start_new_session=True
        )
        try:
            status = process.wait(SECONDS)
        except BaseException as error:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            if not isinstance(error, subprocess.TimeoutExpired):
                raise
            return Run(-1, f"ERROR it did not end within {SECONDS} s")
        output.seek(0)
        return Run(status, output.read())


def tests(fault: Fault, planted: bool) -> Run:
    """Run the tests of a fault on a fresh copy, with the fault or without."""
    with checkout() as copy:
        if planted:  # before anything is imported, so that nothing compiled is older
            file = copy / fault.file
            file.write_text(fault.planted(file.read_text(encoding="utf-8")), encoding="utf-8")
        variables = environment(copy)
        if planted and fault.prepare and (prepared := run(fault.prepare, copy, variables)).status:
            return Run(2, f"ERROR {' '.join(fault.prepare)}: {prepared.why}")
        # Not the options of the project: they may leave tests out or spread them over processes.
        ours = ["-o", "addopts=", "--import-mode=importlib", "-x", "-q", "-rfEs", "-p", "no:cacheprovider"]
        return run([sys.executable, "-m", "pytest", *ours, *fault.tests.split(), *fault.options], copy, variables)


def judge(fault: Fault, clean: Run, planted: Run | None) -> Verdict:
    """Return what the two runs prove; without a second one, why there is none."""
    if not clean.passed or planted is None:
        if clean.status == 0:
            return Verdict(None, f"not tried: {clean.why}")
        return Verdict(False, f"not tried, the tests fail without it: {clean.why}")
    if planted.status == 1 and (name := planted.failed(fault.folder)):
        return Verdict(True, name)
    return Verdict(False, f"SURVIVED (status {planted.status}): {planted.why}")


def main(arguments: Sequence[str] | None = None) -> int:
    """Try the faults that the command line asks for, and return the status to end with."""
    parser = argparse.ArgumentParser(
        description=__doc__, epilog=EXAMPLE, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folders", nargs="*", metavar="FOLDER", help="of tests; without one, all in the table")
    parser.add_argument("--allow-missing", action="store_true", help="what cannot be tried is no finding")
    given = parser.parse_args(arguments)
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # or what the tests have started would stay behind
    try:
        faults = read()
        wanted = [folder.rstrip("/") for folder in given.folders] or sorted({fault.folder for fault in faults})
        if unknown := set(wanted) - {fault.folder for fault in faults}:
            parser.error(f"{', '.join(sorted(unknown))}: no fault is known of that folder, see {TABLE.name}")
        return show([fault for fault in faults if fault.folder in wanted], given.allow_missing)
    except TableError as error:
        parser.error(str(error))
    except KeyboardInterrupt:
        return 130


def show(faults: Sequence[Fault], allow_missing: bool) -> int:
    """Try the faults, print a line for each as it is known, and return the status to end with."""
    print("folder | fault | caught by")
    clean: dict[tuple[str, tuple[str, ...]], Run] = {}
    verdicts = []
    for number, fault in enumerate(faults, 1):
        if sys.stderr.isatty():
            print(f"[{number} of {len(faults)}] {fault.folder}: {fault.wrong}", end="\r", file=sys.stderr, flush=True)
        selection = fault.tests, fault.options
        if selection not in clean:
            clean[selection] = tests(fault, planted=False)
        planted = tests(fault, planted=True) if clean[selection].passed else None
        verdicts.append(judge(fault, clean[selection], planted))
        if sys.stderr.isatty():
            print("\x1b[2K", end="\r", file=sys.stderr, flush=True)
        print(f"{fault.folder} | {fault.wrong} | {verdicts[-1].text}", flush=True)
    caught = sum(verdict.caught is True for verdict in verdicts)
    print(f"{caught} of {len(verdicts)} faults are caught.")
    return int(any(v.caught is False or (v.caught is None and not allow_missing) for v in verdicts))


if __name__ == "__main__":
    sys.exit(main())
