"""The formats of answers: which there are, which fit a query form, and what they are called over HTTP."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from lodeclaim.endpoint.sparql.guard import Form


@dataclass(frozen=True)
class Format:
    """One serialisation; `name` is what a person types, `aliases` are other media types that describe it."""

    name: str
    media_type: str
    extension: str
    kind: Literal["results", "graph", "page"]
    aliases: tuple[str, ...] = ()
    w3c: str | None = None
    """Its local name in http://www.w3.org/ns/formats/, where W3C gives file formats their IRIs."""

    nicknames: tuple[str, ...] = ()
    """What else people type for it."""

    @property
    def content_type(self) -> str:
        """Return the media type as a Content-Type: Turtle, CSV and TSV ask for their charset to be said."""
        return f"{self.media_type}; charset=utf-8" if self.media_type.startswith("text/") else self.media_type

    @property
    def spellings(self) -> frozenset[str]:
        """What clients call it, in lower case: name, extension and media types, these also from the slash on."""
        types = (self.media_type, *self.aliases)
        names = (self.name, self.extension, self.w3c or self.name, *types, *(name.split("/")[1] for name in types))
        return frozenset(name.lower() for name in (*names, *self.nicknames))

    @property
    def title(self) -> str:
        """Return its name as an error lists it, with the extension where many know it by that."""
        return self.name if self.kind != "graph" or self.name == self.extension else f"{self.name} ({self.extension})"


RESULTS = (
    Format("json", "application/sparql-results+json", "srj", "results", ("application/json",), "SPARQL_Results_JSON"),
    Format(
        "xml",
        "application/sparql-results+xml",
        "srx",
        "results",
        ("application/xml", "text/xml"),
        "SPARQL_Results_XML",
    ),
    Format("csv", "text/csv", "csv", "results", w3c="SPARQL_Results_CSV"),
    Format("tsv", "text/tab-separated-values", "tsv", "results", w3c="SPARQL_Results_TSV"),
)
"""SPARQL 1.1 Query Results JSON, XML, and CSV and TSV."""

_TURTLE = ("application/x-turtle", "application/turtle", "text/n3", "text/rdf+n3", "application/n3")
"""The media types of Turtle before it had one, and of Notation3, of which it is a part."""

GRAPHS = (
    Format("turtle", "text/turtle", "ttl", "graph", _TURTLE, "Turtle"),
    Format("ntriples", "application/n-triples", "nt", "graph", ("text/plain",), "N-Triples"),
    Format("nquads", "application/n-quads", "nq", "graph", ("text/x-nquads",), "N-Quads"),
    Format("trig", "application/trig", "trig", "graph", ("application/x-trig",), "TriG"),
    Format("rdfxml", "application/rdf+xml", "rdf", "graph", ("application/xml", "text/xml"), "RDF_XML", ("rdf/xml",)),
    Format("jsonld", "application/ld+json", "jsonld", "graph", ("application/json",), "JSON-LD"),
)
"""RDF 1.1. `text/plain` was the media type of N-Triples."""

HTML = Format("html", "text/html", "html", "page", ("application/xhtml+xml",))
"""What people read; no engine writes it."""

ALL = (*RESULTS, *GRAPHS, HTML)


def offered(form: Form) -> tuple[Format, ...]:
    """Return the formats for the answers to a query form, the default first.

    ASK has JSON and XML only: SPARQL 1.1 CSV and TSV define nothing for a truth value.
    """
    match form:
        case Form.SELECT:
            return RESULTS
        case Form.ASK:
            return RESULTS[:2]
        case Form.CONSTRUCT | Form.DESCRIBE:
            return GRAPHS


def labelled(offers: Sequence[Format], media_type: str) -> Format | None:
    """Return the format that a media type or an alias describes, labelled with that; None where none is."""
    for offer in offers:
        if media_type == offer.media_type or media_type in offer.aliases:
            return replace(offer, media_type=media_type)
    return None


def named(offers: Sequence[Format], name: str) -> Format | None:
    """Return the format that is called so in any of its spellings, in any case of letters; None where none is."""
    name = name.strip().lower()
    return labelled(offers, name) or next((offer for offer in offers if name in offer.spellings), None)


def titles(offers: Sequence[Format]) -> str:
    """Return the names of formats as an error lists them."""
    return ", ".join(dict.fromkeys(offer.title for offer in offers))
