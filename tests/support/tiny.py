"""Questions whose answers are read off the two small graphs of `paths.TINY`, in each form that a query has."""

from __future__ import annotations

import warnings
from io import BytesIO

from rdflib import RDFS, Dataset, Literal, URIRef
from rdflib.query import Result

EX = "http://example.org/"
LOOKUP = f"SELECT ?s {{ ?s <{EX}share> ?o }} ORDER BY ?s"
"""Asked of their server after whatever has happened to it."""

FOUND = [{"s": EX + "cobalt"}, {"s": EX + "nickel"}]

SELECT = f"SELECT ?mineral ?share {{ ?mineral <{EX}share> ?share }} ORDER BY ?mineral"
COLUMNS = ["mineral", "share"]
ROWS = [(EX + "cobalt", "70"), (EX + "nickel", "50")]

ASK = {
    f"ASK {{ <{EX}cobalt> <{EX}share> 70 }}": True,
    f"ASK {{ <{EX}cobalt> <{EX}share> 50 }}": False,
}

_COBALT, _NICKEL = URIRef(EX + "cobalt"), URIRef(EX + "nickel")
TRIPLES = {
    f"CONSTRUCT {{ ?mineral <{EX}part> ?share }} WHERE {{ ?mineral <{EX}share> ?share }}": {
        (_COBALT, URIRef(EX + "part"), Literal(70)),
        (_NICKEL, URIRef(EX + "part"), Literal(50)),
    },
    f"DESCRIBE <{EX}cobalt>": {
        (_COBALT, URIRef(EX + "share"), Literal(70)),
        (_COBALT, RDFS.label, Literal("cobalt", lang="en")),
    },
}
"""The triples that each query for triples gives: a CONSTRUCT and a DESCRIBE."""


ANSWERS: dict[str, object] = {SELECT: ROWS, **ASK, **TRIPLES}

TABLES = [
    "application/sparql-results+json",
    "application/sparql-results+xml",
    "text/csv",
    "text/tab-separated-values",
]
DOCUMENTS = ["text/turtle", "application/n-triples", "application/rdf+xml", "application/ld+json"]
_QUADS = ["application/n-quads", "application/trig"]
_FORMATS = {"SELECT": TABLES, "ASK": TABLES[:2]}


def form(query: str) -> str:
    """Return the form of a query: its first word."""
    return query.partition(" ")[0]


ASKED = [(query, name) for query in ANSWERS for name in _FORMATS.get(form(query), DOCUMENTS + _QUADS)]
"""Each query with each media type in which it is answered."""


def label(value: str) -> str:
    """Return how a value is called in the name of a test: a query by its form, anything else as it is."""
    return form(value) if value in ANSWERS else value


def triples(text: str | bytes, media_type: str = "text/turtle") -> set[tuple[object, ...]]:
    """Return the triples in a document, whatever graph they are in; Turtle is read where nothing is said."""
    with warnings.catch_warnings():
        # Of rdflib's own: it reads quads with what it has itself declared to be on its way out.
        warnings.simplefilter("ignore", DeprecationWarning)
        read = Dataset(default_union=True).parse(data=text, format=media_type)
        return {(s, p, o) for s, p, o, _ in read.quads()}


def answer(query: str, body: bytes, media_type: str) -> object:
    """Return what a body says, in the shape of `ANSWERS`."""
    if form(query) in {"CONSTRUCT", "DESCRIBE"}:
        return triples(body, media_type)
    result = Result.parse(BytesIO(body), content_type=media_type)
    return result.askAnswer if form(query) == "ASK" else [tuple(map(str, row)) for row in result]


def told(query: str, text: str) -> object:
    """Return what a program printed for an answer, in the shape of `ANSWERS`: cells, a truth value or triples."""
    assert not text.startswith("error: "), text
    if form(query) in {"CONSTRUCT", "DESCRIBE"}:
        return triples(text)
    cells = text.split(" ")
    return text == "true" if form(query) == "ASK" else list(zip(cells[::2], cells[1::2], strict=True))
