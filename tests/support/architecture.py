"""Draws which packages build on which, from the imports in the code: `make docs` writes docs/architecture.svg."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import grimp
from jinja2 import Environment, FileSystemLoader

from lodeclaim.endpoint.rdf import write
from lodeclaim.endpoint.web.pages.diagram import draw

ROOT = Path(__file__).resolve().parents[2]
PICTURE = ROOT / "docs" / "architecture.svg"
TEMPLATES = ROOT / "src/lodeclaim/endpoint/web/templates/endpoint"

PARTS = {
    "commands": ("__main__", "cli", "commands", "command_options", "output", "present", "tables"),
    "assistants": ("assistants",),
    "hosted": ("hosted",),
    "python": ("knowledge", "claims", "labels", "rows"),
    "build": ("build", "catalogue", "checksums", "description", "exports", "graph", "jsonld", "parts"),
    "versions": ("versions",),
    "reasoning": ("compare", "naming", "reasoning", "reports"),
    "checks": ("coverage", "evidence", "slips", "validation"),
    "texts": ("corpus", "text_reuse"),
    "upgrade": ("shortening", "upgrade"),
    "push": ("push",),
    "sources": ("findings", "folder", "interop", "namespaces", "resources", "shortform", "templates", "turtle"),
    "endpoint: web": ("endpoint", "endpoint.web"),
    "endpoint: catalogue": ("endpoint.catalogue",),
    "endpoint: pool": ("endpoint.pool",),
    "endpoint: profiles": ("endpoint.profiles",),
    "endpoint: engines": ("endpoint.engines",),
    "endpoint: sparql": ("endpoint.sparql",),
    "endpoint: rdf": ("endpoint.checksums", "endpoint.convert", "endpoint.rdf"),
    "endpoint: stores": ("endpoint.stores",),
    "endpoint: basics": ("endpoint.errors", "endpoint.prefixes", "endpoint.shipped", "endpoint.vocabularies"),
}
"""The parts of the picture, with their packages and modules below `lodeclaim`; of two that fit the longer counts."""


@dataclass(frozen=True)
class Part:
    """What the template draws as one box."""

    name: str
    about: str
    iri: str = ""


def part_of(module: str) -> str:
    """Return the part that a module belongs to; raises KeyError for one that belongs to none."""
    pieces = module.split(".")[1:]
    found = {name: part for part, names in PARTS.items() for name in names}
    for length in range(len(pieces), 0, -1):
        if (name := ".".join(pieces[:length])) in found:
            return found[name]
    raise KeyError(module)


def picture() -> bytes:
    """Return the drawing, the same for the same imports."""
    graph = grimp.build_graph("lodeclaim", cache_dir=None)
    modules = sorted(name for name in graph.modules if name != "lodeclaim")
    references: Counter[tuple[str, str]] = Counter()
    for module in modules:
        for other in graph.find_modules_directly_imported_by(module):
            if other != "lodeclaim" and part_of(module) != part_of(other):
                references[part_of(module), part_of(other)] += 1
    parts = {name: Part(name.removeprefix("endpoint: "), ", ".join(names)) for name, names in PARTS.items()}
    return drawing(parts, references, "Which part of Lodeclaim builds on which")


def drawing(parts: Mapping[str, Part], references: Mapping[tuple[str, str], int], title: str) -> bytes:
    """Return a drawing of parts that refer to one another, without the lines that others imply."""
    needed = {line.pair for line in draw(parts, list(references), {}).lines}
    diagram = draw(parts, [], {pair: references[pair] for pair in needed})
    environment = Environment(loader=FileSystemLoader(TEMPLATES), autoescape=True)
    template = environment.get_template("_diagram.svg")
    text = template.render(diagram=diagram, modules=parts, href=lambda iri: None, alone=True, title=title)
    return text.encode() + b"\n"


if __name__ == "__main__":
    write(PICTURE, picture())
