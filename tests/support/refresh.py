"""Renew what tests and CI install, within the caps that the files name: `make refresh`.

Python: `pyproject.toml` and `stores/requirements.in` say what is wanted; npm: each `package.json`; Java: within the
major versions of `stores/pom.xml`, whose comments say why. Run the tests before you commit what comes out. Ends with
1 where a registry cannot be asked; what was renewed before stays.
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from support.stores import packages
from support.stores.store import StoreError, run

ROOT = Path(__file__).resolve().parents[2]
STORES = Path("tests/support/stores")
NPM = ("editor", "tests/clients", "tests/parsers")


def python() -> None:
    """Renew the constraints of the package, its tools and the Python stores; raises StoreError."""
    uv = [Path(sys.executable).with_name("uv"), "pip", "compile", "--quiet", "--upgrade", "--universal"]
    uv += ["--python-version", "3.11", "--custom-compile-command", "make refresh"]
    run([*uv, "pyproject.toml", "--extra", "dev", "--group", "tools", "--output-file", "constraints.txt"], ROOT)
    run([*uv, STORES / "requirements.in", "--output-file", STORES / "requirements.txt"], ROOT)


def npm() -> None:
    """Renew the lock files; raises StoreError."""
    for folder in NPM:
        run(["npm", "update", "--package-lock-only", "--no-save"], ROOT / folder)


def java() -> None:
    """Renew the versions of the Java artefacts, and the digests of those that are new; raises StoreError."""
    file = ROOT / STORES / "digests.txt"
    known = dict(line.split()[::-1] for line in file.read_text(encoding="utf-8").splitlines())
    run(["mvn", "-q", "-B", "-f", ROOT / STORES / "pom.xml", "versions:update-properties"])
    pinned = {name: packages.artefact(name).name for name in packages.artefacts()}
    digests = {kept: known.get(kept) or packages.digest(packages.download(name)) for name, kept in pinned.items()}
    lines = [f"{digest}  {kept}\n" for kept, digest in sorted(digests.items())]
    file.write_text("".join(lines), encoding="utf-8")


def main() -> int:
    for step in (python, npm, java):
        print(f"{step.__name__} ...", flush=True)
        try:
            step()
        except StoreError as error:
            print(f"{step.__name__}: not renewed: {error}", file=sys.stderr)
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
