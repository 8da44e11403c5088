"""The errors that Lodeclaim raises on purpose: each says where, what was found, and what to do."""

from __future__ import annotations


class LodeclaimError(Exception):
    """The root of every expected failure; its text is meant for a person.

    `exit_status` is what the command line returns for it: 1 where a file holds something wrong,
    2 where the tool was used wrongly.
    """

    exit_status = 1

    def __init__(self, where: str, found: str, remedy: str) -> None:
        super().__init__(f"{where}: {found}. {remedy}")
        self.where = where
        self.found = found
        self.remedy = remedy


class SourceError(LodeclaimError):
    """A Turtle file, text or rule cannot be used as it stands."""


class UsageError(LodeclaimError):
    """An option, folder, port or file name that cannot work."""

    exit_status = 2


class QueryError(LodeclaimError):
    """A query that is malformed, too long, or asks for what is switched off."""

    exit_status = 2


class EngineError(LodeclaimError):
    """The query engine failed on a query that is well-formed."""
