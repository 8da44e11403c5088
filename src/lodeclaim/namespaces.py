"""The prefixes of the project, bound once; every Turtle file and query uses exactly these."""

from __future__ import annotations

from lodeclaim.endpoint.prefixes import Prefixes
from lodeclaim.endpoint.vocabularies import ENDPOINT, USUAL, Namespace

BASE = "https://w3id.org/lodeclaim/"

ONTOLOGY = BASE + "ontology"
"""The IRI of the ontology; a module's is this plus `/` and its file's name."""

LC = Namespace(ONTOLOGY + "#")
"""Every class and property of ours, whichever module file it stands in."""

BUILD = Namespace(ONTOLOGY + "/build#")
"""What the build writes down for itself: rules, what they are told of measures, what they count with."""

VOCABULARIES = BASE + "vocab/"
"""The concept schemes; a concept's IRI is that of its scheme, plus `/` and its key."""

LCS = Namespace(BASE + "shapes#")
"""Shapes, kept apart from the terms they constrain."""

GRAPHS = BASE + "graph/"
"""Named graphs: one a Turtle file, and one for each thing that is derived."""

DESCRIPTION = GRAPHS + "description"
"""The named graph that describes the dataset; its counts are over all other graphs."""

DEFAULT_POLICY = BASE + "id/policy/rounding"
"""The policy that reads bounds into printed numbers unless another is chosen."""

DATA_KINDS = (
    "actor",
    "agreement",
    "assumption",
    "claim",
    "constraint",
    "currency",
    "dataset",
    "document",
    "enduse",
    "event",
    "field",
    "initiative",
    "instrument",
    "mineral",
    "objective",
    "passage",
    "place",
    "policy",
    "post",
    "query",
    "question",
    "quotation",
    "reserve",
    "rule",
    "segment",
    "selector",
    "source",
    "state",
    "topic",
    "utterance",
)
"""The kinds of individual: `mineral:cobalt` is `https://w3id.org/lodeclaim/id/mineral/cobalt`.

A derived node has its IRI under that of what it is derived for, so that two namespaces never collide.
"""

SCHEMES = {
    "attribution": "attribution",
    "buildstage": "build-stage",
    "comparability": "comparability",
    "counting": "counting",
    "dependence": "dependence",
    "dimension": "dimension",
    "hedge": "hedge",
    "instrumentkind": "instrument-kind",
    "kind": "kind",
    "lineage": "lineage",
    "measure": "measure",
    "modality": "modality",
    "occurrence": "occurrence",
    "omission": "omission",
    "outcome": "outcome",
    "relation": "relation",
    "role": "role",
    "segmentrole": "segment-role",
    "stage": "stage",
    "stance": "stance",
    "status": "status",
    "sum": "sum",
    "values": "values",
}
"""The concept schemes by the prefixes of their concepts: `stage:mining` is `vocab/stage/mining`."""

_OTHERS = {
    "cito": "http://purl.org/spar/cito/",
    "sem": "http://semanticweb.cs.vu.nl/2009/11/sem/",
    "void-ext": "http://ldf.fi/void-ext#",
    "vs": "http://www.w3.org/2003/06/sw-vocab-status/ns#",
}
FOREIGN = dict(sorted({**USUAL, **_OTHERS}.items()))
"""Vocabularies of others that we use or align to."""

PREFIXES = Prefixes(
    {
        "lc": LC,
        "lcs": LCS,
        "build": BUILD,
        "vocab": VOCABULARIES,
        "endpoint": ENDPOINT,
        "graph": GRAPHS,
        "partition": DESCRIPTION + "#",
        **{kind: f"{BASE}id/{kind}/" for kind in DATA_KINDS},
        **{prefix: f"{VOCABULARIES}{scheme}/" for prefix, scheme in SCHEMES.items()},
        **FOREIGN,
    }
)
"""Prefix to namespace, for parsing, writing and queries alike."""


def shorten(iri: str) -> str:
    """Return the IRI as a prefixed name where the project has a prefix for it."""
    return PREFIXES.name(iri) or iri
