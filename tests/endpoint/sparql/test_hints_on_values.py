"""Hints on values of another kind than a query takes them for: things, texts, languages, capital letters."""

from __future__ import annotations

import pytest

from lodeclaim.endpoint.sparql.hints import Known, told
from lodeclaim.endpoint.sparql.tokens import tokenize
from lodeclaim.endpoint.vocabularies import RDF, USUAL, XSD

EX = "http://example.org/"
LABEL = USUAL["rdfs"] + "label"
KNOWN = Known(
    terms={
        EX + "terms#": frozenset({"Mineral", "State", "mineral", "about", "note", "share", "size", "in", "Count"})
    },
    resources={
        EX + "mineral/": frozenset({"li", "co"}),
        EX + "state/": frozenset({"chn"}),
        EX + "place/": frozenset({"paris"}),
    },
    prefixes={"t": EX + "terms#", "m": EX + "mineral/", "s": EX + "state/", "p": EX + "place/", **USUAL},
    values={
        EX + "terms#mineral": frozenset(),
        EX + "terms#about": frozenset(),
        EX + "terms#in": frozenset(),
        EX + "terms#note": frozenset({XSD.string}),
        EX + "terms#share": frozenset({XSD.decimal, XSD.string}),
        EX + "terms#size": frozenset({XSD.integer}),
        LABEL: frozenset({RDF.langString}),
    },
    value_spaces={EX + "terms#mineral": frozenset({EX + "mineral/"}), EX + "terms#in": frozenset({EX + "state/"})},
    labels={
        "lithium": frozenset({EX + "mineral/li"}),
        "Rare earths": frozenset({EX + "mineral/re"}),
        "China": frozenset({EX + "state/chn"}),
        "state": frozenset({EX + "terms#State"}),
        "share": frozenset({EX + "terms#share"}),
        "Paris": frozenset({EX + f"mineral/paris-{n}" for n in range(9)}),
        "Union": frozenset({EX + "state/union", EX + "place/union"}),
        "Alloy": frozenset({EX + "mineral/alloy", EX + "mineral/mix"}),
    },
    other_labels={
        "country": frozenset({EX + "terms#State"}),
        "REE": frozenset({EX + "mineral/re"}),
        "Peking": frozenset({EX + "state/chn"}),
    },
    languages=frozenset({"en", "de-ch"}),
)


def hints(text: str, known: Known = KNOWN) -> tuple[str, ...]:
    return told(tuple(tokenize(text)), known)


