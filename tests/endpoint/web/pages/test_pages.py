"""The pages: linked data, lists, the ontology, the front page, downloads, and errors for a browser."""

from __future__ import annotations

import hashlib
import json
import random
import re
from collections import Counter
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import parse_qs, quote, unquote, urlencode, urlsplit

import pyoxigraph as ox
import pytest

from lodeclaim import corpus as texts
from lodeclaim.endpoint.engines.engine import EmbeddedEngine, Query
from lodeclaim.endpoint.web.pages import site
from lodeclaim.hosted import quotations
from lodeclaim.namespaces import BASE, LC, PREFIXES
from support import pages
from support.paths import GRAPH, ROOT

HOSTILE = ROOT / "tests" / "fixtures" / "pages" / "hostile.trig"
FIREFOX = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
BROWSER = {"Accept": FIREFOX}
CLAIM = "/id/claim/qazinform-ministerial-china-processing-share"
QUESTION = "/id/question/china-rare-earth-processing-share"
TYPE = PREFIXES["rdf"] + "type"
MINE = ("/id/", "/graph/", "/ontology", "/list?", "/download/", "/static/")
"""What this module's pages answer; the rest of the site is tested where it is made."""

VOID = {"meta", "link", "input", "br", "img", "hr"}


class Page(HTMLParser):
    """A page read as a browser would read it: text, links, ids, and whatever could run."""

    def __init__(self, response) -> None:
        super().__init__(convert_charrefs=True)
        self.links: list[str] = []
        self.assets: list[str] = []
        self.ids: list[str] = []
        self.tags: Counter[str] = Counter()
        self.danger: list[str] = []
        self.words: list[str] = []
        self.open: list[str] = []
        self.marked: list[str] = []
        self.feed(response.get_data(as_text=True))
        self.close()

    def handle_starttag(self, tag, attrs) -> None:
        """Take note of a tag and its attributes."""
        if "svg" not in self.open:  # which has titles of its own
            self.tags[tag] += 1
        if tag not in VOID:
            self.open.append(tag)
        drawing = tag == "svg" and ("class", "diagram") in attrs
        if tag in {"script", "style", "iframe", "object", "embed", "svg", "img", "base"} and not drawing:
            self.danger.append(tag)
        for name, value in attrs:
            if name.startswith("on") or name in {"style", "srcdoc"}:
                self.danger.append(name)
            if name in {"action", "formaction"} and not value.startswith("/"):
                self.danger.append(value)
            if name == "id":
                self.ids.append(value)
            if name in {"href", "src"}:
                (self.links if tag == "a" else self.assets).append(value)

    def handle_endtag(self, tag) -> None:
        """Check that tags are nested."""
        assert self.open.pop() == tag, f"{tag} closed out of order: {self.open}"

    def handle_data(self, data) -> None:
        """Collect the words."""
        self.words.append(data)
        if "mark" in self.open:
            self.marked.append(data)

    @property
    def text(self) -> str:
        """Return the words, with single spaces."""
        return " ".join(" ".join(self.words).split())


def fetch(client, path, method="GET", **headers):
    """Return a response with its bytes read and its file, if it came from one, closed."""
    with client.open(path, method=method, headers=headers) as response:
        response.get_data()
        return response


def read(client, path, status=200, **options) -> Page:
    """Return the page at a path after checking what every page must be."""
    response = client.get(path, headers=BROWSER, **options)
    assert response.status_code == status, (path, response.get_data(as_text=True)[:500])
    assert response.content_type == "text/html; charset=utf-8", path
    page = Page(response)
    assert page.danger == [], path
    assert page.open == [], path
    assert len(page.ids) == len(set(page.ids)), path
    assert page.tags["h1"] == page.tags["main"] == page.tags["title"] == 1, path
    assert all(asset.startswith(("/", "?")) for asset in page.assets), path
    schemes = {urlsplit(link).scheme for link in page.links}
    assert schemes <= {"", "http", "https"}, path
    return page


@pytest.fixture(scope="module")
def client(built):
    return pages.client(EmbeddedEngine(built), graph_file=GRAPH, public_url="https://lodeclaim.example/")


def own_subjects(store) -> list[str]:
    """Every IRI of ours that something is said of, as a path."""
    found = {quad.subject.value for quad in store if isinstance(quad.subject, ox.NamedNode)}
    return sorted("/" + iri.removeprefix(BASE) for iri in found if iri.startswith(BASE))


def sampled(paths: list[str], size: int) -> list[str]:
    """A seeded sample with at least one path of each kind, derived kinds counted apart."""
    one_each = {re.sub(r"(?<=/)[^/]+(?=/|$)", lambda m: m[0] if m[0] in KINDS else "*", path): path for path in paths}
    rest = random.Random(20261128).sample(paths, min(size, len(paths)))
    return sorted({*one_each.values(), *rest})


