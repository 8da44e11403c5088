"""The ontology: its modules, its lint, what follows from it, and that contradictions are found."""

from __future__ import annotations

import itertools
import re
import shutil
import xml.etree.ElementTree as ET
from collections import Counter

import pyoxigraph as ox
import pytest
import rdflib
from rdflib import OWL, RDF, RDFS

from lodeclaim import graph, validation
from lodeclaim.endpoint import rdf
from lodeclaim.interop import to_rdflib
from lodeclaim.namespaces import BUILD, GRAPHS, LC, ONTOLOGY, PREFIXES, VOCABULARIES
from lodeclaim.reasoning import owl, rules
from support.graphs import copy_of
from support.paths import ROOT, TESTS

java = pytest.mark.skipif(shutil.which("java") is None, reason="HermiT needs a Java runtime and none is here")


@pytest.fixture(scope="module")
def ontology(sources) -> rdflib.Graph:
    return to_rdflib(graph.read(sources.files("ontology")))


@pytest.fixture(scope="module")
def view(built) -> rdflib.Graph:
    return owl.view(built)


def terms(ontology: rdflib.Graph) -> set[rdflib.URIRef]:
    return {s for s in ontology.subjects(RDFS.isDefinedBy) if isinstance(s, rdflib.URIRef)}


def imports(ontology: rdflib.Graph, module: rdflib.term.Node) -> set[rdflib.term.Node]:
    """The import closure of a module, itself included."""
    closure, new = set(), {module}
    while new:
        closure |= new
        new = {i for m in new for i in ontology.objects(m, OWL.imports)} - closure
    return closure


def test_imports_reach_every_module_without_a_circle(ontology) -> None:
    root = rdflib.URIRef(ONTOLOGY)
    modules = set(ontology.subjects(RDF.type, OWL.Ontology))
    assert len(modules) > 10
    assert imports(ontology, root) == modules
    for module in modules:
        for imported in ontology.objects(module, OWL.imports):
            assert module not in imports(ontology, imported), f"{module} and {imported} import each other"


def test_a_module_uses_only_terms_of_its_closure(sources, ontology) -> None:
    home = dict(ontology.subject_objects(RDFS.isDefinedBy))
    external = rdflib.URIRef(ONTOLOGY + "/external")
    home |= dict.fromkeys(to_rdflib(rdf.parse(ROOT / "ontology/external.ttl")).subjects(RDF.type), external)
    for source in sources.files("ontology"):
        module = rdflib.URIRef(f"{ONTOLOGY}/{source.path.stem}" if source.path.stem != "lodeclaim" else ONTOLOGY)
        closure = imports(ontology, module)
        for triple in to_rdflib(rdf.parse(source.path)):
            for term in triple:
                assert home.get(term, module) in closure, f"{source.path.name} uses {term} without importing it"


def test_catalog_lists_every_module_and_alignment() -> None:
    names = ET.parse(ROOT / "ontology/catalog-v001.xml").getroot()
    listed = {ROOT / "ontology" / uri.get("uri"): uri.get("name") for uri in names}
    assert set(listed) == set((ROOT / "ontology").rglob("*.ttl"))
    for path, name in listed.items():
        assert f"<{name}>\n    a owl:Ontology" in path.read_text(encoding="utf-8")


def test_alignments_are_never_imported_and_use_declared_terms(sources, ontology) -> None:
    ours = terms(ontology)
    files = sources.files("alignments")
    assert {s.path.stem for s in files} == {"prov", "web-annotation", "schema", "skos", "org", "sem", "cito"}
    for source in files:
        alignment = to_rdflib(rdf.parse(source.path))
        used = {t for triple in alignment for t in triple if isinstance(t, rdflib.URIRef) and t.startswith(LC)}
        assert used
        assert used <= ours
        for header in alignment.subjects(RDF.type, OWL.Ontology):
            assert (None, OWL.imports, header) not in ontology


def test_alignments_use_no_misspelt_term(sources, ontology) -> None:
    everything = ontology
    for source in sources.files("alignments"):
        everything = everything + to_rdflib(rdf.parse(source.path))
    assert not validation.misspelt(ox.parse(everything.serialize(format="nt"), format=ox.RdfFormat.N_TRIPLES))


