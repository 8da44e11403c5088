"""What a browser asks at `/sparql`, and the other ways to ask the same: a link, and a command for a shell."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from urllib.parse import urlencode

from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import BadRequest, Forbidden

from lodeclaim.endpoint.engines.engine import QueryRequest
from lodeclaim.endpoint.sparql.formats import Format
from lodeclaim.endpoint.web import protocol
from lodeclaim.endpoint.web.pages.site import base
from lodeclaim.endpoint.web.protocol import PATH


@dataclass(frozen=True)
class QueryForm:
    """A query as it was typed, and the dataset parameters of the SPARQL Protocol that came with it."""

    text: str = ""
    dataset: tuple[tuple[str, str], ...] = ()

    @property
    def link(self) -> str:
        """The path that asks the same by GET."""
        return f"{base()}{PATH}?{urlencode([('query', self.text), *self.dataset])}"

    def curl(self, server: str, format: Format) -> str:
        """Return the command for a shell that asks the same of a server and gets the whole answer."""
        parameters = [("query", self.text), *self.dataset]
        data = [f"--data-urlencode {shlex.quote(f'{name}={value}')}" for name, value in parameters]
        return " \\\n  ".join(
            [f"curl {shlex.quote(server + PATH)}", f"--header 'Accept: {format.media_type}'", *data]
        )

    def request(self, union_default_graph: bool) -> QueryRequest:
        """Return what is asked, with the operator's choice of default graph; raises BadRequest for no switch."""
        return QueryRequest(self.text, *protocol.dataset(MultiDict(self.dataset), union_default_graph))


def read(values: MultiDict[str, str]) -> QueryForm:
    """Return what the parameters of a request ask.

    Lines end as SPARQL counts them: a form sends each with a carriage return. Raises BadRequest for two
    queries, Forbidden for an update.
    """
    if "update" in values:
        raise Forbidden("Update: this endpoint is read-only. Send a query.")
    texts = values.getlist("query")
    if len(texts) > 1:
        raise BadRequest("Parameter `query`: given more than once. Send one query.")
    dataset = ((name, value) for name in protocol.DATASET for value in values.getlist(name) if value)
    return QueryForm("".join(texts).replace("\r\n", "\n"), tuple(dataset))
