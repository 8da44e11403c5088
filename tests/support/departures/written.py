"""What the embedded engine's writers do to a statement, by readers that are not its own.

rdflib reads the graphs; results are read by the standard library, and never by the engine that wrote them.
"""

from __future__ import annotations

import csv
import io
import json
import warnings
from collections.abc import Callable
from typing import cast
from xml.etree import ElementTree

import pyoxigraph as ox
from rdflib import Graph

from lodeclaim.endpoint import rdf
from lodeclaim.endpoint.engines import engine
from lodeclaim.endpoint.sparql import formats

_EXAMPLE = "http://example.org/"

STRINGS = {
    "a control character": "a\x01b",
    "NUL": "a\0b",
    "a vertical tab": "a\x0bb",
    "a form feed": "a\x0cb",
    "U+001F": "a\x1fb",
    "U+FFFE": "a\ufffeb",
    "U+FFFF": "a\uffffb",
    "a carriage return": "a\rb",
    "a carriage return and a line feed": "a\r\nb",
    "only a carriage return": "\r",
    "a line feed": "a\nb",
    "a tab": "a\tb",
    "U+007F": "a\x7fb",
    "U+0085": "a\x85b",
    "U+2028": "a\u2028b",
    "a byte-order mark": "\ufeffa",
    "outer spaces": "  a  ",
    "nothing": "",
    "markup": "<a>&amp;]]>",
    "quotes": 'a\'b"""c"',
    "a last backslash": "a\\",
    "commas": 'a,"b"',
    "an emoji": "😀",
}

PREDICATES = {
    "that ends with digits": f"{_EXAMPLE}2024",
    "that ends with a slash": f"{_EXAMPLE}p/",
    "that ends with a hash": f"{_EXAMPLE}p#",
    "with dots and digits": f"{_EXAMPLE}1.1.1",
    "with a parenthesis": f"{_EXAMPLE}a(b)",
    "of a URN with digits": "urn:1",
    "that ends with an emoji": f"{_EXAMPLE}😀",
    "of the namespace xmlns": "http://www.w3.org/2000/xmlns/p",
    "that RDF/XML keeps for itself": "http://www.w3.org/1999/02/22-rdf-syntax-ns#Description",
    "with an ampersand": f"{_EXAMPLE}a?b=1&c",
    "beyond ASCII": f"{_EXAMPLE}é",
    "with a percent": f"{_EXAMPLE}a%20b",
}

NAMES = (
    "1.1.1", "a.", ".a", "-a", "a%20b", "a,b", "a(b)", "a/b", "a#b", "a:b", "", "1a", "~a", "@a", "a&b", "a'b", "!",
    "*", "a;b", "a=b", "a?b", "+1", "$a", "_", "a..b", "·a", "😀", "é", "钴",
)  # fmt: skip

GRAPHS = {
    "N-Triples": (ox.RdfFormat.N_TRIPLES, "nt"),
    "Turtle": (ox.RdfFormat.TURTLE, "turtle"),
    "RDF/XML": (ox.RdfFormat.RDF_XML, "xml"),
    "JSON-LD": (ox.RdfFormat.JSON_LD, "json-ld"),
}


Term = ox.NamedNode | ox.BlankNode | ox.Literal


def statements() -> dict[str, ox.Triple]:
    """Return statements that are hard to write, by what is hard about each."""
    subject, predicate = ox.NamedNode(f"{_EXAMPLE}s"), ox.NamedNode(f"{_EXAMPLE}p")
    found = {
        f"a string with {name}": ox.Triple(subject, predicate, ox.Literal(text)) for name, text in STRINGS.items()
    }
    for name, iri in PREDICATES.items():
        found[f"a predicate {name}"] = ox.Triple(subject, ox.NamedNode(iri), ox.Literal("v"))
    for name in NAMES:
        node = ox.NamedNode(f"{_EXAMPLE}n/{name}")
        found[f"a name: {name}"] = ox.Triple(node, predicate, node)
    return found


