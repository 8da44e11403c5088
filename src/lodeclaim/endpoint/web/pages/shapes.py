"""`/shapes`: the SHACL shapes that the data is held to, as RDF, or as the files they are written in."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pyoxigraph as ox
from flask import Blueprint, Response, render_template, request
from werkzeug.exceptions import NotFound

from lodeclaim.endpoint import rdf
from lodeclaim.endpoint.prefixes import Prefixes
from lodeclaim.endpoint.sparql.formats import HTML, Format
from lodeclaim.endpoint.web.negotiation import DESCRIPTIONS, choose
from lodeclaim.endpoint.web.pages.site import current
from lodeclaim.endpoint.web.settings import Settings

_SUBJECT = re.compile(r"^\w+:([\w-]+)\n", re.MULTILINE)  # a comment may stand before it


@dataclass(frozen=True)
class Block:
    """A paragraph of a file; `name` is that of the shape which it states, if it states one of ours."""

    text: str
    name: str | None


def add_routes(pages: Blueprint, settings: Settings) -> None:
    """Let a blueprint answer with the shapes; where the operator has none at hand, they are not found."""

    @pages.get("/shapes")
    def shapes() -> Response:
        if not settings.shapes:
            raise NotFound("Shapes: none are at hand here.")
        format = choose(DESCRIPTIONS, request.headers.get("Accept"), request.args.get("format"))
        if format.name == HTML.name:
            page = render_template("endpoint/shapes.html", files=_files(settings.shapes))
            response = Response(page, content_type=HTML.content_type)
        else:
            response = Response(_rdf(settings.shapes, current().prefixes, format), content_type=format.content_type)
        response.add_etag()
        response.make_conditional(request)
        return response


@cache
def _files(paths: Sequence[Path]) -> tuple[tuple[str, tuple[Block, ...]], ...]:
    return tuple((path.stem, tuple(_blocks(rdf.read_text(path)))) for path in paths)


def _blocks(text: str) -> list[Block]:
    blocks = (block.strip("\n") for block in text.split("\n\n"))
    named = ((block, _SUBJECT.search(block)) for block in blocks if block)
    return [Block(block, found[1] if found else None) for block, found in named]


def _rdf(paths: Sequence[Path], prefixes: Prefixes, format: Format) -> bytes:
    return rdf.serialize(list(_triples(paths)), rdf.format_named(format.extension), prefixes)


@cache
def _triples(paths: Sequence[Path]) -> tuple[ox.Triple, ...]:
    dataset = ox.Dataset(quad for path in paths for quad in rdf.parse(path))
    dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    return tuple(sorted((quad.triple for quad in dataset), key=str))
