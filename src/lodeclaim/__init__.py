"""Lodeclaim: linked open data made of claims about critical minerals."""

from importlib.metadata import version

__version__ = version("lodeclaim")
