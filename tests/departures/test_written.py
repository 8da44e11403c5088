"""What the engine's writers cannot carry is what is listed, and everything else comes back whole."""

from __future__ import annotations

import pytest

from support.departures.written import GRAPHS, RESULTS, STRINGS, graph_fault, result_fault, statements

XML_LACKS = (
    "a control character", "NUL", "a vertical tab", "a form feed", "U+001F", "U+FFFE", "U+FFFF",
)  # fmt: skip
XML_CHANGES = ("a carriage return", "a carriage return and a line feed", "only a carriage return")

IN_RDF_XML = {
    **{f"a string with {name}": "unreadable" for name in XML_LACKS},
    **{f"a string with {name}": "changed" for name in XML_CHANGES},
    "a predicate that ends with digits": "unreadable",
    "a predicate that ends with a slash": "unreadable",
    "a predicate that ends with a hash": "unreadable",
    "a predicate with dots and digits": "unreadable",
    "a predicate with a parenthesis": "unreadable",
    "a predicate of a URN with digits": "unreadable",
    "a predicate that ends with an emoji": "unreadable",
    "a predicate of the namespace xmlns": "unreadable",
    "a predicate that RDF/XML keeps for itself": "refused",
}
IN_XML_RESULTS = {**dict.fromkeys(XML_LACKS, "unreadable"), **dict.fromkeys(XML_CHANGES[:2], "changed")}


@pytest.mark.parametrize("format", GRAPHS)
def test_graphs_come_back(format):
    found = {name: graph_fault(format, triple) for name, triple in statements().items()}
    expected = IN_RDF_XML if format == "RDF/XML" else {}
    assert {name: fault for name, fault in found.items() if fault} == expected


@pytest.mark.parametrize("format", RESULTS)
def test_results_come_back(format):
    found = {name: result_fault(format, text) for name, text in STRINGS.items()}
    expected = IN_XML_RESULTS if format == "srx" else {}
    assert {name: fault for name, fault in found.items() if fault} == expected
