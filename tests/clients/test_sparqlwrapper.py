"""SPARQLWrapper: each form of query, each format that it can ask for and each way in which it sends."""

from __future__ import annotations

import csv
import io
import warnings
from collections.abc import Callable
from typing import Any

import pytest
from rdflib import Graph
from SPARQLWrapper import (
    CSV,
    GET,
    JSON,
    JSONLD,
    N3,
    POST,
    POSTDIRECTLY,
    RDF,
    RDFXML,
    TSV,
    TURTLE,
    URLENCODED,
    XML,
    SPARQLWrapper,
    SPARQLWrapper2,
)

from support import shares, tiny

WAYS = {"GET": (GET, URLENCODED), "form": (POST, URLENCODED), "direct": (POST, POSTDIRECTLY)}


@pytest.fixture(params=WAYS)
def way(request):
    return WAYS[request.param]


@pytest.fixture(params=[False, True], ids=["by parameters", "by Accept alone"])
def negotiates(request):
    return request.param


def answer(url: str, query: str, format: str, way: tuple[str, str] = WAYS["GET"], negotiates: bool = False) -> Any:
    """Return what SPARQLWrapper makes of an answer."""
    client = SPARQLWrapper(url)
    client.setMethod(way[0])
    client.setRequestMethod(way[1])
    client.setOnlyConneg(negotiates)
    client.setReturnFormat(format)
    client.setQuery(query)
    return client.queryAndConvert()


def of_json(found: Any) -> list[tuple[str, ...]]:
    return [tuple(row[name]["value"] for name in found["head"]["vars"]) for row in found["results"]["bindings"]]


def of_xml(found: Any) -> list[tuple[str, ...]]:
    results = found.getElementsByTagName("result")
    return [
        tuple(binding.firstChild.firstChild.data for binding in result.getElementsByTagName("binding"))
        for result in results
    ]


def of_csv(found: Any) -> list[tuple[str, ...]]:
    return list(map(tuple, csv.reader(io.StringIO(found.decode()))))[1:]


def of_tsv(found: Any) -> list[tuple[str, ...]]:
    return [tuple(cell.strip("<>") for cell in line.split("\t")) for line in found.decode().splitlines()[1:]]


TABLES: dict[str, Callable[[Any], list[tuple[str, ...]]]] = {JSON: of_json, XML: of_xml, CSV: of_csv, TSV: of_tsv}


@pytest.mark.parametrize("format", TABLES)
def test_select(url, format, way, negotiates):
    assert TABLES[format](answer(url, tiny.SELECT, format, way, negotiates)) == tiny.ROWS


@pytest.mark.parametrize("query", tiny.ASK, ids=["yes", "no"])
def test_ask(url, query, way, negotiates):
    assert answer(url, query, JSON, way, negotiates)["boolean"] is tiny.ASK[query]
    [truth] = answer(url, query, XML, way, negotiates).getElementsByTagName("boolean")
    assert truth.firstChild.data == str(tiny.ASK[query]).lower()


def triples(found: Graph | bytes) -> set[tuple[object, ...]]:
    return tiny.triples(found) if isinstance(found, bytes) else set(found)


@pytest.mark.parametrize("format", [TURTLE, N3, XML, RDFXML, JSONLD])
@pytest.mark.parametrize("query", tiny.TRIPLES, ids=tiny.form)
def test_triples(url, query, format, way, negotiates):
    with warnings.catch_warnings():
        # SPARQLWrapper reads into a class of rdflib's that is on its way out.
        warnings.simplefilter("ignore", DeprecationWarning)
        assert triples(answer(url, query, format, way, negotiates)) == tiny.TRIPLES[query]


@pytest.mark.parametrize("format", [JSON, RDF, CSV])
@pytest.mark.parametrize("query", tiny.TRIPLES, ids=tiny.form)
def test_triples_where_the_format_asked_for_is_for_tables(url, query, format):
    """People set JSON once and then ask all kinds of queries: SPARQLWrapper warns, and takes what comes."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        assert triples(answer(url, query, format)) == tiny.TRIPLES[query]


def test_bindings_as_objects(url):
    client = SPARQLWrapper2(url)
    client.setQuery(tiny.SELECT)
    found = client.query()
    assert found.variables == tiny.COLUMNS
    assert [tuple(row[name].value for name in tiny.COLUMNS) for row in found.bindings] == tiny.ROWS


def test_the_catalogue(ours, catalogue_rows):
    assert sorted(of_json(answer(ours.url, shares.QUERY, JSON))) == catalogue_rows