OWN_LABELS = {
    "about": "is about",
    "minModIdentifier": "identifier in MinMod",
    "speaker": "spoken by",
}
"""Labels that read better than the words of their names, or would be those of another term."""


def test_names_follow_their_kind_and_labels_their_names(ontology) -> None:
    for term in terms(ontology):
        types = set(ontology.objects(term, RDF.type))
        if not str(term).startswith((LC, BUILD)):
            assert re.fullmatch(r"([a-z]+(-[a-z]+)*/)?[a-z]+(-[a-z]+)*", term.removeprefix(VOCABULARIES)), term
            assert not types & {OWL.Class, OWL.ObjectProperty, OWL.DatatypeProperty, OWL.AnnotationProperty}, term
            continue
        local = str(term).rpartition("#")[2]
        is_property = bool(types & {OWL.ObjectProperty, OWL.DatatypeProperty, OWL.AnnotationProperty})
        assert is_property or OWL.Class in types, f"{local} is neither class nor property"
        pattern = r"[a-z][A-Za-z0-9]*" if is_property else r"[A-Z][A-Za-z0-9]*"
        assert re.fullmatch(pattern, local), local
        words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", local).lower()
        of_a_class = (
            is_property and (rdflib.URIRef(LC + local[0].upper() + local[1:]), RDF.type, OWL.Class) in ontology
        )
        expected = OWN_LABELS.get(local, f"has {words}" if of_a_class else words)
        # Abbreviations keep their capitals.
        assert str(ontology.value(term, RDFS.label)).lower() == expected.lower(), local


def test_no_two_terms_have_one_label(ontology) -> None:
    labels = [str(ontology.value(term, RDFS.label)).lower() for term in terms(ontology)]
    assert [label for label, count in Counter(labels).items() if count > 1] == []


WITHOUT_EXAMPLE = {LC.crossesSentenceEnd, BUILD.sourcesDigest, LC.claimDefaults}
"""What authors may say, and the project's own have not had to yet; what is another with each build; and what leads to
brackets, which are no one triple."""


def test_every_term_has_an_example_that_is_true_of_the_graph(ontology, built, sources) -> None:
    example = rdflib.URIRef(PREFIXES["skos"] + "example")
    written = (quad for source in sources.files("documents") for quad in rdf.parse(source.path))
    short = (quad for quad in written if quad.predicate.value == LC.span)  # no graph has it
    stated = {quad.triple for quad in (*built, *short) if not isinstance(quad.subject, ox.BlankNode)}
    prefixes = "".join(f"@prefix {prefix}: <{space}> .\n" for prefix, space in PREFIXES.items())
    for term in terms(ontology):
        examples = [str(text) for text in ontology.objects(term, example)]
        assert bool(examples) != (str(term) in WITHOUT_EXAMPLE), term
        for text in examples:
            (quad,) = ox.parse(prefixes + text, format=ox.RdfFormat.TURTLE)
            assert quad.triple in stated, text
            assert ox.NamedNode(str(term)) in (quad.subject, quad.predicate, quad.object), text


def test_every_term_has_a_status(ontology) -> None:
    status = rdflib.URIRef(PREFIXES["vs"] + "term_status")
    for term in terms(ontology):
        assert [str(each) for each in ontology.objects(term, status)] in (["stable"], ["testing"], ["unstable"]), term


def test_what_a_property_is_for_is_said_once(ontology) -> None:
    """By an axiom, from which types follow, or for readers only, where an axiom would say too much."""
    schema = rdflib.Namespace(PREFIXES["schema"])
    for axiom, note in ((RDFS.domain, schema.domainIncludes), (RDFS.range, schema.rangeIncludes)):
        noted = set(ontology.subjects(note))
        assert len(noted) > 20
        assert [term for term in noted if (term, axiom, None) in ontology] == []


