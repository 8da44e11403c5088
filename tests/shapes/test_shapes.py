"""Every shape lets good data pass and fires on bad: a valid example a class, an invalid one a property shape."""

from __future__ import annotations

import re
from pathlib import Path

import pyoxigraph as ox
import pytest
import rdflib
from rdflib import SH

from lodeclaim import validation
from lodeclaim.interop import to_rdflib
from lodeclaim.namespaces import shorten
from support.paths import TESTS

EXAMPLES = TESTS / "examples"
VALID = sorted(EXAMPLES.glob("*/*.valid.ttl"))
INVALID = sorted(EXAMPLES.glob("*/*.invalid.ttl"))


def name(path: Path) -> str:
    return f"{path.parent.name}/{path.name}"


@pytest.fixture(scope="module")
def background(asserted: ox.Store) -> rdflib.Graph:
    """What examples refer to: types and class hierarchy of ontology and vocabulary, without anything to validate."""
    kept = [
        quad
        for quad in asserted
        if quad.predicate.value.endswith(("#type", "#subClassOf")) and isinstance(quad.object, ox.NamedNode)
    ]
    return to_rdflib(kept)


@pytest.fixture(scope="module")
def shape_graph(shapes: list[ox.Quad]) -> rdflib.Graph:
    return to_rdflib(shapes)


@pytest.fixture(scope="module")
def fired(background: rdflib.Graph, shape_graph: rdflib.Graph) -> dict[Path, set[str]]:
    """The shapes that fire on each example's nodes: one validation of all, each under a base IRI of its own."""
    everything = rdflib.Graph()
    everything += background
    owner = {}
    for path in [*VALID, *INVALID]:
        base = f"https://example.org/{path.parent.name}/{path.name}/"
        text = path.read_text(encoding="utf-8").replace("https://example.org/", base)
        example = rdflib.Graph().parse(data=text, format="turtle")
        owner |= {str(node): path for node in example.subjects()}
        everything += example
    found: dict[Path, set[str]] = {path: set() for path in owner.values()}
    for finding in validation.shacl(everything, shape_graph):
        if finding.where in owner:
            found[owner[finding.where]].add(finding.check)
    return found


def test_every_module_with_shapes_has_a_valid_example(sources) -> None:
    modules = {source.path.stem for source in sources.files("shapes")}
    assert modules == {path.parent.name for path in VALID}


def test_shape_files_are_named_after_modules(sources) -> None:
    modules = {source.path.stem for source in sources.files("ontology")}
    assert {source.path.stem for source in sources.files("shapes")} <= modules | {"documentation", "description"}


def test_every_property_shape_has_an_invalid_example(shape_graph) -> None:
    property_shapes = {shorten(str(s)) for s in shape_graph.subjects(rdflib.RDF.type, rdflib.SH.PropertyShape)}
    assert len(property_shapes) > 100
    assert property_shapes == {expected(path) for path in INVALID}


def expected(path: Path) -> str:
    first = path.read_text(encoding="utf-8").splitlines()[0]
    match = re.fullmatch(r"# fires: (lcs:\S+)", first)
    assert match, f"{name(path)} must start with '# fires: lcs:SomeShape-property'"
    return match[1]


@pytest.mark.parametrize("path", VALID, ids=name)
def test_valid_example_passes(path, fired) -> None:
    assert fired[path] == set()


@pytest.mark.parametrize("path", INVALID, ids=name)
def test_invalid_example_fires_exactly_its_shape(path, fired) -> None:
    assert fired[path] == {expected(path)}


def test_properties_stand_in_groups_and_in_an_order(shape_graph: rdflib.Graph) -> None:
    groups = set(shape_graph.subjects(rdflib.RDF.type, SH.PropertyGroup))
    assert len(groups) > 5
    for shape in shape_graph.subjects(rdflib.RDF.type, SH.NodeShape):
        properties = set(shape_graph.objects(shape, SH.property))
        orders = [shape_graph.value(each, SH.order).toPython() for each in properties]
        assert len(set(orders)) == len(orders), shape
        assert {shape_graph.value(each, SH.group) for each in properties} <= groups, shape


def test_what_is_the_default_is_not_written(shape_graph: rdflib.Graph) -> None:
    assert (None, SH.severity, SH.Violation) not in shape_graph
    assert (None, SH.deactivated, rdflib.Literal(False)) not in shape_graph
    assert (None, SH.minCount, rdflib.Literal(0)) not in shape_graph
