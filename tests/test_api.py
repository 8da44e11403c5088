"""The graph in Python: `lodeclaim.open`, and what it answers on the articles and on graphs that are made here."""

from __future__ import annotations

import hashlib
import re
import subprocess
import sys
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
import rdflib

import lodeclaim
from lodeclaim.endpoint.errors import LodeclaimError, QueryError, SourceError, UsageError
from lodeclaim.knowledge import Graph
from lodeclaim.namespaces import LC, PREFIXES
from support import notebook
from support.paths import ROOT, TESTS, TINY
from support.tiny import ANSWERS, ASK, ROWS, SELECT, TRIPLES

EXTRA = TESTS / "fixtures" / "extra"
PROCESSING = "qazinform-ministerial-china-processing-share"
TEXT = "A hall for cobalt was opened. It has room for 40 drums.\n"
WORDS = "room for 40 drums"


def iri(name: str) -> str:
    prefix, _, local = name.partition(":")
    return PREFIXES[prefix] + local


@pytest.fixture(scope="module")
def graph() -> Graph:
    return lodeclaim.open()


@pytest.fixture(scope="module")
def tiny() -> Graph:
    return lodeclaim.open(TINY)


def made(folder: Path, digest: str) -> Graph:
    """A graph of one document with one passage, whose words have a digest, beside the text."""
    (folder / "hall.txt").write_text(TEXT, encoding="utf-8")
    start = TEXT.index(WORDS)
    declared = "".join(f"@prefix {prefix}: <{namespace}> .\n" for prefix, namespace in PREFIXES.items())
    (folder / "hall.trig").write_text(
        f"""{declared}
        graph:hall {{
          document:hall a lc:Document ; lc:sha256 "{hashlib.sha256(TEXT.encode()).hexdigest()}" .
          passage:hall-drums a lc:Passage ; rdfs:label "the drums" ; oa:hasSource document:hall ;
            oa:hasSelector selector:hall-drums ; lc:sha256 "{digest}" .
          selector:hall-drums oa:start {start} ; oa:end {start + len(WORDS)} .
        }}""",
        encoding="utf-8",
    )
    return lodeclaim.open(folder / "hall.trig", corpus=folder)


# Opening.


def test_import_loads_nothing_of_the_graph() -> None:
    program = (
        "import sys, lodeclaim; print({'pyoxigraph', 'rdflib', 'pandas', 'owlready2', 'click'} & {*sys.modules})"
    )
    assert subprocess.check_output([sys.executable, "-c", program], text=True) == "set()\n"


def test_open_and_query_load_neither_rdflib_nor_pandas_nor_owlready2() -> None:
    program = f"import sys, lodeclaim; lodeclaim.open({str(TINY)!r}).query('SELECT * {{ ?s ?p ?o }}')\n"
    program += "print({'rdflib', 'pandas', 'owlready2', 'pyshacl', 'click'} & {*sys.modules})"
    assert subprocess.check_output([sys.executable, "-c", program], text=True) == "set()\n"


def test_graph_of_a_user_is_asked_for_by_her_folder() -> None:
    with pytest.raises(UsageError, match=r"is not there yet. Run lodeclaim build --extra .*fixtures/extra"):
        lodeclaim.open(extra=EXTRA)


def test_stale_graph_is_opened_with_a_warning(tmp_path) -> None:
    queries = tmp_path / "data" / "queries"
    queries.mkdir(parents=True)
    (queries / "shares.rq").write_text("# Which shares?\n" + SELECT, encoding="utf-8")
    built = tmp_path / "data" / "graph" / "lodeclaim.trig"
    built.parent.mkdir()
    built.write_bytes(TINY.read_bytes())
    with pytest.warns(UserWarning, match="was built from other files") as warned:
        found = lodeclaim.open(extra=[tmp_path])
    assert warned[0].filename == __file__
    assert [tuple(map(str, row)) for row in found.query("shares")] == ROWS


@pytest.mark.parametrize(
    ("arguments", "told"),
    [({"path": "nowhere.trig"}, "nowhere.trig"), ({"extra": "nowhere"}, "is no folder"),
     ({"path": TINY, "corpus": "nowhere"}, "is no folder")],
)  # fmt: skip
def test_open_of_what_is_not_there_is_an_error(arguments, told) -> None:
    with pytest.raises(LodeclaimError, match=told):
        lodeclaim.open(**arguments)


# Queries.


