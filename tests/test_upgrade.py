"""Files with the names of before: each name is changed where it stands, and nothing else of the text."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from lodeclaim import graph, resources, upgrade
from lodeclaim.cli import main
from lodeclaim.endpoint.errors import SourceError
from support.paths import ROOT, TESTS

COMMIT = "cc408e59f5096d1eaa2a74fb8863142ed8e7adc2"
"""The last one with the names of before."""

LC = "@prefix lc: <https://w3id.org/lodeclaim/ontology#> .\n"
MEASURE = "@prefix measure: <https://w3id.org/lodeclaim/vocab/measure/> .\n"
KIND = "@prefix instrumentkind: <https://w3id.org/lodeclaim/vocab/instrument-kind/> .\n"

TURTLE = {
    "a name": (LC + "<urn:q> lc:measure lc:Venue .\n", LC + MEASURE + "<urn:q> lc:measure measure:venue .\n"),
    "a prefix of one's own": (
        "@prefix x: <https://w3id.org/lodeclaim/ontology#> .\n<urn:q> x:mineral <urn:m> .\n",
        "@prefix x: <https://w3id.org/lodeclaim/ontology#> .\n<urn:q> x:mineralScope <urn:m> .\n",
    ),
    "a whole IRI": (
        LC + "<urn:q> lc:measure <https://w3id.org/lodeclaim/ontology#Venue> .\n",
        LC + "<urn:q> lc:measure <https://w3id.org/lodeclaim/vocab/measure/venue> .\n",
    ),
    "whole IRIs and no prefix": (
        "<urn:q> <https://w3id.org/lodeclaim/ontology#mineral><urn:m> .\n",
        "<urn:q> <https://w3id.org/lodeclaim/ontology#mineralScope><urn:m> .\n",
    ),
    "prefixes in two styles": (
        LC + "PREFIX aa: <urn:a:>\naa:q lc:measure lc:Venue .\n",
        LC + "PREFIX aa: <urn:a:>\nPREFIX measure: <https://w3id.org/lodeclaim/vocab/measure/>\n"
        "aa:q lc:measure measure:venue .\n",
    ),
    "a comment behind the last prefix": (
        LC[:-1] + " # ours\n<urn:q> lc:measure lc:Venue .\n",
        LC[:-1] + " # ours\n" + MEASURE + "<urn:q> lc:measure measure:venue .\n",
    ),
    "a comment on another's vocabulary": (
        "@prefix x: <urn:x:> .\n# lc:capacity in theirs\nx:a x:b x:c .\n",
        "@prefix x: <urn:x:> .\n# lc:capacity in theirs\nx:a x:b x:c .\n",
    ),
    "what replaces a document": (
        LC + "<urn:d> <http://purl.org/dc/terms/isReplacedBy> <urn:e> ; lc:origin lc:Party .\n",
        LC + MEASURE + "<urn:d> <http://purl.org/dc/terms/isReplacedBy> <urn:e> ; lc:tracedTo measure:party .\n",
    ),
    "a prefix that is taken": (
        "@prefix measure: <urn:mine:> .\n" + LC + "measure:q lc:measure lc:Venue .\n",
        "@prefix measure: <urn:mine:> .\n"
        + LC
        + "measure:q lc:measure <https://w3id.org/lodeclaim/vocab/measure/venue> .\n",
    ),
    "a prefix that is there": (
        LC + "@prefix what: <https://w3id.org/lodeclaim/vocab/measure/> .\n<urn:q> lc:measure lc:Venue .\n",
        LC + "@prefix what: <https://w3id.org/lodeclaim/vocab/measure/> .\n<urn:q> lc:measure what:venue .\n",
    ),
    "the order of the prefixes": (
        "@prefix a: <urn:a:> .\n" + LC + "@prefix z: <urn:z:> .\na:q lc:measure lc:Venue , z:z .\n",
        "@prefix a: <urn:a:> .\n" + LC + MEASURE + "@prefix z: <urn:z:> .\na:q lc:measure measure:venue , z:z .\n",
    ),
    "comments and layout": (
        LC + "# lc:Venue is asked for,\n<urn:q>   lc:measure\tlc:Venue   . # lc:Claim\n",
        LC + MEASURE + "# measure:venue is asked for,\n<urn:q>   lc:measure\tmeasure:venue   . # lc:Claim\n",
    ),
    "text is no name": (LC + '<urn:q> lc:gloss "lc:Venue" .\n', LC + '<urn:q> lc:gloss "lc:Venue" .\n'),
    "the line ends of Windows": (
        LC.replace("\n", "\r\n") + "<urn:q> lc:measure lc:Venue .\r\n",
        (LC + MEASURE).replace("\n", "\r\n") + "<urn:q> lc:measure measure:venue .\r\n",
    ),
    "a class that is a concept": (
        LC + "<urn:i> a lc:Loan ; lc:heldBy <urn:a> .\n",
        KIND + LC + "<urn:i> a lc:PolicyInstrument ; lc:instrumentKind instrumentkind:loan ; lc:heldBy <urn:a> .\n",
    ),
    "such a class in a list": (
        LC + "<urn:i> a lc:Loan , <urn:C> .\n",
        KIND + LC + "<urn:i> a lc:PolicyInstrument , <urn:C> ; lc:instrumentKind instrumentkind:loan .\n",
    ),
    "blank nodes": (
        LC + "[] lc:about [ a lc:Tariff ] ; lc:mineral ( lc:Mining ) .\n",
        KIND
        + LC
        + "@prefix stage: <https://w3id.org/lodeclaim/vocab/stage/> .\n"
        + "[] lc:about [ a lc:PolicyInstrument ; lc:instrumentKind instrumentkind:tariff ] ; "
        + "lc:mineralScope ( stage:mining ) .\n",
    ),
    "prefixes in several places": (
        LC + "<urn:q> lc:measure lc:Venue .\n@prefix z: <urn:z:> .\nz:q lc:measure lc:Party .\n",
        LC + MEASURE + "<urn:q> lc:measure measure:venue .\n@prefix z: <urn:z:> .\nz:q lc:measure measure:party .\n",
    ),
    "a base, and prefixes as in SPARQL": (
        "BASE <urn:x:>\nPREFIX lc: <https://w3id.org/lodeclaim/ontology#>\n<q> lc:measure lc:Venue .\n",
        "BASE <urn:x:>\nPREFIX lc: <https://w3id.org/lodeclaim/ontology#>\n"
        "PREFIX measure: <https://w3id.org/lodeclaim/vocab/measure/>\n<q> lc:measure measure:venue .\n",
    ),
    "prefixes behind the first statement": (
        "<urn:a> <urn:b> <https://w3id.org/lodeclaim/ontology#Venue> .\n@prefix z: <urn:z:> .\n",
        "<urn:a> <urn:b> <https://w3id.org/lodeclaim/vocab/measure/venue> .\n@prefix z: <urn:z:> .\n",
    ),
    "a query in one line": (
        LC + "@prefix sh: <http://www.w3.org/ns/shacl#> .\n"
        '<urn:s> sh:ask "PREFIX lc: <https://w3id.org/lodeclaim/ontology#> ASK { $this lc:measure lc:Venue }" .\n',
        LC + "@prefix sh: <http://www.w3.org/ns/shacl#> .\n"
        '<urn:s> sh:ask "PREFIX lc: <https://w3id.org/lodeclaim/ontology#> '
        'PREFIX measure: <https://w3id.org/lodeclaim/vocab/measure/> ASK { $this lc:measure measure:venue }" .\n',
    ),
    "a table of old names": (
        LC + "@prefix dcterms: <http://purl.org/dc/terms/> .\nlc:Venue dcterms:isReplacedBy <urn:venue> .\n",
        LC + "@prefix dcterms: <http://purl.org/dc/terms/> .\nlc:Venue dcterms:isReplacedBy <urn:venue> .\n",
    ),
    "a query in a shape": (
        LC + "@prefix sh: <http://www.w3.org/ns/shacl#> .\n"
        '<urn:s> sh:select """PREFIX lc: <https://w3id.org/lodeclaim/ontology#>\n'
        'SELECT $this { $this lc:measure lc:Venue }""" .\n',
        LC + "@prefix sh: <http://www.w3.org/ns/shacl#> .\n"
        '<urn:s> sh:select """PREFIX lc: <https://w3id.org/lodeclaim/ontology#>\n'
        "PREFIX measure: <https://w3id.org/lodeclaim/vocab/measure/>\n"
        'SELECT $this { $this lc:measure measure:venue }""" .\n',
    ),
}

