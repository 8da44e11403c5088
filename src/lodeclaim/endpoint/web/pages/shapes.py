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

from lodeclaim import graph
from lodeclaim.endpoint import rdf
from lodeclaim.endpoint.sparql.formats import HTML
from lodeclaim.endpoint.web.negotiation import DESCRIPTIONS, choose
from lodeclaim.endpoint.web.settings import Settings
from lodeclaim.namespaces import LCS

_SUBJECT = re.compile(r"^lcs:([\w-]+)\n", re.MULTILINE)  # a comment may stand before it


@dataclass(frozen=True)
class Block:
    """A paragraph of a file; `name` is that of the shape which it states, if it states one of ours."""

    text: str
    name: str | None


def blueprint(settings: Settings) -> Blueprint:
    """Return the blueprint of the shapes; where the operator has none at hand, they are not found."""
    pages = Blueprint("shapes", __name__)

    @pages.get("/shapes")
    def shapes() -> Response:
        if not settings.shapes:
            raise NotFound(f"{LCS[:-1]}: the shapes are not at hand here. They come with the package.")
        format = choose(DESCRIPTIONS, request.headers.get("Accept"), request.args.get("format"))
        if format.name == HTML.name:
            page = render_template("shapes.html", files=_files(tuple(settings.shapes)), name=LCS[:-1])
            response = Response(page, content_type=HTML.content_type)
        else:
            response = Response(_rdf(tuple(settings.shapes), format.extension), content_type=format.content_type)
        response.vary.add("Accept")
        response.headers["Access-Control-Allow-Origin"] = "*"
        response.add_etag()
        response.make_conditional(request)
        return response

    return pages


@cache
def _files(paths: Sequence[Path]) -> tuple[tuple[str, tuple[Block, ...]], ...]:
    return tuple((path.stem, tuple(_blocks(rdf.read_text(path)))) for path in paths)


def _blocks(text: str) -> list[Block]:
    blocks = (block.strip("\n") for block in text.split("\n\n"))
    named = ((block, _SUBJECT.search(block)) for block in blocks if block)
    return [Block(block, found[1] if found else None) for block, found in named]


@cache
def _rdf(paths: Sequence[Path], extension: str) -> bytes:
    format = ox.RdfFormat.from_extension(extension)
    if format is None:
        raise AssertionError(f"{extension} is no RDF format")
    dataset = ox.Dataset(quad for path in paths for quad in rdf.parse(path))
    dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    return graph.serialize(sorted((quad.triple for quad in dataset), key=str), format)
