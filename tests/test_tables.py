"""Comparisons and measures as rows and as JSON: what is printed is read by the parsers of others."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest

from lodeclaim import corpus, evidence, knowledge
from lodeclaim.compare import Change
from lodeclaim.namespaces import PREFIXES
from support.commands import fails, succeeds

# Comparisons.

ANNOUNCER = PREFIXES["question"] + "project-vault-announcer"
NICHE = "question:china-niche-metals-processing-capacity-share"
READ = """
SELECT ?answer ?who ?document ?claim
WHERE {
  ?claim lc:question question:project-vault-announcer ;
         lc:answer ?answer ;
         lc:claimant/rdfs:label ?who ;
         lc:document/rdfs:label ?document .
}
"""


def rows(printed: str, name: str) -> list[dict[str, str]]:
    """Return the rows of a CSV as they are, and those of a TSV with their escapes undone."""
    if name == "csv":
        return list(csv.DictReader(io.StringIO(printed, newline=""), strict=True))
    lines = [line.split("\t") for line in printed.removesuffix("\n").split("\n")]
    escapes = {"\\\\": "\\", "\\t": "\t", "\\n": "\n", "\\r": "\r"}

    def plain(cell: str) -> str:
        found, at = "", 0
        while at < len(cell):
            pair = cell[at : at + 2]
            found, at = found + escapes.get(pair, cell[at]), at + (2 if pair in escapes else 1)
        return found

    return [dict(zip(lines[0], map(plain, line), strict=True)) for line in lines[1:]]


@pytest.mark.parametrize("name", ["csv", "tsv"])
def test_compare_in_rows_has_each_answer_with_who_and_where(name, built) -> None:
    found = rows(succeeds("compare", "project-vault-announcer", "--format", name), name)
    assert list(found[0]) == [
        "question", "asked", "answer", "modality", "minimum", "maximum", "who", "document", "claims",
    ]  # fmt: skip
    # The portal and News18 carry one agency's text; Qazinform and the alliance article each say it for themselves.
    assert {(row["question"], row["asked"], row["modality"], row["minimum"], row["maximum"]) for row in found} == {
        (ANNOUNCER, "Who announced Project Vault?", "factual", "1", "3")
    }
    stated = built.query(READ, prefixes=PREFIXES, use_default_graph_as_union=True)
    expected = {(row["answer"].value, row["who"].value, row["document"].value, row["claim"].value) for row in stated}
    told = {
        (row["answer"], row["who"], row["document"], claim) for row in found for claim in row["claims"].split(" ")
    }
    assert told == expected
    assert "Donald Trump" in {answer for answer, _, _, _ in told}


def test_compare_in_rows_has_those_of_every_question(built) -> None:
    found = rows(succeeds("compare", "China", "--format", "csv"), "csv")
    assert len({row["question"] for row in found}) > 5
    printed = succeeds("compare", "China")
    assert all(row["asked"] in printed for row in found)


@pytest.mark.parametrize(
    "command", [["project-vault-loan"], ["project-vault-loan", "--why"], [NICHE, "--assume", "cap"]]
)
def test_json_is_a_format_like_another(command) -> None:
    printed = succeeds("compare", *command, "--format", "json")
    assert printed == succeeds("compare", *command, "--json")
    assert json.loads(printed)[0]["answers"]


def test_compare_is_prose_unless_asked(built) -> None:
    printed = succeeds("compare", "project-vault-announcer")
    assert printed.startswith("Who announced Project Vault?\n")
    for name in ("text", "table", "TEXT"):
        assert succeeds("compare", "project-vault-announcer", "--format", name) == printed


def test_json_says_what_holds_for_who_shares_the_assumptions() -> None:
    def holding(*assumed: str) -> list[tuple[bool, bool]]:
        options = [word for each in assumed for word in ("--assume", each)]
        (report,) = json.loads(succeeds("compare", NICHE, "--format", "json", *options))
        return [(bool(each["assumptions"]), each["holds"]) for each in report["relations"]]

    assert holding() == [(True, False)] * 2
    assert holding("capacity base") == [(True, False)] * 2, "the other is open"
    assert holding("capacity base", "niche metals is the same as rare") == [(True, True)] * 2
    (report,) = json.loads(succeeds("compare", "ministerial-country-count", "--format", "json"))
    assert {each["holds"] for each in report["relations"]} == {True}


CHANGES = (
    Change("position", "https://example.org/one", 'a "b", c\td\\e', None, "1 origin\nor 2"),
    Change("relation", "https://example.org/two", "plain", "agrees", None),
)


@pytest.mark.parametrize("name", ["csv", "tsv"])
def test_changes_in_rows_are_read_as_they_were(name, monkeypatch) -> None:
    monkeypatch.setattr(knowledge.Graph, "changes", lambda *_, **__: CHANGES)
    found = rows(succeeds("compare", "--without", "unnamed-alliance", "--format", name), name)
    assert found == [
        {
            "kind": "position",
            "node": "https://example.org/one",
            "label": 'a "b", c\td\\e',
            "before": "",
            "after": "1 origin\nor 2",
        },
        {
            "kind": "relation",
            "node": "https://example.org/two",
            "label": "plain",
            "before": "agrees",
            "after": "",
        },
    ]


def test_changes_in_json_are_read_as_they_were(monkeypatch) -> None:
    monkeypatch.setattr(knowledge.Graph, "changes", lambda *_, **__: CHANGES)
    found = json.loads(succeeds("compare", "--policy", "as-printed", "--format", "json"))
    assert [(each["kind"], each["before"], each["after"]) for each in found] == [
        ("position", None, "1 origin\nor 2"),
        ("relation", "agrees", None),
    ]


@pytest.mark.parametrize("beside", [["--why"], ["--assume", "capacity"]])
@pytest.mark.parametrize("name", ["csv", "TSV"])
def test_what_rows_cannot_show_is_refused(beside, name) -> None:
    said = fails(2, "compare", NICHE, "--format", name, *beside)
    assert said == f"lodeclaim: {beside[0]}: given beside --format {name.lower()}, which holds answers alone. " \
                   "Use text or json\n"  # fmt: skip


def test_two_formats_at_once_are_refused() -> None:
    assert fails(2, "compare", "--json", "--format", "csv").startswith("lodeclaim: --json: given beside --format")


# Text reuse.

ONE = "The hall at the harbour stores cobalt and nothing else."
OTHER = "The hall at the harbour stores cobalt and nothing at all."
THIRD = "Nobody here ever wrote about it."


@pytest.fixture
def measured(tmp_path, monkeypatch) -> list[str]:
    """The arguments of a measure of three documents."""
    documents = {}
    for name, text in {"one": ONE, "other": OTHER, "third": THIRD}.items():
        (tmp_path / f"{name}.txt").write_text(text, encoding="utf-8")
        documents[f"https://example.org/{name}"] = corpus.digest(text)
    monkeypatch.setattr(evidence, "documents", lambda _: documents)
    return ["measure", "--corpus", str(tmp_path), "--output", str(tmp_path / "lineage.ttl")]


REUSE = [("one", "other", 2, 9), ("one", "third", 0, 0), ("other", "third", 0, 0)]
"""Nine words in a row, in which two sequences of eight are."""


@pytest.mark.parametrize("name", ["csv", "tsv"])
def test_measure_in_rows(name, measured) -> None:
    assert rows(succeeds(*measured, "--format", name), name) == [
        {
            "one": f"https://example.org/{one}",
            "other": f"https://example.org/{other}",
            "shared": str(shared),
            "longest": str(longest),
        }
        for one, other, shared, longest in REUSE
    ]
    assert Path(measured[-1]).read_text(encoding="utf-8").count("a lc:TextReuse") == 1


def test_measure_in_json_has_numbers(measured) -> None:
    assert json.loads(succeeds(*measured, "--format", "json")) == [
        {
            "one": f"https://example.org/{one}",
            "other": f"https://example.org/{other}",
            "shared": shared,
            "longest": longest,
        }
        for one, other, shared, longest in REUSE
    ]


def test_measure_is_text_unless_asked(measured) -> None:
    printed = succeeds(*measured)
    assert printed.splitlines()[0] == (
        "    2 shared, longest run   9 words: https://example.org/one https://example.org/other"
    )
    assert succeeds(*measured, "--format", "text") == printed


@pytest.mark.parametrize("command", [["compare"], ["measure", "--corpus", "."]])
@pytest.mark.parametrize("name", ["xml", "turtle", ""])
def test_what_is_no_format_of_a_table_is_told_which_there_are(command, name) -> None:
    said = fails(2, *command, "--format", name)
    assert said == f"lodeclaim: --format: {name!r} is no format of this command. Use text, tsv, csv, json\n"
