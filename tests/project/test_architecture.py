"""The house: what may import what, and what is tracked."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from lodeclaim import __version__
from lodeclaim.namespaces import PREFIXES
from support import architecture, derivations
from support.paths import ROOT

SOURCE = ROOT / "src" / "lodeclaim"


def contracts(source: Path) -> str:
    """What import-linter says of the contracts in pyproject.toml, for the package in a folder."""
    command = [Path(sys.executable).with_name("lint-imports"), "--config", ROOT / "pyproject.toml", "--no-cache"]
    variables = {**os.environ, "PYTHONPATH": str(source)}
    return subprocess.run(command, cwd=source, env=variables, capture_output=True, text=True, check=False).stdout


def test_contracts_on_layers_are_kept() -> None:
    assert "Contracts: 3 kept, 0 broken." in contracts(ROOT / "src")


@pytest.mark.parametrize(
    "line", ["from lodeclaim.namespaces import BASE", "from lodeclaim.endpoint.pool import wire"]
)
def test_contract_that_is_broken_is_told(line, tmp_path) -> None:
    shutil.copytree(
        ROOT / "src" / "lodeclaim", tmp_path / "lodeclaim", ignore=shutil.ignore_patterns("static", "*.pyc")
    )
    with (tmp_path / "lodeclaim/endpoint/sparql/tokens.py").open("a") as module:
        module.write(f"\n\ndef hidden():\n    {line}\n")
    assert "Contracts: 1 kept, 2 broken." in contracts(tmp_path)


def test_the_endpoint_names_nothing_of_the_knowledge() -> None:
    """No IRI of the ontology or of a resource stands in it; only its own vocabulary, and its kinds of problem."""
    kinds = {".py", ".js", ".html", ".rq", ".ttl", ".json", ".svg", ".css"}
    built = SOURCE / "endpoint" / "web" / "static" / "editor"
    files = [path for path in (SOURCE / "endpoint").rglob("*") if path.suffix in kinds and built not in path.parents]
    files += [path for path in (ROOT / "editor").iterdir() if path.suffix in kinds]
    assert len(files) > 150
    own = re.compile(r"https://w3id\.org/lodeclaim/(?:endpoint#|endpoint>|problem/)")
    for path in files:
        text = own.sub("", path.read_text(encoding="utf-8"))
        assert "w3id.org" not in text, path
        assert not re.search(r"\b(?:lcs?|claim|document|question):[A-Za-z]", text), path
        if path.suffix == ".py":
            imported = re.findall(r"(?:from|import) (lodeclaim[\w.]*)", text)
            assert all(name.startswith("lodeclaim.endpoint") for name in imported), path


def test_the_picture_is_that_of_the_code() -> None:
    pytest.importorskip("grimp", reason="import-linter is not installed")
    assert architecture.PICTURE.read_bytes() == architecture.picture(), "make docs"


def test_web_never_holds_a_store() -> None:
    for path in (SOURCE / "endpoint" / "web").rglob("*.py"):
        # It may write triples about itself, but hold none that a query is asked of.
        assert not re.search(r"\bStore\(|\.Store\b", path.read_text(encoding="utf-8")), path.name


def test_version_is_the_same_everywhere(built) -> None:
    rows = built.query(
        "SELECT DISTINCT ?v WHERE { ?o a owl:Ontology ; owl:versionInfo ?v }",
        prefixes={"owl": "http://www.w3.org/2002/07/owl#"},
        use_default_graph_as_union=True,
    )
    assert [row["v"].value for row in rows] == [__version__]
    described = built.query(
        "SELECT DISTINCT ?v WHERE { ?d a dcat:Dataset ; owl:versionInfo|dcat:version ?v }",
        prefixes=PREFIXES,
        use_default_graph_as_union=True,
    )
    assert [row["v"].value for row in described] == [__version__]
    assert f"version: {__version__}\n" in (ROOT / "CITATION.cff").read_text(encoding="utf-8")
    assert f"## [{__version__}]" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")


def tracked() -> list[Path]:
    listing = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return [ROOT / name for name in listing.split("\0") if name and (ROOT / name).is_file()]


def shingles(text: str, length: int = 8) -> set[tuple[str, ...]]:
    words = [word.lower() for word in re.findall(r"\w+", text)]
    return {tuple(words[i : i + length]) for i in range(len(words) - length + 1)}


def test_no_tracked_file_holds_the_articles_words(corpus) -> None:
    articles = [path.read_text(encoding="utf-8") for path in sorted(corpus.glob("*.txt"))]
    assert len(articles) == 5
    theirs = set().union(*map(shingles, articles))
    files = tracked()
    assert len(files) > 50
    shared = {}
    for path in files:
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        if found := shingles(text) & theirs:
            shared[str(path.relative_to(ROOT))] = sorted(" ".join(words) for words in found)
    assert shared == {}


def test_a_planted_sentence_is_found(corpus) -> None:
    article = next(iter(sorted(corpus.glob("*.txt")))).read_text(encoding="utf-8")
    planted = "# a comment\n" + " ".join(article.split()[40:60])
    assert shingles(planted) & shingles(article)


@pytest.mark.parametrize("pattern", ["ontology/**/*.ttl", "shapes/**/*.ttl", "data/**/*.ttl", "**/*.rq"])
def test_prefixes_are_those_of_the_project(pattern) -> None:
    files = [path for path in ROOT.glob(pattern) if ".venv" not in path.parts]
    assert files
    for path in files:
        text = path.read_text(encoding="utf-8")
        for prefix, iri in re.findall(r"^(?:@prefix|PREFIX)\s+([\w-]*):\s+<([^>]*)>", text, re.MULTILINE):
            known = PREFIXES.get(prefix)
            assert known == iri or "tests" in path.parts, f"{path}: {prefix} is {iri}, not {known}"


def test_text_files_are_tidy() -> None:
    for path in tracked():
        if path.suffix in {".ttl", ".rq", ".py", ".md", ".toml", ".trig"} and "fixtures" not in path.parts:
            text = path.read_bytes()
            assert text.endswith(b"\n") or not text, f"{path}: no newline at its end"
            if path.suffix in {".ttl", ".rq"}:
                assert b"\t" not in text, f"{path}: a tab"


def test_what_is_derived_from_what_is_told_of_the_rules_as_they_are(built) -> None:
    assert derivations.PAGE.read_text(encoding="utf-8") == derivations.page(built), "make docs"
    assert derivations.PICTURE.read_bytes() == derivations.picture(built), "make docs"


def test_terms_of_a_rule_are_seen_wherever_they_stand() -> None:
    """In lists of values, paths, subqueries and what must not be there; by a head that is written by hand."""
    told = derivations.terms(
        """PREFIX : <urn:t:>
        CONSTRUCT { ?s a :Made ; :made ?o ; ?p ?v }
        WHERE {
          VALUES ?p { :one :two }
          ?s :a/:b*|^:c ?o ; ?p ?v .
          OPTIONAL { SELECT ?s { ?s a :Read } }
          FILTER NOT EXISTS { ?s :d/:e ?any . ?any a :Absent }
          MINUS { ?s :f ?g }
        }"""
    )
    assert told.makes == {f"urn:t:{name}" for name in ("Made", "made", "one", "two")}
    names = ("one", "two", "a", "b", "c", "Read", "d", "e", "Absent", "f")
    assert told.reads == {f"urn:t:{name}" for name in names}
