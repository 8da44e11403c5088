"""How a dataset names things, as it says itself: prefixes, what its IRIs begin with, the terms that it defines."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files

from lodeclaim.endpoint.vocabularies import USUAL

MAX_TERMS = 50_000
"""How many terms, prefixes and ontologies are looked at."""

_PREFIX = re.compile(r"[A-Za-z](?:[\w.-]*[\w-])?", re.ASCII)
_IRI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\x00-\x20<>\"{}|^`\\]+")

Select = Callable[[str], Iterable[Sequence[str]]]
"""Runs a SELECT and returns its rows, the values alone."""


@dataclass(frozen=True)
class Names:
    """What queries and answers need to know of a dataset."""

    prefixes: Mapping[str, str] = field(default_factory=lambda: USUAL)
    """Those that the data declares (`sh:declare`); without any, the usual ones."""

    base: str | None = None
    """What relative IRIs resolve against: the one `void:uriSpace` that the data tells."""

    terms: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """The terms that the data's ontologies define: local names by namespace."""


def read(select: Select) -> Names:
    """Return the names of the dataset that a function asks; raises what that raises."""
    spaces = {space for (space,) in select(_text("spaces"))}
    base = spaces.pop() if len(spaces) == 1 else ""
    own = {space for row in select(_text("ontologies")) for space in _namespaces(*row)}
    defined = list(select(_text("terms")))
    terms: dict[str, set[str]] = {}
    for (iri,) in defined if len(defined) < MAX_TERMS else ():  # of some only, the others would seem to be none
        namespace, local = split(iri)
        if namespace in own and local:
            terms.setdefault(namespace, set()).add(local)
    return Names(
        prefixes(select),
        base if _IRI.fullmatch(base) else None,
        {namespace: frozenset(local) for namespace, local in terms.items()},
    )


def prefixes(select: Select) -> Mapping[str, str]:
    """Return the prefixes of the dataset that a function asks; raises what that raises."""
    found: dict[str, str] = {}
    for prefix, namespace in select(_text("prefixes")):
        # What the data says is not believed: it goes into every query and answer.
        if _PREFIX.fullmatch(prefix) and _IRI.fullmatch(namespace):
            found.setdefault(prefix, namespace)
    return found or USUAL


def split(iri: str) -> tuple[str, str]:
    """Return the namespace and the local name of an IRI: what stands before and behind its last `#` or `/`."""
    at = max(iri.rfind("#"), iri.rfind("/")) + 1
    return iri[:at], iri[at:]


def _namespaces(ontology: str, preferred: str) -> tuple[str, ...]:
    """Return what the IRIs of an ontology's terms begin with, as it says or as is usual with `#`.

    Where a slash ends it, other things may have IRIs that begin so.
    """
    return (preferred,) if preferred else (ontology.rstrip("#") + "#",)


@cache
def _text(name: str) -> str:
    return (files(__package__) / f"{name}.rq").read_text(encoding="utf-8")
