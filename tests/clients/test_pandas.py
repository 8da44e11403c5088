"""pandas: a table by the URL of a query, in each format that it reads."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

import pandas
import pytest

from support import shares, tiny

TEXT_TABLES = {"text/csv": ",", "text/tab-separated-values": "\t"}


def address(url: str, query: str, **parameters: str) -> str:
    return f"{url}?{urlencode({'query': query, **parameters})}"


def rows(table: Any) -> list[tuple[str, ...]]:
    """Return what stands in a table, without the signs by which TSV tells variables and IRIs."""
    assert [name.removeprefix("?") for name in table.columns] == tiny.COLUMNS
    return [tuple(str(cell).strip("<>") for cell in row) for row in table.itertuples(index=False)]


@pytest.mark.parametrize("media_type", TEXT_TABLES)
def test_text_by_accept(url, media_type):
    table = pandas.read_csv(
        address(url, tiny.SELECT), sep=TEXT_TABLES[media_type], storage_options={"Accept": media_type}
    )
    assert rows(table) == tiny.ROWS


@pytest.mark.parametrize(("format", "separator"), [("csv", ","), ("tsv", "\t")])
@pytest.mark.parametrize("parameter", ["format", "output"])
def test_text_by_a_parameter(url, parameter, format, separator):
    assert rows(pandas.read_csv(address(url, tiny.SELECT, **{parameter: format}), sep=separator)) == tiny.ROWS


def test_json(url):
    found = pandas.read_json(address(url, tiny.SELECT), typ="series")
    table = pandas.json_normalize(found["results"]["bindings"])
    assert rows(table[["mineral.value", "share.value"]].set_axis(tiny.COLUMNS, axis="columns")) == tiny.ROWS


@pytest.mark.parametrize("query", tiny.ASK, ids=["yes", "no"])
def test_ask(url, query):
    assert pandas.read_json(address(url, query), typ="series")["boolean"] is tiny.ASK[query]


def test_xml(url):
    found = pandas.read_xml(
        address(url, tiny.SELECT),
        xpath="//s:binding",
        namespaces={"s": "http://www.w3.org/2005/sparql-results#"},
        storage_options={"Accept": "application/sparql-results+xml"},
    )
    assert list(found["name"]) == tiny.COLUMNS * 2
    assert list(found["uri"].dropna()) == [mineral for mineral, _ in tiny.ROWS]
    assert [str(int(share)) for share in found["literal"].dropna()] == [share for _, share in tiny.ROWS]


def test_the_page_of_a_result(ours, catalogue_rows):
    [table] = pandas.read_html(address(ours.url, shares.QUERY, format="html"), attrs={"class": "rows"})
    assert list(table.columns) == shares.COLUMNS
    assert sorted(table["share"]) == [share for share, *_ in catalogue_rows]


def test_a_stored_query(ours, catalogue_rows):
    table = pandas.read_csv(f"{ours.root}/api/queries/{shares.NAME}?format=csv")
    assert sorted(table.itertuples(index=False, name=None)) == catalogue_rows
