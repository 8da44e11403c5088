"""The description of the dataset, as data: what it counts is there, however it is counted."""

from __future__ import annotations

from collections import Counter, defaultdict
from pathlib import Path

import pyoxigraph as ox
import pytest
import rdflib

from lodeclaim import build, description, graph, validation
from lodeclaim.endpoint.engines.engine import EmbeddedEngine, Query
from lodeclaim.endpoint.errors import SourceError
from lodeclaim.endpoint.sparql import formats
from lodeclaim.interop import to_rdflib
from lodeclaim.namespaces import DESCRIPTION, GRAPHS, PREFIXES
from lodeclaim.resources import Resources, project_folder
from support.graphs import copy_of
from support.paths import ROOT, TESTS

ABOUT = ox.NamedNode(DESCRIPTION)
DATASET = ox.NamedNode(PREFIXES["dataset"] + "lodeclaim")
EX = "http://example.org/"


def node(name: str) -> ox.NamedNode:
    prefix, _, local = name.partition(":")
    return ox.NamedNode({**PREFIXES, "ex": EX}[prefix] + local)


TYPE, LABEL, TRIPLES = node("rdf:type"), node("rdfs:label"), node("void:triples")


class Told:
    """What a description says: its values by subject and property."""

    def __init__(self, quads) -> None:
        self.values = defaultdict(list)
        for quad in quads:
            self.values[quad.subject, quad.predicate].append(quad.object)

    def all(self, subject, name: str) -> list:
        """Return all values of a property."""
        return self.values.get((subject, node(name)), [])

    def one(self, subject, name: str) -> str:
        """Return the one value of a property."""
        (value,) = self.all(subject, name)
        return value.value

    def counts(self, whole, parts: str, of: str, count: str = "void:triples") -> dict[str, int]:
        """The count of every part of a whole, by what the part is of."""
        parts = self.all(whole, parts)
        found = {self.one(part, of): int(self.one(part, count)) for part in parts}
        assert len(found) == len(parts)
        return found

    def nested(self, dataset) -> dict[tuple[str, ...], int]:
        """All that is said of classes: class, property, and what that leads to -> triples."""
        found = {}
        for of_class in self.all(dataset, "void:classPartition"):
            name = self.one(of_class, "void:class")
            found[name,] = int(self.one(of_class, "void:triples"))
            for part in self.all(of_class, "void:propertyPartition"):
                key = name, self.one(part, "void:property")
                found[key] = int(self.one(part, "void:triples"))
                for c, count in self.counts(part, "void:classPartition", "void:class").items():
                    found[*key, c] = count
                for d, count in self.counts(part, "void-ext:datatypePartition", "void-ext:datatype").items():
                    found[*key, "^^" + d] = count
        return found


def counted(quads: list[ox.Quad]) -> Counter:
    """The same, counted triple by triple."""
    types = defaultdict(set)
    for quad in quads:
        if quad.predicate == TYPE and isinstance(quad.object, ox.NamedNode):
            types[quad.subject].add(quad.object.value)
    found = Counter()
    for quad in quads:
        for name in types[quad.subject]:
            found[name,] += 1
            found[name, quad.predicate.value] += 1
            if isinstance(quad.object, ox.Literal):
                found[name, quad.predicate.value, "^^" + quad.object.datatype.value] += 1
            else:
                for other in types[quad.object]:
                    found[name, quad.predicate.value, other] += 1
    return found


@pytest.fixture(scope="module")
def told(built) -> Told:
    return Told(built.quads_for_pattern(None, None, None, ABOUT))


@pytest.fixture(scope="module")
def described(built) -> list[ox.Quad]:
    return [quad for quad in built if quad.graph_name != ABOUT]


# The project's own data.


def test_totals_are_those_of_the_graph(told, described) -> None:
    subjects = {quad.subject for quad in described}
    classes = {quad.object for quad in described if quad.predicate == TYPE and isinstance(quad.object, ox.NamedNode)}
    assert {name: int(told.one(DATASET, f"void:{name}")) for name in (
        "triples", "distinctSubjects", "distinctObjects", "properties", "entities", "classes"
    )} == {
        "triples": len(described),
        "distinctSubjects": len(subjects),
        "distinctObjects": len({quad.object for quad in described}),
        "properties": len({quad.predicate for quad in described}),
        "entities": len({subject for subject in subjects if isinstance(subject, ox.NamedNode)}),
        "classes": len(classes),
    }  # fmt: skip


def test_every_named_graph_is_a_subset_with_its_number_of_triples(told, described) -> None:
    subsets = {part.value: int(told.one(part, "void:triples")) for part in told.all(DATASET, "void:subset")}
    assert subsets == Counter(quad.graph_name.value for quad in described)
    assert len(subsets) > 50


