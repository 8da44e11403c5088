"""What readers of the five articles found, by hand and before any rule was changed, against what the graph says.

`questions.toml`: forty questions with all rows of their answers; `<key>.rq` beside it asks the graph, in at most
fifteen lines without prologue, or `query` names one of the catalogue with its `parameters`. `relations.toml`: sixty
relations between passages, and how many independent origins stand behind twenty-five answers. `open.toml` names
those that are not met yet: they must fail, so that none is met without being taken off.
"""

from __future__ import annotations

import re
import tomllib
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

import pytest

from lodeclaim import evidence, naming
from lodeclaim.corpus import read as read_texts
from lodeclaim.endpoint.engines.engine import Query, Term
from support import competency

FOLDER = Path(__file__).parent
PLACE = re.compile(r"([a-z0-9-]+):(\d+)-(\d+)")

CONVERSE = {
    "refines": "refined-by",
    "refined-by": "refines",
    "after": "before",
    "before": "after",
    "fulfilled": "",
    "open": "",
    "not-met": "",
}
"""What a verdict on (left, right) is on (right, left); another is the same, one with nothing has a direction."""

DEFINITE = ("agrees", "refines", "contradicts", "tension", "compatible", "not-excluded", "fulfilled", "not-met")
"""What must not be said of two passages between which there is nothing."""


def read(name: str) -> dict[str, list[dict]]:
    return tomllib.loads((FOLDER / f"{name}.toml").read_text(encoding="utf-8"))


QUESTIONS = read("questions")["question"]
RELATIONS = read("relations")["relation"]
SUPPORT = read("relations")["support"]
OPEN = read("open")


def readings(items: list[dict], name: str) -> list:
    """The readings as parameters of a test; those that are not met yet have to fail."""
    left = set(OPEN[name])
    assert left <= {item["key"] for item in items}
    mark = pytest.mark.xfail(reason="read off the articles, and not met yet", strict=True)
    return [pytest.param(item, id=item["key"], marks=[mark] if item["key"] in left else []) for item in items]


def places(texts: Iterable[str]) -> list[tuple[str, int, int]]:
    return [(key, int(start), int(end)) for text in texts for key, start, end in PLACE.findall(text)]


def test_there_are_as_many_readings_as_promised() -> None:
    kinds = defaultdict(int)
    for question in QUESTIONS:
        kinds[question["kind"]] += 1
    assert kinds == {"agreements": 10, "time": 10, "first": 10, "near-miss": 10}
    assert len(RELATIONS) >= 60
    assert len(SUPPORT) >= 25


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question["key"])
def test_question_has_rows_of_its_columns_and_places(question) -> None:
    assert all(len(row) == len(question["columns"]) for row in question["rows"])
    assert len(places(question["cited"])) == len(question["cited"]) > 0


def test_every_place_is_a_run_of_whole_words_in_its_article(corpus, items) -> None:
    texts = read_texts(corpus)
    keys = {key_of(item.document): texts[item.document_sha256].characters for item in items}
    cited = [place for question in QUESTIONS for place in places(question["cited"])]
    cited += [place for relation in RELATIONS for place in places((relation["left"], relation["right"]))]
    cited += [place for support in SUPPORT for place in places(support["passages"])]
    assert len(cited) > 300
    for key, start, end in cited:
        text = keys[key]
        assert 0 <= start < end <= len(text), (key, start, end)
        for place in (start, end):
            assert not re.fullmatch(r"\w\w", text[max(place - 1, 0) : place + 1]), (key, start, end)


