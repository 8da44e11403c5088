"""Names on the command line: IRI, prefixed name, key and label mean the same, for every option that takes one."""

from __future__ import annotations

from pathlib import Path

import pyoxigraph as ox
import pytest
from click.testing import CliRunner, Result

from lodeclaim import compare, graph, naming, resources
from lodeclaim.cli import main
from lodeclaim.command_options import policy_iri
from lodeclaim.endpoint.errors import UsageError
from lodeclaim.namespaces import LC, PREFIXES
from support.graphs import copy_of
from support.paths import GRAPH, TESTS, TINY

NAMED = {
    (LC.Question, "question:project-vault-loan"): "How large is the loan for Project Vault?",
    (LC.Document, "document:news18-ministerial"): "News18 on the ministerial and India",
    (LC.Policy, "policy:as-printed"): "as printed",
    (LC.Actor, "actor:qazinform"): "Qazinform News Agency",
    (LC.Topic, "topic:china-processing-share"): "China's share of processing",
    (LC.Claim, "claim:unnamed-alliance-country-count"): "Fifty-four countries were represented at the ministerial.",
}
UNKNOWN = [
    *("", "  ", ":", "document:", "foo bar", "a:b c", "<x>", "https://x y", "nope", "nope:x", "*", "?x"),
    *("\udcff", "\0", "a\nb", "x" * 100_000, "'\"\\"),
]


def iri(name: str) -> str:
    prefix, _, local = name.partition(":")
    return PREFIXES[prefix] + local


def lodeclaim(*arguments: object) -> Result:
    result = CliRunner().invoke(main, [str(a) for a in arguments], env={"LODECLAIM_CORPUS": None})
    assert result.exception is None or isinstance(result.exception, SystemExit), repr(result.exception)
    return result


def spellings(name: str, label: str) -> list[str]:
    key = name.partition(":")[2]
    return [name, iri(name), key, label, f"  {label.upper()} "]


@pytest.mark.parametrize(("of_class", "name"), NAMED)
def test_a_thing_is_known_by_each_of_its_names(of_class, name, built) -> None:
    for written in spellings(name, NAMED[of_class, name]):
        assert naming.find(built, [of_class], written) == [iri(name)], written
        assert naming.one(built, [of_class], written, "thing", "--thing") == iri(name)


def test_another_label_is_a_name_too(built) -> None:
    store = copy_of(built)
    other = ox.NamedNode(PREFIXES["skos"] + "altLabel")
    store.add(ox.Quad(ox.NamedNode(iri("mineral:cobalt")), other, ox.Literal("Kobalt", language="de")))
    assert naming.find(store, [LC.MineralScope], "kobalt") == [iri("mineral:cobalt")]


def test_a_key_goes_before_a_label(built) -> None:
    store = copy_of(built)
    label = ox.NamedNode(PREFIXES["rdfs"] + "label")
    store.add(ox.Quad(ox.NamedNode(iri("mineral:nickel")), label, ox.Literal("cobalt")))
    assert naming.find(store, [LC.MineralScope], "cobalt") == [iri("mineral:cobalt")]


def test_a_name_of_several_things_is_refused_with_their_names(built) -> None:
    store = copy_of(built)
    label = ox.NamedNode(PREFIXES["rdfs"] + "label")
    for mineral in ("cobalt", "nickel"):
        store.add(ox.Quad(ox.NamedNode(iri(f"mineral:{mineral}")), label, ox.Literal("blue metal")))
    with pytest.raises(UsageError, match=r"is the name of 2 things\. Write which: mineral:cobalt or mineral:nickel"):
        naming.one(store, [LC.MineralScope], "Blue Metal", "mineral", "--mineral")


@pytest.mark.parametrize("written", UNKNOWN, ids=lambda written: repr(written[:10]))
def test_what_names_nothing_is_refused(written, built) -> None:
    for of_class in (LC.Document, LC.Claim):
        with pytest.raises(UsageError) as caught:
            naming.one(built, [of_class], written, "thing", "--thing")
        said = str(caught.value)
        assert said.startswith("--thing: ")
        assert "the IRI, prefixed name, key or label of a thing" in said
        assert len(said) < 1_000
        assert said.isprintable()


@pytest.mark.parametrize("given", ["news18-ministeral", "document:news18-ministeral", "News18 on the ministerial"])
def test_an_unknown_name_is_told_the_nearest(given, built) -> None:
    with pytest.raises(UsageError, match="document:news18-ministerial"):
        naming.one(built, [LC.Document], given, "document", "--document")


