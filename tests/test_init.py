"""A folder of one's own begins with files that build, and that say what belongs where."""

from __future__ import annotations

from pathlib import Path

import pyoxigraph as ox
import pytest
from click.testing import CliRunner, Result

from lodeclaim import build, folder, resources
from lodeclaim.cli import main
from lodeclaim.endpoint import rdf
from lodeclaim.endpoint.errors import UsageError


def init(*arguments: object) -> Result:
    return CliRunner().invoke(main, ["init", *map(str, arguments)])


@pytest.mark.slow
@pytest.mark.parametrize("name", ["my-claims", "Ports & Piers", "events"])
def test_a_new_folder_builds_and_adds_nothing_but_its_module(name, tmp_path, monkeypatch) -> None:
    """Also one whose name has signs in it, or is that of a file of ours."""
    monkeypatch.chdir(tmp_path)
    told = init(name)
    assert told.exit_code == 0, told.output
    built = build.build(resources.find((tmp_path / name,)))
    assert built.findings == ()
    ours = build.build(resources.find())
    new = {quad.graph_name.value.rpartition("/graph/")[2] for quad in built.store} - {
        quad.graph_name.value.rpartition("/graph/")[2] for quad in ours.store
    }
    assert len(new) == 1
    assert next(iter(new)).startswith("ontology/")


def test_its_examples_are_turtle_when_the_comments_are_taken_away() -> None:
    for name, text in folder.files("ports").items():
        if name.endswith(".ttl"):
            examples = text.rpartition("\n\n# ")[2]
            example = "\n".join(line.removeprefix("#").removeprefix(" ") for line in ("# " + examples).splitlines())
            prefixes = "\n".join(line for line in text.splitlines() if line.startswith("@prefix"))
            assert list(ox.parse(f"{prefixes}\n{example}", format=ox.RdfFormat.TURTLE)), name


def test_iris_begin_as_is_asked_for() -> None:
    files = folder.files("ports", "https://data.example.net/ports#")
    assert "@prefix ports: <https://data.example.net/ports#> ." in files["ontology/ports.ttl"]
    assert "<https://data.example.net/ports/ontology>\n    a owl:Ontology" in files["ontology/ports.ttl"]


@pytest.mark.parametrize(
    "namespace",
    ["", "ports", "https://example.org/ports", "https://w3id.org/lodeclaim/mine/", "a b/", "https://schema.org/"],
)
def test_what_is_no_namespace_is_refused(namespace) -> None:
    with pytest.raises(UsageError, match="--namespace"):
        folder.files("ports", namespace)


def test_nothing_is_overwritten(tmp_path) -> None:
    (tmp_path / "mine.txt").write_text("mine", encoding="utf-8")
    told = init(tmp_path)
    assert (told.exit_code, "is there, and not empty" in told.output) == (2, True)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]
    told = init(tmp_path / "mine.txt")
    assert (told.exit_code, "is there, and no folder" in told.output) == (2, True)


def test_an_empty_folder_is_taken(tmp_path) -> None:
    assert init(tmp_path).exit_code == 0
    assert (tmp_path / "README.md").is_file()


@pytest.mark.parametrize(
    ("name", "is_stray"),
    [
        ("data/mine.ttl", True),
        ("data/vocabulary/more/mine.ttl", True),
        ("data/claims/mine.ttl", True),
        ("data/queries/mine.ttl", True),
        ("ontology/mine.rq", True),
        ("shapes/lint/mine.rq", True),
        ("shapes/mine.rq", True),
        ("data/vocabulary/mine.TTL", True),
        ("data/graph/old.ttl", False),
        ("data/profiles/mine.rq", False),
        ("shapes/lint/mine.violation.rq", False),
        ("examples/mine.ttl", False),
        ("data/notes.md", False),
        ("data/documents/.checkpoints/mine.ttl", False),
    ],
)
def test_a_file_that_nothing_reads_is_told(name, is_stray, tmp_path) -> None:
    init(tmp_path / "own")
    path = tmp_path / "own" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("", encoding="utf-8")
    strays = list(resources.find((tmp_path / "own",)).strays())
    assert strays == ([path] if is_stray else [])


def test_build_tells_of_strays_with_the_places_to_move_them_to(tmp_path) -> None:
    init(tmp_path / "own")
    stray = tmp_path / "own/data/mine.ttl"
    rdf.write(stray, b"")
    told = CliRunner().invoke(main, ["build", "--extra", str(tmp_path / "own")])
    assert told.exit_code == 1
    assert f"{stray}: nothing is read from there [stray-file]. Move it to where it belongs" in told.output
    assert "data/vocabulary/*.ttl" in told.output


def test_the_project_has_no_strays() -> None:
    root = Path(resources.find().roots[0])
    assert list(resources.Resources((root, root)).strays()) == []
