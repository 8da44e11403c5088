"""The same graph and the same answers in the stores of others, each loaded by its own bulk loader.

`python3 tests/support/stores/install.py` installs them; one that is not there is skipped. What is expected is what
the embedded engine answers, which test_competency.py and test_stored.py hold to rows that were read off the articles.
The matrix in docs/stores.md is compared with what comes out, or with LODECLAIM_WRITE_DOCS=1 written.
"""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.error import HTTPError

import pytest

from lodeclaim.endpoint.catalogue import parameters, stored
from lodeclaim.endpoint.engines.engine import EmbeddedEngine, Query, Table, Term
from lodeclaim.namespaces import BASE, PREFIXES
from support.paths import GRAPH, ROOT
from support.stores import answers
from support.stores.engines import ENGINES
from support.stores.store import Engine, Store, StoreError, running
from support.values import others

PAGE = ROOT / "docs/stores.md"
MATRIX = re.compile(r"(?<=<!-- matrix -->\n)(?:\|.*\n)+(?=<!-- end of matrix -->)")
ALL = f'SELECT ?g ?s ?p ?o WHERE {{ GRAPH ?g {{ ?s ?p ?o }} FILTER(STRSTARTS(STR(?g), "{BASE}")) }}'


@dataclass(frozen=True)
class Case:
    """A query as it is asked of a store, and what the embedded engine answers."""

    name: str
    text: str
    expected: Table


@pytest.fixture(scope="session")
def cases(embedded: EmbeddedEngine, sources) -> list[Case]:
    """Every query of the catalogue as it stands, and each with parameters also with two serialised values."""
    return [
        Case(name, text, embedded.select(Query(text)))
        for path in (source.path for source in sources.files("queries"))
        for name, text in variants(embedded, path.stem, path.read_text(encoding="utf-8"))
    ]


def variants(embedded: EmbeddedEngine, name: str, text: str) -> Iterator[tuple[str, str]]:
    yield name, text
    query = stored.from_text(name, text, PREFIXES)
    if query.parameters:
        default = {p.name: p.default for p in query.parameters if p.default}
        yield f"{name} (default)", parameters.with_values(text, default)
        yield f"{name} (other)", parameters.with_values(text, default | others(embedded, query))


@pytest.fixture(scope="session")
def expected_quads(embedded: EmbeddedEngine) -> Counter:
    return quads(embedded.select(Query(ALL)))


@pytest.fixture(scope="session")
def found_quads(loaded) -> Counter:
    return quads(answers.select(loaded.store.query_url, ALL))


def quads(table: Table) -> Counter:
    """The quads with their values in normal form, and without the names of blank nodes, which no store keeps."""
    return Counter(
        tuple("_:" if term.kind == "blank" else answers.normal(term) for term in row if term) for row in table.rows
    )


def difference(case: Case, store: Store) -> str | None:
    """What is different in a store's answer, or None."""
    try:
        found = answers.select(store.query_url, case.text)
    except HTTPError as error:
        return f"{error.code}: {error.read()[:300]!r}"
    if found.columns != case.expected.columns:
        return f"columns {found.columns}"
    lacks, has = answers.bag(case.expected) - answers.bag(found), answers.bag(found) - answers.bag(case.expected)
    return f"lacks {list(lacks)[:3]}, has {list(has)[:3]}" if lacks or has else None


def test_every_other_value_is_taken(cases: list[Case]) -> None:
    """Without this a value that the query does not have would go unnoticed."""
    given = [case for case in cases if case.name.endswith("(other)")]
    assert len(given) == sum("(default)" in case.name for case in cases) >= 20
    texts = {case.name: case.text for case in cases}
    assert all(case.text != texts[case.name.replace("other", "default")] for case in given)
    assert [case.name for case in given if not case.expected.rows] == ["answers-yes-or-no (other)"]


