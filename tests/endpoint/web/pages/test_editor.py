"""The query page: what a browser gets at `/sparql`, read as HTML and without a browser."""

from __future__ import annotations

import re
import subprocess
from functools import cache, partial
from html.parser import HTMLParser
from urllib.parse import parse_qs, urlsplit

import pyoxigraph as ox
import pytest
from werkzeug.exceptions import ServiceUnavailable

from lodeclaim.endpoint.engines.engine import Answer, EmbeddedEngine, preview
from lodeclaim.endpoint.errors import BusyError, EngineError
from lodeclaim.endpoint.web.description import read
from lodeclaim.endpoint.web.pages import editor, result
from lodeclaim.namespaces import PREFIXES
from support import hostile, pages
from support.graphs import store
from support.paths import ROOT

LC = PREFIXES["lc"]
MINERAL = PREFIXES["mineral"]
QUERIES = sorted((ROOT / "data/queries").glob("*.rq"))


class Page(HTMLParser):
    """The elements of a page, each with its attributes and all the text in it."""

    EMPTY = frozenset(["meta", "link", "input", "br", "img"])

    def __init__(self, response):
        super().__init__()
        self.status = response.status_code
        self.elements = []
        self._open = []
        self.feed(response.get_data(as_text=True))

    def handle_starttag(self, tag, attrs):
        element = {"tag": tag, "text": "", **dict(attrs)}
        self.elements.append(element)
        if tag not in self.EMPTY:
            self._open.append(element)

    def handle_endtag(self, tag):
        while self._open and self._open.pop()["tag"] != tag:
            pass

    def handle_data(self, data):
        for element in self._open:
            element["text"] += data

    def all(self, tag, **wanted):
        return [e for e in self.elements if e["tag"] == tag and all(e.get(k) == v for k, v in wanted.items())]

    def one(self, tag, **wanted):
        (element,) = self.all(tag, **wanted)
        return element

    def hidden(self, name):
        return {element["value"] for element in self.all("input", type="hidden", name=name)}

    @property
    def query(self):
        # As a browser does: a line feed right after the tag is none of the text.
        return self.one("textarea")["text"].removeprefix("\n")

    @property
    def rows(self):
        """The table of the answer, each cell as its text."""
        table = []
        for element in self.elements:
            if element["tag"] == "tr":
                table.append([])
            elif element["tag"] == "td":
                table[-1].append(element["text"])
        return table[1:]


class Watched:
    """An engine that remembers what it is asked, and fails where it is told to."""

    def __init__(self, engine, fails=None, body=None):
        self.engine, self.fails, self.body, self.selected = engine, fails, body, []

    def select(self, query, first=None):
        self.selected.append(query.text)
        return self.engine.select(query, first)

    def query(self, query, format):
        if self.fails:
            raise self.fails
        return Answer("", self.body) if self.body else self.engine.query(query, format)

    def preview(self, request, first):
        return preview(self, request, first, self.engine.names, self.engine.hints)


def client_of(engine, **settings):
    """A client whose engine is asked what a page asks, and not what is known beforehand."""
    return pages.client(engine, describe=cache(partial(read, getattr(engine, "engine", engine))), **settings)


@pytest.fixture(scope="module")
def engine(built):
    return EmbeddedEngine(built)


@pytest.fixture(scope="module")
def client(engine):
    return client_of(engine, public_url="https://lodeclaim.example/")


def ask(client, query, **more):
    return Page(client.post("/sparql", data={"query": query, **more}))


# The form and what stands beside it


def test_without_a_query_there_is_an_empty_form_and_no_answer(client):
    page = Page(client.get("/sparql"))
    assert (page.status, page.query) == (200, "")
    assert page.all("table") == []