REPLACED = PREFIXES["dcterms"] + "isReplacedBy"
KINDS = {
    *(
        "id",
        "vocab",
        "ontology",
        "graph",
        "position",
        "support",
        "bounds",
        "tie",
        "settled",
        "beside",
        "participation",
    ),
    *("slip", "sum", "outcome", "speech", "lineage"),
    *(prefix for prefix, space in PREFIXES.items() if space.startswith((BASE + "id/", BASE + "vocab/"))),
}


# Every resource


def test_every_resource_has_a_page_and_its_links_lead_somewhere(client, built):
    subjects = own_subjects(built)
    assert len(subjects) > 4_000
    pages = [path for path in subjects if "#" not in path]
    renamed = {quad.subject.value for quad in built.quads_for_pattern(None, ox.NamedNode(REPLACED), None)}
    terms = [path for path in subjects if path.startswith("/ontology#") and BASE + path[1:] not in renamed]
    assert len(terms) > 200
    found = {path: read(client, path) for path in ["/", "/graph/", *sampled(pages, 150)]}
    ontology = read(client, "/ontology")
    assert {unquote(path.partition("#")[2]) for path in terms} <= {unquote(name) for name in ontology.ids}
    linked = sorted({link for page in found.values() for link in page.links if link.startswith(MINE)})
    linked = [link for link in linked if BASE + link[1:] not in renamed]
    assert len(linked) > 1_000
    seen: dict[str, Page | None] = {"/ontology": ontology}
    for link in random.Random(5).sample(linked, 300):
        path, _, fragment = link.partition("#")
        if path not in seen:
            response = client.get(path, headers=BROWSER)
            assert response.status_code == 200, link
            seen[path] = Page(response) if response.mimetype == "text/html" else None
        if fragment and path.startswith("/ontology"):  # a graph's own nodes stand on one of its many pages
            assert fragment in seen[path].ids, link


def test_the_rdf_of_a_resource_is_what_the_graph_states_of_it(client, built):
    paths = [path for path in own_subjects(built) if path.startswith("/id/")]
    for path in random.Random(7).sample(paths, 40):
        response = client.get(path, headers={"Accept": "application/n-triples"})
        assert (response.status_code, response.content_type) == (200, "application/n-triples")
        served = set(ox.parse(response.data, format=ox.RdfFormat.N_TRIPLES))
        stated = built.quads_for_pattern(ox.NamedNode(BASE + path[1:]), None, None)
        assert {quad.triple for quad in served} == {quad.triple for quad in stated}, path


def test_a_resource_that_is_only_linked_to_answers_with_the_links(client):
    store = ox.Store()
    store.load(f"<urn:a> <urn:p> <{BASE}id/mineral/unobtainium> .".encode(), format=ox.RdfFormat.TURTLE)
    lonely = pages.client(EmbeddedEngine(store))
    assert "urn:a" in read(lonely, "/id/mineral/unobtainium").text
    turtle = lonely.get("/id/mineral/unobtainium").get_data(as_text=True)
    assert len(list(ox.parse(turtle, format=ox.RdfFormat.TURTLE))) == 1


# Negotiation

FORMATS = {
    "turtle": "text/turtle; charset=utf-8",
    "ntriples": "application/n-triples",
    "nquads": "application/n-quads",
    "trig": "application/trig",
    "rdfxml": "application/rdf+xml",
    "jsonld": "application/ld+json",
    "html": "text/html; charset=utf-8",
}


@pytest.mark.parametrize("path", [CLAIM, "/graph/vocabulary/minerals", "/ontology", "/ontology/claims"])
@pytest.mark.parametrize(
    ("accept", "format", "expected"),
    [
        (None, None, "turtle"),
        ("*/*", None, "turtle"),
        (FIREFOX, None, "html"),
        ("text/html", None, "html"),
        ("application/ld+json", None, "jsonld"),
        ("text/html;q=0.5, application/n-triples", None, "ntriples"),
        ("text/html;q=0, */*;q=0.1", None, "turtle"),
        (FIREFOX, "turtle", "turtle"),
        (FIREFOX, "nt", "ntriples"),
        (FIREFOX, "application/rdf+xml", "rdfxml"),
        ("text/turtle", "html", "html"),
        (None, "trig", "trig"),
        (None, "nq", "nquads"),
    ],
)
def test_format_and_accept_decide(client, path, accept, format, expected):
    headers = {} if accept is None else {"Accept": accept}
    response = client.get(path, query_string={"format": format} if format else {}, headers=headers)
    assert (response.status_code, response.content_type) == (200, FORMATS[expected])
    assert "Accept" in response.vary
    assert response.headers["Access-Control-Allow-Origin"] == "*"


def test_a_format_that_nobody_has_is_not_acceptable(client):
    for headers, query in [({"Accept": "image/png"}, {}), ({}, {"format": "pdf"})]:
        response = client.get(CLAIM, headers=headers, query_string=query)
        assert (response.status_code, response.content_type) == (406, "application/problem+json")
        assert "turtle" in response.json["detail"]


