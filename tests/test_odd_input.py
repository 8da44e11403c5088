"""Odd input: whatever the arguments, a command ends with a status and a message, and never with a traceback.

Commands, arguments and options are read from click, so that a new one is tried without a word here.
"""

from __future__ import annotations

import os
import random
import shutil
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import click
import pytest
from click.testing import CliRunner

from lodeclaim import graph, resources
from lodeclaim.cli import main
from lodeclaim.endpoint.web import backend, server
from support.paths import GRAPH, ROOT, TESTS, TINY

pytestmark = pytest.mark.slow

EXTRA = TESTS / "fixtures" / "extra"
ARTICLE = TESTS / "fixtures" / "texts" / "harbour-news.txt"
SEED = int(os.environ.get("LODECLAIM_FUZZ_SEED", "20260205"))
ROUNDS = int(os.environ.get("LODECLAIM_FUZZ_ROUNDS", "40"))
"""Calls of each command with several odd values at once; each value is also tried alone."""

BUILDS = ("build", "check")
"""The commands that take a while: of many odd values they are given FEW."""

FEW = 12
NUMBERS = [
    *(
        "-1",
        "0",
        "1e308",
        "nan",
        "inf",
        "-inf",
        "9" * 400,
        "99999999999999999999",
        "x",
        "",
        " ",
        "0x10",
        "1.5",
        "\udcff",
    ),
]
WORDS = [
    *("", " ", "\0", "\udcff", "\x1b[31m", "x" * 100_000, "a\nb", "=", "a=", "=b", ":", "a:b", "<x>", "-", "?", "*"),
    *("{", "SELECT", "SELECT * {", "ASK {}", "SELECT ?x { ?x a ?y } LIMIT 1", "CONSTRUCT WHERE { ?s ?p ?o }"),
    *("DESCRIBE <a:b>", "INSERT DATA { <a:b> <a:b> 1 }", "SELECT ?\udcff {}", "graph-counts", "why", "x.rq", "../x"),
    *("http://127.0.0.1:9", "file:///etc/passwd", "http://", "http://[", "http://a:99999/", "https://\udcff/", "%00"),
    *("news18-ministerial", "harbour-news", "node=a:b", "node=\0", "json", "ttl", "0.0.0.0/99", "127.0.0.1:99999"),
]
TURTLE = {
    "empty": b"",
    "binary": bytes(range(256)) * 4,
    "broken": b"<a:s> <a:p> {",
    "latin": "<a:s> <a:p> 'é' .".encode("latin-1"),
    "marked": b"\xef\xbb\xbf<a:s> <a:p> 1 .",
    "foreign": b"<http://e/s> <http://e/p> <http://e/o> .\n",
    "named": b"<a:g> { <a:s> <a:p> 'x'@en-a, 1e400, 'x'^^<http://www.w3.org/2001/XMLSchema#date> }",
    "nul": b"<a:s> <a:p> '\0' .",
    "json": b"[1, 2",
    "query": b"SELECT ?x WHERE { ?x <a:p> ?y }",
    "long": b"<a:s> <a:p> '" + b"x" * 1_000_000 + b"' .",
    "deep": b"<a:s> <a:p> " + b"(" * 20_000,
}


@pytest.fixture(scope="module")
def odd_paths(tmp_path_factory) -> list[str]:
    """Files, folders and what is neither; the names of some are odd themselves."""
    at = tmp_path_factory.mktemp("odd")
    for name, content in TURTLE.items():
        for ending in ("trig", "nq", "rq", "txt"):
            (at / f"{name}.{ending}").write_bytes(content)
    (at / "folder").mkdir()
    (at / "folder.rq").mkdir()
    (at / "texts").mkdir()
    (at / "texts" / "folder.txt").mkdir()
    for name, path in {"graph.trig": GRAPH, "tiny.trig": TINY, "article.txt": ARTICLE}.items():
        shutil.copy(path, at / name)  # what is given for --output is replaced
    shutil.copytree(EXTRA, at / "my-claims")
    os.mkfifo(at / "pipe")
    os.mkfifo(at / "pipe.rq")
    (at / "loop").symlink_to(at / "loop")
    (at / "dangling").symlink_to(at / "nowhere")
    (at / "\udcff").write_bytes(b"x")
    locked = at / "locked"
    locked.write_bytes(b"x")
    locked.chmod(0)
    return [
        *map(str, sorted(at.iterdir())),
        *("", ".", "-", "\0", "x" * 5_000, "/dev/null", "/dev/full", "/dev/zero", "/proc/self/mem"),
        str(at / "nowhere" / "x"),
        f"{locked}/x",
    ]  # fmt: skip


@pytest.fixture(scope="module")
def odd_folders(tmp_path_factory) -> list[str]:
    """Folders for --extra, each with one odd file where a file of the layout is looked for."""
    at = tmp_path_factory.mktemp("extra")
    folders = []
    for kind, pattern in resources._LAYOUT.items():
        for name, content in TURTLE.items():
            path = at / kind / name / pattern.replace("**", "alarms").replace("*", "odd")
            path.parent.mkdir(parents=True)
            path.write_bytes(content)
            folders.append(at / kind / name)
        for name, make in (("folder", Path.mkdir), ("pipe", os.mkfifo)):
            path = at / kind / name / pattern.replace("**", "alarms").replace("*", "odd")
            path.parent.mkdir(parents=True)
            make(path)
            folders.append(at / kind / name)
    return list(map(str, folders))