def test_a_browser_of_skos_finds_titles_top_concepts_and_notations(built) -> None:
    def holds(pattern: str) -> bool:
        return bool(built.query(f"ASK {{ {pattern} }}", prefixes=PREFIXES, use_default_graph_as_union=True))

    assert not holds("?c skos:inScheme ?s FILTER NOT EXISTS { ?s dcterms:title ?title }")
    assert holds("vocab:hedge skos:hasTopConcept hedge:at-least . hedge:at-least skos:topConceptOf vocab:hedge")
    assert holds("stage:mining skos:notation 'mining' ; skos:prefLabel 'mining'@en")
    assert not holds("vocab:modality skos:hasTopConcept modality:planned")
    assert holds(
        "modality:planned skos:broader modality:prospective . vocab:modality skos:hasTopConcept modality:prospective"
    )
    assert not holds("?c skos:inScheme ?s FILTER NOT EXISTS { ?s skos:hasTopConcept/^skos:broader* ?c }")


def test_definitions_do_not_use_the_label_they_define(ontology) -> None:
    skos = rdflib.Namespace(PREFIXES["skos"])
    classes = [t for t in terms(ontology) if (t, RDF.type, OWL.Class) in ontology]
    assert len(classes) > 70
    for term in classes:
        label = str(ontology.value(term, RDFS.label))
        definition = str(ontology.value(term, skos.definition))
        # A definition names the wider class first, and that may hold the word: a mineral is a mineral scope.
        for wider in ontology.objects(term, RDFS.subClassOf):
            definition = definition.replace(str(ontology.value(wider, RDFS.label)), "")
        assert not re.search(rf"\b{label}\b", definition), f"{label}: {definition}"


def test_every_class_has_a_superclass_or_is_a_known_root(ontology) -> None:
    roots = {
        t
        for t in terms(ontology)
        if (t, RDF.type, OWL.Class) in ontology
        and not (set(ontology.objects(t, RDFS.subClassOf)) or set(ontology.objects(t, OWL.equivalentClass)))
    }
    assert {str(t).removeprefix(LC) for t in roots - {rdflib.URIRef(BUILD.Rule)}} == {
        "Entity", "Policy", "Document", "Segment", "CitedSource", "Utterance", "TextReuse", "SharedRun",
        "Claim", "Question", "Participation", "Position", "SettledFact", "Bounds", "HedgeReading", "Comparison",
        "PlanOutcome", "Omission", "Assumption", "Origin", "Tie", "Support", "Quotation", "SumConstraint", "SumCheck",
    }  # fmt: skip


def test_every_scheme_has_concepts_and_every_concept_class_a_scheme(ontology) -> None:
    skos = rdflib.Namespace(PREFIXES["skos"])
    schemes = set(ontology.subjects(RDF.type, skos.ConceptScheme))
    assert len(schemes) >= 12
    for scheme in schemes:
        assert len(set(ontology.subjects(skos.inScheme, scheme))) >= 2


def test_lint_of_the_project_finds_nothing(built, sources, shapes) -> None:
    assert validation.lint(built, sources.files("lint"), shapes) == []
    assert validation.misspelt([*built, *shapes]) == []