GraphWriter = Callable[[list[ox.Triple], str, dict[str, str]], bytes]
"""Writes triples in a format of GRAPHS, with prefixes."""

ResultWriter = Callable[[str, str], bytes]
"""Writes a table of one string in a format of RESULTS."""


def bare_graph(triples: list[ox.Triple], name: str, prefixes: dict[str, str]) -> bytes:
    """Write with the engine's writer as it is."""
    return ox.serialize(triples, format=GRAPHS[name][0], prefixes=prefixes or None) or b""


def our_file(triples: list[ox.Triple], name: str, prefixes: dict[str, str]) -> bytes:
    """Write as files are written."""
    return rdf.serialize(triples, GRAPHS[name][0], prefixes)


def our_answer(triples: list[ox.Triple], name: str, prefixes: dict[str, str]) -> bytes:
    """Write as the endpoint answers a CONSTRUCT, where it offers the format."""
    body = io.BytesIO()
    extension = GRAPHS[name][0].file_extension
    format = next(format for format in formats.GRAPHS if format.extension == extension)
    engine.serialize(triples, format, body.write, None, prefixes)
    return body.getvalue()


def graph_fault(
    name: str, triple: ox.Triple, write: GraphWriter, prefixes: dict[str, str] | None = None
) -> str | None:
    """Return what becomes of a statement that does not come back: `refused`, `unreadable` or `changed`."""
    try:
        body = write([triple], name, prefixes or {})
    except (OSError, ValueError):
        return "refused"
    try:
        with warnings.catch_warnings(action="ignore"):
            ((subject, predicate, found),) = Graph().parse(data=body, format=GRAPHS[name][1])
    except Exception:  # each reader has its own, and some have none
        return "unreadable"
    expected = tuple(cast(Term, term).value for term in triple)
    return None if (str(subject), str(predicate), str(found)) == expected else "changed"


def bare_results(text: str, name: str) -> bytes:
    """Write with the engine's writer as it is."""
    return _solutions(text).serialize(format=ox.QueryResultsFormat.from_extension(name)) or b""


def our_results(text: str, name: str) -> bytes:
    """Write as the endpoint answers a SELECT."""
    body = io.BytesIO()
    format = next(format for format in formats.RESULTS if format.extension == name)
    engine.serialize(_solutions(text), format, body.write, None, {})
    return body.getvalue()


def _solutions(text: str) -> ox.QuerySolutions:
    store = ox.Store()
    store.add(ox.Quad(ox.NamedNode(f"{_EXAMPLE}s"), ox.NamedNode(f"{_EXAMPLE}p"), ox.Literal(text)))
    return cast(ox.QuerySolutions, store.query("SELECT ?v { ?s ?p ?v }"))


def result_fault(name: str, text: str, write: ResultWriter) -> str | None:
    """Return what becomes of a string in a format of results, if it does not come back."""
    try:
        found = RESULTS[name](write(text, name))
    except (ElementTree.ParseError, ValueError):
        return "unreadable"
    return None if found == text else "changed"


def _xml(body: bytes) -> str:
    return ElementTree.fromstring(body).findtext(".//{*}literal") or ""


def _json(body: bytes) -> str:
    return str(json.loads(body)["results"]["bindings"][0]["v"]["value"])


def _csv(body: bytes) -> str:
    _, *rows = csv.reader(io.StringIO(body.decode(), newline=""))
    return rows[0][0] if rows and rows[0] else ""


def _tsv(body: bytes) -> str:
    _, line, rest = body.decode().split("\n")
    if rest:
        raise ValueError("a row of several lines")
    (found,) = Graph().parse(data=f"<x:s> <x:p> {line} .", format="turtle").objects()
    return str(found)


RESULTS: dict[str, Callable[[bytes], str]] = {"srx": _xml, "srj": _json, "csv": _csv, "tsv": _tsv}
