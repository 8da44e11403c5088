"""How engines are fetched: by the clients of package registries, once, into the folder of `store.cache`."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

from support.stores.store import StoreError, cache, run

_PLUGIN = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1"
JAVA_MEMORY = "-Xmx1g"
# It runs a web application by a command, and is of the last line that takes those of Java EE's (javax).
JETTY = "org.eclipse.jetty:jetty-runner:9.4.57.v20241219"


def artefact(coordinates: str) -> Path:
    """Return where an artefact of Maven's (`group:name:version` or with `:packaging`) is kept."""
    _, name, version, *packaging = coordinates.split(":")
    return cache() / "maven" / f"{name}-{version}.{packaging[0] if packaging else 'jar'}"


def fetch(coordinates: str) -> None:
    """Copy an artefact, without what it depends on, out of a Maven repository; raises StoreError."""
    target = artefact(coordinates)
    if target.exists():
        return
    system("mvn", "maven")
    part = target.with_suffix(".part")
    copy = [f"{_PLUGIN}:copy", f"-Dartifact={coordinates}", f"-DoutputDirectory={part}"]
    run(["mvn", "-q", "-B", f"-Dmaven.repo.local={cache() / 'repository'}", *copy])
    (part / target.name).replace(target)  # whole or not at all, should the run be broken off
    part.rmdir()


def system(command: str, package: str) -> None:
    """Install a package of the Debian distribution for its command; raises StoreError."""
    if shutil.which(command):
        return
    if not shutil.which("apt-get") or os.geteuid() != 0:
        raise StoreError(f"{command} is missing, and only root of a Debian can install {package} for it")
    run(["apt-get", "update", "-qq"])
    run(["apt-get", "install", "-y", "-qq", "--no-install-recommends", package])


def python_tool(requirement: str, command: str) -> Path:
    """Return where the command of a Python package is kept: an environment for each."""
    return cache() / "python" / requirement.replace("==", "-") / "bin" / command


def fetch_python(requirement: str, command: str) -> None:
    """Install a package of the Python package index into its own environment; raises StoreError."""
    tool = python_tool(requirement, command)
    if tool.exists():
        return
    environment = tool.parents[1]
    run([sys.executable, "-m", "venv", environment])
    run([environment / "bin" / "pip", "install", "--quiet", "--disable-pip-version-check", requirement])


def lacks(path: Path, needs: str | None = None) -> str | None:
    """Return why what is kept at a path cannot be run, or None."""
    if needs and not shutil.which(needs):
        return f"{needs} is not installed"
    return None if path.exists() else f"{path.name} is not installed: run python3 tests/support/stores/install.py"


def jetty(port: int, folder: Path, path: str, application: Path, *options: str) -> list[str]:
    """Return the command that serves a web application on a port of loopback."""
    java = ["java", JAVA_MEMORY, f"-Djava.io.tmpdir={folder}", *options, "-jar", str(artefact(JETTY))]
    return [*java, "--host", "127.0.0.1", "--port", str(port), "--path", path, str(application)]
