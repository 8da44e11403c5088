"""Who does what the message of a refused query says has a query that runs, and that means what was meant."""

from __future__ import annotations

import pyoxigraph as ox
import pytest

from lodeclaim.endpoint.engines.engine import EmbeddedEngine, QueryRequest
from lodeclaim.endpoint.errors import QueryError

NAMES = {"ex": "http://example.org/", "lc": "http://example.org/terms#"}
FIRST = "SELECT * WHERE { ?thing a ?class } LIMIT 10"

SEPARATORS = [
    (
        "SELECT * {\n  ?c a lc:Claim ; lc:gloss ?g ;\n  ?c lc:who ?w .\n}",
        "2:31: `;` goes on with the subject, and `?c` begins a new triple",
        "Write `.` for the `;` behind `?g`",
        "SELECT * {\n  ?c a lc:Claim ; lc:gloss ?g .\n  ?c lc:who ?w .\n}",
    ),
    (
        "SELECT * {\n  ?c a lc:Claim ;\n  ?d a lc:Claim .\n}",
        "2:17: `;` goes on with the subject, and `?d` begins a new triple",
        "Write `.` for the `;` behind `lc:Claim`",
        "SELECT * {\n  ?c a lc:Claim .\n  ?d a lc:Claim .\n}",
    ),
    (
        "SELECT * {\n  ?c a lc:Claim ;\n  ex:me lc:says/lc:of ?c .\n}",
        "2:17: `;` goes on with the subject, and `ex:me` begins a new triple",
        "Write `.` for the `;`",
        "SELECT * {\n  ?c a lc:Claim .\n  ex:me lc:says/lc:of ?c .\n}",
    ),
    (
        "SELECT * {\n  ?c a lc:Claim ;\n  <urn:me> ^lc:of ?c ; lc:says ?c .\n}",
        "2:17: `;` goes on with the subject, and `<urn:me>` begins a new triple",
        "Write `.` for the `;`",
        "SELECT * {\n  ?c a lc:Claim .\n  <urn:me> ^lc:of ?c ; lc:says ?c .\n}",
    ),
    (
        "SELECT * {\n  ?c a lc:Claim ; lc:n 1 ;\n  ?c lc:who ?w lc:says ?x .\n}",
        "2:26: `;` goes on with the subject, and `?c` begins a new triple",
        "Write `.` for the `;` behind `1`",
        None,
    ),
    (
        "SELECT * {\n  ?c a lc:Claim ,\n  ?c lc:who ?w .\n}",
        "2:17: `,` goes on with the property, and `?c` begins a new triple",
        "Write `.` for the `,` behind `lc:Claim`",
        "SELECT * {\n  ?c a lc:Claim .\n  ?c lc:who ?w .\n}",
    ),
    (
        "SELECT * {\n  ?c a lc:Claim ,\n  lc:who ?w .\n}",
        "2:17: `,` goes on with the property, and `lc:who` is another property",
        "Write `;` for the `,` behind `lc:Claim`",
        "SELECT * {\n  ?c a lc:Claim ;\n  lc:who ?w .\n}",
    ),
    (
        "SELECT * {\n  ?c a lc:Claim .\n  lc:who ?w .\n}",
        "2:17: `.` ends what is said of `?c`, and `lc:who` goes on with it",
        "Write `;` for the `.` behind `lc:Claim`",
        "SELECT * {\n  ?c a lc:Claim ;\n  lc:who ?w .\n}",
    ),
    (
        "SELECT * {\n  ?c lc:who ?w .\n  a lc:Claim }",
        "2:16: `.` ends what is said of `?c`, and `a` goes on with it",
        "Write `;` for the `.` behind `?w`",
        "SELECT * {\n  ?c lc:who ?w ;\n  a lc:Claim }",
    ),
    (
        "SELECT * {\n  ?c a lc:Claim .\n  lc:says/lc:of ?w ; lc:n 1 .\n}",
        "2:17: `.` ends what is said of `?c`, and `lc:says/lc:of` goes on with it",
        "Write `;` for the `.`",
        "SELECT * {\n  ?c a lc:Claim ;\n  lc:says/lc:of ?w ; lc:n 1 .\n}",
    ),
    (
        "SELECT * {\n  ?c a lc:Claim\n  lc:who ?w .\n}",
        "3:3: `lc:who` stands behind a triple, and nothing parts them",
        "Write `;` behind `lc:Claim`: it goes on with the subject `?c`",
        "SELECT * {\n  ?c a lc:Claim ;\n  lc:who ?w .\n}",
    ),
    (
        "SELECT * {\n  ?c a lc:Claim\n  lc:who ?w\n  lc:gloss ?g .\n}",
        "3:3: `lc:who` stands behind a triple, and nothing parts them",
        "Write `;` behind `lc:Claim`",
        None,
    ),
    (
        "SELECT * {\n  ?c a lc:Claim\n  ?c lc:who ?w .\n}",
        "3:3: `?c` stands behind a triple, and nothing parts them",
        "write `.` behind `lc:Claim`",
        "SELECT * {\n  ?c a lc:Claim .\n  ?c lc:who ?w .\n}",
    ),
    (
        'SELECT * {\n  ?c lc:gloss "x"@en\n  ?c lc:who ?w .\n}',
        "3:3: `?c` stands behind a triple, and nothing parts them",
        "write `.` behind `@en`",
        'SELECT * {\n  ?c lc:gloss "x"@en .\n  ?c lc:who ?w .\n}',
    ),
    (
        "SELECT * { ?c a lc:Claim lc:Remark }",
        "1:26: `lc:Remark` stands behind a triple, and nothing parts them",
        "Write `,` behind `lc:Claim`",
        "SELECT * { ?c a lc:Claim , lc:Remark }",
    ),
    (
        "SELECT * { ?c a lc:Claim , }",
        "1:26: `,` goes on with one more object, and none stands behind it",
        "Remove the `,`",
        "SELECT * { ?c a lc:Claim }",
    ),
    (
        "SELECT * { ?c a lc:Claim . . ?c lc:who ?w }",
        "1:28: a dot without a triple before it",
        "Remove it",
        "SELECT * { ?c a lc:Claim . ?c lc:who ?w }",
    ),
    (
        "SELECT * { . ?c a lc:Claim }",
        "1:12: a dot without a triple before it",
        "Remove it",
        "SELECT * { ?c a lc:Claim }",
    ),
    (
        "SELECT * { ?c lc:n ?n . FILTER(?n > 1) ; ?c lc:who ?w }",
        "1:40: `;` goes on with a triple, and none stands before it",
        "Remove it",
        "SELECT * { ?c lc:n ?n . FILTER(?n > 1) ?c lc:who ?w }",
    ),
    (
        "SELECT * { ?c lc:n ?n . ; lc:who ?w }",
        "1:25: `;` goes on with a triple, and a dot ended it",
        "Remove the dot behind `?n`",
        "SELECT * { ?c lc:n ?n ; lc:who ?w }",
    ),
]

