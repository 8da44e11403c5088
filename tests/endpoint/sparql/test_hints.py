"""Hints: what stands beside an answer, and that nothing stands beside one that does what it says."""

from __future__ import annotations

import time

import pytest

from lodeclaim.endpoint.sparql.hints import MOST, Known, told
from lodeclaim.endpoint.sparql.tokens import tokenize

EX = "http://example.org/"
TERMS = {EX + "ontology#": frozenset({"Claim", "claimant"})}
RESOURCES = {EX + "actor/": frozenset({"marco-rubio", "jd-vance"})}
PREFIXES = f"PREFIX o: <{EX}ontology#> PREFIX a: <{EX}actor/> "

EXPECTED = {
    "SELECT * { a:rubio ?p ?o }": "Nothing is said of a:rubio; did you mean a:marco-rubio?",
    "SELECT * { a:marco-rubbio ?p ?o }": "did you mean a:marco-rubio?",
    f"SELECT * {{ <{EX}actor/vance> ?p ?o }}": f"did you mean <{EX}actor/jd-vance>?",
    "SELECT * { a:zz ?p ?o }": "Nothing is said of a:zz.",
    "SELECT * { ?c o:clamant ?a }": "o:clamant is no term of the ontology; did you mean o:claimant?",
    "SELECT (COUNT(?o) AS ?n) { ?s ?p ?o } GROUP BY ?p HAVING(?n > 5)": "HAVING does not know ?n",
    "SELECT (SUM(?x) AS ?n) { ?s a o:Claim OPTIONAL { ?s ?p ?x } }": "One row without ?x leaves SUM(?x) unbound",
    "SELECT (GROUP_CONCAT(DISTINCT ?x; SEPARATOR=',') AS ?n) { ?s ?q ?r OPTIONAL { ?s ?p ?x } }": "GROUP_CONCAT(COAL",
    "SELECT * { GRAPH ?g { ?s ?p ?o FILTER(?g = <urn:g>) } }": "?g has no value within the braces of GRAPH ?g",
    "SELECT * { ?s ?p ?o FILTER(LANG(?o) = 'en-GB') }": "LANGMATCHES",
    'SELECT * { ?s ?p ?o FILTER(REGEX(?o, "\\\\bcobalt", "i")) }': "is no pattern of XPath, and REGEX an error",
    'SELECT (REPLACE(?o, "x*", "y") AS ?r) { ?s ?p ?o }': "matches the empty string, and REPLACE is an error",
    "SELECT * { ?s ?p 9223372036854775808 }": "beyond 64 bits",
    "SELECT * { ?s ?p 1,000 }": "write 1000 for one number",
    "SELECT * { ?c o:claimant.name ?n }": "did you mean a path, o:claimant/o:name?",
    'SELECT * { ?s ?p ?d FILTER(?d >= "2026-02-01") }': 'write "2026-02-01"^^xsd:date',
    'SELECT * { ?s ?p ?d FILTER(YEAR(?d) = "2026") }': "write 2026 to compare",
    "SELECT ?claimant { ?c o:claimant ?claimnat }": "?claimant stands in no pattern; did you mean ?claimnat?",
    "SELECT * { ?s ?p 007 }": "007 is kept as 7",
    "SELECT * { ?s ?p 1.50 }": "1.50 is kept as 1.5",
    "SELECT * { ?s ?p 2e3 }": "2e3 is kept as 2000",
    "SELECT * { VALUES (?x ?y) { (1 2.0) } ?s ?x ?y }": "2.0 is kept as 2",
    "SELECT * { ?s ?p '1'^^xsd:int }": "'1'^^xsd:int is kept as 1",
    "SELECT * { ?s ?p '0'^^<http://www.w3.org/2001/XMLSchema#boolean> }": "is kept as false",
}

