"""Results of queries: documents in any of the formats -> rows of terms, and when two of them are the same.

The suites' and the server's documents are read by the same code, and not by the library that wrote the
server's: what it writes wrongly it might also read wrongly.
"""

from __future__ import annotations

import csv
import io
import json
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from xml.etree import ElementTree

import pyoxigraph as ox
from rdflib import Graph, Namespace

from support.renaming import Labels, paired, renamed

RS = Namespace("http://www.w3.org/2001/sw/DataAccess/tests/result-set#")
SRX = "{http://www.w3.org/2005/sparql-results#}"
XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"

Term = ox.NamedNode | ox.BlankNode | ox.Literal | str | None
"""An RDF term; in CSV, which tells no kinds of terms apart, a string; None where a variable is unbound."""

Row = tuple[Term, ...]


@dataclass(frozen=True)
class Table:
    """Columns by name, and rows of terms; a graph is a table of its triples."""

    columns: tuple[str, ...]
    rows: list[Row]


def read(body: bytes, extension: str, base: str) -> Table | bool:
    """Return what a document says that is in the format of this file name extension."""
    match extension:
        case "srx":
            return _xml(body)
        case "srj":
            return _json(body)
        case "tsv":
            return _tsv(body.decode())
        case "csv":
            return _csv(body.decode())
        case "ttl":
            return _turtle(body, base)
    raise AssertionError(f"no reader for {extension}")


def _term(kind: str, value: str, datatype: str | None, language: str | None) -> Term:
    match kind:
        case "uri":
            return ox.NamedNode(value)
        case "bnode":
            return ox.BlankNode("".join(c if c.isalnum() else "_" for c in value))
        case "literal" | "typed-literal":
            return ox.Literal(value, datatype=ox.NamedNode(datatype) if datatype else None, language=language)
    raise AssertionError(f"no kind of term: {kind}")


def _xml(body: bytes) -> Table | bool:
    root = ElementTree.fromstring(body)
    assert root.tag == f"{SRX}sparql"
    if (truth := root.find(f"{SRX}boolean")) is not None:
        return {"true": True, "false": False}[(truth.text or "").strip()]
    columns = tuple(node.attrib["name"] for node in root.findall(f"{SRX}head/{SRX}variable"))
    rows = []
    for result in root.findall(f"{SRX}results/{SRX}result"):
        found = {}
        for binding in result.findall(f"{SRX}binding"):
            (node,) = binding
            kind = node.tag.removeprefix(SRX)
            found[binding.attrib["name"]] = _term(kind, node.text or "", node.get("datatype"), node.get(XML_LANG))
        rows.append(_row(columns, found))
    return Table(columns, rows)


def _json(body: bytes) -> Table | bool:
    document = json.loads(body)
    if "boolean" in document:
        return bool(document["boolean"])
    columns = tuple(document["head"]["vars"])
    return Table(
        columns,
        [
            _row(
                columns,
                {
                    name: _term(term["type"], term["value"], term.get("datatype"), term.get("xml:lang"))
                    for name, term in binding.items()
                },
            )
            for binding in document["results"]["bindings"]
        ],
    )


def _row(columns: Sequence[str], found: dict[str, Term]) -> Row:
    assert set(found) <= set(columns), f"a binding of no column: {found}"
    return tuple(found.get(name) for name in columns)


def _tsv(text: str) -> Table:
    head, *lines = text.removesuffix("\n").replace("\r\n", "\n").split("\n")
    names = head.split("\t")
    assert all(name[:1] in "?$" for name in names), f"no variables: {head}"
    rows = [tuple(_turtle_term(cell) for cell in line.split("\t")) for line in lines]
    assert all(len(row) == len(names) for row in rows), "rows of different lengths"
    return Table(tuple(name[1:] for name in names), rows)


def _turtle_term(cell: str) -> Term:
    if not cell:
        return None
    (triple,) = ox.parse(f"<x:s> <x:p> {cell} .", ox.RdfFormat.TURTLE)
    return triple.object


