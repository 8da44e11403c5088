"""The comparison of results: it must see a difference, or no suite could fail."""

from __future__ import annotations

import pyoxigraph as ox
import pytest

from support.w3c.tables import Table, read, respelt, same

A, B, C = (ox.BlankNode(name) for name in "abc")
X, Y = ox.NamedNode("http://example.org/x"), ox.NamedNode("http://example.org/y")
DECIMAL = ox.NamedNode("http://www.w3.org/2001/XMLSchema#decimal")
ONE, ONE_POINT_NOUGHT = (ox.Literal(text, datatype=DECIMAL) for text in ("1", "1.0"))


def rows(*found):
    return Table(tuple("pqr"[: len(found[0])]), list(found))


SAME = {
    "in another order": (rows((X,), (Y,)), rows((Y,), (X,))),
    "columns in another order": (Table(("p", "q"), [(X, Y)]), Table(("q", "p"), [(Y, X)])),
    "other labels": (rows((A, X), (B, Y), (A, B)), rows((B, X), (C, Y), (B, C))),
    "labels that must be tried": (rows((A, B), (B, C), (C, A)), rows((B, A), (A, C), (C, B))),
    "unbound": (rows((X, None)), rows((X, None))),
}
DIFFERENT = {
    "a row missing": (rows((X,), (Y,)), rows((X,))),
    "a row twice": (rows((X,), (X,), (Y,)), rows((X,), (Y,), (Y,))),
    "one blank node for two": (rows((A,), (B,)), rows((A,), (A,))),
    "two blank nodes for one": (rows((A, X), (A, Y)), rows((A, X), (B, Y))),
    "a blank node for an IRI": (rows((A,)), rows((X,))),
    "a cycle for two": (rows((A, B), (B, A), (C, C)), rows((A, B), (B, C), (C, A))),
    "another spelling": (rows((ONE,)), rows((ONE_POINT_NOUGHT,))),
    "unbound for bound": (rows((X, None)), rows((X, X))),
    "another column": (Table(("p",), [(X,)]), Table(("q",), [(X,)])),
    "a table for a truth value": (True, rows((X,))),
    "false for true": (True, False),
}


@pytest.mark.parametrize(("left", "right"), SAME.values(), ids=SAME)
def test_what_is_the_same(left, right):
    assert same(left, right)
    assert same(right, left)


@pytest.mark.parametrize(("left", "right"), DIFFERENT.values(), ids=DIFFERENT)
def test_what_is_different(left, right):
    assert not same(left, right)
    assert not same(right, left)


def test_an_order_is_kept_where_there_is_one():
    left, right = rows((X, A), (Y, B)), rows((Y, A), (X, B))
    assert same(left, right)
    assert not same(left, right, ordered=True)
    assert same(left, rows((X, C), (Y, A)), ordered=True)
    assert not same(Table(("p", "q"), [(X, Y)]), Table(("q", "p"), [(Y, X)]), columns_ordered=True)


def test_a_spelling_is_set_aside_on_request_and_nothing_else():
    assert same(respelt(rows((ONE,))), respelt(rows((ONE_POINT_NOUGHT,))))
    assert not same(respelt(rows((ONE,))), respelt(rows((ox.Literal("1"),))))


XML = b"""<sparql xmlns="http://www.w3.org/2005/sparql-results#"><head><variable name="p"/><variable name="q"/></head>
<results><result><binding name="p"><bnode>a</bnode></binding></result>
<result><binding name="p"><uri>http://example.org/x</uri></binding>
<binding name="q"><literal xml:lang="en">a "b"</literal></binding></result></results></sparql>"""
JSON = b"""{"head": {"vars": ["p", "q"]}, "results": {"bindings": [{"p": {"type": "bnode", "value": "n"}},
{"p": {"type": "uri", "value": "http://example.org/x"},
 "q": {"type": "literal", "value": "a \\"b\\"", "xml:lang": "en"}}]}}"""
TSV = b'?p\t?q\n_:z\t\n<http://example.org/x>\t"a \\"b\\""@en\n'


def test_every_format_says_the_same():
    expected = rows((A, None), (X, ox.Literal('a "b"', language="en")))
    for extension, body in {"srx": XML, "srj": JSON, "tsv": TSV}.items():
        assert same(expected, read(body, extension, "")), extension
    assert same(
        rows((A, ""), ("http://example.org/x", 'a "b"')),
        read(b'p,q\r\n_:a,\r\nhttp://example.org/x,"a ""b"""\r\n', "csv", ""),
    )