@pytest.mark.parametrize("question", readings(QUESTIONS, "question"))
def test_one_query_answers_a_question_in_full(question, built) -> None:
    path = FOLDER / f"{question['key']}.rq"
    assert path.is_file() or "query" in question, "no query answers it yet"
    text = path.read_text(encoding="utf-8") if path.is_file() else competency.query(question["query"])
    if path.is_file():
        body = [line for line in text.splitlines() if line.strip() and not re.match(r"#|PREFIX", line)]
        assert len(body) <= 15
    engine = naming.engine(built)
    bindings = {name: Term(value, "iri") for name, value in question.get("parameters", {}).items()}
    table = engine.select(Query(text, bindings=bindings))
    chosen = [table.columns.index(column) for column in question["columns"]]
    found = {tuple(cell_of(row[index]) for index in chosen) for row in table.rows}
    assert found == {tuple(row) for row in question["rows"]}


@pytest.mark.parametrize("relation", readings(RELATIONS, "relation"))
def test_relation_is_what_a_reader_finds_or_can_defend(relation, items, verdicts) -> None:
    left, right = (claims_at(items, relation[side]) for side in ("left", "right"))
    assert left
    assert right or not relation["right"], "nothing can be said of a passage that no claim has"
    found = {verdict for one, other, verdict in verdicts if one in left and (other in right or not right)}
    found |= {converse(verdict) for one, other, verdict in verdicts if one in right and other in left}
    accepted = {relation["verdict"], *(name.lstrip("+") for name in relation["defensible"])}
    if relation["verdict"] == "not-comparable" and "none" not in accepted:
        assert found & accepted, "a refusal is to be said, and silence is none"
    elif accepted <= {"none", "not-comparable"}:
        said = {verdict for verdict in found if verdict.removeprefix("conditional-").startswith(DEFINITE)}
        assert not said
    else:
        assert found & accepted or ("none" in accepted and not found)


@pytest.mark.parametrize("support", readings(SUPPORT, "support"))
def test_no_more_and_no_fewer_origins_are_counted_than_a_reader_counts(support, items, positions) -> None:
    claims = [claims_at(items, place) for place in support["passages"]]
    covered = {
        position: sum(any(claim in holders for claim in at) for at in claims)
        for position, (holders, _) in positions.items()
    }
    most = max(covered.values())
    assert most >= len(claims) / 2
    ranges = {positions[position][1] for position, count in covered.items() if count == most}
    assert (support["minimum"], support["maximum"]) in ranges


@pytest.fixture(scope="module")
def items(built) -> list[evidence.Evidence]:
    return evidence.read(built)


@pytest.fixture(scope="module")
def verdicts(built) -> set[tuple[str, str, str]]:
    """How two claims stand to one another: their IRIs and the verdict; the other is empty for an open plan."""
    table = naming.engine(built).select(Query((FOLDER / "verdicts.rq").read_text(encoding="utf-8")))
    return {tuple(cell.value if cell else "" for cell in row) for row in table.rows}


@pytest.fixture(scope="module")
def positions(built) -> dict[str, tuple[set[str], tuple[int, int]]]:
    """The claims of each position, and its range of independent origins."""
    table = naming.engine(built).select(Query((FOLDER / "support.rq").read_text(encoding="utf-8")))
    found: dict[str, tuple[set[str], tuple[int, int]]] = {}
    for position, claim, least, most in table.rows:
        origins = (int(least.value), int(most.value))
        found.setdefault(position.value, (set(), origins))[0].add(claim.value)
    return found


def claims_at(items: Iterable[evidence.Evidence], place: str) -> set[str]:
    """The claims that have a passage which holds the place, or lies in it; none for no place."""
    return {
        item.claim
        for key, start, end in places([place])
        for item in items
        if item.claim and key_of(item.document) == key
        if (item.start <= start and end <= item.end) or (start <= item.start and item.end <= end)
    }


def key_of(iri: str) -> str:
    return iri.rsplit("/", 1)[-1]


def cell_of(term: Term | None) -> str:
    """A cell as the readings write it: the key of an IRI, the text of a literal, nothing for what is unbound."""
    if term is None:
        return ""
    return key_of(term.value) if term.kind == "iri" else term.value


def converse(verdict: str) -> str:
    return CONVERSE.get(verdict, verdict)