@pytest.mark.parametrize("given", ["projct-vault-loan", "question:projct-vault-loan"])
def test_a_name_in_any_class_is_told_the_nearest_of_each(given, built) -> None:
    """The Question and the instrument have the same key; both stand late in the alphabet of some 5,000 members."""
    with pytest.raises(UsageError, match=r"question:project-vault-loan, instrument:project-vault-loan"):
        naming.one(built, (), given, "node", "--node")


# Each option.


@pytest.mark.parametrize("written", spellings("document:unnamed-alliance", "Unnamed outlet on a 55-country alliance"))
def test_export_takes_each_name_of_a_document(written) -> None:
    by_key = lodeclaim("export", "--document", "unnamed-alliance", "--format", "nt")
    assert by_key.exit_code == 0
    assert by_key.stdout_bytes
    assert lodeclaim("export", "--document", written, "--format", "nt").stdout_bytes == by_key.stdout_bytes


def test_push_takes_the_label_of_a_document() -> None:
    asked = ("push", "--dry-run", "http://127.0.0.1:9", "--document", "Unnamed outlet on a 55-country alliance")
    assert "graph/documents/unnamed-alliance" in lodeclaim(*asked).stdout


def test_a_document_in_a_file_of_another_name_is_found(tmp_path) -> None:
    described = ox.Quad(
        ox.NamedNode(iri("document:mine")),
        ox.NamedNode(PREFIXES["rdf"] + "type"),
        ox.NamedNode(LC.Document),
        ox.NamedNode(PREFIXES["graph"] + "documents/another"),
    )
    (tmp_path / "one.trig").write_bytes(graph.to_trig([described]))
    told = lodeclaim("export", "--graph", tmp_path / "one.trig", "--document", "mine", "--format", "nt")
    assert (told.exit_code, told.stdout.count("\n")) == (0, 1)


@pytest.mark.parametrize("written", spellings("policy:as-printed", "as printed"))
def test_build_and_compare_take_each_name_of_a_policy(written, sources) -> None:
    assert policy_iri(sources, written) == iri("policy:as-printed")


@pytest.mark.parametrize(
    ("name", "label"),
    [
        ("document:ani-portal-ministerial", "Portal with ANI copy and reader comments on the ministerial"),
        ("actor:qazinform", "Qazinform News Agency"),
        ("claim:unnamed-alliance-country-count", "Fifty-four countries were represented at the ministerial."),
    ],
)
def test_without_takes_each_name_of_a_source(name, label, built) -> None:
    for written in spellings(name, label):
        assert compare.source(built, written) == iri(name)
    assert compare.withdrawn(built, iri(name))


def test_without_takes_every_document_and_agency(built) -> None:
    credited = built.quads_for_pattern(None, ox.NamedNode(LC.creditsAgency), None)
    agencies = {quad.object.value for quad in credited}
    documents = {row["d"].value for row in built.query(
        "SELECT ?d { ?d a lc:Document }", prefixes=PREFIXES, use_default_graph_as_union=True)}  # fmt: skip
    assert len(documents) == 5
    assert agencies
    for source in documents | agencies:
        assert compare.source(built, source.rsplit("/", 1)[-1]) == source
        assert compare.withdrawn(built, source)


@pytest.mark.parametrize("written", UNKNOWN, ids=lambda written: repr(written[:10]))
@pytest.mark.parametrize(
    "command",
    [
        ["compare", "--without"],
        ["compare", "--policy"],
        ["compare", "--assume"],
        ["build", "--policy"],
        ["export", "--document"],
        ["push", "--dry-run", "http://127.0.0.1:9", "--document"],
    ],
    ids=" ".join,
)
def test_commands_refuse_what_names_nothing(command, written, tmp_path) -> None:
    # In a small graph there is less to read, and as little by these names.
    beside = ["--output", tmp_path / "out.trig"] if command[0] == "build" else ["--graph", TINY]
    said = lodeclaim(*command, written, *beside)
    assert (said.exit_code, said.stdout) == (2, "")
    assert said.stderr.count("\n") == 1
    assert len(said.stderr) < 3_000
    assert list(tmp_path.iterdir()) == []


def test_folder_of_the_user_has_names_too(tmp_path) -> None:
    extra = resources.find((Path(TESTS / "fixtures" / "extra"),))
    store = graph.read(extra.asserted())
    assert naming.find(store, [LC.Document], "Harbour Gazette on the cobalt hall") == [iri("document:harbour-news")]
    assert naming.find(store, [LC.Entity], "cobalt-hall") == ["https://example.org/harbour/cobalt-hall"]
    assert GRAPH.is_file()
