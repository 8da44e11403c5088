"""`/search`: as a page and as JSON, over the project's graph, and by a running server."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from lodeclaim import hosted
from lodeclaim.endpoint import profiles
from lodeclaim.endpoint.engines.engine import EmbeddedEngine
from lodeclaim.endpoint.engines.fulltext import Index
from lodeclaim.namespaces import BASE
from support import pages
from support.paths import GRAPH

BROWSER = {"Accept": "text/html"}


@pytest.fixture(scope="module")
def client(built):
    fields = profiles.fields([Path(path) for path in hosted.pages()["profiles"]])
    return pages.client(EmbeddedEngine(built, index=Index.of(built, fields)), graph_file=GRAPH)


def hits(client, words: str, **more) -> dict:
    response = client.get("/search", query_string={"q": words, "format": "json", **more})
    assert (response.status_code, response.content_type) == (200, "application/json")
    return json.loads(response.data)


WORDS = {
    "DRC": "state:cod",
    "EXIM": "actor:exim",
    "G7": "actor:group-of-seven",
    "IEA": "actor:international-energy-agency",
    "FORGE": "initiative:forge",
    "price floor": "instrument:minimum-price",
    "stockpile": "reserve:japanese-rare-earth-stockpile",
    "rare earths": "mineral:rare-earth-elements",
    "state department": "actor:us-state-department",
    "Pentagon": "actor:us-defense-department",
    "MoU": "agreement:ministerial-memoranda",
    "dual use": "instrument:chinese-dual-use-export-ban",
    "offtake": "instrument:long-term-purchase-agreements",
    "smelting": "stage:processing",
    "market share": "measure:share-of-world",
    "net import reliance": "topic:import-reliance",
    "stockpiles": "topic:strategic-reserves",
    "chips": "enduse:semiconductors",
    "public-private partnership": "claim:ani-portal-ministerial-reserve-partnership",
    "artisanal": "claim:azad-hind-preview-congo-artisanal",
}


@pytest.mark.parametrize("words", WORDS)
def test_the_fields_words_find_the_thing(client, words) -> None:
    assert WORDS[words] in [hit["name"] for hit in hits(client, words)["hits"]]


def test_claims_are_found_by_what_they_say(client) -> None:
    found = hits(client, "price floor investing")
    assert found["allWords"]
    assert {hit["kind"] for hit in found["hits"]} == {"claim"}
    assert all(hit["iri"].startswith(f"{BASE}id/claim/") for hit in found["hits"])


def test_page_links_to_what_is_found_and_says_when_words_are_missing(client) -> None:
    page = client.get("/search?q=cobalt", headers=BROWSER).get_data(as_text=True)
    assert 'href="/id/mineral/cobalt"' in page
    assert "some of them" in client.get("/search?q=cobalt+zeppelin", headers=BROWSER).get_data(as_text=True)
    assert "Nothing has any" in client.get("/search?q=zeppelin", headers=BROWSER).get_data(as_text=True)
    assert "limit=100" in client.get("/search?q=china", headers=BROWSER).get_data(as_text=True)


def test_page_without_words_is_the_form(client) -> None:
    page = client.get("/search", headers=BROWSER)
    assert page.status_code == 200
    assert 'name="q"' in page.get_data(as_text=True)


def test_what_is_typed_stands_on_the_page_as_text(client) -> None:
    page = client.get("/search", query_string={"q": '"><script>alert(1)</script>'}, headers=BROWSER)
    assert "<script>" not in page.get_data(as_text=True)


@pytest.mark.parametrize("query", ["q=", "q=%22%2A", "q=x&limit=0", "q=x&limit=101", "q=x&limit=y", "q=" + "a+" * 30])
def test_wrong_use_is_told(client, query) -> None:
    response = client.get(f"/search?{query}&format=json")
    assert (response.status_code, response.content_type) == (400, "application/problem+json")


def test_what_is_not_there_leads_to_a_search_and_to_what_its_words_find(client) -> None:
    response = client.get("/id/nothing/artisanal-mining-of-cobalt", headers=BROWSER)
    assert response.status_code == 404
    assert 'action="/search"' in response.get_data(as_text=True)
    near = client.get("/id/things/DRC").json["near"]
    assert f"{BASE}id/state/cod" in near


def test_a_running_server_searches_in_its_workers(ours) -> None:
    answer = ours.request("GET", "/search?q=DRC&format=json")
    assert answer.json["hits"][0]["name"] == "state:cod"
    assert ours.request("GET", "/search?q=%22").status == 400