def test_rows_of_a_text_are_plain_values(tiny) -> None:
    found = tiny.query(SELECT)
    assert found.columns == ("mineral", "share")
    assert found.rows == tuple((mineral, int(share)) for mineral, share in ROWS)
    assert [(row.mineral, row.share) for row in found] == list(found.rows)
    assert (len(found), found[0].share, found[-1][1]) == (2, 70, 50)


def test_values_have_the_types_of_python(tiny) -> None:
    row = tiny.query(
        """SELECT ?integer ?decimal ?double ?truth ?day ?time ?words ?node ?broken ?nothing
        { VALUES (?integer ?decimal ?double ?truth ?day ?time ?words ?node ?broken ?nothing) {
            (17 46.50 1.5e0 true "2026-02-04"^^xsd:date "2026-02-04T09:00:00Z"^^xsd:dateTime "a"@en mineral:cobalt
             "x"^^xsd:integer UNDEF) } }"""
    )[0]
    assert row == (17, Decimal("46.5"), 1.5, True, date(2026, 2, 4), datetime(2026, 2, 4, 9, tzinfo=UTC), "a",
                   iri("mineral:cobalt"), "x", None)  # fmt: skip
    assert [type(value) for value in row[:4]] == [int, Decimal, float, bool]


@pytest.mark.parametrize("query", ANSWERS, ids=[query.partition(" ")[0] + str(i) for i, query in enumerate(ANSWERS)])
def test_each_form_has_its_method(tiny, query) -> None:
    if query in ASK:
        assert tiny.ask(query) is ASK[query]
    elif query in TRIPLES:
        assert set(tiny.construct(query)) == TRIPLES[query]
    for method, forms in (
        (tiny.query, ("SELECT",)),
        (tiny.ask, ("ASK",)),
        (tiny.construct, ("CONSTRUCT", "DESCRIBE")),
    ):
        if not query.startswith(forms):
            with pytest.raises(QueryError):
                method(query)


def test_frame_has_the_columns_and_rows(tiny) -> None:
    frame = tiny.query(SELECT).to_pandas()
    assert list(frame.columns) == ["mineral", "share"]
    assert list(frame.itertuples(index=False, name=None)) == [(mineral, int(share)) for mineral, share in ROWS]
    assert frame.share.sum() == 120
    assert tiny.query(SELECT.replace("} ORDER", "FILTER(?share > 99) } ORDER")).to_pandas().shape == (0, 2)


def test_frame_without_pandas_says_what_to_install(tiny, monkeypatch) -> None:
    monkeypatch.setitem(sys.modules, "pandas", None)
    with pytest.raises(UsageError, match="pip install pandas"):
        tiny.query(SELECT).to_pandas()


def test_stored_query_gives_what_the_articles_say(graph) -> None:
    """News18 names five minerals in one range; Qazinform has about nine tenths, the alliance article over nine."""
    found = {(row.share, row.minerals) for row in graph.query("china-processing-share")}
    assert {("between 47% and 87%", mineral) for mineral in ("cobalt", "copper", "graphite", "lithium")} <= found
    assert {("roughly 90%", "rare-earth elements"), ("over 90%", "niche metals")} <= found


LOAN = "What is the amount of the loan for Project Vault?"


@pytest.mark.parametrize(
    "question", ["project-vault-loan", "question:project-vault-loan", iri("question:project-vault-loan"), "label"]
)
def test_parameter_takes_a_key_a_prefixed_name_an_iri_and_a_label(graph, question) -> None:
    """Three articles put the loan of the Export-Import Bank at ten billion dollars."""
    if question == "label":
        (question,) = [report.label for report in graph.compare("question:project-vault-loan")]
    found = graph.query("answers-to-a-question", question=question)
    assert {row.answer for row in found} == {"$10 billion"}
    assert {"News18", "Qazinform News Agency", "unnamed outlet of the alliance article"} == {r.who for r in found}


def test_parameter_takes_values_of_python(graph) -> None:
    """Congo's share of the supply is over 74 per cent; that of its reserves is about 72."""
    text = (
        "# Which?\n# Parameter ?least (decimal): at least.\n# Parameter ?day (date): of.\n"
        "SELECT ?least ?day ?claim { VALUES ?least { 74.0 } VALUES ?day { UNDEF }"
        " ?claim lc:faceValue ?value ; lc:question/lc:about ?mineral ; lc:document document:azad-hind-preview ."
        " FILTER(?value >= ?least && ?value < 75) }"
    )
    high, both = graph.query(text, least=73.5), graph.query(text, least=Decimal("72"), day=date(2026, 2, 3))
    assert len(high) == 1
    assert {row.claim for row in high} < {row.claim for row in both}
    assert {row.day for row in both} == {date(2026, 2, 3)}
    assert {row.least for row in graph.query(text, least=1e-7)} == {Decimal("0.0000001")}


