"""Turtle with places to fill in, for what the commands print or write."""

from __future__ import annotations

from string import Template

from lodeclaim.endpoint import shipped


def template(name: str) -> Template:
    """Return the template of that name; fill it with `substitute`."""
    return Template(shipped.text(__name__, f"{name}.ttl"))
