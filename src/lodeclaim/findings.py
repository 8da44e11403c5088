"""What is wrong with data, shapes, ontology or texts, as a value that every check returns."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, order=True)
class Finding:
    """One thing that is wrong: where (an IRI or file), which check found it, what it found, what to do."""

    where: str
    check: str
    found: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.where}: {self.found} [{self.check}]. {self.remedy}"