def _csv(text: str) -> Table:
    head, *lines = csv.reader(io.StringIO(text, newline=""))
    assert all(len(line) == len(head) for line in lines), "rows of different lengths"
    blank = {cell: ox.BlankNode(cell[2:]) for line in lines for cell in line if cell.startswith("_:")}
    return Table(tuple(head), [tuple(blank.get(cell, cell) for cell in line) for line in lines])


def _turtle(body: bytes, base: str) -> Table:
    graph = Graph().parse(data=body, format="turtle", publicID=base)
    if (None, None, RS.ResultSet) in graph:
        return _result_set(graph)
    triples = {(t.subject, t.predicate, t.object) for t in ox.parse(body, ox.RdfFormat.TURTLE, base_iri=base)}
    return Table(("subject", "predicate", "object"), list(triples))


def _result_set(graph: Graph) -> Table:
    columns = tuple(str(name) for name in graph.objects(None, RS.resultVariable))
    rows = []
    for solution in graph.objects(None, RS.solution):
        found = {}
        for binding in graph.objects(solution, RS.binding):
            (triple,) = ox.parse(f"<x:s> <x:p> {graph.value(binding, RS.value).n3()} .", ox.RdfFormat.TURTLE)
            found[str(graph.value(binding, RS.variable))] = triple.object
        rows.append(_row(columns, found))
    return Table(columns, rows)


def _decimal(text: str) -> str:
    return format(Decimal(text).normalize(), "f")


XSD = "http://www.w3.org/2001/XMLSchema#"
SPELLINGS: dict[str, Callable[[str], object]] = {
    f"{XSD}integer": int,
    f"{XSD}decimal": _decimal,
    f"{XSD}float": float,
    f"{XSD}double": float,
    f"{XSD}boolean": {"0": "false", "1": "true"}.get,
}


def respelt(found: Table | bool) -> Table | bool:
    """Return a result whose numbers and truth values are written in one way: their values are compared then."""
    if isinstance(found, bool):
        return found
    return Table(found.columns, [tuple(_respelt(term) for term in row) for row in found.rows])


def _respelt(term: Term) -> Term:
    if not isinstance(term, ox.Literal) or term.datatype.value not in SPELLINGS:
        return term
    try:
        spelling = SPELLINGS[term.datatype.value](term.value)
    except (ArithmeticError, ValueError):
        return term
    return ox.Literal(term.value if spelling is None else str(spelling), datatype=term.datatype)


def same(
    expected: Table | bool, found: Table | bool, *, ordered: bool = False, columns_ordered: bool = False
) -> bool:
    """Return whether two results differ in nothing but the labels of blank nodes.

    Rows are a bag, or a list if `ordered`; literals are the same if they are written the same.
    """
    if isinstance(expected, bool) or isinstance(found, bool):
        return expected is found
    if sorted(expected.columns) != sorted(found.columns):
        return False
    if columns_ordered and expected.columns != found.columns:
        return False
    places = [found.columns.index(name) for name in expected.columns]
    rows = [tuple(row[place] for place in places) for row in found.rows]
    if len(rows) != len(expected.rows):
        return False
    if ordered:
        return _matched(list(zip(expected.rows, ([row] for row in rows), strict=True)))
    ground, others = _split(expected.rows)
    found_ground, found_others = _split(rows)
    return Counter(ground) == Counter(found_ground) and paired(others, found_others, ox.BlankNode)


def _split(rows: list[Row]) -> tuple[list[Row], list[Row]]:
    def blank(row: Row) -> bool:
        return any(isinstance(term, ox.BlankNode) for term in row)

    return [row for row in rows if not blank(row)], [row for row in rows if blank(row)]


def _matched(pairs: list[tuple[Row, list[Row]]]) -> bool:
    labels: Labels | None = {}
    for row, (other,) in pairs:
        labels = renamed(row, other, ox.BlankNode, labels)
        if labels is None:
            return False
    return True