GROUPED = "SELECT ?c (COUNT(?m) AS ?n) { ?c lc:x ?m } GROUP BY ?c"
MENDED = f"{GROUPED} HAVING(COUNT(?m) > 3)"
GROUPS = "FILTER stands behind GROUP BY, where HAVING says which groups count"

TAILS = [
    *(
        (f"{GROUPED} {wrong}", "1:56: ", "Write HAVING(COUNT(?m) > 3)", MENDED)
        for wrong in (
            "WHERE ?n > 3",
            "FILTER(?n > 3)",
            "WHERE { ?n > 3 }",
            "WHERE COUNT(?m) > 3",
            "WHERE (?n > 3)",
            "FILTER ?n > 3",
            "WHERE { FILTER(?n > 3) }",
            "HAVING ?n > 3",
            "HAVING { ?n > 3 }",
        )
    ),
    (
        f"{GROUPED} FILTER(?c != lc:x)",
        f"1:56: {GROUPS}",
        "Write HAVING(?c != lc:x)",
        f"{GROUPED} HAVING(?c != lc:x)",
    ),
    (
        f"{GROUPED} FILTER(?m != lc:x)",
        "1:56: FILTER stands behind the `}` of line 1",
        "Move it inside: write FILTER(?m != lc:x) before that `}`",
        "SELECT ?c (COUNT(?m) AS ?n) { ?c lc:x ?m FILTER(?m != lc:x) } GROUP BY ?c",
    ),
    (
        f"{GROUPED} WHERE ?n > 3 ORDER BY ?n LIMIT 3",
        "1:56: WHERE stands behind GROUP BY",
        "Write HAVING(COUNT(?m) > 3)",
        f"{MENDED} ORDER BY ?n LIMIT 3",
    ),
    (
        "SELECT (COUNT(?m) AS ?n) { ?c lc:x ?m } WHERE ?n > 3",
        "1:41: WHERE stands behind the `}` of line 1, and says which groups count",
        "Write HAVING(COUNT(?m) > 3)",
        "SELECT (COUNT(?m) AS ?n) { ?c lc:x ?m } HAVING(COUNT(?m) > 3)",
    ),
    (
        "SELECT ?c {\n  ?c a lc:Claim\n} FILTER(?c != lc:x)",
        "3:3: FILTER stands behind the `}` of line 3, which ends all patterns",
        "Move it inside: write FILTER(?c != lc:x) before that `}`",
        "SELECT ?c {\n  ?c a lc:Claim\nFILTER(?c != lc:x) }",
    ),
    (
        "SELECT ?c (STRLEN(?g) AS ?l) { ?c lc:gloss ?g } FILTER(?l > 3) LIMIT 1",
        "1:49: FILTER stands behind",
        "write FILTER(STRLEN(?g) > 3) before",
        "SELECT ?c (STRLEN(?g) AS ?l) { ?c lc:gloss ?g FILTER(STRLEN(?g) > 3) } LIMIT 1",
    ),
    (
        "SELECT ?c { ?c a lc:Claim } ORDER BY ?c FILTER(?c != lc:x)",
        "1:41: FILTER stands behind",
        "write FILTER(?c != lc:x) before",
        "SELECT ?c { ?c a lc:Claim FILTER(?c != lc:x) } ORDER BY ?c",
    ),
    (
        "SELECT ?c { ?c a lc:Claim } FILTER NOT EXISTS { ?c lc:x ?y }",
        "1:29: FILTER stands behind",
        "write FILTER NOT EXISTS { ?c lc:x ?y } before",
        "SELECT ?c { ?c a lc:Claim FILTER NOT EXISTS { ?c lc:x ?y } }",
    ),
    (
        "SELECT ?c { ?c a lc:Claim } NOT EXISTS { ?c lc:x ?y }",
        "1:29: NOT stands behind",
        "Write FILTER NOT EXISTS { ... } before",
        "SELECT ?c { ?c a lc:Claim FILTER NOT EXISTS { ?c lc:x ?y } }",
    ),
    *(
        (
            f"SELECT * {{ ?c a lc:Claim }} {clause} LIMIT 9",
            f"1:28: {clause.split('(')[0].split()[0]} stands behind the `}}` of line 1, which ends all patterns",
            f"write {clause} before",
            f"SELECT * {{ ?c a lc:Claim {clause} }} LIMIT 9",
        )
        for clause in ("BIND(1 AS ?x)", "OPTIONAL { ?c lc:x ?y }", "MINUS { ?c lc:x ?y }", "GRAPH ?g { ?c lc:x ?y }")
    ),
    (
        "SELECT * { ?c a lc:Claim } UNION { ?c a lc:Remark }",
        "1:28: UNION stands behind the `}` of line 1: it joins groups within the braces",
        "WHERE { { ... } UNION { ... } }",
        "SELECT * WHERE { { ?c a lc:Claim } UNION { ?c a lc:Remark } }",
    ),
    (
        "SELECT * { ?c a lc:Claim } WHERE { ?c lc:x ?y }",
        "1:28: a second WHERE behind the `}` of line 1",
        "Move what is in its braces before that `}`",
        "SELECT * { ?c a lc:Claim . ?c lc:x ?y }",
    ),
    (
        "SELECT * { ?c a lc:Claim } ?c lc:x ?y",
        "1:28: `?c` stands behind the `}` of line 1",
        "Move that `}` behind the last pattern",
        "SELECT * { ?c a lc:Claim . ?c lc:x ?y }",
    ),
    (
        "ASK { ?c a lc:Claim } FILTER(?c != lc:x)",
        "1:23: FILTER stands behind",
        "write FILTER(?c != lc:x) before",
        "ASK { ?c a lc:Claim FILTER(?c != lc:x) }",
    ),
    (
        "CONSTRUCT { ?c a lc:C } WHERE { ?c a lc:Claim } FILTER(?c != lc:x)",
        "1:49: FILTER stands behind",
        "write FILTER(?c != lc:x) before",
        "CONSTRUCT { ?c a lc:C } WHERE { ?c a lc:Claim FILTER(?c != lc:x) }",
    ),
    (
        "SELECT * { { SELECT ?c { ?c a lc:Claim } FILTER(?c != lc:x) } }",
        "1:42: FILTER stands behind",
        "write FILTER(?c != lc:x) before",
        "SELECT * { { SELECT ?c { ?c a lc:Claim FILTER(?c != lc:x) } } }",
    ),
]