@pytest.mark.parametrize(
    ("query", "parameters", "told"),
    [
        ("china-procesing-share", {}, "Did you mean china-processing-share"),
        ("none.rq", {}, "is no file"),
        ("SELECT * { ?s ?p }", {}, "line 1"),
        ("SELECT * { SERVICE <http://127.0.0.1/> { ?s ?p ?o } }", {}, "SERVICE"),
        ("answers-to-a-question", {"asked": "x"}, "It takes question"),
        ("answers-to-a-question", {"question": "project-vault-lone"}, "Nearest: question:project-vault-loan"),
        ("why", {"node": "cobalt"}, "mineral:cobalt or topic:cobalt"),
    ],
)
def test_query_that_cannot_be_asked_says_why(graph, query, parameters, told) -> None:
    with pytest.raises(LodeclaimError, match=told.replace("?", r"\?")):
        graph.query(query, **parameters)


def test_query_of_a_file(graph, tmp_path) -> None:
    """Qazinform has seventeen rare earths, fifteen of them lanthanides."""
    file = tmp_path / "counts.rq"
    file.write_text(
        "SELECT ?n { ?c lc:document document:qazinform-ministerial ; lc:question ?q ; lc:faceValue ?n ."
        " ?q lc:valueKind ?k FILTER(STRENDS(STR(?q), '-member-count')) } ORDER BY ?n",
        encoding="utf-8",
    )
    assert [row.n for row in graph.query(str(file))] == [15, 17]


def test_catalogue_tells_what_a_query_takes(graph) -> None:
    (found,) = [query for query in graph.queries if query.name == "answers-to-a-question"]
    assert [parameter.name for parameter in found.parameters] == ["question"]


# Comparing.


def test_comparison_has_the_answers_of_the_articles(graph) -> None:
    """Rubio counts 54 countries; by News18's paraphrase of him it is 55, and that is another answer."""
    (report,) = graph.compare("ministerial-country-count")
    answers = {answer: each for each in report.answers for answer in each.answers}
    assert {"50+", "54 countries", "55 countries", "over 50 countries"} <= answers.keys()
    assert answers["55 countries"].documents == ("News18 on the ministerial and India",)
    assert answers["55 countries"].minimum == answers["55 countries"].maximum == 1
    (contradiction,) = [relation for relation in report.relations if relation.finding == "contradicts"]
    assert (contradiction.left[:2], contradiction.right[:2]) == ("54", "55")


def test_changes_without_a_document(graph) -> None:
    """One of the three independent tellers of who announced Project Vault is the alliance article."""
    (change,) = graph.changes("project-vault-announcer", without=["unnamed-alliance"])
    assert (change.before, change.after) == ("1 to 3 independent origins", "1 to 2 independent origins")


@pytest.mark.parametrize("given", [{"without": ["no-such-thing"]}, {"policy": "wishful"}, {"wanted": "zinc"}])
def test_changes_of_what_is_unknown_is_wrong_use(graph, given) -> None:
    with pytest.raises(UsageError):
        graph.changes(**given)


# Why, claims and passages.


def test_why_leads_to_the_claims_of_both_articles(graph) -> None:
    (report,) = graph.compare("china-niche-metals-processing-capacity-share")
    step = graph.why(next(relation.node for relation in report.relations if "47" in relation.right))
    leaves, steps = [], [step]
    while steps:
        steps += (found := steps.pop()).premises
        leaves += [] if found.premises else [found.says]
    assert any("News18" in says and "(between 47% and 87%)" in says for says in leaves)
    assert any("55-country alliance" in says and "(over 90%)" in says for says in leaves)
    assert step.lines()[0].startswith(step.says)


@pytest.mark.parametrize("named", ["ministerial-contry-count", "question:none", "cobalt"])
def test_why_of_what_is_not_one_node_is_wrong_use(graph, named) -> None:
    with pytest.raises(UsageError):
        graph.why(named)


@pytest.mark.parametrize("named", [PROCESSING, f"claim:{PROCESSING}"])
def test_claim_tells_who_says_it_and_where(graph, named) -> None:
    claim = graph.claim(named)
    assert (claim.claim, claim.who, claim.answer) == (
        iri(f"claim:{PROCESSING}"),
        "Qazinform News Agency",
        "roughly 90%",
    )
    assert (claim.attribution, claim.modality) == ("narrator voice", "asserted")
    assert claim.document == iri("document:qazinform-ministerial")
    assert [passage.words for passage in claim.passages] == [None], "the text is not at hand"


