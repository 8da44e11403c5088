"""The formats of answers: which there are, which fit a query form, and what they are called over HTTP."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from lodeclaim.query.guard import Form


@dataclass(frozen=True)
class Format:
    """One serialisation; `name` is what a person types, `aliases` are other media types that describe it."""

    name: str
    media_type: str
    extension: str
    kind: Literal["results", "graph", "page"]
    aliases: tuple[str, ...] = ()

    @property
    def content_type(self) -> str:
        """Return the media type as a Content-Type: Turtle, CSV and TSV ask for their charset to be said."""
        return f"{self.media_type}; charset=utf-8" if self.media_type.startswith("text/") else self.media_type


RESULTS = (
    Format("json", "application/sparql-results+json", "srj", "results", ("application/json",)),
    Format("xml", "application/sparql-results+xml", "srx", "results", ("application/xml", "text/xml")),
    Format("csv", "text/csv", "csv", "results"),
    Format("tsv", "text/tab-separated-values", "tsv", "results"),
)
"""SPARQL 1.1 Query Results JSON, XML, and CSV and TSV."""

GRAPHS = (
    Format("turtle", "text/turtle", "ttl", "graph"),
    Format("ntriples", "application/n-triples", "nt", "graph"),
    Format("nquads", "application/n-quads", "nq", "graph"),
    Format("trig", "application/trig", "trig", "graph"),
    Format("rdfxml", "application/rdf+xml", "rdf", "graph", ("application/xml", "text/xml")),
    Format("jsonld", "application/ld+json", "jsonld", "graph", ("application/json",)),
)
"""RDF 1.1."""


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
