"""The W3C suites for SPARQL 1.1, read where they lie beside the checkout and run over real HTTP."""
