"""The documentation of the ontology: its index, the drawing of its modules, and the worked examples."""

from __future__ import annotations

import html
import re
import xml.etree.ElementTree as ET
from collections import Counter

import pyoxigraph as ox
import pytest
import rdflib
from rdflib import OWL, RDFS

from lodeclaim.endpoint import profiles
from lodeclaim.endpoint.engines.engine import EmbeddedEngine
from lodeclaim.endpoint.web.lookup import iri, rows
from lodeclaim.endpoint.web.pages import worked
from lodeclaim.endpoint.web.pages.diagram import BOX_HEIGHT, BOX_WIDTH, draw
from lodeclaim.namespaces import BASE, LC, ONTOLOGY, PREFIXES, VOCABULARIES
from support import pages
from support.paths import ROOT

BOUND = "".join(f"@prefix {prefix}: <{space}> .\n" for prefix, space in PREFIXES.items())
BROWSER = {"Accept": "text/html"}
SVG = "{http://www.w3.org/2000/svg}"
FILES = {path.stem: rdflib.Graph().parse(path) for path in sorted((ROOT / "ontology").glob("*.ttl"))}
HOME = {term: name for name, file in FILES.items() for term in file.subjects(RDFS.isDefinedBy)}
NAMES = {ONTOLOGY if name == "lodeclaim" else f"{ONTOLOGY}/{name}": name for name in FILES}
MAIN = {
    term
    for classes in re.findall(
        r"^\| `\w+` \|[^|]*\|([^|]*)\|$", (ROOT / "ontology/README.md").read_text("utf-8"), re.M
    )
    for term in filter(None, classes.strip().split(", "))
}

EXAMPLES = profiles.read([ROOT / "data/profiles/examples.ttl"]).examples


@pytest.fixture(scope="module")
def client(built):
    return pages.client(EmbeddedEngine(built))


def page(client, path: str) -> str:
    response = client.get(path, headers=BROWSER)
    assert response.status_code == 200, path
    return response.text


def test_the_index_leads_to_every_term_on_the_page_of_its_module(client) -> None:
    index = page(client, "/ontology")
    pages = {name: page(client, f"/ontology/{name}") for name in set(HOME.values())}
    assert len(HOME) > 300
    for term, module in HOME.items():
        anchor = str(term).rpartition("#")[2].removeprefix(VOCABULARIES)
        anchor = f"vocab/{anchor}" if str(term) == VOCABULARIES + anchor and "/" not in anchor else anchor
        assert f'<li id="{anchor}"><a href="/ontology/{module}#{anchor}">' in index
        assert f'id="{anchor}"' in pages[module]


def test_the_index_is_a_quick_read_and_no_page_is_as_long_as_all_terms_were(client) -> None:
    assert len(page(client, "/ontology").encode()) < 120_000
    assert all(len(page(client, f"/ontology/{name}").encode()) < 200_000 for name in set(HOME.values()))


# The drawing


def expected_references() -> dict[tuple[str, str], int]:
    """How often the files name each other's terms, counted from the files."""
    found: Counter[tuple[str, str]] = Counter()
    for name in set(HOME.values()):
        for _, property, value in FILES[name]:
            if property != RDFS.isDefinedBy and HOME.get(value, name) != name:
                found[name, HOME[value]] += 1
    return dict(found)


def drawn(text: str) -> tuple[dict[str, tuple[float, float]], dict[tuple[str, str], str]]:
    """The place of each box by the name in it, and what each line says, by its ends."""
    root = ET.fromstring(text)
    boxes = {}
    for link in root.iter(f"{SVG}a"):
        rect = link.find(f"{SVG}rect")
        boxes[link.findtext(f"{SVG}text")] = (float(rect.get("x")), float(rect.get("y")))
    titles = [path.findtext(f"{SVG}title") for path in root.iter(f"{SVG}path")]
    lines = {tuple(title.partition(": ")[0].split(" → ")): title.partition(": ")[2] for title in titles}
    return boxes, lines


def test_the_drawing_has_every_module_with_terms_and_every_reference(client) -> None:
    boxes, lines = drawn(client.get("/ontology.svg").text)
    assert set(boxes) == set(HOME.values())
    references = {pair: int(said.split()[0]) for pair, said in lines.items() if said != "import"}
    assert references == expected_references()
    imports = {
        (name, NAMES[str(other)])
        for name, file in FILES.items()
        for other in file.objects(None, OWL.imports)
        if {name, NAMES[str(other)]} <= set(boxes)
    }
    assert {pair for pair, said in lines.items() if said == "import"} <= imports
    # Nothing that is imported is out of reach of the lines.
    for start, end in imports:
        reached = {start}
        for _ in boxes:
            reached |= {below for above, below in lines if above in reached}
        assert end in reached


