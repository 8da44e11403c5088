"""Parameters of queries: how a head declares them, what text a query keeps, and which values become terms."""

from __future__ import annotations

import re

import pyoxigraph as ox
import pytest

from lodeclaim.endpoint.catalogue import parameters, values
from lodeclaim.endpoint.catalogue.parameters import LANG_STRING, Parameter, Type
from lodeclaim.endpoint.catalogue.values import ParameterError
from lodeclaim.endpoint.engines.engine import EmbeddedEngine, Query, Term
from lodeclaim.endpoint.errors import QueryError
from lodeclaim.namespaces import LC, PREFIXES
from support.hostile_values import HOSTILE, UNHOLDABLE
from support.paths import ROOT

XSD = PREFIXES["xsd"]
FILES = sorted((ROOT / "data/queries").glob("*.rq"))


# What somebody would send to break out of a term, whatever it is written into.
def head(*lines: str, where: str = "VALUES ?topic { topic:cobalt }", select: str = "?topic ?s") -> str:
    comment = "\n".join(f"# {line}" for line in ("Which?", *lines))
    return f"{comment}\n\nSELECT {select} WHERE {{ {where} ?s lc:topic ?topic }}\n"


def test_head_says_what_is_asked_and_what_is_taken() -> None:
    found = parameters.read(
        head(
            "Notes on it.",
            "Group: Things",
            "Parameter ?topic (lc:Topic): what it is about.",
            "Parameter ?words (string@en-GB, required): some words.",
            where="VALUES ?topic { topic:cobalt } VALUES ?words { UNDEF } ?s lc:gloss ?words .",
            select="*",
        ),
        PREFIXES,
    )
    assert (found.comment, found.group) == ("Which? Notes on it.", "Things")
    assert found.parameters == (
        Parameter(
            "topic",
            Type(of_class=LC.Topic),
            "what it is about.",
            False,
            Term(PREFIXES["topic"] + "cobalt", "iri"),
        ),
        Parameter("words", Type(LANG_STRING, "en-gb"), "some words.", True, None),
    )


@pytest.mark.parametrize(
    ("clause", "type", "default"),
    [
        ('"it\'s } \\"so\\""', "string", Term('it\'s } "so"', "literal")),
        ('"ja"@de', "string@de", Term("ja", "literal", None, "de")),
        ("5", "integer", Term("5", "literal", XSD + "integer")),
        ("-5.5", "decimal", Term("-5.5", "literal", XSD + "decimal")),
        ('"2026-02-04"^^xsd:date', "date", Term("2026-02-04", "literal", XSD + "date")),
        ("true", "boolean", Term("true", "literal", XSD + "boolean")),
        ("<https://example.org/>", "IRI", Term("https://example.org/", "iri")),
        ("topic:cobalt", "<https://example.org/Thing>", Term(PREFIXES["topic"] + "cobalt", "iri")),
        ("UNDEF", "IRI", None),
    ],
)
def test_default_is_the_term_in_the_clause(clause, type, default) -> None:
    text = head(f"Parameter ?topic ({type}): any.", where=f"VALUES ?topic {{ {clause} }}")
    assert parameters.read(text, PREFIXES).parameters[0].default == default


def test_prefixes_of_the_query_itself_make_its_default() -> None:
    head = "# Which?\n# Parameter ?x (IRI): any.\n"
    text = head + "PREFIX my: <https://example.org/>\nSELECT ?x { VALUES ?x { my:own } }\n"
    assert parameters.read(text, PREFIXES).parameters[0].default == Term("https://example.org/own", "iri")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (head("Parameter topic (lc:Topic): without its mark."), "declares no parameter"),
        (head("Parameter ?topic: without a type."), "declares no parameter"),
        (head("Parameter ?topic (lc:Topic, optional): another word."), "declares no parameter"),
        (head("Parameter ?topic (Topic): a type without a prefix."), "no type"),
        (head("Parameter ?topic (unknown:Topic): a prefix that is not ours."), "no type"),
        (head("Parameter ?format (string): a name of the protocol."), "taken by the protocol"),
        (head("Parameter ?s (IRI): without a clause."), "no VALUES clause"),
        (head("Parameter ?topic (IRI): two.", where="VALUES ?topic { UNDEF } VALUES ?topic { UNDEF }"), "several"),
        (head("Parameter ?topic (IRI): two terms.", where="VALUES ?topic { <a:b> <c:d> }"), "no VALUES clause"),
        (
            head("Parameter ?topic (IRI): in words only.", where='FILTER("VALUES ?topic { UNDEF }" != "")'),
            "no VALUES",
        ),
        (head("Parameter ?topic (integer): of another type."), "not of its type"),
        (head("Parameter ?topic (lc:Topic, required): with a default."), "required, and has a default"),
        (head("Parameter ?topic (lc:Topic): no column.", select="?s"), "no column of the SELECT"),
        (head(*["Parameter ?topic (lc:Topic): twice."] * 2), "twice"),
    ],
)
def test_bad_declaration_is_an_error_that_says_so(text, found) -> None:
    with pytest.raises(QueryError, match=re.escape(found)):
        parameters.read(text, PREFIXES)


