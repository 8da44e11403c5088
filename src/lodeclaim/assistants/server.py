"""The tools as a server of the Model Context Protocol, over standard input and output or over HTTP."""

from __future__ import annotations

import asyncio
import json
import signal
import socket
import sys
from collections.abc import Callable

import uvicorn
from mcp.server import MCPServer
from mcp_types import CallToolResult, TextContent, ToolAnnotations

from lodeclaim import __version__
from lodeclaim.assistants import answers
from lodeclaim.assistants.answers import Found, Sources
from lodeclaim.endpoint.engines.engine import QueryRequest
from lodeclaim.endpoint.errors import LodeclaimError, UsageError
from lodeclaim.endpoint.web import problems
from lodeclaim.endpoint.web.problems import Problem
from lodeclaim.endpoint.web.server import AnnouncedServer, address_of, listen
from lodeclaim.namespaces import PREFIXES

INSTRUCTIONS = """\
What documents say about critical minerals, as claims: each has who is credited with it, how, in which document, and
the passage (offsets of characters) that makes it. Claims say what a text says, not what is true. Cite the document
and the passage of the claims that an answer brings. Begin with find for the names of things, compare for who says
what on a Question, and list_queries for what is asked often; write SPARQL where none of them fits.
"""

GRACE_SECONDS = 2
"""How long a server that is stopped waits for clients that listen."""

_READS = ToolAnnotations(read_only_hint=True, destructive_hint=False, idempotent_hint=True, open_world_hint=False)
_Value = str | int | float | bool


def server(sources: Sources) -> MCPServer[object]:
    """Return a server of the tools that ask these sources; none of them changes anything."""

    def list_queries(group: str | None = None) -> CallToolResult:
        """List the stored queries, or those of a group: the question of each, and the parameters that it takes."""
        return _told(lambda: answers.catalogue(sources, group))

    def run_query(name: str, parameters: dict[str, _Value] | None = None) -> CallToolResult:
        """Run a stored query. A parameter that is a node takes its IRI, a prefixed name, its key or its label."""
        return _told(lambda: answers.stored_query(sources, name, parameters or {}))

    def find(words: str) -> CallToolResult:
        """Find what is called by certain words, or part of them: the names to use with the other tools."""
        return _told(lambda: answers.stored_query(sources, "find-by-label", {"words": words}))

    def compare(question: str) -> CallToolResult:
        """Tell who says what on a Question: answers, independent origins, relations, plans, near misses, alarms.

        It takes the name of a Question or of a topic, or words that Questions have.
        """
        return _told(lambda: answers.comparison(sources, question))

    def why(node: str) -> CallToolResult:
        """Tell why a derived node holds, such as a relation of a comparison: rules, policies, claims, passages."""
        return _told(lambda: answers.explanation(sources, node))

    def sparql(query: str) -> CallToolResult:
        """Answer a query in SPARQL 1.1 (SELECT, ASK, CONSTRUCT, DESCRIBE), within limits of time, rows and memory.

        The project's prefixes need no declaration: lc: is the ontology, and claim:, question:, document:, actor:,
        mineral: and so on are things. A claim has lc:gloss, lc:claimant, lc:document, lc:question, lc:answer,
        lc:topic, lc:mineralScope, lc:measure, lc:evidence; every node has an rdfs:label. Select ?claim to see the
        claims.
        """
        return _told(lambda: answers.sparql(sources, QueryRequest(query, prefixes=PREFIXES)))

    made: MCPServer[object] = MCPServer(
        "lodeclaim", instructions=INSTRUCTIONS, version=__version__, log_level="ERROR"
    )
    for tool in (list_queries, run_query, find, compare, why, sparql):
        made.add_tool(tool, annotations=_READS)
    return made


def serve_stdio(sources: Sources) -> None:
    """Answer over standard input and output until it is closed."""
    asyncio.run(server(sources).run_stdio_async())


def serve_http(sources: Sources, host: str, port: int, ready: Callable[[str], object]) -> None:
    """Answer over HTTP (streamable) until stopped; `ready` is told the URL. Raises UsageError for a place taken."""
    with listen(host, port) as listener:
        app = server(sources).streamable_http_app(host=host)
        config = uvicorn.Config(
            app, log_config=None, access_log=False, ws="none", timeout_graceful_shutdown=GRACE_SECONDS
        )
        url = f"{address_of(host, listener)}mcp"
        asyncio.run(_until_stopped(AnnouncedServer(config, lambda: ready(url)), listener))


async def _until_stopped(serving: AnnouncedServer, listener: socket.socket) -> None:
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, serving.stop)
    await serving.serve(sockets=[listener])


def _told(ask: Callable[[], Found]) -> CallToolResult:
    """Return an answer as JSON, and as problem details what the library raises on purpose."""
    try:
        return _result(ask())
    except LodeclaimError as error:
        if not problems.is_told(error) and not isinstance(error, UsageError):
            print(f"lodeclaim: {error}", file=sys.stderr, flush=True)
        return _result(_problem(error).details, is_error=True)


def _problem(error: LodeclaimError) -> Problem:
    # Nothing of a file of the server is asked for by a tool: wrong use is that of a name.
    return (
        Problem(400, str(error), more={"hint": error.remedy}) if isinstance(error, UsageError) else problems.of(error)
    )


def _result(found: Found, is_error: bool = False) -> CallToolResult:
    text = json.dumps(found, ensure_ascii=False)
    return CallToolResult(content=[TextContent(type="text", text=text)], structured_content=found, is_error=is_error)