def test_a_module_stands_above_what_it_builds_on_and_no_box_on_another(client) -> None:
    boxes, lines = drawn(client.get("/ontology.svg").text)
    assert all(boxes[above][1] + BOX_HEIGHT < boxes[below][1] for above, below in lines)
    places = sorted(boxes.values())
    for one, (x, y) in enumerate(places):
        assert not [p for p in places[one + 1 :] if abs(p[0] - x) < BOX_WIDTH and abs(p[1] - y) < BOX_HEIGHT]


def test_the_drawing_is_the_same_each_time_and_can_be_read_aloud(client) -> None:
    response = client.get("/ontology.svg")
    assert response.content_type.startswith("image/svg+xml")
    assert response.data == client.get("/ontology.svg").data
    assert client.get("/ontology.svg", headers={"If-None-Match": response.headers["ETag"]}).status_code == 304
    root = ET.fromstring(response.text)
    labels = {root.find(f"{SVG}{name}").get("id") for name in ("title", "desc")}
    assert set(root.get("aria-labelledby").split()) == labels
    assert all(root.findtext(f"{SVG}{name}") for name in ("title", "desc"))
    for text in (response.text, page(client, "/ontology")):
        assert not re.search(r"<style|<script|\sstyle=|\son\w+=", text), "the content policy forbids it"
    inline = re.search(r"<svg.*?</svg>", page(client, "/ontology"), re.DOTALL)[0]
    assert drawn(inline) == drawn(response.text)


def test_modules_that_build_on_each_other_in_a_circle_are_drawn() -> None:
    diagram = draw(["a", "b", "c"], [("a", "b"), ("b", "a")], {("b", "c"): 12})
    assert {box.module for box in diagram.boxes} == {"a", "b", "c"}
    assert draw([], [], {}).boxes == ()


# Worked examples


def test_every_main_class_has_an_example() -> None:
    assert len(MAIN) >= 35
    assert {name.removeprefix(LC) for name in EXAMPLES} >= MAIN
    assert all(note.endswith(".") for _, note in EXAMPLES.values())


def shown(client, name: str) -> list[ox.Triple]:
    """The Turtle of an example as it stands on the page of its module, with the prefixes before it."""
    text = page(client, f"/ontology/{HOME[rdflib.URIRef(LC + name)]}")
    article = re.search(rf'<article class="term" id="{name}">.*?</article>', text, re.DOTALL)[0]
    code = re.search(r"<pre><code>(.*?)</code></pre>", article, re.DOTALL)[1]
    turtle = html.unescape(re.sub(r"<[^>]*>", "", code))
    return [quad.triple for quad in ox.parse(BOUND + turtle, format=ox.RdfFormat.TURTLE)]


@pytest.mark.parametrize("name", sorted(MAIN))
def test_an_example_is_a_node_of_the_class_with_all_that_the_graph_states_of_it(name, client, built) -> None:
    node = ox.NamedNode(EXAMPLES[LC + name][0])
    stated = {quad.triple for quad in built.quads_for_pattern(node, None, None)}
    assert set(shown(client, name)) == stated
    ask = f"ASK {{ <{node.value}> a/rdfs:subClassOf* lc:{name} }}"
    assert bool(built.query(ask, prefixes=PREFIXES, use_default_graph_as_union=True))


def test_links_in_an_example_lead_to_pages(client) -> None:
    for module in ("claims", "comparison"):
        figures = "".join(re.findall(r"<figure.*?</figure>", page(client, f"/ontology/{module}"), re.DOTALL))
        links = set(re.findall(r'href="(/[^"#]*)', figures))
        assert len(links) > 10
        for link in links:
            page(client, html.unescape(link))


def test_a_graph_without_the_node_shows_no_example(built) -> None:
    store = ox.Store()
    store.extend(built.quads_for_pattern(None, None, None, ox.NamedNode(BASE + "graph/ontology/claims")))
    text = page(pages.client(EmbeddedEngine(store)), "/ontology/claims")
    assert 'id="Claim"' in text
    assert "/id/claim/" not in text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('"a \\"b\\" \\\\ c\\n"', '"a \\"b\\" \\\\ c\\n"'),
        ('"x"@en', '"x"@en'),
        ("7", "7"),
        ("true", "true"),
        ('"1 2"^^xsd:integer', '"1 2"^^xsd:integer'),
        ('"2026-02-04"^^xsd:date', '"2026-02-04"^^xsd:date'),
        ("lc:Claim", "lc:Claim"),
        ("<https://w3id.org/lodeclaim/id/a/b/c>", "<https://w3id.org/lodeclaim/id/a/b/c>"),
        ("<https://w3id.org/lodeclaim/id/claim/a.>", "<https://w3id.org/lodeclaim/id/claim/a.>"),
    ],
)
def test_a_term_is_written_as_turtle(text, expected) -> None:
    store = ox.Store()
    store.load(
        f"{BOUND}<urn:s> <urn:p> {text} .".encode(), format=ox.RdfFormat.TURTLE, to_graph=ox.NamedNode("urn:g")
    )
    (row,) = rows(EmbeddedEngine(store), "example", resource=iri("urn:s"))
    assert worked.turtle(row["value"], PREFIXES) == expected