QUERIES = {
    "prefixes that are declared": (
        "PREFIX lc: <https://w3id.org/lodeclaim/ontology#>\n# of lc:Over\nSELECT ?c { ?c lc:hedge lc:Over }\n",
        "PREFIX hedge: <https://w3id.org/lodeclaim/vocab/hedge/>\n"
        "PREFIX lc: <https://w3id.org/lodeclaim/ontology#>\n# of hedge:more-than\n"
        "SELECT ?c { ?c lc:hedge hedge:more-than }\n",
    ),
    "prefixes that need not be": (
        "SELECT ?c { ?c lc:hedge lc:Over ; lc:origin/lc:byRule ?r }\n",
        "SELECT ?c { ?c lc:hedge hedge:more-than ; lc:tracedTo/build:byRule ?r }\n",
    ),
    "whole IRIs": (
        "CONSTRUCT { ?q a <urn:C> } WHERE { ?q <https://w3id.org/lodeclaim/ontology#measure> "
        "<https://w3id.org/lodeclaim/ontology#PostHeld> }\n",
        "CONSTRUCT { ?q a <urn:C> } WHERE { ?q <https://w3id.org/lodeclaim/ontology#measure> "
        "<https://w3id.org/lodeclaim/vocab/measure/post-held> }\n",
    ),
    "a prefix of others that is declared": (
        "PREFIX x: <urn:x:>\nSELECT ?c { ?c lc:hedge lc:Over ; x:y ?z }\n",
        "PREFIX x: <urn:x:>\nSELECT ?c { ?c lc:hedge hedge:more-than ; x:y ?z }\n",
    ),
    "a class that is a concept": (
        "SELECT ?i { ?i a lc:Loan FILTER(?i != lc:Mining) }\n",
        "SELECT ?i { ?i a lc:PolicyInstrument ; lc:instrumentKind instrumentkind:loan FILTER(?i != stage:mining) }\n",
    ),
}