@pytest.fixture(scope="module")
def project(tmp_path_factory, built) -> Path:
    """A project that is built in a moment: what is described, the policies and no document."""
    at = tmp_path_factory.mktemp("project")
    for name in (
        "ontology/lodeclaim.ttl",
        "ontology/core.ttl",
        "data/description.ttl",
        "data/vocabulary/policies.ttl",
    ):
        (at / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, at / name)
    (at / "data" / "queries").mkdir()
    shutil.copy(ROOT / "data" / "queries" / "graph-counts.rq", at / "data" / "queries")
    (at / "data" / "graph").mkdir()
    # Some of everything, so that an answer does not take long.
    some = [quad for quad in built if "country-count" in str(quad.subject) or "/policies>" in str(quad.graph_name)]
    assert len(some) > 300
    (at / resources.BUILT).write_bytes(graph.to_trig(some))
    return at


@pytest.fixture
def quick(project, tmp_path, monkeypatch) -> None:
    """Let nothing listen, nothing be derived from the whole project, and nothing be written into it."""
    monkeypatch.setattr(resources, "project_folder", lambda: project)
    monkeypatch.setattr(server, "serve", lambda *_: None)
    monkeypatch.setattr(backend, "Backend", lambda *_: SimpleNamespace(close=lambda: None))
    monkeypatch.setattr("lodeclaim.assistants.server.serve_http", lambda *_: None)
    monkeypatch.setattr("lodeclaim.assistants.server.serve_stdio", lambda *_: None)
    monkeypatch.setattr("lodeclaim.push.client._pause", lambda *_: 0.0)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LODECLAIM_CORPUS", "")


def values_of(parameter: click.Parameter, paths: list[str], folders: list[str]) -> list[str]:
    """Return odd values for an argument or option, by its type and name."""
    if isinstance(parameter.type, click.Path):
        return [*folders, *paths] if parameter.name == "extra" else paths
    if isinstance(parameter.type, click.Choice):
        return [*parameter.type.choices, "", "\udcff"]
    if parameter.type.name in ("integer", "float", "integer range", "float range"):
        return NUMBERS
    return [*WORDS, *paths[:20], str(ARTICLE)]


def words(parameter: click.Parameter, value: str) -> list[str]:
    """Return what is typed for a value."""
    if isinstance(parameter, click.Argument):
        return [value]
    return [parameter.opts[0]] if parameter.is_flag else [parameter.opts[0], value]


def parameters(command: click.Command) -> list[click.Parameter]:
    return [each for each in command.params if each.name != "help"]


def required(command: click.Command, chosen: click.Parameter) -> list[str]:
    """Return fitting values for the arguments that a command needs besides the one that is tried."""
    fitting = {
        "query": "ASK {}",
        "words": "cobalt",
        "url": "http://127.0.0.1:9",
        "text": str(ARTICLE),
        "folder": str(ARTICLE.parent),
        "old": str(GRAPH),
        "target": str(ARTICLE.parent),
        "corpora": str(ARTICLE.parent),
    }
    return [
        fitting[each.name]
        for each in parameters(command)
        if isinstance(each, click.Argument) and each is not chosen and each.required
    ]


def trouble(arguments: list[str]) -> Iterator[str]:
    """Run a command and yield what is wrong with how it ends."""
    result = CliRunner().invoke(main, arguments, input=b"\xff\0x\n")
    shown = f"{[argument[-80:] for argument in arguments]} {result.exception!r:.200} {result.stderr[-300:]}"
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        yield f"traceback: {shown}"
    elif result.exit_code not in (0, 1, 2):
        yield f"status {result.exit_code}: {shown}"
    elif "unforeseen" in result.stderr or "Traceback" in result.output:
        yield f"unforeseen: {shown}"
    elif result.exit_code and not result.stderr.strip():
        yield f"no message: {shown}"
    elif len(result.stderr) > 20_000:
        yield f"a message of {len(result.stderr)} characters: {shown}"


NAMES = list(main.list_commands(click.Context(main)))
ALONE = [
    (name, parameter.name) for name in NAMES for parameter in parameters(main.get_command(click.Context(main), name))
]


def command_named(name: str) -> click.Command:
    return main.get_command(click.Context(main), name)


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize(("name", "parameter"), ALONE, ids=lambda value: value)
def test_each_odd_value_alone(name, parameter, odd_paths, odd_folders) -> None:
    command = command_named(name)
    (chosen,) = [each for each in parameters(command) if each.name == parameter]
    others = required(command, chosen)
    values = values_of(chosen, odd_paths, odd_folders)
    if name in BUILDS and len(values) > FEW:
        values = random.Random(f"{SEED} {name} {parameter}").sample(values, FEW)
    typed = [words(chosen, value) for value in values]
    if isinstance(chosen, click.Argument):
        calls = [[name, "--", *each, *others] for each in typed]
    else:
        calls = [[name, *each, "--", *others] for each in typed]
    found = [said for call in calls for said in trouble(call)]
    assert not found, "\n".join(found)


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize("name", NAMES)
def test_odd_values_together(name, odd_paths, odd_folders) -> None:
    chance = random.Random(f"{SEED} {name}")
    command = command_named(name)
    found: list[str] = []
    for _ in range(ROUNDS // 4 if name in BUILDS else ROUNDS):
        options = [each for each in parameters(command) if not isinstance(each, click.Argument)]
        arguments = [each for each in parameters(command) if isinstance(each, click.Argument)]
        chosen = chance.sample(options, chance.randint(0, min(4, len(options))))
        typed = [w for each in chosen for w in words(each, chance.choice(values_of(each, odd_paths, odd_folders)))]
        given = [chance.choice(values_of(each, odd_paths, odd_folders)) for each in arguments]
        found += trouble([name, *typed, "--", *given])
    assert not found, "\n".join(found)
