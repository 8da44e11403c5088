"""A process that answers the queries on its input, each by a line of JSON: the kind of the answer, and its body.

A line of input is a pair in JSON: `load` and the TriG file that is asked from then on, or a query behind `ask` or
`ask the union`. The engine is asked as the endpoint asks it, and with `--bare` as it is.
"""

from __future__ import annotations

import json
import sys

import pyoxigraph as ox

from lodeclaim.endpoint.engines import oxigraph
from lodeclaim.endpoint.errors import LodeclaimError
from lodeclaim.endpoint.sparql.guard import TextLimits, check

BARE = "--bare"
"""The engine as it is, and not as it is asked in the endpoint."""


def answer(store: ox.Store, text: str, *, union: bool, bare: bool) -> tuple[str, str]:
    """Return `json`, `graph` or `refusal`, and the document or the words that go with it."""
    try:
        outline = None if bare else check(text, TextLimits(max_data=500_000))
        union = union and not (outline and outline.has_dataset)
        found = (
            oxigraph.ask(store, text, outline, use_default_graph_as_union=union)
            if outline
            else store.query(text, use_default_graph_as_union=union)
        )
        if isinstance(found, ox.QuerySolutions | ox.QueryBoolean):
            return "json", (found.serialize(format=ox.QueryResultsFormat.JSON) or b"").decode()
        return "graph", (ox.serialize(found, format=ox.RdfFormat.N_TRIPLES) or b"").decode()
    except (LodeclaimError, SyntaxError, OSError, ValueError, RuntimeError) as error:
        return "refusal", f"{type(error).__name__}: {error}"


def main() -> None:
    store, bare = ox.Store(), BARE in sys.argv
    for line in sys.stdin:
        verb, value = json.loads(line)
        if verb == "load":
            store = ox.Store()
            store.load(path=value, format=ox.RdfFormat.TRIG)
        else:
            print(json.dumps(answer(store, value, union=verb == "ask the union", bare=bare)), flush=True)


if __name__ == "__main__":
    main()
