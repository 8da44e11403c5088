"""Where the embedded engine departs from SPARQL 1.1, found by asking Jena's the same."""
