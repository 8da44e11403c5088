"""What cannot be written is what is listed, and everything else comes back whole: the engine's writers, and ours."""

from __future__ import annotations

import re

import pytest

from lodeclaim.endpoint.errors import QueryError, SourceError
from support.departures.written import (
    GRAPHS,
    RESULTS,
    STRINGS,
    bare_graph,
    bare_results,
    graph_fault,
    our_answer,
    our_file,
    our_results,
    result_fault,
    statements,
)

XML_LACKS = {
    "a control character": "U+0001",
    "NUL": "U+0000",
    "a vertical tab": "U+000B",
    "a form feed": "U+000C",
    "U+001F": "U+001F",
    "U+FFFE": "U+FFFE",
    "U+FFFF": "U+FFFF",
}
XML_CHANGES = ("a carriage return", "a carriage return and a line feed", "only a carriage return")
NO_ELEMENT = (
    "a predicate that ends with digits",
    "a predicate that ends with a slash",
    "a predicate that ends with a hash",
    "a predicate with dots and digits",
    "a predicate with a parenthesis",
    "a predicate of a URN with digits",
    "a predicate of the namespace xmlns",
)
RESERVED = ("a predicate that RDF/XML keeps for itself",)

IN_RDF_XML = {
    **{f"a string with {name}": "unreadable" for name in XML_LACKS},
    **{f"a string with {name}": "changed" for name in XML_CHANGES},
    **dict.fromkeys(NO_ELEMENT, "unreadable"),
    "a predicate that ends with an emoji": "unreadable",
    **dict.fromkeys(RESERVED, "refused"),
}
IN_XML_RESULTS = {**dict.fromkeys(XML_LACKS, "unreadable"), **dict.fromkeys(XML_CHANGES[:2], "changed")}

EITHER_WAY = {
    # A name in the fifth edition of XML 1.0, and none in the fourth, which expat has.
    "RDF/XML": {"a predicate that ends with an emoji"},
    # `n:a\.` is a name of Turtle; rdflib wants none that ends with an escaped dot. Our files have an IRI there.
    "Turtle": {"a name: a."},
}
"""What may be written or refused, and need not be read."""

PREFIXES = {"e": "http://example.org/", "n": "http://example.org/n/"}


@pytest.mark.parametrize("format", GRAPHS)
def test_graphs_of_the_engine_come_back(format):
    found = {name: graph_fault(format, triple, bare_graph) for name, triple in statements().items()}
    expected = IN_RDF_XML if format == "RDF/XML" else {}
    assert {name: fault for name, fault in found.items() if fault} == expected


@pytest.mark.parametrize("format", RESULTS)
def test_results_of_the_engine_come_back(format):
    found = {name: result_fault(format, text, bare_results) for name, text in STRINGS.items()}
    expected = IN_XML_RESULTS if format == "srx" else {}
    assert {name: fault for name, fault in found.items() if fault} == expected


@pytest.mark.parametrize("prefixes", [{}, PREFIXES], ids=["plain", "with prefixes"])
@pytest.mark.parametrize("write", [our_file, our_answer])
@pytest.mark.parametrize("format", GRAPHS)
def test_our_graphs_come_back(format, write, prefixes):
    left_out = EITHER_WAY.get(format, set()) | (refusals().keys() if format == "RDF/XML" else set())
    found = {
        name: graph_fault(format, triple, write, prefixes)
        for name, triple in statements().items()
        if name not in left_out
    }
    assert {name: fault for name, fault in found.items() if fault} == {}


@pytest.mark.parametrize("format", RESULTS)
def test_our_results_come_back(format):
    refused = XML_LACKS if format == "srx" else {}
    found = {name: result_fault(format, text, our_results) for name, text in STRINGS.items() if name not in refused}
    assert {name: fault for name, fault in found.items() if fault} == {}


@pytest.mark.parametrize("name", [*(f"a string with {name}" for name in XML_LACKS), *NO_ELEMENT, *RESERVED])
@pytest.mark.parametrize(("write", "error"), [(our_file, SourceError), (our_answer, QueryError)])
def test_our_rdf_xml_is_refused_with_what_it_cannot_carry(write, error, name):
    with pytest.raises(error, match=re.escape(refusals()[name])):
        write([statements()[name]], "RDF/XML", {})


@pytest.mark.parametrize("name", XML_LACKS)
def test_our_xml_results_are_refused_with_the_character(name):
    with pytest.raises(QueryError, match=re.escape(XML_LACKS[name])) as caught:
        our_results(STRINGS[name], "srx")
    assert caught.value.kind == "not-acceptable"


def refusals() -> dict[str, str]:
    """Return the statements that RDF/XML cannot carry, and what the error names."""
    characters = {f"a string with {name}": character for name, character in XML_LACKS.items()}
    predicates = {name: statements()[name].predicate.value for name in (*NO_ELEMENT, *RESERVED)}
    return characters | predicates
