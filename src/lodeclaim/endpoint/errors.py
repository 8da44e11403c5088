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


def not_installed(where: str, error: ModuleNotFoundError, extra: str = "serve") -> UsageError:
    """Return what to say where the packages of an extra of the distribution, such as the server's, are not there."""
    found = f"what it needs is not installed ({error.name} is missing)"
    return UsageError(where, found, f"Install it with pip install 'lodeclaim[{extra}]'")


class QueryError(LodeclaimError):
    """A query that is malformed, too long, or asks for what is switched off.

    `kind` says which, in the words of the problem type that HTTP clients see.
    """

    exit_status = 2

    def __init__(self, where: str, found: str, remedy: str, kind: str = "query-refused") -> None:
        super().__init__(where, found, remedy)
        self.kind = kind


class EngineError(LodeclaimError):
    """The query engine failed on a query that is well-formed, or was stopped: `kind` says why."""

    def __init__(self, where: str, found: str, remedy: str, kind: str = "query-failed") -> None:
        super().__init__(where, found, remedy)
        self.kind = kind


class StoreError(LodeclaimError):
    """Another store cannot be reached, refuses, or answers what is no answer: `kind` says which."""

    def __init__(self, where: str, found: str, remedy: str, kind: str = "store-failed") -> None:
        super().__init__(where, found, remedy)
        self.kind = kind


class BusyError(LodeclaimError):
    """There is no room for another query now; `retry_after` is the number of seconds to wait."""

    def __init__(self, where: str, found: str, remedy: str, retry_after: int = 1) -> None:
        super().__init__(where, found, remedy)
        self.retry_after = retry_after