@pytest.fixture(scope="module")
def renaming() -> upgrade.Renaming:
    return upgrade.read(graph.read(resources.find().files("ontology")))


def result(folder: Path, name: str, text: str, renaming: upgrade.Renaming) -> upgrade.Upgrade:
    path = folder / name
    path.write_bytes(text.encode())
    return upgrade.upgraded(path, renaming)


@pytest.mark.parametrize("name", TURTLE)
def test_turtle_states_the_same_in_new_names(name, tmp_path, renaming) -> None:
    before, after = TURTLE[name]
    assert result(tmp_path, "mine.ttl", before, renaming).text == after
    assert result(tmp_path, "mine.ttl", after, renaming) == upgrade.Upgrade(
        tmp_path / "mine.ttl", after, (), (), False
    )


@pytest.mark.parametrize("name", QUERIES)
def test_a_query_asks_the_same_in_new_names(name, tmp_path, renaming) -> None:
    before, after = QUERIES[name]
    assert result(tmp_path, "mine.rq", before, renaming).text == after
    assert not result(tmp_path, "mine.rq", after, renaming).is_changed


@pytest.mark.parametrize(
    ("name", "text", "line"),
    [
        ("shape.ttl", LC + "<urn:s> <http://www.w3.org/ns/shacl#targetClass> lc:Loan .\n", 2),
        ("mine.ttl", LC + "\n<urn:C> <http://www.w3.org/2000/01/rdf-schema#subClassOf> lc:Tariff .\n", 3),
        ("mine.rq", "SELECT * {\n  ?x a ?class VALUES ?class { lc:Loan } }", 2),
        ("mine.rq", "SELECT * { ?x !a lc:Loan }", 1),
        ("mine.rq", "SELECT * { ?x a/rdfs:subClassOf* lc:Loan }", 1),
        ("mine.rq", "SELECT * { ?x a lc:Loan , ?other , [] }", 1),
        ("shape.ttl", LC + '<urn:s> <http://www.w3.org/ns/shacl#ask> """\nASK { ?x a* lc:Loan }""" .\n', 3),
    ],
)
def test_what_only_a_person_can_change_is_told(name, text, line, tmp_path, renaming) -> None:
    told = result(tmp_path, name, text, renaming)
    assert [finding.where for finding in told.findings] == [f"{tmp_path / name}, line {line}"]
    assert "is no class any more" in told.findings[0].found
    assert told.text == text


@pytest.mark.parametrize(
    "text", [LC + "<urn:q> lc:measure lc:Venue", LC + "<urn:q> lc:measure lc:Venue ; <urn:x> .", "`"]
)
def test_what_is_no_turtle_is_refused(text, tmp_path, renaming) -> None:
    with pytest.raises(SourceError, match=r"mine\.ttl"):
        result(tmp_path, "mine.ttl", text, renaming)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("@base <https://w3id.org/lodeclaim/ontology> .\n<urn:q> <#measure> <#Venue> .\n", "lc:Venue"),
        (LC + "<urn:q> lc:mineral <https://w3id.org/lodeclaim/ontology#Ven\\u0075e> .\n", "lc:Venue"),
        ('<urn:s> <http://www.w3.org/ns/shacl#ask> "ASK {\\n $this lc:measure lc:Venue }" .\n', "lc:Venue"),
    ],
)
def test_names_that_are_written_otherwise_are_told(text, name, tmp_path, renaming) -> None:
    told = result(tmp_path, "mine.ttl", text, renaming)
    assert [finding.found.partition(" ")[0] for finding in told.findings] == [name]
    assert "Change it by hand: it is measure:venue now" in told.findings[0].remedy