def test_every_named_graph_has_the_version_of_the_dataset(told) -> None:
    version = told.one(DATASET, "owl:versionInfo")
    graphs = told.all(DATASET, "void:subset")
    assert len(graphs) > 50
    assert [graph for graph in graphs if told.one(graph, "owl:versionIRI") != f"{graph.value}/{version}"] == []


def test_every_property_is_a_partition(told, described) -> None:
    subjects, objects = defaultdict(set), defaultdict(set)
    for quad in described:
        subjects[quad.predicate.value].add(quad.subject)
        objects[quad.predicate.value].add(quad.object)
    found = [
        told.counts(DATASET, "void:propertyPartition", "void:property", f"void:{count}")
        for count in ("triples", "distinctSubjects", "distinctObjects")
    ]
    assert found == [
        Counter(quad.predicate.value for quad in described),
        {name: len(nodes) for name, nodes in subjects.items()},
        {name: len(nodes) for name, nodes in objects.items()},
    ]


def test_every_class_is_a_partition_with_its_instances(told, described) -> None:
    instances = defaultdict(set)
    for quad in described:
        if quad.predicate == TYPE and isinstance(quad.object, ox.NamedNode):
            instances[quad.object.value].add(quad.subject)
    found = told.counts(DATASET, "void:classPartition", "void:class", "void:entities")
    assert found == {name: len(nodes) for name, nodes in instances.items()}


def test_every_class_tells_its_properties_and_where_they_lead(told, described) -> None:
    found = told.nested(DATASET)
    assert found == counted(described)
    assert len(found) > 3000


def test_vocabularies_are_the_namespaces_in_use(told, described) -> None:
    terms = {quad.predicate.value for quad in described} | {
        quad.object.value for quad in described if quad.predicate == TYPE and isinstance(quad.object, ox.NamedNode)
    }
    found = {vocabulary.value for vocabulary in told.all(DATASET, "void:vocabulary")}
    assert found <= set(PREFIXES.values())
    for term in terms:
        assert sum(term.startswith(vocabulary) for vocabulary in found) == 1
    for vocabulary in found:
        assert any(term.startswith(vocabulary) for term in terms)


def test_dataset_goes_back_to_the_documents(told, sources) -> None:
    keys = {source.path.stem for source in sources.files("documents")}
    assert {iri.value for iri in told.all(DATASET, "dcterms:source")} == {PREFIXES["document"] + key for key in keys}


def test_every_node_of_the_description_is_labelled_once(built) -> None:
    subjects = {quad.subject for quad in built.quads_for_pattern(None, None, None, ABOUT)}
    assert len(subjects) > 3000
    labels = Counter(quad.subject for quad in built.quads_for_pattern(None, LABEL, None) if quad.subject in subjects)
    assert labels == dict.fromkeys(subjects, 1)


def test_distributions_are_the_formats_that_can_be_had(told) -> None:
    found = set()
    for file in told.all(DATASET, "dcat:distribution"):
        url, media = told.one(file, "dcat:downloadURL"), told.one(file, "dcat:mediaType")
        named = told.one(file, "dcterms:format").removeprefix(PREFIXES["formats"])
        found.add((url.removeprefix("https://w3id.org/lodeclaim/download/lodeclaim."), media, named))
        assert told.one(file, "dcterms:license") == told.one(DATASET, "dcterms:license")
    iana = "https://www.iana.org/assignments/media-types/"
    assert found == {(f.extension, iana + f.media_type, f.w3c) for f in formats.GRAPHS}
    dumps = {dump.value for dump in told.all(DATASET, "void:dataDump")}
    assert dumps == {f"https://w3id.org/lodeclaim/download/lodeclaim.{extension}" for extension, _, _ in found}


# The three queries of an editor, as it sends them.


def asked(built, name: str) -> list[dict[str, str]]:
    text = (TESTS / "fixtures" / "editor" / f"{name}.rq").read_text(encoding="utf-8")
    table = EmbeddedEngine(built).select(Query(text))
    return [{c: cell.value for c, cell in zip(table.columns, row, strict=True) if cell} for row in table.rows]