TOLD = {
    # A thing is searched as text.
    'SELECT * { ?m a t:Mineral FILTER CONTAINS(?m, "lith") }': (
        'CONTAINS takes text, and ?m is a thing: write CONTAINS(STR(?m), "lith") for its IRI, or '
        '?m rdfs:label ?text FILTER(CONTAINS(?text, "lith")).'
    ),
    'ASK { ?c t:mineral ?m FILTER(REGEX(?m, "lith", "i")) }': 'write REGEX(STR(?m), "lith", "i") for its IRI',
    'SELECT * { ?c t:size 1 ; t:about/t:mineral $m FILTER STRSTARTS($m, "x") }': "STRSTARTS takes text, and $m is",
    'SELECT * { ?c t:mineral [ t:about ?m ] FILTER(STRENDS(?m, "x") || ?m = t:State) }': "STRENDS takes text",
    'SELECT * { ?s ?p ?o FILTER(CONTAINS(?p, "label")) }': 'write CONTAINS(STR(?p), "label") for its IRI',
    "SELECT (LCASE(?m) AS ?name) { ?c t:mineral ?m }": "LCASE takes text, and ?m is a thing: write LCASE(STR(?m))",
    'DESCRIBE ?m { { SELECT * { ?m t:size ?n FILTER(CONTAINS(?m, "x")) } } }': "CONTAINS takes text",
    # A sum of texts, or of things.
    "SELECT (SUM(?v) AS ?n) { ?c t:note ?v }": "SUM adds numbers, and t:note has none, but xsd:string: take a",
    "SELECT (AVG(DISTINCT ?v) AS ?n) { ?c t:about/rdfs:label ?v }": "but rdf:langString: take a property of numbers.",
    "SELECT (SUM(?m) AS ?n) { ?c t:mineral ?m }": "SUM adds numbers, and ?m is a thing: write COUNT(?m) to count.",
    "SELECT ?c { ?c t:note ?v } GROUP BY ?c HAVING(SUM(?v) > 3)": "SUM adds numbers",
    # A text where a thing is.
    'SELECT * { ?c t:mineral "lithium" }': '"lithium" is text, and t:mineral leads to things; did you mean m:li?',
    'SELECT * { ?c t:mineral "Lithium"@en }': "did you mean m:li?",
    'SELECT * { ?c t:size ?n ; t:about/t:mineral "RARE EARTHS" }': "did you mean m:re?",
    'CONSTRUCT { ?c t:size 1 } { ?c t:mineral "lithuim" }': "did you mean m:li?",
    'SELECT * { ?c t:about "Union" }': "did you mean p:union or s:union?",
    'SELECT * { ?c t:in "Union" }': "did you mean s:union?",
    'SELECT * { ?c t:mineral "Union" }': "write t:mineral ?x . ?x rdfs:label ?label",
    'SELECT * { ?c t:mineral "alloy" }': "did you mean m:alloy or m:mix?",
    'SELECT * { ?c t:mineral "ree" }': "did you mean m:re?",
    'SELECT * { ?c a "State" }': '"State" is text, and `a` leads to classes; did you mean t:State?',
    'SELECT * { ?c t:mineral "m:li" }': "did you mean m:li?",
    'SELECT * { ?c t:mineral "http://example.org/mineral/li" }': "did you mean <http://example.org/mineral/li>?",
    'SELECT * { ?c t:mineral "unobtainium" }': (
        'things: write t:mineral ?x . ?x rdfs:label ?label FILTER(CONTAINS(LCASE(?label), "unobtainium")).'
    ),
    'SELECT * { ?c t:mineral "Paris" }': "write t:mineral ?x . ?x rdfs:label ?label",
    'SELECT * { ?c t:mineral ?m FILTER(?m = "lithium") }': '"lithium" is text, and ?m is a thing; did you mean m:li?',
    'SELECT * { ?c t:mineral ?m FILTER("China" = ?m) }': "write ?m rdfs:label ?label",
    'SELECT * { ?c t:mineral ?m FILTER(?m IN ("lithium", "zinc")) }': "?m is a thing; did you mean m:li?",
    'SELECT * { VALUES ?m { "lithium" "zinc" } ?c t:mineral ?m }': "?m is a thing; did you mean m:li?",
    'SELECT * { ?m t:size 1 FILTER("zinc" != ?m) }': 'write ?m rdfs:label ?label FILTER(STR(?label) != "zinc").',
    # Capital letters.
    'SELECT * { ?m rdfs:label ?l FILTER(CONTAINS(?l, "LITHIUM")) }': (
        'No label has "LITHIUM" in these letters, capital or small: write CONTAINS(LCASE(?l), "lithium").'
    ),
    'SELECT * { ?c t:about/rdfs:label ?l FILTER(STRSTARTS(STR(?l), "Lith")) }': 'write STRSTARTS(LCASE(?l), "lith")',
    'SELECT * { ?m rdfs:label ?l FILTER REGEX(?l, "rare Earth") }': 'write REGEX(?l, "rare Earth", "i").',
    'SELECT * { ?m rdfs:label "china"@en }': 'No label is written "china"; did you mean "China"?',
    'SELECT * { ?m rdfs:label ?l FILTER(STR(?l) = "Lithium") }': 'did you mean "lithium"?',
    # Languages.
    'SELECT * { ?m rdfs:label ?l FILTER(LANG(?l) = "eng") }': 'write "en" for "eng".',
    'SELECT * { ?m rdfs:label ?l FILTER("deu" = LANG(?l)) }': 'write "de" for "deu".',
    'SELECT * { ?m rdfs:label ?l FILTER LANGMATCHES(LANG(?l), "English") }': 'write "en" for "English".',
    "ASK { ?m rdfs:label ?l FILTER(LANG(?l) IN ('eng', 'de-ch')) }": "write \"en\" for 'eng'.",
    'SELECT * { ?m rdfs:label ?l FILTER(LANG(?l) = "en_US") }': 'write "en-US".',
    'SELECT * { ?m rdfs:label ?l FILTER(LANG(?l) = "EN") }': 'write LANGMATCHES(LANG(...), "EN") for = "EN".',
    'SELECT * { ?m rdfs:label ?l FILTER(LANG(?l) = "en-us") }': 'no text in "en-us", but in "de-ch", "en".',
    'SELECT * { ?m rdfs:label ?l FILTER LANGMATCHES(LANG(?l), "fr") }': 'The data has no text in "fr"',
    'SELECT * { ?m rdfs:label ?l FILTER(LANG(?l) = "de") }': 'The data has no text in "de"',
    'SELECT * { ?m t:note "x"@eng }': "write @en for @eng.",
    # Names that are called otherwise.
    "SELECT * { ?c t:about p:china }": "Nothing is said of p:china; did you mean s:chn?",
    "DESCRIBE m:Rare-Earths": "Nothing is said of m:Rare-Earths; did you mean m:re?",
    "ASK { m:ree ?p ?o }": "did you mean m:re?",
    "SELECT * { ?c t:in s:china }": "did you mean s:chn?",
    "SELECT * { ?c t:in p:china }": "did you mean s:chn?",
    "SELECT * { ?c t:mineral p:china }": "Nothing is said of p:china.",
    "SELECT * { ?c t:about p:peking }": "Nothing is said of p:peking.",
    "SELECT * { ?c t:about s:peking }": "did you mean s:chn?",
    f"DESCRIBE <{EX}place/china>": "did you mean s:chn?",
    "SELECT * { ?c a t:Country }": "t:Country is no term of the ontology; did you mean t:State?",
}
UNTOLD = (
    'SELECT * { ?m a t:Mineral FILTER CONTAINS(STR(?m), "lith") }',
    'SELECT * { ?m rdfs:label ?l FILTER CONTAINS(?l, "lith") }',
    'SELECT * { ?m rdfs:label ?l FILTER CONTAINS(LCASE(?l), "lith") }',
    'SELECT * { ?m rdfs:label ?l FILTER REGEX(?l, "LITH", "i") }',
    'SELECT * { ?m rdfs:label ?l FILTER REGEX(?l, "^Lith.*") }',
    'SELECT * { ?m rdfs:label ?l FILTER CONTAINS(?l, "ZINC") }',
    'SELECT * { ?m t:note ?l FILTER CONTAINS(?l, "LITHIUM") }',
    'SELECT * { ?x ^t:note ?l FILTER CONTAINS(?x, "a") }',
    'SELECT * { ?x t:about*/t:note ?l FILTER CONTAINS(?x, "a") }',
    'SELECT * { ?c t:unknown ?x FILTER CONTAINS(?x, "a") }',
    'SELECT * { ?c t:mineral|t:note ?x FILTER CONTAINS(?x, "a") }',
    'SELECT * { SERVICE <urn:s> { ?c t:mineral ?x FILTER CONTAINS(?x, "a") } }',
    'SELECT * { { ?c t:mineral ?x } UNION { ?c t:note ?x FILTER CONTAINS(?x, "a") } }',
    "SELECT (SUM(?v) AS ?n) { ?c t:size ?v }",
    "SELECT (SUM(?v) AS ?n) { ?c t:share ?v }",
    "SELECT (SUM(xsd:decimal(?v)) AS ?n) { ?c t:note ?v }",
    "SELECT (COUNT(?m) AS ?n) (MAX(?v) AS ?x) { ?c t:mineral ?m ; t:note ?v }",
    'SELECT * { ?c t:note "lithium" }',
    'SELECT * { VALUES ?l { "lithium" } ?c t:mineral/rdfs:label ?m FILTER(STR(?m) = ?l) }',
    'SELECT * { ?c t:unheard ?m FILTER(?m = "lithium") }',
    'SELECT * { ?c t:mineral ?m FILTER(STR(?m) = "lithium") }',
    'CONSTRUCT { ?c t:mineral "lithium" } { ?c t:note ?n }',
    'SELECT * { ?m rdfs:label "China"@en }',
    'SELECT * { ?m rdfs:label ?l FILTER(LANG(?l) = "en" || LANG(?l) = "") }',
    'SELECT * { ?m rdfs:label ?l FILTER LANGMATCHES(LANG(?l), "*") }',
    'SELECT * { ?m rdfs:label ?l FILTER LANGMATCHES(LANG(?l), "DE") }',
    'SELECT * { ?m rdfs:label ?l FILTER(LANG(?l) != "fr") }',
    'SELECT * { ?m rdfs:label ?l FILTER(LANG(?l) IN ("en", "fr")) }',
    'SELECT * { VALUES ?l { "a"@fr } FILTER(LANG(?l) = "fr") }',
    'SELECT * { BIND(STRLANG("a", "fr") AS ?l) FILTER(LANG(?l) = "fr") }',
)


