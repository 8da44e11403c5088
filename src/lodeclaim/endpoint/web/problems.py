"""Every error -> the problem details of RFC 9457, as a value that the gateway and the pages both send."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus

from werkzeug.exceptions import HTTPException, NotFound

from lodeclaim.endpoint.catalogue.values import ParameterError
from lodeclaim.endpoint.errors import BusyError, LodeclaimError, SourceError, UsageError
from lodeclaim.endpoint.sparql.tokens import QueryTextError
from lodeclaim.endpoint.vocabularies import PROBLEMS

MEDIA_TYPE = "application/problem+json"

STATUS = {
    "query-refused": HTTPStatus.BAD_REQUEST,
    "query-unsupported": HTTPStatus.BAD_REQUEST,
    "query-too-large": HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    "parameter-refused": HTTPStatus.BAD_REQUEST,
    "not-acceptable": HTTPStatus.NOT_ACCEPTABLE,
    "service-refused": HTTPStatus.FORBIDDEN,
    "update-refused": HTTPStatus.FORBIDDEN,
    "result-too-large": HTTPStatus.UNPROCESSABLE_ENTITY,
    "query-failed": HTTPStatus.INTERNAL_SERVER_ERROR,
    "worker-crashed": HTTPStatus.INTERNAL_SERVER_ERROR,
    "service-failed": HTTPStatus.BAD_GATEWAY,
    "store-failed": HTTPStatus.BAD_GATEWAY,
    "query-cancelled": HTTPStatus.SERVICE_UNAVAILABLE,
    "busy": HTTPStatus.SERVICE_UNAVAILABLE,
    "time-exceeded": HTTPStatus.GATEWAY_TIMEOUT,
    "memory-exceeded": HTTPStatus.INSUFFICIENT_STORAGE,
}
"""The kinds of problem that a query can have, and the status of each."""


class NotInGraph(NotFound):
    """An IRI of which the graph knows nothing; `near` are those that may have been meant."""

    def __init__(self, iri: str, near: tuple[str, ...]) -> None:
        hint = "Perhaps one of those near it is meant." if near else "Look for it from the front page."
        super().__init__(f"{iri}: not in the graph. {hint}")
        self.iri = iri
        self.near = near


@dataclass(frozen=True)
class Problem:
    """What went wrong with a request."""

    status: int
    detail: str
    kind: str | None = None
    """The last part of the problem's type IRI; without one the status says it all."""

    headers: Mapping[str, str] = field(default_factory=dict)
    more: Mapping[str, object] = field(default_factory=dict)
    """`line`, `column` and `text`, the place in a query; `hint`, what to do."""

    @property
    def title(self) -> str:
        """The kind in words, or the status's own phrase."""
        return (self.kind or HTTPStatus(self.status).phrase).replace("-", " ").capitalize()

    @property
    def details(self) -> dict[str, object]:
        """The members of the problem details object."""
        return {
            "type": PROBLEMS + self.kind if self.kind else "about:blank",
            "title": self.title,
            "status": self.status,
            "detail": self.detail,
            **self.more,
        }

    def body(self) -> bytes:
        """Return the problem as JSON."""
        return json.dumps(self.details, ensure_ascii=False).encode("utf-8", "replace")


def is_told(error: Exception) -> bool:
    """Return whether a client is told what an error says; one that is not belongs into the log."""
    return isinstance(error, HTTPException | LodeclaimError) and not isinstance(error, SourceError | UsageError)


def of(error: Exception) -> Problem:
    """Return the problem that an error of ours or of HTTP is, and a plain 500 for any other.

    What is wrong with files and folders of the server is for its operator: `is_told` is false of it.
    """
    match error:
        case LodeclaimError() if not is_told(error):
            pass
        case BusyError():
            headers = {"Retry-After": str(error.retry_after)}
            return Problem(STATUS["busy"], str(error), "busy", headers, {"hint": error.remedy})
        case LodeclaimError():
            kind = getattr(error, "kind", "query-failed")
            more: dict[str, object] = {"hint": error.remedy}
            if isinstance(error, QueryTextError):
                more = {"line": error.position.line, "column": error.position.column, "text": error.words, **more}
            if isinstance(error, ParameterError):
                more = {"parameter": error.parameter, **more}
            return Problem(STATUS.get(kind, HTTPStatus.INTERNAL_SERVER_ERROR), str(error), kind, {}, more)
        case HTTPException(code=int(code)) if code >= HTTPStatus.BAD_REQUEST:
            # Headers such as Allow belong to the status.
            own = {name: value for name, value in error.get_headers() if name != "Content-Type"}
            near = {"near": list(error.near)} if isinstance(error, NotInGraph) else {}
            return Problem(code, error.description or "", None, own, near)
    detail = "The server failed. Tell its operator when this happened."
    return Problem(HTTPStatus.INTERNAL_SERVER_ERROR, detail)