CONDITIONS = [
    *(
        (
            f"SELECT * {{ ?c a lc:Claim . {word} {{ ?c lc:x ?y }} }}",
            f"1:28: {word} is a condition, and stands in FILTER",
            f"Write FILTER {word} {{ ... }}",
            f"SELECT * {{ ?c a lc:Claim . FILTER {word} {{ ?c lc:x ?y }} }}",
        )
        for word in ("NOT EXISTS", "EXISTS")
    ),
    *(
        (
            f"SELECT * {{ ?c a lc:Claim FILTER {word} {{ ?c lc:x ?y }} }}",
            "1:26: what is not to be there is told by FILTER NOT EXISTS",
            "Write FILTER NOT EXISTS { ... }",
            "SELECT * { ?c a lc:Claim FILTER NOT EXISTS { ?c lc:x ?y } }",
        )
        for word in ("!EXISTS", "NOT", "!")
    ),
    (
        "SELECT * { ?c lc:gloss ?g . CONTAINS(?g, 'x') }",
        "1:29: CONTAINS stands among patterns, and a condition in FILTER",
        "Write FILTER(CONTAINS(?g, 'x'))",
        "SELECT * { ?c lc:gloss ?g . FILTER(CONTAINS(?g, 'x')) }",
    ),
    (
        "SELECT * { ?c lc:n ?n . (?n > 3) }",
        "1:25: a condition stands in FILTER",
        "Write FILTER(?n > 3)",
        "SELECT * { ?c lc:n ?n . FILTER(?n > 3) }",
    ),
    (
        "SELECT * { ?c lc:n ?n . !BOUND(?n) }",
        "1:25: a condition stands in FILTER",
        "Write FILTER(!BOUND(?n))",
        "SELECT * { ?c lc:n ?n . FILTER(!BOUND(?n)) }",
    ),
    (
        "SELECT * { ?c A lc:Claim }",
        "1:15: `a`, which says of what class a thing is, is written small",
        "Write a",
        "SELECT * { ?c a lc:Claim }",
    ),
    (
        "SELECT * { ?c lc:x ?y ; A lc:Claim }",
        "1:25: `a`, which says",
        "Write a",
        "SELECT * { ?c lc:x ?y ; a lc:Claim }",
    ),
    (
        "SELECT * { ?c lc:gloss ?g FILTER(LANG(?g) = en) }",
        "1:45: `en` is no value: a text stands in quotation marks",
        'Write "en"',
        'SELECT * { ?c lc:gloss ?g FILTER(LANG(?g) = "en") }',
    ),
    (
        "SELECT * { ?c lc:gloss ?g FILTER(LANGMATCHES(LANG(?g), en)) }",
        "1:56: `en` is no value",
        'Write "en"',
        'SELECT * { ?c lc:gloss ?g FILTER(LANGMATCHES(LANG(?g), "en")) }',
    ),
    (
        "SELECT * { ?c lc:gloss ?g FILTER(?g = lithium) }",
        "1:39: `lithium` is no value: a text stands in quotation marks",
        'Write "lithium"; a variable is ?lithium',
        'SELECT * { ?c lc:gloss ?g FILTER(?g = "lithium") }',
    ),
    (
        "SELECT * { ?c lc:gloss ?g FILTER(CONTAINS(?g, rare earths)) }",
        "1:47: `rare earths` is no value",
        'Write "rare earths"',
        'SELECT * { ?c lc:gloss ?g FILTER(CONTAINS(?g, "rare earths")) }',
    ),
    (
        "SELECT * { ?c lc:gloss ?g FILTER(?g IN (cobalt, zinc)) }",
        "1:41: `cobalt` is no value",
        'Write "cobalt"',
        None,
    ),
    (
        'SELECT * { ?c lc:gloss ?g FILTER(?g = "x"@"en") }',
        "1:42: `@` without a language",
        'as in "text"@en',
        'SELECT * { ?c lc:gloss ?g FILTER(?g = "x"@en) }',
    ),
    (
        "SELECT * { ?c lc:gloss ?g@en }",
        "1:26: a language stands behind a text, and not behind a variable",
        'Write ?g, and FILTER(LANG(?g) = "en")',
        'SELECT * { ?c lc:gloss ?g FILTER(LANG(?g) = "en") }',
    ),
    (
        "SELECT * { ?c lc:n ?n FILTER(1 < ?n < 9) }",
        "1:37: a comparison has two sides, and `<` begins a third",
        "Write it in two: ... < ?n && ?n < ...",
        "SELECT * { ?c lc:n ?n FILTER(1 < ?n && ?n < 9) }",
    ),
    (
        "SELECT * { ?c lc:n ?n FILTER(CONTAINS(?n 'x')) }",
        "1:42: `'x'` stands behind `?n`, and nothing is between them",
        "Write `,` before `'x'`",
        "SELECT * { ?c lc:n ?n FILTER(CONTAINS(?n, 'x')) }",
    ),
    (
        "SELECT * { ?c lc:n ?n FILTER(?n > 1, ?n < 3) }",
        "1:36: a comma between conditions",
        "Write &&",
        "SELECT * { ?c lc:n ?n FILTER(?n > 1 && ?n < 3) }",
    ),
    (
        "SELECT * { ?c lc:n ?n FILTER(CONTAINS(?n)) }",
        "1:30: CONTAINS takes two values, and has one value",
        'Write CONTAINS(?text, "part")',
        'SELECT * { ?c lc:n ?n FILTER(CONTAINS(?n, "part")) }',
    ),
    (
        "SELECT * { ?c lc:n ?v ; lc:p ?a ?a lc:q ?w }",
        "1:33: `?a` stands twice: as an object, and where a new triple begins",
        "Write `.` between the two",
        "SELECT * { ?c lc:n ?v ; lc:p ?a . ?a lc:q ?w }",
    ),
    (
        "SELECT (SUM(*) AS ?sum) { ?c lc:n ?n }",
        "1:13: only COUNT takes `*`, and not SUM",
        "Write a variable",
        "SELECT (SUM(?n) AS ?m) { ?c lc:n ?n }",
    ),
    (
        "SELECT * { ?c lc:n ?n FILTER(= 3) }",
        "1:30: `=` has nothing before it",
        "Write both sides",
        "SELECT * { ?c lc:n ?n FILTER(?n = 3) }",
    ),
    (
        "SELECT * { ?c lc:n ?n FILTER FILTER(?n = 3) }",
        "1:30: `FILTER` stands twice",
        "Remove one",
        "SELECT * { ?c lc:n ?n FILTER(?n = 3) }",
    ),
    (
        "SELECT * { ?c lc:n ?n } LIMIT 5 LIMIT 6",
        "1:33: LIMIT stands twice",
        "Keep one of them",
        "SELECT * { ?c lc:n ?n } LIMIT 5",
    ),
    (
        "SELECT * { ?c lc:n ?n BIND(STR(?n) ?t) }",
        "1:36: `?t` stands behind `)`, and nothing is between them",
        "Write AS before `?t`",
        "SELECT * { ?c lc:n ?n BIND(STR(?n) AS ?t) }",
    ),
    (
        "SELECT (COUNT(?n) ?m) { ?c lc:n ?n }",
        "1:19: `?m` stands behind `)`, and nothing is between them",
        "Write AS before `?m`",
        "SELECT (COUNT(?n) AS ?m) { ?c lc:n ?n }",
    ),
    (
        "SELECT * { GRAPH ?g ?s ?p ?o }",
        "1:12: GRAPH takes a group in braces",
        "Write GRAPH ?g { ... }",
        "SELECT * { GRAPH ?g { ?s ?p ?o } }",
    ),
]

