"""Lodeclaim: linked open data made of claims about critical minerals."""

__version__ = "0.1.0"
