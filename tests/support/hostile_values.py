"""Values that mean harm: what breaks out of its place where a value becomes text, and what no format can hold."""

from __future__ import annotations

HOSTILE = [
    '"',
    "'",
    '"""',
    "\\",
    '\\"',
    '" } UNION { ?s ?p ?o . ?s ?q "',
    "x' } #",
    "} UNION { ?s ?p ?o }",
    "} } ; DROP ALL",
    "topic:china-dominance } UNION { ?s ?p ?o",
    "https://example.org/> } UNION { ?s ?p ?o",
    "https://example.org/a b",
    "https://example.org/\\u003e",
    "<https://example.org/>",
    "urn:x\n} UNION { ?s ?p ?o }",
    "1 UNION 2",
    "1\n",
    " 1",
    "1e5",
    "0x1",
    "1;2",
    "\u0663",
    "9" * 40,
    "2026-02-04Z",
    "2026-02-04\n}",
    "true .",
    "TRUE",
    "?s",
    "_:b",
    "$text",
    "\\u0022 } UNION { ?s ?p ?o }",
    "%22%20%7D",
    "\u202e} UNION { ?s ?p ?o }",
    "a\nb\tc\r",
    "SERVICE <http://127.0.0.1/> {}",
]
UNHOLDABLE = ["\x00", "a\x01b", "\x1b[31m", "\ufffe", "\x85"]
"""What XML 1.0 cannot hold, or a terminal would act on."""
