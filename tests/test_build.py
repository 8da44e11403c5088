"""The built graph: the same bytes each time, whole or not at all, and of a form that every store takes alike."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pyoxigraph as ox
import pytest
import rdflib
import rdflib.compare

from lodeclaim import build, checksums, exports, graph, validation
from lodeclaim.endpoint import rdf
from lodeclaim.endpoint.checksums import read
from lodeclaim.endpoint.errors import SourceError
from lodeclaim.findings import Finding
from lodeclaim.interop import to_rdflib
from lodeclaim.namespaces import BUILD, DEFAULT_POLICY, DESCRIPTION, GRAPHS, LC, PREFIXES
from lodeclaim.reasoning import derivation, rules
from lodeclaim.reasoning.derivation import Step
from lodeclaim.resources import BUILT, Resources, Source
from support.paths import ROOT

TYPE = ox.NamedNode(PREFIXES["rdf"] + "type")
LABEL = ox.NamedNode(PREFIXES["rdfs"] + "label")
CLAIM = ox.NamedNode(LC.Claim)


def lc(name: str) -> ox.NamedNode:
    return ox.NamedNode(LC + name)


def with_property(store: ox.Store, name: ox.NamedNode) -> set[ox.NamedNode]:
    return {quad.subject for quad in store.quads_for_pattern(None, name, None)}


def of_type(store: ox.Store, kind: ox.NamedNode) -> set[ox.NamedNode]:
    return {quad.subject for quad in store.quads_for_pattern(None, TYPE, kind)}


@pytest.fixture(scope="module")
def made(sources: Resources) -> tuple[build.Built, list[int]]:
    """What `build` makes of the sources in this process, and how many triples it asked the shapes of, each time."""
    with pytest.MonkeyPatch.context() as patch:
        sizes = counted(patch)
        return build.build(sources), sizes


def counted(patch: pytest.MonkeyPatch) -> list[int]:
    """Return a list that grows by how many triples the shapes are asked of, each time that they are."""
    sizes: list[int] = []
    shacl = validation.shacl

    def counting(data: rdflib.Graph, shapes: rdflib.Graph) -> list[Finding]:
        sizes.append(len(data))
        return shacl(data, shapes)

    patch.setattr(validation, "shacl", counting)
    return sizes


@pytest.fixture(scope="module")
def trig(made) -> bytes:
    return graph.to_trig(made[0].store)


# Determinism.

# As the command does it, without the digests of what the graph becomes in each format.
PROGRAM = """\
import sys
from pathlib import Path
from lodeclaim import build, graph, resources
Path(sys.argv[1]).write_bytes(graph.to_trig(build.build(resources.find()).store))
"""


@pytest.mark.slow
def test_other_process_with_another_hash_seed_builds_the_same_bytes(trig, tmp_path) -> None:
    """Two derivations: that of this process, and one in which sets and dictionaries have another order."""
    seed = "1" if os.environ.get("PYTHONHASHSEED") != "1" else "2"
    target = tmp_path / "again.trig"
    environment = {**os.environ, "PYTHONHASHSEED": seed}
    subprocess.run([sys.executable, "-c", PROGRAM, str(target)], check=True, env=environment)
    assert target.read_bytes() == trig


@pytest.mark.slow
def test_writing_one_graph_twice_gives_the_same_bytes(built, trig) -> None:
    in_another_order = ox.Store()
    in_another_order.extend(sorted(built, key=str, reverse=True))
    assert graph.to_trig(in_another_order) == trig


@pytest.mark.slow
def test_committed_graph_is_what_the_sources_give(trig) -> None:
    committed = (ROOT / BUILT).read_bytes()
    # Not compared as they are: pytest would take minutes to show how two such files differ.
    assert committed == trig or pytest.fail(f"{BUILT} is not built from the files here: run lodeclaim build")


@pytest.mark.slow
def test_committed_checksums_are_those_of_the_files_that_the_graph_becomes(built) -> None:
    kept = read(ROOT / BUILT)
    assert kept == checksums.work_out(list(built))
    assert set(kept) == {f"lodeclaim.{extension}" for extension in exports.FORMATS}


def test_format_that_cannot_hold_the_graph_has_no_checksum() -> None:
    """In JSON-LD an IRI whose scheme is a prefix would be read as another."""
    told: list[str] = []
    found = checksums.work_out([ox.Quad(ox.NamedNode("lc:x"), TYPE, CLAIM)], told.append)
    assert set(found) == {f"lodeclaim.{extension}" for extension in exports.FORMATS if extension != "jsonld"}
    assert any("cannot be written as JSON-LD" in line for line in told)


@pytest.mark.slow
def test_whole_graph_with_all_that_is_derived_fits_the_shapes(built, shapes) -> None:
    assert [str(finding) for finding in validation.shacl(to_rdflib(built), to_rdflib(shapes))] == []


BROKEN_RULE = """\
# title: a second gloss
# why: to see that what a rule makes is validated too.

