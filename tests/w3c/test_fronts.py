"""The SPARQL Protocol suite asked of the server in front of each store that the tests run."""

from __future__ import annotations

from support.w3c import protocol
from support.w3c.exchanges import exchanges

SUITE = "protocol, in front of other stores"
CASES = exchanges("protocol/manifest.ttl")


def test_the_exchange_goes_as_described(case, front) -> None:
    protocol.exchange(case, front.server)