def test_all_formats_hold_the_same_triples(client, built):
    name = ox.NamedNode(BASE + "graph/vocabulary/minerals")
    expected = {quad.triple for quad in built.quads_for_pattern(None, None, None, name)}
    assert len(expected) > 100
    for extension in ("ttl", "nt", "nq", "trig", "rdf", "jsonld"):
        body = client.get("/graph/vocabulary/minerals", query_string={"format": extension}).data
        served = ox.parse(body, format=ox.RdfFormat.from_extension(extension))
        assert {quad.triple for quad in served} == expected, extension


def test_head_and_validators(client):
    for format in ("html", "turtle"):
        get = client.get(CLAIM, query_string={"format": format})
        head = client.head(CLAIM, query_string={"format": format})
        assert (head.status_code, head.data, head.headers["ETag"]) == (200, b"", get.headers["ETag"])
        again = client.get(CLAIM, query_string={"format": format}, headers={"If-None-Match": get.headers["ETag"]})
        assert (again.status_code, again.data) == (304, b"")
    assert client.post(CLAIM).status_code == 405


# What is on a page: expectations from the annotation and the articles


def test_the_page_of_a_claim(client, corpus, built):
    page = read(pages.client(EmbeddedEngine(built), texts=texts.read(corpus)), CLAIM)
    assert page.marked == ["processes roughly 90% of the global supply"]
    for expected in (
        "China processes around nine tenths of the rare earths of the world.",
        "roughly 90%",
        "characters 2114–2156",
        "the global supply is read as that of rare earths",
    ):
        assert expected in page.text
    for link in (
        "/id/actor/qazinform",
        "/id/document/qazinform-ministerial",
        "/id/passage/qazinform-ministerial-2114-2156",
        QUESTION,
        "/graph/documents/qazinform-ministerial",
        "/ontology#claimant",
        "/vocab/attribution/author-voice",
    ):
        assert link in page.links, link


def test_without_the_texts_no_words_are_shown(client):
    page = read(client, CLAIM)
    assert page.marked == []
    assert "2114–2156" in page.text


def test_the_page_of_a_question_sets_its_answers_side_by_side(client):
    page = read(client, QUESTION)
    for expected in ("between 47% and 87%", "roughly 90%", "1 independent origin", "the Energy Agency"):
        assert expected in page.text
    assert CLAIM in page.links
    assert "/id/claim/news18-ministerial-china-refines-rare-earths" in page.links
    assert QUESTION + "/position/90-approximately-1-factual" in page.links
    # Near misses are told apart from it, and one relation holds only under assumptions.
    assert "What share of the world's cobalt does China refine?" in page.text
    assert "niche metals is the same as rare-earth elements" in page.text


def test_the_page_of_a_document_has_its_claims_in_the_order_of_the_text(client, built):
    rows = built.query(
        f"""SELECT ?claim ?start {{ ?claim <{LC.document}> <{BASE}id/document/unnamed-alliance> ; a <{LC.Claim}> ;
            <{LC.evidence}>/<{PREFIXES["oa"]}hasSelector>/<{PREFIXES["oa"]}start> ?start }}""",
        use_default_graph_as_union=True,
    )
    first: dict[str, int] = {}
    for row in rows:
        path = "/" + row["claim"].value.removeprefix(BASE)
        first[path] = min(first.get(path, 10**9), int(row["start"].value))
    assert len(first) > 50
    page = read(client, "/id/document/unnamed-alliance")
    order = list(dict.fromkeys(link for link in page.links if link in first))
    assert len(order) == len(first)
    assert [first[path] for path in order] == sorted(first.values())


def test_a_settled_statement_names_the_claims_it_rests_on(client):
    page = read(client, "/id/reserve/japanese-rare-earth-stockpile")
    assert "/graph/settled/settled-view" in page.links
    assert "What is settled, and by which claims" in page.text
    assert any(link.startswith("/id/claim/") for link in page.links)


def test_a_derived_node_says_why(client):
    page = read(client, QUESTION + "/position/47-to-87-between-1-factual/beside/90-approximately-1-factual")
    assert "/id/rule/relations" in page.links
    assert "nothing here is transitive" in page.text
    assert {CLAIM, "/id/claim/news18-ministerial-china-refines-rare-earths"} <= set(page.links)


def test_the_mineral_page_has_links_both_ways(client):
    page = read(client, "/id/mineral/cerium")
    assert "/id/mineral/lanthanides" in page.links
    neighbour = read(client, "/id/mineral/lanthanides")
    assert "/id/mineral/cerium" in neighbour.links
    assert "What links here" in neighbour.text


def test_a_query_of_the_catalogue_can_be_run(client):
    page = read(client, "/id/query/china-mining-share")
    run = next(link for link in page.links if link.startswith("/sparql?"))
    text = (ROOT / "data" / "queries" / "china-mining-share.rq").read_text(encoding="utf-8")
    assert parse_qs(urlsplit(run).query)["query"] == [text]


