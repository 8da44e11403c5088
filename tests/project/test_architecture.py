"""The house: which module may import which, and what is tracked."""

from __future__ import annotations

import ast
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from lodeclaim import __version__
from lodeclaim.namespaces import PREFIXES
from support.paths import ROOT

SOURCE = ROOT / "src" / "lodeclaim"

# A module imports only from those before it. Within a package the same holds.
ORDER = [
    "endpoint.errors",
    "endpoint.vocabularies",
    "endpoint.rdf",
    "findings",
    "namespaces",
    "resources",
    "templates",
    "corpus",
    "graph",
    "interop",
    "parts",
    "jsonld",
    "exports",
    "checksums",
    "endpoint.sparql.tokens",
    "endpoint.sparql.services",
    "endpoint.sparql.guard",
    "validation",
    "evidence",
    "coverage",
    "slips",
    "lineage",
    "reports",
    "reasoning.rules",
    "reasoning.owl",
    "reasoning.explain",
    "endpoint.sparql.formats",
    "endpoint.engines.rows",
    "endpoint.engines.names",
    "endpoint.engines.engine",
    "endpoint.engines.update",
    "endpoint.engines.answers",
    "endpoint.pool.limits",
    "endpoint.pool.wire",
    "endpoint.sparql.hints",
    "endpoint.engines.binding",
    "endpoint.engines.upstream",
    "endpoint.engines.remote",
    "endpoint.engines.apart",
    "endpoint.engines.holds",
    "endpoint.engines.dataset",
    "endpoint.pool.walls",
    "endpoint.pool.worker",
    "endpoint.pool.zygote",
    "endpoint.pool.fair",
    "endpoint.pool.admission",
    "endpoint.pool.channels",
    "endpoint.pool.generation",
    "endpoint.pool.pool",
    "endpoint.pool.blocking",
    "endpoint.pool.relay",
    "endpoint.catalogue.parameters",
    "endpoint.catalogue.values",
    "catalogue",
    "description",
    "build",
    "compare",
    "endpoint.catalogue.stored",
    "endpoint.web.settings",
    "endpoint.web.pages.addresses",
    "endpoint.web.negotiation",
    "endpoint.web.description",
    "endpoint.web.problems",
    "endpoint.web.pages.places",
    "endpoint.web.pages.problem_pages",
    "endpoint.web.pages.problem_kinds",
    "endpoint.web.protocol",
    "endpoint.web.store",
    "endpoint.web.operations",
    "endpoint.web.cache",
    "endpoint.web.exchange",
    "endpoint.web.wsgi",
    "endpoint.web.pages.openapi",
    "endpoint.web.pages.stored",
    "endpoint.web.pages.lookup",
    "endpoint.web.pages.nodes",
    "endpoint.web.pages.quotations",
    "endpoint.web.pages.assertions",
    "endpoint.web.pages.sections",
    "endpoint.web.pages.descriptions",
    "endpoint.web.pages.diagram",
    "endpoint.web.pages.terms",
    "endpoint.web.pages.worked",
    "endpoint.web.pages.neighbours",
    "endpoint.web.pages.linked",
    "endpoint.web.pages.browsing",
    "endpoint.web.pages.downloads",
    "endpoint.web.pages.shapes",
    "endpoint.web.pages.vocabulary",
    "endpoint.web.pages.cells",
    "endpoint.web.pages.asked",
    "endpoint.web.pages.result",
    "endpoint.web.pages.editor",
    "endpoint.web.served",
    "endpoint.web.health",
    "endpoint.web.observe",
    "endpoint.web.running",
    "endpoint.web.backend",
    "endpoint.web.service",
    "endpoint.web.app",
    "endpoint.web.threads",
    "endpoint.web.gateway",
    "endpoint.web.joined",
    "endpoint.web.connection",
    "endpoint.web.peer",
    "endpoint.web.server",
    "endpoint.web.options",
    "endpoint.web.factory",
    "endpoint",
    "hosted",
    "present",
    "tables",
    "output",
    "console",
    "push.load",
    "push.client",
    "push.ways",
    "push.verify",
    "push.run",
    "commands.annotate",
    "commands.build",
    "commands.check",
    "commands.compare",
    "commands.export",
    "commands.measure",
    "commands.push",
    "commands.query",
    "commands.serve",
    "cli",
    "__main__",
]
MODULES = sorted(
    path
    for path in SOURCE.rglob("*.py")
    if path.name != "__init__.py" or path.parent.name in {"templates", "reports", "description", "endpoint"}
)


def dotted(path: Path) -> str:
    return ".".join(path.relative_to(SOURCE).with_suffix("").parts).removesuffix(".__init__")


def imports(path: Path) -> set[str]:
    """The modules of ours that a file imports, at any depth of its code."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] == "lodeclaim":
            base = node.module.removeprefix("lodeclaim").removeprefix(".")
            names = [f"{base}.{alias.name}".removeprefix(".") for alias in node.names]
            found |= {name if name in ORDER else base for name in names}
        elif isinstance(node, ast.Import):
            found |= {a.name.removeprefix("lodeclaim.") for a in node.names if a.name.startswith("lodeclaim.")}
    return found - {""}


def test_order_lists_exactly_the_modules() -> None:
    assert sorted(ORDER) == sorted(dotted(path) for path in MODULES)


@pytest.mark.parametrize("path", MODULES, ids=dotted)
def test_module_imports_only_from_those_before_it(path) -> None:
    later = [name for name in imports(path) if ORDER.index(name) >= ORDER.index(dotted(path))]
    assert later == []


def test_imports_are_seen() -> None:
    assert {"endpoint.errors", "resources"} <= imports(SOURCE / "validation.py")


def contracts(source: Path) -> str:
    """What import-linter says of the contracts in pyproject.toml, for the package in a folder."""
    command = [Path(sys.executable).with_name("lint-imports"), "--config", ROOT / "pyproject.toml", "--no-cache"]
    variables = {**os.environ, "PYTHONPATH": str(source)}
    return subprocess.run(command, cwd=source, env=variables, capture_output=True, text=True, check=False).stdout


def test_contracts_on_layers_are_kept() -> None:
    assert "Contracts: 2 kept, 0 broken." in contracts(ROOT / "src")


@pytest.mark.parametrize(
    "line", ["from lodeclaim.namespaces import BASE", "from lodeclaim.endpoint.pool import wire"]
)
def test_contract_that_is_broken_is_told(line, tmp_path) -> None:
    shutil.copytree(
        ROOT / "src" / "lodeclaim", tmp_path / "lodeclaim", ignore=shutil.ignore_patterns("static", "*.pyc")
    )
    with (tmp_path / "lodeclaim/endpoint/sparql/tokens.py").open("a") as module:
        module.write(f"\n\ndef hidden():\n    {line}\n")
    assert "Contracts: 1 kept, 1 broken." in contracts(tmp_path)


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