DATA = [
    (
        "SELECT * { VALUES ?x { ?y } }",
        "1:24: `?y` has no place in the data of VALUES",
        "Write BIND(?y AS ?x)",
        "SELECT * { BIND(?y AS ?x) }",
    ),
    (
        "SELECT * { VALUES ?x { 1, 2 } }",
        "1:25: a comma between values",
        "{ 1 2 }",
        "SELECT * { VALUES ?x { 1 2 } }",
    ),
    (
        "SELECT * { VALUES ?x ?y { (1 2) } }",
        "1:19: several variables of VALUES stand in brackets",
        "Write VALUES (?x ?y)",
        "SELECT * { VALUES (?x ?y) { (1 2) } }",
    ),
    (
        "SELECT * { VALUES ?x { (1) (2) } }",
        "1:24: the values of one variable stand without brackets",
        "Write VALUES ?x { 1 2 }",
        "SELECT * { VALUES ?x { 1 2 } }",
    ),
    (
        'SELECT * { VALUES (?x ?y) { (1 "a"@en) (-2) } }',
        "1:40: a row of 1 values, for 2 variables",
        "Write UNDEF",
        'SELECT * { VALUES (?x ?y) { (1 "a"@en) (-2 UNDEF) } }',
    ),
    (
        "SELECT * { VALUES ?x { lithium } }",
        "1:24: `lithium` is no value: a text stands in quotation marks",
        'Write "lithium"',
        'SELECT * { VALUES ?x { "lithium" } }',
    ),
]