PREFIX claim: <https://w3id.org/lodeclaim/id/claim/>
PREFIX lc: <https://w3id.org/lodeclaim/ontology#>

CONSTRUCT { claim:qazinform-ministerial-china-processing-share lc:gloss "A second gloss of one claim."@en }
WHERE { claim:qazinform-ministerial-china-processing-share lc:position|lc:takesPosition ?position }
"""
BROKEN_CLAIM = """\
@prefix claim: <https://w3id.org/lodeclaim/id/claim/> .
@prefix lc: <https://w3id.org/lodeclaim/ontology#> .
@prefix question: <https://w3id.org/lodeclaim/id/question/> .

claim:broken a lc:Claim ; lc:question question:china-rare-earth-processing-share ; lc:faceValue 12 .
"""


@pytest.fixture
def asked(monkeypatch) -> list[int]:
    return counted(monkeypatch)


@pytest.mark.slow
def test_whole_graph_is_validated_once(made) -> None:
    built, asked = made
    assert built.findings == ()
    assert asked == [len({quad.triple for quad in built.store})]


@pytest.mark.slow
def test_derived_node_that_breaks_a_shape_is_found(sources, tmp_path, asked) -> None:
    """The sources are valid by themselves, and a rule makes something that is not."""
    rule = tmp_path / "ontology" / "rules" / "alarms" / "broken.rq"
    rule.parent.mkdir(parents=True)
    rule.write_text(BROKEN_RULE, encoding="utf-8")
    found = build.build(Resources((*sources.roots, tmp_path))).findings
    assert {finding.check for finding in found} == {"lcs:ClaimShape-gloss"}
    assert len(asked) == 2


@pytest.mark.slow
def test_what_is_wrong_with_the_sources_hides_what_follows_from_it(sources, tmp_path) -> None:
    """The claim breaks a shape, and so would each of the nodes that are derived from it."""
    claim = tmp_path / "data" / "documents" / "broken.ttl"
    claim.parent.mkdir(parents=True)
    claim.write_text(BROKEN_CLAIM, encoding="utf-8")
    found = build.build(Resources((*sources.roots, tmp_path))).findings
    assert found
    assert {finding.where for finding in found} == {"claim:broken"}
    assert {finding.check for finding in found} >= {"lcs:ClaimShape-gloss"}


# The form of the data.


def test_no_triple_stands_in_two_graphs(built) -> None:
    count = Counter((quad.subject, quad.predicate, quad.object) for quad in built)
    assert [triple for triple, times in count.items() if times > 1] == []


def test_every_triple_stands_in_a_named_graph_of_ours(built) -> None:
    assert {quad.graph_name for quad in built if not str(quad.graph_name).startswith(f"<{GRAPHS}")} == set()


def test_blank_nodes_stand_in_ontology_graphs_only(built) -> None:
    graphs = {
        quad.graph_name.value
        for quad in built
        if isinstance(quad.subject, ox.BlankNode) or isinstance(quad.object, ox.BlankNode)
    }
    assert graphs, "the ontology's restrictions have some"
    assert {name for name in graphs if not name.startswith(GRAPHS + "ontology/")} == set()


def test_literals_have_six_datatypes_at_most(built) -> None:
    # SHACL wants a seventh, xsd:anyURI, for namespaces of prefixes.
    said = [quad for quad in built if quad.predicate.value != PREFIXES["sh"] + "namespace"]
    found = {quad.object.datatype.value for quad in said if isinstance(quad.object, ox.Literal)}
    xsd = PREFIXES["xsd"]
    allowed = {xsd + name for name in ("string", "integer", "decimal", "date", "boolean")}
    assert found - allowed - {PREFIXES["rdf"] + "langString"} == set()


def test_every_typed_node_has_a_label(built) -> None:
    # Terms of other vocabularies are declared there without a label: what they are called is not ours to say.
    foreign = ox.NamedNode(GRAPHS + "ontology/external")
    typed = {
        quad.subject
        for quad in built.quads_for_pattern(None, TYPE, None)
        if isinstance(quad.subject, ox.NamedNode) and quad.graph_name != foreign
    }
    assert len(typed) > 1000
    assert typed - with_property(built, LABEL) == set()


def test_every_claim_has_a_document_and_a_segment(built) -> None:
    claims = of_type(built, CLAIM)
    assert len(claims) > 100
    assert claims - with_property(built, lc("document")) == set()
    assert claims - with_property(built, lc("foundIn")) == set()


def test_claim_has_an_answer_and_a_position_if_and_only_if_it_has_a_question(built) -> None:
    answering = with_property(built, lc("question"))
    assert len(answering) > 100
    assert with_property(built, lc("answer")) == answering
    assert with_property(built, lc("takesPosition")) == answering
    assert of_type(built, lc("Remark")) == of_type(built, CLAIM) - answering


def test_claim_takes_one_position_on_its_own_question(built) -> None:
    questions = {quad.subject: quad.object for quad in built.quads_for_pattern(None, lc("question"), None)}
    positions = list(built.quads_for_pattern(None, lc("takesPosition"), None))
    assert Counter(quad.subject for quad in positions).most_common(1)[0][1] == 1
    on = {quad.subject: quad.object for quad in built.quads_for_pattern(None, lc("positionOn"), None)}
    assert [quad for quad in positions if on[quad.object] != questions[quad.subject]] == []


def test_every_derived_position_and_fact_names_its_rule_and_premises(built) -> None:
    derived = of_type(built, lc("Position")) | of_type(built, lc("SettledFact")) | of_type(built, lc("Participation"))
    assert derived
    assert derived - with_property(built, ox.NamedNode(BUILD.byRule)) == set()
    assert derived - with_property(built, lc("premise")) == set()


def test_description_names_version_licence_policy_and_digest_of_its_sources(built, sources) -> None:
    dataset, about = ox.NamedNode(PREFIXES["dataset"] + "lodeclaim"), ox.NamedNode(DESCRIPTION)
    facts = {quad.predicate.value: quad.object for quad in built.quads_for_pattern(dataset, None, None, about)}
    assert facts[BUILD.sourcesDigest] == ox.Literal(sources.digest())
    assert facts[BUILD.activePolicy] == ox.NamedNode(DEFAULT_POLICY)
    assert facts[PREFIXES["dcterms"] + "license"] == ox.NamedNode("https://creativecommons.org/licenses/by/4.0/")
    assert PREFIXES["owl"] + "versionInfo" in facts


def test_digest_of_the_sources_changes_with_any_byte_or_name(tmp_path) -> None:
    def digest(**files: str) -> str:
        folder = tmp_path / "-".join([*files, *files.values()])
        (folder / "data" / "vocabulary").mkdir(parents=True)
        for name, text in files.items():
            (folder / "data" / "vocabulary" / f"{name}.ttl").write_text(text, encoding="utf-8")
        return Resources((folder,)).digest()

    assert len({digest(a="x"), digest(a="y"), digest(b="x"), digest(a="x", b="y"), digest(a="y", b="x")}) == 5
    assert digest(c="z") == Resources((tmp_path / "c-z",)).digest()


# Two engines agree.


def canonical(triples) -> set:
    """The triples with numbers as Oxigraph writes them: 57 for rdflib's 57.00."""
    written = rdflib.Graph()
    for triple in triples:
        written.add(triple)
    store = ox.Store()
    store.load(written.serialize(format="nt").encode(), format=ox.RdfFormat.N_TRIPLES)
    return set(to_rdflib(store))


