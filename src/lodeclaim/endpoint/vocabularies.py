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

WELL_KNOWN = {
    **USUAL,
    "adms": "http://www.w3.org/ns/adms#",
    "as": "https://www.w3.org/ns/activitystreams#",
    "bibo": "http://purl.org/ontology/bibo/",
    "cc": "http://creativecommons.org/ns#",
    "cito": "http://purl.org/spar/cito/",
    "crm": "http://www.cidoc-crm.org/cidoc-crm/",
    "dbo": "http://dbpedia.org/ontology/",
    "dbp": "http://dbpedia.org/property/",
    "dbpedia": "http://dbpedia.org/resource/",
    "dbr": "http://dbpedia.org/resource/",
    "dc": "http://purl.org/dc/elements/1.1/",
    "dcmitype": "http://purl.org/dc/dcmitype/",
    "dct": "http://purl.org/dc/terms/",
    "doap": "http://usefulinc.com/ns/doap#",
    "dul": "http://www.ontologydesignpatterns.org/ont/dul/DUL.owl#",
    "earl": "http://www.w3.org/ns/earl#",
    "event": "http://purl.org/NET/c4dm/event.owl#",
    "fabio": "http://purl.org/spar/fabio/",
    "fn": "http://www.w3.org/2005/xpath-functions#",
    "frbr": "http://purl.org/vocab/frbr/core#",
    "geo": "http://www.w3.org/2003/01/geo/wgs84_pos#",
    "geof": "http://www.opengis.net/def/function/geosparql/",
    "geosparql": "http://www.opengis.net/ont/geosparql#",
    "gn": "http://www.geonames.org/ontology#",
    "gr": "http://purl.org/goodrelations/v1#",
    "ldp": "http://www.w3.org/ns/ldp#",
    "nif": "http://persistence.uni-leipzig.org/nlp2rdf/ontologies/nif-core#",
    "obo": "http://purl.obolibrary.org/obo/",
    "odrl": "http://www.w3.org/ns/odrl/2/",
    "ontolex": "http://www.w3.org/ns/lemon/ontolex#",
    "p": "http://www.wikidata.org/prop/",
    "pav": "http://purl.org/pav/",
    "pq": "http://www.wikidata.org/prop/qualifier/",
    "ps": "http://www.wikidata.org/prop/statement/",
    "qb": "http://purl.org/linked-data/cube#",
    "qudt": "http://qudt.org/schema/qudt/",
    "rr": "http://www.w3.org/ns/r2rml#",
    "sdo": "https://schema.org/",
    "sioc": "http://rdfs.org/sioc/ns#",
    "skosxl": "http://www.w3.org/2008/05/skos-xl#",
    "sosa": "http://www.w3.org/ns/sosa/",
    "ssn": "http://www.w3.org/ns/ssn/",
    "time": "http://www.w3.org/2006/time#",
    "unit": "http://qudt.org/vocab/unit/",
    "vcard": "http://www.w3.org/2006/vcard/ns#",
    "voaf": "http://purl.org/vocommons/voaf#",
    "wd": "http://www.wikidata.org/entity/",
    "wdt": "http://www.wikidata.org/prop/direct/",
    "wds": "http://www.wikidata.org/entity/statement/",
    "wgs84": "http://www.w3.org/2003/01/geo/wgs84_pos#",
    "wikibase": "http://wikiba.se/ontology#",
}
"""What authors of queries mean by a prefix that they do not declare, as prefix.cc lists it: told, and never taken."""

OWL, RDF, XSD = (Namespace(USUAL[prefix]) for prefix in ("owl", "rdf", "xsd"))

INTEGERS = frozenset(
    XSD + name
    for name in [
        *("integer", "int", "long", "short", "byte"),
        *("unsignedLong", "unsignedInt", "unsignedShort", "unsignedByte"),
        *("nonNegativeInteger", "positiveInteger", "nonPositiveInteger", "negativeInteger"),
    ]
)
"""The datatypes of XML Schema that are integers."""

ENDPOINT = Namespace("https://w3id.org/lodeclaim/endpoint#")
"""Terms of this package's own, in `vocabulary.ttl`: the limits of a service, and what a page shows of a class."""

PROBLEMS = "https://w3id.org/lodeclaim/problem/"
"""What the types of problem documents begin with: each kind has its name behind it."""
