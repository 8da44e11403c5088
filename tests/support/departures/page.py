"""docs/departures.md: prose, and a table made of `known.csv`; the command of this package writes it with `--docs`."""

from __future__ import annotations

from importlib.metadata import version
from pathlib import Path

from support.departures.known import Departure, departures
from support.paths import ROOT, TESTS

PAGE = ROOT / "docs" / "departures.md"
_PACKAGE = Path(__file__).parent

_EXAMPLE, _ANSWER = 90, 60
"""How long a cell may be; what is longer ends with dots."""

_GROUPS = {
    "mended": ("Answered right here", "The engine alone departs. The endpoint answers as the specification says."),
    "refused": ("Refused here", "The endpoint does not answer these. It says why, and what to write instead."),
    "gap": (
        "Gaps that are left",
        "The endpoint answers as the engine does, which is not what the specification says.",
    ),
    "jena": ("Where Jena departs", "The engine is right, and so is the endpoint. Jena's ARQ answers otherwise."),
    "open": ("Left open by the specification", "Both answers are allowed, or nothing is said."),
}

_HEAD = """# Where answers depart from SPARQL 1.1

The endpoint keeps its graph in [Oxigraph](https://github.com/oxigraph/oxigraph), by way of pyoxigraph {version}. On
some queries Oxigraph answers otherwise than SPARQL 1.1 says. We call that a *departure*. This page lists all that we
know.

## How they were found

We asked Apache Jena's ARQ, another engine, the same queries: some 1,100 that are drawn from a seed, those of the
W3C's suites, and those of the [catalogue](stored-queries.md). We read the specification wherever the two differed.
Sometimes Jena departs. Sometimes the specification leaves it open.

## What is done

- **Answered right.** The query is written otherwise before the engine sees it. A name with dots becomes an IRI, for
  instance. Where only the values can tell, a small function of ours is called. You see nothing of this: errors name
  the place in the query that you sent.
- **Refused.** Some queries cannot be written otherwise. You get an error with the cause, and what to write instead.
  We think that no answer is better than a wrong one.
- **Left.** Some departures cannot be mended from outside: the engine keeps `"01"^^xsd:integer` as `1`, and the first
  spelling is gone. Others are so rare that nobody has met them. They are listed as gaps.

A query for another store (`serve --store URL`) is sent as it is.

## The departures

`-` is an unbound variable, `nothing` no row, and rows are parted by `;`. *F&O* is [XQuery 1.0 and XPath 2.0 Functions
and Operators](https://www.w3.org/TR/2010/REC-xpath-functions-20101214/), which SPARQL 1.1 builds on. A number after
`#` is an issue or a change of [oxigraph/oxigraph](https://github.com/oxigraph/oxigraph/issues). The remedy is a
function in `src/lodeclaim/endpoint/engines/departures/`. The prefixes are those of `{folder}/question.py`.
"""

_TAIL = """
## What XML cannot carry

RDF can hold what XML 1.0 cannot. Oxigraph writes it into XML all the same, and no parser reads the file.
`src/lodeclaim/endpoint/xmltext.py` looks after that, in RDF/XML and in the XML format of results:

- **Control characters**, `U+FFFE` and `U+FFFF` have no way into XML 1.0 (section 2.2). The answer is an error that
  names the character. Of the control characters only tab, line feed and carriage return are allowed.
- **Carriage returns** would come back as line feeds (section 2.11). They are written as `&#xD;`, and come back as
  they were.
- **Predicates** are names of elements in RDF/XML. One that does not end with an XML name, as
  `http://example.org/2024`, has no element; nor has one that RDF/XML keeps for itself, as `rdf:Description`. The
  answer is an error that names the predicate (RDF 1.1 XML Syntax, sections 5.1 and 6.1.4).

Turtle, N-Triples, TriG, N-Quads and JSON-LD carry everything, and so do JSON, CSV and TSV for results: take one of
these. `tests/departures/test_written.py` writes each of these cases, and reads it with parsers that are not
Oxigraph's.

## Running the comparison

You need Java, and Jena's server once:

```sh
python tests/support/stores/install.py fuseki
cd tests
python -m {package}             # prints each query on which the endpoint and Jena differ
python -m {package} --kind paths --seed 2
python -m pytest departures     # what each of them answers, and that each difference is explained
python -m {package} --docs      # writes this page
```

The first takes some {comparison} seconds on two processors, with the start of the server. The tests take some {tests}
seconds; without the server they ask Oxigraph only, in some {alone} seconds.

- `{folder}/known.csv` is the list above: a smallest query for each class, and all answers.
- `{folder}/explained.csv` names the classes behind each query on which the endpoint and Jena differ. A test fails
  where a query differs that is not listed, or does not differ any more.
- `{folder}/rewriting.csv` has queries that are easily rewritten wrongly, with what the specification says. A thousand
  more have one word changed, so that most are wrong; rewriting must make none of them right.
- Another test asks Oxigraph without our remedies. It fails when a new version mends a departure: then the remedy can
  go.
"""

_SECONDS = {"comparison": 15, "tests": 35, "alone": 5}


def written() -> str:
    """Return the page as it should be."""
    known = departures()
    names = {"folder": _PACKAGE.relative_to(ROOT).as_posix(), "version": version("pyoxigraph")}
    names["package"] = ".".join(_PACKAGE.relative_to(TESTS).parts)
    parts = [_HEAD.format(**names)]
    for group, (title, words) in _GROUPS.items():
        parts.append(f"\n### {title}\n\n{words}\n\n{_table([each for each in known if each.group == group])}")
    return "".join([*parts, _TAIL.format(**names, **_SECONDS)])


def _table(rows: list[Departure]) -> str:
    lines = [
        "| what | example | Oxigraph alone | here | by which section | upstream report | remedy |",
        "|---|---|---|---|---|---|---|",
    ]
    for row in rows:
        cells = (
            _text(row.name.replace("/", ": ", 1)),
            _code(row.query, _EXAMPLE),
            _code(row.pyoxigraph, _ANSWER),
            _code(row.ours, _ANSWER),
            _text(row.section),
            _text(row.upstream),
            "" if row.group in {"jena", "open"} else f"`{row.remedy}`" if row.remedy != "gap" else "",
        )
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def _code(text: str, longest: int) -> str:
    short = text if len(text) <= longest else f"{text[: longest - 3].rstrip()}..."
    plain = short.replace("|", "\\|").replace("\ufffd", "U+FFFD")
    fence = "``" if "`" in plain else "`"
    return f"{fence}{plain}{fence}"


def _text(text: str) -> str:
    return text.replace("|", "\\|").replace("*", "\\*").replace("<", "\\<")