def test_no_triple_stands_in_two_graphs(expected_quads: Counter) -> None:
    """Where the default graph is the union, some stores return such a triple once, others twice."""
    named = [quad[1:] for quad in expected_quads if "_:" not in quad]
    assert len(set(named)) == len(named) > 50_000


def test_no_name_is_escaped() -> None:
    """Virtuoso takes the backslash for a part of the IRI."""
    text = GRAPH.read_text(encoding="utf-8")
    without_strings = re.sub(r'"(?:[^"\\]|\\.)*"', "", text)
    assert "\\" in text
    assert "\\" not in without_strings


def test_every_triple_is_there_in_its_graph(found_quads: Counter, expected_quads: Counter) -> None:
    assert found_quads == expected_quads


def test_every_query_returns_the_same_rows(loaded, cases: list[Case], found_quads: Counter) -> None:
    different = {case.name: found for case in cases if (found := difference(case, loaded.store))}
    row = (
        f"| {loaded.engine.name} | {loaded.engine.version} | {loaded.engine.loader} | {found_quads.total():,} "
        f"| {len(cases) - len(different)} of {len(cases)} |\n"
    )
    matrix = MATRIX.search(PAGE.read_text(encoding="utf-8"))[0]
    if os.environ.get("LODECLAIM_WRITE_DOCS"):
        kept = [line for line in matrix.splitlines(keepends=True) if not line.startswith(f"| {loaded.engine.name} |")]
        PAGE.write_text(PAGE.read_text(encoding="utf-8").replace(matrix, "".join([*kept, row])), encoding="utf-8")
        matrix = row
    assert different == {}
    assert row in matrix, "run the tests with LODECLAIM_WRITE_DOCS=1 and look at what changes"


@pytest.mark.parametrize("engine", ENGINES.values(), ids=ENGINES)
def test_page_shows_the_command_that_is_run(engine: Engine) -> None:
    assert f"\n{engine.command}\n" in PAGE.read_text(encoding="utf-8")


def test_page_has_a_row_for_each_store() -> None:
    rows = MATRIX.search(PAGE.read_text(encoding="utf-8"))[0].splitlines()[2:]
    assert [row.split(" | ")[0] for row in rows] == [f"| {engine.name}" for engine in ENGINES.values()]


@pytest.mark.parametrize(
    ("datatype", "value", "written"),
    [
        ("boolean", "0", "false"),
        ("boolean", "true", "true"),
        ("decimal", "12.0", "12"),
        ("decimal", "69.50", "69.5"),
        ("decimal", "100", "100"),
        ("integer", "0", "0"),
        ("date", "2026-02-04", "2026-02-04"),
    ],
)
def test_only_booleans_and_decimals_are_written_in_one_way(datatype, value, written) -> None:
    term = Term(value, "literal", PREFIXES["xsd"] + datatype)
    assert answers.normal(term) == Term(written, "literal", PREFIXES["xsd"] + datatype)


def test_another_answer_is_noticed(loaded, cases: list[Case]) -> None:
    """Each store is asked once for what it does not answer, so that equality is seen to mean something."""
    case = next(case for case in cases if case.name == "shares-of-at-least (default)")
    other = next(case for case in cases if case.name == "shares-of-at-least (other)")
    assert difference(Case(case.name, other.text, case.expected), loaded.store)


def test_server_that_ends_is_told_with_what_it_printed(tmp_path) -> None:
    command = ["python3", "-c", "import sys; sys.exit('no licence')"]
    with (
        pytest.raises(StoreError, match=r"ended with 1: no licence"),
        running(command, tmp_path, "http://127.0.0.1:9"),
    ):
        pass


def test_file_that_is_no_trig_is_not_loaded(loaded, tmp_path) -> None:
    broken = tmp_path / "broken.trig"
    broken.write_text(GRAPH.read_text(encoding="utf-8")[:5_000] + "<broken", encoding="utf-8")
    with pytest.raises(StoreError), loaded.engine.serve(tmp_path, broken):
        pass
