"""Turtle with places to fill in, for what the commands print or write."""

from __future__ import annotations

from importlib.resources import files
from string import Template


def template(name: str) -> Template:
    """Return the template of that name; fill it with `substitute`."""
    return Template(files(__name__).joinpath(f"{name}.ttl").read_text(encoding="utf-8"))
