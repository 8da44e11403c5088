"""The guard: what SPARQL 1.1 allows passes, and what must not reach a parser or the network does not."""

from __future__ import annotations

import pytest

from lodeclaim.endpoint.engines.update import check_well_formed
from lodeclaim.endpoint.errors import QueryError
from lodeclaim.endpoint.sparql.guard import Form, TextLimits, check, check_update
from lodeclaim.endpoint.sparql.tokens import Position, QueryTextError, tokenize

HARMLESS = {
    "short string": 'SELECT * { ?s ?p "SERVICE <x> {}" }',
    "single quotes": "SELECT * { ?s ?p 'LOAD <x>' }",
    "long string": 'SELECT * { ?s ?p """a "quoted" SERVICE\n<x> {} # """ }',
    "long single quotes": "SELECT * { ?s ?p '''it''s SERVICE\n <x> {}''' }",
    "empty strings": """SELECT * { VALUES ?x { "" '' } }""",
    "escaped quote": r'SELECT * { ?s ?p "a \" SERVICE <x> {} \\" }',
    "escaped code point": r'SELECT * { ?s ?p "\u0022 SERVICE \U0001F600" }',
    "iri": "SELECT * { ?s ?p <http://example.org/SERVICE#LOAD> }",
    "iri in collection": "SELECT * { ?s ?p (<http://a/x#SERVICE> <http://a/y#(z)> <urn:x:y-z>) }",
    "comment": "SELECT * { # SERVICE <x> { ((((\n ?s ?p ?o }",
    "comment, carriage return": "SELECT * { # SERVICE\r ?s ?p ?o }",
    "variable": "SELECT ?SERVICE $load { ?SERVICE ?p $load }",
    "prefixed name": "PREFIX ex: <http://a/> SELECT * { ex:SERVICE ex:service ex:LOAD }",
    "prefix": "PREFIX service: <http://a/> SELECT * { service:a service:b ?o }",
    "graph name": "PREFIX ex: <http://a/> SELECT * { GRAPH ex:service { ?s ?p ?o } }",
    "escapes in a name": r"PREFIX ex: <http://a/> SELECT * { ?s ?p ex:a\(b\#c%20d.e }",
    "blank node label": "SELECT * { _:SERVICE ?p ?o }",
    "language": 'SELECT * { ?s ?p "x"@service }',
    "prefix named from": "PREFIX from: <http://a/> SELECT * { ?s from:b ?o }",
    "comparisons": "SELECT * { ?s ?p ?o FILTER(?s < ?p && ?o > 1 || ?s <= <http://a/b#c>) }",
    "lower case": "select (count(*) as ?n) where { ?s a ?o } group by ?s having (count(*) > 1)",
    "inverse path": "PREFIX ex: <http://a/> SELECT * { ?s ^ex:a/(ex:b|!ex:c)*/ex:d? ?o }",
    "numbers": "SELECT * { VALUES ?x { 1 1.5 .5 1e5 1.e5 -1 } }",
}


@pytest.mark.parametrize("text", HARMLESS.values(), ids=HARMLESS)
def test_words_are_harmless_where_they_are_no_keywords(text):
    assert check(text).form is Form.SELECT


