"""The templates of each kind of query, and what is drawn for their places.

Most ask one function of every value of one property, so that one query tells of some thirty arguments.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from itertools import product

from support.departures.nested import nested
from support.departures.question import Question

PROPERTIES = ("number", "flag", "time", "text", "thing")


def _drawn(draw: random.Random, most: int, *parts: tuple[str, ...]) -> list[tuple[str, ...]]:
    """Return that many combinations of one of each part, in which every member of each part occurs if it can."""
    everything = list(product(*parts))
    draw.shuffle(everything)
    wanted = [{*part} for part in parts]
    first = []
    for combination in everything:
        if not any(wanted):
            break
        if any(member in missing for member, missing in zip(combination, wanted, strict=True)):
            first.append(combination)
            for member, missing in zip(combination, wanted, strict=True):
                missing.discard(member)
    taken = set(first)
    return [*first, *(found for found in everything if found not in taken)][: max(most, len(first))]


def _of(expression: str, name: str) -> str:
    return f"SELECT ?s ({expression} AS ?r) {{ ?s p:{name} ?a }}"


def _filtered(condition: str, name: str) -> str:
    return f"SELECT ?s {{ ?s p:{name} ?a FILTER({condition}) }}"


Drawn = Callable[[str, random.Random], Iterator[Question]]

_UNARY_STRINGS = (
    "STR",
    "STRLEN",
    "UCASE",
    "LCASE",
    "ENCODE_FOR_URI",
    "MD5",
    "SHA256",
    "IRI",
    "isLITERAL",
    "DATATYPE",
)
_BINARY_STRINGS = ("CONTAINS", "STRSTARTS", "STRENDS", "STRBEFORE", "STRAFTER", "CONCAT", "STRLANG")
_ARGUMENTS = ('""', '"i"', '"e"@en', '"N"@EN', '"N"@en-gb', '"el"^^xsd:string', '"ß"', "1", '"en-GB"', '"de"', '"😀"')
_PLACES = (
    "0",
    "1",
    "2",
    "-1",
    "3, 2",
    "0, 3",
    "-1, 4",
    "1, 0",
    "1, -1",
    "2, 100",
    "1.5",
    "1.5, 2.6",
    "2e0",
    "2, 1e0",
)


def _strings(kind: str, draw: random.Random) -> Iterator[Question]:
    for function, name in _drawn(draw, 14, _UNARY_STRINGS, PROPERTIES):
        yield Question(kind, _of(f"{function}(?a)", name))
    for function, argument, name in _drawn(draw, 14, _BINARY_STRINGS, _ARGUMENTS, ("text", "text", "thing")):
        yield Question(kind, _of(f"{function}(?a, {argument})", name))
    for (places,) in _drawn(draw, 14, _PLACES):
        yield Question(kind, _of(f"SUBSTR(?a, {places})", "text"))


def _numbers(kind: str, draw: random.Random) -> Iterator[Question]:
    functions = (
        "ABS(?a)",
        "CEIL(?a)",
        "FLOOR(?a)",
        "ROUND(?a)",
        "isNUMERIC(?a)",
        "-?a",
        "+?a",
        "STR(?a)",
        "DATATYPE(?a)",
    )
    for function, name in _drawn(draw, 20, functions, ("number", "number", "flag", "text", "time")):
        yield Question(kind, _of(function, name))
    for constant in ("2.5", "-2.5", "-0.5", "0.5e0", "-2.5e0", "-0.5e0", "-0.0", "'-0.4'^^xsd:float"):
        yield Question(
            kind,
            f"SELECT (ROUND(?a) AS ?r) (CEIL(?a) AS ?c) (FLOOR(?a) AS ?f) {{ BIND({constant} AS ?a) }}",
        )


_OPERANDS = (
    "0",
    "-1",
    "2",
    "3",
    "0.0",
    "0.1",
    "1e0",
    "0e0",
    "-0e0",
    "9223372036854775807",
    "9223372036854775808",
    "'1.5'^^xsd:float",
    "'2'^^xsd:byte",
)


def _arithmetic(kind: str, draw: random.Random) -> Iterator[Question]:
    for operator, operand in _drawn(draw, 22, ("+", "-", "*", "/"), _OPERANDS):
        yield Question(kind, _of(f"?a {operator} {operand}", "number"))
    for operator, operand in _drawn(draw, 22, ("=", "!=", "<", "<=", ">", ">="), _OPERANDS):
        yield Question(kind, _filtered(f"?a {operator} {operand}", "number"))


def _times(kind: str, draw: random.Random) -> Iterator[Question]:
    functions = ("YEAR", "MONTH", "DAY", "HOURS", "MINUTES", "SECONDS", "TIMEZONE", "TZ", "STR", "DATATYPE")
    for function, name in _drawn(draw, 12, functions, ("time",)):
        yield Question(kind, _of(f"{function}(?a)", name))
    for function in functions[:8]:
        yield Question(kind, _of(f"{function}(?a)", draw.choice(("text", "number", "thing"))))
    moments = (
        "2021-03-04T05:06:07",
        "2021-03-04T05:06:07Z",
        "2021-03-05T00:00:00Z",
        "2021-03-04T05:06:07.89Z",
        "2021-03-04T12:00:00",
    )
    for operator, moment in _drawn(draw, 12, ("=", "!=", "<", "<=", ">", ">="), moments):
        yield Question(kind, _of(f"?a {operator} '{moment}'^^xsd:dateTime", "time"))
    for operator in ("=", "!=", "<", ">"):
        yield Question(kind, _of(f"?a {operator} '2021-03-04'^^xsd:date", "time"))


_PATTERNS = (
    ('"([0-9]+)%"', ('"$1pct"', '"$1 pct"', '"<$0>"', '"$2"', '"$1$1"', '"${1}"')),
    ('"(.)(.)"', ('"$2_$1"', '"$2$1"', '"$1_x"', '"$12"', '"$name"')),
    ('"i"', ('"\\\\$"', '"\\\\\\\\"', '"$"', '"\\\\x"', '"$$"', '"US\\\\$1"')),
    ('"x*"', ('"-"',)),
    ('"^"', ('"-"',)),
    ('"$"', ('"-"',)),
    ('"(a)|(b)"', ('"[$1|$2]"',)),
    ('"[^a-z]"', ('""',)),
)
_EXPRESSIONS = (
    '"^L"',
    '"l.t"',
    '"N.CKEL"',
    '"e$"',
    '"a.b"',
    '"one.two"',
    '"d.e"',
    '"^t"',
    '"two$"',
    '"\\\\bti"',
    '"(i).*\\\\1"',
    '"\\\\d+"',
    '"\\\\w\\\\w"',
    '"\\\\s"',
    '"\\\\p{Lu}"',
    '"\\\\p{IsBasicLatin}+"',
    '"\\\\i\\\\c*"',
    '"[a-z-[aeiou]]{3}"',
    '"(?i)LITH"',
    '"("',
    '"a{2,1}"',
    '""',
    '"(?:l)i"',
    '"l i t h"',
    '"a.b*c"',
    '"STRASSE"',
    '"ß"',
    '"^.$"',
    '"^...$"',
    '"\\\\$1"',
    '"[[]"',
    '"\\\\S{12}"',
    '"l(?=i)"',
    '"i*?t"',
)


def _patterns(kind: str, draw: random.Random) -> Iterator[Question]:
    for pattern, replacements in _PATTERNS:
        for replacement in replacements:
            yield Question(kind, _of(f"REPLACE(?a, {pattern}, {replacement})", "text"))
    for flags in ('"i"', '"s"', '"m"', '"x"', '"q"', '"ism"', '"g"', '""'):
        yield Question(kind, _of(f'REPLACE(?a, "L .", "[$0]", {flags})', "text"))
        yield Question(kind, _filtered(f'REGEX(?a, "^ .{{2,3}}$", {flags})', "text"))
    for expression in _EXPRESSIONS:
        flags = draw.choice(("", "", ', "i"', ', "s"', ', "m"', ', "x"'))
        yield Question(kind, _of(f"REGEX(?a, {expression}{flags})", "text"))
    for name in ("number", "thing", "time"):
        yield Question(kind, _of('REPLACE(?a, "1", "2")', name))
        yield Question(kind, _of('REGEX(STR(?a), "1")', name))


def _casts(kind: str, draw: random.Random) -> Iterator[Question]:
    types = ("string", "boolean", "integer", "decimal", "double", "float", "dateTime")
    for datatype, name in product(types, PROPERTIES):
        yield Question(kind, _of(f"xsd:{datatype}(?a)", name))


def _orders(kind: str, draw: random.Random) -> Iterator[Question]:
    for count in (1, 1, 1, 1, 1, 2, 2, 2, 3, 4, 5):
        for down in (False, True):
            names = "|".join(f"p:{name}" for name in draw.sample(PROPERTIES, count))
            order = "DESC(?a)" if down else "?a"
            yield Question(kind, f"SELECT ?a ?s {{ ?s {names} ?a }} ORDER BY {order} ?s", (("a", down), ("s", False)))
    for name in PROPERTIES:
        pattern = f"?s ?p ?o OPTIONAL {{ ?s p:{name} ?a }}"
        yield Question(kind, f"SELECT ?a ?s {{ {pattern} }} ORDER BY ?a DESC(?s)", (("a", False), ("s", True)))
    yield Question(kind, "SELECT ?o ?s { ?s ?p ?o } ORDER BY ?o ?s", (("o", False), ("s", False)))
    yield Question(kind, "SELECT ?l ?a { ?s p:text ?a BIND(STRLEN(?a) AS ?l) } ORDER BY ?l STR(?a)", (("l", False),))
    yield Question(kind, "SELECT ?s ?a { ?s p:number ?a FILTER(?a < 10) } ORDER BY DESC(?a) LIMIT 5", (("a", True),))


_AGGREGATES = ("COUNT", "SUM", "AVG", "MIN", "MAX", "GROUP_CONCAT")


def _aggregates(kind: str, draw: random.Random) -> Iterator[Question]:
    grouped = "?s p:group ?g OPTIONAL { ?s p:amount ?a }"
    for name in _AGGREGATES:
        for distinct in ("", "DISTINCT "):
            yield Question(kind, f"SELECT ?g ({name}({distinct}?a) AS ?r) {{ {grouped} }} GROUP BY ?g")
        yield Question(kind, f"SELECT ({name}(?a) AS ?r) {{ ?s p:nothing ?a }}")
        yield Question(kind, f"SELECT ({name}(?a) AS ?r) {{ ?s p:nothing ?a }} GROUP BY ?s")
        yield Question(kind, f"SELECT ({name}(?a) AS ?r) {{ ?s p:{draw.choice(PROPERTIES)} ?a }}")
        yield Question(kind, f"SELECT ({name}(?a + 1) AS ?r) {{ VALUES ?a {{ 1 2 UNDEF 'x' }} }}")
        yield Question(kind, f"SELECT ({name}(?a) AS ?r) {{ VALUES ?a {{ UNDEF }} }}")
        yield Question(kind, f"SELECT ({name}(?a) AS ?r) {{ VALUES ?a {{ 1 1.0 1e0 '1'^^xsd:int '1'^^xsd:float }} }}")
        yield Question(
            kind, f"SELECT ?g {{ {grouped} }} GROUP BY ?g HAVING({name}(?a) > {draw.choice(('0', '2', '3.5'))})"
        )


_ENDS = (
    ("n:a", "?y"),
    ("?x", "n:a"),
    ("?x", "?y"),
    ("n:absent", "?y"),
    ("?x", "n:absent"),
    ("n:a", "n:a"),
    ("n:absent", "n:absent"),
    ("n:d", "?y"),
    ("1", "?y"),
)
_STEPS = (
    "p:next*",
    "p:next+",
    "p:next?",
    "(p:next|p:link)*",
    "(p:next/p:link)?",
    "^p:next*",
    "!p:next",
    "!(p:next|^p:link)",
    "!^p:next",
    "p:next/p:next/p:next",
    "(p:next|p:link)+",
    "p:none*",
    "p:none?",
    "(p:next*)*",
    "(p:next+)?",
    "^(p:next/p:link)",
    "p:link+",
    "(!p:text)*",
    "p:next{0}|p:link",
)


def _paths(kind: str, draw: random.Random) -> Iterator[Question]:
    steps = _STEPS[:-1]
    ends = tuple(f"{subject} %s {object_}" for subject, object_ in _ENDS)
    for end, step in _drawn(draw, 40, ends, steps):
        yield Question(kind, f"SELECT * {{ {end % step} }}")


def _languages(kind: str, draw: random.Random) -> Iterator[Question]:
    ranges = (
        '"en"',
        '"EN"',
        '"en-GB"',
        '"en-gb"',
        '"*"',
        '""',
        '"de-DE"',
        '"zh-Hant"',
        '"zh-TW"',
        '"e"',
        '"en-*"',
        '"en"@en',
        "1",
    )
    for (wanted,) in _drawn(draw, 13, ranges):
        yield Question(kind, _filtered(f"LANGMATCHES(LANG(?a), {wanted})", "text"))
    for expression in (
        "LANG(?a)",
        "?a = 'Nickel'@en-gb",
        "?a = 'Nickel'@EN-GB",
        "sameTerm(?a, 'Nickel'@EN-gb)",
        "?a = 'Nickel'",
        "?a < 'Nickel'@en-gb",
        "STRLANG(STR(?a), 'EN-us')",
        "STRLANG(?a, 'en')",
        "LANG(?a) = 'en-GB'",
        "LANG(?a) = 'EN-gb'",
        "?a IN ('Nickel'@en, 'lithium')",
        "CONCAT(?a, '!'@en-gb)",
        "UCASE(?a)",
        "STRBEFORE(?a, 'k'@en-gb)",
        "STRAFTER(?a, 'k'@EN-GB)",
        "REPLACE(?a, 'k', 'K')",
        "DATATYPE(?a)",
    ):
        yield Question(kind, _of(expression, "text"))
    yield Question(kind, _of("LANG(?a)", "number"))
    yield Question(kind, _of("LANG(?a)", "thing"))


def _graphs(kind: str, draw: random.Random) -> Iterator[Question]:
    patterns = (
        "?s p:text ?o",
        "GRAPH ?g { ?s p:text ?o }",
        "GRAPH g:first { ?s p:text ?o }",
        "GRAPH ?g { ?s p:next ?o } ?o p:text ?t",
        "GRAPH ?g { } ",
        "GRAPH g:absent { }",
        "?s p:same ?g GRAPH ?g { ?s p:text ?o }",
    )
    clauses = (
        "",
        "FROM g:first",
        "FROM g:first FROM g:second",
        "FROM NAMED g:first",
        "FROM g:second FROM NAMED g:first",
        "FROM g:absent",
        "FROM NAMED g:absent",
    )
    for pattern, clause in _drawn(draw, 34, patterns, clauses):
        if clause:
            yield Question(kind, f"SELECT * {clause} {{ {pattern} }}")


def _constructed(kind: str, draw: random.Random) -> Iterator[Question]:
    templates = (
        "_:b p:of ?s",
        "_:b p:of ?s . _:b p:value ?a",
        "[ p:of ?s ; p:value [ p:value ?a ] ]",
        "?s p:list (?a _:x)",
        "?a p:of ?s",
        "?s ?a ?s",
        "?s p:value ?a, ?none",
        "_:b p:value ?a . ?s p:node _:b",
        "?s p:value 1.0, 01, -0, 'x'@EN",
        "?s a ?a",
    )
    for template, name in _drawn(draw, 18, templates, ("thing", "flag", "number")):
        yield Question(kind, f"CONSTRUCT {{ {template} }} {{ ?s p:{name} ?a }}")


def _names(kind: str, draw: random.Random) -> Iterator[Question]:
    names = (
        "n:1.1.1.353",
        "n:0.1.0",
        "n:0.1",
        "n:a%20b",
        "n:a\\,b",
        "n:x-y_z",
        "n:a:b",
        "n:a\\(b\\)",
        "n:1",
        "n:x\\-y_z",
        "n:0\\.1",
        "n:a\\%20b",
        "n:0\\.1\\.0",
        "n:absent.x",
        "n::a",
        "n:a.b.c",
    )
    for name, form in _drawn(
        draw,
        32,
        names,
        (
            "SELECT ?c {{ {0} p:code ?c }}",
            "SELECT ?x {{ VALUES ?x {{ {0} n:a }} }}",
            "SELECT ({0} AS ?x) {{}}",
            "ASK {{ {0} p:code ?c . }}",
        ),
    ):
        yield Question(kind, form.format(name))


def _scopes(kind: str, draw: random.Random) -> Iterator[Question]:
    inner = (
        "?x p:link ?z",
        "?x p:link ?z FILTER(?y = n:b)",
        "BIND(?y AS ?z)",
        "VALUES (?x ?z) { (n:a 1) (UNDEF 2) }",
        "{ SELECT ?x (COUNT(?l) AS ?z) { ?x p:link ?l } GROUP BY ?x }",
        "?z p:link ?w",
        "FILTER(?y = n:b)",
        "{ FILTER(?y = n:b) }",
    )
    outer = ("OPTIONAL", "MINUS", "FILTER EXISTS", "FILTER NOT EXISTS", "")
    for operator, group in _drawn(draw, 40, outer, inner):
        yield Question(kind, f"SELECT * {{ ?x p:next ?y {operator} {{ {group} }} }}")
    for condition in (
        "?a",
        "!?a",
        "?a = ?a",
        "?a != ?a",
        "?a = 1",
        "?a != 1",
        "?a = 'x'",
        "?a < 'm'",
        "?a = true",
        "?a IN (1, true, 'lithium')",
        "BOUND(?a)",
        "sameTerm(?a, ?a)",
        "isNUMERIC(?a) || ?a",
    ):
        yield Question(kind, _of(condition, draw.choice(PROPERTIES)))
        yield Question(kind, _filtered(condition, draw.choice(PROPERTIES)))


def _subqueries(kind: str, draw: random.Random) -> Iterator[Question]:
    for limit, order in _drawn(
        draw, 8, ("LIMIT 1", "LIMIT 2", "LIMIT 0", "OFFSET 1", "LIMIT 2 OFFSET 1"), ("?x", "DESC(?x)")
    ):
        yield Question(
            kind,
            f"SELECT * {{ {{ SELECT ?x {{ ?x p:code ?y }} ORDER BY {order} {limit} }} ?x p:code ?z }}",
        )
        yield Question(
            kind, f"SELECT DISTINCT ?x {{ ?x p:group ?y }} ORDER BY {order} {limit}", (("x", "DESC" in order),)
        )


_TERMS = (
    "1", "1.0", "1e0", "2", "'a'", "'b'", "'a'@en", "'a'@EN", "''", "true", "false", "'NaN'^^xsd:double", "-0e0", "0",
    "n:a", "n:b",
    "'x'^^p:d", "'y'^^p:d", "?x", "?y", "?none", "'2021-01-01'^^xsd:date", "'01'^^xsd:integer", "'1'^^xsd:int",
)  # fmt: skip
_CONDITIONS = (
    "{0}", "!{0}", "{0} || true", "{0} && false", "{0} || false", "!({0} && true)", "{0} IN ({1})",
    "{0} NOT IN ({1})", "{0} IN ()", "{0} NOT IN ()",
    "!({0} IN ({1}, ?none))", "COALESCE({0}, {1})", "IF({0}, true, false)", "BOUND(?x) && {0}",
    "{0} = {1}", "{0} != {1}", "{0} < {1}", "{0} >= {1}",
    "sameTerm({0}, {1})", "EXISTS {{ ?x p:link ?z FILTER({0} = {1}) }}", "NOT EXISTS {{ ?x p:link ?z FILTER({0}) }}",
)  # fmt: skip
_PLACES_OF_CONDITIONS = (
    "SELECT ?x ?y {{ ?x p:next ?y FILTER({0}) }}",
    "SELECT ?x ?y {{ ?x p:next ?y FILTER(!({0})) }}",
    "SELECT ?x (({0}) AS ?r) {{ ?x p:next ?y }}",
    "SELECT ?x ?z {{ ?x p:next ?y OPTIONAL {{ ?x p:link ?z FILTER({0}) }} }}",
    "SELECT ?x ?y {{ VALUES (?x ?y) {{ (1 UNDEF) (UNDEF 2) (n:a n:a) }} FILTER({0}) }}",
)


def _conditions(kind: str, draw: random.Random) -> Iterator[Question]:
    for place, condition, left, right in _drawn(draw, 400, _PLACES_OF_CONDITIONS, _CONDITIONS, _TERMS, _TERMS):
        yield Question(kind, place.format(condition.format(left, right)))


KINDS: dict[str, Drawn] = {
    "strings": _strings,
    "numbers": _numbers,
    "arithmetic": _arithmetic,
    "times": _times,
    "patterns": _patterns,
    "casts": _casts,
    "orders": _orders,
    "aggregates": _aggregates,
    "paths": _paths,
    "nested": nested,
    "languages": _languages,
    "graphs": _graphs,
    "construct": _constructed,
    "names": _names,
    "scopes": _scopes,
    "subqueries": _subqueries,
    "conditions": _conditions,
}