def test_every_example_is_a_link_that_loads_it(client):
    page = Page(client.get("/sparql"))
    links = [a for a in page.all("a") if a["href"].startswith("/sparql?query=")]
    loaded = {parse_qs(urlsplit(a["href"]).query)["query"][0]: a["text"] for a in links}
    assert set(loaded) == {path.read_text(encoding="utf-8") for path in QUERIES}
    for text, question in loaded.items():
        assert text.startswith("# " + question[:20])
    page = Page(client.get(links[0]["href"]))
    assert page.query == parse_qs(urlsplit(links[0]["href"]).query)["query"][0]
    assert page.all("table") == []


def test_examples_are_found_by_a_word_and_the_query_is_kept(client):
    found = Page(client.post("/sparql", data={"query": "ASK { }", "edit": "1", "find": "ALLIANCE"}))
    questions = [a["text"] for a in found.all("a") if a["href"].startswith("/sparql?query=")]
    assert questions
    assert all("alliance" in question.lower() for question in questions)
    assert len(questions) < len(QUERIES)
    assert found.query == "ASK { }"


@pytest.mark.parametrize("text", ["\n\nASK { }\n", "ASK { }  # é \U0001f600", "", 'SELECT ("""a\n\nb""" AS ?x) { }'])
def test_query_comes_back_as_it_was_sent(client, text):
    assert ask(client, text, edit="").query == text


def test_lines_of_a_form_end_as_sparql_counts_them(client):
    page = ask(client, "SELECT *\r\nWHERE { ?s ?p FILTR }\r\n")
    assert page.query == "SELECT *\nWHERE { ?s ?p FILTR }\n"
    assert page.one("textarea")["data-line"] == "2"


def test_prefixes_of_the_graph_are_listed(client):
    listed = re.findall(r"PREFIX ([\w-]+): <([^>]+)>", Page(client.get("/sparql")).one("pre")["text"])
    assert dict(listed) == PREFIXES


def test_missing_prefixes_are_declared_on_request(client):
    text = "# What is it?\nSELECT * { ?s a lc:Claim ; skos:note ?n ; ex:unknown ?u } # rdfs:label"
    page = ask(client, text, edit="")
    assert page.one("button", name="declare")["text"] == "Declare them"
    page = ask(client, text, declare="1")
    comment, rest = text.split("\n")
    declared = [f"PREFIX {prefix}: <{PREFIXES[prefix]}>" for prefix in ("lc", "skos")]
    assert page.query == "\n".join([comment, *declared, rest])
    assert page.all("button", name="declare") == []


def test_a_prefix_that_everybody_knows_is_declared_too(client):
    asked = "ASK { ?s dct:title ?o ; wdt:P31 ?c }"
    assert ask(client, asked, edit="").one("button", name="declare")["text"] == "Declare them"
    page = ask(client, ask(client, asked, declare="1").query)
    assert page.status == 200
    assert page.query.startswith("PREFIX dct: <http://purl.org/dc/terms/>\nPREFIX wdt: <http://www.wikidata.org/prop")


def test_query_with_its_prefixes_declared_runs(client):
    page = ask(client, ask(client, "ASK { ?s a lc:Claim }", declare="1").query)
    assert page.status == 200


def test_script_is_named_only_where_it_was_built(client, monkeypatch):
    monkeypatch.setattr(editor, "SCRIPT", "not/built.js")
    assert Page(client.get("/sparql")).all("script") == []
    monkeypatch.setattr(editor, "SCRIPT", "style.css")  # what is there
    assert Page(client.get("/sparql")).one("script")["src"] == "/static/style.css"


def test_page_without_a_catalogue_is_still_a_form(engine):
    class Busy(Watched):
        def select(self, query, first=None):
            raise EngineError("engine", "busy", "Wait")

    page = Page(client_of(Busy(engine)).get("/sparql?query=ASK+{+?s+?p+?o+}"))
    assert page.status == 200
    assert page.all("h2")[0]["text"].split()[0] == "Yes"


# Answers


def test_select_is_a_table_in_the_order_of_the_query(client):
    page = ask(client, "SELECT ?b ?a ?none { VALUES (?a ?b) { (1 'x'@en-gb) (2.5 'y') } } ORDER BY ?a")
    assert [th["text"] for th in page.all("th")] == ["b", "a", "none"]
    assert page.rows == [["x en-gb", "1", ""], ["y", "2.5", ""]]
    assert page.one("span", lang="en-gb")["text"] == "x"