NOTHING = (
    "SELECT * { a:marco-rubio a o:Claim ; o:claimant ?o }",
    "SELECT ?p (COUNT(?o) AS ?n) { ?s ?p ?o } GROUP BY ?p HAVING(COUNT(?o) > 5)",
    "SELECT ?k (COUNT(?o) AS ?n) { ?s ?p ?o } GROUP BY (STR(?p) AS ?k) HAVING(?k > 'a')",
    "SELECT (SUM(?x) AS ?n) { ?s ?p ?x OPTIONAL { ?s ?q ?x } }",
    "SELECT (COUNT(?x) AS ?n) { ?s ?p ?o OPTIONAL { ?s ?q ?x } }",
    "SELECT (SUM(COALESCE(?x, 0)) AS ?n) { ?s ?p ?o OPTIONAL { ?s ?q ?x } }",
    "SELECT * { GRAPH ?g { ?s ?p ?o } FILTER(?g = <urn:g>) }",
    "SELECT * { GRAPH ?g { ?g ?p ?o } }",
    "SELECT * { ?s ?p ?o FILTER(LANG(?o) = 'en') }",
    "SELECT * { ?s ?p ?o FILTER(?o = false || ?o != true) }",
    "SELECT * { ?s ?p 9223372036854775807, 100 }",
    "SELECT * { ?s ?p ?o FILTER(?o >= false) }",
    'SELECT (REPLACE(?o, "x+", "y") AS ?r) { ?s ?p ?o FILTER(REGEX(?o, "x*|[a-z-[x]]", "x") || REGEX(?o, ?p)) }',
    "SELECT * { ?s ?p ?v FILTER(?v IN (1,100,200)) }",
    'SELECT * { ?s ?p ?d FILTER(?d >= "2026-02-01"^^<urn:date> || STR(?d) = "x" || ?d = "a"@en) }',
    "SELECT ?n (SUM(?v) AS ?sum) { VALUES (?n ?v) { (1 100) (2 200) } } GROUP BY ?n",
    "SELECT (?v AS ?w) (?w + 1 AS ?x) { ?s ?p ?v }",
    "SELECT * { ?s !(o:Claim|o:claimant) ?o FILTER(!(?s = ?o || ?s = o:Claim)) }",
    "SELECT * { ?s <http://elsewhere.example/x> ?o }",
    "SELECT * { ?s !(o:Claim|^o:claimant) ?o }",
    "SELECT (?v * 1.0 AS ?w) { ?s ?p ?v, 10, 2.5, '2.5'^^xsd:decimal, '1.0' FILTER(?v > 1.0 && ?v < 1e3) } LIMIT 010",
)


def hints(text: str) -> tuple[str, ...]:
    return told(tuple(tokenize(PREFIXES + text)), Known(TERMS, RESOURCES))


@pytest.mark.parametrize("text", EXPECTED)
def test_what_few_expect_is_told(text):
    (sentence,) = hints(text)
    assert EXPECTED[text] in sentence


@pytest.mark.parametrize("text", NOTHING)
def test_nothing_is_told_of_what_does_as_it_says(text):
    assert hints(text) == ()


def test_the_sentences_are_few_and_short():
    many = "SELECT * { " + "".join(f"GRAPH ?g{n} {{ ?s ?p ?o FILTER(?g{n} = 1) }} " for n in range(90)) + "}"
    assert len(hints(many)) <= 2 * MOST + 1
    long = "?" + "g" * 5_000
    assert all(
        len(sentence) < 300 for sentence in hints(f"SELECT * {{ GRAPH {long} {{ ?s ?p ?o FILTER({long} = 1) }} }}")
    )


@pytest.mark.parametrize("digits", ["9" * 5_000, "0" * 5_000 + "1"])
def test_a_number_of_thousands_of_digits_is_no_matter(digits):
    assert len(hints(f"SELECT * {{ ?s ?p {digits} }}")) == (digits[0] == "9")


def test_a_sentence_is_one_short_line():
    long = "1" * 9_000
    query = f'PREFIX rdfs: <urn:r> ASK {{ ?c rdfs:label """a\nb\r\n""" ; o:claimant ?o FILTER(?o > "{long}") }}'
    sentences = hints(query)
    assert len(sentences) == 2
    assert all(sentence.isprintable() and len(sentence) <= 300 for sentence in sentences)


def test_a_prefix_of_the_data_that_stands_for_something_else_is_told():
    tokens = tuple(tokenize("PREFIX o: <http://example.org/ontology/> SELECT * { ?s a o:Claim }"))
    (sentence,) = told(tokens, Known(TERMS, RESOURCES, {"o": EX + "ontology#"}))
    assert sentence.endswith(f"the data has it as <{EX}ontology#>.")
    right = tuple(tokenize(PREFIXES + "ASK { ?s a o:Claim }"))
    assert told(right, Known(TERMS, RESOURCES, {"o": EX + "ontology#"})) == ()


def test_a_label_without_a_language_is_told():
    tokens = tuple(tokenize('PREFIX rdfs: <urn:rdfs> SELECT * { ?s rdfs:label "Marco Rubio" }'))
    (sentence,) = told(tokens, Known(TERMS, RESOURCES))
    assert '"Marco Rubio"@en' in sentence


# What stands where a property or a class does.