BRACKETS = [
    (
        "SELECT * {\n  ?c a lc:Claim\n}\n}",
        "4:1: `}` closes nothing that is open: the `{` of line 1 is closed in line 3 already",
        "Remove it",
        "SELECT * {\n  ?c a lc:Claim\n}\n",
    ),
    (
        "SELECT * {\n  ?c a lc:Claim }\n  ?c lc:x ?y }",
        "3:14: `}` closes nothing that is open: the `{` of line 1 is closed in line 2 already",
        "Remove the `}` of line 2, behind which more patterns stand",
        None,
    ),
    (
        "SELECT * {\n  ?c lc:n ?n FILTER(?n > 1 }",
        "2:28: `}` closes nothing that is open: the `(` of line 2 comes first",
        "Write `)` before this `}`",
        "SELECT * {\n  ?c lc:n ?n FILTER(?n > 1 )}",
    ),
    (
        "SELECT * { ?c a lc:Claim } LIMIT 3 }",
        "1:36: `}` closes nothing",
        "Remove it",
        "SELECT * { ?c a lc:Claim } LIMIT 3",
    ),
]

DOUBLES = [
    (
        "SELECT * { ?c ?c a lc:Claim }",
        "1:15: `?c` stands twice",
        "Remove one",
        "SELECT * { ?c a lc:Claim }",
    ),
    (
        "SELECT * { ?c a lc:Claim ; lc:x lc:x ?y }",
        "1:33: `lc:x` stands twice",
        "Remove one",
        "SELECT * { ?c a lc:Claim ; lc:x ?y }",
    ),
    (
        "SELECT * { ?c lc:Claim ; lc:x ?y }",
        "1:15: a triple without its object, behind `lc:Claim`",
        "Write `a lc:Claim` where it is a class",
        "SELECT * { ?c a lc:Claim ; lc:x ?y }",
    ),
    (
        "SELECT * { ?c lc:n ?n FILTER ?n > 3 FILTER(?n < 9) }",
        "1:23: FILTER takes its condition in brackets",
        "Write FILTER(?n > 3)",
        "SELECT * { ?c lc:n ?n FILTER(?n > 3) FILTER(?n < 9) }",
    ),
    (
        "SELECT ?c ((?m) AS ?n) { ?c lc:x ?m } GROUP BY ?c",
        "1:13: ?m is neither in GROUP BY nor aggregated",
        "or write SAMPLE(?m)",
        "SELECT ?c (SAMPLE(?m) AS ?n) { ?c lc:x ?m } GROUP BY ?c",
    ),
    (
        "SELECT ?c { ?c lc:x ?m } ORDER BY ?c 10",
        "1:38: `10` stands alone behind WHERE",
        "Write LIMIT 10",
        "SELECT ?c { ?c lc:x ?m } ORDER BY ?c LIMIT 10",
    ),
    (
        "SELECT ?c { ?c lc:x ?m } .",
        "1:26: a dot behind the `}` of line 1",
        "Remove it",
        "SELECT ?c { ?c lc:x ?m }",
    ),
    (
        "SELECT ?c { ?c lc:x ?m . (STR(?m) AS ?t) }",
        "1:26: a value with a name stands in BIND",
        "Write BIND before this `(`",
        "SELECT ?c { ?c lc:x ?m . BIND(STR(?m) AS ?t) }",
    ),
    (
        "SELECT (GROUP_CONCAT(?m SEPARATOR=', ') AS ?t) { ?c lc:x ?m }",
        "1:25: GROUP_CONCAT has what it joins, `;`, and what to put between",
        'Write GROUP_CONCAT(?x; SEPARATOR=", ")',
        "SELECT (GROUP_CONCAT(?m; SEPARATOR=', ') AS ?t) { ?c lc:x ?m }",
    ),
    (
        "SELECT ?c DISTINCT { ?c lc:x ?m }",
        "1:11: DISTINCT stands directly behind SELECT",
        "Write SELECT DISTINCT ?c",
        "SELECT DISTINCT ?c { ?c lc:x ?m }",
    ),
    (
        "SELECT ?c WHERE ?c lc:x ?m }",
        "1:11: WHERE takes a group in braces, and no `{` opens it",
        "Write WHERE { ... }",
        "SELECT ?c WHERE { ?c lc:x ?m }",
    ),
    (
        "SELECT ?c { ?c lc:n ?n FILTER ?n > 3) }",
        "1:37: `)` closes nothing that is open",
        "write `(` before what it is to close",
        "SELECT ?c { ?c lc:n ?n FILTER (?n > 3) }",
    ),
]