def test_iri_has_its_label_else_its_short_name_else_all_of_it(client):
    query = f"SELECT * {{ VALUES ?x {{ <{MINERAL}cobalt> <{LC}unheard-of> <http://example.org/x> <urn:x:y> }} }}"
    page = ask(client, query)
    assert page.rows == [["cobalt"], ["lc:unheard-of"], ["http://example.org/x"], ["urn:x:y"]]
    ours = page.one("a", title=f"{MINERAL}cobalt")
    assert (ours["href"], ours.get("rel")) == ("/id/mineral/cobalt", None)
    assert page.one("a", title=f"{LC}unheard-of")["href"] == "/ontology#unheard-of"
    assert page.one("a", title="http://example.org/x")["href"] == "/resource?iri=http%3A%2F%2Fexample.org%2Fx"
    assert page.one("a", title="urn:x:y")["href"] == "/resource?iri=urn%3Ax%3Ay"


def test_datatype_is_told_in_short(client):
    page = ask(
        client, f"SELECT ('2026-02-04'^^<{PREFIXES['xsd']}date> AS ?d) ('x'^^<http://example.org/t> AS ?e) {{}}"
    )
    assert page.rows == [["2026-02-04 xsd:date", "x http://example.org/t"]]


def test_labels_are_asked_for_once(engine):
    watched = Watched(engine)
    page = ask(client_of(watched), "SELECT ?a ?b { ?a a ?b } LIMIT 300")
    assert len(page.rows) == 300
    assert len([text for text in watched.selected if "VALUES ?iri" in text]) == 1
    assert len(watched.selected) == 3, "examples, the answer, labels"


def test_labels_are_bounded_and_an_answer_stands_without_them(engine, monkeypatch):
    monkeypatch.setattr("lodeclaim.endpoint.web.pages.vocabulary._MAX_LABELLED", 1)
    query = f"SELECT * {{ VALUES ?x {{ <{MINERAL}cobalt> <{MINERAL}nickel> }} }}"
    assert ask(client_of(engine), query).rows == [["cobalt"], ["mineral:nickel"]]


@pytest.mark.parametrize(("query", "word"), [("ASK { ?s ?p ?o }", "Yes"), ("ASK { ?s <urn:none> ?o }", "No")])
def test_ask_is_yes_or_no(client, query, word):
    page = ask(client, query)
    assert page.all("h2")[0]["text"].split()[0] == word
    assert page.all("table") == []


@pytest.mark.parametrize("form", ["CONSTRUCT { ?s ?p ?o } WHERE { VALUES ?s { <IRI> } ?s ?p ?o }", "DESCRIBE <IRI>"])
def test_graph_is_turtle_and_a_table_of_statements(client, built, form):
    page = ask(client, form.replace("IRI", MINERAL + "cobalt"))
    turtle = page.one("pre", **{"class": "turtle"})["text"]
    found = {quad.triple for quad in ox.parse(turtle, format=ox.RdfFormat.TURTLE)}
    expected = {quad.triple for quad in built.quads_for_pattern(ox.NamedNode(MINERAL + "cobalt"), None, None, None)}
    assert found == expected
    assert [th["text"] for th in page.all("th")] == ["subject", "predicate", "object"]
    assert len(page.rows) == len(expected)
    assert 0 < turtle.count("@prefix") < 15, "those that are used"


def test_answer_that_is_longer_than_the_page_says_so(client):
    page = ask(client, f"SELECT ?s {{ ?s ?p ?o }} LIMIT {result.MAX_ROWS + 1}")
    assert len(page.rows) == result.MAX_ROWS
    (notice,) = page.all("p", **{"class": "partial"})
    assert "The first 1,000 of more rows are shown" in notice["text"]
    assert "download all" in notice["text"]
    assert page.all("h2")[0]["text"].split()[:4] == ["The", "first", "1,000", "rows"]


