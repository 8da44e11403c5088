"""Queries that mean harm, each within what the guard lets pass; and data that would become markup."""

from __future__ import annotations

from support.paths import TESTS

MARKUP = (TESTS / "fixtures" / "pages" / "markup.ttl").read_text(encoding="utf-8")
"""Turtle whose values and names would run a script, were they ever taken for HTML."""

DIGITS = " ".join(str(digit) for digit in range(10))


def product(size: int) -> str:
    """Return a pattern with ten to the power of `size` solutions."""
    return " ".join(f"VALUES ?v{number} {{ {DIGITS} }}" for number in range(size))


def rows(size: int) -> str:
    """Return a SELECT with ten to the power of `size` rows."""
    return f"SELECT * {{ {product(size)} }}"


def triples(size: int) -> str:
    """Return a CONSTRUCT with ten to the power of `size` triples, each another."""
    parts = ", '-', ".join(f"STR(?v{number})" for number in range(size))
    return f"CONSTRUCT {{ ?s <x:p> 1 }} {{ {product(size)} BIND(IRI(CONCAT('x:s', {parts})) AS ?s) }}"


RUNAWAY = f"SELECT (COUNT(*) AS ?n) {{ {product(14)} }}"
"""It counts for years, and gives nothing until then."""

SILENT = f"SELECT * {{ {product(14)} FILTER({' + '.join(f'?v{number}' for number in range(14))} > 1000) }}"
"""It searches for years, and finds nothing."""

ENDLESS = rows(14)
"""It gives rows for years."""

SLOW_TO_PARSE = "ASK { " + " . ".join("?s ?p " + "(" * 48 + "1" + ")" * 48 for _ in range(2)) + " }"
"""Its parsing takes seconds, and its evaluation none."""


def _doubled(function: str) -> str:
    steps = " ".join(f"BIND({function.format(number)} AS ?x{number + 1})" for number in range(40))
    return f"SELECT (STRLEN(?x40) AS ?n) {{ BIND('0123456789' AS ?x0) {steps} }}"


GREEDY = (
    f"SELECT ?x (COUNT(*) AS ?n) {{ {product(5)} "
    f"BIND(CONCAT(STR(?v0), STR(?v1), STR(?v2), STR(?v3), STR(?v4), '{'x' * 200}') AS ?x) }} GROUP BY ?x"
)
"""It needs about a hundred megabytes, and gives a hundred thousand rows."""

BOMBS = {
    "concat": _doubled("CONCAT(?x{0}, ?x{0})"),
    "replace": _doubled("REPLACE(?x{0}, '0123456789', '01234567890123456789')"),
    "values in order": f"SELECT * {{ {product(9)} }} ORDER BY ?v8 ?v0",
    "group concat": f"SELECT (GROUP_CONCAT(CONCAT(STR(?v0), '{'x' * 5000}')) AS ?all) {{ {product(8)} }}",
    "distinct": f"SELECT (COUNT(*) AS ?n) {{ SELECT DISTINCT * {{ {product(9)} }} }}",
}
"""They want more memory than there is."""