FETCHING = {
    "plain": "SELECT * { SERVICE <http://127.0.0.1/> { ?s ?p ?o } }",
    "odd case": "SELECT * { sErViCe <http://127.0.0.1/> {} }",
    "comment between": "SELECT * { SERVICE # the other one\n <http://127.0.0.1/> {} }",
    "silent": "SELECT * { SERVICE\tSILENT <http://127.0.0.1/> {} }",
    "variable": "SELECT * { VALUES ?x { <http://127.0.0.1/> } SERVICE ?x {} }",
    "nested": "ASK { OPTIONAL { { SELECT * { SERVICE <x:y> {} } } } }",
    "after a string": 'ASK { ?s ?p "a" SERVICE <x:y> {} }',
    "after an escaped backslash": r'ASK { ?s ?p "a\\" SERVICE <x:y> {} #" }',
    "after a comment's quote": "ASK { # '''\n SERVICE <x:y> {} # '''\n }",
    # What follows the embedded engine's parser reads as SERVICE, although longest match does not.
    "glued to its name": "PREFIX : <http://127.0.0.1/> ASK { SERVICE:x {} }",
    "glued to a keyword": "ASK { SERVICESILENT<http://127.0.0.1/> {} }",
    "glued to a literal": "ASK { ?s ?p trueSERVICE<http://127.0.0.1/> {} }",
    "glued to a number": "ASK { ?s ?p 1SERVICE<http://127.0.0.1/> {} }",
    "behind a name that fails": "PREFIX e: <http://h:> ASK { ?s ?p e:SERVICE <http://127.0.0.1/> {} }",
    "behind a name and more": "PREFIX e: <http://h:> ASK { ?s e:true.SERVICE <http://127.0.0.1/> {} }",
    # And these hide it where longest match sees a string or an IRI, with brackets that fit both readings.
    "behind an unknown escape": 'ASK { VALUES (?a ?b) {("""a" )} SERVICE <x:> {} #\\q""" "")}\n }',
    "behind half a character": 'ASK { VALUES (?a ?b) {("""a" )} SERVICE <x:> {} #\\uD800""" "")}\n }',
    "behind a comparison": 'ASK { FILTER(?a<?b#>"""\n) SERVICE <x:> {} #""")\n }',
    "behind less or equal": 'ASK { FILTER(?a<=?b#>"""\n) SERVICE <x:> {} #""")\n }',
    "behind less than": "PREFIX e: <x:> ASK { FILTER(?o<<e:x#>) SERVICE <x:> {} FILTER(1\n) }",
    "behind a triple term": 'PREFIX : <x:> ASK { <<:s#>"""\n :p :o>> :p :o SERVICE <x:> {} #"""\n }',
}


@pytest.mark.parametrize("text", FETCHING.values(), ids=FETCHING)
def test_no_reading_of_a_query_fetches(text):
    with pytest.raises(QueryError):
        check(text)


def test_the_refusal_of_service_says_where_and_what():
    with pytest.raises(QueryTextError, match="SERVICE is switched off") as refusal:
        check("SELECT *\n{ ?s ?p 'é😀' .\n  service <x> {} }")
    assert refusal.value.position == Position(3, 3)
    assert refusal.value.where == "query, line 3, column 3"
    assert refusal.value.remedy


@pytest.mark.parametrize(
    "word", ["INSERT", "DELETE", "LOAD", "CLEAR", "DROP", "CREATE", "COPY", "MOVE", "ADD", "WITH"]
)
def test_updates_are_refused_as_such(word):
    for text in (
        f"{word} x",
        f"BASE <http://a/> PREFIX a: <b> # {{\n {word.lower()} {{}}",
        f"ASK {{}}; {word}",
    ):
        with pytest.raises(QueryError, match="read-only"):
            check(text)


NESTED = {
    "group": ("{", "}"),
    "expression": ("(", ")"),
    "blank node": ("[ ?p ", "]"),
    "function": ("CONCAT(", ")"),
    "optional": ("OPTIONAL {", "}"),
    "exists": ("FILTER EXISTS {", "}"),
    "not": ("!", ""),
    "minus": ("- ", ""),
    "inverse": ("^", ""),
    "mixed": ("!(", ")"),
}


@pytest.mark.parametrize(("left", "right"), NESTED.values(), ids=NESTED)
@pytest.mark.parametrize("depth", [100, 5_000, 33_000])
def test_deep_nesting_is_refused(left, right, depth):
    with pytest.raises(QueryError, match=r"nesting deeper than 64|bytes|more than"):
        check("ASK {" + left * depth + "1" + right * depth + "}")