@pytest.fixture
def bounded_memory() -> Iterator[None]:
    """An engine that multiplies patterns out fails, and does not take the machine with it."""
    before = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (8 << 30, before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_AS, before)


@pytest.mark.slow
def test_rdflib_derives_what_oxigraph_derives(sources, bounded_memory) -> None:
    """Each rule in its order, over two documents, by an engine of other authors (which takes minutes for all)."""
    two = {"qazinform-ministerial.ttl", "unnamed-alliance.ttl"}
    chosen = [s for s in sources.asserted() if "documents" not in s.relative.parts or s.path.name in two]
    store = graph.read(chosen)
    leave_out_what_is_not_asked(store)
    steps = derivation.steps(sources.files("rules"), store)
    policy = ox.NamedNode(DEFAULT_POLICY)
    about = ox.NamedNode(DESCRIPTION)
    described = rules.describe(step.rule for step in steps if step.rule)
    store.extend([*described, ox.Quad(about, ox.NamedNode(BUILD.activePolicy), policy, about)])
    everything = to_rdflib(store)
    for rule in (step.rule or step for step in steps):
        if isinstance(rule, Step):
            rule.apply(store)
            everything += to_rdflib(store.quads_for_pattern(None, None, None, ox.NamedNode(rule.stage.graphs)))
            continue
        new = canonical(triple for triple in everything.query(rule.text).graph if triple not in everything)
        rules.apply(rule, store)
        expected = set(to_rdflib(store.quads_for_pattern(None, None, None, ox.NamedNode(rule.graph))))
        assert new == expected, rule.name
        for triple in new:
            everything.add(triple)