LINT_FAULTS = {
    # check: (triple that brings the fault in, as N-Triples with prefixed names)
    "undeclared-term": "ex:x lc:claimnat actor:ani .",
    "undeclared-own-term": '<urn:m> vann:preferredNamespaceUri "https://example.org/mine/" . '
    "actor:ani <https://example.org/mine/knows> actor:ani .",
    "undescribed-node": "ex:x lc:partOf place:atlantis .",
    "duplicate-label": 'lc:Copy a owl:Class ; rdfs:isDefinedBy <urn:m> ; rdfs:label "claim"@en .',
    "duplicate-definition": 'lc:Copy rdfs:isDefinedBy <urn:m> ; '
    'skos:definition "One assertion as it occurs in one document."@en .',
    "annotation-without-text": "lc:Claim skos:scopeNote lc:Remark .",
    "term-in-the-wrong-module": "lc:Claim rdfs:isDefinedBy <https://w3id.org/lodeclaim/ontology/events> .",
    "property-without-use": 'lc:idle a owl:DatatypeProperty ; rdfs:isDefinedBy <urn:m> ; rdfs:label "idle"@en .',
    "own-inverse-or-superclass": "lc:Claim rdfs:subClassOf lc:Remark .",
    "several-domains-or-ranges": "lc:heldBy rdfs:range lc:Place .",
    "punning": "lc:Claim a owl:ObjectProperty .",
    "composite-property-restricted": "lc:partOf a owl:AsymmetricProperty .",
    "version-iri": '<urn:m> a owl:Ontology ; owl:versionIRI <urn:other> ; owl:versionInfo "1.0.0" .',
    "missing-label": "ex:x a lc:Place .",
    "shape-for-nothing": "lcs:X a sh:NodeShape ; sh:targetClass lc:Calim .",
    "shape-without-target": "lcs:X a sh:NodeShape .",
    "shape-without-message": "lcs:ClaimShape sh:property lcs:Y . lcs:Y a sh:PropertyShape ; sh:path lc:gloss .",
    "same-question-twice": "question:copy a lc:Question ; lc:about actor:marco-rubio ; "
    "lc:measure measure:post-held ; lc:valueKind kind:entity .",
    "neither-question-nor-about": "ex:x a lc:Claim .",
    "question-and-about": "ex:x lc:question question:post-of-jd-vance ; lc:about state:chn .",
    "value-missing": "ex:x a lc:Claim ; lc:question question:post-of-jd-vance .",
    "value-of-another-kind": "claim:unnamed-alliance-china-production-share lc:answerEntity state:chn .",
    "undated-date": 'ex:x a lc:Claim ; lc:question question:ministerial-date ; lc:printedValue "then" .',
    "percentage-over-100": "ex:x a lc:Claim ; lc:question question:china-rare-earth-patent-share ; "
    "lc:faceValue 120 .",
    "range-without-upper-end": "ex:x a lc:Claim ; lc:hedge hedge:between .",
    "ambiguous-currency": "ex:x a lc:Claim ; lc:currency currency:unspecified-dollar ; "
    "lc:plausibleCurrency currency:usd .",
    "quotation-without-utterance": "ex:x a lc:Claim ; lc:attribution attribution:direct-quotation ; "
    "lc:claimant actor:marco-rubio .",
    "quotation-without-words": "claim:unnamed-alliance-china-tone lc:quotation quotation:new-and-glamorous .",
    "narrator-who-is-not-the-outlet": "ex:x a lc:Claim ; lc:attribution attribution:author-voice ; "
    "lc:claimant actor:marco-rubio ; lc:document document:unnamed-alliance .",
    "evidence-in-two-documents": "ex:x lc:document document:unnamed-alliance , document:qazinform-ministerial .",
    "passage-outside-segments": "ex:x a lc:Passage .",
    "participation-without-role": "ex:x a lc:Question ; lc:measure measure:participant .",
    "repeated-claim": "ex:x lc:evidence ex:p ; lc:takesPosition ex:q . ex:y lc:evidence ex:p ; "
    "lc:takesPosition ex:q .",
    "described-twice": "mineral:cobalt a lc:Mineral .",
    "same-digest-twice": 'ex:one a lc:Document ; lc:sha256 "aa" . ex:two a lc:Document ; lc:sha256 "aa" .',
}  # fmt: skip


def test_every_lint_query_has_a_planted_fault(sources) -> None:
    assert {s.path.name.removesuffix(".violation.rq") for s in sources.files("lint")} == set(LINT_FAULTS)


@pytest.fixture(scope="module")
def spoilt(built) -> ox.Store:
    """A copy of the graph; who plants something in it takes that out again."""
    return copy_of(built)


@pytest.mark.parametrize("check", sorted(LINT_FAULTS))
def test_planted_fault_is_found(check, spoilt, sources, shapes) -> None:
    prefixes = "".join(f"@prefix {p}: <{iri}> .\n" for p, iri in (PREFIXES | {"ex": "https://example.org/"}).items())
    planted = ox.NamedNode("https://w3id.org/lodeclaim/graph/vocabulary/planted")
    for quad in ox.parse(prefixes + LINT_FAULTS[check], format=ox.RdfFormat.TURTLE):
        spoilt.add(ox.Quad(quad.subject, quad.predicate, quad.object, planted))
    query = [s for s in sources.files("lint") if s.path.name == f"{check}.violation.rq"]
    try:
        assert {f.check for f in validation.lint(spoilt, query, shapes)} == {check}
    finally:
        spoilt.remove_graph(planted)


def test_a_misspelt_standard_term_is_found() -> None:
    for text in ("<urn:x> <http://www.w3.org/ns/shacl#dataType> <urn:y> .",
                 "<urn:x> a <http://www.w3.org/2000/01/rdf-schema#Property> ."):  # fmt: skip
        assert len(validation.misspelt(ox.parse(text, format=ox.RdfFormat.TURTLE))) == 1