def test_depth_is_counted_to_the_limit_and_not_beyond():
    limits = TextLimits(max_depth=3)
    assert check("ASK { ?s ?p ((1)) }", limits)
    assert check("ASK { {} {} [ ?p ( 1 ) ] ?p ( 1 ) }", limits)
    with pytest.raises(QueryError, match="nesting deeper than 3"):
        check("ASK { ?s ?p (((1))) }", limits)


def test_nesting_does_not_hide_in_what_may_be_no_iri():
    with pytest.raises(QueryError, match="comparison"):
        check("ASK { FILTER(?a<" + "(" * 60 + "1" + ")" * 60 + "#>\n) }")


def test_long_chains_are_refused():
    chain = "||".join(["?s"] * 5_000)
    with pytest.raises(QueryError, match="more than 2000"):
        check(f"ASK {{ FILTER({chain}) }}")


FLAT = {
    "insert": "INSERT DATA { %s }",
    "delete": "BASE <x:y> delete data{ %s }",
    "graph": "INSERT DATA { <x:s> <x:p> 1 GRAPH <x:g> { %s } }",
    "second": "CLEAR ALL; INSERT DATA { %s }; CLEAR ALL",
}
NESTING = {
    "pattern": "INSERT { } WHERE { %s }",
    "delete where": "DELETE WHERE { %s }",
    "collection in data": "INSERT DATA { <x:s> <x:p> ( %s ) }",
    "blank node in data": "INSERT DATA { <x:s> <x:p> [ <x:p> %s ] }",
    "group in a collection in data": "INSERT DATA { <x:s> <x:p> ( { %s } ) }",
    "behind data": "INSERT DATA { <x:s> <x:p> 1 } ; DELETE { } WHERE { %s }",
    "graph named data": "PREFIX data: <x:> DELETE { GRAPH data: { %s } } WHERE { }",
    "data of nothing": "DELETE { } WHERE { DATA { %s } }",
}


@pytest.mark.parametrize("text", FLAT.values(), ids=FLAT)
def test_ground_data_may_be_long_because_it_is_flat(text):
    check_update(text % ("<x:s> <x:p> 1 . " * 1_000))
    with pytest.raises(QueryError, match="bytes"):
        check_update(text % ("<x:s> <x:p> 1 . " * 100_000))


@pytest.mark.parametrize("text", NESTING.values(), ids=NESTING)
def test_what_may_nest_may_not_be_long_in_an_update(text):
    with pytest.raises(QueryError, match="more than 2000"):
        check_update(text % ("<x:s> <x:p> 1 . " * 1_000))


LINKS = ["MINUS { } ", "|| 1 ", "{ } UNION ", "OPTIONAL { } ", "BIND ( 1 AS ?x ) ", "( 1 ) "]