OTHERS = "http://other.example/"
DATA = {
    EX + "ontology#": frozenset({"Claim", "claim", "claimant"}),
    OTHERS + "rdfs#": frozenset({"label", "Class"}),
    OTHERS + "dct#": frozenset({"title", "issued"}),
}
KNOWN_PREFIXES = {
    "o": EX + "ontology#",
    "rdfs": OTHERS + "rdfs#",
    "rdf": OTHERS + "rdf#",
    "dct": OTHERS + "dct#",
    "schema": OTHERS + "schema#",
}
MISPLACED = {
    "SELECT * { ?c a o:claim }": "o:claim is no class; did you mean o:Claim?",
    "SELECT * { ?c o:Claim ?m }": "o:Claim is no property; did you mean o:claim?",
    f"SELECT * {{ ?c a <{EX}ontology#claim> }}": f"did you mean <{EX}ontology#Claim>?",
    "SELECT * { ?x rdf:label ?l }": "The data has no property rdf:label; did you mean rdfs:label?",
    "SELECT * { ?x rdfs:Label ?l }": "The data has no property rdfs:Label; did you mean rdfs:label?",
    "SELECT * { ?x a rdfs:class }": "The data has no class rdfs:class; did you mean rdfs:Class?",
    "SELECT * { ?x schema:headline ?l }": "The data has no property schema:headline; did you mean rdfs:label?",
    "SELECT * { ?x schema:claimant ?l }": "The data has no property schema:claimant; did you mean o:claimant?",
    "SELECT * { ?x dct:title ?t ; dct:author ?l }": "The data has no property dct:author.",
    "SELECT * { ?x rdfs:label/dct:author ?l }": "The data has no property dct:author.",
    "SELECT * { ?x a schema:Country }": "The data has no class schema:Country.",
    "SELECT * { ?x <http://nowhere.example/p> ?l }": "The data has no property <http://nowhere.example/p>.",
}
IN_PLACE = (
    "SELECT * { ?c a o:Claim ; o:claimant ?who ; dct:title ?t . ?who rdfs:label/dct:issued ?l }",
    "CONSTRUCT { ?c schema:name ?l } { ?c rdfs:label ?l }",
    "SELECT * { SERVICE <http://elsewhere.example/> { ?c schema:name ?l } }",
    "SELECT * { VALUES ?p { dct:title schema:name schema:about } ?s ?p ?o }",
    "SELECT * { ?s rdfs:label ?l FILTER(?l = schema:name || ?l = schema:about) }",
    "SELECT * { ?s o:claimant schema:Person }",
)


def placed(text: str, described=DATA) -> tuple[str, ...]:
    terms = {EX + "ontology#": DATA[EX + "ontology#"]}
    return told(tuple(tokenize(text)), Known(terms, {}, KNOWN_PREFIXES, described))


@pytest.mark.parametrize("text", MISPLACED)
def test_a_term_that_the_data_does_not_have_there_is_told(text):
    (sentence,) = placed(text)
    assert MISPLACED[text] in sentence


@pytest.mark.parametrize("text", IN_PLACE)
def test_terms_in_their_places_and_those_of_others_are_not_told(text):
    assert placed(text) == ()


def test_without_a_description_nothing_is_said_of_other_vocabularies():
    assert placed("SELECT * { ?x schema:headline ?l }", {}) == ()


def test_a_prefix_that_a_query_was_given_counts_as_declared():
    (sentence,) = placed("SELECT * { ?c o:clamant ?l }")
    assert "did you mean o:claimant?" in sentence


@pytest.mark.parametrize("name", ["date", "Country"])
def test_what_is_only_somewhat_alike_is_not_meant(name):
    terms = {EX + "ontology#": frozenset({"after", "Currency"})}
    (sentence,) = told(tuple(tokenize(PREFIXES + f"SELECT * {{ ?s ?p o:{name} }}")), Known(terms))
    assert sentence == f"o:{name} is no term of the ontology."


@pytest.mark.parametrize(("name", "meant"), [("date", "earliestDate"), ("Date", "EventDate")])
def test_of_names_with_a_part_the_one_of_its_kind_is_meant(name, meant):
    terms = {EX + "ontology#": frozenset({"EventDate", "earliestDate"})}
    (sentence,) = told(tuple(tokenize(PREFIXES + f"SELECT * {{ ?s ?p o:{name} }}")), Known(terms))
    assert sentence.endswith(f"did you mean o:{meant}?")


def test_a_number_in_quotation_marks_is_told():
    assert any("the number 90" in sentence for sentence in placed('SELECT * { ?c o:claimant "90" }'))
    assert placed("SELECT * { ?c o:claimant 90 }") == ()


def test_a_label_that_is_compared_without_its_language_is_told():
    (sentence,) = placed('SELECT * { ?c rdfs:label ?l FILTER(?l = "News") }')
    assert sentence.endswith('write STR(?l) = "News".')
    assert placed('SELECT * { ?c rdfs:label ?l FILTER(STR(?l) = "News") }') == ()
    assert placed('SELECT * { ?c dct:issued ?l FILTER(?l = "News") }') == ()