# Lists, graphs and the ontology


def listed(client, property, value) -> list[str]:
    """The paths of all entries of a list, page after page."""
    path, found = "/list?" + urlencode({"property": property, "value": value}), []
    for _ in range(100):
        page = read(client, path)
        found += [link for link in page.links if link.startswith("/id/")]
        following = [
            link for link in page.links if link.startswith("/list?") and f"Page {page_of(link) - 1} " in page.text
        ]
        if not following:
            return found
        path = following[-1]
    raise AssertionError("a list without an end")


def page_of(link: str) -> int:
    return int(parse_qs(urlsplit(link).query).get("page", ["0"])[0])


def test_the_pages_of_a_list_hold_everything_once(client, built):
    claims = built.quads_for_pattern(None, ox.NamedNode(TYPE), ox.NamedNode(LC.Claim))
    expected = sorted("/" + quad.subject.value.removeprefix(BASE) for quad in claims)
    assert len(expected) > 600
    found = listed(client, TYPE, LC.Claim)
    assert sorted(found) == expected


def test_a_list_says_what_it_lists(client, built):
    page = read(client, "/list?" + urlencode({"property": TYPE, "value": LC.Document}))
    assert "5 resources" in page.text
    assert "News18 on the ministerial and India" in page.text
    query = parse_qs(urlsplit(next(link for link in page.links if link.startswith("/sparql?"))).query)["query"][0]
    assert len(EmbeddedEngine(built).select(Query(query)).rows) == 5


@pytest.mark.parametrize(
    "query",
    [
        {},
        {"value": "not an iri"},
        {"value": "relative/path"},
        {"value": "urn:a> . ?s ?p ?o } #"},
        {"value": LC.Claim, "property": "urn:x>; ?y ?z . <urn:"},
        {"value": LC.Claim, "property": TYPE, "page": "0"},
        {"value": LC.Claim, "property": TYPE, "page": "800"},
        {"value": LC.Claim, "property": TYPE, "page": "-1"},
        {"value": LC.Claim, "property": TYPE, "page": "²"},
        {"value": LC.Claim, "property": TYPE, "page": "9" * 5000},
    ],
)
def test_a_list_of_nonsense_is_a_bad_request(client, query):
    read(client, "/list?" + urlencode(query), status=400)
    assert client.get("/list", query_string=query).content_type == "application/problem+json"


def test_a_list_without_entries_says_so(client):
    assert "0 resources" in read(client, "/list?value=urn:nothing&property=urn:of").text


def test_the_pages_of_a_graph_hold_every_triple(client, built):
    name = ox.NamedNode(BASE + "graph/vocabulary/minerals")
    count = len(list(built.quads_for_pattern(None, None, None, name)))
    assert 100 < count <= 200
    rows = [
        client.get(f"/graph/vocabulary/minerals?page={n}", headers=BROWSER).text.count("<tr><td>") for n in (1, 2)
    ]
    assert rows == [100, count - 100]
    assert f"{count} triples" in read(client, "/graph/vocabulary/minerals").text
    assert client.get("/graph/vocabulary/minerals?page=3", headers=BROWSER).status_code == 400


def test_a_derived_graph_names_its_rule(client):
    assert "/id/rule/support" in read(client, "/graph/derived/support/support").links
    assert "/id/rule/settled-view" in read(client, "/graph/settled/settled-view").links


def test_all_graphs_are_listed_with_their_sizes(client, built):
    page = read(client, "/graph/")
    graphs = {"/" + quad.graph_name.value.removeprefix(BASE) for quad in built}
    assert graphs <= set(page.links)
    assert read(client, "/graph").text == page.text


def test_a_term_is_defined_at_its_fragment(client):
    for path, passage in (("/ontology", "/ontology/sources#Passage"), ("/ontology/claims", "/ontology#Passage")):
        page = read(client, path)
        assert {"Claim", "claimant", "Remark"} <= set(page.ids)
        assert "One assertion as it occurs in one document." in page.text
        assert page.tags["svg"] == (path == "/ontology")
        assert passage in page.links
    assert "Position" not in read(client, "/ontology/claims").ids


def test_the_rdf_of_the_ontology_is_its_files(client, sources):
    def triples(body):
        canonical = ox.Dataset(ox.parse(body, format=ox.RdfFormat.TURTLE))
        canonical.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
        return {str(quad) for quad in canonical}

    files = {source.path.stem: source.path.read_text(encoding="utf-8") for source in sources.files("ontology")}
    assert triples(client.get("/ontology/claims").data) == triples(files["claims"])
    whole = ox.Dataset(
        quad
        for source in sources.files("ontology")
        for quad in ox.parse(source.path.read_bytes(), format=ox.RdfFormat.TURTLE, rename_blank_nodes=True)
    )
    whole.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    # As one document: the header of the whole, and no imports of what is in it.
    modules = {f"<{BASE}ontology/{source.path.stem}>" for source in sources.files("ontology")}
    imports = f"<{PREFIXES['owl']}imports>"
    merged = {str(quad) for quad in whole if str(quad.subject) not in modules and str(quad.predicate) != imports}
    assert triples(client.get("/ontology").data) == merged
    assert sum(str(quad).endswith(f"<{PREFIXES['owl']}Ontology>") for quad in whole) == len(modules)
    assert sum(quad.endswith(f"<{PREFIXES['owl']}Ontology>") for quad in merged) == 1
    assert not any(imports in quad for quad in merged)


