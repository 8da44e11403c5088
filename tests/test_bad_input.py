"""Bad input: the message says where, what was found and what to do, the status is right, nothing is half-written.

The cases that only a whole build can tell are gathered in two folders of the user, one with every fault that the
shapes find and one with every fault that the lint finds: two builds instead of fifteen. Each fault has a test of
its own, and nothing else may be found.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pyoxigraph as ox
import pytest
from click.testing import CliRunner, Result

from lodeclaim import build, resources
from lodeclaim.cli import main
from lodeclaim.endpoint import rdf
from lodeclaim.findings import Finding
from lodeclaim.namespaces import GRAPHS
from lodeclaim.reasoning import rules
from lodeclaim.reasoning.rules import Stage
from lodeclaim.resources import Source
from support.paths import TESTS

EXTRA = TESTS / "fixtures" / "extra"
ARTICLE = TESTS / "fixtures" / "texts" / "harbour-news.txt"

DOCUMENT = "data/documents/harbour-news.ttl"
QUESTIONS = "data/questions/harbour.ttl"
VOCABULARY = "data/vocabulary/harbour.ttl"
RULE = "ontology/rules/alarms/reserves-spoken-of.rq"

HARBOUR = "https://example.org/harbour/"


def lodeclaim(*arguments: object) -> Result:
    result = CliRunner().invoke(main, [str(a) for a in arguments], env={"LODECLAIM_CORPUS": None})
    assert result.exception is None or isinstance(result.exception, SystemExit), repr(result.exception)
    return result


class Folder:
    """A copy of the user's folder to spoil, and the graph file that a build of it must leave alone."""

    def __init__(self, at: Path) -> None:
        self.path = at / "my-claims"
        shutil.copytree(EXTRA, self.path)
        self.output = at / "output" / "graph.trig"
        self.output.parent.mkdir()
        self.output.write_text("old", encoding="utf-8")

    def change(self, name: str, old: str, new: str) -> None:
        """Replace the only occurrence of a text in a file."""
        text = (self.path / name).read_text(encoding="utf-8")
        assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in {name}"
        assert old != new
        (self.path / name).write_text(text.replace(old, new), encoding="utf-8")

    def append(self, name: str, text: str) -> None:
        """Add lines to the end of a file."""
        with (self.path / name).open("a", encoding="utf-8") as file:
            file.write(text)

    def add(self, name: str, content: bytes) -> None:
        """Add a file."""
        path = self.path / name
        assert not path.exists()
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)

    def spoil(self, name: str, edit: Callable[[bytes], bytes]) -> None:
        """Change the bytes of a file."""
        path = self.path / name
        content = edit(path.read_bytes())
        assert content != path.read_bytes()
        path.write_bytes(content)

    def refused(self, status: int = 1) -> str:
        """Build, and return what is said against it; the old graph must stand as it was."""
        result = lodeclaim("build", "--extra", self.path, "--output", self.output)
        assert result.exit_code == status, result.output
        assert result.stdout == ""
        assert self.output.read_text(encoding="utf-8") == "old"
        assert list(self.output.parent.iterdir()) == [self.output]
        return result.stderr


@pytest.fixture
def folder(tmp_path) -> Folder:
    return Folder(tmp_path)


# What only a build can tell.


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong: how to make it so, and the finding that it must give."""

    name: str
    spoil: Callable[[Folder], None]
    where: str
    check: str
    found: tuple[str, ...]
    remedy: str


def edit(name: str, old: str, new: str) -> Callable[[Folder], None]:
    return lambda folder: folder.change(name, old, new)


def write(name: str, text: str) -> Callable[[Folder], None]:
    return lambda folder: folder.append(name, text)


def add(name: str, text: str) -> Callable[[Folder], None]:
    return lambda folder: folder.add(name, text.encode())


def file_describing_krakvik(label: str) -> str:
    return f"""
