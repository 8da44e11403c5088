"""Stored queries: their parameters, the values given for them, and where they are found."""