def test_editor_learns_which_properties_a_class_has(built, described) -> None:
    known = counted(described)
    expected = set()
    for key in known:
        if len(key) == 2:
            leads = [longer[2] for longer in known if longer[:2] == key and len(longer) == 3]
            expected |= {(*key, lead) for lead in leads} or {(*key, None)}
    found = set()
    for row in asked(built, "classes"):
        lead = row.get("objectClass") or ("^^" + row["objectDatatype"] if "objectDatatype" in row else None)
        found.add((row["subjectClass"], row["prop"], lead))
    assert found == expected
    lc = PREFIXES["lc"]
    assert (lc + "Claim", lc + "claimant", lc + "Person") in found
    assert (lc + "Claim", lc + "gloss", "^^" + PREFIXES["rdf"] + "langString") in found


def test_editor_learns_the_examples_and_the_prefixes(built, sources) -> None:
    names = {row["sq"].removeprefix(PREFIXES["query"]) for row in asked(built, "examples")}
    assert names == {source.path.stem for source in sources.files("queries")}
    assert {row["prefix"]: row["namespace"] for row in asked(built, "prefixes")} == PREFIXES


# Counted by hand: tests/fixtures/described.trig.


@pytest.fixture
def small() -> ox.Store:
    store = ox.Store()
    store.load(path=str(TESTS / "fixtures" / "described.trig"), format=ox.RdfFormat.TRIG)
    return store


def test_small_dataset_is_counted_as_by_hand(small) -> None:
    told = Told(description.statistics(small))
    dataset = node("ex:dataset")
    names = ("triples", "distinctSubjects", "distinctObjects", "properties", "entities", "classes")
    # Subjects: Ada, Bob, the book and its part; objects: three classes and a nameless one, Ada, Bob, the part,
    # two labels, two numbers, and the class of documents.
    assert [int(told.one(dataset, f"void:{name}")) for name in names] == [13, 4, 12, 6, 3, 4]
    assert {iri.value for iri in told.all(dataset, "void:subset")} == {EX + "people", EX + "things"}
    assert told.one(node("ex:people"), "void:triples") == "6"
    assert told.one(node("ex:things"), "void:triples") == "7"
    assert told.counts(dataset, "void:classPartition", "void:class", "void:entities") == {
        EX + "Person": 2, EX + "Author": 1, PREFIXES["lc"] + "Document": 1, EX + "Part": 1,
    }  # fmt: skip
    person = {key[1:]: count for key, count in told.nested(dataset).items() if key[0] == EX + "Person"}
    type_, label, rdf, xsd = TYPE.value, LABEL.value, PREFIXES["rdf"], PREFIXES["xsd"]
    assert person == {
        (): 6,
        (type_,): 3,
        (EX + "knows",): 1,
        (EX + "knows", EX + "Person"): 1,
        (label,): 2,
        (label, "^^" + xsd + "string"): 1,
        (label, "^^" + rdf + "langString"): 1,
    }
    document = {key[1:]: count for key, count in told.nested(dataset).items() if key[0].endswith("#Document")}
    assert document == {
        (): 5,
        (type_,): 1,
        (EX + "by",): 1,
        (EX + "by", EX + "Person"): 1,
        (EX + "by", EX + "Author"): 1,
        (EX + "pages",): 2,
        (EX + "pages", "^^" + xsd + "integer"): 2,
        (EX + "part",): 1,
        (EX + "part", EX + "Part"): 1,
    }
    assert told.all(dataset, "dcterms:source") == [node("ex:book")]


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # rdflib 7.6 uses what it deprecates
def test_another_engine_counts_the_same(small) -> None:
    """The same queries on an engine of other authors, with the default graph that they are meant for."""
    peer = rdflib.Dataset()
    for quad in small:
        said = rdflib.Graph().parse(data=ox.serialize([quad.triple], format=ox.RdfFormat.N_TRIPLES), format="nt")
        for triple in said:
            if quad.graph_name == ABOUT:
                peer.graph(rdflib.URIRef(DESCRIPTION)).add(triple)
            elif not any(isinstance(term, rdflib.BNode) for term in triple):
                peer.default_graph.add(triple)
    for quad in list(small):
        if isinstance(quad.subject, ox.BlankNode) or isinstance(quad.object, ox.BlankNode):
            small.remove(quad)
    found = rdflib.Graph()
    queries = sorted((ROOT / "src/lodeclaim/description").glob("*.rq"))
    assert len(queries) == 11
    for query in queries:
        if query.stem not in ("graphs", "asserted-files", "document-files"):  # these ask the named graphs
            for triple in peer.query(query.read_text(encoding="utf-8")).graph:
                found.add(triple)
    ours = to_rdflib(
        quad
        for quad in description.statistics(small)
        if quad.predicate != node("void:subset") and quad.subject not in (node("ex:people"), node("ex:things"))
    )
    assert set(found) == set(ours)
    assert len(ours) > 100