def test_only_the_clause_goes_and_the_lines_keep_their_numbers() -> None:
    text = head(
        "Parameter ?topic (lc:Topic): any.", where='# VALUES ?topic { "no" }\nVALUES ?topic {\n topic:cobalt }\n'
    )
    left = parameters.replace(text, {"topic": ""})
    assert left.count("\n") == text.count("\n")
    assert "topic:cobalt" not in left
    assert '# VALUES ?topic { "no" }' in left
    assert parameters.replace(text, {"other": ""}) == text


def test_optional_goes_with_the_clause_that_it_holds_and_stays_with_another() -> None:
    text = "SELECT ?x { OPTIONAL { VALUES ?x { 1.5 } } OPTIONAL { VALUES ?y { 2 } ?s ?p ?y } }"
    assert parameters.replace(text, {"x": "", "y": ""}) == "SELECT ?x {  OPTIONAL {  ?s ?p ?y } }"
    assert parameters.replace(text, {"x": "VALUES ?x { 2.5 }"}) == text.replace("1.5", "2.5")


def parameter(type: Type) -> Parameter:
    return Parameter("x", type, "any")


@pytest.mark.parametrize(
    ("type", "written", "value"),
    [
        ("integer", "007", "7"),
        ("integer", "-0", "0"),
        ("integer", "+12", "12"),
        ("decimal", "46.50", "46.5"),
        ("decimal", "70.0", "70"),
        ("decimal", ".5", "0.5"),
        ("decimal", "-1000", "-1000"),
        ("date", "2024-02-29", "2024-02-29"),
        ("boolean", "1", "true"),
        ("boolean", "false", "false"),
        ("string", "", ""),
        ("string", "\u0663 } \U0001f600", "\u0663 } \U0001f600"),
    ],
)
def test_value_gets_its_canonical_form(type, written, value) -> None:
    datatype = XSD + type
    expected = Term(value, "literal", None if type == "string" else datatype)
    assert values.term(parameter(Type(datatype)), written, PREFIXES) == expected


@pytest.mark.parametrize(
    ("written", "iri"),
    [
        ("topic:cobalt", PREFIXES["topic"] + "cobalt"),
        ("https://example.org/a#b", "https://example.org/a#b"),
        ("urn:isbn:1", "urn:isbn:1"),
        ("https://example.org/%3E", "https://example.org/%3E"),
        ("https://example.org/\u00fc", "https://example.org/\u00fc"),
    ],
)
def test_iri_is_written_in_full_or_with_a_prefix_of_ours(written, iri) -> None:
    assert values.term(parameter(Type()), written, PREFIXES) == Term(iri, "iri")


TYPES = [Type(XSD + name) for name in ("integer", "decimal", "date", "boolean")] + [Type()]


@pytest.mark.parametrize("type", TYPES, ids=lambda type: type.datatype or "IRI")
@pytest.mark.parametrize("value", [*HOSTILE, *UNHOLDABLE, ""], ids=ascii)
def test_hostile_value_of_a_strict_type_is_refused(type, value) -> None:
    # A plain number is what it says, whatever else it was meant for.
    with pytest.raises(ParameterError) as caught:
        values.term(parameter(type), value, PREFIXES)
    assert caught.value.parameter == "x"
    assert str(caught.value).isprintable()


@pytest.mark.parametrize("type", [Type(XSD + "string"), Type(LANG_STRING, "en")], ids=["string", "string@en"])
@pytest.mark.parametrize("value", HOSTILE, ids=ascii)
def test_hostile_string_is_a_literal_and_nothing_else(type, value) -> None:
    term = values.term(parameter(type), value, PREFIXES)
    assert (term.value, term.kind) == (value, "literal")
    text = "SELECT ?x ?s WHERE { VALUES ?x { UNDEF } OPTIONAL { ?s ?p ?x } }"
    store = ox.Store()
    secret = ox.NamedNode("urn:secret")
    store.add(ox.Quad(secret, secret, secret, secret))
    engine = EmbeddedEngine(store)
    bound = Query(parameters.replace(text, {"x": ""}), bindings={"x": term})
    serialised = Query(parameters.with_values(text, {"x": term}))
    assert engine.select(bound).rows == [(term, None)]
    assert engine.select(serialised).rows == [(term, None)]


@pytest.mark.parametrize("value", UNHOLDABLE, ids=ascii)
def test_string_that_a_result_cannot_hold_is_refused(value) -> None:
    with pytest.raises(ParameterError) as caught:
        values.term(parameter(Type(XSD + "string")), value, PREFIXES)
    assert str(caught.value).isprintable()


def test_long_value_is_refused_and_not_repeated_at_length() -> None:
    with pytest.raises(ParameterError, match="2000 are allowed") as caught:
        values.term(parameter(Type(XSD + "string")), "x" * 2_001, PREFIXES)
    assert len(str(caught.value)) < 200


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_query_of_the_catalogue_has_a_group(path) -> None:
    assert parameters.read(path.read_text(encoding="utf-8"), PREFIXES).group


def test_at_least_ten_queries_take_parameters_of_most_types() -> None:
    taken = [parameters.read(path.read_text(encoding="utf-8"), PREFIXES).parameters for path in FILES]
    assert sum(bool(found) for found in taken) >= 10
    kinds = {p.type.datatype or ("class" if p.type.of_class else "IRI") for found in taken for p in found}
    assert kinds == {"class", "IRI", *(XSD + name for name in ("string", "integer", "decimal", "date", "boolean"))}
