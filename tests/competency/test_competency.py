"""The catalogue of queries gives the rows that were read off the articles, and each row can be shown there.

`tests/competency/<name>.csv` has the columns of `data/queries/<name>.rq` and a last one, `cited`: where in the
articles a reader finds the row, as `document-key:start-end`, several separated by a blank. The cited characters must
hold, or lie in, the passage of a claim. A query whose right answer is nothing has only the header, and a control:
`<name>.control.ttl`, loaded with the rules over it, makes the rows of `<name>.control.csv` appear.
"""

from __future__ import annotations

import re

import pyoxigraph as ox
import pytest

from lodeclaim import evidence, naming
from lodeclaim.endpoint import rdf
from lodeclaim.endpoint.engines.engine import Query
from lodeclaim.namespaces import PREFIXES
from lodeclaim.reasoning import derivation
from support.competency import EMPTY, EXPECTED, FOLDER, query, rows
from support.graphs import copy_of


def answers(store: ox.Store, name: str) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    table = naming.engine(store).select(Query(query(name)))
    return table.columns, [tuple(cell.value if cell else "" for cell in row) for row in table.rows]


@pytest.fixture(scope="module")
def passages(built: ox.Store) -> dict[str, list[tuple[int, int]]]:
    """The passages that carry claims, by document key."""
    found: dict[str, list[tuple[int, int]]] = {}
    for item in evidence.read(built):
        if item.claim:
            found.setdefault(item.document.rsplit("/", 1)[-1], []).append((item.start, item.end))
    return found


def test_catalogue_is_as_large_as_promised() -> None:
    assert len(EXPECTED) >= 50
    assert len(EMPTY) >= 8


@pytest.mark.parametrize("path", EXPECTED, ids=lambda path: path.stem)
def test_query_returns_the_rows_read_off_the_articles(path, built) -> None:
    columns, found = answers(built, path.stem)
    expected = [tuple(row[column] for column in columns) for row in rows(path)]
    header = path.read_text(encoding="utf-8").splitlines()[0].split(",")
    assert header == [*columns, "cited"]
    assert sorted(found) == sorted(expected)


@pytest.mark.parametrize("path", EXPECTED, ids=lambda path: path.stem)
def test_every_row_is_found_in_the_articles(path, passages) -> None:
    for row in rows(path):
        places = re.findall(r"([a-z0-9-]+):(\d+)-(\d+)", row["cited"])
        assert places, f"{path.name}: {row} cites nothing"
        for key, start, end in places:
            first, last = int(start), int(end)
            assert any((first <= s and e <= last) or (s <= first and last <= e) for s, e in passages.get(key, [])), (
                f"{path.name}: no claim has a passage in {key}:{start}-{end}"
            )


@pytest.mark.parametrize("path", EMPTY, ids=lambda path: path.stem)
def test_nothing_is_the_answer_only_until_a_claim_says_otherwise(path, built, sources) -> None:
    control = FOLDER / f"{path.stem}.control.ttl"
    store = copy_of(built)
    prefixes = "".join(f"@prefix {p}: <{iri}> .\n" for p, iri in (PREFIXES | {"ex": "https://example.org/"}).items())
    planted = ox.NamedNode("https://w3id.org/lodeclaim/graph/documents/control")
    text = prefixes + rdf.read_text(control)
    for quad in ox.parse(text, format=ox.RdfFormat.TURTLE):
        store.add(ox.Quad(quad.subject, quad.predicate, quad.object, planted))
    for step in derivation.steps(sources.files("rules"), store):
        if step.rule:
            step.apply(store)
    columns, found = answers(store, path.stem)
    expected = rows(FOLDER / f"{path.stem}.control.csv")
    assert expected
    assert sorted(found) == sorted(tuple(row[column] for column in columns) for row in expected)


def test_rules_applied_again_add_nothing(built, sources) -> None:
    store = copy_of(built)
    steps = derivation.steps(sources.files("rules"), store)
    added = {step.rule.name: step.apply(store) for step in steps if step.rule}
    assert added
    assert set(added.values()) == {0}, added