@prefix lc: <https://w3id.org/lodeclaim/ontology#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
<{HARBOUR}krakvik> a lc:Place ; rdfs:label "{label}"@en .
"""


AGAINST_SHAPES = [
    Fault(
        "a claim with two Questions",
        edit(DOCUMENT, "harbour:question-insured ;", "harbour:question-insured , harbour:question-tenants ;"),
        "claim:harbour-news-insured",
        "lcs:ClaimShape-question",
        ("lc:question", "MaxCount"),
        "write a second claim",
    ),
    Fault(
        "a date interval upside down",
        edit(DOCUMENT, '    lc:earliestDate "2026-03-09"', '    lc:earliestDate "2026-03-10"'),
        "claim:harbour-news-opening-date",
        "lcs:ClaimValueShape-earliestDate",
        ("lc:earliestDate", "2026-03-10", "LessThanOrEquals"),
        "not after lc:latestDate",
    ),
    Fault(
        "a list of entities packed into one claim",
        edit(DOCUMENT, "lc:answerEntity mineral:cobalt .", "lc:answerEntity mineral:cobalt , mineral:nickel ."),
        "claim:harbour-news-stored-mineral",
        "lcs:ClaimValueShape-answerEntity",
        ("lc:answerEntity", "MaxCount"),
        "write one claim for each member of a list",
    ),
    Fault(
        "an entity that no file describes",
        edit(QUESTIONS, "lc:geography place:world ;", "lc:geography place:wolrd ;"),
        HARBOUR + "question-cobalt-share",
        "lcs:QuestionShape-geography",
        ("lc:geography", "place:wolrd"),
        "describe it",
    ),
    Fault(
        "one node described twice with two labels",
        add("data/vocabulary/again.ttl", file_describing_krakvik("port of Kråkvik")),
        HARBOUR + "krakvik",
        "lcs:EntityShape-label",
        ("rdfs:label", "MaxCount"),
        "exactly one label",
    ),
    Fault(
        "a misspelt term of a standard vocabulary",
        write(VOCABULARY, 'harbour:gazette skos:altLable "the Gazette"@en .\n'),
        HARBOUR + "gazette",
        "misspelt-standard-term",
        ("skos:altLable",),
        "Correct the spelling",
    ),
]

AGAINST_LINT = [
    Fault(
        "an unknown property in our namespace",
        write(VOCABULARY, "harbour:gazette lc:foundedIn 1898 .\n"),
        HARBOUR + "gazette",
        "undeclared-term",
        ("lc:foundedIn",),
        "declare the term",
    ),
    Fault(
        "an unknown class in our namespace",
        write(VOCABULARY, 'harbour:lighthouse a lc:Lighthouse ; rdfs:label "lighthouse"@en .\n'),
        HARBOUR + "lighthouse",
        "undeclared-term",
        ("rdf:type", "lc:Lighthouse"),
        "declare the term",
    ),
    Fault(
        "a node of ours that no file describes",
        write(VOCABULARY, "harbour:gazette rdfs:seeAlso topic:krakwik .\n"),
        HARBOUR + "gazette",
        "undescribed-node",
        ("rdfs:seeAlso", "topic:krakwik"),
        "Correct the spelling, or describe the node",
    ),
    Fault(
        "one node described twice in the same words",
        add("data/vocabulary/again.ttl", file_describing_krakvik("Kråkvik")),
        HARBOUR + "krakvik",
        "described-twice",
        (GRAPHS + "vocabulary/harbour",),
        "Keep one description",
    ),
    Fault(
        "a percentage over 100",
        edit(DOCUMENT, "lc:faceValue 90 ;", "lc:faceValue 900 ;"),
        "claim:harbour-news-china-processing-share",
        "percentage-over-100",
        ("lc:faceValue", "900"),
        "90 for 90 %",
    ),
    Fault(
        "a direct quotation without its speaker's utterance",
        edit(
            DOCUMENT,
            "    lc:utterance harbour:at-the-gate ;\n    lc:modality modality:judged ;\n",
            "    lc:modality modality:judged ;\n",
        ),
        "claim:harbour-news-winter",
        "quotation-without-utterance",
        ("lc:utterance",),
        "whose lc:speaker is the claimant",
    ),
    Fault(
        "dollars of nobody without the currencies that they may be",
        edit(DOCUMENT, " ;\n    lc:plausibleCurrency currency:aud , currency:usd .", " ."),
        "claim:harbour-news-cost",
        "ambiguous-currency",
        ("lc:plausibleCurrency", "currency:unspecified-dollar"),
        "lc:plausibleCurrency",
    ),
    Fault(
        "the narrator's voice in another mouth than the outlet's",
        edit(
            DOCUMENT,
            "    lc:question harbour:question-holder ;",
            "    lc:claimant harbour:krakvik-havn ;\n    lc:question harbour:question-holder ;",
        ),
        "claim:harbour-news-holder",
        "narrator-who-is-not-the-outlet",
        ("lc:claimant", HARBOUR + "krakvik-havn"),
        "Credit the outlet",
    ),
    Fault(
        "evidence past the end of its segment",
        edit(DOCUMENT, 'lc:span "35-1113"', 'lc:span "35-1111"'),
        "passage:harbour-news-1070-1112",
        "passage-outside-segments",
        ("lc:inSegment",),
        "Correct its offsets or those of the segment",
    ),
    Fault(
        "the digest of another document",
        edit(
            DOCUMENT,
            "bb299e1cd7663f488b6eef376c9333ee67cb2f118360bdd5a7867bf45bcb534c",
            # That of document:unnamed-alliance.
            "be20c2d4fef2976745e85c0014ee810db47c8e377c629340212a905a6b2e3003",
        ),
        "document:harbour-news",
        "same-digest-twice",
        ("document:unnamed-alliance",),
        "Remove one of them",
    ),
]


def printed_findings(said: str) -> Iterator[Finding]:
    *lines, last = said.splitlines()
    assert last == f"{len(lines)} finding(s)."
    for line in lines:
        match = re.fullmatch(r"(\S+): (.+) \[(\S+)\]\. (.+)", line)
        assert match, line
        yield Finding(where=match[1], found=match[2], check=match[3], remedy=match[4])


def all_at_once(at: Path, faults: list[Fault]) -> list[Finding]:
    folder = Folder(at)
    for fault in faults:
        fault.spoil(folder)
    return list(printed_findings(folder.refused()))


def judge(fault: Fault, findings: list[Finding]) -> None:
    ours = [
        finding
        for finding in findings
        if (finding.where, finding.check) == (fault.where, fault.check)
        and all(words in finding.found for words in fault.found)
    ]
    assert len(ours) == 1, "\n".join(map(str, findings))
    assert fault.remedy in ours[0].remedy


@pytest.fixture(scope="module")
def against_shapes(tmp_path_factory) -> list[Finding]:
    return all_at_once(tmp_path_factory.mktemp("shapes"), AGAINST_SHAPES)


@pytest.fixture(scope="module")
def against_lint(tmp_path_factory) -> list[Finding]:
    return all_at_once(tmp_path_factory.mktemp("lint"), AGAINST_LINT)


@pytest.mark.parametrize("fault", AGAINST_SHAPES, ids=lambda fault: fault.name)
def test_shapes_find(fault, against_shapes) -> None:
    judge(fault, against_shapes)


def test_shapes_find_nothing_else(against_shapes) -> None:
    assert len(against_shapes) == len(AGAINST_SHAPES), "\n".join(map(str, against_shapes))


@pytest.mark.parametrize("fault", AGAINST_LINT, ids=lambda fault: fault.name)
def test_lint_finds(fault, against_lint) -> None:
    judge(fault, against_lint)


def test_lint_finds_nothing_else(against_lint) -> None:
    assert len(against_lint) == len(AGAINST_LINT), "\n".join(map(str, against_lint))


# Files that cannot be read as what they are.


def test_broken_turtle_names_file_and_line(folder) -> None:
    lines = (folder.path / VOCABULARY).read_text(encoding="utf-8").splitlines()
    line = lines.index("harbour:krakvik") + 2
    folder.change(VOCABULARY, "    a lc:Place ;", "    a lc:Place ,, ;")
    said = folder.refused()
    assert f"{folder.path / VOCABULARY}, line {line}: " in said
    assert "Correct the Turtle there" in said


def test_undeclared_prefix_names_file_and_line(folder) -> None:
    folder.change(VOCABULARY, "    a lc:Place ;", "    a cl:Place ;")
    said = folder.refused()
    assert f"{folder.path / VOCABULARY}, line " in said
    assert "cl:" in said


def test_byte_order_mark_in_turtle_is_refused(folder) -> None:
    folder.spoil(VOCABULARY, lambda content: b"\xef\xbb\xbf" + content)
    said = folder.refused()
    assert f"{folder.path / VOCABULARY}: it starts with a byte-order mark" in said
    assert "Save it as UTF-8 without one" in said


def test_turtle_that_is_not_utf8_names_file_and_byte(folder) -> None:
    at = (folder.path / VOCABULARY).read_bytes().index("å".encode())
    folder.spoil(VOCABULARY, lambda content: content.decode().encode("latin-1"))
    said = folder.refused()
    assert f"{folder.path / VOCABULARY}, byte {at}: 0xe5 is not UTF-8" in said


def test_file_with_the_name_of_one_of_ours_is_refused(folder) -> None:
    folder.add("data/vocabulary/minerals.ttl", b"")
    said = folder.refused()
    assert f"{folder.path / 'data/vocabulary/minerals.ttl'}: its name is taken by " in said
    assert "Rename it" in said


def test_file_of_one_name_in_two_folders_of_the_user_is_refused(folder) -> None:
    said = lodeclaim("build", "--extra", EXTRA, "--extra", folder.path, "--output", folder.output)
    assert said.exit_code == 1
    assert str(EXTRA / "ontology/harbour.ttl") in said.stderr
    assert folder.output.read_text(encoding="utf-8") == "old"


def test_windows_line_ends_make_no_difference(folder) -> None:
    def quads() -> set[ox.Quad]:
        found = rdf.canonical(build.derive(resources.find((folder.path,))))
        # The digest is of the bytes, which do differ.
        return {quad for quad in found if not quad.predicate.value.endswith("#sourcesDigest")}

    unix = quads()
    for name in (DOCUMENT, QUESTIONS, VOCABULARY, RULE):
        folder.spoil(name, lambda content: content.replace(b"\n", b"\r\n"))
    assert quads() ^ unix == set()


def test_rule_with_windows_line_ends_keeps_its_header(folder) -> None:
    folder.spoil(RULE, lambda content: content.replace(b"\n", b"\r\n"))
    (rule,) = rules.read([Source(folder.path / RULE, Path(RULE))], [Stage("https://example.org/alarms", "urn:g/")])
    assert (rule.name, rule.title) == ("reserves-spoken-of", "who speaks of a reserve")
    assert rule.why.endswith("on a stockpile is credited.")


def test_text_that_is_not_utf8_names_file_and_byte(tmp_path) -> None:
    text = tmp_path / "latin.txt"
    text.write_bytes(ARTICLE.read_bytes().decode()[:20].encode("latin-1"))
    for command in (["annotate", text, "opens", "--key", "k"], ["check", "--corpus", tmp_path]):
        result = lodeclaim(*command)
        assert result.exit_code == 1
        assert f"{text}, byte 2: 0xe5 is not UTF-8" in result.stderr


# Rules.


def test_malformed_rule_names_rule_and_line(folder) -> None:
    lines = (folder.path / RULE).read_text(encoding="utf-8").splitlines()
    line = lines.index("WHERE {") + 1
    folder.change(RULE, "WHERE {\n", "WHERE {{\n")
    said = folder.refused()
    assert "reserves-spoken-of" in said
    assert re.search(rf"\b({line}|{len(lines)}|{len(lines) + 1})\b", said), "where it starts, or where it ends"
    assert "Correct the query" in said


def test_rule_that_constructs_nothing_is_refused(folder) -> None:
    folder.change(RULE, "CONSTRUCT { ?reserve harbour:spokenOfBy ?claimant }", "SELECT ?reserve ?claimant")
    said = folder.refused()
    assert "reserves-spoken-of.rq: it is no CONSTRUCT query" in said


@pytest.mark.parametrize("field", ["title", "why"])
def test_rule_without_a_header_field_names_its_file(folder, field) -> None:
    folder.change(RULE, f"# {field}: ", "# ")
    said = folder.refused()
    assert str(folder.path / RULE) in said
    assert "'# title:' and '# why:'" in said


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("harbour.rq", "it lies in the folder of no stage"),
        ("90-harbour.rq", "it lies in the folder of no stage"),
        ("mine/harbour.rq", "mine is no stage of the build"),
        ("closure/harbour.rq", "closure is no stage of the build"),
        ("alarms/mine/harbour.rq", "alarms/mine is no stage of the build"),
        ("alarms/Harbour.rq", "a rule is called name.rq or 1-name.rq"),
        ("alarms/ties.rq", "its name, ties, is that of"),
        ("alarms/7-relations.rq", "its name, relations, is that of"),
    ],
)
def test_rule_in_the_wrong_place_is_not_passed_over(folder, name, found) -> None:
    path = folder.path / "ontology/rules" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    (folder.path / RULE).rename(path)
    said = folder.refused()
    assert f"{name.rpartition('/')[2]}: {found}" in said
    if "stage" in found:
        assert f"Move it to that of its stage, such as ontology/rules/alarms/{path.name}; there are labels, " in said


# The corpus.


@pytest.mark.parametrize("command", ["check", "measure"])
def test_corpus_folder_that_is_missing_is_wrong_use(command, tmp_path) -> None:
    result = lodeclaim(command, "--corpus", tmp_path / "nowhere")
    assert result.exit_code == 2
    assert f"{tmp_path / 'nowhere'}: is no folder" in result.stderr


@pytest.mark.parametrize("command", ["check", "measure"])
def test_corpus_folder_without_a_text_is_wrong_use(command, tmp_path) -> None:
    (tmp_path / "article.pdf").write_bytes(b"%PDF")
    result = lodeclaim(command, "--corpus", tmp_path)
    assert result.exit_code == 2
    assert "holds no .txt file" in result.stderr


@pytest.fixture
def derived_already(monkeypatch, built) -> None:
    """For what `check` does after the derivation, which these tests are not about."""
    monkeypatch.setattr(build, "build", lambda *_: build.Built(built))


def test_corpus_without_the_text_of_a_document_names_document_and_claim(derived_already) -> None:
    result = lodeclaim("check", "--corpus", ARTICLE.parent)
    assert result.exit_code == 1
    missing = [finding for finding in printed_findings(result.stderr) if finding.check == "text-digest"]
    (alliance,) = [finding for finding in missing if finding.where == "document:unnamed-alliance"]
    assert "from claim:unnamed-alliance-" in alliance.found
    assert "Put the original text into the --corpus folder" in alliance.remedy


def test_check_without_java_says_so_and_does_not_fail(derived_already, monkeypatch, tmp_path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    result = lodeclaim("check")
    assert result.exit_code == 0, result.output
    assert "not checked: the consistency proof: no Java runtime on the path" in result.stdout
    assert "consistent: yes" not in result.stdout


# Places that cannot be written to.


@pytest.fixture
def graph_file(tmp_path) -> Path:
    path = tmp_path / "small.trig"
    path.write_text("<a:g> { <a:s> <a:p> <a:o> }\n", encoding="utf-8")
    return path


def test_output_below_a_file_is_refused(graph_file) -> None:
    target = graph_file / "out.nt"
    result = lodeclaim("export", "--graph", graph_file, "--format", "nt", "--output", target)
    assert result.exit_code in (1, 2)
    assert result.stderr.startswith(f"lodeclaim: {target}: ")
    assert "--output" in result.stderr
    assert list(graph_file.parent.iterdir()) == [graph_file]


def test_output_that_is_a_folder_is_refused(graph_file, tmp_path) -> None:
    target = tmp_path / "folder"
    target.mkdir()
    result = lodeclaim("export", "--graph", graph_file, "--format", "nt", "--output", target)
    assert result.exit_code in (1, 2)
    assert result.stderr.startswith(f"lodeclaim: {target}: ")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["folder", "small.trig"]


def test_text_that_is_a_folder_is_wrong_use(tmp_path) -> None:
    result = lodeclaim("annotate", tmp_path, "opens", "--key", "k")
    assert result.exit_code == 2
    assert f"{tmp_path}: is no file" in result.stderr