def test_the_iri_of_a_version_answers_as_its_module(client):
    assert client.get("/ontology/claims/0.2.0").data == client.get("/ontology/claims").data
    assert client.get("/ontology/0.2.0").data == client.get("/ontology").data
    assert client.get("/ontology/claims/9.9.9").status_code == 404


# The front page


def test_the_front_page_counts_what_is_in_the_graph(client, built):
    page = read(client, "/")

    def instances(name):
        return len(list(built.quads_for_pattern(None, ox.NamedNode(TYPE), ox.NamedNode(LC + name))))

    for name in ("Document", "Claim", "Question", "Position"):
        assert f"{name.lower()}s {instances(name):,}" in page.text
    assert f"triples {len(built):,}" in page.text
    assert "https://lodeclaim.example/sparql" in page.text
    for link in (
        "/sparql",
        "/queries",
        "/ontology",
        "/.well-known/void",
        "/openapi.json",
        "/download",
    ):
        assert link in page.links


def test_a_count_is_the_length_of_the_list_that_it_links_to(client):
    page = read(client, "/")
    lists = [link for link in page.links if link.startswith("/list?")]
    assert len(lists) == 5
    for link in lists:
        assert re.search(r"([\d,]+) resources? ha", read(client, link).text)[1] in page.text.split()


def test_the_query_of_the_front_page_works(client, built):
    command = re.search(r"query= (PREFIX .*?) '", read(client, "/").text)
    assert len(EmbeddedEngine(built).select(Query(command[1])).rows) == 10


def test_the_front_page_asks_no_questions_that_it_cannot_find(client):
    examples = [link for link in read(client, "/").links if link.startswith("/id/query/")]
    assert len(examples) == 8
    for link in examples:
        read(client, link)


def test_the_host_header_is_never_believed(client):
    for path in (
        "/",
        CLAIM,
        "/list?" + urlencode({"value": LC.Claim}),
        "//id//claim//x",
        "/id/claim",
        "/nowhere/",
    ):
        response = client.get(path, headers={**BROWSER, "Host": "evil.example"})
        assert "evil.example" not in response.get_data(as_text=True) + str(response.headers), path


def test_the_public_url_is_escaped():
    client = pages.client(EmbeddedEngine(ox.Store()), public_url='https://a.example/"><script>/')
    assert 'curl https://a.example/"><script>/sparql' in read(client, "/").text


# Odd paths


@pytest.mark.parametrize(
    "path",
    [
        "/id/",
        "/id/nothing",
        "/id/claim/",
        "/id/claim/%00",
        "/id/claim/%0d%0aX-Evil:%201",
        "/id/claim/%ff%fe",
        "/id/claim/%F0%9F%92%A9",
        "/id/claim/%E2%80%AE",
        "/id/../ontology",
        "/id/claim/..%2f..%2fetc%2fpasswd",
        "/id/claim/%252e%252e",
        "/id/claim/<script>alert(1)</script>",
        "/id/claim/x>%20.%20?s%20?p%20?o",
        "/id/claim/" + "a" * 1_900,
        "/id/claim/" + "/" * 1_000,
        "/id/claim/{{7*7}}",
        "/graph/nothing",
        "/graph/%00",
        "/graph/../id",
        "/graph/" + "é" * 500,
        "/ontology/nothing",
        "/ontology/%3Cb%3E",
    ],
)
def test_an_odd_path_is_not_found_and_harms_nothing(client, path):
    page = read(client, path, status=404)
    assert "not in the graph" in page.text or "Not found" in page.text
    response = client.get(path)
    assert (response.status_code, response.content_type) == (404, "application/problem+json")
    assert "X-Evil" not in response.headers


def test_a_path_longer_than_any_iri_is_too_long(client):
    read(client, "/id/claim/" + "a" * 3_000, status=414)
    assert client.get("/graph/" + "a" * 100_000).status_code == 414


def test_a_missing_resource_names_those_near_it(client):
    misspelt = client.get("/id/claim/qazinform-ministerial-china-procesing-share")
    assert misspelt.json["near"][0] == BASE + CLAIM[1:]
    page = read(client, "/id/claim/qazinform-ministerial-china-procesing-share", status=404)
    assert CLAIM in page.links
    assert BASE + "id/state/chn" in client.get("/id/actor/china").json["near"]
    assert BASE + "graph/vocabulary/minerals" in client.get("/graph/vocabulary/mineral").json["near"]
    assert BASE + "ontology/claims" in client.get("/ontology/claim").json["near"]
    deep = client.get(QUESTION + "/position/91-approximately-1-factual").json["near"]
    assert BASE + QUESTION[1:] + "/position/90-approximately-1-factual" in deep


