"""Loads a graph into another SPARQL 1.1 store, and proves what is there afterwards."""