FORMS = [
    (
        "SELECT ?c AS ?x { ?c a lc:Claim }",
        "1:11: a column with another name stands in brackets",
        "Write (?c AS ?x)",
        "SELECT (?c AS ?x) { ?c a lc:Claim }",
    ),
    (
        "SELECT * ?c { ?c a lc:Claim }",
        "1:8: `*` stands for all variables, and alone",
        "Remove it",
        "SELECT ?c { ?c a lc:Claim }",
    ),
    (
        "CONSTRUCT ?s ?p ?o WHERE { ?s ?p ?o }",
        "1:1: CONSTRUCT takes what it makes in braces",
        "Write CONSTRUCT { ?s ?p ?o } WHERE { ... }",
        "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }",
    ),
    (
        "ASK ?c { ?c a lc:Claim }",
        "1:5: ASK names no columns",
        "write ASK { ... }",
        "ASK { ?c a lc:Claim }",
    ),
    (
        "SELECT ?c { ?c lc:n ?n . SELECT ?n { ?n a lc:N } }",
        "1:26: a subquery stands in braces of its own",
        "Write { SELECT ... WHERE { ... } }",
        "SELECT ?c { ?c lc:n ?n . { SELECT ?n { ?n a lc:N } } }",
    ),
    (
        "SELECT ?c { SELECT ?c { ?c lc:n ?n } ?c a lc:Claim }",
        "1:38: `?c` stands behind a subquery, in its braces",
        "Put the subquery in braces of its own",
        "SELECT ?c { { SELECT ?c { ?c lc:n ?n } } ?c a lc:Claim }",
    ),
    (
        "SELECT ?c { ?c lc:gloss ?g . ?g CONTAINS 'x' }",
        "1:33: CONTAINS stands before what it compares",
        "Write FILTER(CONTAINS(?g, 'x')) for the three",
        "SELECT ?c { ?c lc:gloss ?g . FILTER(CONTAINS(?g, 'x')) }",
    ),
]

