"""How engines and clients are fetched: by the clients of package registries, once, into the folder of `store.cache`.

Nothing floats: `pom.xml` and `requirements.txt` have the versions, `digests.txt` the SHA-256 of what Maven brings.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import sys
from pathlib import Path
from xml.etree import ElementTree

from support.stores.store import StoreError, cache, run

_FOLDER = Path(__file__).resolve().parent
_POM = _FOLDER / "pom.xml"
_REQUIREMENTS = _FOLDER / "requirements.txt"
_DIGESTS = _FOLDER / "digests.txt"
JAVA_MEMORY = "-Xmx1g"
JETTY = "jetty-runner"
RUNTIME = "runtime"
"""The scope, in `pom.xml`, of what is wanted with all that it needs to run."""


def java_version(name: str) -> str:
    """Return the pinned version of an artefact of Maven's."""
    return ElementTree.parse(_POM).findtext(f"{{*}}properties/{{*}}{name}.version") or ""


def python_version(name: str) -> str:
    """Return the pinned version of a package of Python's."""
    found = re.search(rf"^{name}==(\S+)", _REQUIREMENTS.read_text(encoding="utf-8"), re.MULTILINE)
    return found[1] if found else ""


def artefacts() -> dict[str, tuple[str, Path]]:
    """Return the coordinates of each artefact of Maven's by its name, and where its file is kept."""
    found = {}
    for dependency in ElementTree.parse(_POM).iterfind("{*}dependencies/{*}dependency"):
        tags = ("groupId", "artifactId", "type", "scope")
        group, name, packaging, scope = (dependency.findtext(f"{{*}}{tag}") for tag in tags)
        version, packaging = java_version(name or ""), packaging or "jar"
        # What is wanted with all that it needs is a folder of files, and has no extension.
        extension = "" if scope == RUNTIME else f".{packaging}"
        file = cache() / "maven" / f"{name}-{version}{extension}"
        found[str(name)] = f"{group}:{name}:{version}:{packaging}", file
    return found


def artefact(name: str) -> Path:
    """Return where an artefact of Maven's is kept."""
    return artefacts()[name][1]


def fetch(name: str) -> None:
    """Copy an artefact out of a Maven repository, with what it needs where `pom.xml` says so; raises StoreError."""
    if artefact(name).exists():
        return
    part = download(name)
    expected = dict(line.split()[::-1] for line in _DIGESTS.read_text(encoding="utf-8").splitlines())
    if (found := digest(part)) != expected.get(part.name):
        raise StoreError(f"{part} is not what was pinned: its SHA-256 is {found}, in {_DIGESTS.name} it is another")
    part.replace(artefact(name))  # whole or not at all, should the run be broken off


def download(name: str) -> Path:
    """Return an artefact as Maven brings it, apart from those that were proved; raises StoreError."""
    system("mvn", "maven")
    coordinates, file = artefacts()[name]
    part = file.parent / "part"
    maven = ["mvn", "-q", "-B", f"-Dmaven.repo.local={cache() / 'repository'}"]
    if not file.name.endswith(coordinates.rpartition(":")[2]):
        shutil.rmtree(part / file.name, ignore_errors=True)  # what a run that was broken off has left
        copy = ["dependency:copy-dependencies", f"-DincludeScope={RUNTIME}", f"-DoutputDirectory={part / file.name}"]
        run([*maven, "-f", _alone(name, part), *copy])
    else:
        run([*maven, "-f", _POM, "dependency:copy", f"-Dartifact={coordinates}", f"-DoutputDirectory={part}"])
    return part / file.name


def _alone(name: str, folder: Path) -> Path:
    """Return a copy of `pom.xml` with one of its dependencies alone: what each needs is kept apart."""
    ElementTree.register_namespace("", "http://maven.apache.org/POM/4.0.0")
    pom = ElementTree.parse(_POM)
    listed = pom.find("{*}dependencies")
    assert listed is not None
    for dependency in list(listed):
        if dependency.findtext("{*}artifactId") != name:
            listed.remove(dependency)
    folder.mkdir(parents=True, exist_ok=True)
    pom.write(folder / "pom.xml", encoding="utf-8", xml_declaration=True)
    return folder / "pom.xml"


def digest(path: Path) -> str:
    """Return the SHA-256 of a file; of a folder that of a list of its files, each with its own."""
    if path.is_dir():
        lines = (f"{digest(file)}  {file.name}\n" for file in sorted(path.iterdir()))
        return hashlib.sha256("".join(lines).encode()).hexdigest()
    with path.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def system(command: str, package: str) -> None:
    """Install a package of the Debian distribution for its command; raises StoreError."""
    if shutil.which(command):
        return
    if not shutil.which("apt-get") or os.geteuid() != 0:
        raise StoreError(f"{command} is missing, and only root of a Debian can install {package} for it")
    run(["apt-get", "update", "-qq"])
    run(["apt-get", "install", "-y", "-qq", "--no-install-recommends", package])


def python_tool(name: str) -> Path:
    """Return where the command of a Python package is kept: an environment for each, made anew with every pin."""
    pins = hashlib.sha256(_REQUIREMENTS.read_bytes()).hexdigest()[:8]
    return cache() / "python" / f"{name}-{pins}" / "bin" / name


def fetch_python(name: str, extra: str = "") -> None:
    """Install a package of the Python package index into its own environment; raises StoreError."""
    tool = python_tool(name)
    if tool.exists():
        return
    environment = tool.parents[1]
    run([sys.executable, "-m", "venv", environment])
    install = ["install", "--quiet", "--disable-pip-version-check", "--constraint", _REQUIREMENTS]
    run([environment / "bin" / "pip", *install, name + extra])


def lacks(path: Path, needs: str | None = None) -> str | None:
    """Return why what is kept at a path cannot be run, or None."""
    if needs and not shutil.which(needs):
        return f"{needs} is not installed"
    return None if path.exists() else f"{path.name} is not installed: run python3 tests/support/stores/install.py"


def jetty(port: int, folder: Path, path: str, application: Path, *options: str) -> list[str]:
    """Return the command that serves a web application on a port of loopback."""
    java = ["java", JAVA_MEMORY, f"-Djava.io.tmpdir={folder}", *options, "-jar", str(artefact(JETTY))]
    return [*java, "--host", "127.0.0.1", "--port", str(port), "--path", path, str(application)]
