"""Text reuse measured from the texts and kept as data, so that the build never needs a text."""

from __future__ import annotations

from lodeclaim import corpus
from lodeclaim.corpus import Reuse
from lodeclaim.templates import template


def to_turtle(measured: list[tuple[str, str, Reuse]]) -> str:
    """Return as Turtle every two documents (IRI, IRI, what they share) that share a sequence, each a lc:TextReuse."""
    entry = template("reuse")
    entries = (
        entry.substitute(
            one=one,
            other=other,
            first=one.rsplit("/", 1)[-1],
            second=other.rsplit("/", 1)[-1],
            length=corpus.SHINGLE,
            shared=reuse.shared,
            longest=reuse.longest,
        )
        for one, other, reuse in measured
        if reuse.shared
    )
    return template("lineage").substitute() + "".join(entries)
