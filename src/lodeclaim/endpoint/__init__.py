"""Serves an RDF dataset over HTTP: the language, the engines, the pool of workers, the catalogue and the web."""