def difference(small: ox.Store, graph_name: str, triple: str) -> set[tuple[str, ...]]:
    """What one more triple in a graph adds to the description."""
    before = {str(quad.triple) for quad in description.statistics(small)}
    changed = copy_of(small)
    for quad in ox.parse(f"PREFIX ex: <{EX}> {triple}", format=ox.RdfFormat.TURTLE):
        changed.add(ox.Quad(quad.subject, quad.predicate, quad.object, ox.NamedNode(graph_name)))
    after = Told(description.statistics(changed))
    new = set()
    for (subject, predicate), values in after.values.items():
        for value in values:
            if str(ox.Triple(subject, predicate, value)) not in before and isinstance(value, ox.Literal):
                name = after.all(subject, "rdfs:label")
                of = name[0].value if name else subject.value.removeprefix(EX)
                new.add((of, predicate.value.rpartition("#")[2], value.value))
    return new


def test_one_more_triple_changes_the_counts_that_it_is_in(small) -> None:
    assert difference(small, EX + "people", "ex:bob ex:knows ex:ada .") == {
        ("dataset", "triples", "14"),
        ("graph http://example.org/people", "triples", "7"),
        ("knows", "triples", "2"),
        ("knows", "distinctSubjects", "2"),
        ("knows", "distinctObjects", "2"),
        ("Person", "triples", "7"),
        ("Person knows", "triples", "2"),
        ("Person knows Person", "triples", "2"),
        # Ada is an author too, which was nowhere the object of knowing.
        ("Person knows Author", "triples", "1"),
        ("Person knows Author", "label", "Person knows Author"),
    }


def test_what_the_description_says_is_not_counted(small) -> None:
    assert difference(small, DESCRIPTION, "ex:dataset ex:pages 40 . ex:bob a ex:Author .") == set()


def test_dataset_that_nobody_describes_has_no_counts(small) -> None:
    for quad in list(small.quads_for_pattern(None, None, None, ABOUT)):
        small.remove(quad)
    assert description.statistics(small) == set()


def test_graph_that_has_a_label_keeps_it(built, told) -> None:
    queries = ox.NamedNode(GRAPHS + "queries")
    assert told.all(queries, "void:triples")
    assert told.all(queries, "rdfs:label") == []


# Whose description it is.

OWN = """
@prefix dcat: <http://www.w3.org/ns/dcat#> .
@prefix dcterms: <http://purl.org/dc/terms/> .
@prefix foaf: <http://xmlns.com/foaf/0.1/> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix void: <http://rdfs.org/ns/void#> .
<https://w3id.org/lodeclaim/graph/description> a void:DatasetDescription ;
    rdfs:label "description"@en ; foaf:primaryTopic <https://example.org/mine> .
<https://example.org/mine> a dcat:Dataset ; rdfs:label "mine"@en ; dcterms:title "Mine"@en ;
    dcterms:description "Mine."@en ; dcterms:creator "Me" ; dcterms:license <https://example.org/mine/licence> ;
    dcterms:provenance <https://example.org/mine/provenance> ; owl:versionInfo "3.0.0" ; dcat:version "3.0.0" .
<https://example.org/mine/provenance> a dcterms:ProvenanceStatement ; rdfs:label "provenance"@en .
"""


def own(folder: Path, text: str) -> Resources:
    (folder / "data").mkdir()
    (folder / "data" / "description.ttl").write_text(text, encoding="utf-8")
    return Resources((project_folder(), folder))


@pytest.mark.slow
def test_a_users_description_replaces_ours(tmp_path) -> None:
    made = build.build(own(tmp_path, OWN))
    assert made.findings == ()
    told = Told(made.store.quads_for_pattern(None, None, None, ABOUT))
    mine = ox.NamedNode("https://example.org/mine")
    assert int(told.one(mine, "void:triples")) > 10_000
    assert told.one(mine, "owl:versionInfo") == "3.0.0"
    assert told.all(mine, "build:sourcesDigest")
    assert not list(made.store.quads_for_pattern(DATASET, None, None))


def test_description_of_nothing_is_an_error_that_says_so(tmp_path) -> None:
    with pytest.raises(SourceError, match="no dataset is described there"):
        build.derive(own(tmp_path, "# nothing\n"))


@pytest.mark.slow
def test_description_without_a_licence_is_found(tmp_path, shapes) -> None:
    text = OWN.replace("dcterms:license <https://example.org/mine/licence> ;", "")
    findings = validation.shacl(to_rdflib(graph.read(own(tmp_path, text).asserted())), to_rdflib(shapes))
    assert [finding.check for finding in findings] == ["lcs:DatasetShape-license"]