@pytest.mark.parametrize(
    "text",
    [
        "SELECT * { " + " ".join(f"?s schema:p{n} ?o{n} ." for n in range(500)) + " }",
        "SELECT * { VALUES ?x { " + " ".join(f'"{n}"' for n in range(50_000)) + " } ?x rdfs:label ?l }",
        "SELECT * { ?x rdfs:label ?l FILTER(" + " || ".join(['?l = "a"'] * 500) + ") }",
        "SELECT * { " + "SERVICE <http://e/> { " * 500 + "}" * 501,
        "SELECT * { " + "{ ?s ?p ?o FILTER(?o > ?x) " * 60 + "}" * 60 + " ?s ?p ?x }",
        "SELECT * { ?x ?p ?y { " + " ".join(f"FILTER(?x > {n} && ?z{n} < 2) " for n in range(190)) + "} }",
        "SELECT * { ?s ?p ?o " + " ".join(f"OPTIONAL {{ ?s ?p ?o{n} }} ?o{n} ?q ?r ." for n in range(150)) + "}",
        "SELECT * { ?s ?p ?o " + " ".join(f"OPTIONAL {{ ?o{n} ?q ?o{n + 1} }}" for n in range(250)) + "}",
        "SELECT * { "
        + " ".join(f"?s ?p ?{'a' * (n % 38)}b{'a' * (37 - n % 38)}{n % 20} ." for n in range(400))
        + "}",
        "SELECT * { " + " ".join(f"?{'ab' * 18}{n:03} ?p ?o ." for n in range(499)) + "}",
        "SELECT * { ?s rdfs:label ?l FILTER(" + " || ".join(f'CONTAINS(?l, "TERM {n}")' for n in range(240)) + ") }",
        "SELECT * { " + " ".join(f'?s p1:term1{n} "term{n} {n}" .' for n in range(399)) + "}",
        "SELECT * { ?s p1:term11 ?x FILTER(" + " || ".join(f'CONTAINS(?x, "{n}")' for n in range(240)) + ") }",
        "SELECT * { ?s ?p ?x FILTER(" + " || ".join(f'LANG(?x) = "x{n}"' for n in range(270)) + ") }",
        "SELECT * { ?s ?p " + "[ ?p " * 60 + "?o" + " ] " * 60 + "}",
        "SELECT * { " + " ".join(f"?s ?p p2:other{n} ." for n in range(400)) + "}",
    ],
    ids=[
        *("properties", "strings", "comparisons", "services", "braces", "conditions", "optionals", "chain"),
        *("alike", "numbered", "searches", "texts", "things", "languages", "brackets", "resources"),
    ],
)
def test_a_long_query_is_looked_over_once(text):
    many = {f"http://e/{n}#": frozenset(f"term{n}{m}" for m in range(1_000)) for n in range(20)}
    prefixes = KNOWN_PREFIXES | {f"p{n}": namespace for n, namespace in enumerate(many)}
    tokens = tuple(tokenize(text))
    began = time.process_time()
    known = Known(
        prefixes=prefixes,
        resources={"http://e/2#": many["http://e/2#"]},
        described=DATA | many,
        values={f"http://e/1#{name}": frozenset() for name in many["http://e/1#"]},
        labels={f"term {n} of {n * 7}": frozenset({f"http://e/2#term2{n}"}) for n in range(50_000)},
        languages=frozenset({"en"}),
    )
    sentences = told(tokens, known)
    assert time.process_time() - began < 2
    assert len(sentences) <= 2 * MOST + 1


# Names that are no longer used


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("SELECT * { ?s o:old ?v }", ("o:old is called o:share now.",)),
        (f"SELECT * {{ ?s <{EX}ontology#old> ?v FILTER(?v = o:older) }}", 2),
        ("SELECT * { ?s o:old ?v . ?v o:old ?w }", ("o:old is called o:share now.",)),
        ("SELECT * { ?s o:share ?v }", ()),
        ("SELECT * { ?s o:split ?v }", ("o:split is called o:actor or o:share now.",)),
        ("SELECT * { ?s a o:Loan }", ("o:Loan is called otherwise now: write o:kind o:loan.",)),
    ],
)
def test_a_name_that_is_no_longer_used_is_told_with_the_new_one(text, sentences):
    space = EX + "ontology#"
    new = {"old": ["share"], "older": ["Claim"], "split": ["share", "actor"]}
    words = {space + "Loan": frozenset({"write o:kind o:loan."})}
    known = Known(
        {space: frozenset({"share", "actor", "Claim"})},
        prefixes={"o": space},
        renamed={space + old: frozenset(space + name for name in names) for old, names in new.items()} | words,
    )
    found = told(tuple(tokenize(f"PREFIX o: <{space}> {text}")), known)
    assert found == sentences if isinstance(sentences, tuple) else len(found) == sentences