def test_links_and_permissions_stay(tmp_path) -> None:
    file, link = tmp_path / "a.ttl", tmp_path / "mine" / "b.ttl"
    file.write_text(TURTLE["a name"][0], encoding="utf-8")
    file.chmod(0o755)
    link.parent.mkdir()
    link.symlink_to(file)
    assert run(link.parent).exit_code == 0
    assert link.is_symlink()
    assert (file.read_text(encoding="utf-8"), file.stat().st_mode & 0o777) == (TURTLE["a name"][1], 0o755)
    file.write_text(TURTLE["a name"][0], encoding="utf-8")
    file.chmod(0o444)
    told = run(link.parent)
    assert (told.exit_code, "it is read-only" in told.output) == (1, True)
    assert file.read_text(encoding="utf-8") == TURTLE["a name"][0]


def run(*arguments: object) -> Result:
    return CliRunner().invoke(main, ["upgrade", *map(str, arguments)])


def test_a_folder_is_upgraded_as_a_whole(tmp_path) -> None:
    old, new = TURTLE["a name"]
    files = [tmp_path / "data/one.ttl", tmp_path / "shapes/two.ttl", tmp_path / ".git/three.ttl", tmp_path / "a.txt"]
    for file in files:
        file.parent.mkdir(exist_ok=True)
        file.write_text(old, encoding="utf-8")
    told = run("--dry-run", tmp_path)
    assert (told.exit_code, told.output.splitlines()[-1]) == (0, "would change: 2 names in 2 of 2 files")
    assert [file.read_text(encoding="utf-8") for file in files] == [old] * 4
    told = run(tmp_path)
    assert told.output.splitlines() == [
        "data/one.ttl: 1 name",
        "shapes/two.ttl: 1 name",
        "changed: 2 names in 2 of 2 files",
    ]
    assert [file.read_text(encoding="utf-8") for file in files] == [new, new, old, old]
    assert run(tmp_path).output == "changed: nothing in 0 of 2 files\n"


def test_claims_of_documents_are_shortened_and_exports_are_left_alone(tmp_path) -> None:
    long = (
        LC + "@prefix oa: <http://www.w3.org/ns/oa#> .\n"
        "<https://w3id.org/lodeclaim/id/document/d> a lc:Document .\n"
        "<urn:c> a lc:Claim ; lc:evidence <https://w3id.org/lodeclaim/id/passage/d-0-9> .\n"
        "<https://w3id.org/lodeclaim/id/passage/d-0-9> a lc:Passage ; oa:hasSource "
        "<https://w3id.org/lodeclaim/id/document/d> ; "
        'oa:hasSelector <https://w3id.org/lodeclaim/id/selector/d-0-9> ; lc:sha256 "' + "1" * 64 + '" .\n'
        "<https://w3id.org/lodeclaim/id/selector/d-0-9> a oa:TextPositionSelector ; oa:start 0 ; oa:end 9 .\n"
    )
    document, export = tmp_path / "data/documents/d.ttl", tmp_path / "export/asserted.ttl"
    for file in (document, export):
        file.parent.mkdir(parents=True)
        file.write_text(long, encoding="utf-8")
    assert run(tmp_path).output.splitlines() == ["data/documents/d.ttl: 1 claim", "changed: 1 claim in 1 of 2 files"]
    assert 'lc:span "0-9 1' in document.read_text(encoding="utf-8")
    assert export.read_text(encoding="utf-8") == long


def test_nothing_is_written_where_a_file_is_broken(tmp_path) -> None:
    (tmp_path / "a.ttl").write_text(TURTLE["a name"][0], encoding="utf-8")
    (tmp_path / "b.ttl").write_text(LC + "<urn:q> lc:measure lc:Venue", encoding="utf-8")
    told = run(tmp_path)
    assert told.exit_code == 1
    assert "b.ttl" in told.output
    assert (tmp_path / "a.ttl").read_text(encoding="utf-8") == TURTLE["a name"][0]


