"""Prefixes and what they stand for: IRIs written short, as CURIEs (W3C CURIE Syntax 1.0), by the library `curies`."""

from __future__ import annotations

import re
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from curies import Converter

_IRI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\x00-\x20<>\"{}|^`\\\x7f]*")
_LOCAL = re.compile(r"[^\x00-\x20<>\"{}|^`\\]+")
_PLAIN = re.compile(r"\w(?:[\w.-]*[\w-])?")


class Prefixes(dict[str, str]):
    """Namespaces by their prefixes; of several that fit an IRI the longest wins."""

    def curie(self, iri: str) -> str | None:
        """Return an IRI with a prefix, for readers; None where no prefix fits, or nothing would stand behind it."""
        curie = self._converter.compress(iri)
        return curie if curie and _LOCAL.fullmatch(curie.partition(":")[2]) else None

    def name(self, iri: str) -> str | None:
        """Return the prefixed name of an IRI that SPARQL and Turtle both read without an escape, None without one."""
        curie = self.curie(iri)
        return curie if curie and _PLAIN.fullmatch(curie.partition(":")[2]) else None

    @cached_property
    def _converter(self) -> Converter:
        from curies import Converter  # a tenth of a second, which most commands need not wait

        return Converter.from_prefix_map(self, strict=False)


def is_iri(value: str) -> bool:
    """Return whether this is an absolute IRI that can stand between < and > in a query (SPARQL 1.1, IRIREF)."""
    return _IRI.fullmatch(value) is not None


def split(iri: str) -> tuple[str, str]:
    """Return the namespace and the local name of an IRI: what stands before and behind its last `#` or `/`."""
    at = max(iri.rfind("#"), iri.rfind("/")) + 1
    return iri[:at], iri[at:]
