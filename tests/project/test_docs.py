"""What the documentation says is so: queries and their rows, numbers, commands, terms."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from pathlib import Path

import pytest
from click.testing import CliRunner

from lodeclaim.cli import main
from lodeclaim.namespaces import GRAPHS
from lodeclaim.resources import Resources
from support import reference, servers
from support.paths import GRAPH, ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")
ASK = (ROOT / "docs/ask.md").read_text(encoding="utf-8")
QUERIES = re.findall(r"<!-- query: (\S+) -->\n```sparql\n(.*?)\n```\n\n((?:\|[^\n]*\n)+)", README + ASK, re.DOTALL)
ANSWERS = re.findall(r"<!-- answer: (\S+) -->\n((?:\|.*\n)+)", README)


@pytest.fixture(scope="module")
def client():
    with servers.serve(GRAPH, "--log", "off") as server:
        yield server


def without_comments(text: str) -> str:
    return "\n".join(line for line in text.splitlines() if not line.startswith("#")).strip()


def rows_of(table: str) -> list[list[str]]:
    lines = [[cell.strip() for cell in line.strip("|\n").split(" | ")] for line in table.splitlines()]
    return [lines[0], *lines[2:]]


def answered(client, query: str) -> list[list[str]]:
    response = client.ask(query, "text/csv")
    assert response.status == 200
    return list(csv.reader(io.StringIO(response.text)))


def test_the_four_queries_are_shown() -> None:
    assert [name for name, _, _ in QUERIES] == [
        "china-processing-share",
        "strategic-reserves",
        "ministerial-attendance",
        "credited-to-vance",
    ]


@pytest.mark.parametrize(("name", "query", "table"), QUERIES, ids=[name for name, _, _ in QUERIES])
def test_readme_query_is_the_file_and_gets_the_rows_shown(name, query, table, client, sources: Resources) -> None:
    file = next(s.path for s in sources.files("queries") if s.path.stem == name)
    assert without_comments(file.read_text(encoding="utf-8")) == query
    assert answered(client, query) == rows_of(table)


@pytest.mark.parametrize(("name", "query", "table"), QUERIES, ids=[name for name, _, _ in QUERIES])
def test_readme_query_is_simple(name, query, table) -> None:
    body = query[query.index("WHERE") :]
    patterns = re.findall(r"[;.](?:\s|$)", re.sub(r"VALUES[^}]*}", "", body))
    assert 1 <= len(patterns) <= 6


@pytest.mark.parametrize(("name", "table"), ANSWERS)
def test_readme_numbers_are_those_of_the_graph(name, table, client, sources: Resources) -> None:
    file = next(s.path for s in sources.files("queries") if s.path.stem == name)
    assert answered(client, file.read_text(encoding="utf-8")) == rows_of(table)


def test_readme_number_of_claims_by_curl(client) -> None:
    query, number = re.search(r"query=(PREFIX.*?)'\nclaims\n(\d+)\n", README).groups()
    assert answered(client, query) == [["claims"], [number]]


def test_every_catalogued_query_runs_and_finds_something(client, sources: Resources) -> None:
    files = sources.files("queries")
    assert len(files) >= 5
    for source in files:
        text = source.path.read_text(encoding="utf-8")
        assert text.startswith("# "), f"{source.path.name} must begin with its question"
        empty = (ROOT / f"tests/competency/{source.path.stem}.control.ttl").is_file()
        assert (len(answered(client, text)) > 1) != empty, source.path.name


def test_readme_turtle_is_that_of_the_document() -> None:
    shown = re.search(r"```turtle\n(.*?)```", README, re.DOTALL)[1]
    document = (ROOT / "data/documents/qazinform-ministerial.ttl").read_text(encoding="utf-8")
    assert shown in document


def test_turtle_on_the_short_form_is_that_of_the_example() -> None:
    text = (ROOT / "docs/short-form.md").read_text(encoding="utf-8")
    example = "".join(
        (ROOT / name).read_text(encoding="utf-8")
        for name in (
            "tests/fixtures/extra/data/documents/harbour-news.ttl",
            "tests/fixtures/extra/data/vocabulary/harbour.ttl",
            "data/documents/ani-portal-ministerial.ttl",
        )
    )
    *whole, part = re.findall(r"```turtle\n(.*?)```", text, re.DOTALL)
    assert len(whole) == 7
    assert [turtle for turtle in whole if turtle not in example] == []
    assert part.startswith("    lc:gloss"), "the last is a line that nobody has to have written"


@pytest.mark.parametrize("scheme", ["hedge", "modality"])
def test_queries_for_what_there_is_to_choose_from_find_it(scheme) -> None:
    text = (ROOT / "docs/short-form.md").read_text(encoding="utf-8")
    (query,) = re.findall(rf'^lodeclaim query "(.*vocab:{scheme} .*)" --format table$', text, re.M)
    found = CliRunner().invoke(main, ["query", query, "--format", "tsv"]).output
    assert f"/vocab/{scheme}/" in found
    assert "/vocab/modality/factual" not in found, "a broad one, which no author writes"


def test_table_of_kinds_is_that_of_the_check() -> None:
    """What the table says that a claim carries is what the lint asks for."""
    lint = (ROOT / "shapes/lint/value-missing.violation.rq").read_text(encoding="utf-8")
    asked = {(kind, name) for kind, name in re.findall(r"\((kind:\S+) (lc:\S+)\)", lint)}
    text = (ROOT / "docs/short-form.md").read_text(encoding="utf-8")
    told: set[tuple[str, str]] = set()
    numbers: set[str] = set()
    for kinds, says in re.findall(r"^\| (`kind:.*?) \| (.*) \|$", text, re.M):
        terms = set(re.findall(r"`(lc:\w+)`", says)) | (numbers if says.startswith("the same") else set())
        numbers = numbers or terms
        for kind in re.findall(r"kind:\w+", kinds):
            told |= {(kind, term) for term in terms}
    assert asked <= told


def test_ontology_readme_lists_every_module(sources: Resources) -> None:
    text = (ROOT / "ontology/README.md").read_text(encoding="utf-8")
    listed = re.findall(r"^\| `(\w+)` \|[^|]*\| ?([^|]*)\|$", text, re.M)
    assert {name for name, _ in listed} == {s.path.stem for s in sources.files("ontology")}
    for name, classes in listed:
        module = (ROOT / f"ontology/{name}.ttl").read_text(encoding="utf-8")
        for term in filter(None, classes.strip().split(", ")):
            assert f"\nlc:{term}\n    a owl:Class" in module, f"{term} is not in {name}"


def test_readme_says_that_the_redirect_is_not_registered() -> None:
    assert "not registered yet" in README


def test_readme_is_short() -> None:
    assert len(README.splitlines()) <= 180


def documents() -> list[Path]:
    return [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), ROOT / "ontology/README.md"]


def test_links_between_documents_lead_somewhere() -> None:
    for document in documents():
        text = document.read_text(encoding="utf-8")
        for target, fragment in re.findall(r"\]\((?!https?:)([^)#\s]*)(?:#([^)\s]*))?\)", text):
            file = (document.parent / target).resolve() if target else document
            assert file.exists(), f"{document.name}: {target}"
            if fragment:
                titles = re.findall(r"^#+ (.*)$", file.read_text(encoding="utf-8"), re.M)
                anchors = {re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-") for title in titles}
                assert fragment in anchors, f"{document.name}: {target}#{fragment}"


def test_every_document_is_in_the_index() -> None:
    index = (ROOT / "docs/README.md").read_text(encoding="utf-8")
    listed = {(ROOT / "docs" / target).resolve() for target in re.findall(r"\]\(([^)#]+)", index)}
    assert {path for path in (ROOT / "docs").glob("*.md") if path.name != "README.md"} <= listed


def test_reference_is_that_of_commands_paths_and_rules(built) -> None:
    assert reference.PAGE.read_text(encoding="utf-8") == reference.page(built), "make docs"


def test_counts_to_check_a_store_against_are_those_of_the_graph(built) -> None:
    text = (ROOT / "docs/load-elsewhere.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (`graph/.*?`) \| ([\d,]+) \|", text, re.M)
    counts = Counter(quad.graph_name.value.removeprefix(GRAPHS).partition("/")[0] for quad in built)
    told = {tuple(re.findall(r"`graph/(\w+)/?`", names)): int(count.replace(",", "")) for names, count in rows}
    assert told == {names: sum(counts.pop(name) for name in names) for names in told}
    assert counts == {}, "every graph is in the table"
    assert f"{sum(told.values()):,} triples in all" in text


def test_readme_comparison_is_what_the_command_prints() -> None:
    shown = re.search(r"\$ lodeclaim compare ministerial-country-count\n(.*?)```", ASK, re.DOTALL)[1]
    printed = CliRunner().invoke(main, ["compare", "ministerial-country-count"]).output
    assert lines(shown) == lines(printed)


VERDICTS = re.findall(
    r"^\| ([^|]+) \| [^|]+ \| [^|]+ \| `([a-z0-9-]+)` \|$",
    (ROOT / "docs/comparison.md").read_text(encoding="utf-8"),
    re.M,
)


@pytest.mark.parametrize(("verdict", "question"), VERDICTS)
def test_each_example_of_the_comparison_is_what_the_command_prints(verdict, question) -> None:
    printed = CliRunner().invoke(main, ["compare", question]).output
    assert verdict in printed


def test_each_verdict_and_alarm_that_the_graph_has_is_explained(built) -> None:
    told = (ROOT / "docs/comparison.md").read_text(encoding="utf-8")
    query = (ROOT / "tests/fixtures/verdicts-of-the-graph.rq").read_text(encoding="utf-8")
    labels = {row["label"].value for row in built.query(query, use_default_graph_as_union=True)}
    assert len(labels) > 10
    assert {label for label in labels if label not in told} == set()


def test_readme_worked_example_is_what_the_command_prints() -> None:
    command = re.search(r"\$ lodeclaim compare (\S+ --why)\n(.*?)```", ASK, re.DOTALL)
    printed = CliRunner().invoke(main, ["compare", *command[1].split()]).output
    assert lines(command[2]) == lines(printed)
    assert "contradicts" in printed
    assert "only if niche metals is the same as rare-earth elements and capacity base is the same as" in printed


def lines(text: str) -> list[str]:
    return [line.rstrip() for line in text.rstrip().splitlines()]
