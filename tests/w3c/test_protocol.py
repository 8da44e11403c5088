"""The SPARQL Protocol suite: its requests sent as they are written, to an endpoint that only reads.

A request that asks for an update is refused, and what the next request of its test finds is what was there.
"""

from __future__ import annotations

from support.w3c import protocol
from support.w3c.exchanges import exchanges
from support.w3c.server import size

IN_EVERY_WAY = True
SUITE = "protocol"
CASES = exchanges("protocol/manifest.ttl")


def test_the_exchange_goes_as_described(case, server):
    before = size(server)
    protocol.exchange(case, server)
    assert size(server) == before


def test_the_suite_has_what_is_claimed(suites):
    refused = [case.name for case in CASES if any(protocol.is_update(step) for step in case.steps)]
    assert (len(CASES), len(refused)) == (34, 12)
