"""Queries that others wrote, each with the file that it is asked of: the W3C's suites and the project's catalogue."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from support.departures.question import Question
from support.paths import GRAPH, ROOT
from support.w3c.judgement import text
from support.w3c.manifests import QUERY, cases
from support.w3c.server import triples, write

Published = Callable[[str, Path], Iterator[tuple[Path, Question]]]


def suite(kind: str, folder: Path) -> Iterator[tuple[Path, Question]]:
    """Yield the queries of the evaluation suites; none where these are absent."""
    for number, case in enumerate(cases(*QUERY)):
        if case.is_negative:
            continue
        graphs = {iri: triples(iri) for iri in case.named_graphs}
        graphs[""] = [triple for iri in case.default_graphs for triple in triples(iri)]
        file = write(folder / f"{number}.trig", graphs)
        yield file, Question(kind, text(case), prologue="", title=case.name)


def catalogue(kind: str, _folder: Path) -> Iterator[tuple[Path, Question]]:
    """Yield the queries of the catalogue."""
    for file in sorted((ROOT / "data" / "queries").glob("*.rq")):
        yield GRAPH, Question(kind, file.read_text(encoding="utf-8"), prologue="", title=file.name, union=True)


PUBLISHED: tuple[tuple[str, Published], ...] = (("suite", suite), ("catalogue", catalogue))
