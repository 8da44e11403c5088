"""A question with a known answer, asked of the two small graphs after whatever has happened to their server."""

from __future__ import annotations

EX = "http://example.org/"
LOOKUP = f"SELECT ?s {{ ?s <{EX}share> ?o }} ORDER BY ?s"
FOUND = [{"s": EX + "cobalt"}, {"s": EX + "nickel"}]