def leave_out_what_is_not_asked(store: ox.Store) -> None:
    """Leave out the Questions that no claim answers: all are compared with all."""
    asked = {quad.object for quad in store.quads_for_pattern(None, lc("question"), None)}
    idle = of_type(store, lc("Question")) - asked
    for question in idle:
        for quad in [*store.quads_for_pattern(question, None, None), *store.quads_for_pattern(None, None, question)]:
            store.remove(quad)


STAGES = """
@prefix build: <https://w3id.org/lodeclaim/ontology/build#> .
<urn:stage/late> a build:BuildStage ; build:stageOrder 20 ; build:writesTo "urn:late/" .
<urn:stage/early> a build:BuildStage ; build:stageOrder 3 ; build:writesTo "urn:early/" .
<urn:stage/closed> a build:BuildStage ; build:stageOrder 9 ; build:writesTo "urn:closed" ;
    build:closesGraphs "urn:b/" , "urn:a/" .
"""


def test_stages_come_in_the_order_that_the_ontology_says_and_rules_in_that_of_their_names(tmp_path) -> None:
    store = ox.Store()
    store.load(STAGES.encode(), format=ox.RdfFormat.TURTLE, to_graph=ox.NamedNode("urn:any"))
    sources = []
    for name in ("late/a", "early/2-a-second", "early/1-first", "early/plain"):
        path = tmp_path / f"{name}.rq"
        path.parent.mkdir(exist_ok=True)
        path.write_text("# title: t\n# why: w\nCONSTRUCT { ?s <a:p> ?o } WHERE { ?s ?p ?o }", encoding="utf-8")
        sources.append(Source(path, Path(f"ontology/rules/{name}.rq")))
    steps = derivation.steps(sources, store)
    assert [step.rule.graph if step.rule else step.stage for step in steps] == [
        "urn:early/first",
        "urn:early/a-second",
        "urn:early/plain",
        rules.Stage("urn:stage/closed", "urn:closed", ("urn:a/", "urn:b/")),
        "urn:late/a",
    ]
    described = {(quad.subject.value, quad.object.value) for quad in rules.describe(s.rule for s in steps if s.rule)}
    assert (rules.BASE + "id/rule/a-second", "2") in described
    assert (rules.BASE + "id/rule/a", "urn:stage/late") in described


