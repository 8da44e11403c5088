"""Answers SPARQL queries: text -> tokens -> guard -> engine -> bytes in a negotiated format."""