@pytest.mark.corpus
def test_passage_has_the_words_of_the_article(corpus) -> None:
    graph = lodeclaim.open(corpus=corpus)
    (passage,) = graph.claim(PROCESSING).passages
    (text,) = [t for t in (f.read_bytes().decode() for f in corpus.glob("*.txt")) if "roughly 90%" in t]
    assert passage.start <= text.index("roughly 90%") < passage.end
    assert passage.words == text[passage.start : passage.end]
    assert passage.sha256 == hashlib.sha256(passage.words.encode()).hexdigest()
    assert graph.passage(passage.passage) == graph.passage(passage.passage.rsplit("/", 1)[-1]) == passage


def test_passage_without_a_claim_has_its_words(tmp_path) -> None:
    graph = made(tmp_path, hashlib.sha256(WORDS.encode()).hexdigest())
    found = graph.passage("hall-drums")
    assert (found.words, found.document) == (WORDS, iri("document:hall"))
    assert TEXT[found.start : found.end] == WORDS
    assert graph.passage("THE drums") == found
    (tmp_path / "hall.txt").write_text(TEXT + "\n", encoding="utf-8")
    other = lodeclaim.open(tmp_path / "hall.trig", corpus=tmp_path)
    assert other.passage("hall-drums").words is None, "another text"


def test_words_with_another_digest_are_an_error(tmp_path) -> None:
    with pytest.raises(SourceError, match=r"hall\.txt has other words"):
        made(tmp_path, hashlib.sha256(b"other words").hexdigest()).passage("hall-drums")


@pytest.mark.parametrize("method", ["claim", "passage"])
@pytest.mark.parametrize("named", ["question:project-vault-loan", "project-vault-loan", "nothing"])
def test_what_is_no_claim_or_passage_is_wrong_use(graph, method, named) -> None:
    with pytest.raises(UsageError):
        getattr(graph, method)(named)


# Other libraries.


def test_store_is_the_graph_of_pyoxigraph(tiny) -> None:
    assert len(tiny.store) == sum(1 for _ in tiny.store)
    assert tiny.query("SELECT (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } }")[0].n == len(tiny.store)


@pytest.mark.filterwarnings("ignore:Dataset.default_context:DeprecationWarning")  # rdflib's own
def test_rdflib_has_the_same_quads_and_the_union_for_a_default(tiny) -> None:
    dataset = tiny.rdflib()
    assert isinstance(dataset, rdflib.Dataset)
    assert len(dataset) == len(tiny.store)
    assert {(str(row.mineral), str(row.share)) for row in dataset.query(SELECT)} == set(ROWS)
    assert dataset.namespace_manager.expand_curie("lc:Claim") == rdflib.URIRef(LC.Claim)


def test_owlready2_knows_the_classes_and_what_is_settled(graph) -> None:
    lc = graph.owlready2()
    assert lc.IndustrialProject.iri == LC.IndustrialProject
    assert lc.NewsAgency in lc.Organization.subclasses()
    assert lc.world[iri("actor:qazinform")] in lc.NewsAgency.instances()


# What the documentation shows.


@pytest.mark.slow
def test_notebook_gives_the_outputs_that_it_shows() -> None:
    tour = notebook.read(notebook.TOUR)
    shown = [cell["outputs"] for cell in notebook.code(tour)]
    assert len(shown) >= 8
    assert notebook.run(tour) == shown, "python tests/support/notebook.py"


@pytest.mark.slow
def test_calls_in_the_documentation_work(graph) -> None:
    text = (ROOT / "docs" / "python.md").read_text(encoding="utf-8")
    calls = [call for call in re.findall(r"^\|[^|]*\|[^|]*?`(graph\.[^`|]*)`", text, re.M) if "..." not in call]
    assert len(calls) >= 6
    relation = graph.compare("ministerial-country-count")[0].relations[0]
    for call in calls:
        assert eval(call, {"graph": graph, "relation": relation}), call
    assert {name for name in vars(Graph) if name[0] != "_"} - {"engine", "asked", "bound"} <= set(
        re.findall(r"graph\.(\w+)", text)
    ) | {"iri"}


def test_readme_asks_in_python(capsys) -> None:
    code = next(c for c in re.findall(r"```python\n(.*?)```", (ROOT / "README.md").read_text(), re.DOTALL))
    exec(compile(code, "README.md", "exec"), {})
    assert "$10 billion asserted unnamed outlet of the alliance article\n" in capsys.readouterr().out