@pytest.mark.parametrize("text", TOLD)
def test_a_value_of_another_kind_is_told(text):
    (sentence,) = [each for each in hints(text) if "t:unknown" not in each]
    assert TOLD[text] in sentence


@pytest.mark.parametrize("text", UNTOLD)
def test_a_value_of_its_kind_is_not_told(text):
    assert [each for each in hints(text) if "no term of the ontology" not in each] == []


def test_of_data_that_tells_nothing_only_the_places_are_known():
    nothing = Known(prefixes=KNOWN.prefixes)
    assert len(hints('SELECT * { ?m a t:Mineral FILTER CONTAINS(?m, "lith") }', nothing)) == 1
    assert hints('SELECT * { ?c t:mineral "lithium" FILTER(LANG(?c) = "fr") }', nothing) == ()
    assert hints('SELECT * { ?c rdfs:label ?l FILTER(CONTAINS(?l, "LITHIUM")) }', nothing) == ()


def test_a_country_is_no_count():
    known = Known(terms={EX + "terms#": frozenset({"Count", "Claim"})}, prefixes=KNOWN.prefixes)
    assert hints("SELECT * { ?c a t:Country }", known) == ("t:Country is no term of the ontology.",)
    assert hints("SELECT * { ?c a t:Counts }", known)[0].endswith("did you mean t:Count?")
    assert hints("SELECT * { ?c a t:Claims }", known)[0].endswith("did you mean t:Claim?")


def test_a_sentence_is_one_short_line():
    text = 'SELECT * { ?c rdfs:label """a\nb""" ; t:mineral """c\r\nd""", "%s" }' % ("e" * 10_000)
    sentences = hints(text)
    assert len(sentences) == 3
    assert all(sentence.isprintable() and len(sentence) <= 300 for sentence in sentences)
