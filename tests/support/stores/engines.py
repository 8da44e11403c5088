"""The engines that the tests run, by the word that stands for each on a command line."""

from __future__ import annotations

from typing import cast

from support.stores import blazegraph, fuseki, oxigraph, rdf4j, rdflib_endpoint, virtuoso
from support.stores.store import Engine

ENGINES = {
    module.__name__.rpartition(".")[2]: cast(Engine, module)
    for module in (oxigraph, virtuoso, fuseki, rdf4j, blazegraph, rdflib_endpoint)
}

FRONTED = {name: engine for name, engine in ENGINES.items() if engine is not rdflib_endpoint}
"""Those that the server is put in front of. rdflib-endpoint ignores dataset parameters."""
