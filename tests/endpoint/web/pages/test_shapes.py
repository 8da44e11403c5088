"""`/shapes`: the shapes as they are in the files, for readers and for programs."""

from __future__ import annotations

import html
import re

import pyoxigraph as ox
import pytest
import rdflib
import rdflib.compare

from lodeclaim.endpoint.engines.engine import EmbeddedEngine
from lodeclaim.namespaces import LCS
from support import pages
from support.paths import ROOT

FILES = tuple(sorted((ROOT / "shapes").glob("*.ttl")))
BROWSER = {"Accept": "text/html"}


@pytest.fixture(scope="module")
def client():
    return pages.client(EmbeddedEngine(ox.Store()), shapes=FILES)


def test_the_shapes_are_those_of_the_files(client) -> None:
    expected = sum((rdflib.Graph().parse(path) for path in FILES), rdflib.Graph())
    assert len(expected) > 1_000
    for format, name in (("turtle", "turtle"), ("ntriples", "nt"), ("rdfxml", "xml")):
        response = client.get("/shapes", query_string={"format": format})
        assert response.status_code == 200
        assert rdflib.compare.isomorphic(rdflib.Graph().parse(data=response.data, format=name), expected)


def test_every_shape_has_its_place_on_the_page(client) -> None:
    page = client.get("/shapes", headers=BROWSER).text
    ids = re.findall(r' id="([^"]*)"', page)
    assert len(ids) == len(set(ids))
    graph = sum((rdflib.Graph().parse(path) for path in FILES), rdflib.Graph())
    named = {str(s).removeprefix(LCS) for s in graph.subjects() if str(s).startswith(LCS)}
    assert len(named) > 100
    assert named <= set(ids)
    for path in FILES:
        for paragraph in path.read_text(encoding="utf-8").strip().split("\n\n"):
            assert paragraph.strip("\n") in html.unescape(page)


def test_without_files_they_are_not_found() -> None:
    bare = pages.client(EmbeddedEngine(ox.Store()))
    assert bare.get("/shapes").status_code == 404
