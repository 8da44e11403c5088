"""Asks the question of a test, of the server or of the bare engine, and judges either answer alike."""

from __future__ import annotations

import re
from urllib.parse import urlencode, urlsplit

import pyoxigraph as ox

from support.w3c import tables
from support.w3c.manifests import Case, document
from support.w3c.server import Response, Server, triples

EMPTY = "http://example.org/empty-graph"
"""The name of a graph that no file has, for a data set without data."""

MEDIA_TYPES = {
    "srx": "application/sparql-results+xml",
    "srj": "application/sparql-results+json",
    "csv": "text/csv",
    "tsv": "text/tab-separated-values",
    "ttl": "text/turtle",
}
QUERY_TYPE = "application/sparql-query"
UPDATE_TYPE = "application/sparql-update"


def text(case: Case) -> str:
    """Return the text of a test with the base that its document has."""
    return f"BASE <{case.text_iri}>\n{case.text}"


def extension(case: Case) -> str:
    """Return the format to ask for: that of the expected result, if it is in the results' own formats.

    Results of SELECT that a manifest gives as Turtle are asked for as XML.
    """
    found = (case.result_iri or ".srx").rpartition(".")[2]
    form = re.search(r"\b(?:SELECT|ASK|CONSTRUCT|DESCRIBE)\b", case.text, re.IGNORECASE)
    return "srx" if found == "ttl" and form and form[0].upper() == "SELECT" else found


def over_http(server: Server, case: Case) -> Response:
    """Return the server's answer to the query of a test over the data set of the test."""
    # Parameters would override FROM, which is then the data set of the test.
    own = case.default_graphs == () and re.search(r"\bFROM\b", case.text, re.IGNORECASE) and not case.is_negative
    dataset = [("default-graph-uri", iri) for iri in case.default_graphs or (EMPTY,)]
    dataset += [("named-graph-uri", iri) for iri in case.named_graphs]
    path = urlsplit(server.url).path + ("" if own else "?" + urlencode(dataset))
    headers = {"Content-Type": QUERY_TYPE, "Accept": f"{MEDIA_TYPES[extension(case)]}, text/turtle;q=0.1"}
    return server.request("POST", path, headers, text(case).encode())


def over_engine(case: Case) -> Response:
    """Return what pyoxigraph alone answers, put as the server would put it."""
    store = ox.Store()
    for iri in case.default_graphs:
        store.extend(ox.Quad(*triple) for triple in triples(iri))
    for iri in case.named_graphs:
        store.extend(ox.Quad(*triple, ox.NamedNode(iri)) for triple in triples(iri))
    try:
        result = store.query(case.text, base_iri=case.text_iri)
        if isinstance(result, ox.QueryTriples):
            return _answer("ttl", ox.serialize(result, format=ox.RdfFormat.TURTLE))
        format = "srx" if extension(case) == "ttl" else extension(case)
        return _answer(format, result.serialize(format=ox.QueryResultsFormat.from_extension(format)))
    except SyntaxError as error:
        return Response(400, {}, str(error).encode())
    except (OSError, RuntimeError, ValueError) as error:
        return Response(500, {}, str(error).encode())


def _answer(extension: str, body: bytes) -> Response:
    return Response(200, {"content-type": MEDIA_TYPES[extension]}, body)


def fault(case: Case, response: Response, *, spelling: bool = True) -> str | None:
    """Return what is wrong with an answer, and None for a right one.

    Without `spelling` a number may be written in another way, as long as it is the same.
    """
    if case.is_negative:
        return None if response.status == 400 else f"no 400 for what is not SPARQL 1.1: {response}"
    if response.status != 200:
        return f"refused: {response}"
    if case.result_iri is None:
        return None
    if response.media_type != MEDIA_TYPES[extension(case)]:
        return f"not {extension(case)}: {response}"
    kind = case.result_iri.rpartition(".")[2]
    expected = tables.read(document(case.result_iri), kind, case.result_iri)
    found = tables.read(response.body, extension(case), case.text_iri)
    if not spelling:
        expected, found = tables.respelt(expected), tables.respelt(found)
    star = re.search(r"\bSELECT\s+(?:DISTINCT\s+|REDUCED\s+)?\*", case.text, re.IGNORECASE)
    # An ORDER BY behind the last group is that of the whole query. A result in Turtle has no order.
    ordered = kind != "ttl" and re.search(r"\bORDER\s+BY\b", case.text.rpartition("}")[2], re.IGNORECASE)
    if tables.same(expected, found, ordered=bool(ordered), columns_ordered=kind != "ttl" and not star):
        return None
    return f"expected {expected}\nfound {found}"