STAGE = "<https://example.org/stage/{}> a build:BuildStage ; build:stageOrder {} ; build:writesTo {} ."


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("<https://example.org/stage/mine> a build:BuildStage .", "a stage with 0 of build:stageOrder and 0 of"),
        (STAGE.format("mine", '"late"', '"urn:g/"'), "a stage with 1 of build:stageOrder"),
        (STAGE.format("mine", 3, '"graphs/"'), "a stage with 1 of build:stageOrder and 1 of build:writesTo"),
        (STAGE.format("mine", 3, '"urn:g/" , "urn:h/"'), "and 2 of build:writesTo"),
        (STAGE.format("mine", "3 , 4", '"urn:g/"'), "a stage with 2 of build:stageOrder"),
        (STAGE.format("", 3, '"urn:g/"'), "a stage whose key is ''"),
        (STAGE.format("x#y", 3, '"urn:g/"'), "a stage whose key is 'x#y'"),
        (
            STAGE.format("mine", 3, '"urn:g/"') + "<urn:other/mine> a build:BuildStage ; build:stageOrder 4 ; "
            'build:writesTo "urn:h/" .',
            "a stage with the key of https://example.org/stage/mine",
        ),
    ],
)
def test_a_stage_that_cannot_be_run_is_refused(text, found) -> None:
    store = ox.Store()
    store.load(f"@prefix build: <{BUILD}> .\n{text}".encode(), format=ox.RdfFormat.TURTLE)
    with pytest.raises(SourceError) as refusal:
        rules.stages(store)
    assert found in refusal.value.found


def test_a_rule_where_no_stage_is_described_is_told_so(tmp_path) -> None:
    with pytest.raises(SourceError, match="no stage of the build is described"):
        rules.read([Source(tmp_path / "a.rq", Path("ontology/rules/labels/a.rq"))], [])


@pytest.mark.slow
def test_a_folder_may_have_a_stage_of_its_own(sources, tmp_path) -> None:
    """Its rule runs behind ours and reads what they make."""
    module = tmp_path / "ontology/mine.ttl"
    rule = tmp_path / "ontology/rules/lists-of-mine/widely-reported.rq"
    rule.parent.mkdir(parents=True)
    module.write_text(
        "@prefix build: <https://w3id.org/lodeclaim/ontology/build#> .\n"
        "<https://example.org/stage/lists-of-mine> a build:BuildStage ; build:stageOrder 99 ; "
        'build:writesTo "https://example.org/graph/" .\n',
        encoding="utf-8",
    )
    rule.write_text(
        "# title: t\n# why: w\nPREFIX lc: <https://w3id.org/lodeclaim/ontology#>\n"
        "CONSTRUCT { ?position a <urn:Wide> } WHERE { ?position lc:support/lc:supportMaximum ?n FILTER(?n > 1) }",
        encoding="utf-8",
    )
    told: list[str] = []
    store = build.derive(
        Resources((*sources.roots, tmp_path)), lambda step, seconds: told.append(f"{step} {seconds}")
    )
    assert list(store.quads_for_pattern(None, None, None, ox.NamedNode("https://example.org/graph/widely-reported")))
    names = [stage.name for stage in rules.stages(store)]
    assert names[-1] == "lists-of-mine"
    of_stages = [line for line in told if line.startswith("stage ")]
    assert [line.split(":")[0] for line in of_stages] == [f"stage {name}" for name in names], "each with its time"
    assert all(float(line.split()[-1]) > 0 for line in of_stages)


def test_every_rule_derives_into_a_graph_of_its_own(sources, asserted) -> None:
    known = rules.read(sources.files("rules"), rules.stages(asserted))
    assert len({rule.graph for rule in known}) == len(known) > 10