@pytest.mark.parametrize("link", LINKS)
def test_a_chain_in_ground_data_is_refused_and_crashes_no_parser(link):
    chain = link * (90_000 // len(link))
    with pytest.raises(QueryError):
        check_well_formed(f"INSERT DATA {{ {chain} }}")
    with pytest.raises(QueryError):
        check_well_formed(f"INSERT DATA {{ <x:s> <x:p> 1 . {chain} }}")


def test_length_is_counted_in_bytes():
    text = "ASK {} #é"
    assert check(text, TextLimits(max_bytes=10))
    with pytest.raises(QueryError, match="10 bytes, and 9 are allowed"):
        check(text, TextLimits(max_bytes=9))


MALFORMED = {
    "nothing": ("", "query"),
    "comment only": ("# ASK {}", "query"),
    "prologue only": ("PREFIX a: <b>", "query"),
    "string to the end of the line": ('ASK { ?s ?p "a\n" }', "line 1, column 13"),
    "long string": ('ASK { ?s ?p """a" }', "line 1, column 13"),
    "unknown escape": (r'ASK { ?s ?p "\q" }', "line 1, column 13"),
    "iri to the end": ("ASK { ?s\n <a", "line 2, column 2"),
    "iri with a space": ("ASK { ?s <a b> ?o }", "line 1, column 10"),
    "unknown word": ("SELCT * {}", "line 1, column 1"),
    "name without a prefix": ("ASK { ?s name ?o }", "line 1, column 10"),
    "not a query": ("{ ?s ?p ?o }", "line 1, column 1"),
    "bracket too many": ("ASK { ) }", "line 1, column 7"),
    "bracket left open": ("ASK { {\n }", "line 2, column 2"),
    "stray character": ("ASK { ?s ?p § }", "line 1, column 13"),
    "half a character": ("ASK { ?s ?p '\ud800' }", "query"),
}


@pytest.mark.parametrize(("text", "place"), MALFORMED.values(), ids=MALFORMED)
def test_malformed_text_is_refused_at_its_place(text, place):
    with pytest.raises(QueryError) as refusal:
        check(text)
    assert refusal.value.where.endswith(place)


def test_a_misspelt_word_is_put_right():
    with pytest.raises(QueryError, match="Did you mean SELECT"):
        check("SELCT * {}")


OUTLINES = {
    "SELECT * {}": (Form.SELECT, False),
    "base <http://a/> prefix a: <#> # ask\n aSk {}": (Form.ASK, False),
    "CONSTRUCT WHERE { ?s ?p ?o }": (Form.CONSTRUCT, False),
    "DESCRIBE<http://a/>": (Form.DESCRIBE, False),
    "SELECT * FROM <http://a/> {}": (Form.SELECT, True),
    "ASK from named<http://a/>{}": (Form.ASK, True),
    "SELECT * { ?from ?p 'FROM' }": (Form.SELECT, False),
}


@pytest.mark.parametrize(("text", "outline"), OUTLINES.items())
def test_the_outline_says_form_and_dataset(text, outline):
    found = check(text)
    assert (found.form, found.has_dataset) == outline


def test_a_glued_from_is_not_overlooked():
    with pytest.raises(QueryError, match="space after FROM"):
        check("PREFIX : <http://a/> SELECT * FROM:g {}")


def test_tokens_are_those_of_the_grammar():
    text = """ex:a.b. ?x_1 "a"@en-GB '''b'c'''^^<d> _:e.f -1.5e-3 a\\<= """.replace("\\", " ")
    assert [(token.kind, token.text) for token in tokenize(text)] == [
        ("name", "ex:a.b"),
        ("mark", "."),
        ("variable", "?x_1"),
        ("string", '"a"'),
        ("language", "@en-GB"),
        ("string", "'''b'c'''"),
        ("mark", "^^"),
        ("iri", "<d>"),
        ("blank", "_:e.f"),
        ("mark", "-"),
        ("number", "1.5e-3"),
        ("word", "a"),
        ("mark", "<="),
    ]


@pytest.mark.parametrize(
    ("text", "tokens"),
    {
        "@en-?x": ["@en", "-", "?x"],
        "@en--ltr": ["@en--ltr"],
        ":a..?x": [":a", ".", ".", "?x"],
        ":a%41?x": [":a%41", "?x"],
        "_:b..?x": ["_:b", ".", ".", "?x"],
        ":a.-.?x": [":a.-", ".", "?x"],
        "''?x": ["''", "?x"],
        '"a\\u0041"?x': ['"a\\u0041"', "?x"],
    }.items(),
)
def test_a_token_ends_where_the_grammar_has_it_whatever_follows(text, tokens):
    """Python before 3.11.5 keeps what a failed round of a possessive repetition has taken (gh-106052)."""
    assert [token.text for token in tokenize(text)] == tokens


@pytest.mark.parametrize("text", ["'a\\u'", "<a\\u>", ":a%4", ":a.%4", ":a\\"])
def test_half_an_escape_is_no_part_of_a_token(text):
    with pytest.raises(QueryTextError):
        list(tokenize(text))