# Hostile data

ARTICLE = "Nothing is\n\nNow <b>bold</b> and then 42% <i>or\nless.\n"


@pytest.fixture(scope="module")
def hostile():
    def sha256(words: str) -> str:
        return hashlib.sha256(words.encode()).hexdigest()

    text = texts.Text(Path("paper.txt"), sha256(ARTICLE), ARTICLE)
    source = HOSTILE.read_text(encoding="utf-8")
    for name, words in {"DOCUMENT": ARTICLE, "FIRST": ARTICLE[12:24], "SECOND": ARTICLE[35:39]}.items():
        source = source.replace(f'"{name}"', f'"{sha256(words)}"')
    store = ox.Store()
    # The parser that checks IRIs would not take them all; other stores do.
    store.load(source.encode(), format=ox.RdfFormat.TRIG, lenient=True)
    app = pages.app(EmbeddedEngine(store), texts={text.sha256: text})
    return app.test_client()


@pytest.mark.parametrize(
    "path",
    [
        "/id/actor/mallory",
        "/id/claim/one",
        "/id/document/paper",
        "/id/query/bad",
        "/graph/hostile",
        "/graph/",
        "/list?" + urlencode({"property": TYPE, "value": LC.Person}),
        "/list?" + urlencode({"property": TYPE, "value": "javascript:alert(1)"}),
        "/list?" + urlencode({"value": "javascript:alert(1)"}),
        "/",
    ],
)
def test_nothing_in_the_data_runs(hostile, path):
    page = read(hostile, path)
    assert not [link for link in page.links if re.match(r"\s*(javascript|data|vbscript):", link, re.IGNORECASE)]


def test_hostile_words_are_shown_as_words(hostile):
    page = read(hostile, "/id/actor/mallory")
    for expected in (
        "</title><script>alert(1)</script><img src=x onerror=alert(2)>",
        "<b>bold</b>",
        "{{ 7*7 }}",
        "javascript:alert(5)",
        "en-x-script",
        "rdf:HTML",
        "two lines </pre><script>alert(11)</script>",
        "a node without a name",
    ):
        assert expected in page.text, expected
    assert "https://example.org/?a=\"b\"&c='d'" in page.text  # no IRI, so that nothing is linked to


def test_an_iri_with_odd_characters_is_found_again(hostile):
    for path, label in [
        ("/id/actor/caf%C3%A9", "encoded"),
        ("/id/actor/stra%C3%9Fe", "street"),
        ("/id/actor/a%20b", "with a blank"),
        ("/id/actor/'onclick='alert(8)", "quotes in its IRI"),
    ]:
        assert label in read(hostile, path).text
        assert hostile.get(path).status_code == 200
    actors = ("/id/actor/", f"/resource?iri={quote(BASE, safe='')}id%2Factor%2F")
    found = [link for link in read(hostile, "/graph/hostile").links if link.startswith(actors)]
    assert len(set(found)) == 5
    for link in found:
        assert hostile.get(link).status_code == 200, link


def test_each_of_two_iris_that_a_path_may_mean_has_its_page():
    store, told_by = ox.Store(), "http://example.org/says"
    names = ["a%2Fb", "a/b", "café", "caf%C3%A9", "a?b=1", "a?b=1&c", "a#b", "a", "a%20b", "a//b", "a/"]
    for number, name in enumerate(names):
        store.add(ox.Quad(ox.NamedNode(f"{BASE}id/x/{name}"), ox.NamedNode(told_by), ox.Literal(f"value {number}")))
    client = pages.client(EmbeddedEngine(store), base_iri=BASE)
    for number, name in enumerate(names):
        iri = f"{BASE}id/x/{name}"
        told = [f"/resource?{urlencode({'iri': iri})}"]
        if name not in {"caf%C3%A9", "a#b"}:  # asked for by the bytes of another
            told.append("/id/x/" + quote(name, safe="/?=&%"))
        for path in told:
            page = client.get(path, headers={"Accept": "application/n-triples"})
            assert page.status_code == 200, path
            assert f'"value {number}"' in page.text, (path, page.text)


def test_passages_are_marked_in_their_line_and_a_wrong_one_is_not_shown(hostile):
    page = read(hostile, "/id/claim/one")
    assert page.marked == ["Now <b>bold<", "n 42"]
    assert page.tags["blockquote"] == 1
    assert "does not bear out every passage" in page.text
    assert "Nothing is" not in page.text
    assert "less." not in page.text


