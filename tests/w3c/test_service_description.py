"""The Service Description suite: its tests are names only, so what they ask for is written here and in Turtle."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from rdflib import RDF, Graph, URIRef

from support.w3c.manifests import Case, entries, local_name
from support.w3c.server import Server
from support.w3c.service_description import SD, findings, strangers

IN_EVERY_WAY = True
SUITE = "service description"
CASES = [
    Case(local_name(test.value), "ServiceDescriptionTest", test.value)
    for test in entries("service-description/manifest.ttl")
]
FORMATS = {"text/turtle": "turtle", "application/rdf+xml": "xml", "application/n-triples": "nt"}


def description(server: Server, accept: str | None) -> Graph:
    headers = {"Accept": accept} if accept else {}
    response = server.request("GET", urlsplit(server.url).path, headers)
    assert response.status == 200, response
    assert response.media_type in FORMATS, response
    if accept:
        assert response.media_type == accept
    return Graph().parse(data=response.body, format=FORMATS[response.media_type], publicID=server.url)


def test_the_endpoint_describes_itself(case, server):
    match case.name:
        case "returns-rdf":
            for accept in (None, *FORMATS):
                assert len(description(server, accept)) > 0
        case "has-endpoint-triple":
            graph = description(server, "text/turtle")
            assert (None, SD.endpoint, URIRef(server.url)) in graph
        case "conforms-to-schema":
            graph = description(server, "text/turtle")
            assert (None, RDF.type, SD.Service) in graph
            assert strangers(graph) == set()
            assert findings(graph) == ""
        case other:
            pytest.fail(f"nothing is known of {other}")


def test_the_suite_has_what_is_claimed(suites):
    assert len(CASES) == 3


SOUND = """@prefix sd: <http://www.w3.org/ns/sparql-service-description#> .
<#s> a sd:Service ; sd:endpoint <sparql> ; sd:supportedLanguage sd:SPARQL11Query ;
    sd:resultFormat <http://www.w3.org/ns/formats/Turtle> ; sd:feature sd:UnionDefaultGraph ;
    sd:defaultDataset [ a sd:Dataset ; sd:defaultGraph [ a sd:Graph ] ;
        sd:namedGraph [ a sd:NamedGraph ; sd:name <#g> ; sd:graph [ a sd:Graph ] ] ] .
"""
BREAKS = {
    "no endpoint": ("sd:endpoint <sparql> ;", ""),
    "a literal for an endpoint": ("<sparql>", '"sparql"'),
    "no class": ("<#s> a sd:Service ;", "<#s>"),
    "another language": ("sd:SPARQL11Query", "sd:UnionDefaultGraph"),
    "another feature": ("sd:UnionDefaultGraph", "sd:SPARQL11Query"),
    "a media type for a format": ("<http://www.w3.org/ns/formats/Turtle>", '"text/turtle"'),
    "a named graph without a name": ("sd:name <#g> ;", ""),
    "a data set that is none": ("a sd:Dataset ;", "a sd:Graph ;"),
}


@pytest.mark.parametrize(("part", "other"), BREAKS.values(), ids=BREAKS)
def test_a_description_that_breaks_the_schema_is_seen(part, other):
    assert findings(Graph().parse(data=SOUND, format="turtle", publicID="http://example.org/")) == ""
    assert part in SOUND
    broken = Graph().parse(data=SOUND.replace(part, other), format="turtle", publicID="http://example.org/")
    assert findings(broken)


def test_a_term_that_is_no_term_is_seen():
    graph = Graph().parse(data=SOUND.replace("sd:feature", "sd:features"), format="turtle")
    assert strangers(graph) == {"features"}