LANGUAGES = [
    (text, f"1:1: it is {language}, and a query is written in SPARQL here", f"Begin with {FIRST}", FIRST)
    for text, language in {
        "MATCH (c:Claim)-[:x]->(y) RETURN c": "Cypher",
        "MATCH (c:Claim)<-[:x]-(y) WHERE c.x = 'a' RETURN c": "Cypher",
        "match p = (c)--(d) return p": "Cypher",
        "db.claims.find({ gloss: /x/ })": "MongoDB's query language",
        "db.claims.aggregate([{ $match: { a: 1 } }])": "MongoDB's query language",
        "{ claims { gloss } }": "GraphQL",
        "{ claims(first: 3) { gloss } }": "GraphQL",
        "query { claims { gloss } }": "GraphQL",
        "query Claims($n: Int) { claims(first: $n) { gloss } }": "GraphQL",
        "g.V().hasLabel('claim')": "Gremlin",
        "WITH x AS (SELECT 1) SELECT * FROM x": "SQL",
        "for $c in doc('x')//claim return $c": "XQuery",
        "ex:c a lc:Claim .": "RDF in Turtle",
    }.items()
]

KINDS = (SEPARATORS, TAILS, CONDITIONS, DATA, BRACKETS, DOUBLES, FORMS, LANGUAGES)
"""Wrong queries, each with its place and cause, the remedy, and what it is by that; None where more is wrong."""


@pytest.fixture(scope="module")
def engine() -> EmbeddedEngine:
    return EmbeddedEngine(ox.Store())


def ask(engine: EmbeddedEngine, text: str) -> None:
    engine.preview(QueryRequest(text, prefixes=NAMES), 1)


CASES = [pytest.param(*case, id=" ".join(case[0].split())[:60]) for kind in KINDS for case in kind]


@pytest.mark.parametrize(("wrong", "cause", "remedy", "mended"), CASES)
def test_the_message_says_what_mends_the_query(engine, wrong, cause, remedy, mended) -> None:
    with pytest.raises(QueryError) as refusal:
        ask(engine, wrong)
    error = refusal.value
    place = error.where.replace("query, line ", "").replace(", column ", ":")
    assert f"{place}: {error.found}".startswith(cause), str(error)
    assert remedy in error.remedy, str(error)
    if mended is not None:
        ask(engine, mended)