def test_what_a_person_has_to_change_is_status_1(tmp_path) -> None:
    (tmp_path / "a.ttl").write_text(LC + "<urn:C> <urn:p> lc:Loan , lc:Venue .\n", encoding="utf-8")
    told = run(tmp_path)
    assert told.exit_code == 1
    assert "a.ttl, line 2: lc:Loan is no class any more" in told.output
    assert "measure:venue" in (tmp_path / "a.ttl").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "name", ["data/questions/mine.ttl", "shapes/mine.ttl", "ontology/rules/alarms/mine.rq", "data/queries/mine.rq"]
)
def test_build_tells_of_names_of_before(name, tmp_path) -> None:
    text = QUERIES["prefixes that are declared"][0] if name.endswith(".rq") else TURTLE["a name"][0]
    (tmp_path / name).parent.mkdir(parents=True)
    (tmp_path / name).write_text(text, encoding="utf-8")
    told = CliRunner().invoke(main, ["build", "--extra", str(tmp_path)])
    assert told.exit_code == 1
    assert f"{name}: it has names of an earlier version: lc:" in told.output
    assert "Run lodeclaim upgrade with your folder" in told.output
    assert "1 finding(s)." in told.output


def test_what_replaces_a_thing_of_ones_own_is_no_renaming(tmp_path) -> None:
    text = (
        "@prefix dcterms: <http://purl.org/dc/terms/> .\n@prefix owl: <http://www.w3.org/2002/07/owl#> .\n"
        "<https://w3id.org/lodeclaim/id/state/usa> owl:deprecated true ; dcterms:isReplacedBy <urn:usa> .\n"
    )
    (tmp_path / "data/vocabulary").mkdir(parents=True)
    (tmp_path / "data/vocabulary/mine.ttl").write_text(text, encoding="utf-8")
    (tmp_path / "data/vocabulary/other.ttl").write_text(
        text[: text.index("<https")] + "<urn:x> dcterms:source <https://w3id.org/lodeclaim/id/state/usa> .\n",
        encoding="utf-8",
    )
    told = CliRunner().invoke(main, ["build", "--extra", str(tmp_path)])
    assert "renamed-term" not in told.output


def test_what_would_be_broken_is_not_written(tmp_path, renaming, monkeypatch) -> None:
    """Also where a person has something to change in the file."""
    monkeypatch.setattr(upgrade._Draft, "text", lambda self: self._source + "<urn:broken")
    with pytest.raises(SourceError, match="would not state what it states"):
        result(tmp_path, "mine.ttl", LC + "<urn:s> <urn:p> lc:Loan , lc:Venue .\n", renaming)


def test_nothing_is_written_where_one_file_is_read_only(tmp_path) -> None:
    for name in ("a.ttl", "b.ttl"):
        (tmp_path / name).write_text(TURTLE["a name"][0], encoding="utf-8")
    (tmp_path / "b.ttl").chmod(0o444)
    told = run(tmp_path)
    assert (told.exit_code, "Nothing was written." in told.output) == (1, True)
    assert (tmp_path / "a.ttl").read_text(encoding="utf-8") == TURTLE["a name"][0]


def test_what_is_no_folder_is_wrong_use(tmp_path) -> None:
    assert run(tmp_path / "none").exit_code == 2


def test_the_folder_of_the_tests_was_upgraded_by_the_command(tmp_path) -> None:
    """The files of tests/fixtures/extra as they were, upgraded, are those of today."""
    listed = subprocess.run(
        ["git", "ls-tree", "-r", "--name-only", COMMIT, "tests/fixtures/extra"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if listed.returncode:
        pytest.skip("the history of the project is not here")
    names = [name for name in listed.stdout.splitlines() if name.endswith((".ttl", ".rq"))]
    assert len(names) > 8
    for name in names:
        before = subprocess.run(["git", "show", f"{COMMIT}:{name}"], cwd=ROOT, capture_output=True, check=True)
        file = tmp_path / Path(name).relative_to("tests/fixtures/extra")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(before.stdout)
    # A rule lies in the folder of its stage now, which is for a person to say.
    (tmp_path / "ontology/rules/alarms").mkdir()
    (tmp_path / "ontology/rules/90-harbour.rq").rename(tmp_path / "ontology/rules/alarms/reserves-spoken-of.rq")
    assert run(tmp_path).exit_code == 0
    for name in names:
        moved = name.replace("rules/90-harbour", "rules/alarms/reserves-spoken-of")
        relative = Path(moved).relative_to("tests/fixtures/extra")
        assert (tmp_path / relative).read_bytes() == (TESTS / "fixtures/extra" / relative).read_bytes(), name
