"""Vocabularies that everybody uses, by the prefixes that are usual for them."""

from __future__ import annotations

from lodeclaim.endpoint.prefixes import Prefixes


class Namespace(str):
    """The beginning of IRIs; an attribute is the IRI of a term: `OWL.Class`."""

    __slots__ = ()

    def __getattr__(self, name: str) -> str:
        """Return the IRI of a term; names with two underscores are Python's own."""
        if name.startswith("__"):
            raise AttributeError(name)
        return self + name


USUAL = Prefixes(
    {
        "dcat": "http://www.w3.org/ns/dcat#",
        "dcterms": "http://purl.org/dc/terms/",
        "foaf": "http://xmlns.com/foaf/0.1/",
        "formats": "http://www.w3.org/ns/formats/",
        "oa": "http://www.w3.org/ns/oa#",
        "org": "http://www.w3.org/ns/org#",
        "owl": "http://www.w3.org/2002/07/owl#",
        "prov": "http://www.w3.org/ns/prov#",
        "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
        "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
        "schema": "https://schema.org/",
        "sd": "http://www.w3.org/ns/sparql-service-description#",
        "sh": "http://www.w3.org/ns/shacl#",
        "skos": "http://www.w3.org/2004/02/skos/core#",
        "spdx": "http://spdx.org/rdf/terms#",
        "vann": "http://purl.org/vocab/vann/",
        "void": "http://rdfs.org/ns/void#",
        "xsd": "http://www.w3.org/2001/XMLSchema#",
    }
)
"""Prefix to namespace."""

OWL, RDF, XSD = (Namespace(USUAL[prefix]) for prefix in ("owl", "rdf", "xsd"))

ENDPOINT = Namespace("https://w3id.org/lodeclaim/endpoint#")
"""Terms of this package's own, in `vocabulary.ttl`: the limits of a service, and what a page shows of a class."""

PROBLEMS = "https://w3id.org/lodeclaim/problem/"
"""What the types of problem documents begin with: each kind has its name behind it."""