def test_the_terms_of_a_hostile_ontology_do_not_run():
    store = ox.Store()
    header = f"""PREFIX dcterms: <{PREFIXES["dcterms"]}> PREFIX owl: <{PREFIXES["owl"]}>
        <{BASE}ontology> a owl:Ontology ; owl:versionIRI <javascript:alert(20)> ;
            dcterms:title "<script>alert(21)</script>" ; dcterms:description "</p><script>alert(22)</script>" ."""
    store.load(HOSTILE.read_bytes(), format=ox.RdfFormat.TRIG, lenient=True)
    store.load(header.encode(), format=ox.RdfFormat.TURTLE, to_graph=ox.NamedNode("urn:g"))
    page = read(pages.client(EmbeddedEngine(store)), "/ontology")
    for number in (13, 21, 22):
        assert f"<script>alert({number})</script>" in page.text


def test_a_graph_without_an_ontology_has_none_to_show():
    client = pages.client(EmbeddedEngine(ox.Store()))
    read(client, "/ontology", status=404)
    assert client.get("/ontology").status_code == 404
    assert "triples 0" in read(client, "/").text


@pytest.mark.parametrize(
    ("iri", "expected"),
    [
        ("https://w3id.org/lodeclaim/id/mineral/cobalt", "/id/mineral/cobalt"),
        ("https://w3id.org/lodeclaim/ontology#Claim", "/ontology#Claim"),
        ("https://w3id.org/lodeclaim/ontology", "/ontology"),
        ("https://w3id.org/lodeclaim/ontology/claims", "/ontology/claims"),
        ("https://w3id.org/lodeclaim/graph/rules", "/graph/rules"),
        ("https://w3id.org/lodeclaim/id/actor/é", "/id/actor/%C3%A9"),
        ('https://w3id.org/lodeclaim/id/"><script>', "/id/%22%3E%3Cscript%3E"),
        ("https://w3id.org/lodeclaim/shapes#Claim", "/shapes#Claim"),
        ("https://w3id.org/lodeclaim/endpoint#Table", "/endpoint#Table"),
        ("https://w3id.org/lodeclaim/problem/busy", "/problem/busy"),
        # Something else is at these paths here, and nothing is a term of this graph's.
        ("https://w3id.org/lodeclaim/sparql", "/resource?iri=https%3A%2F%2Fw3id.org%2Flodeclaim%2Fsparql"),
        ("https://w3id.org/lodeclaim/id/x#y", "/resource?iri=https%3A%2F%2Fw3id.org%2Flodeclaim%2Fid%2Fx%23y"),
        (
            "https://w3id.org/lodeclaim.evil.example/id/x",
            "/resource?iri=https%3A%2F%2Fw3id.org%2Flodeclaim.evil.example%2Fid%2Fx",
        ),
        ("http://example.org/", "/resource?iri=http%3A%2F%2Fexample.org%2F"),
        ("javascript:alert(1)", "/resource?iri=javascript%3Aalert%281%29"),
        ("urn:x", "/resource?iri=urn%3Ax"),
        (" javascript:alert(1)", None),
        ("//evil.example/", None),
        ("https://a b/", None),
        ("nothing", None),
    ],
)
def test_a_link_leads_to_a_page_of_this_server(client, iri, expected):
    with client.application.test_request_context():
        client.application.preprocess_request()
        assert site.href(iri) == expected


@pytest.mark.parametrize(
    ("iri", "expected"),
    [
        ("http://example.org/", True),
        ("HTTPS://example.org/", True),
        ("javascript:alert(1)", False),
        ("JAVASCRIPT:alert(1)", False),
        (" javascript:alert(1)", False),
        ("data:text/html,x", False),
        ("urn:x", False),
        ("//evil.example/", False),
        ("http:evil.example", False),
        ("https://a b/", False),
    ],
)
def test_only_the_web_is_linked_to(iri, expected):
    assert site.outside(iri) == (iri if expected else None)


def test_everything_is_answered_under_a_strict_policy(client):
    for path in ("/", CLAIM, "/ontology", "/nowhere", "/static/style.css", "/download/lodeclaim.nt"):
        response = fetch(client, path, **BROWSER)
        policy = response.headers["Content-Security-Policy"]
        for directive in ("default-src 'self'", "frame-ancestors 'none'", "base-uri 'none'", "object-src 'none'"):
            assert directive in policy.split("; ")
        assert "unsafe" not in policy
        assert response.headers["X-Content-Type-Options"] == "nosniff"


# Quotations


def quoted(text: str, *places: tuple[int, int], wrong: bool = False):
    article = texts.Text(Path("x.txt"), "d", text)
    spans = [quotations.Span(a, b, "0" if wrong else texts.digest(text[a:b])) for a, b in places]
    found = quotations.quote({"d": article}, "d", spans)
    pieces = [[(text, at == 1) for it in line for at, text in enumerate(it) if text] for line in found.quoted]
    return found.proven, pieces


