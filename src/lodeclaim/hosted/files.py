"""The parts of the graph as files: what can be downloaded, and the command that writes it."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from lodeclaim import parts
from lodeclaim.endpoint import shipped
from lodeclaim.endpoint.engines.engine import Engine, Query, Term
from lodeclaim.endpoint.web.settings import Exporter, Part
from lodeclaim.exports import CONTEXT
from lodeclaim.namespaces import GRAPHS

_Row = tuple[Term | None, ...]


def offered(engine: Engine) -> Sequence[Part]:
    """Return the parts that can be had of what an engine serves."""
    rows = engine.select(Query(shipped.text("lodeclaim.hosted", "files.rq"))).rows
    graphs: Mapping[str, _Row] = {row[0].value: row for row in rows if row[0]}
    if not any(graph.startswith(GRAPHS) for graph in graphs):
        return (Part(parts.WHOLE, "The whole dataset"),)
    context = Part(CONTEXT, "The context of the JSON-LD files", about="They carry it in themselves.", formats=False)
    return (*(_part(name, graphs) for name in parts.names(list(graphs))), context)


def command(name: str, graph: Path, target: Path) -> Sequence[str]:
    """Return the command that writes the file of that name."""
    return (
        sys.executable,
        "-m",
        "lodeclaim",
        "export",
        "--graph",
        str(graph),
        "--output",
        str(target),
        *_chosen(name),
    )


EXPORTER = Exporter(offered, command)


def _chosen(name: str) -> Iterable[str]:
    if name == CONTEXT:
        return ("--context",)
    part, _, extension = name.rpartition(".")
    if part.startswith(parts.DOCUMENTS):
        return ("--format", extension, "--document", part.removeprefix(parts.DOCUMENTS))
    return ("--format", extension, "--part", "asserted" if part == parts.ASSERTED else "all")


def _part(name: str, graphs: Mapping[str, _Row]) -> Part:
    def total(wanted: Iterable[str]) -> int:
        return sum(_number(graphs[graph][1]) for graph in wanted)

    if name == parts.WHOLE:
        about = "What is said and all that follows from it, each in named graphs of its own."
        return Part(name, "The whole graph", total(graphs), about)
    if name == parts.ASSERTED:
        about = (
            "The graphs that people wrote: ontology, vocabulary, Questions, documents, and measured reuse of text. "
            "No rule, closure or count is in it."
        )
        return Part(
            name, "What the documents say, without inference", total(filter(parts.is_asserted, graphs)), about
        )
    _, count, label = graphs[GRAPHS + name]
    about = "Its own named graph: passages and claims. What they name is described in the file without inference."
    return Part(name, label.value if label else name, _number(count), about)


def _number(term: Term | None) -> int:
    return int(term.value) if term else 0
