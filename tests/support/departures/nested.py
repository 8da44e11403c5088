"""Queries over `nested.trig` whose groups stand in one another: graphs, paths, subqueries, and what takes away.

They are drawn from the grammar, so that nobody's idea of what might go wrong limits them.
"""

from __future__ import annotations

import random
from collections.abc import Iterator

from support.departures.question import Question

_COUNT, _LONGEST, _DEEPEST = 300, 300, 3
_VARIABLES = ("?x", "?y", "?z", "?g")
_TERMS = ("n:a", "n:b", "n:c", "n:x", "n:y", "n:absent", "g:first")
_PROPERTIES = ("p:next", "p:link", "p:amount", "p:text", "p:same", "p:none")
_CONDITIONS = ("BOUND({0})", "!BOUND({0})", "{0} = g:first", "{0} != n:a", "isIRI({0})", "STRLEN(STR({0})) > 20")
_HEADS = ("SELECT *", "SELECT ?g ?x ?y ?z", "SELECT (COUNT(*) AS ?n)", "SELECT DISTINCT *")


def nested(kind: str, draw: random.Random) -> Iterator[Question]:
    """Yield different queries, each of them short enough to be read."""
    seen = set[str]()
    while len(seen) < _COUNT:
        body = f"{draw.choice(_HEADS)} {_group(draw, 0)}"
        if len(body) <= _LONGEST and body not in seen:
            seen.add(body)
            yield Question(kind, body, data="nested.trig")


def _group(draw: random.Random, depth: int) -> str:
    makers = (_triple,) if depth > _DEEPEST else _MAKERS
    return "{ " + " ".join(draw.choice(makers)(draw, depth + 1) for _ in range(draw.randint(1, 2))) + " }"


def _triple(draw: random.Random, depth: int) -> str:
    verb = draw.choice((_path(draw, 0), "?p", *_PROPERTIES[:4]))
    return f"{_subject(draw)} {verb} {_object(draw)} ."


def _subject(draw: random.Random) -> str:
    return draw.choices((draw.choice(_VARIABLES), draw.choice(_TERMS), "[]"), (80, 17, 3))[0]


def _object(draw: random.Random) -> str:
    return draw.choices((_subject(draw), draw.choice(("1", "2", '"absent"'))), (97, 3))[0]


def _path(draw: random.Random, depth: int) -> str:
    if depth > 2 or draw.random() < 0.4:
        return draw.choice(_PROPERTIES)
    left, right = _path(draw, depth + 1), _path(draw, depth + 1)
    members = "|".join(draw.choice(("", "^")) + draw.choice(_PROPERTIES) for _ in range(draw.randint(1, 3)))
    return draw.choice(
        (
            f"{left}|{right}",
            f"{left}/{right}",
            f"^({left})",
            f"({left}){draw.choice('*?+')}",
            f"!({members})",
            f"({left})",
        )
    )


def _optional(draw: random.Random, depth: int) -> str:
    return f"OPTIONAL {_group(draw, depth)}"


def _union(draw: random.Random, depth: int) -> str:
    return f"{_group(draw, depth)} UNION {_group(draw, depth)}"


def _minus(draw: random.Random, depth: int) -> str:
    return f"MINUS {_group(draw, depth)}"


def _graph(draw: random.Random, depth: int) -> str:
    return f"GRAPH {draw.choice(('?g', '?z', 'g:first', 'g:second', 'g:absent'))} {_group(draw, depth)}"


def _filter(draw: random.Random, depth: int) -> str:
    return f"FILTER({draw.choice(_CONDITIONS).format(draw.choice(_VARIABLES))})"


def _exists(draw: random.Random, depth: int) -> str:
    return f"FILTER {draw.choice(('', 'NOT '))}EXISTS {_group(draw, depth)}"


def _values(draw: random.Random, depth: int) -> str:
    return f"VALUES {draw.choice(_VARIABLES)} {{ {' '.join(draw.sample(_TERMS, 2))} }}"


def _subquery(draw: random.Random, depth: int) -> str:
    first, second = draw.sample(_VARIABLES, 2)
    group = _group(draw, depth)
    return draw.choice(
        (
            f"{{ SELECT {first} {second} {group} }}",
            f"{{ SELECT DISTINCT {first} {group} }}",
            f"{{ SELECT {first} (COUNT(*) AS ?m{depth}) {group} GROUP BY {first} }}",
            f"{{ SELECT * {group} }}",
        )
    )


_MAKERS = (
    *(_triple,) * 8,
    *(_graph,) * 3,
    *(_optional, _union, _minus, _subquery) * 2,
    *(_filter, _exists, _values),
)
"""What a group is made of, each as often as it is to be drawn."""