def test_answer_that_just_fits_is_whole(client):
    page = ask(client, f"SELECT ?s {{ ?s ?p ?o }} LIMIT {result.MAX_ROWS}")
    assert len(page.rows) == result.MAX_ROWS
    assert page.all("p", **{"class": "partial"}) == []
    assert page.all("h2")[0]["text"].split()[:2] == ["1,000", "rows"]


def test_turtle_that_is_cut_says_so_in_itself(client):
    page = ask(client, "CONSTRUCT WHERE { ?s ?p ?o }")
    assert page.one("pre", **{"class": "turtle"})["text"].startswith("# The first 1000 statements of more.")
    assert len(page.all("p", **{"class": "partial"})) == 1


def test_long_literal_is_cut_and_says_so():
    page = ask(client_of(EmbeddedEngine(store(f'<urn:s> <urn:p> "{"x" * 5000}" .'))), "SELECT ?o { ?s ?p ?o }")
    assert page.rows == [["x" * 2000 + "… 3,000 characters more in the download"]]


def test_page_holds_a_bounded_amount_of_text():
    turtle = "".join(f'<urn:s{n}> <urn:p> "{"x" * 2000}" .\n' for n in range(600))
    page = ask(client_of(EmbeddedEngine(store(turtle))), "SELECT ?o { ?s ?p ?o }")
    assert len(page.rows) == 500
    assert "The first 500 of more rows" in page.one("p", **{"class": "partial"})["text"]


def test_answer_that_breaks_off_is_an_error_and_no_table(engine):
    page = ask(client_of(Watched(engine, body=(b"<urn:s> <urn:p> <urn:o> .\n<urn:s> <ur",))), "DESCRIBE <urn:s>")
    assert page.status == 500
    assert page.all("table") == []
    assert "ends before its end" in page.one("div", id="trouble")["text"]


def test_error_in_the_middle_of_an_answer_is_that_error(engine):
    def body():
        yield b"<urn:s> <urn:p> <urn:o> .\n"
        raise EngineError("query", "it took longer than 10 s", "Ask for less", "time-exceeded")

    page = ask(client_of(Watched(engine, body=body())), "DESCRIBE <urn:s>")
    assert (page.status, page.all("table")) == (504, [])
    assert "it took longer than 10 s. Ask for less." in " ".join(page.one("div", id="trouble")["text"].split())


def test_rest_of_an_answer_is_let_go(engine):
    def body():
        try:
            for number in range(10**6):
                yield b"<urn:s> <urn:p> <urn:o%d> .\n" % number * 100
            raise AssertionError("read to its end")
        finally:
            closed.append(True)

    closed = []
    page = ask(client_of(Watched(engine, body=body())), "DESCRIBE <urn:s>")
    assert len(page.rows) == result.MAX_ROWS
    assert "not the whole answer" in page.one("p", **{"class": "partial"})["text"]
    assert closed == [True]


def test_select_asks_for_no_more_than_is_shown(engine):
    class Counted(Watched):
        def select(self, query, first=None):
            firsts.append(first)
            return super().select(query, first)

    firsts = []
    ask(client_of(Counted(engine)), "SELECT * { ?s ?p ?o }")
    assert result.MAX_ROWS in firsts


def test_no_rows_and_a_misspelt_term_of_ours_is_said(client):
    query = f"PREFIX lc: <{LC}>\nSELECT * {{ ?s a lc:Clame }}"
    hint = ask(client, query).one("p", **{"class": "partial hint"})["text"]
    assert hint == "lc:Clame is no term of the ontology; did you mean lc:Claim?"
    assert ask(client, query.replace("Clame", "Claim")).all("p", **{"class": "partial hint"}) == []


def test_parts_of_a_query_in_a_sentence_are_code_and_never_markup(client):
    page = ask(client, f"PREFIX lc: <{LC}>\nSELECT * {{ ?s a lc:Mineral ; lc:gloss '<b>' }}")
    assert page.all("code")[0]["text"] == "?s lc:gloss '<b>'"
    assert page.all("b") == []
    page = ask(client, f"PREFIX lc: <{LC}>\nSELECT * {{ ?s a lc:Mineral ; lc:gloss '<b>`x' }}")
    assert page.all("b") == []


