"""Questions whose answers are read off the two small graphs of `paths.TINY`, in each form that a query has."""

from __future__ import annotations

from rdflib import RDFS, Graph, Literal, URIRef

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


def form(query: str) -> str:
    """Return the form of a query: its first word."""
    return query.partition(" ")[0]


def triples(text: str | bytes, media_type: str = "text/turtle") -> set[tuple[object, ...]]:
    """Return the triples that a client got as text; Turtle is read where nothing is said, and so N-Triples."""
    return set(Graph().parse(data=text, format=media_type))
