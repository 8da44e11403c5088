"""Profiles: what files say of pages, and what of it is left out and told."""

from __future__ import annotations

import pytest

from lodeclaim.endpoint import profiles

HEAD = """
@prefix e: <https://w3id.org/lodeclaim/endpoint#> . @prefix ex: <http://example.org/> .
@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> . @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix vann: <http://purl.org/vocab/vann/> .
"""
QUERY = "SELECT ?resource ?x { ?resource ?p ?x } LIMIT 9"
SECTION = '[ rdfs:label "A" ; e:query "q.rq" ; e:template e:Table ]'


def read(folder, turtle: str, query: str = QUERY, views=()) -> profiles.Profiles:
    (folder / "p.ttl").write_text(HEAD + turtle, encoding="utf-8")
    (folder / "q.rq").write_text(query, encoding="utf-8")
    return profiles.read([folder / "p.ttl"], views)


def test_sections_come_in_their_order_for_all_classes_of_a_resource(tmp_path) -> None:
    found = read(
        tmp_path,
        """
        ex:Star e:section [ rdfs:label "Last" ; e:query "q.rq" ; e:template e:Table ; sh:order 2.5 ] .
        rdfs:Resource e:section [ rdfs:label "First" ; e:view "v" ; e:template e:Entries ; sh:order 1 ] .
        ex:Sun e:section [ rdfs:label "Second" ; rdfs:comment "B" ; e:view "v" ; e:template e:Table ; sh:order 2 ] .
        """,
        views={"v"},
    )
    assert found.faults == ()
    stars = found.of(["http://example.org/Star", "http://example.org/Sun"])
    assert [section.label for section in stars] == ["First", "Second", "Last"]
    assert [section.label for section in found.of(["http://example.org/Moon"])] == ["First"]
    assert (stars[1].comment, stars[1].view, stars[2].query) == ("B", "v", QUERY)


def test_leads_examples_and_front_pages(tmp_path) -> None:
    found = read(
        tmp_path,
        """
        ex:Star e:lead ex:gloss ; vann:example ex:sirius . ex:sirius skos:note "Bright."@en .
        ex:data e:count [ rdfs:label "suns" ; rdf:predicate rdf:type ; rdf:object ex:Sun ; sh:order 2 ] ,
                [ rdfs:label "stars" ; rdf:predicate rdf:type ; rdf:object ex:Star ; sh:order 1 ] ,
                [ rdfs:label "nothing" ] ;
            e:featured ex:q ; e:firstQuery "q.rq" .
        """,
        "ASK {}",
    )
    assert found.leads == {"http://example.org/Star": ("http://example.org/gloss",)}
    assert found.examples == {"http://example.org/Star": ("http://example.org/sirius", "Bright.")}
    page = found.front_pages["http://example.org/data"]
    assert [count.label for count in page.counts] == ["stars", "suns"]
    assert (page.featured, page.first_query) == (("http://example.org/q",), "ASK {}")
    assert ["does not say what is counted" in str(fault) for fault in found.faults] == [True]


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("ASK {}", "its query is a ASK"),
        ("SELECT * { ?resource ?p ?x } LIMIT 9", "no column ?resource"),
        ("SELECT (?x AS ?resource) ?y { ?x ?p ?y } LIMIT 9", ""),
        ("SELECT ?x { ?resource ?p ?x } LIMIT 9", "no column ?resource"),
        ("SELECT ?resource { ?resource ?p ?x }", "any number of rows"),
        ("SELECT ?resource { { SELECT ?resource { ?resource ?p ?x } LIMIT 9 } }", "any number of rows"),
        ("SELECT ?resource { ?resource ?p ?x } LIMIT 2001", "any number of rows"),
        ("SELECT ?resource { ?resource ?p ?x } LIMIT 2000 OFFSET 5", ""),
        ("SELECT ?resource { SERVICE <http://x/> { ?resource ?p ?x } } LIMIT 9", "SERVICE"),
        ("SELECT ?resource { ?resource ex:p ?x } LIMIT 9", "prefix"),
        ("INSERT DATA { <a:a> <a:b> 1 }", "read-only"),
        ("nonsense", "nonsense"),
    ],
)
def test_a_query_that_cannot_give_rows_costs_its_section(query, words, tmp_path) -> None:
    found = read(tmp_path, f"ex:Star e:section {SECTION} .", query)
    assert (len(found.sections), len(found.faults)) == ((1, 0) if not words else (0, 1))
    assert all(words in str(fault) for fault in found.faults)


def test_a_file_that_is_no_turtle_leaves_the_others(tmp_path) -> None:
    (tmp_path / "broken.ttl").write_text("this is none")
    read(tmp_path, f"ex:Star e:section {SECTION} .")
    found = profiles.read([tmp_path / "broken.ttl", tmp_path / "p.ttl", tmp_path / "absent.ttl"])
    assert len(found.sections) == 1
    assert ["broken.ttl" in str(found.faults[0]), "absent.ttl" in str(found.faults[1])] == [True, True]


@pytest.mark.parametrize("name", ["../q.rq", "/etc/passwd", "q.txt", "", ".rq", "a/b.rq"])
def test_a_query_is_only_looked_for_beside_the_profile(name, tmp_path) -> None:
    found = read(tmp_path, f"ex:Star e:section {SECTION.replace('q.rq', name)} .")
    assert ["names no file beside it" in str(fault) for fault in found.faults] == [True]