def test_the_head_of_a_column_of_numbers_stands_over_them(client):
    page = ask(client, "SELECT ?s (COUNT(*) AS ?n) { ?s ?p ?o } GROUP BY ?s LIMIT 2")
    assert [head.get("class") for head in page.all("th")] == [None, "number"]


# Other ways to the same answer


def test_downloads_carry_the_query_and_its_dataset(client):
    page = ask(client, "SELECT * { ?s ?p ?o } LIMIT 1", **{"default-graph-uri": PREFIXES["graph"] + "queries"})
    assert [button["value"] for button in page.all("button", name="format")] == ["json", "xml", "csv", "tsv"]
    assert page.one("form", **{"class": "downloads"})["method"] == "post"
    assert page.hidden("query") == {"SELECT * { ?s ?p ?o } LIMIT 1"}
    assert page.hidden("default-graph-uri") == {PREFIXES["graph"] + "queries"}


def test_link_asks_the_same(client):
    query = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o } # + & é"
    page = ask(client, query, **{"default-graph-uri": PREFIXES["graph"] + "queries"})
    (link,) = [a for a in page.all("a") if a["text"] == "Link to this answer"]
    again = Page(client.get(link["href"]))
    assert (again.query, again.rows) == (page.query, page.rows)
    assert page.rows != ask(client, query).rows


def test_query_too_long_for_a_link_has_none(client):
    page = ask(client, "ASK { ?s ?p ?o } #" + "x" * 40_000)
    assert page.status == 200
    assert not any(a["text"] == "Link to this answer" for a in page.all("a"))


def test_command_survives_the_shell(client):
    query = "SELECT ('$HOME `id` \\\\ \"' AS ?x) ?y\n{ VALUES ?y { 'it''s' } }".replace("''", "\\'")
    command = ask(client, query, **{"union-default-graph": "false"}).one("pre", id="curl")["text"]
    script = "curl() { printf '%s\\0' curl \"$@\"; }\n" + command
    words = subprocess.run(["sh", "-c", script], capture_output=True, encoding="utf-8", check=True).stdout
    assert words.split("\0")[:-1] == [
        "curl",
        "https://lodeclaim.example/sparql",
        "--header",
        "Accept: application/sparql-results+json",
        "--data-urlencode",
        f"query={query}",
        "--data-urlencode",
        "union-default-graph=false",
    ]


def test_command_never_believes_the_request_about_the_server(engine):
    page = Page(client_of(engine).post("/sparql", data={"query": "ASK { }"}, headers={"Host": "evil.example"}))
    assert editor.UNKNOWN_SERVER + "/sparql" in page.one("pre", id="curl")["text"]
    assert "evil.example" not in page.one("pre", id="curl")["text"]


# Errors


def test_error_is_marked_in_its_line(client):
    page = ask(client, "SELECT *\nWHERE {\n  ?s FILTR ?o .\n}\n")
    assert page.status == 400
    assert "Line 3, column 6: FILTR is no word of SPARQL 1.1." in page.one("strong")["text"]
    assert "Did you mean FILTER?" in page.one("div", id="trouble")["text"]
    assert page.one("mark")["text"] == "  ?s FILTR ?o ."
    assert page.one("u")["text"] == "FILTR"
    assert [span["text"] for span in page.all("span", **{"class": "at"})] == ["1", "2", "3", "4", "5"]
    area = page.one("textarea")
    assert (area["data-line"], area["data-column"]) == ("3", "6")
    assert page.query == "SELECT *\nWHERE {\n  ?s FILTR ?o .\n}\n"


def test_error_in_an_endless_line_shows_the_place(client):
    page = ask(client, f"SELECT * {{ ?{'s' * 5000} ?p FILTR }} # {'x' * 5000}")
    assert page.one("u")["text"] == "FILTR"
    assert len(page.one("pre", **{"class": "lines"})["text"]) < 500