def test_rule_adds_no_triple_that_stands_elsewhere() -> None:
    store = ox.Store()
    store.load(b"<a:s> <a:p> <a:o> .", format=ox.RdfFormat.TURTLE, to_graph=ox.NamedNode("a:file"))
    rule = rules.Rule(
        "same",
        rules.Stage("a:stage", "a:derived/"),
        "same",
        "why",
        "CONSTRUCT { ?s <a:p> <a:o> . ?s <a:q> ?o } { ?s ?p ?o }",
        Path("same.rq"),
    )
    assert rules.apply(rule, store) == 1
    assert {(str(quad.predicate), quad.graph_name.value) for quad in store} == {
        ("<a:p>", "a:file"),
        ("<a:q>", "a:derived/same"),
    }


# Writing whole or not at all.


@pytest.fixture
def old(tmp_path) -> Path:
    path = tmp_path / "graph.trig"
    path.write_bytes(b"old")
    return path


def left_alone(path: Path) -> bool:
    return path.read_bytes() == b"old" and list(path.parent.iterdir()) == [path]


def test_writing_replaces_the_file_and_leaves_nothing_beside_it(old) -> None:
    rdf.write(old, b"new")
    assert old.read_bytes() == b"new"
    assert list(old.parent.iterdir()) == [old]
    assert old.stat().st_mode & 0o777 == 0o644


def test_writing_makes_the_folder_that_is_missing(tmp_path) -> None:
    rdf.write(tmp_path / "new" / "folder" / "graph.trig", b"new")
    assert (tmp_path / "new" / "folder" / "graph.trig").read_bytes() == b"new"


def test_folder_that_is_a_file_is_an_error_that_names_the_target(old) -> None:
    with pytest.raises(SourceError, match="Choose a folder that you may write to") as caught:
        rdf.write(old / "graph.trig", b"new")
    assert caught.value.where == str(old / "graph.trig")
    assert left_alone(old)


class FullDiskError(OSError):
    """What a stream raises here in the middle of writing."""


def test_write_that_breaks_off_leaves_the_old_file(old, monkeypatch) -> None:
    genuine = os.fdopen

    def broken(descriptor: int, mode: str):
        stream = genuine(descriptor, mode)
        stream.write(b"ne")
        stream.close()
        raise FullDiskError("no space left")

    monkeypatch.setattr(os, "fdopen", broken)
    with pytest.raises((FullDiskError, SourceError)):
        rdf.write(old, b"new")
    assert left_alone(old)


@pytest.mark.parametrize("error", [FullDiskError, KeyboardInterrupt])
def test_rename_that_fails_leaves_the_old_file(old, monkeypatch, error) -> None:
    def broken(self: Path, target: Path) -> None:
        assert self.read_bytes() == b"new", "everything is written before the old file is touched"
        raise error

    monkeypatch.setattr(Path, "replace", broken)
    with pytest.raises((error, SourceError)):
        rdf.write(old, b"new")
    assert left_alone(old)


# Other formats.


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # rdflib 7.6 uses what it deprecates
@pytest.mark.parametrize("extension", ["nq", "ttl", "nt", "rdf", "jsonld"])
def test_conversion_keeps_every_triple(extension) -> None:
    text = r"""
    PREFIX ex: <http://example.org/>
    ex:one { ex:s ex:p "å\u2014\"q\" <&>\n"@en , 12 , 1.50 , true , [ ex:q ex:o ] }
    ex:two { ex:s ex:q ex:o }
    """
    quads = list(ox.parse(text, format=ox.RdfFormat.TRIG))
    converted = exports.convert(quads, extension)
    assert converted == exports.convert(quads, extension)
    formats = {"nq": "nquads", "ttl": "turtle", "nt": "nt", "rdf": "xml", "jsonld": "json-ld"}
    there = rdflib.Dataset().parse(data=converted, format=formats[extension])
    expected = rdflib.Dataset().parse(data=graph.to_trig(quads), format="trig")
    assert rdflib.compare.isomorphic(triples(there), triples(expected))
    assert len(triples(there)) == 7


def triples(dataset: rdflib.Dataset) -> rdflib.Graph:
    merged = rdflib.Graph()
    for s, p, o, _ in dataset.quads():
        merged.add((s, p, o))
    return merged