def test_a_quotation_has_context_cut_at_words_and_lines():
    text = "first line\n" + "word " * 100 + "HERE" + " word" * 100 + "\nlast line"
    at = text.index("HERE")
    proven, ((before, mark, after),) = quoted(text, (at, at + 4))
    assert proven
    assert mark == ("HERE", True)
    assert before[0].startswith("… word")
    assert after[0].endswith("word …")
    assert max(len(before[0]), len(after[0])) <= quotations.CONTEXT + 2
    assert "line" not in before[0] + after[0]


def test_passages_of_one_line_are_quoted_together_even_where_they_overlap():
    text = "one two three four\nfive"
    assert quoted(text, (0, 3), (8, 13)) == (
        True,
        [[("one", True), (" two ", False), ("three", True), (" four", False)]],
    )
    assert quoted(text, (0, 7), (4, 13)) == (True, [[("one two", True), (" three", True), (" four", False)]])
    assert len(quoted(text, (0, 3), (19, 23))[1]) == 2


@pytest.mark.parametrize("place", [(0, 3), (5, 2), (-3, 3), (90, 99)])
def test_words_that_the_graph_did_not_mean_are_not_quoted(place):
    assert quoted("one two three", place, wrong=True) == (False, [])


# Hubs


class Counting(EmbeddedEngine):
    """Counts the queries."""

    asked = 0

    def select(self, query, first=None):
        """Count the query and answer it."""
        self.asked += 1
        return super().select(query, first)


@pytest.mark.parametrize(
    ("path", "most"),
    [
        (CLAIM, 7),
        (QUESTION, 11),  # five sections of its own, of which the answers take two
        (QUESTION + "/position/90-approximately-1-factual", 7),
        ("/id/mineral/rare-earth-elements", 7),
        ("/id/state/chn", 7),
    ],
)
def test_a_page_takes_few_queries(built, path, most):
    engine = Counting(built)
    client = pages.client(engine)
    client.get("/problem/", headers=BROWSER)  # what is known of the dataset is asked once
    before = engine.asked
    read(client, path)
    assert 1 < engine.asked - before <= most


def test_a_hub_shows_some_of_its_links_counts_all_and_misses_no_rare_property():
    hub, many, few = f"<{BASE}id/mineral/hub>", "<urn:many>", "<urn:few>"
    lines = [f"<{BASE}id/claim/n{number}> {many} {hub} ." for number in range(10_000)]
    lines += [f"<{BASE}id/claim/rare{number}> {few} {hub} ." for number in range(3)]
    lines += [f'{hub} <urn:value> "v{number}" .' for number in range(4_000)]
    store = ox.Store()
    store.load("\n".join(lines).encode(), format=ox.RdfFormat.N_TRIPLES, to_graph=ox.NamedNode("urn:g"))
    engine = Counting(store)
    client = pages.client(engine)
    client.get("/problem/", headers=BROWSER)  # what is known of the dataset is asked once
    before = engine.asked
    page = read(client, "/id/mineral/hub")
    assert engine.asked - before <= 7
    assert "10,000" in page.text
    assert len({link for link in page.links if link.startswith("/id/claim/n")}) == 25
    assert len({link for link in page.links if link.startswith("/id/claim/rare")}) == 3
    assert "only the first" in page.text
    more = next(link for link in page.links if link.startswith("/list?") and "many" in link)
    assert "10,000 resources" in read(client, more).text
    assert len(client.get("/id/mineral/hub", query_string={"format": "nt"}).data.splitlines()) == 4_000


# Downloads


def test_a_server_without_a_file_has_no_downloads(built):
    client = pages.client(EmbeddedEngine(built))
    assert client.get("/download/lodeclaim.ttl").status_code == 404
    assert not [link for link in read(client, "/").links if link.startswith("/download/")]


# Errors for a browser


@pytest.mark.parametrize(
    ("accept", "html"),
    [
        (FIREFOX, True),
        ("text/html", True),
        (None, False),
        ("*/*", False),
        ("application/json, text/html;q=0.9", False),
    ],
)
def test_a_page_of_an_error_is_for_those_who_ask_for_pages(client, accept, html):
    response = client.get("/nowhere", headers={} if accept is None else {"Accept": accept})
    assert response.status_code == 404
    assert response.content_type == ("text/html; charset=utf-8" if html else "application/problem+json")
    assert "Accept" in response.vary
    if not html:
        assert json.loads(response.data)["status"] == 404


def test_a_failure_gives_nothing_away_in_a_page_either(caplog):
    class Failing(EmbeddedEngine):
        def select(self, query, first=None):
            """Fail."""
            raise ZeroDivisionError("secret")

    client = pages.client(Failing(ox.Store()))
    page = read(client, CLAIM, status=500)
    assert "secret" not in page.text
    assert "secret" in caplog.text


def test_static_files_are_served(client):
    style = fetch(client, "/static/style.css")
    assert (style.status_code, style.mimetype) == (200, "text/css")
    assert b"prefers-color-scheme: dark" in style.data
    assert client.get("/static/../app.py").status_code == 404