@pytest.mark.parametrize(
    ("data", "status"),
    [
        ({"query": "SELECT * {"}, 400),
        ({"query": ["ASK {}", "ASK {}"]}, 400),
        ({"update": "CLEAR ALL"}, 403),
        ({"query": "ASK {}", "default-graph-uri": "a b"}, 400),
        ({"query": "ASK {}", "union-default-graph": "perhaps"}, 400),
        ({"query": "SELECT * { SERVICE <http://example.org/> { ?s ?p ?o } }"}, 403),
        ({"query": "x" * 1_100_000}, 413),
    ],
)
def test_refused_is_said_on_the_page_with_its_status(client, data, status):
    response = client.post("/sparql", data=data)
    assert response.content_type.startswith("text/html")
    page = Page(response)
    assert page.status == status
    assert page.one("div", id="trouble")["text"].strip()
    assert page.all("table") == []


def test_status_and_headers_are_those_of_the_problem(engine):
    response = client_of(Watched(engine, fails=ServiceUnavailable("All workers are busy.", retry_after=3))).post(
        "/sparql", data={"query": "ASK { }"}
    )
    assert (response.status_code, response.headers["Retry-After"]) == (503, "3")
    assert "All workers are busy." in Page(response).one("div", id="trouble")["text"]


def test_busy_says_when_to_come_back(engine):
    response = client_of(Watched(engine, fails=BusyError("endpoint", "all workers are busy", "Wait", 7))).post(
        "/sparql", data={"query": "ASK { }"}
    )
    assert (response.status_code, response.headers["Retry-After"]) == (503, "7")


def test_page_is_another_answer_than_data_to_a_cache(client):
    response = client.get("/sparql?query=ASK+{}")
    assert "Accept" in response.vary
    assert response.cache_control.no_cache


def test_direct_post_is_a_query(client):
    direct = {"content_type": "application/sparql-query", "headers": {"Accept": "text/html"}}
    assert Page(client.post("/sparql", data="SELECT (1 AS ?x) {}", **direct)).rows == [["1"]]
    assert client.post("/sparql", data=b"ASK {} # \xff", **direct).status_code == 400


# Words for completion


def test_words_are_the_classes_and_properties_with_what_they_mean(client):
    words = client.get("/sparql/words").get_json()
    terms = {term["name"]: term for term in words["terms"]}
    assert words["prefixes"] == PREFIXES
    claim = terms["lc:Claim"]
    assert (claim["kind"], claim["label"]) == ("class", "claim")
    assert claim["definition"].startswith("One assertion")
    assert terms["lc:claimant"]["kind"] == "property"


def test_words_include_what_the_partitions_name():
    words = client_of(EmbeddedEngine(store(hostile.MARKUP))).get("/sparql/words").get_json()
    assert words["terms"] == [{"name": "ex:Thing", "kind": "class", "label": "", "definition": "", "uses": 7}]


# Hostile content


def test_nothing_in_the_data_becomes_markup():
    response = client_of(EmbeddedEngine(store(hostile.MARKUP))).post(
        "/sparql", data={"query": "SELECT ?s ?p ?o { ?s ?p ?o } #</textarea><script>alert(1)</script>"}
    )
    assert response.status_code == 200
    html = response.get_data(as_text=True).lower()
    assert "alert(1)" in html
    assert not re.search(r"<(img|svg|b|iframe)\b", html)
    assert "<script>" not in html
    page = Page(response)
    assert [script["src"] for script in page.all("script")] in ([], [f"/static/{editor.SCRIPT}"])
    for element in page.elements:
        assert not [name for name in element if name.startswith("on")], element
    for link in page.all("a"):
        assert re.match(r"/(?!/)|#|https?://", link["href"]), link


def test_lock_file_names_no_registry():
    text = (ROOT / "editor" / "package-lock.json").read_text(encoding="utf-8")
    assert '"integrity": "sha512-' in text
    assert "http" not in text
    assert "resolved" not in text