@pytest.fixture(scope="module")
def closed(built, sources) -> ox.Store:
    """The settled view as it is committed, closed anew under the ontology as its files are."""
    store = ox.Store()
    replaced = (GRAPHS + "ontology/", GRAPHS + "closure")
    store.extend(quad for quad in built if not quad.graph_name.value.startswith(replaced))
    store.extend(graph.read(sources.files("ontology")))
    rules.add_new(store, owl.closure(owl.view(store)), GRAPHS + "closure")
    return store


def test_closure_draws_what_chains_inverses_and_hierarchies_mean(closed) -> None:
    def holds(text: str) -> bool:
        return bool(closed.query(f"ASK {{ {text} }}", prefixes=PREFIXES, use_default_graph_as_union=True))

    # Rubio holds a post in a department that is an organ of the United States: two chains.
    assert holds("actor:marco-rubio lc:affiliatedWith actor:us-state-department , state:usa")
    assert holds("state:usa lc:holdsReserve reserve:project-vault")
    assert holds("state:aus lc:tookPartIn event:critical-minerals-ministerial-2026")
    # Asserted of Dysprosium is only that it is a lanthanide.
    assert holds("mineral:dysprosium a lc:RareEarthElement , lc:Lanthanide ; lc:memberOf mineral:rare-earth-elements")
    assert holds("mineral:scandium a lc:RareEarthElement")
    assert not holds("mineral:scandium a lc:Lanthanide")
    assert not holds("mineral:cobalt a lc:RareEarthElement")
    # Copley was only to speak: a plan is no participation.
    assert not holds("actor:david-copley lc:tookPartIn event:critical-minerals-ministerial-2026")
    # Beside a gathering is not part of it.
    assert not holds("actor:cho-hyun lc:tookPartIn event:critical-minerals-ministerial-2026")


def test_there_are_17_rare_earth_elements_15_of_them_lanthanides(built) -> None:
    def count(kind: str) -> int:
        rows = built.query(
            f"SELECT (COUNT(DISTINCT ?m) AS ?n) WHERE {{ ?m a lc:{kind} }}",
            prefixes=PREFIXES,
            use_default_graph_as_union=True,
        )
        return int(next(iter(rows))["n"].value)

    assert count("RareEarthElement") == 17
    assert count("Lanthanide") == 15


ORIGINS = (f"{GRAPHS}derived/origins/", f"{GRAPHS}derived/support/")
"""Where the rules write what claims go back to, and what ties it together."""


@pytest.fixture(scope="module")
def aligned(built, sources) -> rdflib.Graph:
    """Ontology, settled view and origins with the alignments, and what the vocabularies of others say."""
    everything = owl.view(built, ORIGINS)
    foreign = sorted((TESTS / "fixtures/vocabularies").glob("*.ttl"))
    assert {path.stem for path in foreign} == {"prov", "org", "skos", "web-annotation", "schema"}
    for path in [*foreign, *(source.path for source in sources.files("alignments"))]:
        for triple in to_rdflib(rdf.parse(path)):
            if triple[1] not in {OWL.imports, OWL.versionIRI, RDFS.seeAlso} and not isinstance(
                triple[2], rdflib.Literal
            ):
                everything.add(triple)
    return everything


def turtle(text: str) -> rdflib.Graph:
    prefixes = "".join(f"@prefix {p}: <{iri}> .\n" for p, iri in PREFIXES.items())
    return rdflib.Graph().parse(data=prefixes + text, format="turtle")


@pytest.mark.java
@java
def test_alignments_are_consistent_with_what_the_vocabularies_of_others_say(aligned) -> None:
    verdict = owl.consistency(aligned)
    assert verdict.consistent
    assert verdict.unsatisfiable == ()


@pytest.mark.java
@java
@pytest.mark.parametrize(
    "statement",
    [
        "lc:premise rdfs:subPropertyOf prov:wasDerivedFrom .",  # utterances, which are activities, have premises
        "lc:subgroupOf rdfs:subPropertyOf skos:broaderTransitive . lc:MineralScope owl:disjointWith skos:Concept .",
        "lc:speaker rdfs:subPropertyOf prov:wasAttributedTo .",
        "vocab:stage a skos:Concept .",
    ],
)
def test_an_alignment_that_says_too_much_is_found(statement, aligned) -> None:
    assert not owl.consistency(aligned + turtle(statement)).consistent


