"""Small, nasty queries from a grammar: most are well-formed, some broken on purpose; the same for the same seed."""

from __future__ import annotations

from random import Random

EX = "http://example.org/"
NAMES = [
    "?s",
    "?o",
    "$p",
    "?\u00e9",
    "_:b",
    f"<{EX}cobalt>",
    "ex:share",
    "ex:a\\.b",
    "ex:",
    "a",
    "[]",
    "()",
    "( 1 'x' )",
]
VALUES = [
    "1",
    "-0.0",
    "1e308",
    "'\u2028'",
    '"""a"b"""',
    "'x'@en-GB",
    "true",
    f"'x'^^<{EX}t>",
    "'\\u0041'",
    "'\U0001f600'",
]
PATHS = ["ex:share", "ex:share*", "!ex:share", "^ex:share/ex:note?", "(ex:share|^a)+", "!(a|^ex:note)", "a/a/a*"]
FUNCTIONS = ["STR", "LANG", "DATATYPE", "ABS", "UCASE", "STRLEN", "IRI", "YEAR", "isNUMERIC", "ENCODE_FOR_URI", "MD5"]
AGGREGATES = ["COUNT(*)", "COUNT(DISTINCT ?s)", "SUM(?o)", "AVG(?o)", "MIN(?o)", "SAMPLE(?o)"]
AGGREGATES += ["GROUP_CONCAT(?o; SEPARATOR='\\n')"]
BROKEN = [
    "}",
    ")",
    "'",
    '"""',
    "<",
    "<a b>",
    "\\",
    "\x00",
    "\u202e",
    "@",
    "^^",
    "<<",
    "::",
    "?",
    "%zz",
    "SELCT",
    "\ufeff",
]
PATTERNS = ['"(a+)+$"', '"["', '"\\\\p{L}"', '".*"']
FLAGS = ['"i"', '"q"', '"zz"']
COMMENTS = ["# a comment\n", "#'''\n", "\r\n", "\t", "# SERVICE <x:>\n", " "]
FORMS = ["SELECT * {}", "SELECT DISTINCT ?s {}", "ASK {}", "CONSTRUCT {{ ?s ?p ?o }} {}", "DESCRIBE ?s {}"]


class Grammar:
    """Makes texts from a seed."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)

    def query(self) -> str:
        """Return a query; about every fourth is broken in one place."""
        pick = self.random.choice
        text = f"PREFIX ex: <{EX}> " + self._form().replace("{}", "{ " + self._pattern(4) + " }").replace("{{", "{")
        text = text.replace("}}", "}") + pick(
            ["", " LIMIT 3", " ORDER BY ?s", " OFFSET 1 LIMIT 0", " VALUES ?s { UNDEF 1 }"]
        )
        if self.random.random() < 0.25:
            place = self.random.randrange(len(text))
            text = text[:place] + pick(BROKEN) + text[place + pick([0, 1]) :]
        return text

    def _form(self) -> str:
        pick = self.random.choice
        if self.random.random() < 0.3:
            return f"SELECT ?s ({pick(AGGREGATES)} AS ?n) {{}} GROUP BY ?s HAVING({self._expression(2)})"
        if self.random.random() < 0.1:
            return f"SELECT ({self._expression(3)} AS ?x) {{}}"
        return pick(FORMS)

    def _pattern(self, depth: int) -> str:
        return pick_and_join(self.random, [self._part(depth) for _ in range(self.random.randint(1, 3))])

    def _part(self, depth: int) -> str:
        random, pick = self.random, self.random.choice
        if depth == 0 or random.random() < 0.3:
            return f"{pick(NAMES)} {pick([*PATHS, '?p'])} {pick([*NAMES, *VALUES])} ."
        inner = self._pattern(depth - 1)
        match random.randrange(11):
            case 0:
                return f"OPTIONAL {{ {inner} }}"
            case 1:
                return f"{{ {inner} }} UNION {{ {self._pattern(depth - 1)} }}"
            case 2:
                return f"MINUS {{ {inner} }}"
            case 3:
                return f"FILTER({self._expression(depth)})"
            case 4:
                return f"BIND({self._expression(depth)} AS ?b{random.randrange(1000)})"
            case 5:
                return f"VALUES (?s ?o) {{ ({pick(VALUES)} UNDEF) (UNDEF {pick(VALUES)}) }}"
            case 6:
                return f"GRAPH {pick(['?g', f'<{EX}first>'])} {{ {inner} }}"
            case 7:
                return f"{{ SELECT ?s (COUNT(?o) AS ?c) {{ {inner} }} GROUP BY ?s }}"
            case 8:
                return f"FILTER {pick(['', 'NOT '])}EXISTS {{ {inner} }}"
            case 9:
                deep = random.randint(1, 50)
                return "{ " * deep + inner + " }" * deep
            case _:
                return f"?s ?p {'[ ?p ' * 20} 1 {']' * 20} ."

    def _expression(self, depth: int) -> str:
        random, pick = self.random, self.random.choice
        if depth == 0:
            return pick(["?s", "?o", *VALUES])
        one, two = self._expression(depth - 1), self._expression(depth - 1)
        match random.randrange(7):
            case 0:
                return f"{pick(FUNCTIONS)}({one})"
            case 1:
                return f"({one} {pick(['+', '-', '*', '/', '=', '!=', '<', '>=', '&&', '||'])} {two})"
            case 2:
                return f"REGEX(STR({one}), {pick(PATTERNS)}, {pick(FLAGS)})"
            case 3:
                return f"IF({one}, {two}, {one})"
            case 4:
                return f"COALESCE({one}, SUBSTR({two}, -1, 99999))"
            case 5:
                return f"{one} {pick(['', 'NOT '])}IN ({two}, 1)"
            case _:
                return f"{'!' * random.randint(1, 40)}({one})"


def pick_and_join(random: Random, parts: list[str]) -> str:
    """Return the parts with comments and white space of all kinds between them."""
    return "".join(part + " " + random.choice(COMMENTS) for part in parts)