WRONG = {
    "a state is no organization that is legally recognized": "lc:State rdfs:subClassOf org:FormalOrganization",
    "an organ is no part without a standing of its own": "lc:GovernmentBody rdfs:subClassOf org:OrganizationalUnit",
    "a claim is no annotation": "lc:Claim rdfs:subClassOf oa:Annotation",
    "minerals are no concepts": "lc:MineralScope rdfs:subClassOf skos:Concept",
    "who takes part in an event takes part in no action": "lc:hasParticipant rdfs:subPropertyOf schema:participant",
    "a claimant is not responsible for the node of the claim": "lc:claimant rdfs:subPropertyOf prov:wasAttributedTo",
    "a quotation is not all that is derived": "lc:document rdfs:subPropertyOf prov:wasQuotedFrom",
    "a rumour is no authority": "lc:citedSource rdfs:subPropertyOf cito:citesAsAuthority",
}


@pytest.mark.parametrize("what", WRONG)
def test_alignments_do_not_entail_what_is_false(what, sources, aligned) -> None:
    (statement,) = turtle(WRONG[what] + " .")
    subject, relation, other = statement
    reached = {subject}
    while wider := {o for s in reached for o in aligned.objects(s, relation)} - reached:
        reached |= wider
    assert other not in reached
    # Nor by a domain or range, of which every member becomes one.
    uses = {p for p in aligned.predicates() if str(p).startswith(LC)}
    for used in uses if relation == RDFS.subClassOf else ():
        above = set(aligned.transitive_objects(used, RDFS.subPropertyOf))
        for end, side in ((RDFS.domain, 0), (RDFS.range, 2)):
            if any((each, end, other) in aligned for each in above):
                ends = {triple[side] for triple in aligned.triples((None, used, None))}
                assert not [node for node in ends if (node, RDF.type, subject) in aligned], used


@pytest.mark.java
@java
def test_ontology_and_settled_view_are_consistent_and_every_class_can_have_members(view) -> None:
    verdict = owl.consistency(view)
    assert verdict.consistent
    assert verdict.unsatisfiable == ()
    assert verdict.classes > 70


CONTRADICTIONS = {
    "a body that is a person": "actor:exim a lc:Person",
    "a state that is its own organ": "state:usa lc:organOf state:usa",
    "an element that is no mineral": "mineral:lanthanum a lc:Actor . lc:Actor owl:disjointWith lc:MineralScope",
    "a mineral that is a policy scope": "mineral:cobalt a lc:PolicyScope",
    "a post held by a state": "state:usa lc:holdsPost post:us-president",
    "a reserve that is an agreement": "reserve:project-vault a lc:Agreement",
    "a claim that is a question": "question:ministerial-date a lc:Claim , lc:Question",
}


@pytest.mark.java
@java
@pytest.mark.parametrize("name", CONTRADICTIONS)
def test_provoked_contradiction_is_found(name, view) -> None:
    prefixes = "".join(f"@prefix {p}: <{iri}> .\n" for p, iri in PREFIXES.items())
    planted = rdflib.Graph().parse(data=f"{prefixes}{CONTRADICTIONS[name]} .", format="turtle")
    assert not owl.consistency(view + planted).consistent


def test_readme_extends_the_ontology_from_python(tmp_path, monkeypatch) -> None:
    readme = (ROOT / "docs/extend.md").read_text(encoding="utf-8")
    code = next(c for c in re.findall(r"```python\n(.*?)```", readme, re.DOTALL) if "owlready2()" in c)
    assert len(list(itertools.filterfalse(lambda line: not line.strip(), code.splitlines()))) <= 10
    monkeypatch.chdir(tmp_path)
    exec(compile(code, "docs/extend.md", "exec"), {})
    saved = rdflib.Graph().parse(tmp_path / "my-terms.nt", format="nt")
    mine = rdflib.URIRef("https://example.org/mine#Smelter")
    assert (mine, RDFS.subClassOf, rdflib.URIRef(LC.IndustrialProject)) in saved
